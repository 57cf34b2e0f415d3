//! Packed shards: documents in order in small compressed blocks, and what is known of them behind.

use std::ffi::OsStr;

pub(crate) mod ends;
mod facts;
mod format;
mod parts;
mod read_facts;
mod reader;
mod verify;
mod writer;

pub use facts::Facts;
pub(crate) use facts::FactsRow;
pub(crate) use facts::MAX_FACT_BYTES;
pub use format::Codec;
pub(crate) use format::META_DOCUMENTS;
pub(crate) use reader::{Scratch, Shard};
pub(crate) use verify::Wound;
pub(crate) use writer::ShardWriter;

/// File name of shard `number` of a packed corpus.
pub(crate) fn shard_name(number: usize) -> String {
    format!("{number:05}.spk")
}

/// Whether a file in a corpus folder is one of its shards, by its name.
pub(crate) fn is_shard_name(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.strip_suffix(".spk"));
    number
        .is_some_and(|number| number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit()))
}
