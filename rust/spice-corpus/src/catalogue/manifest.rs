//! `manifest.json`: what a corpus is, for programs and people. Its size does not depend on the number of documents.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::CATALOGUE;
use crate::error::CorpusError;
use crate::sample::is_sums_file;
use crate::source::Format;
use crate::store::is_shard_name;

/// Version of manifest and catalogue that this crate writes, and the newest that it reads.
const FORMAT_VERSION: u64 = 2;

/// Most skipped files and records that are listed; more are counted.
pub(crate) const MAX_SKIPPED: usize = 10_000;

const MANIFEST: &str = "manifest.json";
const SKIPPED: &str = "skipped.json";

/// What a corpus is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub format_version: u64,
    /// 32 hexadecimal digits: xxh3-128 over length and checksum of every document in order. It depends on texts and
    /// their order alone, not on where files lie or how they are stored.
    pub hash: String,
    /// Documents.
    pub num_documents: u64,
    /// Their text in bytes of UTF-8.
    pub num_bytes: u64,
    /// Files that hold at least one of them.
    pub num_sources: u64,
    /// Documents dropped as shorter than `min_bytes`, or blank.
    pub num_short: u64,
    /// Files and records skipped as unreadable; `skipped.json` lists the first 10,000, at most 1,000 of one file.
    pub num_skipped: u64,
    /// Text files read as UTF-16.
    pub num_utf16: u64,
    /// Text files that were not UTF-8 and were read as windows-1252.
    pub num_windows_1252: u64,
    /// Files, documents and bytes of each format that occurs.
    pub formats: Vec<FormatCount>,
    /// Build option: keys or columns that may hold the text, best first.
    pub text_keys: Vec<String>,
    /// Build option: shorter documents are dropped.
    pub min_bytes: u64,
    /// Absolute path of the corpus folder at build: the sources are looked for relative to it if they are not where
    /// they were, or not what they were.
    pub folder: String,
    /// 16 hexadecimal digits: the checksum of the header of `catalogue.bin`, which holds those of its tables.
    pub catalogue_checksum: String,
    /// 16 hexadecimal digits: xxh3-64 of `skipped.json`.
    pub skipped_checksum: String,
    /// 32 hexadecimal digits: xxh3-128 of this file with nothing between these quotes.
    pub checksum: String,
}

/// How much of a corpus lies in one format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatCount {
    /// The format.
    pub format: Format,
    /// Files.
    pub num_sources: u64,
    /// Documents.
    pub num_documents: u64,
    /// Bytes of text.
    pub num_bytes: u64,
}

/// A file or record that was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// `path` or `path:line`; what is not UTF-8 in a path is replaced.
    pub place: String,
    /// Why.
    pub reason: String,
}

impl Manifest {
    pub(crate) const FORMAT_VERSION: u64 = FORMAT_VERSION;

