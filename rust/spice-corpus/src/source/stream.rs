//! Records of a source from front to back in bounded memory, whatever the size of its units: how packing reads.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::ByteArray;

use super::frames::FrameReader;
use super::jsonl::{is_blank, parse_line};
use super::lines::{Line, Lines};
use super::parquet::ParquetFile;
use super::pread::PreadReader;
use super::rows::Rows;
use super::{Encoding, Format, decode_text};
use crate::blob::Blob;
use crate::progress::Watch;
use crate::store::Facts;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 256;

/// A place between two records of a source, from which reading can go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Cursor {
    /// Records before it: lines, blank ones included, or rows.
    pub ordinal: u64,
    /// First byte behind them in a file of plain lines.
    pub offset: u64,
}

/// A record as it lies in its source.
#[derive(Debug)]
pub(crate) enum RawRecord {
    /// A whole text file.
    Text(Vec<u8>),
    /// A line that is not blank.
    Line(Vec<u8>),
    /// A row; no text for null.
    Row(Option<ByteArray>, Facts),
    /// What no text can be had from.
    Unreadable(String),
}

/// A record and the place behind it.
#[derive(Debug)]
pub(crate) struct Placed {
    pub record: RawRecord,
    /// Line or row, counted from 1; 0 for a file that is one document.
    pub ordinal: u32,
    pub behind: Cursor,
}

/// A text with what its record says of it.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub text: String,
    pub facts: Facts,
    pub encoding: Encoding,
}

impl RawRecord {
    /// Bytes that it holds in memory.
    pub(crate) fn num_bytes(&self) -> usize {
        match self {
            Self::Text(bytes) | Self::Line(bytes) => bytes.len(),
            Self::Row(text, _) => text.as_ref().map_or(0, ByteArray::len),
            Self::Unreadable(_) => 0,
        }
    }

    /// # Errors
    /// Why there is no text.
    pub(crate) fn parse(self, keys: &[String]) -> Result<Parsed, String> {
        let plain = |text, facts| Parsed {
            text,
            facts,
            encoding: Encoding::Utf8,
        };
        match self {
            Self::Text(bytes) => {
                let (encoding, text) = decode_text(&bytes)?;
                Ok(Parsed {
                    text: text.into_owned(),
                    facts: Facts::default(),
                    encoding,
                })
            }
            Self::Line(line) => parse_line(&line, keys).map(|(text, facts)| plain(text, facts)),
            Self::Row(None, _) => Err("the text is null; expected a string".to_owned()),
            Self::Row(Some(text), facts) => match std::str::from_utf8(text.data()) {
                Ok(text) => Ok(plain(text.to_owned(), facts)),
                Err(error) => Err(format!("not UTF-8: {error}")),
            },
            Self::Unreadable(reason) => Err(reason),
        }
    }
}

/// A source that is being read.
pub(crate) struct Stream<'a> {
    cursor: Cursor,
    /// Bytes of the file.
    size: u64,
    inner: Inner<'a>,
    watch: Watch<'a>,
}

type FileReader<'a> = PreadReader<'a, Arc<Blob>>;

