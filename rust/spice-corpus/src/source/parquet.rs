//! Parquet: a row is a document, a row group a unit, and only the text column is decoded.

use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use parquet::basic::Type;
use parquet::column::reader::ColumnReader;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};

use super::{Admission, MAX_UNIT_BYTES, Place, Scan, Unit};
use crate::blob::Blob;
use crate::progress::Watch;
use crate::store::Facts;
use crate::workers::map_until_failure;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 1_024;

/// An open file and which of its columns holds the text.
pub(crate) struct ParquetFile {
    pub(super) reader: SerializedFileReader<SharedFile>,
    pub(super) column: usize,
    /// Columns that hold facts of a document, and their names.
    pub(super) fact_columns: Vec<(usize, &'static str)>,
    file: Arc<Blob>,
    ahead: Ahead,
}

/// Column chunks that were asked for in one piece, with their first bytes: pages of an object are not read one by one.
type Ahead = Arc<Mutex<Vec<(u64, Bytes)>>>;

/// The text column of one row group.
pub(crate) struct RowGroup {
    /// All values one after another.
    pub bytes: Vec<u8>,
    /// Bytes of each row's value; none for null.
    lengths: Vec<Option<u32>>,
}

impl ParquetFile {
    /// Reads the footer and finds the first of the columns `keys`.
    ///
    /// # Errors
    /// The file is no Parquet file, or has no such column of strings.
    pub(crate) fn open(file: Arc<Blob>, keys: &[String]) -> Result<Self, String> {
        no_panic(|| Self::open_trusting(file, keys))
    }

    fn open_trusting(file: Arc<Blob>, keys: &[String]) -> Result<Self, String> {
        let size = file
            .size()
            .map_err(|error| format!("cannot read: {error}"))?;
        let ahead = Ahead::default();
        let shared = SharedFile {
            file: Arc::clone(&file),
            size,
            ahead: Arc::clone(&ahead),
        };
        let reader = SerializedFileReader::new(shared)
            .map_err(|error| format!("not a Parquet file that can be read: {error}"))?;
        let schema = reader.metadata().file_metadata().schema_descr();
        let find = |key: &String| {
            schema.columns().iter().position(|column| {
                column.path().parts() == std::slice::from_ref(key) && column.max_rep_level() == 0
            })
        };
        let Some((key, column)) = keys.iter().find_map(|key| Some((key, find(key)?))) else {
            let fields = schema.root_schema().get_fields();
            let is_nested = |key: &&String| fields.iter().any(|field| field.name() == key.as_str());
            if let Some(key) = keys.iter().find(is_nested) {
                return Err(format!(
                    "column {key} holds lists or structures; expected strings"
                ));
            }
            let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
            return Err(format!(
                "none of the columns {} is there; it has {}",
                keys.join(", "),
                names.join(", ")
            ));
        };
        let kind = schema.column(column).physical_type();
        if kind != Type::BYTE_ARRAY {
            return Err(format!("column {key} holds {kind}; expected strings"));
        }
        let fact_columns: Vec<_> = Facts::KEYS
            .iter()
            .filter_map(|&name| Some((find(&name.to_owned())?, name)))
            .filter(|&(fact, _)| fact != column)
            .collect();
        // The library would panic, and say so on stderr, when it came to read such a chunk.
        let is_broken = |group: &RowGroupMetaData| {
            let chunk_is_broken = |column: usize| {
                let chunk = group.column(column);
                let start = chunk
                    .dictionary_page_offset()
                    .unwrap_or(chunk.data_page_offset());
                start < 0 || chunk.compressed_size() < 0
            };
            chunk_is_broken(column)
                || fact_columns
                    .iter()
                    .any(|&(column, _)| chunk_is_broken(column))
        };
        if reader.metadata().row_groups().iter().any(is_broken) {
            return Err("not a Parquet file that can be read: a chunk begins before the file or has no length".to_owned());
        }
        Ok(Self {
            reader,
            column,
            fact_columns,
            file,
            ahead,
        })
    }

    /// Decodes the text column of one row group.
    ///
    /// # Errors
    /// Why it cannot be decoded.
    pub(crate) fn row_group(&self, index: usize) -> Result<RowGroup, String> {
        no_panic(|| self.decode(index).map_err(|error| error.to_string()))
            .map_err(|error| format!("row group {index}: {error}"))
    }

    pub(super) fn num_row_groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    fn decode(&self, index: usize) -> ParquetResult<RowGroup> {
        if index >= self.num_row_groups() {
            let found = format!("the file has {} row groups", self.num_row_groups());
            return Err(ParquetError::General(found));
        }
        self.ask_ahead(index, &[self.column])?;
        let reader = self
            .reader
            .get_row_group(index)?
            .get_column_reader(self.column)?;
        let ColumnReader::ByteArrayColumnReader(mut reader) = reader else {
            return Err(ParquetError::General(
                "the column holds no strings".to_owned(),
            ));
        };
        let is_nullable = self
            .reader
            .metadata()
            .file_metadata()
            .schema_descr()
            .column(self.column)
            .max_def_level()
            > 0;
        let mut group = RowGroup {
            bytes: Vec::new(),
            lengths: Vec::new(),
        };
        let mut levels = Vec::new();
        let mut values = Vec::new();
        loop {
            levels.clear();
            values.clear();
            let (num_rows, ..) = reader.read_records(
                BATCH_ROWS,
                is_nullable.then_some(&mut levels),
                None,
                &mut values,
            )?;
            if num_rows == 0 {
                return Ok(group);
            }
            let mut values = values.iter();
            for row in 0..num_rows {
                // With one level of nesting, level 1 is a value and level 0 a null.
                let is_null = levels.get(row) == Some(&0);
                let value = if is_null { None } else { values.next() };
                if let Some(value) = value {
                    group.bytes.extend_from_slice(value.data());
                }
                if group.bytes.len() as u64 > MAX_UNIT_BYTES {
                    return Err(ParquetError::General(
                        "its text has more than 256 MiB, which one draw would have to decode; write smaller row groups"
                            .to_owned(),
                    ));
                }
                group.lengths.push(value.map(|value| value.len() as u32));
            }
        }
    }
}

/// The library panics at some damaged files; to us they are files that cannot be read.
pub(super) fn no_panic<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // What `work` borrows is read only, so no half-changed state survives.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("damaged".to_owned()))
}