    /// Whether a folder holds files of a corpus, perhaps damaged or of a newer format, and nothing besides; also true of an
    /// empty folder. Many programs call a file `manifest.json`, so that name alone says nothing.
    pub(crate) fn is_alone_in(folder: &Path) -> bool {
        let is_ours = |entry: std::io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| {
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                let name = entry.file_name();
                let is_known = [MANIFEST, SKIPPED, CATALOGUE]
                    .map(OsStr::new)
                    .contains(&&*name);
                is_file && (is_known || is_shard_name(&name) || is_sums_file(&name))
            })
        };
        fs::read_dir(folder).is_ok_and(|mut entries| entries.all(is_ours))
    }

    /// # Errors
    /// No folder, no manifest, a damaged or a newer one.
    pub(crate) fn read(folder: &Path) -> Result<Self, CorpusError> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u64,
        }
        if !folder.exists() {
            return Err(CorpusError::Missing {
                path: folder.to_owned(),
            });
        }
        let path = folder.join(MANIFEST);
        let json = fs::read(&path).map_err(|error| {
            CorpusError::damaged(folder, format!("cannot read its {MANIFEST}: {error}"))
        })?;
        let damaged = |error: serde_json::Error| {
            CorpusError::damaged(folder, format!("damaged {MANIFEST}: {error}"))
        };
        let version: Version = serde_json::from_slice(&json).map_err(damaged)?;
        if version.format_version > FORMAT_VERSION {
            return Err(CorpusError::NewerFormat {
                path: folder.to_owned(),
                found: version.format_version,
                known: FORMAT_VERSION,
            });
        }
        if version.format_version < FORMAT_VERSION {
            return Err(CorpusError::OlderFormat {
                path: folder.to_owned(),
                found: version.format_version,
                known: FORMAT_VERSION,
            });
        }
        let manifest: Self = serde_json::from_slice(&json).map_err(damaged)?;
        if manifest.sealed()? == json {
            Ok(manifest)
        } else {
            let reason = format!("damaged {MANIFEST}: its checksum is wrong");
            Err(CorpusError::damaged(folder, reason))
        }
    }

    /// # Errors
    /// The disk is full or the folder not writable.
    pub(crate) fn write(&mut self, folder: &Path, skipped: &[Skipped]) -> Result<(), CorpusError> {
        let listed = to_json(&skipped)?;
        self.skipped_checksum = format!("{:016x}", xxh3_64(&listed));
        write_file(&folder.join(SKIPPED), &listed)?;
        let manifest = self.sealed()?;
        self.checksum = self.own_checksum()?;
        write_file(&folder.join(MANIFEST), &manifest)
    }

    /// The bytes of the file, with the checksum that belongs to the other fields.
    fn sealed(&self) -> Result<Vec<u8>, CorpusError> {
        to_json(&Self {
            checksum: self.own_checksum()?,
            ..self.clone()
        })
    }

    fn own_checksum(&self) -> Result<String, CorpusError> {
        let open = to_json(&Self {
            checksum: String::new(),
            ..self.clone()
        })?;
        Ok(format!("{:032x}", xxh3_128(&open)))
    }

    /// Whether the list of what was skipped is as it was written.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn has_intact_skipped(&self, folder: &Path) -> Result<bool, CorpusError> {
        let path = folder.join(SKIPPED);
        let json = fs::read(&path).map_err(CorpusError::io(&path, "read"))?;
        Ok(format!("{:016x}", xxh3_64(&json)) == self.skipped_checksum)
    }

    /// The list of what a build skipped.
    ///
    /// # Errors
    /// The file is missing or damaged.
    pub(crate) fn read_skipped(folder: &Path) -> Result<Vec<Skipped>, CorpusError> {
        let path = folder.join(SKIPPED);
        let json = fs::read(&path).map_err(CorpusError::io(&path, "read"))?;
        serde_json::from_slice(&json)
            .map_err(|error| CorpusError::damaged(folder, format!("damaged {SKIPPED}: {error}")))
    }

    /// Where a source of `size` bytes is now: in the corpus folder if its path is relative; else where it was at build, or as far from the corpus folder as it was then;
    /// the first of the two that has its size, or else the first that exists.
    pub(crate) fn locate(&self, folder: &Path, source: PathBuf, size: u64) -> PathBuf {
        if source.is_relative() {
            return folder.join(source);
        }
        let has_size = |path: &Path| fs::metadata(path).map(|metadata| metadata.len() == size);
        let here = has_size(&source);
        if matches!(here, Ok(true)) {
            return source;
        }
        let moved =
            relative(&source, Path::new(&self.folder)).map(|path| clean(&folder.join(path)));
        moved
            .filter(|path| match has_size(path) {
                Ok(fits) => fits || here.is_err(),
                Err(_) => false,
            })
            .unwrap_or(source)
    }
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, CorpusError> {
    let mut json = serde_json::to_vec_pretty(value)
        .map_err(|error| CorpusError::io(Path::new(MANIFEST), "write")(error.into()))?;
    json.push(b'\n');
    Ok(json)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    let write = || -> std::io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        // A power cut after the rename must not leave an empty file behind a finished name.
        file.sync_all()
    };
    write().map_err(CorpusError::io(path, "write"))
}

/// `path` from the root, without `.` and `..`. Symbolic links stay as they are, so that a tree with links may be moved; but
/// where `..` follows, they are resolved, because it leads to the parent of what they point to.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let components: Vec<_> = path.components().collect();
    let num_behind = components
        .iter()
        .rev()
        .position(|component| *component == Component::ParentDir);
    let Some(num_behind) = num_behind else {
        return clean(&path);
    };
    let (front, behind) = components.split_at(components.len() - num_behind);
    let front: PathBuf = front.iter().collect();
    let front = fs::canonicalize(&front).unwrap_or_else(|_| clean(&front));
    clean(&front.join(behind.iter().collect::<PathBuf>()))
}

/// `path` without `.` and `..`, by its names alone.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// How to come from the folder `base` to `path`, both absolute and clean.
fn relative(path: &Path, base: &Path) -> Option<PathBuf> {
    let shared = path
        .components()
        .zip(base.components())
        .take_while(|(a, b)| a == b)
        .count();
    // Only the root in common: nothing was moved together.
    if shared < 2 {
        return None;
    }
    let up = base.components().skip(shared).map(|_| Component::ParentDir);
    Some(up.chain(path.components().skip(shared)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_lead_back() {
        let found = relative(Path::new("/a/b/c/d.txt"), Path::new("/a/x/corpus")).unwrap();
        assert_eq!(found, Path::new("../../b/c/d.txt"));
        assert_eq!(
            clean(&Path::new("/a/x/corpus").join(found)),
            Path::new("/a/b/c/d.txt")
        );
        assert_eq!(relative(Path::new("/b"), Path::new("/a/corpus")), None);
    }
}
