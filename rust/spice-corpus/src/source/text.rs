//! Text files: one document each, in whatever encoding people leave files in.

use std::borrow::Cow;
use std::io::Read;

use serde::{Deserialize, Serialize};

use super::pread::PreadReader;
use super::{Admission, MAX_UNIT_BYTES, Place, Scan};
use crate::blob::Blob;
use crate::progress::Watch;

/// How a text file's characters are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// Neither: read as windows-1252, the superset of latin-1 that browsers use.
    Windows1252,
}

pub(super) fn scan(
    file: &Blob,
    size: u64,
    admission: &Admission,
    watch: Watch<'_>,
) -> Result<Scan, String> {
    if size > MAX_UNIT_BYTES {
        return Err(format!(
            "{size} bytes in one text file; a document has at most 256 MiB: split the file"
        ));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    PreadReader::new(file, 0, size, watch)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read: {error}"))?;
    let (encoding, text) = decode_text(&bytes)?;
    let mut scan = Scan {
        encoding,
        ..Scan::default()
    };
    let place = Place {
        ordinal: 0,
        offset: 0,
        length: bytes.len() as u32,
    };
    scan.admit(admission, place, Ok(&text));
    Ok(scan)
}

/// The text of a file: UTF-8 or, with a byte order mark, UTF-16; anything else is windows-1252. A byte order mark is
/// no part of the text. The result depends on the bytes alone, so a later reading gives the same text.
///
/// # Errors
/// The file holds NUL characters, so it is binary; or it is damaged UTF-16, or UTF-32.
pub(crate) fn decode_text(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), String> {
    let (encoding, text) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            return Err("UTF-32; expected UTF-8 or UTF-16".to_owned());
        }
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16, utf16(rest, u16::from_le_bytes)?.into()),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16, utf16(rest, u16::from_be_bytes)?.into()),
        _ => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => (Encoding::Utf8, Cow::Borrowed(text)),
                Err(_) if memchr::memchr(0, bytes).is_some() => return Err(binary()),
                Err(_) => (
                    Encoding::Windows1252,
                    bytes.iter().map(|&byte| windows_1252(byte)).collect(),
                ),
            }
        }
    };
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(binary());
    }
    if text.len() as u64 > MAX_UNIT_BYTES {
        return Err(format!(
            "{} bytes of text; a document has at most 256 MiB: split the file",
            text.len()
        ));
    }
    Ok((encoding, text))
}

fn binary() -> String {
    "holds NUL characters, so it is binary; expected text".to_owned()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err("UTF-16 with an odd number of bytes: truncated".to_owned());
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<_, _>>()
        .map_err(|error| format!("damaged UTF-16: {error}"))
}

/// Byte to character as the WHATWG encoding standard has it (<https://encoding.spec.whatwg.org/#windows-1252>): latin-1
/// but for 0x80 to 0x9F, where the five unassigned bytes stay control characters.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}',
        '\u{2021}', '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}',
        '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}',
        '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}',
        '\u{178}',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte) - 0x80],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (Encoding, String) {
        let (encoding, text) = decode_text(bytes).unwrap();
        (encoding, text.into_owned())
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let word = "Größe €";
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xFEFF)
                .chain(word.encode_utf16())
                .flat_map(unit)
                .collect()
        };
        assert_eq!(decoded(word.as_bytes()), (Encoding::Utf8, word.to_owned()));
        assert_eq!(
            decoded(format!("\u{FEFF}{word}").as_bytes()),
            (Encoding::Utf8, word.to_owned())
        );
        assert_eq!(
            decoded(&utf16(u16::to_le_bytes)),
            (Encoding::Utf16, word.to_owned())
        );
        assert_eq!(
            decoded(&utf16(u16::to_be_bytes)),
            (Encoding::Utf16, word.to_owned())
        );
        assert_eq!(
            decoded(b"Gr\xF6\xDFe \x80"),
            (Encoding::Windows1252, word.to_owned())
        );
    }

    #[test]
    fn binary_and_damaged_files_are_refused() {
        for bytes in [
            &b"a\0b"[..],
            b"a\0b\xFF",
            b"\xFF\xFEa",
            b"\xFF\xFE\x00\xD8",
            b"\xFF\xFE\0\0a\0\0\0",
        ] {
            assert!(decode_text(bytes).is_err(), "{bytes:?}");
        }
    }
}