pub(super) fn scan(
    file: Blob,
    size: u64,
    admission: &Admission,
    watch: Watch<'_>,
) -> Result<Scan, String> {
    let file = ParquetFile::open(Arc::new(file), &admission.text_keys)?;
    let num_groups = file.num_row_groups();
    let parts: Vec<Result<(Scan, u64, u32), String>> = map_until_failure(
        num_groups,
        |index| {
            if watch.is_stopped() {
                return Err("interrupted".to_owned());
            }
            let group = file.row_group(index)?;
            watch.advance(size / num_groups as u64);
            Ok((
                scan_group(&group, admission),
                group.bytes.len() as u64,
                group.lengths.len() as u32,
            ))
        },
        |part| {
            part.as_ref()
                .map_or(true, |(scan, ..)| scan.ends_build(admission))
        },
    );
    let mut whole = Scan::default();
    let (mut decoded_start, mut rows_before) = (0, 0_u32);
    for (index, part) in parts.into_iter().enumerate() {
        let (mut part, num_bytes, num_rows) = part?;
        whole.units.push(Unit {
            start: index as u64,
            decoded_start,
        });
        for record in &mut part.records {
            record.offset += decoded_start;
            record.ordinal = record.ordinal.saturating_add(rows_before);
        }
        for fault in &mut part.faults {
            fault.ordinal = fault.ordinal.saturating_add(rows_before);
        }
        whole.append(part);
        decoded_start += num_bytes;
        rows_before = rows_before.saturating_add(num_rows);
    }
    whole.units.push(Unit {
        start: num_groups as u64,
        decoded_start,
    });
    Ok(whole)
}

fn scan_group(group: &RowGroup, admission: &Admission) -> Scan {
    let mut scan = Scan::default();
    let mut offset = 0_u64;
    for (row, length) in group.lengths.iter().enumerate() {
        let ordinal = row as u32 + 1;
        let Some(length) = *length else {
            scan.fault(ordinal, "the text is null; expected a string".to_owned());
            continue;
        };
        let bytes = &group.bytes[offset as usize..][..length as usize];
        let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"));
        scan.admit(
            admission,
            Place {
                ordinal,
                offset,
                length,
            },
            text,
        );
        offset += u64::from(length);
    }
    scan
}

/// A file read at offsets: the library's own reader of `File` moves a position that threads and forks would share.
pub(super) struct SharedFile {
    file: Arc<Blob>,
    size: u64,
    ahead: Ahead,
}

impl ParquetFile {
    /// Asks for the chunks of some columns of a row group at once, if the file is an object.
    pub(super) fn ask_ahead(&self, group: usize, columns: &[usize]) -> ParquetResult<()> {
        if self.file.window_bytes() == 0 {
            return Ok(());
        }
        let group = self.reader.metadata().row_group(group);
        let mut chunks = Vec::new();
        for &column in columns {
            let (start, length) = group.column(column).byte_range();
            if length > MAX_UNIT_BYTES {
                // Too much to hold: read page by page.
                continue;
            }
            let mut bytes = vec![0; length as usize];
            self.file.read_exact_at(&mut bytes, start)?;
            chunks.push((start, bytes.into()));
        }
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = chunks;
        Ok(())
    }
}

impl SharedFile {
    /// Bytes from `start` on that are there already.
    fn asked(&self, start: u64) -> Option<Bytes> {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        ahead.iter().find_map(|(first, bytes)| {
            let place = usize::try_from(start.checked_sub(*first)?).ok()?;
            (place < bytes.len()).then(|| bytes.slice(place..))
        })
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for SharedFile {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        if let Some(bytes) = self.asked(start) {
            return Ok(Box::new(bytes.reader()));
        }
        Ok(Box::new(BufReader::new(SharedFileReader {
            file: Arc::clone(&self.file),
            position: start,
        })))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        if start
            .checked_add(length as u64)
            .is_none_or(|end| end > self.size)
        {
            return Err(ParquetError::EOF(format!(
                "bytes {start} to {start}+{length} lie beyond the end of the file"
            )));
        }
        if let Some(bytes) = self.asked(start).filter(|bytes| bytes.len() >= length) {
            return Ok(bytes.slice(..length));
        }
        let mut buffer = vec![0; length];
        self.file.read_exact_at(&mut buffer, start)?;
        Ok(buffer.into())
    }
}

struct SharedFileReader {
    file: Arc<Blob>,
    position: u64,
}

impl Read for SharedFileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let num_read = self.file.read_at(buffer, self.position)?;
        self.position += num_read as u64;
        Ok(num_read)
    }
}
