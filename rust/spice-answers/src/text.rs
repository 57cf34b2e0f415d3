//! When two canonical texts say the same.

use crate::number::{self, Reading};
use crate::policy::Policy;
use crate::verdict::Rule;

/// A canonical text compared as prose: without case, trailing period and outer article. Empty says nothing.
pub(crate) fn same_prose(a: &str, b: &str) -> bool {
    let (a, b) = (prose(a), prose(b));
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b) && !a.is_empty();
    }
    a.to_lowercase() == b.to_lowercase()
}

/// The part of a canonical text that prose is compared by; case still stands.
pub(crate) fn prose(text: &str) -> &str {
    let text = text.strip_suffix('.').unwrap_or(text).trim_matches(' ');
    for article in ["the ", "an ", "a "] {
        if let Some((first, rest)) = text.split_at_checked(article.len())
            && first.eq_ignore_ascii_case(article)
            && !rest.is_empty()
        {
            return rest;
        }
    }
    text
}

/// Two canonical texts compared as formulas: case counts, spaces that separate nothing do not.
pub(crate) fn same_formula(a: &str, b: &str) -> bool {
    let (a, b) = (without_period(a), without_period(b));
    if a.contains(' ') || b.contains(' ') {
        return !a.is_empty() && formula(a) == formula(b);
    }
    a == b && !a.is_empty()
}

/// The part of a canonical text that formulas are compared by; spaces still stand.
pub(crate) fn without_period(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text).trim_matches(' ')
}

/// A text without the spaces that separate nothing. Those between digits, between a command and a letter, and after
/// the comma of what would otherwise read as thousands are kept.
fn formula(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in memchr::memchr_iter(b' ', bytes) {
        out.push_str(&text[from..at]);
        from = at + 1;
        let (before, after) = (bytes[at - 1], &bytes[at + 1..]);
        let is_digit = |byte: u8| byte.is_ascii_digit();
        let digits_meet = (is_digit(before) || before == b'.')
            && (is_digit(after[0]) || b".,".contains(&after[0]));
        let command_ends = after[0].is_ascii_alphabetic() && ends_in_command(&bytes[..at]);
        let thousands_meet = before == b','
            && at > 1
            && is_digit(bytes[at - 2])
            && after
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
                == 3;
        if digits_meet || command_ends || thousands_meet {
            out.push(' ');
        }
    }
    out.push_str(&text[from..]);
    out
}

fn ends_in_command(bytes: &[u8]) -> bool {
    let letters = bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    letters > 0 && letters < bytes.len() && bytes[bytes.len() - letters - 1] == b'\\'
}

/// Whether a gold of unknown kind is compared as a formula: it has an operator, or no two letters in a row.
pub(crate) fn looks_like_mathematics(text: &str) -> bool {
    if text.bytes().any(|byte| b"\\^_=+*/<>|([{".contains(&byte)) {
        return true;
    }
    let mut before = false;
    for char in text.chars() {
        let letter = char.is_ascii_alphabetic() || !char.is_ascii();
        if before && letter {
            return false;
        }
        before = letter;
    }
    true
}

/// A canonical text that may name one of several options; its number is read once.
pub(crate) struct AsOption<'a> {
    text: &'a str,
    number: Reading<'a>,
}

impl<'a> AsOption<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let number = number::read(text);
        Self { text, number }
    }

    /// Whether this option is meant: by the same prose, or by exactly the same number.
    pub(crate) fn is(&self, option: &str) -> bool {
        if same_prose(self.text, option) {
            return true;
        }
        let Reading::Number(mine) = &self.number else {
            return false;
        };
        let Reading::Number(other) = number::read(option) else {
            return false;
        };
        number::compare(mine, &other, Policy::STRICT) == Rule::EqualNumber
    }
}
