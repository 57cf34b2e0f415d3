//! Keep-bitmaps: which documents of one corpus are kept. Nothing is rewritten to drop a document.
//!
//! [`KeepBits`] is one in the making, [`Keep`] an open file. Filters, deduplication, decontamination and search all end in
//! one, and [`Sampler`](crate::Sampler) takes several: a document is drawn when every one keeps it.

mod file;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use xxhash_rust::xxh3::xxh3_128;

use crate::corpus::Corpus;
use crate::error::CorpusError;
use file::{
    BLOCK_WORDS, HEADER_BYTES, Header, MAX_NOTE_BYTES, WORD_BYTES, num_words, padding, word_at,
};

/// One bit per document in memory: 1 is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepBits {
    num_documents: u64,
    words: Vec<u64>,
}

impl KeepBits {
    /// Keeps every one of so many documents.
    pub fn all(num_documents: u64) -> Self {
        let mut bits = Self {
            num_documents,
            words: vec![u64::MAX; num_words(num_documents) as usize],
        };
        if let Some(last) = bits.words.last_mut() {
            *last &= !padding(num_documents);
        }
        bits
    }

    /// Keeps none of so many documents.
    pub fn none(num_documents: u64) -> Self {
        Self {
            num_documents,
            words: vec![0; num_words(num_documents) as usize],
        }
    }

    /// Keeps what every one of `keeps` keeps; none for no keeps, which say nothing about the number of documents.
    ///
    /// # Errors
    /// They are of different corpora.
    pub fn intersection(keeps: &[Keep]) -> Result<Option<Self>, CorpusError> {
        let Some((first, others)) = keeps.split_first() else {
            return Ok(None);
        };
        let mut words: Vec<u64> = first.words().collect();
        for other in others {
            other.check_facts(first.header.corpus_hash, first.num_documents())?;
            for (word, other) in words.iter_mut().zip(other.words()) {
                *word &= other;
            }
        }
        let num_documents = first.num_documents();
        Ok(Some(Self {
            num_documents,
            words,
        }))
    }

    /// Number of documents, kept or not.
    pub fn num_documents(&self) -> u64 {
        self.num_documents
    }

    /// Number of kept documents.
    pub fn num_kept(&self) -> u64 {
        self.words
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }

    /// Whether document `index` is kept.
    ///
    /// # Panics
    /// There is no such document.
    pub fn is_kept(&self, index: u64) -> bool {
        self.check_index(index);
        self.words[(index / 64) as usize] >> (index % 64) & 1 == 1
    }

    /// Keeps document `index` from now on, or drops it.
    ///
    /// # Panics
    /// There is no such document.
    pub fn set(&mut self, index: u64, is_kept: bool) {
        self.check_index(index);
        let (word, bit) = (&mut self.words[(index / 64) as usize], 1 << (index % 64));
        if is_kept {
            *word |= bit;
        } else {
            *word &= !bit;
        }
    }

    /// Writes these bits as a file for `corpus` and opens it. The file appears whole or not at all.
    ///
    /// `made_by` is JSON that says what made it and with which settings; it does not enter [`Keep::hash`].
    ///
    /// # Errors
    /// As many bits as the corpus has documents are needed, `made_by` is no JSON or longer than 64 KiB, `path` exists and
    /// may not be overwritten, or the system refuses.
    pub fn write(
        &self,
        path: &Path,
        corpus: &Corpus,
        made_by: &str,
        overwrite: bool,
    ) -> Result<Keep, CorpusError> {
        let corpus_hash = parse_hash(corpus)?;
        if self.num_documents != corpus.num_documents() {
            return Err(CorpusError::Argument {
                name: "keep",
                found: format!("{} documents", self.num_documents),
                expected: "one bit for each document of the corpus",
            });
        }
        check_note(made_by)?;
        let words = self.words.iter().copied();
        file::write(
            path,
            corpus_hash,
            self.num_documents,
            made_by,
            words,
            overwrite,
        )?;
        Keep::open(path, corpus)
    }

