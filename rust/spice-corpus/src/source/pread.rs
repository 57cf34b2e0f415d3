//! Reading at an offset without moving a shared file position: threads and forked processes may share the file.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use crate::progress::Watch;

/// Reads a range of a file from front to back, tells the watch, and fails once it is stopped.
pub(super) struct PreadReader<'a> {
    file: &'a File,
    position: u64,
    end: u64,
    watch: Watch<'a>,
}

impl<'a> PreadReader<'a> {
    pub(super) fn new(file: &'a File, start: u64, end: u64, watch: Watch<'a>) -> Self {
        Self {
            file,
            position: start,
            end,
            watch,
        }
    }
}

impl Read for PreadReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_stopped() {
            return Err(io::Error::other("interrupted"));
        }
        let room = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
        let wanted = room.min(buffer.len());
        let num_read = self.file.read_at(&mut buffer[..wanted], self.position)?;
        self.position += num_read as u64;
        self.watch.advance(num_read as u64);
        Ok(num_read)
    }
}
