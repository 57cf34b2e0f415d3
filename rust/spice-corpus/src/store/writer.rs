//! Writes a shard: documents in, blocks out as they fill; memory does not grow with the shard's text.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};
use zstd::bulk::Compressor;
use zstd::dict::EncoderDictionary;

use super::ends::{ChunkWriter, Entry};
use super::facts::{Facts, FactsRow};
use super::format::{
    BLOCK_BYTES, BlockEntry, Codec, META_DOCUMENTS, NUM_SECTIONS, Section, TRAILER_BYTES, Trailer,
    encode_header,
};
use crate::error::CorpusError;

const LEVEL: i32 = 3;
/// Text held back until the dictionary is trained on it, spread over all of it.
const TRAINING_BYTES: usize = 16 << 20;
/// How much of that the training looks at, and how large the dictionary becomes at most.
const SAMPLE_BYTES: usize = 1 << 20;
const DICTIONARY_BYTES: usize = 64 << 10;
/// Less text than this is not worth a dictionary.
const MIN_TRAINING_BYTES: usize = 256 << 10;
/// Text compressed at a time.
const FLUSH_BYTES: usize = 4 << 20;
/// Blocks that one thread compresses with one context.
const JOB_BLOCKS: usize = 32;

/// A shard in the making. It has a temporary name until it is complete.
pub(crate) struct ShardWriter {
    path: PathBuf,
    partial: PathBuf,
    codec: Codec,
    file: Sections,
    dictionary: Option<EncoderDictionary<'static>>,
    /// Whether the dictionary, if any, is on disk.
    is_trained: bool,
    /// Text of blocks that are not written yet.
    text: Vec<u8>,
    /// Where each of them begins in `text`.
    cuts: Vec<usize>,
    blocks: Vec<u8>,
    num_blocks: u64,
    block_bytes: u64,
    ends: ChunkWriter,
    chunks: Vec<u8>,
    directory: Vec<u8>,
    chunk_block: u32,
    hashes: Vec<u8>,
    facts: Vec<u8>,
    meta: Vec<u8>,
    meta_index: Vec<u8>,
    origins: Vec<String>,
    num_documents: u64,
    text_bytes: u64,
}