    fn check_index(&self, index: u64) {
        let num_documents = self.num_documents;
        assert!(
            index < num_documents,
            "document {index} is beyond {num_documents}"
        );
    }
}

/// An open keep file. Opening takes the same time for any number of documents, and memory is the system's page cache.
///
/// The file holds sums of kept documents at every 4,096th, so [`rank`](Self::rank) looks at 64 words at most and
/// [`select`](Self::select) at as many after a binary search.
pub struct Keep {
    path: PathBuf,
    map: Mmap,
    header: Header,
}

impl Keep {
    /// Opens a file that belongs to `corpus`.
    ///
    /// # Errors
    /// It is missing, no keep file, damaged, of a newer version, or of another corpus: then both hashes are shown.
    pub fn open(path: &Path, corpus: &Corpus) -> Result<Self, CorpusError> {
        let keep = Self::inspect(path)?;
        keep.check(corpus)?;
        Ok(keep)
    }

    /// Opens a file of whatever corpus.
    ///
    /// # Errors
    /// As [`open`](Self::open), but for another corpus.
    pub fn inspect(path: &Path) -> Result<Self, CorpusError> {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CorpusError::Missing {
                path: path.to_owned(),
            },
            _ => CorpusError::io(path, "open")(error),
        })?;
        let unusable = |reason| CorpusError::Keep {
            path: path.to_owned(),
            reason,
        };
        let length = file
            .metadata()
            .map_err(CorpusError::io(path, "open"))?
            .len();
        if length < HEADER_BYTES {
            return Err(unusable("no keep file".to_owned()));
        }
        // SAFETY: the file is written under a temporary name, renamed when complete, and never changed afterwards.
        #[expect(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(CorpusError::io(path, "map"))?;
        let header = Header::decode(&map).map_err(unusable)?;
        Ok(Self {
            path: path.to_owned(),
            map,
            header,
        })
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of documents, kept or not.
    pub fn num_documents(&self) -> u64 {
        self.header.num_documents
    }

    /// Number of kept documents.
    pub fn num_kept(&self) -> u64 {
        self.header.num_kept
    }

    /// 32 hexadecimal digits that stand for what is kept, whatever made the file.
    pub fn hash(&self) -> String {
        format!("{:032x}", self.header.hash)
    }

    /// Hash of the corpus that it belongs to.
    pub fn corpus_hash(&self) -> String {
        format!("{:032x}", self.header.corpus_hash)
    }

    /// What made the file, in JSON.
    pub fn made_by(&self) -> String {
        String::from_utf8_lossy(self.header.note(&self.map)).into_owned()
    }

    /// Whether document `index` is kept.
    ///
    /// # Panics
    /// There is no such document.
    pub fn is_kept(&self, index: u64) -> bool {
        let num_documents = self.num_documents();
        assert!(
            index < num_documents,
            "document {index} is beyond {num_documents}"
        );
        self.word(index / 64) >> (index % 64) & 1 == 1
    }

    /// The bits of documents `64 * index` and on, the lowest first.
    ///
    /// # Panics
    /// There is no such word.
    pub fn word(&self, index: u64) -> u64 {
        assert!(
            index < num_words(self.num_documents()),
            "word {index} is beyond the last"
        );
        word_at(&self.map, HEADER_BYTES + index * WORD_BYTES)
    }

    /// All words in order.
    pub fn words(&self) -> impl Iterator<Item = u64> + '_ {
        (0..num_words(self.num_documents())).map(|index| self.word(index))
    }

    /// Number of kept documents before document `index`, which may be the number of documents.
    ///
    /// # Panics
    /// `index` is beyond that.
    pub fn rank(&self, index: u64) -> u64 {
        if index == self.num_documents() {
            return self.num_kept();
        }
        let (word, bit) = (index / 64, index % 64);
        let below = self.word(word) & ((1 << bit) - 1);
        let block = word / BLOCK_WORDS;
        let whole = (block * BLOCK_WORDS..word).map(|word| self.word(word).count_ones());
        let in_block = u64::from(whole.sum::<u32>() + below.count_ones());
        // A damaged directory may say anything.
        self.sum(block).saturating_add(in_block)
    }

    /// The kept document with `place` kept ones before it; none where no more are kept, or the file is damaged.
    pub fn select(&self, place: u64) -> Option<u64> {
        if place >= self.num_kept() {
            return None;
        }
        let (mut block, mut end) = (0, self.header.num_blocks());
        // Invariant: the document lies in `block` or later, and before block `end`.
        while end - block > 1 {
            let middle = block + (end - block) / 2;
            if self.sum(middle) <= place {
                block = middle;
            } else {
                end = middle;
            }
        }
        let mut rest = place.checked_sub(self.sum(block))?;
        let first = block * BLOCK_WORDS;
        let last = (first + BLOCK_WORDS).min(num_words(self.num_documents()));
        for index in first..last {
            let word = self.word(index);
            let ones = u64::from(word.count_ones());
            if rest < ones {
                return Some(index * 64 + u64::from(bit_of(word, rest)));
            }
            rest -= ones;
        }
        None
    }

    /// Reads the whole file and compares it with its checksums; opening looks at the header alone.
    ///
    /// # Errors
    /// A byte changed since the file was written.
    pub fn verify(&self) -> Result<(), CorpusError> {
        let damaged = |reason: &str| CorpusError::Keep {
            path: self.path.clone(),
            reason: reason.to_owned(),
        };
        let words = HEADER_BYTES as usize..self.header.directory_start() as usize;
        if xxh3_128(&self.map[words]) != self.header.hash {
            return Err(damaged("damaged words"));
        }
        let mut num_kept = 0;
        for (index, word) in (0..).zip(self.words()) {
            if index % BLOCK_WORDS == 0 && self.sum(index / BLOCK_WORDS) != num_kept {
                return Err(damaged("damaged directory"));
            }
            num_kept += u64::from(word.count_ones());
        }
        if num_kept == self.num_kept() {
            Ok(())
        } else {
            Err(damaged("damaged header"))
        }
    }

    /// Kept documents before the first of a block.
    fn sum(&self, block: u64) -> u64 {
        word_at(
            &self.map,
            self.header.directory_start() + block * WORD_BYTES,
        )
    }

    /// # Errors
    /// The file belongs to another corpus.
    pub(crate) fn check(&self, corpus: &Corpus) -> Result<(), CorpusError> {
        self.check_facts(parse_hash(corpus)?, corpus.num_documents())
    }

    fn check_facts(&self, corpus_hash: u128, num_documents: u64) -> Result<(), CorpusError> {
        if (self.header.corpus_hash, self.num_documents()) == (corpus_hash, num_documents) {
            return Ok(());
        }
        Err(CorpusError::KeepOfAnotherCorpus {
            path: self.path.clone(),
            found: self.corpus_hash(),
            num_found: self.num_documents(),
            expected: format!("{corpus_hash:032x}"),
            num_expected: num_documents,
        })
    }
}

impl fmt::Debug for Keep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Keep")
            .field("path", &self.path)
            .field("num_kept", &self.num_kept())
            .field("num_documents", &self.num_documents())
            .finish_non_exhaustive()
    }
}

/// Place of the 1 bit of `word` that has `rest` lower ones.
fn bit_of(mut word: u64, rest: u64) -> u32 {
    for _ in 0..rest {
        word &= word - 1;
    }
    word.trailing_zeros()
}

fn parse_hash(corpus: &Corpus) -> Result<u128, CorpusError> {
    let hash = corpus.hash();
    u128::from_str_radix(hash, 16).map_err(|_| {
        CorpusError::damaged(
            corpus.folder(),
            format!("its hash is {hash}; expected 32 hexadecimal digits"),
        )
    })
}

fn check_note(made_by: &str) -> Result<(), CorpusError> {
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(made_by).is_ok();
    if is_json && made_by.len() <= MAX_NOTE_BYTES {
        return Ok(());
    }
    Err(CorpusError::Argument {
        name: "made_by",
        found: made_by.chars().take(100).collect(),
        expected: "JSON of at most 65,536 bytes",
    })
}

#[cfg(test)]
mod tests;
