//! Sums of slots before each block of documents: what finds the document of a slot without a look at all of them.
//!
//! For a large corpus they are a file in its folder, `slots-HASH.bin`, mapped into memory: made by the first who needs it,
//! opened in the same time for any number of documents afterwards. It is a cache: whoever deletes it loses time only.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use memmap2::Mmap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::whole_file::{persist, temporary_beside};
use crate::workers::map_rows;

/// Fewer blocks than these are counted at every opening, in a few milliseconds, and kept in memory.
const MIN_FILE_BLOCKS: u64 = 1 << 14;
/// Blocks that one thread counts at a time.
const BATCH_BLOCKS: u64 = 1 << 14;

const MAGIC: [u8; 8] = *b"SPICESUM";
const HEADER_BYTES: usize = 32;

/// Whether a file in a corpus folder has the name of such a cache.
pub(crate) fn is_sums_file(name: &OsStr) -> bool {
    let hash = name
        .to_str()
        .and_then(|name| name.strip_prefix("slots-")?.strip_suffix(".bin"));
    hash.is_some_and(|hash| hash.len() == 32 && u128::from_str_radix(hash, 16).is_ok())
}

/// Slots before each block, and last of all blocks.
pub(super) enum Sums {
    /// Every document is one slot: so many documents.
    Line(u64),
    /// In memory.
    Memory(Vec<u64>),
    /// In a file.
    Mapped { map: Mmap, path: Option<PathBuf> },
}

impl Sums {
    /// The sums that belong to a corpus and a key, made of `count(block)` for every block unless they are there already.
    ///
    /// # Errors
    /// Neither the corpus folder nor the folder for temporary files can be written, `count` failed, or `stop` was set.
    pub(super) fn open(
        corpus: &Corpus,
        key: &[u8],
        num_blocks: u64,
        count: impl Fn(u64) -> Result<u64, CorpusError> + Sync,
        threads: usize,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        if num_blocks < MIN_FILE_BLOCKS {
            let mut sums = Vec::with_capacity(num_blocks as usize + 1);
            each_sum(num_blocks, count, threads, stop, |sum| {
                sums.push(sum);
                Ok(())
            })?;
            return Ok(Self::Memory(sums));
        }
        let hash = xxh3_128(&[corpus.hash().as_bytes(), key].concat());
        let path = corpus.folder().join(format!("slots-{hash:032x}.bin"));
        if let Some(map) = open_file(&path, hash, num_blocks) {
            let path = Some(path);
            return Ok(Self::Mapped { map, path });
        }
        let (file, temporary) = match temporary_beside(&path) {
            Ok(temporary) => {
                let file = temporary.reopen().map_err(CorpusError::io(&path, "open"))?;
                (file, Some(temporary))
            }
            // A corpus that may only be read: the sums live as long as this value.
            Err(_) => (
                tempfile::tempfile().map_err(CorpusError::io(&path, "write"))?,
                None,
            ),
        };
        let mut out = BufWriter::with_capacity(1 << 20, &file);
        let mut write = |bytes: &[u8]| {
            out.write_all(bytes)
                .map_err(CorpusError::io(&path, "write"))
        };
        write(&header(hash, num_blocks))?;
        each_sum(num_blocks, count, threads, stop, |sum| {
            write(&sum.to_le_bytes())
        })?;
        out.into_inner()
            .map_err(|error| CorpusError::io(&path, "write")(error.into_error()))?;
        let map = map(&file).map_err(CorpusError::io(&path, "map"))?;
        let path = match temporary {
            Some(temporary) => {
                persist(temporary, &path, true)?;
                Some(path)
            }
            None => None,
        };
        Ok(Self::Mapped { map, path })
    }

    /// Number of slots.
    pub(super) fn total(&self) -> u64 {
        match self {
            Self::Line(num_documents) => *num_documents,
            _ => self.at(self.num_blocks()),
        }
    }

    /// The block of a slot, which must exist, and the slots before that block; none where every document is one slot.
    pub(super) fn block_of(&self, number: u64) -> Option<(u64, u64)> {
        if matches!(self, Self::Line(_)) {
            return None;
        }
        let (mut low, mut high) = (0, self.num_blocks());
        // Invariant: block `low` begins at or before the slot; block `high` and later ones begin after it.
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.at(middle) <= number {
                low = middle;
            } else {
                high = middle;
            }
        }
        // A damaged file may say anything of its first block.
        Some((low, self.at(low).min(number)))
    }

    /// What the sums say contradicts the documents.
    pub(super) fn damaged(&self, corpus: &Corpus) -> CorpusError {
        match self {
            Self::Mapped {
                path: Some(path), ..
            } => CorpusError::Sums { path: path.clone() },
            _ => corpus.catalogue().damaged(),
        }
    }

    fn num_blocks(&self) -> u64 {
        match self {
            Self::Line(num_documents) => *num_documents,
            Self::Memory(sums) => sums.len() as u64 - 1,
            Self::Mapped { map, .. } => ((map.len() - HEADER_BYTES) / 8) as u64 - 1,
        }
    }

    fn at(&self, block: u64) -> u64 {
        match self {
            Self::Line(_) => block,
            Self::Memory(sums) => sums[block as usize],
            Self::Mapped { map, .. } => {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&map[HEADER_BYTES + 8 * block as usize..][..8]);
                u64::from_le_bytes(bytes)
            }
        }
    }
}

