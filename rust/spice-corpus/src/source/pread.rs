//! Reading at an offset without moving a shared file position: threads and forked processes may share the file.

use std::borrow::Borrow;
use std::io::{self, Read};

use crate::blob::Blob;
use crate::progress::Watch;

/// Reads a range of a file from front to back, tells the watch, and fails once it is stopped.
pub(super) struct PreadReader<'a, F = &'a Blob> {
    file: F,
    /// What was asked for ahead, and where it begins: an object is not read in small pieces.
    window: Vec<u8>,
    window_start: u64,
    position: u64,
    end: u64,
    watch: Watch<'a>,
}

impl<'a, F: Borrow<Blob>> PreadReader<'a, F> {
    pub(super) fn new(file: F, start: u64, end: u64, watch: Watch<'a>) -> Self {
        Self {
            file,
            window: Vec::new(),
            window_start: 0,
            position: start,
            end,
            watch,
        }
    }
}

impl<F: Borrow<Blob>> Read for PreadReader<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_stopped() {
            return Err(io::Error::other("interrupted"));
        }
        let room = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
        let wanted = room.min(buffer.len());
        let num_read = self.read_ahead(&mut buffer[..wanted])?;
        self.position += num_read as u64;
        self.watch.advance(num_read as u64);
        Ok(num_read)
    }
}

impl<F: Borrow<Blob>> PreadReader<'_, F> {
    fn read_ahead(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let blob = self.file.borrow();
        let window_bytes = blob.window_bytes();
        if buffer.len() >= window_bytes {
            return blob.read_at(buffer, self.position);
        }
        let place = self.position.checked_sub(self.window_start);
        let place = place.filter(|&place| place < self.window.len() as u64);
        if place.is_none() {
            let room = (self.end - self.position).min(window_bytes as u64);
            self.window.resize(room as usize, 0);
            let num_read = blob.read_at(&mut self.window, self.position)?;
            self.window.truncate(num_read);
            self.window_start = self.position;
        }
        let part = &self.window[place.unwrap_or(0) as usize..];
        let num_read = part.len().min(buffer.len());
        buffer[..num_read].copy_from_slice(&part[..num_read]);
        Ok(num_read)
    }
}
