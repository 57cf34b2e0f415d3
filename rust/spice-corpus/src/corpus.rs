//! An open corpus: documents by number.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::catalogue::{Catalogue, FormatCount, Manifest, Skipped, absolute};
use crate::error::CorpusError;
use crate::read::Reader;
use crate::source::Format;
use crate::store::{Facts, Shard};
use crate::workers::{map_rows, num_threads};

/// Documents by number, read where they lie. Threads may share it.
pub struct Corpus {
    reader: Reader,
}

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPlace {
    /// The file that it was read from: where it is now, or for a packed document where it was then.
    pub path: PathBuf,
    /// Line or row in it, counted from 1; none for a file that is one document.
    pub ordinal: Option<u32>,
    /// How the file holds it.
    pub format: Format,
    /// Bytes of its text.
    pub num_bytes: u64,
    /// What its record says of it.
    pub facts: Facts,
}

/// What a corpus is made of.
#[derive(Debug, Clone)]
pub struct CorpusStats {
    /// Counts, options and formats.
    pub manifest: Manifest,
    /// Documents' lengths in bytes at 0, 1, 5, 25, 50, 75, 95, 99 and 100 percent (nearest rank).
    pub length_percentiles: [(u8, u64); 9],
    /// What the build skipped, the first 10,000.
    pub skipped: Vec<Skipped>,
}

impl Corpus {
    /// Opens a folder that [`build`](crate::build) wrote, in the same time for any number of documents.
    ///
    /// # Errors
    /// The folder is missing, is no corpus, or is of a newer format.
    pub fn open(folder: &Path) -> Result<Self, CorpusError> {
        let folder = absolute(folder);
        let manifest = Manifest::read(&folder)?;
        let catalogue = Catalogue::open(&folder, &manifest)?;
        Ok(Self {
            reader: Reader::new(folder, manifest, catalogue),
        })
    }

    /// Absolute path of the corpus folder.
    pub fn folder(&self) -> &Path {
        self.reader.folder()
    }

    /// Number of documents.
    pub fn num_documents(&self) -> u64 {
        self.catalogue().num_documents()
    }

    /// Text of all documents in bytes of UTF-8.
    pub fn num_bytes(&self) -> u64 {
        self.reader.manifest().num_bytes
    }

    /// 32 hexadecimal digits that stand for all texts and their order.
    pub fn hash(&self) -> &str {
        &self.reader.manifest().hash
    }

    /// The texts of some documents, row i for `indices[i]`; any order, repetitions allowed.
    ///
    /// # Errors
    /// No such document; its source is gone or changed; or `stop` was set.
    pub fn read(
        &self,
        indices: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Vec<String>, CorpusError> {
        for &index in indices {
            self.check_index(index)?;
        }
        let threads = num_threads(threads);
        map_rows(
            indices,
            threads,
            stop,
            |&index| index,
            || (),
            |(), &index| self.text(index),
        )
    }

    /// Where document `index` comes from, and what its record says of it besides the text.
    ///
    /// # Errors
    /// No such document; its source is gone or changed; or the catalogue is damaged.
    pub fn document(&self, index: u64) -> Result<DocumentPlace, CorpusError> {
        self.check_index(index)?;
        self.reader.place(index)
    }

    /// Counts, lengths and what was skipped. Looks at every document's length: some seconds for a billion.
    ///
    /// # Errors
    /// The list of skipped files is damaged.
    pub fn stats(&self) -> Result<CorpusStats, CorpusError> {
        let mut lengths: Vec<u32> = (0..self.num_documents())
            .map(|index| self.catalogue().text_bytes(index) as u32)
            .collect();
        lengths.sort_unstable();
        let percentile = |percent: u8| {
            let rank = (lengths.len() * usize::from(percent)).div_ceil(100).max(1);
            (percent, lengths[rank - 1].into())
        };
        Ok(CorpusStats {
            manifest: self.reader.manifest().clone(),
            length_percentiles: [0, 1, 5, 25, 50, 75, 95, 99, 100].map(percentile),
            skipped: Manifest::read_skipped(self.folder())?,
        })
    }

    /// Files, documents and bytes of each format.
    pub fn formats(&self) -> &[FormatCount] {
        &self.reader.manifest().formats
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.reader.catalogue()
    }

    /// Bytes of text of document `index`, which must exist.
    pub(crate) fn text_bytes(&self, index: u64) -> u64 {
        self.catalogue().text_bytes(index)
    }

    /// The text of document `index`, which must exist.
    pub(crate) fn text(&self, index: u64) -> Result<String, CorpusError> {
        self.reader.text(index)
    }

    /// What `work` makes of the text of document `index`: handed over where it lies if that is raw in a shard, else by way of
    /// `scratch`.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn with_text<T>(
        &self,
        index: u64,
        scratch: &mut Vec<u8>,
        work: impl FnOnce(&str) -> T,
    ) -> Result<T, CorpusError> {
        self.check_index(index)?;
        self.reader.with_text(index, scratch, work)
    }

    /// Whether document `index` lies raw in a shard: reading it is copying it.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn lies_raw(&self, index: u64) -> Result<bool, CorpusError> {
        self.check_index(index)?;
        self.reader.lies_raw(index)
    }

    /// An open shard of the corpus.
    pub(crate) fn shard(&self, source: u32) -> Result<Arc<Shard>, CorpusError> {
        self.reader.shard(source)
    }

    /// Where a source is now.
    pub(crate) fn source_path(&self, source: u32) -> Result<PathBuf, CorpusError> {
        self.reader.path(source)
    }

    /// Whether the list of what the build skipped is as it was written.
    pub(crate) fn has_intact_skipped(&self) -> Result<bool, CorpusError> {
        self.reader.manifest().has_intact_skipped(self.folder())
    }

    /// # Errors
    /// There is no document `index`.
    pub fn check_index(&self, index: u64) -> Result<(), CorpusError> {
        let num_documents = self.num_documents();
        if index < num_documents {
            Ok(())
        } else {
            Err(CorpusError::NoSuchDocument {
                index,
                num_documents,
            })
        }
    }
}

impl fmt::Debug for Corpus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Corpus")
            .field("folder", &self.folder())
            .field("num_documents", &self.num_documents())
            .finish_non_exhaustive()
    }
}
