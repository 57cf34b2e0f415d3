//! The bytes of a `.spk` shard; no other file knows them. docs/format.md says the same for other programs.

use xxhash_rust::xxh3::xxh3_64;

use super::ends::{u32_at, u64_at};

/// Version that this crate writes, and the newest that it reads.
pub(crate) const VERSION: u32 = 1;
const MAGIC: [u8; 8] = *b"SPICESPK";

pub(crate) const HEADER_BYTES: usize = 32;
pub(crate) const BLOCK_ENTRY_BYTES: usize = 12;
pub(crate) const META_ENTRY_BYTES: usize = 8;
pub(crate) const HASH_BYTES: usize = 16;
pub(crate) const TRAILER_BYTES: usize = 48 + NUM_SECTIONS * 16 + 8;

/// Text of a block at most, in shards that this crate reads.
pub(crate) const MAX_BLOCK_BYTES: usize = 16 << 10;
/// The same in shards that it writes: half as large blocks make a random document half as dear and a shard 2 % larger.
pub(crate) const BLOCK_BYTES: usize = 8 << 10;
/// Documents whose facts are compressed together.
pub(crate) const META_DOCUMENTS: u64 = 128;

/// How blocks are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// As they are: for random reading at the speed of memory.
    Raw,
    /// zstd level 3 with the dictionary of the shard.
    Zstd,
}

/// The parts of a shard in their order; each ends where the next begins, the last at the trailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Header,
    Dictionary,
    Blocks,
    BlockIndex,
    Ends,
    Directory,
    Hashes,
    Meta,
    MetaIndex,
    Origins,
}

pub(crate) const NUM_SECTIONS: usize = 10;

impl Section {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Dictionary => "dictionary",
            Self::Blocks => "blocks",
            Self::BlockIndex => "block index",
            Self::Ends => "document ends",
            Self::Directory => "directory of document ends",
            Self::Hashes => "document hashes",
            Self::Meta => "document facts",
            Self::MetaIndex => "index of document facts",
            Self::Origins => "origins",
        }
    }
}

pub(crate) fn encode_header(codec: Codec) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&(codec as u32).to_le_bytes());
    bytes
}

/// The last bytes of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trailer {
    pub codec: Codec,
    pub num_documents: u64,
    pub num_blocks: u64,
    pub text_bytes: u64,
    /// Bytes of the whole file.
    pub size: u64,
    /// First byte and checksum of each section.
    pub sections: [(u64, u64); NUM_SECTIONS],
}

/// Why bytes are no shard that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Of a version that this crate does not know.
    Newer(u32),
    /// Anything else.
    Damaged(String),
}

impl Trailer {
    pub(crate) fn encode(&self) -> [u8; TRAILER_BYTES] {
        let mut bytes = Vec::with_capacity(TRAILER_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.codec as u32).to_le_bytes());
        for number in [
            self.num_documents,
            self.num_blocks,
            self.text_bytes,
            self.size,
        ] {
            bytes.extend(number.to_le_bytes());
        }
        for (start, checksum) in self.sections {
            bytes.extend(start.to_le_bytes());
            bytes.extend(checksum.to_le_bytes());
        }
        let checksum = xxh3_64(&bytes);
        bytes.extend(checksum.to_le_bytes());
        let mut trailer = [0; TRAILER_BYTES];
        trailer.copy_from_slice(&bytes);
        trailer
    }

    /// The trailer of a shard of `size` bytes from its last bytes.
    ///
    /// # Errors
    /// The bytes are no trailer, damaged, of a newer version, or contradict the size.
    pub(crate) fn decode(bytes: &[u8], size: u64) -> Result<Self, Refusal> {
        let damaged = |reason: &str| Refusal::Damaged(reason.to_owned());
        if bytes.len() != TRAILER_BYTES || !bytes.starts_with(&MAGIC) {
            return Err(damaged(
                "does not end as a shard does: it is cut short, or no shard",
            ));
        }
        let fields = || {
            let mut sections = [(0, 0); NUM_SECTIONS];
            for (number, section) in sections.iter_mut().enumerate() {
                *section = (
                    u64_at(bytes, 48 + 16 * number)?,
                    u64_at(bytes, 56 + 16 * number)?,
                );
            }
            Some((
                u32_at(bytes, 8)?,
                u32_at(bytes, 12)?,
                [16, 24, 32, 40].map(|place| u64_at(bytes, place)),
                sections,
                u64_at(bytes, TRAILER_BYTES - 8)?,
            ))
        };
        let Some((version, codec, counts, sections, checksum)) = fields() else {
            return Err(damaged("cut short"));
        };
        // A newer version may have another checksum, but begins with magic and version.
        if version > VERSION {
            return Err(Refusal::Newer(version));
        }
        if checksum != xxh3_64(&bytes[..TRAILER_BYTES - 8]) {
            return Err(damaged("damaged trailer"));
        }
        let codec = match codec {
            0 => Codec::Raw,
            1 => Codec::Zstd,
            other => return Err(Refusal::Damaged(format!("unknown codec {other}"))),
        };
        let [
            Some(num_documents),
            Some(num_blocks),
            Some(text_bytes),
            Some(recorded),
        ] = counts
        else {
            return Err(damaged("cut short"));
        };
        let trailer = Self {
            codec,
            num_documents,
            num_blocks,
            text_bytes,
            size: recorded,
            sections,
        };
        if recorded == size && trailer.fits(size) {
            Ok(trailer)
        } else {
            Err(Refusal::Damaged(format!(
                "{size} bytes, which contradicts its trailer: it is cut short or was added to"
            )))
        }
    }

    /// Bytes of a section in the file.
    pub(crate) fn section(&self, section: Section, size: u64) -> std::ops::Range<u64> {
        let number = section as usize;
        let end = self
            .sections
            .get(number + 1)
            .map_or(size - TRAILER_BYTES as u64, |&(start, _)| start);
        self.sections[number].0..end
    }

    pub(crate) fn checksum(&self, section: Section) -> u64 {
        self.sections[section as usize].1
    }

    pub(crate) fn num_meta_blocks(&self) -> u64 {
        self.num_documents.div_ceil(META_DOCUMENTS)
    }

    fn fits(&self, size: u64) -> bool {
        let Some(last) = size.checked_sub(TRAILER_BYTES as u64) else {
            return false;
        };
        let starts = self.sections.map(|(start, _)| start);
        let ascends =
            starts.windows(2).all(|pair| pair[0] <= pair[1]) && starts[NUM_SECTIONS - 1] <= last;
        let has = |section: Section, rows: u64, row_bytes: usize| {
            let range = self.section(section, size);
            rows.checked_mul(row_bytes as u64) == Some(range.end - range.start)
        };
        ascends
            && starts[0] == 0
            && self.num_documents < 1 << 32
            && self.num_blocks < 1 << 32
            && self.text_bytes < 1 << 32
            && has(Section::Header, 1, HEADER_BYTES)
            && has(Section::BlockIndex, self.num_blocks + 1, BLOCK_ENTRY_BYTES)
            && has(
                Section::Directory,
                super::ends::num_chunks(self.num_documents) + 1,
                super::ends::ENTRY_BYTES,
            )
            && has(Section::Hashes, self.num_documents, HASH_BYTES)
            && has(
                Section::MetaIndex,
                self.num_meta_blocks() + 1,
                META_ENTRY_BYTES,
            )
    }
}