/// Gives the slots before every block in turn, and last of all blocks. Memory: 8 bytes for each block of a batch and thread.
fn each_sum(
    num_blocks: u64,
    count: impl Fn(u64) -> Result<u64, CorpusError> + Sync,
    threads: usize,
    stop: &AtomicBool,
    mut take: impl FnMut(u64) -> Result<(), CorpusError>,
) -> Result<(), CorpusError> {
    let mut sum = 0;
    let batches: Vec<u64> = (0..num_blocks.div_ceil(BATCH_BLOCKS)).collect();
    for batches in batches.chunks(threads) {
        let counts = map_rows(
            batches,
            threads,
            stop,
            |&batch| batch,
            || (),
            |(), &batch| {
                let first = batch * BATCH_BLOCKS;
                let last = (first + BATCH_BLOCKS).min(num_blocks);
                (first..last).map(&count).collect::<Result<Vec<_>, _>>()
            },
        )?;
        for num_slots in counts.into_iter().flatten() {
            take(sum)?;
            sum += num_slots;
        }
    }
    take(sum)
}

fn header(hash: u128, num_blocks: u64) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..24].copy_from_slice(&hash.to_be_bytes());
    let checksum = xxh3_64(&[&bytes[..24], &num_blocks.to_le_bytes()].concat());
    bytes[24..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The sums in a file; none where it is missing or not what we write: then it is written anew.
fn open_file(path: &Path, hash: u128, num_blocks: u64) -> Option<Mmap> {
    let map = map(&File::open(path).ok()?).ok()?;
    let is_ours = map.len() as u64 == HEADER_BYTES as u64 + 8 * (num_blocks + 1)
        && map[..HEADER_BYTES] == header(hash, num_blocks);
    is_ours.then_some(map)
}

fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the file is written under a temporary name, renamed when complete, and never changed afterwards.
    #[expect(unsafe_code)]
    unsafe {
        Mmap::map(file)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::AtomicBool;

    use tempfile::TempDir;

    use super::*;
    use crate::{BuildOptions, OnError, Progress, build};

    fn corpus(folder: &TempDir) -> Corpus {
        let source = folder.path().join("a.txt");
        fs::write(&source, "text").unwrap();
        let output = folder.path().join("corpus");
        let options = BuildOptions {
            text_keys: vec!["text".to_owned()],
            min_bytes: 0,
            on_error: OnError::Stop,
            overwrite: false,
            threads: Some(1),
        };
        let stop = AtomicBool::new(false);
        build(&[source], &output, &options, &Progress::default(), &stop).unwrap();
        Corpus::open(&output).unwrap()
    }

    /// Slots of a block: something without pattern, and sometimes none.
    fn count(block: u64) -> u64 {
        ((block * 2_654_435_761) >> 7) % 100
    }

    fn opened(corpus: &Corpus, num_blocks: u64, threads: usize) -> Sums {
        let stop = AtomicBool::new(false);
        Sums::open(
            corpus,
            b"key",
            num_blocks,
            |block| Ok(count(block)),
            threads,
            &stop,
        )
        .unwrap()
    }

    fn check(sums: &Sums, num_blocks: u64) {
        let mut before = 0;
        for block in 0..num_blocks {
            let end = before + count(block);
            if end > before {
                assert_eq!(sums.block_of(before), Some((block, before)));
                assert_eq!(sums.block_of(end - 1), Some((block, before)));
            }
            before = end;
        }
        assert_eq!(sums.total(), before);
    }

    #[test]
    fn the_block_of_every_slot_is_found_in_memory_and_in_a_file() {
        let folder = TempDir::new().unwrap();
        let corpus = corpus(&folder);
        for num_blocks in [1, 2, 1_000, MIN_FILE_BLOCKS, 3 * BATCH_BLOCKS + 5] {
            for threads in [1, 3] {
                let sums = opened(&corpus, num_blocks, threads);
                assert_eq!(
                    matches!(sums, Sums::Mapped { .. }),
                    num_blocks >= MIN_FILE_BLOCKS
                );
                check(&sums, num_blocks);
            }
        }
    }

    #[test]
    fn a_file_is_made_once_and_again_when_it_is_not_whole() {
        let folder = TempDir::new().unwrap();
        let corpus = corpus(&folder);
        let sums = opened(&corpus, MIN_FILE_BLOCKS, 2);
        let Sums::Mapped {
            path: Some(path), ..
        } = sums
        else {
            panic!("not in a file");
        };
        assert!(is_sums_file(path.file_name().unwrap()));
        assert!(!is_sums_file(OsStr::new("slots-1.bin")));
        let bytes = fs::read(&path).unwrap();
        // Changed sums show that the file is taken as it is.
        let mut changed = bytes.clone();
        changed.truncate(bytes.len() - 8);
        changed.extend(5_u64.to_le_bytes());
        fs::write(&path, &changed).unwrap();
        assert_eq!(opened(&corpus, MIN_FILE_BLOCKS, 2).total(), 5);
        for damaged in [&bytes[..bytes.len() - 8], &bytes[..10], b"", &[7; 500][..]] {
            fs::write(&path, damaged).unwrap();
            check(&opened(&corpus, MIN_FILE_BLOCKS, 2), MIN_FILE_BLOCKS);
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn a_stopped_count_leaves_nothing() {
        let folder = TempDir::new().unwrap();
        let corpus = corpus(&folder);
        let stop = AtomicBool::new(true);
        let found = Sums::open(
            &corpus,
            b"key",
            MIN_FILE_BLOCKS,
            |block| Ok(count(block)),
            1,
            &stop,
        );
        assert!(matches!(found, Err(CorpusError::Interrupted)));
        assert_eq!(fs::read_dir(corpus.folder()).unwrap().count(), 3);
    }
}
