//! The bytes of `catalogue.bin`; no other file knows them. docs/format.md says the same for other programs.
//!
//! Little-endian. Header; documents in chunks of 512 (their ends, and where they are read in place a row each); directory of
//! the chunks; sources and units as tables of fixed-size rows; then the paths of the sources, one after another. Document and
//! source numbers are row numbers.

use xxhash_rust::xxh3::xxh3_64;

use crate::source::{Format, Record, Unit};
use crate::store::ends::{ENTRY_BYTES, num_chunks};

pub(super) const HEADER_BYTES: u64 = 104;
pub(super) const RECORD_BYTES: u64 = 24;
pub(super) const SOURCE_BYTES: u64 = 48;
pub(super) const UNIT_BYTES: u64 = 16;

const MAGIC: [u8; 8] = *b"SPICECAT";
const VERSION: u64 = 2;

/// Sizes, places and checksums of the tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub num_documents: u64,
    pub num_sources: u64,
    pub num_units: u64,
    pub num_path_bytes: u64,
    pub num_text_bytes: u64,
    /// First byte of the directory: the chunks lie between header and directory.
    pub directory_start: u64,
    /// xxh3-64 of directory, sources, units and paths.
    pub checksums: [u64; 4],
}

impl Header {
    pub(super) fn sources_start(&self) -> u64 {
        self.directory_start + (num_chunks(self.num_documents) + 1) * ENTRY_BYTES as u64
    }

    pub(super) fn units_start(&self) -> u64 {
        self.sources_start() + self.num_sources * SOURCE_BYTES
    }

    pub(super) fn paths_start(&self) -> u64 {
        self.units_start() + self.num_units * UNIT_BYTES
    }

    pub(super) fn encode(&self) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        let fields = [
            VERSION,
            self.num_documents,
            self.num_sources,
            self.num_units,
            self.num_path_bytes,
            self.num_text_bytes,
            self.directory_start,
        ];
        let fields = fields.into_iter().chain(self.checksums);
        for (place, field) in fields.enumerate() {
            bytes[8 * (place + 1)..][..8].copy_from_slice(&field.to_le_bytes());
        }
        let checksum = xxh3_64(&bytes[..96]);
        bytes[96..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Header of a whole catalogue.
    ///
    /// # Errors
    /// The bytes are no catalogue, damaged, or cut short.
    pub(super) fn decode(file: &[u8]) -> Result<Self, String> {
        if file.len() < HEADER_BYTES as usize || file[..8] != MAGIC {
            return Err("catalogue.bin is no catalogue".to_owned());
        }
        if u64_at(file, 8) != VERSION || xxh3_64(&file[..96]) != u64_at(file, 96) {
            return Err("catalogue.bin has a damaged header".to_owned());
        }
        let header = Self {
            num_documents: u64_at(file, 16),
            num_sources: u64_at(file, 24),
            num_units: u64_at(file, 32),
            num_path_bytes: u64_at(file, 40),
            num_text_bytes: u64_at(file, 48),
            directory_start: u64_at(file, 56),
            checksums: [64, 72, 80, 88].map(|place| u64_at(file, place)),
        };
        let expected = u128::from(header.directory_start)
            + (u128::from(num_chunks(header.num_documents)) + 1) * ENTRY_BYTES as u128
            + u128::from(header.num_sources) * u128::from(SOURCE_BYTES)
            + u128::from(header.num_units) * u128::from(UNIT_BYTES)
            + u128::from(header.num_path_bytes);
        if expected != file.len() as u128 || header.directory_start < HEADER_BYTES {
            return Err(format!(
                "catalogue.bin has {} bytes; expected {expected}",
                file.len()
            ));
        }
        Ok(header)
    }

    /// Stands for the whole catalogue, through the checksums inside.
    pub(super) fn checksum(&self) -> u64 {
        u64_at(&self.encode(), 96)
    }
}

/// A file of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    /// Bytes of the file.
    pub size: u64,
    /// Row of its first unit.
    pub first_unit: u64,
    /// Number of the first of its documents.
    pub first_document: u64,
    /// Where its path begins among all paths.
    pub path_start: u64,
    /// What the file must be besides its size, 0 where documents' checksums tell: for a shard the xxh3-64 of its trailer,
    /// for an object the xxh3-64 of its entity tag.
    pub identity: u64,
    /// Units, the end mark not counted; 0 where the file is read directly.
    pub num_units: u32,
    /// How the file holds documents.
    pub format: Format,
}

