//! Files that appear whole or not at all: written under a temporary name beside their own, then renamed.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::CorpusError;

/// What the names of temporary files have between their own and a random part.
const TEMPORARY: &str = ".writing-";

/// Whether a file's name is one that [`temporary_beside`] gave: left behind by a process that was killed.
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with('.') && name.contains(TEMPORARY)
}

/// A temporary file in the folder of `path`; it goes away with this value unless [`persist`] names it.
///
/// # Errors
/// The folder is missing or not writable.
pub(crate) fn temporary_beside(path: &Path) -> Result<NamedTempFile, CorpusError> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    tempfile::Builder::new()
        .prefix(&format!(".{name}{TEMPORARY}"))
        // The library's own default would keep every other user out.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(parent)
        .map_err(CorpusError::io(parent, "write into"))
}

/// Gives a complete file its name, and makes sure that its bytes are on the disk before.
///
/// # Errors
/// `path` exists and may not be overwritten, or the system refuses.
pub(crate) fn persist(
    file: NamedTempFile,
    path: &Path,
    overwrite: bool,
) -> Result<(), CorpusError> {
    file.as_file()
        .sync_all()
        .map_err(CorpusError::io(path, "write"))?;
    let persisted = if overwrite {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    match persisted.map_err(|error| error.error) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(CorpusError::OutputExists {
                path: path.to_owned(),
            })
        }
        Err(error) => Err(CorpusError::io(path, "write")(error)),
    }
}
