//! A folder in the making: everything is written beside the output, and appears there in one step or not at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::lock::Lock;
use crate::error::CorpusError;

/// A temporary folder beside an output, and the lock of the output. Both go away with this value, and so do folders that
/// were made for them.
pub(crate) struct Staging {
    folder: PathBuf,
    lock: Lock,
    /// Dropped last: folders can be removed only when they are empty.
    _parents: MadeFolders,
    is_kept: bool,
}

impl Staging {
    /// An empty folder; what a killed process left for this output is removed.
    ///
    /// # Errors
    /// Another process builds this output, or its folder cannot be made or is not writable.
    pub(crate) fn new(output: &Path) -> Result<Self, CorpusError> {
        let mut staging = Self::reopen(output)?;
        staging.lock.replace_notes(&[])?;
        staging.clear()?;
        Ok(staging)
    }

    /// The folder as a killed process left it, or an empty one.
    ///
    /// # Errors
    /// As for [`Staging::new`].
    pub(crate) fn reopen(output: &Path) -> Result<Self, CorpusError> {
        let parent = output.parent().unwrap_or(output);
        let parents = MadeFolders::below(parent)?;
        let lock = Lock::take(output)?;
        let folder = beside(output, "building");
        if !folder.is_dir() {
            fs::create_dir(&folder).map_err(CorpusError::io(parent, "write into"))?;
        }
        Ok(Self {
            folder,
            lock,
            _parents: parents,
            is_kept: false,
        })
    }

    /// Removes whatever is in the folder.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn clear(&self) -> Result<(), CorpusError> {
        self.retain(|_| false)
    }

    /// Removes what is in the folder, but for the names that are to stay.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn retain(&self, stays: impl Fn(&str) -> bool) -> Result<(), CorpusError> {
        let remove = || -> io::Result<()> {
            for entry in fs::read_dir(&self.folder)? {
                let entry = entry?;
                if entry.file_name().to_str().is_some_and(&stays) {
                    continue;
                }
                if entry.file_type()?.is_dir() {
                    fs::remove_dir_all(entry.path())?;
                } else {
                    fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        };
        remove().map_err(CorpusError::io(&self.folder, "clear"))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn lock(&mut self) -> &mut Lock {
        &mut self.lock
    }

    /// Whether folder and notes outlive this value, so that a later process may go on.
    pub(crate) fn keep(&mut self, is_kept: bool) {
        self.is_kept = is_kept;
        self.lock.keep(is_kept);
    }

    /// Gives the folder its name; an older corpus changes places with it and goes away with the temporary folder.
    ///
    /// # Errors
    /// The output appeared in the meantime, or the system refuses.
    pub(crate) fn commit(&mut self, output: &Path, overwrite: bool) -> Result<(), CorpusError> {
        let rename = |from: &Path, to: &Path| {
            fs::rename(from, to).map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty => {
                    CorpusError::OutputExists {
                        path: output.to_owned(),
                    }
                }
                _ => CorpusError::io(output, "write")(error),
            })
        };
        let folder = &self.folder;
        if !overwrite || fs::symlink_metadata(output).is_err() {
            rename(folder, output)?;
        } else if renameat_with(CWD, folder, CWD, output, RenameFlags::EXCHANGE).is_err() {
            // A file system that cannot exchange: for a moment between these two there is no corpus.
            let replaced = beside(output, "replaced");
            rename(output, &replaced)?;
            rename(folder, output).or_else(|error| {
                rename(&replaced, output)?;
                Err(error)
            })?;
            let _ = fs::remove_dir_all(replaced);
        }
        self.keep(false);
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_kept {
            // Not there any more once it has its name.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn beside(output: &Path, what: &str) -> PathBuf {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    output.with_file_name(format!(".{name}.{what}"))
}

/// Folders that were not there before; those that are empty in the end go away.
struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    fn below(parent: &Path) -> Result<Self, CorpusError> {
        let missing = parent
            .ancestors()
            .take_while(|folder| fs::symlink_metadata(folder).is_err());
        let made = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(parent).map_err(CorpusError::io(parent, "make the folder"))?;
        Ok(made)
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in &self.0 {
            // Refused for a folder that holds something, such as the finished corpus.
            let _ = fs::remove_dir(folder);
        }
    }
}
