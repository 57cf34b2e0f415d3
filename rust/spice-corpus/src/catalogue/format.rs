//! The bytes of `catalogue.bin`; no other file knows them.
//!
//! Little-endian. Header of 64 bytes; documents, sources and units as tables of fixed-size rows; then the paths of the
//! sources, one after another. Document and source numbers are row numbers.

use crate::source::{Format, Record, Unit};

pub(super) const HEADER_BYTES: u64 = 64;
pub(super) const RECORD_BYTES: u64 = 32;
pub(super) const SOURCE_BYTES: u64 = 40;
pub(super) const UNIT_BYTES: u64 = 16;

const MAGIC: [u8; 8] = *b"SPICECAT";

/// Sizes of the tables.
#[expect(clippy::struct_field_names, reason = "they are all counts")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub num_documents: u64,
    pub num_sources: u64,
    pub num_units: u64,
    pub num_path_bytes: u64,
    pub num_text_bytes: u64,
}

impl Header {
    pub(super) fn sources_start(&self) -> u64 {
        HEADER_BYTES + self.num_documents * RECORD_BYTES
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
            self.num_documents,
            self.num_sources,
            self.num_units,
            self.num_path_bytes,
            self.num_text_bytes,
        ];
        for (place, field) in fields.into_iter().enumerate() {
            bytes[8 * (place + 1)..][..8].copy_from_slice(&field.to_le_bytes());
        }
        bytes
    }

    /// Header of a whole catalogue.
    ///
    /// # Errors
    /// The bytes are no catalogue, or cut short.
    pub(super) fn decode(file: &[u8]) -> Result<Self, String> {
        if file.len() < HEADER_BYTES as usize || file[..8] != MAGIC {
            return Err("catalogue.bin is no catalogue".to_owned());
        }
        let header = Self {
            num_documents: u64_at(file, 8),
            num_sources: u64_at(file, 16),
            num_units: u64_at(file, 24),
            num_path_bytes: u64_at(file, 32),
            num_text_bytes: u64_at(file, 40),
        };
        let expected = u128::from(HEADER_BYTES)
            + u128::from(header.num_documents) * u128::from(RECORD_BYTES)
            + u128::from(header.num_sources) * u128::from(SOURCE_BYTES)
            + u128::from(header.num_units) * u128::from(UNIT_BYTES)
            + u128::from(header.num_path_bytes);
        if expected != file.len() as u128 {
            return Err(format!(
                "catalogue.bin has {} bytes; expected {expected}",
                file.len()
            ));
        }
        Ok(header)
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
    /// Units, the end mark not counted; 0 where the file is read directly.
    pub num_units: u32,
    /// How the file holds documents.
    pub format: Format,
}

pub(super) fn encode_record(record: &Record) -> [u8; RECORD_BYTES as usize] {
    let mut bytes = [0; RECORD_BYTES as usize];
    bytes[..4].copy_from_slice(&record.source.to_le_bytes());
    bytes[4..8].copy_from_slice(&record.length.to_le_bytes());
    bytes[8..16].copy_from_slice(&record.offset.to_le_bytes());
    bytes[16..20].copy_from_slice(&record.text_bytes.to_le_bytes());
    bytes[20..24].copy_from_slice(&record.ordinal.to_le_bytes());
    bytes[24..].copy_from_slice(&record.checksum.to_le_bytes());
    bytes
}

pub(super) fn decode_record(row: &[u8]) -> Record {
    Record {
        source: u32_at(row, 0),
        length: u32_at(row, 4),
        offset: u64_at(row, 8),
        text_bytes: u32_at(row, 16),
        ordinal: u32_at(row, 20),
        checksum: u64_at(row, 24),
    }
}

pub(super) fn decode_text_bytes(row: &[u8]) -> u64 {
    u32_at(row, 16).into()
}

pub(super) fn encode_source(source: &Source) -> [u8; SOURCE_BYTES as usize] {
    let mut bytes = [0; SOURCE_BYTES as usize];
    bytes[..8].copy_from_slice(&source.size.to_le_bytes());
    bytes[8..16].copy_from_slice(&source.first_unit.to_le_bytes());
    bytes[16..24].copy_from_slice(&source.first_document.to_le_bytes());
    bytes[24..32].copy_from_slice(&source.path_start.to_le_bytes());
    bytes[32..36].copy_from_slice(&source.num_units.to_le_bytes());
    bytes[36..].copy_from_slice(&(source.format as u32).to_le_bytes());
    bytes
}

/// None for a format that no version wrote.
pub(super) fn decode_source(row: &[u8]) -> Option<Source> {
    Some(Source {
        size: u64_at(row, 0),
        first_unit: u64_at(row, 8),
        first_document: u64_at(row, 16),
        path_start: u64_at(row, 24),
        num_units: u32_at(row, 32),
        format: *Format::ALL.get(u32_at(row, 36) as usize)?,
    })
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
        fn rows_survive_encoding(a: u32, b: u32, c: u32, d: u32, e: u64, f: u64, g: u64, h: u64) {
            let record = Record { source: a, length: b, offset: e, text_bytes: c, ordinal: d, checksum: f };
            prop_assert_eq!(decode_record(&encode_record(&record)), record);
            prop_assert_eq!(decode_text_bytes(&encode_record(&record)), u64::from(c));
            let format = Format::ALL[a as usize % Format::ALL.len()];
            let source = Source {
                size: e, first_unit: f, first_document: g, path_start: h, num_units: b, format,
            };
            prop_assert_eq!(decode_source(&encode_source(&source)), Some(source));
            let unit = Unit { start: e, decoded_start: f };
            prop_assert_eq!(decode_unit(&encode_unit(unit)), unit);
        }

        #[test]
        fn no_header_makes_us_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut file = MAGIC.to_vec();
            file.extend(&bytes);
            let _ = Header::decode(&file);
            prop_assert!(Header::decode(&bytes).is_err());
        }
    }
}
