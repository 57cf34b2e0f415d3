//! Documents in, passages out.
//!
//! [`build`] looks at files where they lie and writes a catalogue: where each document is, how long, and a checksum.
//! [`Corpus`] reads documents through it. [`Sampler`] turns a number into a passage: a pure function of (seed, k).

mod blob;
mod build;
mod cache;
mod catalogue;
mod corpus;
mod error;
mod pack;
mod progress;
mod read;
mod sample;
mod source;
mod store;
mod verify;
mod workers;

pub use build::{BuildOptions, BuildReport, OnError, build};
pub use catalogue::{FormatCount, Manifest, Skipped};
pub use corpus::{Corpus, CorpusStats, DocumentPlace};
pub use error::CorpusError;
pub use pack::{PackOptions, pack};
pub use progress::Progress;
pub use sample::{Budget, Passage, Permutation, Sampler, TokenBudget};
pub use source::Format;
pub use store::{Codec, Facts};
pub use verify::{Damage, VerifyReport, verify};
