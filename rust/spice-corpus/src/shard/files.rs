//! The files of a shard. Numbers are little-endian.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::{Found, ShardConfig, ShardManifest};
use crate::dedup::{Fingerprint, NUM_HASHES};
use crate::error::CorpusError;
use crate::whole_file::{persist, temporary_beside};

/// Bytes of a document's fingerprint: xxh3-128 of its text, and 128 numbers of 4 bytes.
const FINGERPRINT_BYTES: usize = 16 + 4 * NUM_HASHES;

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name in the folder.
    pub name: String,
    /// Its length.
    pub num_bytes: u64,
    /// xxh3-128 of its bytes, 32 hexadecimal digits.
    pub hash: String,
}

/// A piece of a document that is in a benchmark item as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPiece {
    /// The document.
    pub document: u64,
    /// First byte of the piece in it.
    pub start: u64,
    /// One past its last.
    pub end: u64,
    /// The piece itself.
    pub piece: String,
    /// Number of the item.
    pub item: u64,
    /// Where the item is: `path:line`.
    pub item_place: String,
}

/// Writes what was found, one file a kind: `.chunks` (rows of document, start, end in 8 bytes each, tokens in 4),
/// `.fingerprints`, and `.matches.jsonl`.
///
/// # Errors
/// The disk is full, or the folder is not writable.
pub(super) fn write(
    folder: &Path,
    name: &str,
    config: &ShardConfig,
    found: &Found,
) -> Result<Vec<Output>, CorpusError> {
    let mut outputs = Vec::new();
    let mut write = |ending: &str, bytes: &[u8]| {
        let name = format!("{name}.{ending}");
        write_file(&folder.join(&name), bytes)?;
        outputs.push(Output {
            name,
            num_bytes: bytes.len() as u64,
            hash: format!("{:032x}", xxh3_128(bytes)),
        });
        Ok::<_, CorpusError>(())
    };
    if config.chunks.is_some() {
        let chunks = &found.chunks;
        let mut bytes = Vec::with_capacity(28 * chunks.len());
        for row in 0..chunks.len() {
            for number in [chunks.documents[row], chunks.starts[row], chunks.ends[row]] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(
                chunks
                    .num_tokens
                    .get(row)
                    .copied()
                    .unwrap_or(0)
                    .to_le_bytes(),
            );
        }
        write("chunks", &bytes)?;
    }
    if config.fingerprints {
        let mut bytes = Vec::with_capacity(FINGERPRINT_BYTES * found.fingerprints.len());
        for fingerprint in &found.fingerprints {
            bytes.extend(fingerprint.text_hash.to_le_bytes());
            bytes.extend(
                fingerprint
                    .signature
                    .iter()
                    .flat_map(|number| number.to_le_bytes()),
            );
        }
        write("fingerprints", &bytes)?;
    }
    if config.benchmark.is_some() {
        let mut lines = Vec::new();
        for shared in &found.matches {
            serde_json::to_writer(&mut lines, shared)
                .map_err(|error| CorpusError::io(folder, "write")(error.into()))?;
            lines.push(b'\n');
        }
        write("matches.jsonl", &lines)?;
    }
    Ok(outputs)
}

/// Writes a file that appears whole or not at all; an older one is replaced.
///
/// # Errors
/// The disk is full, or the folder is not writable.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)
        .map_err(CorpusError::io(path, "write"))?;
    persist(file, path, true)
}

/// The fingerprints of a shard's documents, in their order.
///
/// # Errors
/// The file is gone or damaged.
pub(crate) fn read_fingerprints(
    folder: &Path,
    manifest: &ShardManifest,
) -> Result<Vec<Fingerprint>, CorpusError> {
    let bytes = read(folder, manifest, ".fingerprints")?;
    let number = |bytes: &[u8], place: usize| {
        bytes[place..place + 4]
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u32::from(byte))
    };
    let fingerprints = bytes
        .chunks_exact(FINGERPRINT_BYTES)
        .map(|row| Fingerprint {
            text_hash: row[..16]
                .iter()
                .rev()
                .fold(0, |hash, &byte| hash << 8 | u128::from(byte)),
            signature: std::array::from_fn(|place| number(row, 16 + 4 * place)),
        });
    Ok(fingerprints.collect())
}

/// What a shard's documents share with the benchmark.
///
/// # Errors
/// The file is gone or damaged.
pub(crate) fn read_matches(
    folder: &Path,
    manifest: &ShardManifest,
) -> Result<Vec<SharedPiece>, CorpusError> {
    let bytes = read(folder, manifest, ".matches.jsonl")?;
    let lines = serde_json::Deserializer::from_slice(&bytes).into_iter();
    lines.collect::<Result<_, _>>().map_err(|error| {
        CorpusError::damaged(folder, format!("damaged {}: {error}", manifest.first))
    })
}

fn read(folder: &Path, manifest: &ShardManifest, ending: &str) -> Result<Vec<u8>, CorpusError> {
    let output = manifest
        .outputs
        .iter()
        .find(|output| output.name.ends_with(ending));
    let output = output.ok_or_else(|| {
        CorpusError::damaged(
            folder,
            format!("no *{ending} of document {}", manifest.first),
        )
    })?;
    let path = folder.join(&output.name);
    let bytes = fs::read(&path).map_err(CorpusError::io(&path, "read"))?;
    if format!("{:032x}", xxh3_128(&bytes)) == output.hash {
        Ok(bytes)
    } else {
        Err(CorpusError::damaged(
            folder,
            format!("{} is not as it was written", output.name),
        ))
    }
}
