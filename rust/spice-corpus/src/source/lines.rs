//! Lines of a byte stream, each with its offset, in linear time however long they are.

use std::io::{self, Read};

use super::MAX_UNIT_BYTES;

const READ_BYTES: usize = 1 << 18;

/// Cuts a stream into lines.
pub(super) struct Lines<R> {
    reader: R,
    /// Room for bytes, cleared once when it grows: readers that give little at a time would make clearing quadratic.
    buffer: Vec<u8>,
    /// First unread byte of `buffer`.
    start: usize,
    /// One past the last byte of `buffer` that was read.
    filled: usize,
    /// Place of `buffer[start]` in the stream.
    offset: u64,
    /// Bytes of a line that is too long, already thrown away.
    dropped: u64,
    at_end: bool,
}

/// One line without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Place of its first byte in the stream, and its bytes.
    Whole(u64, &'a [u8]),
    /// A line longer than a document may be: place and length.
    TooLong(u64, u64),
}

impl<R: Read> Lines<R> {
    /// Lines of `reader`, whose first byte is at `offset` of the stream.
    pub(super) fn new(reader: R, offset: u64) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
            offset,
            dropped: 0,
            at_end: false,
        }
    }

    /// What the lines are read from.
    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// Place of the next line's first byte.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line, or none at the end of the stream. The last line needs no line feed.
    ///
    /// # Errors
    /// Those of the reader.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = self.start;
        let (end, next_start) = loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[searched..self.filled]) {
                break (searched + found, searched + found + 1);
            }
            if self.at_end {
                break (self.filled, self.filled);
            }
            if (self.filled - self.start) as u64 > MAX_UNIT_BYTES {
                self.dropped += (self.filled - self.start) as u64;
                self.start = self.filled;
            }
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.filled, 0);
                self.filled -= self.start;
                self.start = 0;
            }
            searched = self.filled;
            self.fill()?;
        };
        if next_start == self.start && self.dropped == 0 {
            return Ok(None);
        }
        let line_offset = self.offset;
        let dropped = std::mem::take(&mut self.dropped);
        let line = &self.buffer[self.start..end];
        self.offset += dropped + (next_start - self.start) as u64;
        self.start = next_start;
        let length = dropped + line.len() as u64;
        Ok(Some(if length > MAX_UNIT_BYTES {
            Line::TooLong(line_offset, length)
        } else {
            Line::Whole(line_offset, line)
        }))
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.buffer.len() < self.filled + READ_BYTES {
            // Twice as large, so that a long line is moved a constant number of times.
            self.buffer
                .resize(self.filled + READ_BYTES.max(self.filled), 0);
        }
        let num_read = loop {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.filled += num_read;
        self.at_end = num_read == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives at most `step` bytes at a time.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let num = self.1.min(self.0.len()).min(buffer.len());
            buffer[..num].copy_from_slice(&self.0[..num]);
            self.0 = &self.0[num..];
            Ok(num)
        }
    }

    fn collect(data: &[u8], step: usize) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(Dribble(data, step), 7);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            match line {
                Line::Whole(offset, bytes) => found.push((offset, bytes.to_vec())),
                Line::TooLong(..) => panic!("no line is that long"),
            }
        }
        found
    }

    #[test]
    fn a_long_line_that_comes_in_drops_is_read_in_linear_time() {
        // Work in the square of the length would take hours: 32,768 drops, and 32 MiB moved or cleared for each.
        let line = vec![b'a'; 32 << 20];
        assert!(collect(&line, 1_024) == [(7, line)]);
    }

    proptest! {
        #[test]
        fn lines_are_those_of_a_split_at_every_read_size(
            data in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'a')], 0..60),
            step in 1_usize..20,
        ) {
            let mut expected = Vec::new();
            let mut offset = 7;
            for line in data.split_inclusive(|&byte| byte == b'\n') {
                expected.push((offset, line.strip_suffix(b"\n").unwrap_or(line).to_vec()));
                offset += line.len() as u64;
            }
            prop_assert_eq!(collect(&data, step), expected);
        }
    }
}
