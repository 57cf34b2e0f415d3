//! The unit of work on a corpus that is too large for one sitting: a range of its documents in, files and a manifest out.
//!
//! The files are a function of the corpus, the range and the configuration, byte for byte. The manifest is written last, so
//! work that was stopped, or killed, has none; and work whose manifest fits is not done again.

mod files;

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

pub use files::{Output, SharedPiece};
pub(crate) use files::{read_fingerprints, read_matches, write_file};

use crate::chunk::{ChunkSize, Chunks};
use crate::corpus::Corpus;
use crate::dedup::{Benchmark, Fingerprint, signature};
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::workers::{map_rows, num_threads};

/// Documents in a range unless the caller divides the work otherwise.
pub const SHARD_DOCUMENTS: u64 = 16_384;
/// Version of what the files hold; part of the configuration's hash.
const RULE: &[u8] = b"spice shard 1";
/// Texts held in memory together.
const BATCH_DOCUMENTS: u64 = 512;

/// What to make of documents.
#[derive(Debug, Default)]
pub struct ShardConfig {
    /// Their chunks.
    pub chunks: Option<ChunkSize>,
    /// What tells copies: their texts' hashes and `MinHash` signatures.
    pub fingerprints: bool,
    /// What they share with a benchmark.
    pub benchmark: Option<Arc<Benchmark>>,
}

/// What was made of a range of documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardManifest {
    /// Hash of the corpus.
    pub corpus: String,
    /// Hash of the configuration.
    pub config: String,
    /// First document.
    pub first: u64,
    /// One past the last.
    pub last: u64,
    /// Bytes of text read.
    pub num_bytes: u64,
    /// The files, in the manifest's folder.
    pub outputs: Vec<Output>,
}

impl ShardConfig {
    /// 32 hexadecimal digits that stand for everything that the files depend on besides the documents.
    pub fn hash(&self) -> String {
        let mut hasher = Xxh3Default::new();
        hasher.update(RULE);
        hasher.update(&[u8::from(self.fingerprints)]);
        let (unit, most, tokenizer) = match &self.chunks {
            None => (0, 0, 0),
            Some(ChunkSize::Bytes(most)) => (1, *most, 0),
            Some(ChunkSize::Characters(most)) => (2, *most, 0),
            Some(ChunkSize::Tokens(budget)) => {
                (3, budget.max_tokens as u64, budget.counter.file_hash)
            }
        };
        hasher.update(&[unit]);
        hasher.update(&most.to_le_bytes());
        hasher.update(&tokenizer.to_le_bytes());
        hasher.update(
            &self
                .benchmark
                .as_ref()
                .map_or(0, |benchmark| benchmark.hash())
                .to_le_bytes(),
        );
        format!("{:032x}", hasher.digest128())
    }
}

/// The ranges of so many documents that a corpus of `num_documents` is divided into.
pub fn shard_ranges(num_documents: u64, shard_documents: u64) -> impl Iterator<Item = Range<u64>> {
    let step = shard_documents.max(1);
    (0..num_documents.div_ceil(step))
        .map(move |shard| shard * step..(shard * step).saturating_add(step).min(num_documents))
}

/// Makes of a range of documents what `config` asks for, in `folder`, unless it is there already.
///
/// # Errors
/// The range is empty or beyond the corpus, a source is gone or changed, the disk is full, or `stop` was set.
pub fn process_shard(
    corpus: &Corpus,
    documents: Range<u64>,
    config: &ShardConfig,
    folder: &Path,
    threads: Option<usize>,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<ShardManifest, CorpusError> {
    if documents.is_empty() || documents.end > corpus.num_documents() {
        return Err(CorpusError::Argument {
            name: "documents",
            found: format!("{} to {}", documents.start, documents.end),
            expected: "a range of at least one document of the corpus",
        });
    }
    if let Some(size) = &config.chunks {
        size.check()?;
    }
    let watch = Watch::new(progress, stop);
    fs::create_dir_all(folder).map_err(CorpusError::io(folder, "make the folder"))?;
    let name = format!("{:012}-{:012}", documents.start, documents.end);
    let path = folder.join(format!("{name}.json"));
    let (corpus_hash, config_hash) = (corpus.hash().to_owned(), config.hash());
    if let Some(done) = finished(&path, folder, &corpus_hash, &config_hash) {
        watch.advance(done.num_bytes);
        return Ok(done);
    }
    let mut found = Found::default();
    let mut first = documents.start;
    while first < documents.end {
        let last = first.saturating_add(BATCH_DOCUMENTS).min(documents.end);
        let rows: Vec<u64> = (first..last).collect();
        let parts = map_rows(
            &rows,
            num_threads(threads),
            stop,
            |&row| row,
            Vec::new,
            |room, &row| {
                let text = corpus.text(row)?;
                watch.advance(text.len() as u64);
                Found::of(row, &text, config, room, stop)
            },
        )?;
        for part in parts {
            found.append(part);
        }
        first = last;
    }
    let num_bytes = found.num_bytes;
    let manifest = ShardManifest {
        corpus: corpus_hash,
        config: config_hash,
        first: documents.start,
        last: documents.end,
        num_bytes,
        outputs: files::write(folder, &name, config, &found)?,
    };
    let mut json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| CorpusError::io(&path, "write")(error.into()))?;
    json.push(b'\n');
    write_file(&path, &json)?;
    Ok(manifest)
}

/// What is known of documents, in their order.
#[derive(Debug, Default)]
struct Found {
    num_bytes: u64,
    chunks: Chunks,
    fingerprints: Vec<Fingerprint>,
    matches: Vec<SharedPiece>,
}

impl Found {
    fn of(
        document: u64,
        text: &str,
        config: &ShardConfig,
        room: &mut Vec<u32>,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        let mut found = Self {
            num_bytes: text.len() as u64,
            ..Self::default()
        };
        if let Some(size) = &config.chunks {
            size.cut(document, text, &mut found.chunks, stop)?;
        }
        if config.fingerprints {
            found.fingerprints.push(Fingerprint {
                text_hash: xxh3_128(text.as_bytes()),
                signature: signature(text, room),
            });
        }
        let shared = config
            .benchmark
            .as_ref()
            .and_then(|benchmark| benchmark.find(text));
        found.matches.extend(shared.map(|shared| SharedPiece {
            document,
            start: shared.start as u64,
            end: shared.end as u64,
            piece: text[shared.start..shared.end].to_owned(),
            item: shared.item as u64,
            item_place: shared.place.to_owned(),
        }));
        Ok(found)
    }

    fn append(&mut self, next: Self) {
        self.num_bytes += next.num_bytes;
        self.chunks.append(next.chunks);
        self.fingerprints.extend(next.fingerprints);
        self.matches.extend(next.matches);
    }
}

/// The manifest of work that was done before: of this corpus and configuration, and with all its files.
fn finished(path: &Path, folder: &Path, corpus: &str, config: &str) -> Option<ShardManifest> {
    let manifest: ShardManifest = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let has_length = |output: &Output| {
        let metadata = fs::metadata(folder.join(&output.name));
        metadata.is_ok_and(|metadata| metadata.len() == output.num_bytes)
    };
    let fits = manifest.corpus == corpus && manifest.config == config;
    (fits && manifest.outputs.iter().all(has_length)).then_some(manifest)
}
