//! The JSON object that a response ends with, found in one pass with an explicit stack.
//!
//! Strict JSON but for two things that language models do all the time: a backslash before a character that JSON does not
//! escape (`\alpha`, `\(`) stands for itself, and line ends and tabs may stand in strings as they are. `\b`, `\f`, `\n`,
//! `\r` and `\t` keep the meaning JSON gives them.

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::limits::{JSON_READS, JSON_READS_PER_BYTE, MAX_JSON_DEPTH};

/// What the search came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// Text of the last object that is complete and inside no other one.
    Object(&'a str),
    /// There is none, but one was begun and never closed.
    Truncated,
    /// There is none.
    Nothing,
}

/// A value inside a complete object; texts are raw, without their delimiters only in the case of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    String(&'a str),
    Number(&'a str),
    Bool(bool),
    Null,
    Array(&'a str),
    Object(&'a str),
}

impl<'a> Value<'a> {
    /// The text of a string or number.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::String(raw) => Some(unescaped(raw)),
            Self::Number(number) => Some(Cow::Borrowed(number)),
            _ => None,
        }
    }
}

/// The last complete top-level object. What does not parse (LaTeX braces, a spoilt draft) is skipped; the inside of an
/// object that the text's end cuts off is not searched.
pub(crate) fn last_object(text: &str) -> Found<'_> {
    let bytes = text.as_bytes();
    let mut found = Found::Nothing;
    let mut resume = 0;
    let mut reads_left = JSON_READS + JSON_READS_PER_BYTE * bytes.len();
    for start in memchr_iter(b'{', bytes) {
        if start < resume {
            continue;
        }
        let (scan, end) = scan_object(bytes, start);
        match scan {
            Scan::Complete => {
                found = Found::Object(&text[start..end]);
                resume = end;
            }
            Scan::Spoilt => {}
            Scan::CutOff { begun } => {
                if begun && found == Found::Nothing {
                    found = Found::Truncated;
                }
                break;
            }
        }
        match reads_left.checked_sub(end - start) {
            Some(left) => reads_left = left,
            None => break,
        }
    }
    found
}

enum Scan {
    Complete,
    /// Not JSON.
    Spoilt,
    /// JSON up to the end of the text; `begun` once it has a quote.
    CutOff {
        begun: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    FirstKey,
    Key,
    Colon,
    FirstElement,
    Value,
    Separator,
}

/// Parses the object whose brace stands at `start`; also where the parse ended.
fn scan_object(bytes: &[u8], start: usize) -> (Scan, usize) {
    let mut objects = [false; MAX_JSON_DEPTH]; // for every open container, whether it is an object
    objects[0] = true;
    let mut depth = 1;
    let mut expect = Expect::FirstKey;
    let mut at = start + 1;
    loop {
        at += spaces(&bytes[at..]);
        let Some(&byte) = bytes.get(at) else {
            return (
                Scan::CutOff {
                    begun: expect != Expect::FirstKey || depth > 1,
                },
                at,
            );
        };
        match (expect, byte) {
            (Expect::FirstKey | Expect::Key | Expect::FirstElement | Expect::Value, b'"') => {
                match string_end(bytes, at + 1) {
                    Ok(end) => at = end + 1,
                    Err(StringFault::CutOff) => return (Scan::CutOff { begun: true }, bytes.len()),
                    Err(StringFault::Control(at)) => return (Scan::Spoilt, at),
                }
                let key = matches!(expect, Expect::FirstKey | Expect::Key);
                expect = if key {
                    Expect::Colon
                } else {
                    Expect::Separator
                };
            }
            (Expect::Colon, b':') => {
                expect = Expect::Value;
                at += 1;
            }
            (Expect::FirstElement | Expect::Value, b'{' | b'[') => {
                if depth == MAX_JSON_DEPTH {
                    return (Scan::Spoilt, at);
                }
                objects[depth] = byte == b'{';
                expect = if byte == b'{' {
                    Expect::FirstKey
                } else {
                    Expect::FirstElement
                };
                depth += 1;
                at += 1;
            }
            (Expect::Separator, b',') => {
                expect = if objects[depth - 1] {
                    Expect::Key
                } else {
                    Expect::Value
                };
                at += 1;
            }
            (Expect::FirstKey | Expect::FirstElement | Expect::Separator, b'}' | b']')
                if objects[depth - 1] == (byte == b'}') =>
            {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return (Scan::Complete, at);
                }
                expect = Expect::Separator;
            }
            (Expect::FirstElement | Expect::Value, _) => {
                let end = at + scalar_length(&bytes[at..]);
                if end == bytes.len() {
                    return (Scan::CutOff { begun: true }, end);
                }
                if !is_scalar(&bytes[at..end]) {
                    return (Scan::Spoilt, end);
                }
                at = end;
                expect = Expect::Separator;
            }
            _ => return (Scan::Spoilt, at),
        }
    }
}

