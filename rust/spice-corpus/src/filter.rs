//! Filters by columns: which documents satisfy `column comparison value`, as keep-bits.

use std::cmp::Ordering;
use std::str::FromStr;
use std::sync::atomic::AtomicBool;

use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::keep::KeepBits;
use crate::progress::{Progress, Watch};
use crate::read::Reader;
use crate::source::{Format, Value, values_of_line};
use crate::store::Facts;

/// The column that every corpus has: bytes of the document's text.
const NUM_BYTES: &str = "num_bytes";

/// A column compared with a value, such as `quality >= 0.5`, `language = en` or `num_bytes < 100000`.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    column: String,
    comparison: Comparison,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// Longer signs first: `<=` is not `<`.
const COMPARISONS: [(&str, Comparison); 7] = [
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("!=", Comparison::NotEqual),
    ("==", Comparison::Equal),
    ("=", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl FromStr for Predicate {
    type Err = CorpusError;

    /// `column comparison value`. What reads as a number is one; a text may stand in double quotes.
    fn from_str(written: &str) -> Result<Self, CorpusError> {
        let unusable = || CorpusError::Argument {
            name: "where",
            found: written.to_owned(),
            expected: "column, comparison and value, such as `quality >= 0.5` or `language = en`",
        };
        let place = written.find(['<', '>', '=', '!']).ok_or_else(unusable)?;
        let (column, rest) = written.split_at(place);
        let found = COMPARISONS
            .iter()
            .find_map(|&(sign, comparison)| Some((rest.strip_prefix(sign)?, comparison)));
        let (value, comparison) = found.ok_or_else(unusable)?;
        let (column, value) = (column.trim(), value.trim());
        if column.is_empty() || value.is_empty() {
            return Err(unusable());
        }
        let quoted = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let value = match (quoted, value.parse::<f64>()) {
            (Some(text), _) => Value::Text(text.to_owned()),
            (None, Ok(number)) if number.is_finite() => Value::Number(number),
            _ => Value::Text(value.to_owned()),
        };
        Ok(Self {
            column: column.to_owned(),
            comparison,
            value,
        })
    }
}

impl Predicate {
    /// Whether a document with this value is kept; none for a value of the other kind.
    fn holds(&self, found: &Value) -> Option<bool> {
        let order = match (found, &self.value) {
            (Value::Number(found), Value::Number(value)) => found.partial_cmp(value),
            (Value::Text(found), Value::Text(value)) => Some(found.cmp(value)),
            _ => return None,
        };
        Some(match self.comparison {
            Comparison::Less => order == Some(Ordering::Less),
            Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Comparison::Equal => order == Some(Ordering::Equal),
            Comparison::NotEqual => order != Some(Ordering::Equal),
            Comparison::GreaterOrEqual => {
                matches!(order, Some(Ordering::Greater | Ordering::Equal))
            }
            Comparison::Greater => order == Some(Ordering::Greater),
        })
    }
}

/// What a filter keeps, and what it could not compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filtered {
    /// Documents that satisfy every predicate.
    pub bits: KeepBits,
    /// Documents without a value in one of the columns; they are dropped.
    pub num_without_value: u64,
    /// Documents whose value is a text where the predicate has a number, or the other way round; they are dropped.
    pub num_of_other_kind: u64,
}

/// Keeps the documents that satisfy every predicate.
///
/// `num_bytes` is the length of a document's text. Other columns are read once from the sources where they lie: keys of
/// JSON lines and columns of Parquet files. A packed corpus carries `id`, `source`, `url` and `license`; as its hash is that
/// of the same texts in place, a filter made there serves for both.
///
/// # Errors
/// No predicates, a column that no document has, a source that is gone or changed, or `stop` was set.
pub fn filter(
    corpus: &Corpus,
    predicates: &[Predicate],
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<Filtered, CorpusError> {
    if predicates.is_empty() {
        return Err(CorpusError::Argument {
            name: "where",
            found: "nothing".to_owned(),
            expected: "at least one comparison",
        });
    }
    let watch = Watch::new(progress, stop);
    progress.set_total(corpus.num_documents());
    let mut filtered = Filtered {
        bits: KeepBits::none(corpus.num_documents()),
        num_without_value: 0,
        num_of_other_kind: 0,
    };
    let mut is_known = vec![false; predicates.len()];
    let names: Vec<&str> = predicates.iter().map(|one| one.column.as_str()).collect();
    let mut take = |document: u64, values: &[Option<Value>]| {
        let mut is_kept = true;
        let (mut has_all, mut has_kinds) = (true, true);
        for ((predicate, value), is_known) in predicates.iter().zip(values).zip(&mut is_known) {
            *is_known |= value.is_some();
            match value.as_ref().map(|value| predicate.holds(value)) {
                None => has_all = false,
                Some(None) => has_kinds = false,
                Some(Some(holds)) => is_kept &= holds,
            }
        }
        filtered.num_without_value += u64::from(!has_all);
        filtered.num_of_other_kind += u64::from(has_all && !has_kinds);
        filtered.bits.set(document, is_kept && has_all && has_kinds);
        watch.advance(1);
        watch.check()
    };
    each_document(corpus, &names, &mut take)?;
    let unknown = names.iter().zip(is_known).find(|(_, is_known)| !is_known);
    if let Some((name, _)) = unknown {
        return Err(CorpusError::Argument {
            name: "where",
            found: format!("column {name}, which no document has"),
            expected: "num_bytes, a key of JSON lines or a Parquet column of an in-place corpus (its .keep file serves for the packed one too), or id, source, url, license of a packed one",
        });
    }
    Ok(filtered)
}

/// Gives every document's values of some columns, in the order of the documents.
fn each_document(
    corpus: &Corpus,
    names: &[&str],
    take: &mut impl FnMut(u64, &[Option<Value>]) -> Result<(), CorpusError>,
) -> Result<(), CorpusError> {
    let (reader, catalogue) = (corpus.reader(), corpus.catalogue());
    let needs_sources = names.iter().any(|&name| name != NUM_BYTES);
    for source in 0..catalogue.num_sources() {
        let documents = catalogue.documents_of(source)?;
        let format = catalogue.source(source)?.format;
        let mut group = None;
        for document in documents {
            let mut values = match format {
                _ if !needs_sources => vec![None; names.len()],
                Format::Text => vec![None; names.len()],
                Format::Jsonl | Format::JsonlGzip | Format::JsonlZstd => {
                    reader.with_line(document, |line| values_of_line(line, names))?
                }
                Format::Parquet => parquet_values(reader, document, names, &mut group)?,
                Format::Spk => values_of_facts(reader.place(document)?.facts, names),
            };
            for (value, &name) in values.iter_mut().zip(names) {
                if name == NUM_BYTES {
                    *value = Some(Value::Number(catalogue.text_bytes(document) as f64));
                }
            }
            take(document, &values)?;
        }
    }
    Ok(())
}

fn values_of_facts(mut facts: Facts, names: &[&str]) -> Vec<Option<Value>> {
    let value = |name: &&str| facts.slot(name)?.clone().map(Value::Text);
    names.iter().map(value).collect()
}

/// The columns of one row group of the source at hand.
struct Group {
    number: usize,
    /// Rows of its file before its first.
    first_row: u64,
    columns: Vec<Option<Vec<Option<Value>>>>,
    num_rows: u64,
}

/// The values of a row of a Parquet file; `group` is the row group of the document before, if it was of the same file.
fn parquet_values(
    reader: &Reader,
    document: u64,
    names: &[&str],
    group: &mut Option<Group>,
) -> Result<Vec<Option<Value>>, CorpusError> {
    reader.with_parquet(document, |file, row| {
        while group
            .as_ref()
            .is_none_or(|group| row >= group.first_row + group.num_rows)
        {
            let (number, first_row) = group.as_ref().map_or((0, 0), |group| {
                (group.number + 1, group.first_row + group.num_rows)
            });
            let num_rows = file.num_rows(number).ok_or("fewer rows")?;
            // Groups that no document is in are passed over.
            let is_here = row < first_row + num_rows;
            let column = |name: &&str| match file.column(name) {
                Some(column) if is_here => file.values(number, column).map(Some),
                _ => Ok(None),
            };
            *group = Some(Group {
                number,
                first_row,
                columns: names.iter().map(column).collect::<Result<_, _>>()?,
                num_rows,
            });
        }
        let group = group.as_ref().ok_or("fewer rows")?;
        let place = row - group.first_row;
        let value =
            |column: &Option<Vec<Option<Value>>>| column.as_ref()?.get(place as usize)?.clone();
        Ok(group.columns.iter().map(value).collect())
    })
}
