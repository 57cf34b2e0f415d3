//! Builds an index part by part; a killed build goes on with the first part that is missing.

use std::fs::{self, Permissions};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use tantivy::directory::MmapDirectory;
use tantivy::{Index, TantivyDocument};

use super::{FORMAT_VERSION, Fields, IndexManifest, MANIFEST, failed, part_name, tokenizers};
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::shard::write_file;
use crate::workers::{map_rows, num_threads};

/// Least memory: a part of fewer bytes of text costs more than it saves.
const MIN_MEMORY_BYTES: u64 = 16 << 20;
/// Memory of a part in the making, for each byte of its text, at most (prose: about a half).
const MEMORY_PER_BYTE: u64 = 1;

/// How to build an index.
#[derive(Debug, Clone)]
pub struct IndexOptions {
    /// Also the places of words, for phrases (`"in this order"`): about three times as large.
    pub has_positions: bool,
    /// Memory of all threads together. It decides into how many parts documents are divided, together with `threads`.
    pub memory_bytes: u64,
    /// Threads at most; none for one per core.
    pub threads: Option<usize>,
}

/// Builds the index of a corpus in `folder`, or what is missing of it.
///
/// # Errors
/// `folder` holds an index of another corpus, a source is gone or changed, the disk is full, or `stop` was set.
pub fn build_index(
    corpus: &Corpus,
    folder: &Path,
    options: &IndexOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<IndexManifest, CorpusError> {
    if options.memory_bytes < MIN_MEMORY_BYTES {
        return Err(CorpusError::Argument {
            name: "memory_bytes",
            found: options.memory_bytes.to_string(),
            expected: "at least 16 MiB",
        });
    }
    if let Some(done) = IndexManifest::read(folder, corpus)? {
        if done.has_positions == options.has_positions {
            return Ok(done);
        }
        // Without its manifest it is no index any more, until the new one is complete.
        let path = folder.join(MANIFEST);
        fs::remove_file(&path).map_err(CorpusError::io(&path, "remove"))?;
    }
    fs::create_dir_all(folder).map_err(CorpusError::io(folder, "make the folder"))?;
    let watch = Watch::new(progress, stop);
    progress.set_total(corpus.num_bytes());
    let threads = num_threads(options.threads);
    let part_bytes = options.memory_bytes / MEMORY_PER_BYTE / threads as u64;
    let ranges = divide(corpus, part_bytes.max(1));
    let build = |range: &Range<u64>| build_part(corpus, folder, range, options, watch);
    map_rows(
        &ranges,
        threads,
        stop,
        |range| range.start,
        || (),
        |(), range| build(range),
    )?;
    let manifest = IndexManifest {
        format_version: FORMAT_VERSION,
        corpus: corpus.hash().to_owned(),
        has_positions: options.has_positions,
        num_documents: corpus.num_documents(),
        parts: ranges
            .iter()
            .map(|range| (range.start, range.end))
            .collect(),
    };
    let path = folder.join(MANIFEST);
    let json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| CorpusError::io(&path, "write")(error.into()))?;
    write_file(&path, &json)?;
    Ok(manifest)
}

/// Ranges of documents of about so many bytes of text each.
fn divide(corpus: &Corpus, part_bytes: u64) -> Vec<Range<u64>> {
    let num_parts = corpus.num_bytes().div_ceil(part_bytes).max(1);
    let wanted = corpus.num_bytes().div_ceil(num_parts).max(1);
    let (mut ranges, mut first, mut num_bytes) = (Vec::new(), 0, 0);
    for document in 0..corpus.num_documents() {
        num_bytes += corpus.catalogue().text_bytes(document);
        if num_bytes >= wanted {
            ranges.push(first..document + 1);
            (first, num_bytes) = (document + 1, 0);
        }
    }
    if first < corpus.num_documents() {
        ranges.push(first..corpus.num_documents());
    }
    ranges
}

fn build_part(
    corpus: &Corpus,
    folder: &Path,
    range: &Range<u64>,
    options: &IndexOptions,
    watch: Watch<'_>,
) -> Result<(), CorpusError> {
    let name = part_name(
        (range.start, range.end),
        options.has_positions,
        corpus.hash(),
    );
    let path = folder.join(&name);
    if path.exists() {
        watch.advance(
            range
                .clone()
                .map(|row| corpus.catalogue().text_bytes(row))
                .sum(),
        );
        return Ok(());
    }
    let staging = tempfile::Builder::new()
        .prefix(&format!(".{name}.building-"))
        // The library's own default would keep every other user out.
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(folder)
        .map_err(CorpusError::io(folder, "write into"))?;
    let failed = failed(folder);
    let fields = Fields::new(options.has_positions);
    let directory = MmapDirectory::open(staging.path()).map_err(|error| failed(error.into()))?;
    let mut writer = Index::builder()
        .schema(fields.schema)
        .tokenizers(tokenizers())
        .single_segment_index_writer(directory, options.memory_bytes as usize)
        .map_err(&failed)?;
    for document in range.clone() {
        watch.check()?;
        let text = corpus.text(document)?;
        watch.advance(text.len() as u64);
        let mut row = TantivyDocument::new();
        row.add_text(fields.text, &text);
        writer.add_document(row).map_err(&failed)?;
    }
    writer.finalize().map_err(&failed)?;
    fs::rename(staging.path(), &path).map_err(CorpusError::io(&path, "write"))?;
    Ok(())
}
