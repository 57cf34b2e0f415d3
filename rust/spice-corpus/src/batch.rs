//! Documents and passages by the batch: columns instead of records, texts in one buffer.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::corpus::{Corpus, DocumentPlace};
use crate::error::CorpusError;
use crate::progress::check;
use crate::sample::{Passage, Sampler};
use crate::store::{FactsRow, META_DOCUMENTS};
use crate::texts::Texts;
use crate::workers::num_threads;

/// Text of a streamed batch of documents, at most, unless it is of one document alone.
const MAX_BATCH_BYTES: u64 = 32 << 20;

/// Text that is copied within some milliseconds.
const SOON_BYTES: u64 = 8 << 20;

/// Some documents, one row each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentBatch {
    /// Their numbers.
    pub documents: Vec<u64>,
    /// Their texts.
    pub texts: Texts,
    /// Where they come from, if that was asked for.
    pub places: Option<Vec<DocumentPlace>>,
}

/// Some passages, one row a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageBatch {
    /// Numbers of the draws.
    pub draws: Vec<u64>,
    /// Numbers of their documents.
    pub documents: Vec<u64>,
    /// First bytes in the documents' texts.
    pub starts: Vec<u64>,
    /// One past their last bytes.
    pub ends: Vec<u64>,
    /// Their lengths in the unit of the budget.
    pub lengths: Vec<u64>,
    /// Their texts.
    pub texts: Texts,
    /// Where their documents come from, if that was asked for.
    pub places: Option<Vec<DocumentPlace>>,
}

impl Corpus {
    /// The texts of some documents in one buffer, row i for `indices[i]`; any order, repetitions allowed.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn read_texts(
        &self,
        indices: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Texts, CorpusError> {
        let lengths = self.lengths(indices)?;
        self.read_texts_of(indices, &lengths, threads, stop)
    }

    /// The same, if that is over within milliseconds: little text that lies raw in shards. Otherwise nothing is read.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn read_texts_soon(
        &self,
        indices: &[u64],
        threads: Option<usize>,
    ) -> Result<Option<Texts>, CorpusError> {
        let lengths = self.lengths(indices)?;
        let lies_raw = indices
            .first()
            .map_or(Ok(true), |&index| self.lies_raw(index))?;
        let num_bytes = lengths.iter().copied().fold(0, u64::saturating_add);
        if !lies_raw || num_bytes > SOON_BYTES {
            return Ok(None);
        }
        let stop = AtomicBool::new(false);
        self.read_texts_of(indices, &lengths, threads, &stop)
            .map(Some)
    }

    /// Lengths of some documents in bytes, row i for `indices[i]`.
    fn lengths(&self, indices: &[u64]) -> Result<Vec<u64>, CorpusError> {
        let length = |&index| self.check_index(index).map(|()| self.text_bytes(index));
        indices.iter().map(length).collect()
    }

    /// [`Corpus::read_texts`] for who knows their lengths.
    fn read_texts_of(
        &self,
        indices: &[u64],
        lengths: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Texts, CorpusError> {
        let rows = indices.iter().copied().zip(lengths.iter().copied());
        let threads = num_threads(threads);
        Texts::read(rows, threads, stop, |index, scratch, room| {
            self.with_text(index, scratch, |text| room.write(text))
        })
    }

    /// Some documents, row i for `indices[i]`; any order, repetitions allowed. With `with_places` where they come from, which takes
    /// longer than reading them.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn take(
        &self,
        indices: &[u64],
        with_places: bool,
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<DocumentBatch, CorpusError> {
        let texts = self.read_texts(indices, threads, stop)?;
        let places = with_places.then(|| self.places(indices, stop));
        Ok(DocumentBatch {
            documents: indices.to_vec(),
            texts,
            places: places.transpose()?,
        })
    }

    /// Where some documents come from, row i for `indices[i]`; what packed documents share is read once.
    ///
    /// # Errors
    /// No such document; its source is gone or changed; or `stop` was set.
    pub fn places(
        &self,
        indices: &[u64],
        stop: &AtomicBool,
    ) -> Result<Vec<DocumentPlace>, CorpusError> {
        let mut order: Vec<usize> = (0..indices.len()).collect();
        order.sort_by_key(|&row| indices[row]);
        let mut places = Vec::with_capacity(indices.len());
        let mut block = FactsBlock::default();
        for row in order {
            check(stop)?;
            self.check_index(indices[row])?;
            places.push((row, block.place(self, indices[row])?));
        }
        places.sort_unstable_by_key(|&(row, _)| row);
        Ok(places.into_iter().map(|(_, place)| place).collect())
    }

    /// One past the last document of the batch that begins with `first`: at most `max_rows` documents (at least one) and 32
    /// MiB of text, all below `stop`.
    pub fn batch_end(&self, first: u64, stop: u64, max_rows: u64) -> u64 {
        let stop = stop.min(first.saturating_add(max_rows));
        self.end_of_bytes(first, stop, MAX_BATCH_BYTES)
    }

    /// One past the last of the documents from `first` on that have at most `max_bytes` of text together; at least one, all below
    /// `stop`.
    pub(crate) fn end_of_bytes(&self, first: u64, stop: u64, max_bytes: u64) -> u64 {
        let stop = stop.min(self.num_documents());
        let mut room = max_bytes;
        (first..stop)
            .find(|&index| {
                let num_bytes = self.text_bytes(index);
                let fits = num_bytes <= room || index == first;
                room = room.saturating_sub(num_bytes);
                !fits
            })
            .unwrap_or(stop)
    }
}