enum StringFault {
    CutOff,
    Control(usize),
}

/// Where the string that begins at `at` has its closing quote.
fn string_end(bytes: &[u8], mut at: usize) -> Result<usize, StringFault> {
    loop {
        match bytes.get(at) {
            None => return Err(StringFault::CutOff),
            Some(b'"') => return Ok(at),
            Some(b'\\') => at += 2,
            Some(b'\t' | b'\n' | b'\r') => at += 1,
            Some(0..0x20) => return Err(StringFault::Control(at)),
            Some(_) => at += 1,
        }
    }
}

fn spaces(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| b" \t\n\r".contains(byte))
        .count()
}

fn scalar_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
        .count()
}

/// A number by JSON's grammar, or one of the three names.
fn is_scalar(token: &[u8]) -> bool {
    if matches!(token, b"true" | b"false" | b"null") {
        return true;
    }
    let digits = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut rest = token.strip_prefix(b"-").unwrap_or(token);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(after) = rest.strip_prefix(b".") {
        let fraction = digits(after);
        if fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    }
    if let [b'e' | b'E', after @ ..] = rest {
        let after = after
            .strip_prefix(b"+")
            .or_else(|| after.strip_prefix(b"-"))
            .unwrap_or(after);
        return !after.is_empty() && digits(after) == after.len();
    }
    rest.is_empty()
}

/// Keys and values of a complete object, in order; a key may repeat.
pub(crate) fn members(object: &str) -> Vec<(Cow<'_, str>, Value<'_>)> {
    let mut reader = Reader { rest: &object[1..] };
    let mut members = Vec::new();
    while reader.more() {
        let Value::String(key) = reader.value() else {
            break;
        };
        reader.more();
        members.push((unescaped(key), reader.value()));
    }
    members
}

/// Values of a complete array, in order.
pub(crate) fn elements(array: &str) -> Vec<Value<'_>> {
    let mut reader = Reader { rest: &array[1..] };
    let mut elements = Vec::new();
    while reader.more() {
        elements.push(reader.value());
    }
    elements
}

/// Walks through text that is known to parse.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Goes to the next value, over spaces, commas and colons; false at the end of the container.
    fn more(&mut self) -> bool {
        self.rest = self
            .rest
            .trim_start_matches([' ', '\t', '\n', '\r', ',', ':']);
        !self.rest.starts_with(['}', ']'])
    }

    fn value(&mut self) -> Value<'a> {
        let bytes = self.rest.as_bytes();
        let (length, value) = match bytes[0] {
            b'"' => {
                let end = string_end(bytes, 1).unwrap_or(bytes.len());
                (end + 1, Value::String(&self.rest[1..end]))
            }
            b'{' => {
                let length = container_length(bytes);
                (length, Value::Object(&self.rest[..length]))
            }
            b'[' => {
                let length = container_length(bytes);
                (length, Value::Array(&self.rest[..length]))
            }
            _ => {
                let length = scalar_length(bytes);
                let value = match &self.rest[..length] {
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    "null" => Value::Null,
                    number => Value::Number(number),
                };
                (length, value)
            }
        };
        self.rest = &self.rest[length..];
        value
    }
}

