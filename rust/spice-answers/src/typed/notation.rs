//! Small notations that are no formulas: truth values, ratios, numbers of another base.

use num_bigint::BigUint;

/// True or false; the flag is for one letter, which only a task about truth means.
pub(crate) fn truth(text: &str) -> Option<(bool, bool)> {
    let text = text.trim_end_matches('.').trim_matches('"');
    if text.len() > "incorrect".len()
        || !text.starts_with(|first: char| first.is_ascii_alphabetic())
    {
        return None;
    }
    let value = match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "correct" => (true, false),
        "false" | "no" | "incorrect" => (false, false),
        "t" | "y" => (true, true),
        "f" | "n" => (false, true),
        _ => return None,
    };
    Some(value)
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
    fn bases_are_read() {
        let based = |text| Based::read(text).unwrap();
        assert_eq!(based("0x1F"), based("1F_{16}"));
        assert_eq!(based("1011_2"), based("1011 (base 2)"));
        assert_eq!(based("(1011)_{2}"), based("0b1011"));
        assert_eq!(Based::read("19_8"), None);
        assert_eq!(Based::read("x_1"), None);
    }
}
