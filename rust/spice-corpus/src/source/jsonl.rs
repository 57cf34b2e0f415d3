//! JSON lines: one object per line, its text under the first of some keys.

use std::fmt;
use std::io::{self, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::lines::{Line, Lines};
use super::pread::PreadReader;
use super::{Admission, Place, Scan};
use crate::blob::Blob;
use crate::progress::Watch;
use crate::store::{Facts, MAX_FACT_BYTES};
use crate::workers::map_until_failure;

/// How much of a plain file one thread reads at a time.
const RANGE_BYTES: u64 = 8 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) fn scan(
    file: &Blob,
    size: u64,
    admission: &Admission,
    watch: Watch<'_>,
) -> Result<Scan, String> {
    let ranges: Vec<u64> = (0..size).step_by(RANGE_BYTES as usize).collect();
    let parts = map_until_failure(
        ranges.len(),
        |place| {
            let range = ranges[place]..size.min(ranges[place] + RANGE_BYTES);
            scan_range(file, range, size, admission, watch)
        },
        |part| {
            part.as_ref()
                .map_or(true, |(scan, _)| scan.ends_build(admission))
        },
    );
    let mut whole = Scan::default();
    let mut lines_before = 0_u32;
    for part in parts {
        let (mut part, num_lines) = part.map_err(|error| format!("cannot read: {error}"))?;
        for ordinal in part
            .records
            .iter_mut()
            .map(|record| &mut record.ordinal)
            .chain(part.faults.iter_mut().map(|fault| &mut fault.ordinal))
        {
            *ordinal = ordinal.saturating_add(lines_before);
        }
        whole.append(part);
        lines_before = lines_before.saturating_add(num_lines);
    }
    Ok(whole)
}

/// The lines that begin inside `range`, and how many they are.
fn scan_range(
    file: &Blob,
    range: std::ops::Range<u64>,
    size: u64,
    admission: &Admission,
    watch: Watch<'_>,
) -> io::Result<(Scan, u32)> {
    let mut scan = Scan::default();
    let Some(first) = first_line(file, &range, watch)? else {
        return Ok((scan, 0));
    };
    let reader = PreadReader::new(file, first, size, watch);
    let num_lines = scan_lines(reader, first, Some(range.end), admission, &mut scan)?;
    Ok((scan, num_lines))
}

/// Where the first line that begins inside `range` begins.
fn first_line(
    file: &Blob,
    range: &std::ops::Range<u64>,
    watch: Watch<'_>,
) -> io::Result<Option<u64>> {
    if range.start == 0 {
        return Ok(Some(0));
    }
    // A line feed right before the range makes its first byte a line's first byte.
    let mut position = range.start - 1;
    let mut buffer = vec![0; 1 << 16];
    let mut reader = PreadReader::new(file, position, range.end - 1, watch);
    loop {
        let num_read = reader.read(&mut buffer)?;
        if num_read == 0 {
            return Ok(None);
        }
        if let Some(found) = memchr::memchr(b'\n', &buffer[..num_read]) {
            return Ok(Some(position + found as u64 + 1));
        }
        position += num_read as u64;
    }
}

/// Takes in the lines of `reader` that begin before `end`; gives their number, blank ones included.
pub(super) fn scan_lines(
    reader: impl Read,
    offset: u64,
    end: Option<u64>,
    admission: &Admission,
    scan: &mut Scan,
) -> io::Result<u32> {
    let mut lines = Lines::new(reader, offset);
    let mut num_lines = 0_u32;
    while end.is_none_or(|end| lines.offset() < end) && !scan.ends_build(admission) {
        let Some(line) = lines.next()? else { break };
        num_lines = num_lines.saturating_add(1);
        match line {
            Line::TooLong(_, length) => scan.fault(
                num_lines,
                format!("a line of {length} bytes; a document has at most 256 MiB"),
            ),
            Line::Whole(_, line) if is_blank(line) => {}
            Line::Whole(offset, line) => {
                let place = Place {
                    ordinal: num_lines,
                    offset,
                    length: line.len() as u32,
                };
                let text = text_of_line(line, &admission.text_keys);
                scan.admit(admission, place, text.as_deref().map_err(Clone::clone));
            }
        }
    }
    Ok(num_lines)
}

/// The text of one line: the string under the first of `keys` that the object has (of equal keys the last counts, as
/// in Python). A byte order mark before it is passed over.
///
/// # Errors
/// Why the line holds no text: no JSON, no object, none of the keys, or not a string under it.
pub(crate) fn text_of_line(line: &[u8], keys: &[String]) -> Result<String, String> {
    parse(line, keys, None)
}

/// The text of one line as [`text_of_line`] gives it, and what the line says of it besides.
///
/// # Errors
/// As for [`text_of_line`].
pub(crate) fn parse_line(line: &[u8], keys: &[String]) -> Result<(String, Facts), String> {
    let mut facts = Facts::default();
    let text = parse(line, keys, Some(&mut facts))?;
    Ok((text, facts))
}

