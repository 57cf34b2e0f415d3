//! What a shard says of its documents besides their text.

use std::io::Read;

use xxhash_rust::xxh3::xxh3_64;

use super::facts::FactsRow;
use super::format::{META_DOCUMENTS, META_ENTRY_BYTES, Section};
use super::reader::Shard;
use crate::error::CorpusError;

/// More than 128 documents' facts ever have: each of four is at most 4 KiB, and JSON may write a byte as six.
const MAX_FACTS_BYTES: u64 = 32 << 20;

impl Shard {
    /// Where document `index` was read, and what its record said.
    ///
    /// # Errors
    /// The facts are damaged.
    pub(crate) fn facts(&self, index: u64) -> Result<(String, FactsRow), CorpusError> {
        let rows = self.facts_block(index / META_DOCUMENTS)?;
        let damaged = || self.damaged("damaged document facts");
        let row = rows
            .into_iter()
            .nth((index % META_DOCUMENTS) as usize)
            .ok_or_else(damaged)?;
        let origin = self
            .origins()?
            .into_iter()
            .nth(row.origin as usize)
            .ok_or_else(damaged)?;
        Ok((origin, row))
    }

    /// The facts of up to 128 documents.
    ///
    /// # Errors
    /// They are damaged.
    pub(crate) fn facts_block(&self, number: u64) -> Result<Vec<FactsRow>, CorpusError> {
        let damaged =
            |reason: String| self.damaged(format!("document facts, block {number}: {reason}"));
        let bytes = self
            .stored_facts(number)
            .ok_or_else(|| damaged("damaged index".to_owned()))?;
        let (bytes, checksum) = bytes;
        if xxh3_64(bytes) as u32 != checksum {
            return Err(damaged("wrong checksum".to_owned()));
        }
        let mut rows = Vec::new();
        zstd::stream::Decoder::new(bytes)
            .and_then(|decoder| decoder.take(MAX_FACTS_BYTES).read_to_end(&mut rows))
            .map_err(|error| damaged(error.to_string()))?;
        rows.split(|&byte| byte == b'\n')
            .filter(|row| !row.is_empty())
            .map(|row| serde_json::from_slice(row).map_err(|error| damaged(error.to_string())))
            .collect()
    }

    /// Stored bytes of a block of facts, and the checksum that they should have.
    fn stored_facts(&self, number: u64) -> Option<(&[u8], u32)> {
        let index = self.bytes(Section::MetaIndex);
        let at = |number: u64, field: usize| {
            let start = (number as usize).checked_mul(META_ENTRY_BYTES)? + field;
            super::ends::u32_at(index, start)
        };
        let range = at(number, 0)? as usize..at(number + 1, 0)? as usize;
        Some((self.bytes(Section::Meta).get(range)?, at(number, 4)?))
    }

    /// Files that documents were read from.
    ///
    /// # Errors
    /// The list is damaged.
    pub(crate) fn origins(&self) -> Result<Vec<String>, CorpusError> {
        serde_json::from_slice(self.bytes(Section::Origins))
            .map_err(|error| self.damaged(format!("damaged origins: {error}")))
    }
}
