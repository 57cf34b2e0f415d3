//! The catalogue: where every document of a corpus is. Written once, then mapped into memory and never changed.

mod format;
mod manifest;
mod writer;

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

pub use manifest::{FormatCount, Manifest, Skipped};

pub(crate) use format::Source;
use format::{HEADER_BYTES, Header, RECORD_BYTES, SOURCE_BYTES, UNIT_BYTES};
pub(crate) use manifest::{MAX_SKIPPED, absolute};
pub(crate) use writer::CatalogueWriter;

use crate::error::CorpusError;
use crate::source::{Record, Unit};

/// File name of the catalogue inside the corpus folder.
const CATALOGUE: &str = "catalogue.bin";

/// An open catalogue. Opening reads the header and nothing else, however many documents there are; so what the tables say
/// is checked where it is used, and damage is an error there.
#[derive(Debug)]
pub(crate) struct Catalogue {
    folder: PathBuf,
    map: Mmap,
    header: Header,
}

impl Catalogue {
    /// # Errors
    /// The file is missing, damaged, or not the one that the manifest describes.
    pub(crate) fn open(folder: &Path, manifest: &Manifest) -> Result<Self, CorpusError> {
        let path = folder.join(CATALOGUE);
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CorpusError::damaged(folder, format!("no {CATALOGUE}")),
            _ => CorpusError::io(&path, "open")(error),
        })?;
        // SAFETY: the file is written under a temporary name, renamed when complete, and never changed afterwards.
        // Nothing outside this file is mapped: documents, which people do edit, are read, not mapped.
        #[expect(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(CorpusError::io(&path, "map"))?;
        let header = Header::decode(&map).map_err(|reason| CorpusError::damaged(folder, reason))?;
        if header.num_documents == 0 {
            return Err(CorpusError::damaged(folder, "no documents"));
        }
        if (header.num_documents, header.num_text_bytes)
            != (manifest.num_documents, manifest.num_bytes)
        {
            let reason = format!("{CATALOGUE} does not belong to its manifest");
            return Err(CorpusError::damaged(folder, reason));
        }
        Ok(Self {
            folder: folder.to_owned(),
            map,
            header,
        })
    }

    pub(crate) fn num_documents(&self) -> u64 {
        self.header.num_documents
    }

    /// The record of document `index`, which must exist.
    pub(crate) fn record(&self, index: u64) -> Record {
        format::decode_record(self.row(HEADER_BYTES, RECORD_BYTES, index))
    }

    /// Bytes of text of document `index`, which must exist.
    pub(crate) fn text_bytes(&self, index: u64) -> u64 {
        format::decode_text_bytes(self.row(HEADER_BYTES, RECORD_BYTES, index))
    }

    /// A source.
    ///
    /// # Errors
    /// There is none with this number, or its row is damaged.
    pub(crate) fn source(&self, index: u32) -> Result<Source, CorpusError> {
        if u64::from(index) >= self.header.num_sources {
            return Err(self.damaged());
        }
        let row = self.row(self.header.sources_start(), SOURCE_BYTES, index.into());
        format::decode_source(row).ok_or_else(|| self.damaged())
    }

    /// Absolute path of a source as it was at build.
    ///
    /// # Errors
    /// As for [`Catalogue::source`].
    pub(crate) fn path(&self, index: u32) -> Result<PathBuf, CorpusError> {
        let start = self.source(index)?.path_start;
        let end = if u64::from(index) + 1 < self.header.num_sources {
            self.source(index + 1)?.path_start
        } else {
            self.header.num_path_bytes
        };
        let paths = &self.map[self.header.paths_start() as usize..];
        let bytes = paths.get(start as usize..end as usize);
        let bytes = bytes.ok_or_else(|| self.damaged())?;
        Ok(PathBuf::from(OsStr::from_bytes(bytes)))
    }

    /// Unit `index` of a source; `source.num_units` is where the last one ends.
    ///
    /// # Errors
    /// The source has no such unit.
    pub(crate) fn unit(&self, source: &Source, index: u32) -> Result<Unit, CorpusError> {
        let row = source.first_unit.checked_add(index.into());
        let row = row.filter(|&row| index <= source.num_units && row < self.header.num_units);
        let row = row.ok_or_else(|| self.damaged())?;
        let bytes = self.row(self.header.units_start(), UNIT_BYTES, row);
        Ok(format::decode_unit(bytes))
    }

    /// The unit of a source that holds a byte of its decoded stream.
    ///
    /// # Errors
    /// As for [`Catalogue::unit`].
    pub(crate) fn unit_at(&self, source: &Source, offset: u64) -> Result<u32, CorpusError> {
        let (mut low, mut high) = (0, source.num_units);
        // Invariant: unit `low` begins at or before `offset`; unit `high` and later ones begin after it.
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.unit(source, middle)?.decoded_start <= offset {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// What a table says contradicts another one, or the files.
    pub(crate) fn damaged(&self) -> CorpusError {
        CorpusError::damaged(&self.folder, format!("damaged {CATALOGUE}"))
    }

    fn row(&self, table: u64, row_bytes: u64, index: u64) -> &[u8] {
        &self.map[(table + index * row_bytes) as usize..][..row_bytes as usize]
    }
}
