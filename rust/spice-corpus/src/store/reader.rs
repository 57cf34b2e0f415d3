//! Reads a shard: a document costs one reading of its blocks, nothing else is looked at.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;
use zstd::dict::DecoderDictionary;
use zstd::zstd_safe::DCtx;

use super::ends::{CHUNK, Ends};
use super::format::{
    BLOCK_ENTRY_BYTES, BlockEntry, Codec, HASH_BYTES, MAX_BLOCK_BYTES, Refusal, Section,
    TRAILER_BYTES, Trailer, VERSION,
};
use super::parts::Parts;
use crate::blob::Blob;
use crate::error::CorpusError;

/// An open shard; threads share it.
pub(crate) struct Shard {
    path: PathBuf,
    blob: Blob,
    parts: Parts,
    trailer: Trailer,
    /// xxh3-64 of the trailer.
    identity: u64,
    ends: Ends,
    dictionary: Option<DecoderDictionary<'static>>,
}

/// What one thread needs to decode blocks, and the block it decoded last.
pub(crate) struct Scratch {
    context: DCtx<'static>,
    stored: Vec<u8>,
    decoded: Vec<u8>,
    /// Stored bytes of several blocks that were asked for together, and where they begin.
    ahead: Vec<u8>,
    ahead_start: u64,
    /// Key of the shard and number of the block in `decoded`.
    holds: Option<(u64, u64)>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            context: DCtx::create(),
            stored: Vec::new(),
            decoded: Vec::with_capacity(MAX_BLOCK_BYTES),
            ahead: Vec::new(),
            ahead_start: 0,
            holds: None,
        }
    }
}

impl Scratch {
    /// Text of the block that was decoded last.
    pub(super) fn decoded(&self) -> &[u8] {
        &self.decoded
    }
}