impl ShardWriter {
    /// Begins `path`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(path: &Path, codec: Codec) -> Result<Self, CorpusError> {
        let mut partial = path.as_os_str().to_owned();
        partial.push(".part");
        let partial = PathBuf::from(partial);
        let open = || -> io::Result<Sections> {
            let mut file = Sections::new(File::create(&partial)?);
            file.append(Section::Header, &encode_header(codec))?;
            Ok(file)
        };
        let file = open().map_err(CorpusError::io(&partial, "write"))?;
        Ok(Self {
            path: path.to_owned(),
            partial,
            codec,
            file,
            dictionary: None,
            is_trained: codec == Codec::Raw,
            text: Vec::new(),
            cuts: vec![0],
            blocks: Vec::new(),
            num_blocks: 0,
            block_bytes: 0,
            ends: ChunkWriter::default(),
            chunks: Vec::new(),
            directory: Vec::new(),
            chunk_block: 0,
            hashes: Vec::new(),
            facts: Vec::new(),
            meta: Vec::new(),
            meta_index: Vec::new(),
            origins: Vec::new(),
            num_documents: 0,
            text_bytes: 0,
        })
    }

    pub(crate) fn num_documents(&self) -> u64 {
        self.num_documents
    }

    /// Text so far.
    pub(crate) fn text_bytes(&self) -> u64 {
        self.text_bytes
    }

    /// Appends a document. `origin` is the file it was read from; documents of one origin come one after another.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn push(
        &mut self,
        text: &str,
        hash: u128,
        origin: &str,
        ordinal: u32,
        facts: Facts,
    ) -> Result<(), CorpusError> {
        self.cut(text.as_bytes());
        if self.ends.is_empty() {
            self.chunk_block = self.block_of_next_document(text.len());
        }
        self.ends.push(text.len() as u64);
        self.num_documents += 1;
        self.text_bytes += text.len() as u64;
        if self.ends.is_full() {
            self.finish_chunk();
        }
        self.hashes.extend(hash.to_le_bytes());
        if self.origins.last().is_none_or(|last| last != origin) {
            self.origins.push(origin.to_owned());
        }
        let origin = self.origins.len() as u32 - 1;
        let row = FactsRow {
            origin,
            ordinal,
            facts,
        };
        let mut write = || -> io::Result<()> {
            serde_json::to_writer(&mut self.facts, &row)?;
            self.facts.push(b'\n');
            if self.num_documents.is_multiple_of(META_DOCUMENTS) {
                finish_meta(&mut self.facts, &mut self.meta, &mut self.meta_index)?;
            }
            Ok(())
        };
        write().map_err(CorpusError::io(&self.partial, "write"))?;
        let held = if self.is_trained {
            FLUSH_BYTES
        } else {
            TRAINING_BYTES
        };
        if self.text.len() >= held {
            self.flush(false)?;
        }
        Ok(())
    }

    /// Completes the file on disk and gives it its name.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn finish(mut self) -> Result<(), CorpusError> {
        self.flush(true)?;
        if !self.ends.is_empty() {
            self.finish_chunk();
        }
        let mut write = || -> io::Result<()> {
            if !self.facts.is_empty() {
                finish_meta(&mut self.facts, &mut self.meta, &mut self.meta_index)?;
            }
            let end = BlockEntry {
                start: self.block_bytes as u32,
                text_start: self.text_bytes as u32,
                checksum: 0,
            };
            self.blocks.extend(end.encode());
            let end = Entry {
                first_byte: self.text_bytes,
                position: self.chunks.len() as u64,
                checksum: 0,
                extra: self.num_blocks.saturating_sub(1) as u32,
            };
            self.directory.extend(end.encode());
            self.meta_index
                .extend((self.meta.len() as u32).to_le_bytes());
            self.meta_index.extend([0; 4]);
            let origins = serde_json::to_vec(&self.origins)?;
            for (section, bytes) in [
                (Section::BlockIndex, &self.blocks),
                (Section::Ends, &self.chunks),
                (Section::Directory, &self.directory),
                (Section::Hashes, &self.hashes),
                (Section::Meta, &self.meta),
                (Section::MetaIndex, &self.meta_index),
                (Section::Origins, &origins),
            ] {
                self.file.append(section, bytes)?;
            }
            let trailer = Trailer {
                codec: self.codec,
                num_documents: self.num_documents,
                num_blocks: self.num_blocks,
                text_bytes: self.text_bytes,
                sections: self.file.finished(),
                size: self.file.position + TRAILER_BYTES as u64,
            };
            self.file.finish(&trailer.encode())?;
            fs::rename(&self.partial, &self.path)
        };
        write().map_err(CorpusError::io(&self.path, "write"))
    }

    /// Adds text to the block in the making, or to new ones: a document begins a block if it does not fit behind what is
    /// there, and is cut only where it is longer than a block.
    fn cut(&mut self, mut text: &[u8]) {
        let filled = self.text.len() - self.last_cut();
        if filled > 0 && filled + text.len() > BLOCK_BYTES {
            self.cuts.push(self.text.len());
        }
        while !text.is_empty() {
            let (now, later) = text.split_at(text.len().min(BLOCK_BYTES));
            self.text.extend_from_slice(now);
            text = later;
            if now.len() == BLOCK_BYTES {
                self.cuts.push(self.text.len());
            }
        }
    }

    fn last_cut(&self) -> usize {
        self.cuts.last().copied().unwrap_or(0)
    }

    /// Block that holds the first byte of the document of so many bytes that was appended last.
    fn block_of_next_document(&self, num_bytes: usize) -> u32 {
        let start = self.text.len() - num_bytes;
        let number = self.cuts.partition_point(|&cut| cut <= start);
        (self.num_blocks + number.saturating_sub(1) as u64) as u32
    }

    fn finish_chunk(&mut self) {
        let position = self.chunks.len();
        let first_byte = self.ends.finish(&mut self.chunks);
        let entry = Entry {
            first_byte,
            position: position as u64,
            checksum: xxh3_64(&self.chunks[position..]) as u32,
            extra: self.chunk_block,
        };
        self.directory.extend(entry.encode());
    }

    /// Compresses and writes the blocks that are complete, or all of them.
    fn flush(&mut self, all: bool) -> Result<(), CorpusError> {
        if all && self.last_cut() < self.text.len() {
            self.cuts.push(self.text.len());
        }
        let blocks: Vec<&[u8]> = self
            .cuts
            .windows(2)
            .map(|pair| &self.text[pair[0]..pair[1]])
            .collect();
        let failed = CorpusError::io(&self.partial, "write");
        if !self.is_trained {
            self.is_trained = true;
            if let Some(dictionary) = train(&blocks, self.text.len()) {
                if let Err(error) = self.file.append(Section::Dictionary, &dictionary) {
                    return Err(failed(error));
                }
                self.dictionary = Some(EncoderDictionary::copy(&dictionary, LEVEL));
            }
        }
        let (codec, dictionary) = (self.codec, self.dictionary.as_ref());
        let stored: Vec<io::Result<Vec<Vec<u8>>>> = match codec {
            Codec::Raw => Vec::new(),
            Codec::Zstd => blocks
                .par_chunks(JOB_BLOCKS)
                .map(|blocks| compress(blocks, dictionary))
                .collect(),
        };
        let write = || -> io::Result<()> {
            let stored = stored.into_iter().collect::<io::Result<Vec<_>>>()?.concat();
            for (number, text) in blocks.iter().enumerate() {
                let bytes = stored.get(number).map_or(*text, Vec::as_slice);
                let entry = BlockEntry {
                    start: self.block_bytes as u32,
                    text_start: (self.text_bytes - self.text.len() as u64
                        + self.cuts[number] as u64) as u32,
                    checksum: xxh3_64(bytes) as u32,
                };
                self.blocks.extend(entry.encode());
                self.file.append(Section::Blocks, bytes)?;
                self.block_bytes += bytes.len() as u64;
            }
            Ok(())
        };
        write().map_err(failed)?;
        self.num_blocks += blocks.len() as u64;
        let rest = self.last_cut();
        self.text.drain(..rest);
        self.cuts = vec![0];
        Ok(())
    }
}

