//! Inputs to source files: folders recursively, in an order that is a function of their names.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::OnError;
use crate::blob::{is_remote, list_objects};
use crate::catalogue::{Skipped, absolute};
use crate::error::CorpusError;
use crate::progress::Watch;
use crate::source::Format;

/// A file to read.
#[derive(Debug)]
pub(crate) struct Input {
    /// From the root.
    pub path: PathBuf,
    pub format: Format,
    /// Bytes of the file.
    pub size: u64,
    /// Changes with its contents: time of its last change, or entity tag.
    pub version: String,
}

/// All files below the inputs, in the order of the inputs and sorted by name within each folder; a file that is
/// reached twice counts once. In folders, only names that promise documents count and linked folders are not entered.
///
/// # Errors
/// An input does not exist or cannot be reached; with [`OnError::Stop`] also a folder or file that cannot be read or is of no known kind.
pub(crate) fn walk(
    inputs: &[PathBuf],
    on_error: OnError,
    watch: Watch<'_>,
) -> Result<(Vec<Input>, Vec<Skipped>), CorpusError> {
    let mut walker = Walker {
        on_error,
        watch,
        seen: BTreeSet::new(),
        files: Vec::new(),
        skipped: Vec::new(),
    };
    for input in inputs {
        if is_remote(input) {
            walker.enter_store(input)?;
            continue;
        }
        if let Err(error) = fs::metadata(input) {
            return Err(match error.kind() {
                // A name below a file is missing as well.
                ErrorKind::NotFound | ErrorKind::NotADirectory => CorpusError::Missing {
                    path: input.clone(),
                },
                _ => CorpusError::io(input, "open")(error),
            });
        }
        let path = absolute(input);
        if path.is_dir() {
            walker.enter(&path)?;
        } else if let Some(format) = Format::of(&path) {
            walker.take(path, format)?;
        } else {
            let reason = "unknown kind of file; expected .txt .text .md .markdown .rst .jsonl .jsonl.gz .jsonl.zst .parquet or .spk";
            walker.skip(&path, reason.to_owned())?;
        }
    }
    Ok((walker.files, walker.skipped))
}

struct Walker<'a> {
    on_error: OnError,
    watch: Watch<'a>,
    seen: BTreeSet<PathBuf>,
    files: Vec<Input>,
    skipped: Vec<Skipped>,
}

impl Walker<'_> {
    fn enter(&mut self, root: &Path) -> Result<(), CorpusError> {
        // A stack of our own: folders may be nested deeper than ours would reach.
        let mut stack = vec![(root.to_owned(), true)];
        while let Some((path, is_folder)) = stack.pop() {
            self.watch.check()?;
            if !is_folder {
                if let Some(format) = Format::of(&path) {
                    self.take(path, format)?;
                }
                continue;
            }
            match list(&path) {
                Ok(entries) => stack.extend(entries),
                Err(error) => self.skip(&path, format!("cannot list the folder: {error}"))?,
            }
        }
        Ok(())
    }

    fn take(&mut self, path: PathBuf, format: Format) -> Result<(), CorpusError> {
        match fs::metadata(&path) {
            Err(error) => self.skip(&path, format!("cannot open: {error}")),
            Ok(metadata) if !metadata.is_file() => {
                // A linked folder, or a pipe or device, which may never end.
                if metadata.is_dir() {
                    Ok(())
                } else {
                    self.skip(&path, "not a regular file".to_owned())
                }
            }
            Ok(metadata) => {
                if self.seen.insert(path.clone()) {
                    self.files.push(Input {
                        path,
                        format,
                        size: metadata.len(),
                        version: format!("{:?}", metadata.modified()),
                    });
                }
                Ok(())
            }
        }
    }

    /// Takes in the objects below an address whose names promise documents.
    fn enter_store(&mut self, input: &Path) -> Result<(), CorpusError> {
        let objects =
            list_objects(&input.to_string_lossy()).map_err(|error| match error.kind() {
                ErrorKind::NotFound => CorpusError::Missing {
                    path: input.to_owned(),
                },
                _ => CorpusError::io(input, "list")(error),
            })?;
        self.watch.check()?;
        for object in objects {
            let path = PathBuf::from(object.address);
            if let Some(format) = Format::of(&path)
                && self.seen.insert(path.clone())
            {
                self.files.push(Input {
                    path,
                    format,
                    size: object.size,
                    version: object.tag,
                });
            }
        }
        Ok(())
    }

    fn skip(&mut self, path: &Path, reason: String) -> Result<(), CorpusError> {
        let place = path.display().to_string();
        match self.on_error {
            OnError::Stop => Err(CorpusError::Document { place, reason }),
            OnError::Skip => {
                self.skipped.push(Skipped { place, reason });
                Ok(())
            }
        }
    }
}

/// Entries of a folder, the last name first, and whether each is a folder itself.
fn list(folder: &Path) -> std::io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            Ok((entry.path(), entry.file_type()?.is_dir()))
        })
        .collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_unstable_by(|a, b| b.0.as_os_str().cmp(a.0.as_os_str()));
    Ok(entries)
}
