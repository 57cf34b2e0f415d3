//! The bytes of a `.keep` file; no other file knows them. `docs/format-keep.md` says the same to other programs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::error::CorpusError;
use crate::whole_file::{persist, temporary_beside};

/// Version that this crate writes, and the newest that it reads.
pub(super) const VERSION: u32 = 1;
pub(super) const HEADER_BYTES: u64 = 72;
pub(super) const WORD_BYTES: u64 = 8;
/// Words between two sums of the directory: 4,096 documents.
pub(super) const BLOCK_WORDS: u64 = 64;
/// Longest note on what made a file.
pub(super) const MAX_NOTE_BYTES: usize = 1 << 16;

const MAGIC: [u8; 8] = *b"SPICEKEP";
/// Where the words' hash and the head's checksum stand in the header.
const HASH: usize = 48;
const CHECKSUM: usize = 64;

/// The header, and with it the sizes of everything behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub num_note_bytes: u32,
    pub corpus_hash: u128,
    pub num_documents: u64,
    pub num_kept: u64,
    /// xxh3-128 of the words' bytes.
    pub hash: u128,
}

/// Words that hold one bit for each of so many documents.
pub(super) fn num_words(num_documents: u64) -> u64 {
    num_documents.div_ceil(u64::from(u64::BITS))
}

/// Bits of the last word that stand for no document.
pub(super) fn padding(num_documents: u64) -> u64 {
    match num_documents % u64::from(u64::BITS) {
        0 => 0,
        used => u64::MAX << used,
    }
}

impl Header {
    pub(super) fn directory_start(&self) -> u64 {
        HEADER_BYTES + num_words(self.num_documents) * WORD_BYTES
    }

    pub(super) fn num_blocks(&self) -> u64 {
        num_words(self.num_documents).div_ceil(BLOCK_WORDS)
    }

    pub(super) fn note_start(&self) -> u64 {
        self.directory_start() + self.num_blocks() * WORD_BYTES
    }

    fn encode(&self, note: &[u8]) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.num_note_bytes.to_le_bytes());
        // Hashes stand as their hexadecimal digits read.
        bytes[16..32].copy_from_slice(&self.corpus_hash.to_be_bytes());
        bytes[32..40].copy_from_slice(&self.num_documents.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.num_kept.to_le_bytes());
        bytes[HASH..CHECKSUM].copy_from_slice(&self.hash.to_be_bytes());
        let checksum = head_checksum(&bytes[..CHECKSUM], note);
        bytes[CHECKSUM..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Header of a whole file, which looks at nothing but the header, the note and the last word.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn decode(file: &[u8]) -> Result<Self, String> {
        if file.len() < HEADER_BYTES as usize || file[..8] != MAGIC {
            return Err("no keep file".to_owned());
        }
        let version = u32::from_le_bytes(array_at(file, 8));
        if version != VERSION {
            return Err(format!(
                "version {version}; this spice-fast reads version {VERSION}"
            ));
        }
        let header = Self {
            num_note_bytes: u32::from_le_bytes(array_at(file, 12)),
            corpus_hash: u128::from_be_bytes(array_at(file, 16)),
            num_documents: word_at(file, 32),
            num_kept: word_at(file, 40),
            hash: u128::from_be_bytes(array_at(file, HASH)),
        };
        // No sum below overflows: 2^64 documents are 2^61 bytes.
        let expected = u128::from(header.note_start()) + u128::from(header.num_note_bytes);
        if expected != file.len() as u128 {
            return Err(format!("{} bytes; expected {expected}", file.len()));
        }
        let checksum = head_checksum(&file[..CHECKSUM], header.note(file));
        if checksum != word_at(file, CHECKSUM as u64) {
            return Err("damaged header".to_owned());
        }
        if header.num_documents == 0 || header.num_kept > header.num_documents {
            let (kept, of) = (header.num_kept, header.num_documents);
            return Err(format!("keeps {kept} documents of {of}"));
        }
        let last = word_at(file, header.directory_start() - WORD_BYTES);
        if last & padding(header.num_documents) != 0 {
            return Err("keeps documents beyond the last".to_owned());
        }
        Ok(header)
    }

    pub(super) fn note<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        &file[self.note_start() as usize..][..self.num_note_bytes as usize]
    }
}

/// Writes a file under a temporary name and gives it its own when it is complete.
///
/// `words` are as many as the documents need, with zeros for padding. Memory: 8 bytes per 4,096 documents.
///
/// # Errors
/// `path` exists and may not be replaced, or the system refuses.
pub(super) fn write(
    path: &Path,
    corpus_hash: u128,
    num_documents: u64,
    note: &str,
    words: impl Iterator<Item = u64>,
    overwrite: bool,
) -> Result<(), CorpusError> {
    let file = temporary_beside(path)?;
    let header = Header {
        num_note_bytes: note.len() as u32,
        corpus_hash,
        num_documents,
        num_kept: 0,
        hash: 0,
    };
    write_to(file.as_file(), header, note, words).map_err(CorpusError::io(path, "write"))?;
    persist(file, path, overwrite)
}

fn write_to(
    file: &File,
    mut header: Header,
    note: &str,
    words: impl Iterator<Item = u64>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, file);
    out.write_all(&[0; HEADER_BYTES as usize])?;
    let mut hasher = Xxh3Default::new();
    let mut directory = Vec::with_capacity(header.num_blocks() as usize);
    let mut num_written = 0;
    for word in words {
        if num_written % BLOCK_WORDS == 0 {
            directory.push(header.num_kept);
        }
        header.num_kept += u64::from(word.count_ones());
        num_written += 1;
        hasher.update(&word.to_le_bytes());
        out.write_all(&word.to_le_bytes())?;
    }
    assert_eq!(
        num_written,
        num_words(header.num_documents),
        "one bit per document"
    );
    for sum in directory {
        out.write_all(&sum.to_le_bytes())?;
    }
    out.write_all(note.as_bytes())?;
    out.into_inner()?;
    header.hash = hasher.digest128();
    file.write_all_at(&header.encode(note.as_bytes()), 0)
}

fn head_checksum(header: &[u8], note: &[u8]) -> u64 {
    xxh3_64(&[header, note].concat())
}

/// The eight bytes at `place` as a number.
pub(super) fn word_at(bytes: &[u8], place: u64) -> u64 {
    u64::from_le_bytes(array_at(bytes, place as usize))
}

fn array_at<const N: usize>(bytes: &[u8], place: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[place..place + N]);
    array
}
