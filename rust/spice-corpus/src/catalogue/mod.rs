//! The catalogue: where every document of a corpus is. Written once, then mapped into memory and never changed.

mod format;
mod manifest;
mod writer;

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use xxhash_rust::xxh3::xxh3_64;

pub use manifest::{FormatCount, Manifest, Skipped};

pub(crate) use format::Source;
use format::{Header, RECORD_BYTES, SOURCE_BYTES, UNIT_BYTES};
pub(crate) use manifest::{MAX_SKIPPED, absolute};
pub(crate) use writer::CatalogueWriter;

use crate::error::CorpusError;
use crate::source::{Record, Unit};
use crate::store::ends::{CHUNK, Chunk, Ends, num_chunks};

/// File name of the catalogue inside the corpus folder.
pub(crate) const CATALOGUE: &str = "catalogue.bin";

/// An open catalogue. Opening reads the header and nothing else, however many documents there are; so what the tables say
/// is checked where it is used, and damage is an error there.
#[derive(Debug)]
pub(crate) struct Catalogue {
    folder: PathBuf,
    map: Mmap,
    header: Header,
    ends: Ends,
}

/// Where a document is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Number of its source.
    pub source: u32,
    /// Its number among the documents of the source.
    pub place: u64,
    /// Bytes of its text.
    pub text_bytes: u64,
    /// Its row, if the source is read in place.
    pub record: Option<Record>,
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
        // Documents, which people do edit, are read, not mapped.
        #[expect(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(CorpusError::io(&path, "map"))?;
        let header = Header::decode(&map).map_err(|reason| CorpusError::damaged(folder, reason))?;
        if header.num_documents == 0 {
            return Err(CorpusError::damaged(folder, "no documents"));
        }
        if format!("{:016x}", header.checksum()) != manifest.catalogue_checksum {
            let reason = format!("{CATALOGUE} does not belong to its manifest");
            return Err(CorpusError::damaged(folder, reason));
        }
        let ends = Ends {
            num_documents: header.num_documents,
            directory: header.directory_start,
            origin: 0,
        };
        Ok(Self {
            folder: folder.to_owned(),
            map,
            header,
            ends,
        })
    }

    pub(crate) fn num_documents(&self) -> u64 {
        self.header.num_documents
    }

    pub(crate) fn num_sources(&self) -> u32 {
        self.header.num_sources as u32
    }

    /// Where document `index`, which must exist, is.
    ///
    /// # Errors
    /// The catalogue is damaged.
    pub(crate) fn find(&self, index: u64) -> Result<Found, CorpusError> {
        let source = self.source_of(index);
        let row = self.source(source)?;
        let chunk = self.chunk(index / CHUNK as u64)?;
        let place = (index % CHUNK as u64) as usize;
        let range = chunk.range(place).ok_or_else(|| self.damaged())?;
        let text_bytes = range.end - range.start;
        let record = if row.format.is_packed() {
            None
        } else {
            let record = chunk.rows.get(place * RECORD_BYTES as usize..);
            let record = record.filter(|rows| rows.len() >= RECORD_BYTES as usize);
            let record = record.ok_or_else(|| self.damaged())?;
            Some(format::decode_record(record, source, text_bytes as u32))
        };
        Ok(Found {
            source,
            place: index
                .checked_sub(row.first_document)
                .ok_or_else(|| self.damaged())?,
            text_bytes,
            record,
        })
    }

    /// Bytes of text of document `index`; 0 for one that does not exist or where the catalogue is damaged, which whoever reads
    /// the document is told.
    pub(crate) fn text_bytes(&self, index: u64) -> u64 {
        self.text_range(index)
            .map_or(0, |range| range.end - range.start)
    }

    /// Where the text of document `index` lies among the texts of all documents, one after another.
    pub(crate) fn text_range(&self, index: u64) -> Option<Range<u64>> {
        self.ends.range(&self.map, index)
    }

    /// Documents `512 * number` and the up to 511 behind it.
    ///
    /// # Errors
    /// There is no such chunk, or it is damaged.
    pub(crate) fn chunk(&self, number: u64) -> Result<Chunk<'_>, CorpusError> {
        self.ends
            .chunk(&self.map, number)
            .ok_or_else(|| self.damaged())
    }

    /// Number of the source of a document.
    pub(crate) fn source_of(&self, index: u64) -> u32 {
        let (mut low, mut high) = (0, self.header.num_sources);
        // Invariant: source `low` begins at or before `index`; source `high` and later ones begin behind it.
        while high.saturating_sub(low) > 1 {
            let middle = low + (high - low) / 2;
            let row = self.row(self.header.sources_start(), SOURCE_BYTES, middle);
            if format::decode_first_document(row) <= index {
                low = middle;
            } else {
                high = middle;
            }
        }
        low as u32
    }

    /// Numbers of the documents of a source.
    ///
    /// # Errors
    /// As for [`Catalogue::source`].
    pub(crate) fn documents_of(&self, index: u32) -> Result<Range<u64>, CorpusError> {
        let first = self.source(index)?.first_document;
        let end = if u64::from(index) + 1 < self.header.num_sources {
            self.source(index + 1)?.first_document
        } else {
            self.header.num_documents
        };
        if first <= end && end <= self.header.num_documents {
            Ok(first..end)
        } else {
            Err(self.damaged())
        }
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

    /// Path of a source as it was at build: from the root, or from the corpus folder for a shard in it.
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

    /// What of the file is not as it was written: the documents that it concerns, where that is known, and table and range of
    /// bytes. Reads all of it.
    pub(crate) fn damage(&self) -> Vec<(Option<(u64, u64)>, String)> {
        let header = &self.header;
        let tables = [
            ("directory", header.directory_start..header.sources_start()),
            ("sources", header.sources_start()..header.units_start()),
            ("units", header.units_start()..header.paths_start()),
            ("paths", header.paths_start()..self.map.len() as u64),
        ];
        let place = |name: &str, start: u64, end: u64| {
            format!("{name}, bytes {start} to {end}: wrong checksum")
        };
        let mut found = Vec::new();
        for ((name, range), checksum) in tables.into_iter().zip(header.checksums) {
            if xxh3_64(&self.map[range.start as usize..range.end as usize]) != checksum {
                found.push((None, place(name, range.start, range.end)));
            }
        }
        for number in 0..num_chunks(self.num_documents()) {
            let chunk = self.ends.chunk(&self.map, number);
            if chunk.is_some_and(|chunk| chunk.is_intact()) {
                continue;
            }
            let first = number * CHUNK as u64;
            let last = (first + CHUNK as u64).min(self.num_documents()) - 1;
            let at = |number| {
                let entry = self.ends.entry(&self.map, number);
                entry.map_or(0, |entry| entry.position)
            };
            let reason = place("documents", at(number), at(number + 1));
            found.push((Some((first, last)), reason));
        }
        found
    }

    /// What a table says contradicts another one, or the files.
    pub(crate) fn damaged(&self) -> CorpusError {
        CorpusError::damaged(&self.folder, format!("damaged {CATALOGUE}"))
    }

    fn row(&self, table: u64, row_bytes: u64, index: u64) -> &[u8] {
        &self.map[(table + index * row_bytes) as usize..][..row_bytes as usize]
    }
}