fn container_length(bytes: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    loop {
        match bytes[at] {
            b'"' => at = string_end(bytes, at + 1).unwrap_or(bytes.len()),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

/// The text that a string's inside stands for. Half a surrogate pair becomes U+FFFD.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else {
            break;
        };
        rest = &rest[escape.len_utf8()..];
        match escape {
            '"' | '\\' | '/' => out.push(escape),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => match hex(rest) {
                Some(unit) => {
                    rest = &rest[4..];
                    let pair = rest
                        .strip_prefix("\\u")
                        .and_then(hex)
                        .filter(|_| (0xd800..0xdc00).contains(&unit));
                    if let Some(low) = pair.filter(|low| (0xdc00..0xe000).contains(low)) {
                        rest = &rest[6..];
                        let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    } else {
                        out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
                None => out.push_str("\\u"),
            },
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Four hexadecimal digits at the front.
fn hex(text: &str) -> Option<u32> {
    let digits = text
        .get(..4)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_complete_object_wins() {
        assert_eq!(
            last_object(r#"{"a": 1} and {"b": {"c": 2}} so"#),
            Found::Object(r#"{"b": {"c": 2}}"#)
        );
        assert_eq!(
            last_object(r#"{"a": 1} and {"b": {"c": 2}"#),
            Found::Object(r#"{"a": 1}"#)
        );
    }

    #[test]
    fn braces_that_are_not_json_are_skipped() {
        assert_eq!(
            last_object(r#"\boxed{x} {y} {"a": "}{"} \frac{1}{2}"#),
            Found::Object(r#"{"a": "}{"}"#)
        );
        assert_eq!(
            last_object(r#"a stray {" then {"a": "b"}"#),
            Found::Object(r#"{"a": "b"}"#)
        );
        assert_eq!(last_object(r"\boxed{"), Found::Nothing);
    }

    #[test]
    fn an_object_cut_off_is_told_from_none() {
        for text in [
            r#"{"a"#,
            r#"{"a": {"b": 1}, "#,
            r#"{"a": tr"#,
            r#"{"a": [1, 2"#,
        ] {
            assert_eq!(last_object(text), Found::Truncated, "{text}");
        }
    }

    #[test]
    fn json_is_strict() {
        for text in [
            r#"{"a": 01}"#,
            r#"{"a": 1.}"#,
            r#"{"a": 1,}"#,
            r"{'a': 1}",
            r#"{"a": NaN}"#,
            r#"{"a" 1}"#,
            r#"{"a": [1}}"#,
            "{\"a\": \"\u{1}\"}",
        ] {
            assert_eq!(last_object(text), Found::Nothing, "{text}");
        }
    }

    #[test]
    fn unknown_escapes_stand_for_themselves() {
        assert_eq!(
            unescaped(r"\alpha \(x\) \underline \u12"),
            r"\alpha \(x\) \underline \u12"
        );
        assert_eq!(
            unescaped(r#"\n\"\\\/é 😀 \ud83d"#),
            "\n\"\\/é \u{1f600} \u{fffd}"
        );
    }

    #[test]
    fn members_and_elements_come_in_order() {
        let object = r#" { "a\n" : [1, "x,]", {}], "b":null , "b":true}"#.trim();
        let found = members(object);
        assert_eq!(
            found[0],
            (Cow::from("a\n"), Value::Array(r#"[1, "x,]", {}]"#))
        );
        assert_eq!(
            found[1..],
            [
                (Cow::from("b"), Value::Null),
                (Cow::from("b"), Value::Bool(true))
            ]
        );
        let expected = [
            Value::Number("1"),
            Value::String("x,]"),
            Value::Object("{}"),
        ];
        assert_eq!(elements(r#"[1, "x,]", {}]"#), expected);
    }

    #[test]
    fn hostile_nesting_costs_no_more_than_its_reads() {
        for unit in ["{\"a\":", "{", "{\"", "[{\"a\": [", "{\"a\":{\"a\":1},"] {
            let text = unit.repeat(100_000);
            assert_ne!(last_object(&text), Found::Object(""));
        }
    }
}
