//! What of a shard is at hand: all of it mapped, or of an object what lies around its blocks.

use std::path::Path;

use memmap2::{Advice, Mmap};
use rustix::fs::{Advice as FileAdvice, fadvise};

use super::format::{Section, Trailer};
use super::reader::damaged;
use crate::blob::Blob;
use crate::error::CorpusError;

/// What is at hand of a shard besides its blocks.
pub(super) enum Parts {
    /// All of it, mapped.
    Local(Mmap),
    /// Of an object: what lies before its blocks, and what behind.
    Remote {
        head: Vec<u8>,
        tail: Vec<u8>,
        tail_start: u64,
    },
}

impl Parts {
    /// # Errors
    /// The shard cannot be read or mapped.
    pub(super) fn take(blob: &Blob, trailer: &Trailer, path: &Path) -> Result<Self, CorpusError> {
        let Blob::Local(file) = blob else {
            let part = |start: u64, end: u64| {
                let mut bytes = vec![0; (end - start) as usize];
                let read = blob.read_exact_at(&mut bytes, start);
                read.map_err(CorpusError::io(path, "read")).map(|()| bytes)
            };
            let blocks = trailer.section(Section::Blocks, trailer.size);
            return Ok(Self::Remote {
                head: part(0, blocks.start)?,
                tail: part(blocks.end, trailer.size)?,
                tail_start: blocks.end,
            });
        };
        // Documents are read one here and one there: reading ahead would only fill memory.
        fadvise(file, 0, None, FileAdvice::Random)
            .map_err(|error| CorpusError::io(path, "open")(error.into()))?;
        // SAFETY: a shard is written under a temporary name, renamed when complete, and never changed afterwards.
        #[expect(unsafe_code)]
        let map = unsafe { Mmap::map(file) }.map_err(CorpusError::io(path, "map"))?;
        if map.len() as u64 != trailer.size {
            return Err(damaged(path, "it changes while it is opened"));
        }
        map.advise(Advice::Random)
            .map_err(CorpusError::io(path, "map"))?;
        Ok(Self::Local(map))
    }
}
