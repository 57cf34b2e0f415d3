//! Documents in, passages out.
//!
//! [`build`] looks at files where they lie and writes a catalogue: where each document is, how long, and a checksum.
//! [`Corpus`] reads documents through it. [`Sampler`] turns a number into a passage: a pure function of (seed, k).

mod batch;
mod blob;
mod boundary;
mod bpe;
mod build;
mod cache;
mod catalogue;
mod chunk;
mod corpus;
mod dedup;
mod error;
mod export;
mod filter;
mod index;
mod keep;
mod pack;
mod progress;
mod read;
mod sample;
mod shard;
mod source;
mod store;
mod texts;
mod tokens;
mod verify;
mod whole_file;
mod workers;

pub use batch::{DocumentBatch, DocumentBatches, PassageBatch, PassageBatches};
pub use bpe::BytePairs;
pub use build::{BuildOptions, BuildReport, OnError, build, build_synthetic};
pub use catalogue::{FormatCount, Manifest, Skipped};
pub use chunk::{ChunkSize, Chunks};
pub use corpus::{Corpus, CorpusStats, DocumentPlace};
pub use dedup::{
    Benchmark, Duplicate, FilterOptions, FilterReport, Fingerprint, Match, NUM_HASHES,
    QUESTION_BYTES, QuestionMemory, RUN_WORDS, Repeated, Signature, copied_runs, decontaminate,
    dedup, signature, signatures, similarity,
};
pub use error::CorpusError;
pub use export::{ExportReport, export};
pub use filter::{Filtered, Predicate, filter};
pub use index::{
    Hit, IndexManifest, IndexOptions, SearchIndex, Snippet, build_index, index_folder,
};
pub use keep::{Keep, KeepBits};
pub use pack::{PackOptions, pack};
pub use progress::Progress;
pub use sample::{
    BLOCK_DRAWS, Budget, Locality, Mix, MixOrder, Passage, Permutation, Quality, Sampler,
    SamplerOptions, SlotPlace,
};
pub use shard::{
    Output, SHARD_DOCUMENTS, ShardConfig, ShardManifest, SharedPiece, process_shard, shard_ranges,
};
pub use source::Format;
pub use store::{Codec, Facts};
pub use texts::Texts;
pub use tokens::{TokenBudget, TokenCounter};
pub use verify::{Damage, VerifyReport, verify};
