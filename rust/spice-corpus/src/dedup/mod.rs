//! Which documents to leave out: copies of others, and those that hold a piece of a benchmark. Nothing is rewritten: the
//! result is a keep file and a list that says of every document that is left out why.

mod benchmark;
mod copied;
mod groups;
mod memory;
mod minhash;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use benchmark::place_of;
pub use benchmark::{Benchmark, Match, RUN_WORDS};
pub use copied::copied_runs;
use groups::duplicates;
pub use groups::{Duplicate, Fingerprint};
pub use memory::{QUESTION_BYTES, QuestionMemory, Repeated};
pub use minhash::{NUM_HASHES, Signature, signature, signatures, similarity};
use words::for_each_run;

use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::keep::KeepBits;
use crate::progress::{Progress, check};
use crate::shard::{
    ShardConfig, ShardManifest, process_shard, read_fingerprints, read_matches, shard_ranges,
    write_file,
};

/// Bytes of an exact copy's text that the list shows.
const SHOWN_BYTES: usize = 200;

/// How to go about it.
#[derive(Debug, Clone)]
pub struct FilterOptions {
    /// Documents worked on together; a killed run begins again with the range that it was at.
    pub shard_documents: u64,
    /// Threads at most; none for one per core. They change no result.
    pub threads: Option<usize>,
    /// Replace the keep file and the list of an older run. What it found of ranges of documents is used in any case.
    pub overwrite: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterReport {
    /// Documents looked at.
    pub num_documents: u64,
    /// Documents that are kept.
    pub num_kept: u64,
    /// Of the others, those whose text equals another's.
    pub num_exact: u64,
    /// Bytes of text of those that are left out.
    pub num_dropped_bytes: u64,
}

/// Why a document is left out: a line of the list.
#[derive(Debug, Serialize)]
struct Reason<'r> {
    document: u64,
    place: String,
    why: &'static str,
    /// The document that is kept instead, or the number of the benchmark item.
    partner: u64,
    partner_place: String,
    /// Estimated share of runs of five words in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    similarity: Option<f64>,
    /// What both have: the first run of words in common, or how the text begins.
    piece: &'r str,
}