/// One row of the block index; the one behind the last block says where it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BlockEntry {
    /// First stored byte, counted from the first block.
    pub start: u32,
    /// First byte of text.
    pub text_start: u32,
    /// Lower half of the xxh3-64 of the stored bytes.
    pub checksum: u32,
}

impl BlockEntry {
    pub(crate) fn encode(&self) -> [u8; BLOCK_ENTRY_BYTES] {
        let mut bytes = [0; BLOCK_ENTRY_BYTES];
        bytes[..4].copy_from_slice(&self.start.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.text_start.to_le_bytes());
        bytes[8..].copy_from_slice(&self.checksum.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            start: u32_at(bytes, 0)?,
            text_start: u32_at(bytes, 4)?,
            checksum: u32_at(bytes, 8)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trailer(num_documents: u64, num_blocks: u64) -> (Trailer, u64) {
        let sizes = [
            HEADER_BYTES as u64,
            100,
            1_000,
            (num_blocks + 1) * BLOCK_ENTRY_BYTES as u64,
            64,
            (super::super::ends::num_chunks(num_documents) + 1) * 24,
            num_documents * HASH_BYTES as u64,
            50,
            (num_documents.div_ceil(META_DOCUMENTS) + 1) * META_ENTRY_BYTES as u64,
            7,
        ];
        let mut start = 0;
        let sections = sizes.map(|size| {
            start += size;
            (start - size, start * 3)
        });
        let trailer = Trailer {
            codec: Codec::Zstd,
            num_documents,
            num_blocks,
            text_bytes: 5_000,
            size: start + TRAILER_BYTES as u64,
            sections,
        };
        (trailer, start + TRAILER_BYTES as u64)
    }

    proptest! {
        #[test]
        fn a_trailer_survives_encoding_and_no_flipped_bit_does(
            num_documents in 0_u64..2_000, num_blocks in 0_u64..50, place in 0..TRAILER_BYTES, bit in 0..8,
        ) {
            let (trailer, size) = trailer(num_documents, num_blocks);
            let mut bytes = trailer.encode();
            prop_assert_eq!(Trailer::decode(&bytes, size), Ok(trailer.clone()));
            prop_assert!(Trailer::decode(&bytes, size + 1).is_err());
            prop_assert!(Trailer::decode(&bytes[1..], size).is_err());
            bytes[place] ^= 1_u8 << bit;
            prop_assert!(Trailer::decode(&bytes, size).is_err());
        }
    }

    #[test]
    fn a_newer_version_is_told_apart_from_damage() {
        let (trailer, size) = trailer(3, 1);
        let mut bytes = trailer.encode();
        bytes[8] += 1;
        assert_eq!(
            Trailer::decode(&bytes, size),
            Err(Refusal::Newer(VERSION + 1))
        );
    }
}
