//! Values of other columns than the text: what filters compare.

use std::fmt;

use parquet::basic::Type;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::FileReader;
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};

use super::jsonl::unmarked;
use super::parquet::{ParquetFile, no_panic};

/// Values decoded at a time.
const BATCH_ROWS: usize = 1_024;

/// A value that can be compared. Truth values are the texts `true` and `false`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Integers beyond 2^53 are rounded.
    Number(f64),
    Text(String),
}

/// The values under some keys of a JSON line, place i for `keys[i]`; none for a key that is not there, null, or holds a
/// list or an object. Of equal keys the last counts.
///
/// # Errors
/// The line is no JSON object.
pub(crate) fn values_of_line(line: &[u8], keys: &[&str]) -> Result<Vec<Option<Value>>, String> {
    let mut parser = serde_json::Deserializer::from_slice(unmarked(line));
    parser
        .deserialize_map(ValuesUnder { keys })
        .map_err(|error| format!("not a JSON object that can be read: {error}"))
}

struct ValuesUnder<'a> {
    keys: &'a [&'a str],
}

impl<'de> Visitor<'de> for ValuesUnder<'_> {
    type Value = Vec<Option<Value>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = vec![None; self.keys.len()];
        while let Some(place) = map.next_key_seed(PlaceOf { keys: self.keys })? {
            match place {
                Some(place) => values[place] = map.next_value_seed(OneValue)?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}

/// Which of the keys a key is.
struct PlaceOf<'a> {
    keys: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for PlaceOf<'_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for PlaceOf<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.keys.iter().position(|&known| known == key))
    }
}

struct OneValue;

impl<'de> DeserializeSeed<'de> for OneValue {
    type Value = Option<Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneValue {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Value::Text(value.to_string())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Value::Number(value as f64)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Value::Number(value as f64)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Value::Number(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Value::Text(value.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl ParquetFile {
    /// Number of a column of plain values.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let is_it = |column: &parquet::schema::types::ColumnDescPtr| {
            column.path().parts() == [name] && column.max_rep_level() == 0
        };
        schema.columns().iter().position(is_it)
    }

    /// Rows of a row group; none beyond the last.
    pub(crate) fn num_rows(&self, group: usize) -> Option<u64> {
        let groups = self.reader.metadata().row_groups();
        u64::try_from(groups.get(group)?.num_rows()).ok()
    }

    /// The values of one column in one row group, one for each row; none for null.
    ///
    /// # Errors
    /// Why it cannot be decoded.
    pub(crate) fn values(&self, group: usize, column: usize) -> Result<Vec<Option<Value>>, String> {
        no_panic(|| {
            self.decode_values(group, column)
                .map_err(|error| error.to_string())
        })
        .map_err(|error| format!("row group {group}: {error}"))
    }

    fn decode_values(&self, group: usize, column: usize) -> ParquetResult<Vec<Option<Value>>> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let is_nullable = schema.column(column).max_def_level() > 0;
        match self
            .reader
            .get_row_group(group)?
            .get_column_reader(column)?
        {
            ColumnReader::BoolColumnReader(reader) => {
                read(reader, is_nullable, |value| Value::Text(value.to_string()))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                read(reader, is_nullable, |&value| Value::Number(value.into()))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                read(reader, is_nullable, |&value| Value::Number(value as f64))
            }
            ColumnReader::FloatColumnReader(reader) => {
                read(reader, is_nullable, |&value| Value::Number(value.into()))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                read(reader, is_nullable, |&value| Value::Number(value))
            }
            ColumnReader::ByteArrayColumnReader(reader) => read(reader, is_nullable, |value| {
                Value::Text(String::from_utf8_lossy(value.data()).into_owned())
            }),
            ColumnReader::Int96ColumnReader(_) => Err(unsupported(Type::INT96)),
            ColumnReader::FixedLenByteArrayColumnReader(_) => {
                Err(unsupported(Type::FIXED_LEN_BYTE_ARRAY))
            }
        }
    }
}

fn unsupported(kind: Type) -> ParquetError {
    ParquetError::General(format!(
        "the column holds {kind}; expected numbers or strings"
    ))
}

fn read<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    is_nullable: bool,
    value_of: impl Fn(&T::T) -> Value,
) -> ParquetResult<Vec<Option<Value>>> {
    let (mut found, mut levels, mut values) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        levels.clear();
        values.clear();
        let levels_if_any = is_nullable.then_some(&mut levels);
        let (num_rows, ..) = reader.read_records(BATCH_ROWS, levels_if_any, None, &mut values)?;
        if num_rows == 0 {
            return Ok(found);
        }
        let mut values = values.iter();
        found.extend((0..num_rows).map(|row| {
            // With one level of nesting, level 1 is a value and level 0 a null.
            let is_null = levels.get(row) == Some(&0);
            if is_null {
                None
            } else {
                values.next().map(&value_of)
            }
        }));
    }
}
