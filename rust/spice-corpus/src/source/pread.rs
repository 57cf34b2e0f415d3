//! Reading at an offset without moving a shared file position: threads and forked processes may share the file.

use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use crate::progress::Watch;

/// Reads a range of a file from front to back, tells the watch, and fails once it is stopped.
pub(super) struct PreadReader<'a, F = &'a File> {
    file: F,
    position: u64,
    end: u64,
    watch: Watch<'a>,
}

impl<'a, F: Borrow<File>> PreadReader<'a, F> {
    pub(super) fn new(file: F, start: u64, end: u64, watch: Watch<'a>) -> Self {
        Self {
            file,
            position: start,
            end,
            watch,
        }
    }
}

impl<F: Borrow<File>> Read for PreadReader<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_stopped() {
            return Err(io::Error::other("interrupted"));
        }
        let room = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
        let wanted = room.min(buffer.len());
        let num_read = self
            .file
            .borrow()
            .read_at(&mut buffer[..wanted], self.position)?;
        self.position += num_read as u64;
        self.watch.advance(num_read as u64);
        Ok(num_read)
    }
}
