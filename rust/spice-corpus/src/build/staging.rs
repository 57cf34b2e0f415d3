//! A folder in the making: everything is written beside the output, and appears there in one step or not at all.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::error::CorpusError;

/// A temporary folder beside an output; goes away with this value, and so do folders that were made for it.
pub(super) struct Staging {
    // Dropped first: folders can be removed only when they are empty.
    folder: TempDir,
    _parents: MadeFolders,
}

impl Staging {
    /// # Errors
    /// The folder of `output` cannot be made or is not writable.
    pub(super) fn new(output: &Path) -> Result<Self, CorpusError> {
        let parent = output.parent().unwrap_or(output);
        let parents = MadeFolders::below(parent)?;
        let folder =
            temporary_folder(output, parent).map_err(CorpusError::io(parent, "write into"))?;
        Ok(Self {
            folder,
            _parents: parents,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the folder its name; an older corpus changes places with it and goes away with the temporary folder.
    ///
    /// # Errors
    /// The output appeared in the meantime, or the system refuses.
    pub(super) fn commit(&self, output: &Path, overwrite: bool) -> Result<(), CorpusError> {
        let folder = self.path();
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
        if !overwrite || fs::symlink_metadata(output).is_err() {
            return rename(folder, output);
        }
        if renameat_with(CWD, folder, CWD, output, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
        // A file system that cannot exchange: for a moment between these two there is no corpus.
        let parent = output.parent().unwrap_or(output);
        let aside =
            temporary_folder(output, parent).map_err(CorpusError::io(parent, "write into"))?;
        let replaced = aside.path().join("replaced");
        rename(output, &replaced)?;
        rename(folder, output).or_else(|error| {
            rename(&replaced, output)?;
            Err(error)
        })
    }
}

fn temporary_folder(output: &Path, parent: &Path) -> io::Result<TempDir> {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    tempfile::Builder::new()
        .prefix(&format!(".{name}.building-"))
        // The library's own default would keep every other user out of the finished corpus.
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(parent)
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
