//! One builder per output: a locked file beside it, in which packing also notes how far it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::error::CorpusError;

/// The lock of an output. Its file goes away with this value, unless it is kept; a killed process leaves the file behind, but
/// not the lock.
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
    is_kept: bool,
}

impl Lock {
    /// # Errors
    /// Another process holds it, or the folder of the output is not writable.
    pub(crate) fn take(output: &Path) -> Result<Self, CorpusError> {
        let name = output.file_name().unwrap_or_default().to_string_lossy();
        let path = output.with_file_name(format!(".{name}.lock"));
        let parent = output.parent().unwrap_or(output);
        loop {
            let file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .open(&path)
                .map_err(CorpusError::io(parent, "write into"))?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => {
                    return Err(CorpusError::Busy {
                        path: output.to_owned(),
                    });
                }
                Err(error) => return Err(CorpusError::io(&path, "lock")(error.into())),
            }
            // Who held it before may have removed the name between our opening and locking.
            let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
            let named = fs::metadata(&path).map(identity).ok();
            if file.metadata().map(identity).ok() == named {
                return Ok(Self {
                    file,
                    path,
                    is_kept: false,
                });
            }
        }
    }

    /// What was noted in it, by us or by a process that was killed.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn notes(&mut self) -> Result<String, CorpusError> {
        let mut bytes = Vec::new();
        let read = self
            .file
            .rewind()
            .and_then(|()| self.file.read_to_end(&mut bytes));
        read.map_err(CorpusError::io(&self.path, "read"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Notes these lines and nothing else.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn replace_notes(&mut self, lines: &[String]) -> Result<(), CorpusError> {
        let write = |file: &mut File| -> io::Result<()> {
            file.set_len(0)?;
            lines.iter().try_for_each(|line| writeln!(file, "{line}"))
        };
        write(&mut self.file).map_err(CorpusError::io(&self.path, "write"))
    }

    /// Notes one more line.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn note(&mut self, line: &str) -> Result<(), CorpusError> {
        let line = format!("{line}\n");
        let written = self.file.write_all(line.as_bytes());
        written.map_err(CorpusError::io(&self.path, "write"))
    }

    /// Whether the file stays, so that a later process may go on from what was noted.
    pub(crate) fn keep(&mut self, is_kept: bool) {
        self.is_kept = is_kept;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.is_kept {
            // Before the lock is given up, so that nobody else's file is removed.
            let _ = fs::remove_file(&self.path);
        }
    }
}
