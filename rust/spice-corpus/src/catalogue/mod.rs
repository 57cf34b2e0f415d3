//! The catalogue: where every document of a corpus is. Written once, then mapped into memory and never changed.

mod format;
mod manifest;
mod writer;

use std::ffi::OsStr;
use std::fs::File;
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

/// An open catalogue. Opening reads the header and nothing else, however many documents there are.
#[derive(Debug)]
pub(crate) struct Catalogue {
    map: Mmap,
    header: Header,
}

impl Catalogue {
    /// # Errors
    /// The file is missing, damaged, or not the one that the manifest describes.
    pub(crate) fn open(folder: &Path, manifest: &Manifest) -> Result<Self, CorpusError> {
        let path = folder.join(CATALOGUE);
        let file = File::open(&path).map_err(CorpusError::io(&path, "open"))?;
        // SAFETY: the file is written under a temporary name, renamed when complete, and never changed afterwards.
        // Nothing outside this file is mapped: documents, which people do edit, are read, not mapped.
        #[expect(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(CorpusError::io(&path, "map"))?;
        let damaged = |reason: String| CorpusError::NotACorpus {
            path: folder.to_owned(),
            reason,
        };
        let header = Header::decode(&map).map_err(damaged)?;
        if (header.num_documents, header.num_text_bytes)
            != (manifest.num_documents, manifest.num_bytes)
        {
            return Err(damaged(format!(
                "{CATALOGUE} does not belong to its manifest"
            )));
        }
        Ok(Self { map, header })
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

    /// Source `index`, which must exist.
    pub(crate) fn source(&self, index: u32) -> Source {
        format::decode_source(self.row(self.header.sources_start(), SOURCE_BYTES, index.into()))
    }

    /// Absolute path of a source as it was at build.
    pub(crate) fn path(&self, index: u32) -> PathBuf {
        let start = self.source(index).path_start;
        let end = if u64::from(index) + 1 < self.header.num_sources {
            self.source(index + 1).path_start
        } else {
            self.header.num_path_bytes
        };
        let paths = self.header.paths_start();
        let bytes = &self.map[(paths + start) as usize..(paths + end) as usize];
        PathBuf::from(OsStr::from_bytes(bytes))
    }

    /// Unit `index` of a source; `source.num_units` is where the last one ends.
    pub(crate) fn unit(&self, source: &Source, index: u32) -> Unit {
        let row = source.first_unit + u64::from(index);
        format::decode_unit(self.row(self.header.units_start(), UNIT_BYTES, row))
    }

    /// The unit of a source that holds a byte of its decoded stream.
    pub(crate) fn unit_at(&self, source: &Source, offset: u64) -> u32 {
        let (mut low, mut high) = (0, source.num_units);
        // Invariant: unit `low` begins at or before `offset`; unit `high` and later ones begin after it.
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.unit(source, middle).decoded_start <= offset {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    fn row(&self, table: u64, row_bytes: u64, index: u64) -> &[u8] {
        &self.map[(table + index * row_bytes) as usize..][..row_bytes as usize]
    }
}