/// Finds copies: equal texts and, with a threshold, texts that share at least that part of their runs of five words
/// (estimated with `MinHash`). Of each group the first document is kept. Writes `dedup.keep` and `dedup.jsonl` into `folder`.
///
/// # Errors
/// The threshold is not between 0 and 1, a source is gone or changed, the outputs exist, the disk is full, or `stop` was set.
pub fn dedup(
    corpus: &Corpus,
    folder: &Path,
    threshold: Option<f64>,
    options: &FilterOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<FilterReport, CorpusError> {
    if let Some(threshold) = threshold.filter(|threshold| !(0.0..=1.0).contains(threshold)) {
        return Err(CorpusError::Argument {
            name: "threshold",
            found: threshold.to_string(),
            expected: "a number from 0 to 1",
        });
    }
    let filter = Filter::new(corpus, folder, "dedup", options)?;
    let config = ShardConfig {
        fingerprints: true,
        ..ShardConfig::default()
    };
    let mut fingerprints = Vec::with_capacity(corpus.num_documents() as usize);
    filter.each_shard(&config, progress, stop, |folder, manifest| {
        fingerprints.extend(read_fingerprints(folder, manifest)?);
        Ok(())
    })?;
    let found = duplicates(&fingerprints, threshold, stop)?;
    drop(fingerprints);
    let made_by = serde_json::json!({ "made_by": "dedup", "threshold": threshold });
    filter.finish(&found, &made_by.to_string(), stop, |duplicate| {
        let text = corpus.text(duplicate.document)?;
        let piece = if duplicate.is_exact {
            text[..text.floor_char_boundary(SHOWN_BYTES)].to_owned()
        } else {
            common_run(&corpus.text(duplicate.partner)?, &text)
        };
        Ok(Dropped {
            document: duplicate.document,
            num_bytes: text.len() as u64,
            why: if duplicate.is_exact {
                "exact_copy"
            } else {
                "near_copy"
            },
            partner: duplicate.partner,
            partner_place: place_of(corpus, duplicate.partner)?,
            similarity: Some(duplicate.similarity),
            piece,
        })
    })
}

/// Finds documents that share a run of words with a benchmark. Writes `decontaminate.keep` and `decontaminate.jsonl` into
/// `folder`.
///
/// # Errors
/// A source is gone or changed, the outputs exist, the disk is full, or `stop` was set.
pub fn decontaminate(
    corpus: &Corpus,
    folder: &Path,
    benchmark: Arc<Benchmark>,
    options: &FilterOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<FilterReport, CorpusError> {
    let filter = Filter::new(corpus, folder, "decontaminate", options)?;
    let made_by = serde_json::json!({
        "made_by": "decontaminate",
        "items": benchmark.num_items(),
        "benchmark": format!("{:032x}", benchmark.hash()),
    });
    let config = ShardConfig {
        benchmark: Some(benchmark),
        ..ShardConfig::default()
    };
    let mut matches = Vec::new();
    filter.each_shard(&config, progress, stop, |folder, manifest| {
        matches.extend(read_matches(folder, manifest)?);
        Ok(())
    })?;
    filter.finish(&matches, &made_by.to_string(), stop, |shared| {
        Ok(Dropped {
            document: shared.document,
            num_bytes: corpus.document(shared.document)?.num_bytes,
            why: "in_benchmark",
            partner: shared.item,
            partner_place: shared.item_place.clone(),
            similarity: None,
            piece: shared.piece.clone(),
        })
    })
}

/// The first run of five words of `text` that `other` has as well; nothing if they only seemed alike.
fn common_run(other: &str, text: &str) -> String {
    let mut known = BTreeSet::new();
    for_each_run(other, minhash::SHINGLE_WORDS, true, |number, _, _| {
        known.insert(number);
        true
    });
    let mut found = "";
    for_each_run(text, minhash::SHINGLE_WORDS, true, |number, start, end| {
        if known.contains(&number) {
            found = &text[start..end];
        }
        found.is_empty()
    });
    found.to_owned()
}

struct Dropped {
    document: u64,
    num_bytes: u64,
    why: &'static str,
    partner: u64,
    partner_place: String,
    similarity: Option<f64>,
    piece: String,
}

/// A run over all documents that ends in a keep file and a list.
struct Filter<'f> {
    corpus: &'f Corpus,
    folder: &'f Path,
    name: &'static str,
    options: &'f FilterOptions,
}

impl<'f> Filter<'f> {
    fn new(
        corpus: &'f Corpus,
        folder: &'f Path,
        name: &'static str,
        options: &'f FilterOptions,
    ) -> Result<Self, CorpusError> {
        let path = folder.join(format!("{name}.keep"));
        if path.exists() && !options.overwrite {
            return Err(CorpusError::OutputExists { path });
        }
        Ok(Self {
            corpus,
            folder,
            name,
            options,
        })
    }

    /// Does what is missing of every range of documents, and hands over the manifests in their order.
    fn each_shard(
        &self,
        config: &ShardConfig,
        progress: &Progress,
        stop: &AtomicBool,
        mut take: impl FnMut(&Path, &ShardManifest) -> Result<(), CorpusError>,
    ) -> Result<(), CorpusError> {
        progress.set_total(self.corpus.num_bytes());
        let folder = self.folder.join(format!("{}-shards", self.name));
        let ranges = shard_ranges(self.corpus.num_documents(), self.options.shard_documents);
        ranges.into_iter().try_for_each(|range: Range<u64>| {
            let threads = self.options.threads;
            let manifest =
                process_shard(self.corpus, range, config, &folder, threads, progress, stop)?;
            take(&folder, &manifest)
        })
    }

    /// Writes the list, then the keep file: whoever sees that sees both.
    fn finish<F>(
        &self,
        found: &[F],
        made_by: &str,
        stop: &AtomicBool,
        explain: impl Fn(&F) -> Result<Dropped, CorpusError>,
    ) -> Result<FilterReport, CorpusError> {
        let corpus = self.corpus;
        let mut keep = KeepBits::all(corpus.num_documents());
        let (mut list, mut num_exact, mut num_dropped_bytes) = (Vec::new(), 0, 0);
        for found in found {
            check(stop)?;
            let dropped = explain(found)?;
            keep.set(dropped.document, false);
            num_exact += u64::from(dropped.why == "exact_copy");
            num_dropped_bytes += dropped.num_bytes;
            let reason = Reason {
                document: dropped.document,
                place: place_of(corpus, dropped.document)?,
                why: dropped.why,
                partner: dropped.partner,
                partner_place: dropped.partner_place,
                similarity: dropped.similarity,
                piece: &dropped.piece,
            };
            serde_json::to_writer(&mut list, &reason)
                .map_err(|error| CorpusError::io(self.folder, "write")(error.into()))?;
            list.push(b'\n');
        }
        write_file(&self.folder.join(format!("{}.jsonl", self.name)), &list)?;
        let path = self.folder.join(format!("{}.keep", self.name));
        keep.write(&path, corpus, made_by, self.options.overwrite)?;
        Ok(FilterReport {
            num_documents: corpus.num_documents(),
            num_kept: keep.num_kept(),
            num_exact,
            num_dropped_bytes,
        })
    }
}
