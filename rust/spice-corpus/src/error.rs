//! What can go wrong between a user's files and a passage.

use std::io;
use std::path::{Path, PathBuf};

/// A mistake of the caller or a fault of the outside world: what was found, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// A file or folder that is not there.
    #[error("{path}: no such file or folder", path = path.display())]
    Missing {
        /// As the caller gave it.
        path: PathBuf,
    },
    /// The output exists, and nobody asked to overwrite it.
    #[error("{path}: already exists; overwrite it (`--overwrite`) or name another output", path = path.display())]
    OutputExists {
        /// The output.
        path: PathBuf,
    },
    /// The output exists and is no corpus, so it is not ours to delete.
    #[error("{path}: exists and is not a corpus, so it is not overwritten; name another output", path = path.display())]
    OutputIsForeign {
        /// The output.
        path: PathBuf,
    },
    /// More text than the system has memory for.
    #[error("{num_bytes} bytes of text do not fit into memory; ask for fewer documents at a time")]
    Memory {
        /// Bytes that were asked for.
        num_bytes: u64,
    },
    /// The output holds something else than an export of this corpus with these options.
    #[error(
        "{path}: not empty, and not an export of this corpus with the same size of files; name another output",
        path = path.display()
    )]
    ExportIsForeign {
        /// The output.
        path: PathBuf,
    },
    /// A document file or record that cannot be read.
    #[error(
        "{place}: {reason}\nhint: leave out what cannot be read, and count it, with on_error = skip (`--on-error skip`)"
    )]
    Document {
        /// `path` or `path:line`.
        place: String,
        /// What was found and what would do.
        reason: String,
    },
    /// No document is left to build a corpus from.
    #[error(
        "no documents: {num_files} files read, {num_short} documents shorter than {min_bytes} bytes or blank, {num_skipped} skipped as unreadable; expected .txt .text .md .markdown .rst .jsonl .jsonl.gz .jsonl.zst .parquet or .spk"
    )]
    Empty {
        /// Files that could be read.
        num_files: u64,
        /// Documents dropped as too short.
        num_short: u64,
        /// Files and records skipped.
        num_skipped: u64,
        /// The limit.
        min_bytes: u64,
    },
    /// A folder that no build wrote, or a damaged one.
    #[error("{path}: {reason}; build a corpus with `spice-fast corpus build`", path = path.display())]
    NotACorpus {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// A shard that is no longer what was written.
    #[error("{path}: {reason}; restore the shard or pack the corpus again", path = path.display())]
    Shard {
        /// The shard.
        path: PathBuf,
        /// What is wrong, with the range of bytes where it is known.
        reason: String,
    },
    /// Another process writes the same output.
    #[error("{path}: another process is building or packing this corpus; wait for it or name another output", path = path.display())]
    Busy {
        /// The output.
        path: PathBuf,
    },
    /// A corpus of a version that is no longer read.
    #[error("{path}: corpus format {found} is older than {known}; build it again", path = path.display())]
    OlderFormat {
        /// The folder.
        path: PathBuf,
        /// Version in the manifest.
        found: u64,
        /// Our version.
        known: u64,
    },
    /// A corpus or shard of a version that this one does not know.
    #[error(
        "{path}: corpus format {found} is newer than {known}, the newest that this version reads; upgrade spice-fast or build the corpus again",
        path = path.display()
    )]
    NewerFormat {
        /// The folder.
        path: PathBuf,
        /// Version in the manifest.
        found: u64,
        /// Our version.
        known: u64,
    },
    /// A source that no longer holds what the catalogue says.
    #[error("{path}: {reason}; it was different when the corpus was built: restore it or build the corpus again", path = path.display())]
    Changed {
        /// The source.
        path: PathBuf,
        /// How it was noticed.
        reason: String,
    },
    /// A file that is no keep file, or one that cannot be used.
    #[error("{path}: {reason}; expected a whole .keep file of version 1: make it again", path = path.display())]
    Keep {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// A keep file that belongs to another corpus.
    #[error(
        "{path}: made for the corpus {found} of {num_found} documents, and this one is {expected} of {num_expected}; make it again for this corpus",
        path = path.display()
    )]
    KeepOfAnotherCorpus {
        /// The file.
        path: PathBuf,
        /// Hash of its corpus.
        found: String,
        /// Number of documents of its corpus.
        num_found: u64,
        /// Hash of the corpus at hand.
        expected: String,
        /// Number of documents of the corpus at hand.
        num_expected: u64,
    },
    /// Filters that leave nothing to draw.
    #[error(
        "no document is kept: the keep files drop all {num_documents} documents together; name fewer of them"
    )]
    NothingKept {
        /// Number of documents.
        num_documents: u64,
    },
    /// A cached file that contradicts the catalogue.
    #[error("{path}: damaged; delete it, and it is made again", path = path.display())]
    Sums {
        /// The file.
        path: PathBuf,
    },
    /// A document number beyond the last.
    #[error("document {index}: out of range; the corpus has {num_documents}, numbered from 0")]
    NoSuchDocument {
        /// As given.
        index: u64,
        /// Number of documents.
        num_documents: u64,
    },
    /// A tokenizer file that cannot be used.
    #[error("{path}: {reason}; expected a tokenizer.json as the tokenizers library writes it", path = path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// The library's message.
        reason: String,
    },
    /// An argument that makes no sense.
    #[error("{name}: {found}; expected {expected}")]
    Argument {
        /// Its name.
        name: &'static str,
        /// Its value.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// The operating system refused.
    #[error("{path}: cannot {action}: {source}", path = path.display())]
    Io {
        /// Of what.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The operating system gives no thread.
    #[error("cannot start threads: {source}; ask for fewer, or raise the limit on processes")]
    Threads {
        /// The system's reason.
        source: io::Error,
    },
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl CorpusError {
    /// A corpus whose own files are not as a build writes them.
    pub(crate) fn damaged(folder: &Path, reason: impl Into<String>) -> Self {
        Self::NotACorpus {
            path: folder.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn threads(source: io::Error) -> Self {
        Self::Threads { source }
    }

    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            path,
            action,
            source,
        }
    }
}