impl Shard {
    /// Opens a shard; reads its header, dictionary and trailer and checks those.
    ///
    /// # Errors
    /// The file is missing, no shard, damaged, or of a newer version.
    pub(crate) fn open(path: &Path) -> Result<Self, CorpusError> {
        let blob = Blob::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => damaged(path, "the file is gone"),
            _ => CorpusError::io(path, "open")(error),
        })?;
        let size = blob.size().map_err(CorpusError::io(path, "open"))?;
        let mut last = vec![0; size.min(TRAILER_BYTES as u64) as usize];
        let last_start = size - last.len() as u64;
        blob.read_exact_at(&mut last, last_start)
            .map_err(CorpusError::io(path, "read"))?;
        let trailer = Trailer::decode(&last, size).map_err(|refusal| match refusal {
            Refusal::Newer(found) => CorpusError::NewerFormat {
                path: path.to_owned(),
                found: found.into(),
                known: VERSION.into(),
            },
            Refusal::Damaged(reason) => damaged(path, reason),
        })?;
        let parts = Parts::take(&blob, &trailer, path)?;
        let start_in_index = |section| {
            let start = trailer.section(section, size).start;
            match &parts {
                Parts::Local(_) => start,
                Parts::Remote { tail_start, .. } => start - tail_start,
            }
        };
        let ends = Ends {
            num_documents: trailer.num_documents,
            directory: start_in_index(Section::Directory),
            origin: start_in_index(Section::Ends),
        };
        let mut shard = Self {
            path: path.to_owned(),
            blob,
            parts,
            identity: xxh3_64(&last),
            trailer,
            ends,
            dictionary: None,
        };
        for section in [Section::Header, Section::Dictionary] {
            if !shard.is_intact(section) {
                return Err(shard.damaged(format!("damaged {}", section.name())));
            }
        }
        let dictionary = shard.bytes(Section::Dictionary);
        if !dictionary.is_empty() {
            shard.dictionary = Some(DecoderDictionary::copy(dictionary));
        }
        Ok(shard)
    }

    pub(crate) fn num_documents(&self) -> u64 {
        self.trailer.num_documents
    }

    pub(crate) fn text_bytes(&self) -> u64 {
        self.trailer.text_bytes
    }

    /// Bytes of the file.
    pub(crate) fn size(&self) -> u64 {
        self.trailer.size
    }

    /// Checksum of the trailer: two shards with the same one hold the same.
    pub(crate) fn identity(&self) -> u64 {
        self.identity
    }

    /// Bytes of memory that it holds, mapped ones not counted.
    pub(crate) fn held_bytes(&self) -> usize {
        match &self.parts {
            Parts::Local(_) => 0,
            Parts::Remote { head, tail, .. } => head.len() + tail.len(),
        }
    }

    /// Lengths of all documents in bytes, in order.
    ///
    /// # Errors
    /// The directory or a chunk is damaged.
    pub(crate) fn lengths(&self) -> Result<Vec<u32>, CorpusError> {
        let mut lengths = Vec::with_capacity(self.num_documents() as usize);
        let mut ends = Vec::with_capacity(CHUNK);
        for number in 0..super::ends::num_chunks(self.num_documents()) {
            let chunk = self.ends.chunk(self.index(), number);
            ends.clear();
            chunk
                .filter(super::ends::Chunk::is_intact)
                .and_then(|chunk| chunk.ends(&mut ends))
                .ok_or_else(|| self.damaged("damaged document ends"))?;
            let mut start = 0;
            lengths.extend(
                ends.iter()
                    .map(|&end| (end - std::mem::replace(&mut start, end)) as u32),
            );
        }
        Ok(lengths)
    }

    /// xxh3-128 of the text of document `index`.
    ///
    /// # Errors
    /// There is no such document.
    pub(crate) fn hash(&self, index: u64) -> Result<u128, CorpusError> {
        let start = (index as usize).saturating_mul(HASH_BYTES);
        let bytes = self
            .bytes(Section::Hashes)
            .get(start..)
            .and_then(|rest| rest.first_chunk());
        bytes
            .map(|bytes| u128::from_le_bytes(*bytes))
            .ok_or_else(|| self.damaged("damaged document hashes"))
    }

    /// Appends the text of document `index` to `out`; its block is remembered in `scratch` under `key`, which stands for
    /// this shard. Compressed blocks are checked against their checksums.
    ///
    /// # Errors
    /// The shard is damaged, or cannot be read.
    pub(crate) fn text(
        &self,
        index: u64,
        key: u64,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), CorpusError> {
        if let Some(text) = self.raw_text(index)? {
            out.extend_from_slice(text);
            return Ok(());
        }
        let (range, first_block) = self.range(index)?;
        let last = self
            .ends
            .entry(self.index(), index / CHUNK as u64 + 1)
            .unwrap_or_default()
            .extra;
        let first = self.block_at(range.start, first_block..u64::from(last) + 1)?;
        self.decode(first, &range, key, scratch, out)
    }

    /// The text of document `index` where it lies, if that is mapped and not compressed. Nothing has checked that it is UTF-8.
    ///
    /// # Errors
    /// The shard is damaged.
    pub(crate) fn raw_text(&self, index: u64) -> Result<Option<&[u8]>, CorpusError> {
        if !self.is_raw() {
            return Ok(None);
        }
        let (range, _) = self.range(index)?;
        let text = self
            .bytes(Section::Blocks)
            .get(range.start as usize..range.end as usize);
        text.map(Some)
            .ok_or_else(|| self.damaged("damaged document ends"))
    }

    /// Whether texts lie in this shard as they are, on this machine.
    pub(crate) fn is_raw(&self) -> bool {
        self.trailer.codec == Codec::Raw && matches!(self.parts, Parts::Local(_))
    }

    /// Where the text of document `index` lies among all texts, and the first block that may hold its beginning.
    fn range(&self, index: u64) -> Result<(Range<u64>, u64), CorpusError> {
        let chunk = self.ends.chunk(self.index(), index / CHUNK as u64);
        let range = chunk.and_then(|chunk| chunk.range((index % CHUNK as u64) as usize));
        let (Some(chunk), Some(range)) = (chunk, range) else {
            return Err(self.damaged("damaged document ends"));
        };
        let range = chunk.entry.first_byte + range.start..chunk.entry.first_byte + range.end;
        if range.end > self.text_bytes() {
            return Err(self.damaged("damaged document ends"));
        }
        Ok((range, chunk.entry.extra.into()))
    }

    /// The block that holds a byte of text, one of `blocks`.
    fn block_at(&self, byte: u64, blocks: Range<u64>) -> Result<u64, CorpusError> {
        let (mut low, mut high) = (blocks.start, blocks.end);
        // Invariant: block `low` begins at or before `byte`; block `high` and later ones begin after it.
        while high.saturating_sub(low) > 1 {
            let middle = low + (high - low) / 2;
            if u64::from(self.block(middle)?.text_start) <= byte {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Appends the text `range`, which begins in block `number`.
    fn decode(
        &self,
        mut number: u64,
        range: &Range<u64>,
        key: u64,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), CorpusError> {
        if let Parts::Remote { .. } = self.parts {
            self.ask_ahead(number, range.end, scratch)?;
        }
        let mut position = range.start;
        while position < range.end {
            let text = self.block_text(number)?;
            if !text.contains(&position) {
                return Err(self.damaged("damaged block index"));
            }
            if scratch.holds != Some((key, number)) {
                self.decode_block(number, scratch)?;
                scratch.holds = Some((key, number));
            }
            let end = range.end.min(text.end);
            let part = scratch
                .decoded
                .get((position - text.start) as usize..(end - text.start) as usize);
            out.extend_from_slice(part.ok_or_else(|| self.damaged("damaged block index"))?);
            position = end;
            number += 1;
        }
        scratch.ahead.clear();
        Ok(())
    }

    /// Asks for block `first` and those behind it up to a byte of text in one piece.
    fn ask_ahead(&self, first: u64, end: u64, scratch: &mut Scratch) -> Result<(), CorpusError> {
        let mut last = first;
        while self.block_text(last)?.end < end {
            last += 1;
        }
        let place = self.block_place(first)?.start..self.block_place(last)?.end;
        scratch.ahead_start = place.start;
        scratch.ahead.resize((place.end - place.start) as usize, 0);
        let mut ahead = std::mem::take(&mut scratch.ahead);
        self.read_exact(&mut ahead, place.start)?;
        scratch.ahead = ahead;
        Ok(())
    }

    fn read_exact(&self, bytes: &mut [u8], start: u64) -> Result<(), CorpusError> {
        let read = self.blob.read_exact_at(bytes, start);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged("the file is shorter"),
            io::ErrorKind::InvalidData => self.damaged(error.to_string()),
            _ => CorpusError::io(&self.path, "read")(error),
        })
    }

    /// Decodes one block into `scratch`.
    ///
    /// # Errors
    /// It is damaged: names its bytes.
    pub(crate) fn decode_block(
        &self,
        number: u64,
        scratch: &mut Scratch,
    ) -> Result<(), CorpusError> {
        scratch.holds = None;
        let checksum = self.block(number)?.checksum;
        let place = self.block_place(number)?;
        let text = self.block_text(number)?;
        if text.end - text.start > MAX_BLOCK_BYTES as u64 {
            return Err(self.damaged("damaged block index"));
        }
        let damaged = |reason: &str| {
            self.damaged(format!(
                "block {number}, bytes {} to {}: {reason}",
                place.start, place.end
            ))
        };
        scratch.stored.resize((place.end - place.start) as usize, 0);
        let ahead = place.start.checked_sub(scratch.ahead_start);
        let ahead = ahead.and_then(|start| {
            let end = start as usize + scratch.stored.len();
            scratch.ahead.get(start as usize..end)
        });
        match ahead {
            Some(bytes) => scratch.stored.copy_from_slice(bytes),
            None => self.read_exact(&mut scratch.stored, place.start)?,
        }
        if xxh3_64(&scratch.stored) as u32 != checksum {
            return Err(damaged("wrong checksum"));
        }
        scratch.decoded.clear();
        if self.trailer.codec == Codec::Raw {
            scratch.decoded.extend_from_slice(&scratch.stored);
        } else {
            let decoded = match &self.dictionary {
                Some(dictionary) => scratch.context.decompress_using_ddict(
                    &mut scratch.decoded,
                    &scratch.stored,
                    dictionary.as_ddict(),
                ),
                None => scratch
                    .context
                    .decompress(&mut scratch.decoded, &scratch.stored),
            };
            decoded.map_err(|code| damaged(zstd::zstd_safe::get_error_name(code)))?;
        }
        if scratch.decoded.len() as u64 == text.end - text.start {
            Ok(())
        } else {
            Err(damaged("another length than the index says"))
        }
    }

    pub(super) fn num_blocks(&self) -> u64 {
        self.trailer.num_blocks
    }

    pub(super) fn ends(&self) -> &Ends {
        &self.ends
    }

    /// Where `ends` finds directory and chunks.
    pub(super) fn index(&self) -> &[u8] {
        match &self.parts {
            Parts::Local(map) => map,
            Parts::Remote { tail, .. } => tail,
        }
    }

    /// Where a section is in the file.
    pub(super) fn range_of(&self, section: Section) -> Range<u64> {
        self.trailer.section(section, self.size())
    }

    /// Whether a section is what was written.
    pub(crate) fn is_intact(&self, section: Section) -> bool {
        xxh3_64(self.bytes(section)) == self.trailer.checksum(section)
    }

    /// The bytes of a section; for the blocks of an object nothing, they are read one by one.
    pub(crate) fn bytes(&self, section: Section) -> &[u8] {
        let range = self.range_of(section);
        let (start, end) = (range.start as usize, range.end as usize);
        match &self.parts {
            Parts::Local(map) => &map[start..end],
            Parts::Remote {
                head,
                tail,
                tail_start,
            } => {
                let place = |start: usize| start - *tail_start as usize;
                match section {
                    Section::Header | Section::Dictionary => &head[start..end],
                    Section::Blocks => &[],
                    _ => &tail[place(start)..place(end)],
                }
            }
        }
    }

    fn block(&self, number: u64) -> Result<BlockEntry, CorpusError> {
        let start = (number as usize).saturating_mul(BLOCK_ENTRY_BYTES);
        let bytes = self.bytes(Section::BlockIndex).get(start..);
        bytes
            .and_then(BlockEntry::decode)
            .ok_or_else(|| self.damaged("damaged block index"))
    }

    /// Where a block is in the file.
    pub(super) fn block_place(&self, number: u64) -> Result<Range<u64>, CorpusError> {
        let (entry, next) = (self.block(number)?, self.block(number + 1)?);
        let blocks = self.range_of(Section::Blocks);
        let place = blocks.start + u64::from(entry.start)..blocks.start + u64::from(next.start);
        if place.start <= place.end && place.end <= blocks.end {
            Ok(place)
        } else {
            Err(self.damaged("damaged block index"))
        }
    }

    /// Bytes of text of a block.
    pub(super) fn block_text(&self, number: u64) -> Result<Range<u64>, CorpusError> {
        let (start, end) = (
            self.block(number)?.text_start,
            self.block(number + 1)?.text_start,
        );
        if start <= end {
            Ok(start.into()..end.into())
        } else {
            Err(self.damaged("damaged block index"))
        }
    }

    pub(super) fn damaged(&self, reason: impl Into<String>) -> CorpusError {
        damaged(&self.path, reason)
    }
}

pub(super) fn damaged(path: &Path, reason: impl Into<String>) -> CorpusError {
    CorpusError::Shard {
        path: path.to_owned(),
        reason: reason.into(),
    }
}