enum Inner<'a> {
    Text(Option<FileReader<'a>>),
    Plain(Lines<FileReader<'a>>),
    Frames(Lines<FrameReader<BufReader<FileReader<'a>>>>),
    Rows(Rows, std::vec::IntoIter<super::rows::Row>, u64),
}

impl<'a> Stream<'a> {
    /// Opens a source to read what is behind `from`.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(crate) fn open(
        path: &Path,
        format: Format,
        keys: &[String],
        from: Cursor,
        watch: Watch<'a>,
    ) -> Result<Self, String> {
        let cannot_open = |error: io::Error| format!("cannot open: {error}");
        let file = Blob::open(path).map_err(cannot_open)?;
        let size = file.size().map_err(cannot_open)?;
        let file = Arc::new(file);
        let reader = |start| PreadReader::new(Arc::clone(&file), start, size, watch);
        let mut passed = from;
        let inner = match format {
            Format::Text => Inner::Text((from.ordinal == 0).then(|| reader(0))),
            Format::Jsonl => Inner::Plain(Lines::new(reader(from.offset), from.offset)),
            Format::JsonlGzip | Format::JsonlZstd => {
                let reader = BufReader::with_capacity(1 << 18, reader(0));
                passed = Cursor::default();
                Inner::Frames(Lines::new(FrameReader::new(format, reader, u64::MAX), 0))
            }
            Format::Parquet => {
                let rows = Rows::new(ParquetFile::open(Arc::clone(&file), keys)?, from.ordinal)?;
                Inner::Rows(rows, Vec::new().into_iter(), 0)
            }
            Format::Spk => return Err("a shard; pack the corpus that it belongs to".to_owned()),
        };
        let mut stream = Self {
            cursor: passed,
            size,
            inner,
            watch,
        };
        while stream.cursor.ordinal < from.ordinal && stream.next()?.is_some() {}
        Ok(stream)
    }

    /// The next record, blank lines left out; none at the end.
    ///
    /// # Errors
    /// Why the file cannot be read further; also, with any text, when the watch is stopped.
    pub(crate) fn next(&mut self) -> Result<Option<Placed>, String> {
        let record = match &mut self.inner {
            Inner::Text(reader) => match reader.take() {
                None => return Ok(None),
                Some(reader) => read_text(reader, self.size)?,
            },
            Inner::Plain(lines) => {
                let found = next_line(lines, &mut self.cursor);
                match found.map_err(|error| format!("cannot read: {error}"))? {
                    Some(line) => line,
                    None => return Ok(None),
                }
            }
            Inner::Frames(lines) => match next_line(lines, &mut self.cursor) {
                Ok(Some(line)) => line,
                Ok(None) => return Ok(None),
                Err(error) => return Err(lines.reader().explain(&error)),
            },
            Inner::Rows(rows, decoded, told) => {
                if decoded.as_slice().is_empty() {
                    if self.watch.is_stopped() {
                        return Err("interrupted".to_owned());
                    }
                    *decoded = rows.next(BATCH_ROWS)?.into_iter();
                    let done = rows.share_of(self.size);
                    self.watch.advance(done - *told);
                    *told = done;
                }
                let Some(row) = decoded.next() else {
                    return Ok(None);
                };
                self.cursor.ordinal += 1;
                RawRecord::Row(row.text, row.facts)
            }
        };
        let ordinal = match self.inner {
            Inner::Text(_) => 0,
            _ => u32::try_from(self.cursor.ordinal).unwrap_or(u32::MAX),
        };
        if matches!(self.inner, Inner::Text(_)) {
            self.cursor.ordinal = 1;
        }
        Ok(Some(Placed {
            record,
            ordinal,
            behind: self.cursor,
        }))
    }
}

fn read_text(mut reader: FileReader<'_>, size: u64) -> Result<RawRecord, String> {
    if size > super::MAX_UNIT_BYTES {
        return Err(format!(
            "{size} bytes in one text file; a document has at most 256 MiB: split the file"
        ));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read: {error}"))?;
    Ok(RawRecord::Text(bytes))
}

fn next_line<R: Read>(lines: &mut Lines<R>, cursor: &mut Cursor) -> io::Result<Option<RawRecord>> {
    loop {
        let Some(line) = lines.next()? else {
            return Ok(None);
        };
        cursor.ordinal += 1;
        let record = match line {
            Line::TooLong(_, length) => Some(RawRecord::Unreadable(format!(
                "a line of {length} bytes; a document has at most 256 MiB"
            ))),
            Line::Whole(_, line) if is_blank(line) => None,
            Line::Whole(_, line) => Some(RawRecord::Line(line.to_vec())),
        };
        cursor.offset = lines.offset();
        if record.is_some() {
            return Ok(record);
        }
    }
}
