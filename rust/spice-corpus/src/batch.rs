//! Documents and passages by the batch: columns instead of records, texts in one buffer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::sample::Sampler;
use crate::texts::Texts;
use crate::workers::num_threads;

/// Text of a streamed batch of documents, at most, unless it is of one document alone.
const MAX_BATCH_BYTES: u64 = 32 << 20;

/// Some documents, one row each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentBatch {
    /// Their numbers.
    pub documents: Vec<u64>,
    /// Their files, where they are now; bytes that are no UTF-8 are replaced.
    pub sources: Texts,
    /// Line or row in the file, counted from 1; 0 for a file that is one document.
    pub ordinals: Vec<u32>,
    /// Their texts.
    pub texts: Texts,
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
    /// Files of their documents, as in [`DocumentBatch`].
    pub sources: Texts,
    /// Lines or rows in the files, as in [`DocumentBatch`].
    pub ordinals: Vec<u32>,
    /// Their texts.
    pub texts: Texts,
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
        for &index in indices {
            self.check_index(index)?;
        }
        let rows = indices
            .iter()
            .map(|&index| (index, self.catalogue().text_bytes(index)));
        Texts::read(rows, num_threads(threads), stop, |index, room| {
            self.with_text(index, |text| room.write(text))
        })
    }

    /// Some documents, row i for `indices[i]`; any order, repetitions allowed.
    ///
    /// # Errors
    /// As for [`Corpus::read`].
    pub fn take(
        &self,
        indices: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<DocumentBatch, CorpusError> {
        let texts = self.read_texts(indices, threads, stop)?;
        let (sources, ordinals) = self.places(indices)?;
        Ok(DocumentBatch {
            documents: indices.to_vec(),
            sources,
            ordinals,
            texts,
        })
    }

    /// Files and ordinals of documents, which must exist.
    fn places(&self, indices: &[u64]) -> Result<(Texts, Vec<u32>), CorpusError> {
        let found = indices.iter().map(|&index| self.catalogue().find(index));
        let records = found.collect::<Result<Vec<_>, _>>()?;
        let mut names = BTreeMap::new();
        for record in &records {
            if !names.contains_key(&record.source) {
                let path = self.reader().path(record.source)?;
                names.insert(record.source, path.to_string_lossy().into_owned());
            }
        }
        let sources = records.iter().map(|record| names[&record.source].as_str());
        let ordinals = records
            .iter()
            .map(|found| found.record.map_or(0, |record| record.ordinal));
        let ordinals = ordinals.collect();
        Ok((sources.collect(), ordinals))
    }

    /// One past the last document of the batch that begins with `first`: at most `max_rows` documents (at least one) and 32
    /// MiB of text, all below `stop`.
    pub fn batch_end(&self, first: u64, stop: u64, max_rows: u64) -> u64 {
        let stop = stop
            .min(self.num_documents())
            .min(first.saturating_add(max_rows));
        let mut room = MAX_BATCH_BYTES;
        (first..stop)
            .find(|&index| {
                let num_bytes = self.catalogue().text_bytes(index);
                let fits = num_bytes <= room || index == first;
                room = room.saturating_sub(num_bytes);
                !fits
            })
            .unwrap_or(stop)
    }
}

impl Sampler {
    /// The passages of some draws, row i for `draws[i]`; any order, any numbers.
    ///
    /// # Errors
    /// As for [`Sampler::draw`].
    pub fn take(
        &self,
        draws: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<PassageBatch, CorpusError> {
        let passages = self.draw(draws, threads, stop)?;
        let documents: Vec<_> = passages.iter().map(|passage| passage.document).collect();
        let (sources, ordinals) = self.corpus().places(&documents)?;
        Ok(PassageBatch {
            draws: draws.to_vec(),
            documents,
            starts: passages.iter().map(|passage| passage.start).collect(),
            ends: passages.iter().map(|passage| passage.end).collect(),
            lengths: passages.iter().map(|passage| passage.length).collect(),
            sources,
            ordinals,
            texts: passages
                .iter()
                .map(|passage| passage.text.as_str())
                .collect(),
        })
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
        Some(
            self.corpus
                .take(&indices, self.threads, &AtomicBool::new(false)),
        )
    }
}

/// The passages of draws `first`, `first + step`, ... below `stop`.
pub struct PassageBatches {
    /// Who draws them.
    pub sampler: Arc<Sampler>,
    /// First draw of the next batch.
    pub first: u64,
    /// One past the last draw.
    pub stop: u64,
    /// From one draw to the next.
    pub step: u64,
    /// Passages of a batch, at most.
    pub max_rows: usize,
    /// Threads that read, at most; none: one per core.
    pub threads: Option<usize>,
}

impl Iterator for PassageBatches {
    type Item = Result<PassageBatch, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        let draws: Vec<_> = (self.first..self.stop)
            .step_by(self.step.max(1) as usize)
            .take(self.max_rows)
            .collect();
        let last = draws.last()?;
        self.first = last.saturating_add(self.step.max(1));
        Some(
            self.sampler
                .take(&draws, self.threads, &AtomicBool::new(false)),
        )
    }
}
