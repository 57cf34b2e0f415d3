//! Documents in, passages out.
//!
//! [`build`] looks at files where they lie and writes a catalogue: where each document is, how long, and a checksum.
//! [`Corpus`] reads documents through it. [`Sampler`] turns a number into a passage: a pure function of (seed, k).

mod boundary;
mod bpe;
mod build;
mod cache;
mod catalogue;
mod chunk;
mod corpus;
mod error;
mod progress;
mod read;
mod sample;
mod source;
mod tokens;
mod workers;

pub use bpe::BytePairs;
pub use build::{BuildOptions, BuildReport, OnError, build};
pub use catalogue::{FormatCount, Manifest, Skipped};
pub use chunk::{ChunkSize, Chunks};
pub use corpus::{Corpus, CorpusStats, DocumentPlace};
pub use error::CorpusError;
pub use progress::Progress;
pub use sample::{Budget, Passage, Permutation, Sampler};
pub use source::Format;
pub use tokens::{TokenBudget, TokenCounter};
