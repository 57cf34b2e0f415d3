//! Digits as people group and point them, as one exact number: `1,234.5`, `1\,234`, `0.1\overline{6}`, `1.5e3`.

use num_bigint::BigInt;

use super::token::Failure;
use super::tree::Number;
use crate::algebra::rational::Rational;

/// Reads one number from the front of a text.
pub(super) struct NumberReader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Digits without separators.
    pub(super) digits: String,
    places: Option<u32>,
}

impl<'a> NumberReader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            digits: String::new(),
            places: None,
        }
    }

    /// One digit and no more.
    pub(super) fn read_digit(&mut self) {
        self.take(1);
    }

    fn digits_at(&self, at: usize) -> usize {
        self.bytes
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    }

    fn take(&mut self, length: usize) {
        let digits = &self.bytes[self.at..self.at + length];
        self.digits
            .extend(digits.iter().map(|&byte| char::from(byte)));
        self.at += length;
    }

    /// Whole part, thousands and decimals; inside brackets a bare comma separates nothing.
    pub(super) fn read(&mut self, in_brackets: bool) -> Result<(), Failure> {
        let whole = self.digits_at(0);
        self.take(whole);
        if (1..=3).contains(&whole) && self.bytes[0] != b'0' {
            self.thousands(in_brackets)?;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            let after = self.digits_at(self.at + 1);
            let repeats = self.bytes[self.at + 1..].starts_with(b"\\overline{")
                || self.bytes[self.at + 1..].starts_with(b"\\dot{")
                || (self.bytes[self.at + 1..].starts_with(b"(") && self.digits_at(self.at + 2) > 0);
            if after > 0 || repeats {
                self.at += 1;
                self.take(after);
                self.places = Some(after as u32);
            }
            if after > 0
                && self.bytes.get(self.at) == Some(&b'.')
                && self.digits_at(self.at + 1) > 0
            {
                return Err(Failure::NotMathematics); // 1.2.3 is a version, not a number
            }
        }
        Ok(())
    }

    /// Groups of three digits behind one separator, the same between all of them.
    fn thousands(&mut self, in_brackets: bool) -> Result<(), Failure> {
        const SEPARATORS: [&[u8]; 8] = [b"{,}", b",\\! ", b",\\!", b"\\,", b",", b"'", b" ", b"."];
        for separator in SEPARATORS {
            let mut end = self.at;
            let mut groups = 0;
            while self.bytes[end..].starts_with(separator)
                && self.digits_at(end + separator.len()) == 3
            {
                end += separator.len() + 3;
                groups += 1;
            }
            if groups == 0 {
                continue;
            }
            let next = self.bytes.get(end).copied();
            let decimal_comma =
                separator == b"." && next == Some(b',') && self.digits_at(end + 1) > 0;
            // One group behind a point is a decimal; `3 141/500` is a mixed number; `(1,234)` are two values.
            let is_number = match separator {
                b"." => groups > 1 || (decimal_comma && self.digits_at(end + 1) != 3),
                b"," => !in_brackets,
                b" " => next != Some(b'/') && !self.bytes[end..].starts_with(b" /"),
                _ => true,
            };
            if !is_number {
                continue;
            }
            for _ in 0..groups {
                self.at += separator.len();
                self.take(3);
            }
            if decimal_comma {
                self.at += 1;
                let after = self.digits_at(self.at);
                self.take(after);
                self.places = Some(after as u32);
            }
            // 1,234,56 and 1,234.567.8 are no numbers in any locale.
            let broken = separator == b","
                && self.bytes.get(self.at) == Some(&b',')
                && self.digits_at(self.at + 1) > 0;
            return if broken {
                Err(Failure::NotMathematics)
            } else {
                Ok(())
            };
        }
        Ok(())
    }

    /// Digits under a bar, under a dot or in brackets: `0.1\overline{6}`, `0.1(6)`.
    pub(super) fn repeating(&mut self) -> Option<String> {
        self.places?;
        let rest = &self.bytes[self.at..];
        let (open, close): (&[u8], u8) = [
            (b"\\overline{".as_slice(), b'}'),
            (b"\\dot{", b'}'),
            (b"(", b')'),
        ]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))?;
        let start = self.at + open.len();
        let length = self.digits_at(start);
        if length == 0 || self.bytes.get(start + length) != Some(&close) {
            return None;
        }
        self.at = start + length + 1;
        Some(
            self.bytes[start..start + length]
                .iter()
                .map(|&byte| char::from(byte))
                .collect(),
        )
    }

    /// `e-5` directly behind the digits.
    pub(super) fn exponent(&mut self) -> Option<i64> {
        if !matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            return None;
        }
        let sign = usize::from(matches!(self.bytes.get(self.at + 1), Some(b'+' | b'-')));
        let start = self.at + 1 + sign;
        let length = self.digits_at(start);
        if length == 0 {
            return None;
        }
        let magnitude = self.bytes[start..start + length]
            .iter()
            .fold(0_i64, |value, &digit| {
                value
                    .saturating_mul(10)
                    .saturating_add(i64::from(digit - b'0'))
            });
        let negative = self.bytes[self.at + 1] == b'-';
        self.at = start + length;
        Some(if negative { -magnitude } else { magnitude })
    }

    pub(super) fn value(&self, repeating: Option<&str>, exponent: Option<i64>) -> Option<Number> {
        let ten = Rational::integer(10);
        let places = i64::from(self.places.unwrap_or(0));
        let exponent = exponent.unwrap_or(0);
        let mut value = from_digits(&self.digits)?;
        if let Some(repeating) = repeating {
            let nines = ten
                .power(i64::try_from(repeating.len()).ok()?)?
                .subtract(&Rational::ONE)?;
            value = value.add(&from_digits(repeating)?.divide(&nines)?)?;
        }
        let value = if exponent == places {
            value
        } else {
            value.multiply(&ten.power(exponent - places)?)?
        };
        let pointed = (self.places.is_some() || exponent != 0) && repeating.is_none();
        Some(Number {
            value,
            places: pointed.then(|| u32::try_from(places - exponent).unwrap_or(0)),
            significant: self.digits.trim_start_matches('0').len() as u32,
        })
    }
}

fn from_digits(digits: &str) -> Option<Rational> {
    if digits.is_empty() {
        return Some(Rational::ZERO);
    }
    if let Ok(small) = digits.parse() {
        return Some(Rational::integer(small));
    }
    Rational::from_big(BigInt::parse_bytes(digits.as_bytes(), 10)?, 1.into())
}