/// A dictionary for blocks like these, trained on some of them.
fn train(blocks: &[&[u8]], num_bytes: usize) -> Option<Vec<u8>> {
    if num_bytes < MIN_TRAINING_BYTES {
        return None;
    }
    let step = (num_bytes / SAMPLE_BYTES).max(1);
    let samples: Vec<&[u8]> = blocks.iter().copied().step_by(step).collect();
    let num_sampled: usize = samples.iter().map(|block| block.len()).sum();
    // Text that repeats nothing gives no dictionary, and does without one.
    zstd::dict::from_samples(&samples, DICTIONARY_BYTES.min(num_sampled / 8)).ok()
}

fn compress(
    blocks: &[&[u8]],
    dictionary: Option<&EncoderDictionary<'_>>,
) -> io::Result<Vec<Vec<u8>>> {
    let mut compressor = match dictionary {
        Some(dictionary) => Compressor::with_prepared_dictionary(dictionary)?,
        None => Compressor::new(LEVEL)?,
    };
    compressor.include_dictid(false)?;
    blocks
        .iter()
        .map(|block| compressor.compress(block))
        .collect()
}

/// Closes a block of facts.
fn finish_meta(facts: &mut Vec<u8>, meta: &mut Vec<u8>, index: &mut Vec<u8>) -> io::Result<()> {
    let block = zstd::bulk::compress(facts, LEVEL)?;
    index.extend((meta.len() as u32).to_le_bytes());
    index.extend((xxh3_64(&block) as u32).to_le_bytes());
    meta.extend(block);
    facts.clear();
    Ok(())
}

/// The file as a row of sections, each with its checksum.
struct Sections {
    file: BufWriter<File>,
    position: u64,
    table: [(u64, u64); NUM_SECTIONS],
    open: usize,
    hasher: Xxh3Default,
}

impl Sections {
    fn new(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(1 << 20, file),
            position: 0,
            table: [(0, 0); NUM_SECTIONS],
            open: 0,
            hasher: Xxh3Default::new(),
        }
    }

    /// Writes a section or more of it; those before it are closed, and those between them are empty.
    fn append(&mut self, section: Section, bytes: &[u8]) -> io::Result<()> {
        while self.open < section as usize {
            self.close();
        }
        self.hasher.update(bytes);
        self.position += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn close(&mut self) {
        self.table[self.open].1 = self.hasher.digest();
        self.hasher.reset();
        self.open += 1;
        if let Some(next) = self.table.get_mut(self.open) {
            next.0 = self.position;
        }
    }

    fn finished(&mut self) -> [(u64, u64); NUM_SECTIONS] {
        while self.open < NUM_SECTIONS {
            self.close();
        }
        self.table
    }

    fn finish(&mut self, trailer: &[u8; TRAILER_BYTES]) -> io::Result<()> {
        self.file.write_all(trailer)?;
        self.file.flush()?;
        // A power cut after the rename must not leave an empty file behind a finished name.
        self.file.get_ref().sync_all()
    }
}
