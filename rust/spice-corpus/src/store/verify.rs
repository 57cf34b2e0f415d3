//! Looks at every byte of a shard.

use std::ops::RangeInclusive;

use xxhash_rust::xxh3::Xxh3Default;

use super::ends::num_chunks;
use super::format::{META_DOCUMENTS, Section};
use super::reader::{Scratch, Shard};
use crate::error::CorpusError;

/// Something in a shard that is not as it was written.
#[derive(Debug)]
pub(crate) struct Wound {
    /// Documents of the shard that it concerns, where that is known.
    pub documents: Option<RangeInclusive<u64>>,
    /// Part, range of bytes in the file, and what is wrong.
    pub reason: String,
}

/// Sections that have one checksum for all of their bytes.
const WHOLE: [Section; 7] = [
    Section::Header,
    Section::Dictionary,
    Section::BlockIndex,
    Section::Directory,
    Section::Hashes,
    Section::MetaIndex,
    Section::Origins,
];

impl Shard {
    /// Everything that is not as it was written. `advance` is told of bytes of the file as they are done with.
    ///
    /// # Errors
    /// Only those of `advance`.
    pub(crate) fn wounds(
        &self,
        advance: &mut impl FnMut(u64) -> Result<(), CorpusError>,
    ) -> Result<Vec<Wound>, CorpusError> {
        let mut wounds = Vec::new();
        for section in WHOLE {
            if !self.is_intact(section) {
                let range = self.range_of(section);
                wounds.push(Wound {
                    documents: None,
                    reason: format!(
                        "{}, bytes {} to {}: wrong checksum",
                        section.name(),
                        range.start,
                        range.end
                    ),
                });
            }
        }
        self.check_ends(&mut wounds);
        self.check_facts(&mut wounds);
        if self.is_intact(Section::BlockIndex) && self.is_intact(Section::Hashes) {
            self.check_blocks(&mut wounds, advance)?;
        }
        Ok(wounds)
    }

    fn check_ends(&self, wounds: &mut Vec<Wound>) {
        let origin = self.range_of(Section::Ends).start;
        for number in 0..num_chunks(self.num_documents()) {
            let chunk = self.ends().chunk(self.index(), number);
            if chunk.is_some_and(|chunk| chunk.is_intact()) {
                continue;
            }
            let at = |number| {
                let entry = self.ends().entry(self.index(), number);
                origin + entry.map_or(0, |entry| entry.position)
            };
            let first = number * super::ends::CHUNK as u64;
            let last = (first + super::ends::CHUNK as u64).min(self.num_documents()) - 1;
            wounds.push(Wound {
                documents: Some(first..=last),
                reason: format!(
                    "document ends, bytes {} to {}: wrong checksum",
                    at(number),
                    at(number + 1)
                ),
            });
        }
    }

    fn check_facts(&self, wounds: &mut Vec<Wound>) {
        for number in 0..self.num_documents().div_ceil(META_DOCUMENTS) {
            if let Err(error) = self.facts_block(number) {
                let first = number * META_DOCUMENTS;
                let last = (first + META_DOCUMENTS).min(self.num_documents()) - 1;
                wounds.push(Wound {
                    documents: Some(first..=last),
                    reason: reason_of(error),
                });
            }
        }
    }

    /// Decodes every block and compares every document with its hash.
    fn check_blocks(
        &self,
        wounds: &mut Vec<Wound>,
        advance: &mut impl FnMut(u64) -> Result<(), CorpusError>,
    ) -> Result<(), CorpusError> {
        // Where the ends are damaged, blocks are still looked at.
        let lengths = self.lengths().unwrap_or_default();
        let mut documents = Documents::new(&lengths);
        let mut scratch = Scratch::default();
        for number in 0..self.num_blocks() {
            let place = self.block_place(number).unwrap_or_default();
            advance(place.end.saturating_sub(place.start))?;
            let Ok(text) = self.block_text(number) else {
                continue;
            };
            match self.decode_block(number, &mut scratch) {
                Ok(()) => {
                    for (index, hash) in documents.feed(scratch.decoded()) {
                        if self.hash(index).ok() != Some(hash) {
                            wounds.push(Wound {
                                documents: Some(index..=index),
                                reason: format!(
                                    "text of document {index} of the shard: wrong hash"
                                ),
                            });
                        }
                    }
                }
                Err(error) => wounds.push(Wound {
                    documents: documents.skip(text.end - text.start),
                    reason: reason_of(error),
                }),
            }
        }
        Ok(())
    }
}

fn reason_of(error: CorpusError) -> String {
    match error {
        CorpusError::Shard { reason, .. } => reason,
        other => other.to_string(),
    }
}

/// Which document the next byte of text is of, and the hash of what was seen of it.
struct Documents<'a> {
    lengths: &'a [u32],
    index: usize,
    /// Bytes of the document that are still to come.
    rest: u64,
    /// None once a part of the document could not be read.
    hasher: Option<Xxh3Default>,
}

impl<'a> Documents<'a> {
    fn new(lengths: &'a [u32]) -> Self {
        Self {
            lengths,
            index: 0,
            rest: lengths.first().copied().unwrap_or(0).into(),
            hasher: Some(Xxh3Default::new()),
        }
    }

    /// Takes the next text; gives the documents that end in it, and their hashes where all of their text was seen.
    fn feed(&mut self, mut text: &[u8]) -> Vec<(u64, u128)> {
        let mut ended = Vec::new();
        while !text.is_empty() && self.index < self.lengths.len() {
            let (now, later) = text.split_at(text.len().min(self.rest as usize));
            if let Some(hasher) = &mut self.hasher {
                hasher.update(now);
            }
            text = later;
            self.rest -= now.len() as u64;
            if self.rest == 0 {
                let hash = self.hasher.take().map(|hasher| hasher.digest128());
                ended.extend(hash.map(|hash| (self.index as u64, hash)));
                self.next();
            }
        }
        ended
    }

    /// Passes over text that cannot be read; gives the documents that it belongs to.
    fn skip(&mut self, mut num_bytes: u64) -> Option<RangeInclusive<u64>> {
        let first = self.index as u64;
        let mut last = first;
        while num_bytes > 0 && self.index < self.lengths.len() {
            last = self.index as u64;
            self.hasher = None;
            let now = num_bytes.min(self.rest);
            num_bytes -= now;
            self.rest -= now;
            if self.rest == 0 {
                self.next();
            }
        }
        (first < self.lengths.len() as u64).then_some(first..=last)
    }

    fn next(&mut self) {
        self.index += 1;
        self.rest = self.lengths.get(self.index).copied().unwrap_or(0).into();
        self.hasher = Some(Xxh3Default::new());
    }
}
