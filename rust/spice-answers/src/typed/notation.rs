//! Small notations that are no formulas: truth values, ratios, numbers of another base.

use num_bigint::BigUint;

use crate::algebra::rational::Rational;
use crate::syntax::{Kind, tokens};

/// True or false; the flag is for one letter, which only a task about truth means.
pub(crate) fn truth(text: &str) -> Option<(bool, bool)> {
    let value = match text.trim_end_matches('.').to_ascii_lowercase().as_str() {
        "true" | "yes" | "correct" => (true, false),
        "false" | "no" | "incorrect" => (false, false),
        "t" | "y" => (true, true),
        "f" | "n" => (false, true),
        _ => return None,
    };
    Some(value)
}

/// `3:4` and `2:3:5`, divided by their first part. Digits that could be a time are compared as they stand.
pub(crate) fn ratio(text: &str) -> Option<(Vec<Rational>, bool)> {
    // A:B = 3:4 says 3:4.
    let has_name = text.contains('=');
    let text = text.rsplit('=').next()?.trim();
    let list = tokens(text).ok()?;
    let mut parts = Vec::new();
    let mut looks_like_time = false;
    for (place, token) in list.list.iter().enumerate() {
        match token.kind {
            Kind::Number(index) if place % 2 == 0 => {
                parts.push(list.numbers[index as usize].value.clone());
            }
            Kind::Symbol(':') | Kind::Word("to") | Kind::Letters("to") if place % 2 == 1 => {
                looks_like_time |= matches!(token.kind, Kind::Symbol(_));
            }
            _ => return None,
        }
    }
    if !(2..=6).contains(&parts.len())
        || list.list.len() % 2 == 0
        || parts.iter().any(Rational::is_zero)
    {
        return None;
    }
    looks_like_time &= parts.len() == 2
        && !has_name
        && text.rsplit(':').next().is_some_and(|minutes| {
            minutes.len() == 2 && minutes.parse::<u8>().is_ok_and(|minutes| minutes < 60)
        });
    let first = parts[0].clone();
    let parts: Option<Vec<Rational>> = parts.iter().map(|part| part.divide(&first)).collect();
    Some((parts?, looks_like_time))
}

/// A whole number in a base that is written: `1011_2`, `0x1F`, `1F_{16}`, `1011 (base 2)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Based {
    pub(crate) base: u32,
    value: BigUint,
}

impl Based {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches('$');
        if text.len() > 256 {
            return None;
        }
        for (prefix, base) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8)] {
            if let Some(digits) = text.strip_prefix(prefix) {
                return Self::of(digits, base);
            }
        }
        let (digits, base) = if let Some((digits, base)) = text.split_once('_') {
            (digits, base)
        } else {
            let (digits, base) = text.split_once("base")?;
            (
                digits
                    .trim_end_matches(['(', ' ', ','])
                    .trim_end_matches(" in"),
                base.trim_end_matches(')'),
            )
        };
        let base = match base.trim_matches(['{', '}', ' ', '(', ')', '-']) {
            "two" => 2,
            "three" => 3,
            "five" => 5,
            "eight" => 8,
            "ten" => 10,
            "twelve" => 12,
            "sixteen" => 16,
            digits => digits.parse().ok()?,
        };
        let digits = digits.trim();
        let digits = digits
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .unwrap_or(digits);
        Self::of(digits, base)
    }

    /// Bare digits, read in the base of the other side.
    pub(crate) fn of(digits: &str, base: u32) -> Option<Self> {
        let is_plain = digits.bytes().any(|byte| byte.is_ascii_digit()) || base > 10;
        if !(2..=36).contains(&base) || digits.is_empty() || digits.len() > 128 || !is_plain {
            return None;
        }
        let digits: Option<Vec<u8>> = digits
            .bytes()
            .filter(|byte| *byte != b' ' && *byte != b',')
            .map(|byte| char::from(byte).to_digit(base).map(|digit| digit as u8))
            .collect();
        let value = BigUint::from_radix_be(&digits?, base)?;
        Some(Self { base, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_proportions() {
        assert_eq!(ratio("3:4"), ratio("6 : 8"));
        assert_ne!(ratio("3:4"), ratio("4:3"));
        assert_eq!(ratio("3 to 4").unwrap().0, ratio("3:4").unwrap().0);
        assert_eq!(ratio("3:0"), None);
    }

    #[test]
    fn bases_are_read() {
        let based = |text| Based::read(text).unwrap();
        assert_eq!(based("0x1F"), based("1F_{16}"));
        assert_eq!(based("1011_2"), based("1011 (base 2)"));
        assert_eq!(based("(1011)_{2}"), based("0b1011"));
        assert_eq!(Based::read("19_8"), None);
        assert_eq!(Based::read("x_1"), None);
    }
}