fn parse(line: &[u8], keys: &[String], facts: Option<&mut Facts>) -> Result<String, String> {
    let line = unmarked(line);
    if line.starts_with(b"\xFF\xFE") || line.starts_with(b"\xFE\xFF") {
        return Err("UTF-16; JSON lines are read as UTF-8: convert the file".to_owned());
    }
    let mut parser = serde_json::Deserializer::from_slice(line);
    let found = TextOf { keys, facts }
        .deserialize(&mut parser)
        .and_then(|found| parser.end().map(|()| found))
        .map_err(|error| {
            let message = error
                .to_string()
                .replace(" at line 1 column ", " at column ");
            format!("not a JSON object that can be read: {message}")
        })?;
    match found {
        Found {
            value: Some((_, Value::Text(text))),
            ..
        } => Ok(text),
        Found {
            value: Some((key, Value::Other(kind))),
            ..
        } => Err(format!("{} is {kind}; expected a string", keys[key])),
        Found {
            value: None,
            other_keys,
        } => Err(format!(
            "none of the keys {} is there; it has {}",
            keys.join(", "),
            if other_keys.is_empty() {
                "no keys".to_owned()
            } else {
                other_keys.join(", ")
            }
        )),
    }
}

/// Whether a line holds nothing; such lines count, but are no records.
pub(super) fn is_blank(line: &[u8]) -> bool {
    unmarked(line).trim_ascii().is_empty()
}

/// A line without the byte order mark that may stand before it.
pub(super) fn unmarked(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}

/// Most keys that a message names.
const MAX_KEYS_SHOWN: usize = 8;

struct TextOf<'k> {
    keys: &'k [String],
    facts: Option<&'k mut Facts>,
}

#[derive(Default)]
struct Found {
    value: Option<(usize, Value)>,
    other_keys: Vec<String>,
}

enum Value {
    Text(String),
    Other(&'static str),
}

impl<'de> DeserializeSeed<'de> for TextOf<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TextOf<'_> {
    type Value = Found;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(key) = map.next_key::<String>()? {
            let rank = self.keys.iter().position(|wanted| *wanted == key);
            let best = found.value.as_ref().map_or(usize::MAX, |&(rank, _)| rank);
            match rank {
                Some(rank) if rank <= best => {
                    found.value = Some((rank, map.next_value_seed(AnyValue)?));
                }
                _ => {
                    // Looked for only where somebody wants them.
                    match self.facts.as_mut().and_then(|facts| facts.slot(&key)) {
                        Some(slot) => *slot = fact_of(&map.next_value()?),
                        None => map.next_value::<IgnoredAny>().map(drop)?,
                    }
                    if found.value.is_none() && found.other_keys.len() < MAX_KEYS_SHOWN {
                        found.other_keys.push(key);
                    }
                }
            }
        }
        Ok(found)
    }
}

/// A fact as text: strings, numbers and truth values; nothing else, and nothing of more than 4,096 bytes.
fn fact_of(value: &serde_json::Value) -> Option<String> {
    let fact = match value {
        serde_json::Value::String(fact) => fact.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    Some(fact).filter(|fact| fact.len() <= MAX_FACT_BYTES)
}

/// A string, or the name of what else it is.
struct AnyValue;

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other("null"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other("a boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other("an object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> Result<String, String> {
        text_of_line(line.as_bytes(), &["text".to_owned(), "orig_doc".to_owned()])
    }

    #[test]
    fn the_first_key_of_the_list_wins_wherever_it_stands() {
        assert_eq!(text(r#"{"orig_doc": "b", "text": "a"}"#).unwrap(), "a");
        assert_eq!(text(r#"{"text": "a", "orig_doc": null}"#).unwrap(), "a");
        assert_eq!(text(r#"{"orig_doc": "b", "id": 7}"#).unwrap(), "b");
        assert_eq!(text(r#"{"text": "a", "text": "c"}"#).unwrap(), "c");
        assert_eq!(
            text("\u{FEFF}{\"te\\u0078t\": \"\\ud83d\\ude00\"}").unwrap(),
            "😀"
        );
    }

    #[test]
    fn a_line_without_text_says_what_it_has() {
        for (line, expected) in [
            (r#"{"text": null}"#, "text is null; expected a string"),
            (
                r#"{"text": [1, {"a": []}]}"#,
                "text is a list; expected a string",
            ),
            (
                r#"{"text": {"a": 1}}"#,
                "text is an object; expected a string",
            ),
            (r#"{"text": 1.5}"#, "text is a number; expected a string"),
            (
                r#"{"id": 1, "body": ""}"#,
                "none of the keys text, orig_doc is there; it has id, body",
            ),
            (
                "{}",
                "none of the keys text, orig_doc is there; it has no keys",
            ),
            (
                "[1]",
                "not a JSON object that can be read: invalid type: sequence, expected an object at column 0",
            ),
            (
                r#"{"text": "a"} x"#,
                "not a JSON object that can be read: trailing characters at column 15",
            ),
        ] {
            assert_eq!(text(line).unwrap_err(), expected);
        }
        for line in [r#"{"text": "\ud800"}"#, r#"{"text": "a"#, "", "nul"] {
            assert!(text(line).is_err(), "{line}");
        }
        assert!(text_of_line(b"{\"text\": \"\xFF\"}", &["text".to_owned()]).is_err());
    }
}
