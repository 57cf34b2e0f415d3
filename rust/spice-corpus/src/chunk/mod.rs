//! Cuts whole documents into chunks of at most so many bytes, characters or tokens.
//!
//! One rule for all three: the longest beginning of the rest that keeps the limit is cut back to the best boundary
//! (paragraph, line, sentence, word, as in [`crate::boundary`]) in its last quarter. So chunks follow each other without a
//! gap, keep the limit exactly and never end inside a character; and the time is linear in the document.

mod tokens;

use std::sync::atomic::AtomicBool;

use crate::boundary::last_quarter_boundary;
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::progress::check;
use crate::tokens::TokenBudget;
use crate::workers::{map_rows, num_threads};

/// How long a chunk may be.
#[derive(Debug)]
pub enum ChunkSize {
    /// At most so many bytes of UTF-8; at least 4, since a character may have so many.
    Bytes(u64),
    /// At most so many characters: Unicode scalar values, what Python's `len` counts.
    Characters(u64),
    /// At most so many tokens of a tokenizer, counted in the chunk alone without special tokens.
    Tokens(TokenBudget),
}

/// Chunks of one or more documents, in their order: the columns of a table.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Chunks {
    /// Number of a chunk's document.
    pub documents: Vec<u64>,
    /// First byte in its text; the one before ends there, unless it is the document's first.
    pub starts: Vec<u64>,
    /// One past the last byte.
    pub ends: Vec<u64>,
    /// Tokens of each chunk alone; empty unless the limit is in tokens.
    pub num_tokens: Vec<u32>,
}

/// Documents cut one after another by one thread.
const ROWS_TOGETHER: usize = 64;
/// Looked at between so many chunks: whether to stop.
const CHUNKS_BETWEEN_CHECKS: usize = 64;

impl Chunks {
    /// The chunks of texts, which are numbered from 0. An empty text has none.
    ///
    /// # Errors
    /// The limit is too small for a character, the tokenizer cannot encode a text, or `stop` was set.
    pub fn of_texts(
        texts: &[&str],
        size: &ChunkSize,
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        size.check()?;
        let rows: Vec<usize> = (0..texts.len()).collect();
        let cut = |&row: &usize, chunks: &mut Self| size.cut(row as u64, texts[row], chunks, stop);
        Self::of_rows(&rows, threads, stop, cut)
    }

    /// The chunks of some documents of a corpus.
    ///
    /// # Errors
    /// As for [`Chunks::of_texts`]; or no such document, or its source is gone or changed.
    pub fn of_corpus(
        corpus: &Corpus,
        documents: &[u64],
        size: &ChunkSize,
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        size.check()?;
        for &document in documents {
            corpus.check_index(document)?;
        }
        let cut = |&document: &u64, chunks: &mut Self| {
            size.cut(document, &corpus.text(document)?, chunks, stop)
        };
        Self::of_rows(documents, threads, stop, cut)
    }

    /// Rows are cut many at a time, so that making room for their chunks costs little.
    fn of_rows<R: Sync>(
        rows: &[R],
        threads: Option<usize>,
        stop: &AtomicBool,
        cut: impl Fn(&R, &mut Self) -> Result<(), CorpusError> + Sync,
    ) -> Result<Self, CorpusError> {
        let batches: Vec<&[R]> = rows.chunks(ROWS_TOGETHER).collect();
        let cut_batch = |(): &mut (), batch: &&[R]| {
            let mut chunks = Self::default();
            batch.iter().try_for_each(|row| cut(row, &mut chunks))?;
            Ok(chunks)
        };
        let threads = num_threads(threads);
        let parts = map_rows(&batches, threads, stop, |_| (), || (), cut_batch)?;
        let mut all = Self::default();
        let num_chunks = parts.iter().map(Self::len).sum();
        all.documents.reserve(num_chunks);
        all.starts.reserve(num_chunks);
        all.ends.reserve(num_chunks);
        for part in parts {
            all.append(part);
        }
        Ok(all)
    }