/// Where a document lies that is read in place; its source and length stand elsewhere.
pub(super) fn encode_record(record: &Record) -> [u8; RECORD_BYTES as usize] {
    let mut bytes = [0; RECORD_BYTES as usize];
    bytes[..8].copy_from_slice(&record.offset.to_le_bytes());
    bytes[8..12].copy_from_slice(&record.length.to_le_bytes());
    bytes[12..16].copy_from_slice(&record.ordinal.to_le_bytes());
    bytes[16..].copy_from_slice(&record.checksum.to_le_bytes());
    bytes
}

pub(super) fn decode_record(row: &[u8], source: u32, text_bytes: u32) -> Record {
    Record {
        source,
        length: u32_at(row, 8),
        offset: u64_at(row, 0),
        text_bytes,
        ordinal: u32_at(row, 12),
        checksum: u64_at(row, 16),
    }
}

pub(super) fn encode_source(source: &Source) -> [u8; SOURCE_BYTES as usize] {
    let mut bytes = [0; SOURCE_BYTES as usize];
    let fields = [
        source.size,
        source.first_unit,
        source.first_document,
        source.path_start,
        source.identity,
    ];
    for (place, field) in fields.into_iter().enumerate() {
        bytes[8 * place..][..8].copy_from_slice(&field.to_le_bytes());
    }
    bytes[40..44].copy_from_slice(&source.num_units.to_le_bytes());
    bytes[44..].copy_from_slice(&(source.format as u32).to_le_bytes());
    bytes
}

/// None for a format that no version wrote.
pub(super) fn decode_source(row: &[u8]) -> Option<Source> {
    Some(Source {
        size: u64_at(row, 0),
        first_unit: u64_at(row, 8),
        first_document: u64_at(row, 16),
        path_start: u64_at(row, 24),
        identity: u64_at(row, 32),
        num_units: u32_at(row, 40),
        format: *Format::ALL.get(u32_at(row, 44) as usize)?,
    })
}

/// The number of the first document of a source.
pub(super) fn decode_first_document(row: &[u8]) -> u64 {
    u64_at(row, 16)
}

pub(super) fn encode_unit(unit: Unit) -> [u8; UNIT_BYTES as usize] {
    let mut bytes = [0; UNIT_BYTES as usize];
    bytes[..8].copy_from_slice(&unit.start.to_le_bytes());
    bytes[8..].copy_from_slice(&unit.decoded_start.to_le_bytes());
    bytes
}

pub(super) fn decode_unit(row: &[u8]) -> Unit {
    Unit {
        start: u64_at(row, 0),
        decoded_start: u64_at(row, 8),
    }
}

fn u32_at(bytes: &[u8], place: usize) -> u32 {
    let mut array = [0; 4];
    array.copy_from_slice(&bytes[place..place + 4]);
    u32::from_le_bytes(array)
}

fn u64_at(bytes: &[u8], place: usize) -> u64 {
    let mut array = [0; 8];
    array.copy_from_slice(&bytes[place..place + 8]);
    u64::from_le_bytes(array)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_survive_encoding(a: u32, b: u32, c: u32, d: u32, e: u64, f: u64, g: u64, h: u64, i: u64) {
            let record = Record { source: a, length: b, offset: e, text_bytes: c, ordinal: d, checksum: f };
            prop_assert_eq!(decode_record(&encode_record(&record), a, c), record);
            let format = Format::ALL[a as usize % Format::ALL.len()];
            let source = Source {
                size: e, first_unit: f, first_document: g, path_start: h, identity: i, num_units: b, format,
            };
            prop_assert_eq!(decode_source(&encode_source(&source)), Some(source));
            prop_assert_eq!(decode_first_document(&encode_source(&source)), g);
            let unit = Unit { start: e, decoded_start: f };
            prop_assert_eq!(decode_unit(&encode_unit(unit)), unit);
        }

        #[test]
        fn no_header_makes_us_panic(bytes in proptest::collection::vec(any::<u8>(), 0..150)) {
            let mut file = MAGIC.to_vec();
            file.extend(&bytes);
            let _ = Header::decode(&file);
            prop_assert!(Header::decode(&bytes).is_err());
        }
    }
}
