//! Rows of a Parquet file one after another, with what their other columns say of the document; memory does not grow with
//! the row groups.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::FileReader;

use super::parquet::{ParquetFile, no_panic};
use crate::store::{Facts, MAX_FACT_BYTES};

/// A row: its text, none for null, and its facts.
#[derive(Debug)]
pub(crate) struct Row {
    pub text: Option<ByteArray>,
    pub facts: Facts,
}

/// Reads rows from front to back.
pub(crate) struct Rows {
    file: ParquetFile,
    next_group: usize,
    text: Option<ColumnReader>,
    facts: Vec<(&'static str, ColumnReader)>,
}

impl Rows {
    /// Rows behind the first `skipped` ones.
    ///
    /// # Errors
    /// Why they cannot be decoded.
    pub(crate) fn new(file: ParquetFile, skipped: u64) -> Result<Self, String> {
        let mut rows = Self {
            file,
            next_group: 0,
            text: None,
            facts: Vec::new(),
        };
        no_panic(|| rows.skip(skipped).map_err(|error| error.to_string()))?;
        Ok(rows)
    }

    /// The next rows, at most so many; none at the end.
    ///
    /// # Errors
    /// Why they cannot be decoded.
    pub(crate) fn next(&mut self, max_rows: usize) -> Result<Vec<Row>, String> {
        let group = self.next_group.saturating_sub(1);
        no_panic(|| self.decode(max_rows).map_err(|error| error.to_string()))
            .map_err(|error| format!("row group {group}: {error}"))
    }

    /// How many of the file's bytes the row groups read so far make up, all of them taken for equal.
    pub(crate) fn share_of(&self, size: u64) -> u64 {
        let num_groups = self.file.num_row_groups().max(1) as u64;
        size * self.next_group as u64 / num_groups
    }

    fn skip(&mut self, mut num_rows: u64) -> ParquetResult<()> {
        let metadata = self.file.reader.metadata();
        while let Some(group) = metadata.row_groups().get(self.next_group) {
            let in_group = group.num_rows().max(0).cast_unsigned();
            if num_rows < in_group {
                break;
            }
            num_rows -= in_group;
            self.next_group += 1;
        }
        if num_rows == 0 || !self.open_group()? {
            return Ok(());
        }
        for reader in self
            .text
            .iter_mut()
            .chain(self.facts.iter_mut().map(|(_, reader)| reader))
        {
            match reader {
                ColumnReader::ByteArrayColumnReader(reader) => {
                    reader.skip_records(num_rows as usize)
                }
                ColumnReader::Int32ColumnReader(reader) => reader.skip_records(num_rows as usize),
                ColumnReader::Int64ColumnReader(reader) => reader.skip_records(num_rows as usize),
                _ => Ok(0),
            }?;
        }
        Ok(())
    }

    /// Begins the next row group; false behind the last.
    fn open_group(&mut self) -> ParquetResult<bool> {
        if self.next_group >= self.file.num_row_groups() {
            return Ok(false);
        }
        let facts = self.file.fact_columns.iter().map(|&(column, _)| column);
        let columns: Vec<usize> = facts.chain([self.file.column]).collect();
        self.file.ask_ahead(self.next_group, &columns)?;
        let group = self.file.reader.get_row_group(self.next_group)?;
        self.text = Some(group.get_column_reader(self.file.column)?);
        self.facts.clear();
        for &(column, name) in &self.file.fact_columns {
            self.facts.push((name, group.get_column_reader(column)?));
        }
        self.next_group += 1;
        Ok(true)
    }