/// The facts that a shard keeps together, as read last.
#[derive(Default)]
struct FactsBlock {
    /// Source, and number of the block in it.
    key: Option<(u32, u64)>,
    rows: Vec<FactsRow>,
    origins: Vec<String>,
}

impl FactsBlock {
    /// Where a document, which must exist, comes from.
    fn place(&mut self, corpus: &Corpus, index: u64) -> Result<DocumentPlace, CorpusError> {
        let found = corpus.catalogue().find(index)?;
        if found.record.is_some() {
            return corpus.document(index);
        }
        let shard = corpus.reader().shard(found.source)?;
        let key = (found.source, found.place / META_DOCUMENTS);
        if self.key != Some(key) {
            if self.key.map(|(source, _)| source) != Some(found.source) {
                self.origins = shard.origins()?;
            }
            self.rows = shard.facts_block(key.1)?;
            self.key = Some(key);
        }
        let damaged = || corpus.catalogue().damaged();
        let row = self.rows.get((found.place % META_DOCUMENTS) as usize);
        let row = row.ok_or_else(damaged)?;
        let origin = self.origins.get(row.origin as usize).ok_or_else(damaged)?;
        Ok(DocumentPlace {
            path: origin.into(),
            ordinal: (row.ordinal > 0).then_some(row.ordinal),
            format: corpus.catalogue().source(found.source)?.format,
            num_bytes: found.text_bytes,
            facts: row.facts.clone(),
        })
    }
}

impl Sampler {
    /// The passages of some draws, row i for `draws[i]`; any order, any numbers. With `with_places` where their documents come from.
    ///
    /// # Errors
    /// As for [`Sampler::draw`].
    pub fn take(
        &self,
        draws: &[u64],
        with_places: bool,
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<PassageBatch, CorpusError> {
        let mut batch = match self.whole_documents(draws) {
            Some(documents) => {
                let documents = documents?;
                let texts = self.corpus().read_texts(&documents, threads, stop)?;
                let ends: Vec<_> = texts.iter().map(|text| text.len() as u64).collect();
                PassageBatch {
                    draws: draws.to_vec(),
                    documents,
                    starts: vec![0; ends.len()],
                    lengths: ends.clone(),
                    ends,
                    texts,
                    places: None,
                }
            }
            None => PassageBatch::new(draws, &self.draw(draws, threads, stop)?),
        };
        if with_places {
            batch.places = Some(self.corpus().places(&batch.documents, stop)?);
        }
        Ok(batch)
    }
}

impl PassageBatch {
    fn new(draws: &[u64], passages: &[Passage]) -> Self {
        Self {
            draws: draws.to_vec(),
            documents: passages.iter().map(|passage| passage.document).collect(),
            starts: passages.iter().map(|passage| passage.start).collect(),
            ends: passages.iter().map(|passage| passage.end).collect(),
            lengths: passages.iter().map(|passage| passage.length).collect(),
            texts: passages
                .iter()
                .map(|passage| passage.text.as_str())
                .collect(),
            places: None,
        }
    }
}

/// The documents `first..stop` in order, batch by batch as [`Corpus::batch_end`] says.
#[derive(Debug)]
pub struct DocumentBatches {
    /// Where they are.
    pub corpus: Arc<Corpus>,
    /// First document of the next batch.
    pub first: u64,
    /// One past the last document.
    pub stop: u64,
    /// Documents of a batch, at most.
    pub max_rows: u64,
    /// Whether to say where they come from.
    pub with_places: bool,
    /// Threads that read, at most; none: one per core.
    pub threads: Option<usize>,
}

impl Iterator for DocumentBatches {
    type Item = Result<DocumentBatch, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.corpus.batch_end(self.first, self.stop, self.max_rows);
        if end <= self.first {
            return None;
        }
        let indices: Vec<_> = (self.first..end).collect();
        self.first = end;
        let stop = AtomicBool::new(false);
        Some(
            self.corpus
                .take(&indices, self.with_places, self.threads, &stop),
        )
    }
}

/// The passages of draws `first`, `first + stride`, ... below `stop`.
pub struct PassageBatches {
    /// Who draws them.
    pub sampler: Arc<Sampler>,
    /// First draw of the next batch.
    pub first: u64,
    /// One past the last draw.
    pub stop: u64,
    /// From one draw to the next.
    pub stride: u64,
    /// Passages of a batch, at most.
    pub max_rows: usize,
    /// Whether to say where their documents come from.
    pub with_places: bool,
    /// Threads that read, at most; none: one per core.
    pub threads: Option<usize>,
}

impl Iterator for PassageBatches {
    type Item = Result<PassageBatch, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        let stride = self.stride.max(1);
        let draws = (self.first..self.stop).step_by(stride as usize);
        let draws: Vec<_> = draws.take(self.max_rows).collect();
        self.first = draws.last()?.saturating_add(stride);
        let stop = AtomicBool::new(false);
        Some(
            self.sampler
                .take(&draws, self.with_places, self.threads, &stop),
        )
    }
}