    pub(crate) fn append(&mut self, next: Self) {
        self.documents.extend(next.documents);
        self.starts.extend(next.starts);
        self.ends.extend(next.ends);
        self.num_tokens.extend(next.num_tokens);
    }

    /// Number of chunks.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    fn push(&mut self, document: u64, start: usize, end: usize) {
        self.documents.push(document);
        self.starts.push(start as u64);
        self.ends.push(end as u64);
    }
}

impl ChunkSize {
    pub(crate) fn check(&self) -> Result<(), CorpusError> {
        let bad = |name, found: usize, expected| {
            Err(CorpusError::Argument {
                name,
                found: found.to_string(),
                expected,
            })
        };
        match self {
            Self::Bytes(found @ 0..4) => bad("max_bytes", *found as usize, "at least 4"),
            Self::Characters(0) => bad("max_chars", 0, "at least 1"),
            Self::Tokens(budget) if budget.max_tokens == 0 => bad("max_tokens", 0, "at least 1"),
            _ => Ok(()),
        }
    }

    /// Adds the chunks of a document.
    ///
    /// # Errors
    /// As for [`Chunks::of_texts`].
    pub(crate) fn cut(
        &self,
        document: u64,
        text: &str,
        chunks: &mut Chunks,
        stop: &AtomicBool,
    ) -> Result<(), CorpusError> {
        let bytes_end = |start: usize, most: u64| {
            let end = (start as u64).saturating_add(most);
            end.min(text.len() as u64) as usize
        };
        match self {
            Self::Bytes(most) => cut(document, text, chunks, stop, |start| {
                text.floor_char_boundary(bytes_end(start, *most))
            }),
            // A character has one byte.
            Self::Characters(most) if text.is_ascii() => {
                cut(document, text, chunks, stop, |start| {
                    bytes_end(start, *most)
                })
            }
            Self::Characters(most) => cut(document, text, chunks, stop, |start| {
                characters_end(text, start, *most)
            }),
            Self::Tokens(budget) => tokens::cut(document, text, budget, chunks, stop),
        }
    }
}

/// Cuts at the best boundaries before the hard ends that `hard_end` gives.
fn cut(
    document: u64,
    text: &str,
    chunks: &mut Chunks,
    stop: &AtomicBool,
    hard_end: impl Fn(usize) -> usize,
) -> Result<(), CorpusError> {
    let (mut start, mut num_cut) = (0, 0_usize);
    while start < text.len() {
        if num_cut.is_multiple_of(CHUNKS_BETWEEN_CHECKS) {
            check(stop)?;
        }
        num_cut += 1;
        let mut end = hard_end(start);
        if end < text.len() {
            end = last_quarter_boundary(text, start, end);
        }
        chunks.push(document, start, end);
        start = end;
    }
    Ok(())
}

/// Where `most` characters behind `start` end; the text's end if it has fewer.
fn characters_end(text: &str, start: usize, most: u64) -> usize {
    let bytes = text.as_bytes();
    // Steps over as many bytes as characters are left, and counts those that begin a character, until none is left.
    let (mut place, mut left) = (start, most);
    while left > 0 && place < bytes.len() {
        let next = (place as u64).saturating_add(left).min(bytes.len() as u64) as usize;
        left -= num_begun(&bytes[place..next]);
        place = next;
    }
    // Behind the last bytes of the last one.
    text.ceil_char_boundary(place)
}

/// Number of characters that begin in these bytes.
fn num_begun(bytes: &[u8]) -> u64 {
    // So few at a time that one byte holds their number: many are then counted in one instruction.
    let count = |few: &[u8]| {
        few.iter()
            .map(|&byte| u8::from(byte & 0xC0 != 0x80))
            .sum::<u8>()
    };
    bytes.chunks(192).map(|few| u64::from(count(few))).sum()
}