    fn decode(&mut self, max_rows: usize) -> ParquetResult<Vec<Row>> {
        loop {
            if self.text.is_none() && !self.open_group()? {
                return Ok(Vec::new());
            }
            let Some(ColumnReader::ByteArrayColumnReader(text)) = &mut self.text else {
                return Err(ParquetError::General(
                    "the column holds no strings".to_owned(),
                ));
            };
            let texts = values(text, max_rows)?;
            if texts.is_empty() {
                self.text = None;
                continue;
            }
            let mut rows: Vec<Row> = texts
                .into_iter()
                .map(|text| Row {
                    text,
                    facts: Facts::default(),
                })
                .collect();
            for (name, reader) in &mut self.facts {
                for (row, fact) in rows.iter_mut().zip(facts(reader, max_rows)?) {
                    if let (Some(slot), Some(fact)) = (row.facts.slot(name), fact) {
                        *slot = Some(fact);
                    }
                }
            }
            return Ok(rows);
        }
    }
}

impl ParquetFile {
    /// Row group of a row and its place in it, both counted from 0.
    ///
    /// # Errors
    /// There is no such row.
    pub(crate) fn place_of(&self, row: u64) -> Result<(usize, usize), String> {
        let mut rest = row;
        for (index, group) in self.reader.metadata().row_groups().iter().enumerate() {
            let in_group = group.num_rows().max(0).cast_unsigned();
            if rest < in_group {
                return Ok((index, rest as usize));
            }
            rest -= in_group;
        }
        Err(format!("there is no row {}", row + 1))
    }

    /// The facts of all rows of a row group; empty if no column holds any.
    ///
    /// # Errors
    /// Why they cannot be decoded.
    pub(crate) fn facts(&self, group: usize) -> Result<Vec<Facts>, String> {
        no_panic(|| self.decode_facts(group).map_err(|error| error.to_string()))
            .map_err(|error| format!("row group {group}: {error}"))
    }

    fn decode_facts(&self, index: usize) -> ParquetResult<Vec<Facts>> {
        let mut rows = Vec::new();
        let columns: Vec<usize> = self
            .fact_columns
            .iter()
            .map(|&(column, _)| column)
            .collect();
        self.ask_ahead(index, &columns)?;
        let group = self.reader.get_row_group(index)?;
        for &(column, name) in &self.fact_columns {
            let mut reader = group.get_column_reader(column)?;
            let num_rows = group.metadata().num_rows().max(0).cast_unsigned() as usize;
            let found = facts(&mut reader, num_rows)?;
            if rows.len() < found.len() {
                rows.resize(found.len(), Facts::default());
            }
            for (row, fact) in rows.iter_mut().zip(found) {
                if let (Some(slot), Some(fact)) = (row.slot(name), fact) {
                    *slot = Some(fact);
                }
            }
        }
        Ok(rows)
    }
}

/// The next values of a column, nulls as none.
fn values<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    max_rows: usize,
) -> ParquetResult<Vec<Option<T::T>>> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut rows = Vec::new();
    while rows.len() < max_rows {
        levels.clear();
        values.clear();
        let wanted = max_rows - rows.len();
        let (num_rows, num_values, num_levels) =
            reader.read_records(wanted, Some(&mut levels), None, &mut values)?;
        if num_rows == 0 {
            break;
        }
        let mut values = values.drain(..num_values);
        // Level 1 is a value and level 0 a null; a column that may hold no nulls has no levels.
        rows.extend((0..num_rows).map(|row| match levels.get(row) {
            Some(0) if num_levels > 0 => None,
            _ => values.next(),
        }));
    }
    Ok(rows)
}

/// The next values of a column as facts; of a kind that is no fact, nothing.
fn facts(reader: &mut ColumnReader, max_rows: usize) -> ParquetResult<Vec<Option<String>>> {
    let text = |value: ByteArray| {
        let fits = value.len() <= MAX_FACT_BYTES;
        fits.then(|| String::from_utf8(value.data().to_vec()).ok())
            .flatten()
    };
    Ok(match reader {
        ColumnReader::ByteArrayColumnReader(reader) => values(reader, max_rows)?
            .into_iter()
            .map(|value| value.and_then(text))
            .collect(),
        ColumnReader::Int32ColumnReader(reader) => values(reader, max_rows)?
            .into_iter()
            .map(|value| value.map(|value| value.to_string()))
            .collect(),
        ColumnReader::Int64ColumnReader(reader) => values(reader, max_rows)?
            .into_iter()
            .map(|value| value.map(|value| value.to_string()))
            .collect(),
        _ => Vec::new(),
    })
}
