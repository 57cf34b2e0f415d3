//! Numbers as models write them, as exact rationals; and when two of them count as the same.
//!
//! Read: integers with thousands separators, decimals, `a/b`, `\frac{a}{b}`, mixed numbers, `1e-3`, `1.5*10^{3}`,
//! `10^5`, each with at most one sign, one unit sign (`%`, `°` or a currency) and one assignment (`x = 5`). Everything
//! else, a number followed by words too, is not a number: never a shorter prefix.

use std::cmp::Ordering;

use num_bigint::BigUint;

use crate::limits::{MAX_DIGITS, MAX_EXPONENT};
use crate::magnitude::Magnitude;
use crate::policy::Policy;
use crate::verdict::Rule;

/// Fewest significant digits of a rounded answer.
const MIN_SIGNIFICANT: usize = 4;

/// What a canonical text is, read as a number.
#[derive(Debug)]
pub(crate) enum Reading<'a> {
    Number(Number<'a>),
    NotANumber,
    /// A number with too many digits or too large an exponent.
    OverLimits,
}

/// An exact rational, and how it was written.
#[derive(Debug)]
pub(crate) struct Number<'a> {
    negative: bool,
    numerator: Magnitude,
    denominator: Magnitude,
    unit: Option<char>,
    variable: &'a str,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Digits and nothing else.
    Integer,
    /// With a decimal point or an exponent: the last digit stands for this power of ten. The fraction is not reduced:
    /// the denominator is 10^-places, or 1.
    Decimal { places: i32, significant: usize },
    /// With a fraction bar.
    Fraction,
}

impl Number<'_> {
    /// Whether it is a whole number, however written.
    pub(crate) fn is_whole(&self) -> bool {
        match (&self.numerator, &self.denominator) {
            (Magnitude::Small(numerator), Magnitude::Small(denominator)) => {
                numerator % denominator == 0
            }
            (numerator, denominator) => numerator.big() % denominator.big() == BigUint::ZERO,
        }
    }

    fn equals(&self, other: &Self) -> bool {
        (self.negative == other.negative || self.numerator.is_zero())
            && Magnitude::same_ratio(
                &self.numerator,
                &self.denominator,
                &other.numerator,
                &other.denominator,
            )
    }

    /// Whether this is `fine` rounded, with at least four significant digits and not to zero.
    fn rounds(&self, fine: &Self) -> bool {
        let Form::Decimal {
            places,
            significant,
        } = self.form
        else {
            return false;
        };
        if significant < MIN_SIGNIFICANT || self.numerator.is_zero() || fine.form == Form::Integer {
            return false;
        }
        if self.negative != fine.negative && !fine.numerator.is_zero() {
            return false; // half a unit of the last of four digits never reaches over zero
        }
        self.rounds_small(fine, places)
            .unwrap_or_else(|| self.rounds_big(fine, places))
    }

    /// 2 |a d - c b| <= 10^places b d for this = a/b and fine = c/d, where 10^places b is 1 or 10^places.
    fn rounds_small(&self, fine: &Self, places: i32) -> Option<bool> {
        let (Magnitude::Small(a), Magnitude::Small(b)) = (&self.numerator, &self.denominator)
        else {
            return None;
        };
        let (Magnitude::Small(c), Magnitude::Small(d)) = (&fine.numerator, &fine.denominator)
        else {
            return None;
        };
        let distance = (u128::from(*a) * u128::from(*d)).abs_diff(u128::from(*c) * u128::from(*b));
        let unit = 10_u128.checked_pow(places.max(0).unsigned_abs())?;
        Some(distance.checked_mul(2)? <= unit.checked_mul(u128::from(*d))?)
    }

    fn rounds_big(&self, fine: &Self, places: i32) -> bool {
        let left = self.numerator.big() * fine.denominator.big();
        let right = fine.numerator.big() * self.denominator.big();
        let distance = match left.cmp(&right) {
            Ordering::Less => right - left,
            _ => left - right,
        };
        distance * 2_u32
            <= BigUint::from(10_u32).pow(places.max(0).unsigned_abs()) * fine.denominator.big()
    }
}

/// The rule that decides two numbers, with the conventions of a policy.
pub(crate) fn compare(gold: &Number<'_>, answer: &Number<'_>, policy: Policy) -> Rule {
    let units_differ = gold.unit.is_some() && answer.unit.is_some() && gold.unit != answer.unit;
    let variables_differ = !gold.variable.is_empty()
        && !answer.variable.is_empty()
        && gold.variable != answer.variable;
    if units_differ || variables_differ {
        return Rule::DifferentNumber;
    }
    if gold.equals(answer) {
        let same = gold.unit == answer.unit && gold.variable == answer.variable;
        let forgiven = (gold.unit == answer.unit || policy.missing_unit)
            && (gold.variable == answer.variable || policy.missing_name);
        return match (same, forgiven) {
            (true, _) => Rule::EqualNumber,
            (false, true) => Rule::BareNumber,
            (false, false) => Rule::DifferentNumber,
        };
    }
    if policy.rounding && (answer.rounds(gold) || gold.rounds(answer)) {
        Rule::RoundedNumber
    } else {
        Rule::DifferentNumber
    }
}

/// Reads a canonical text.
pub(crate) fn read(text: &str) -> Reading<'_> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Reading::NotANumber;
    }
    let mut cursor = Cursor { rest: text };
    let Some(written) = cursor.number() else {
        return Reading::NotANumber;
    };
    let has_many_digits =
        text.len() > MAX_DIGITS && text.bytes().filter(u8::is_ascii_digit).count() > MAX_DIGITS;
    if has_many_digits || written.exponent.abs() > MAX_EXPONENT {
        return Reading::OverLimits;
    }
    written.value().map_or(Reading::NotANumber, Reading::Number)
}

/// The parts of a number as written.
#[derive(Default)]
struct Written<'a> {
    variable: &'a str,
    negative: bool,
    unit: Option<char>,
    whole: Option<&'a str>,
    top: &'a str,
    bottom: Option<&'a str>,
    has_exponent: bool,
    exponent: i32,
}

impl<'a> Written<'a> {
    /// `None` for a denominator of zero or a mixed number that is not one.
    fn value(self) -> Option<Number<'a>> {
        let negative_part = |part: &str| part.starts_with('-');
        let after_point = |part: &str| {
            part.split_once('.')
                .map_or(0, |(_, digits)| digits.len() as u32)
        };
        let mut negative = self.negative != negative_part(self.top);
        let mut numerator = Magnitude::from_digits(self.top);
        let mut denominator = Magnitude::ONE;
        let mut form = Form::Fraction;
        if let Some(bottom) = self.bottom {
            negative ^= negative_part(bottom);
            denominator = Magnitude::from_digits(bottom);
            if denominator.is_zero() {
                return None;
            }
            if let Some(whole) = self.whole {
                let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
                let proper = !numerator.is_zero() && numerator.big() < denominator.big();
                if !(is_plain(self.top) && is_plain(bottom) && proper) {
                    return None;
                }
                numerator = Magnitude::from_digits(whole)
                    .times(&denominator)
                    .plus(&numerator);
            }
            let (top_places, bottom_places) = (after_point(self.top), after_point(bottom));
            if top_places > 0 || bottom_places > 0 {
                numerator = numerator.times(&Magnitude::power_of_ten(bottom_places));
                denominator = denominator.times(&Magnitude::power_of_ten(top_places));
            }
        } else {
            let num_after = after_point(self.top);
            let places = self.exponent - num_after.cast_signed();
            form = if num_after > 0 || self.has_exponent {
                let digits = self.top.bytes().filter(u8::is_ascii_digit);
                Form::Decimal {
                    places,
                    significant: digits.skip_while(|&digit| digit == b'0').count(),
                }
            } else {
                Form::Integer
            };
            let power = Magnitude::power_of_ten(places.unsigned_abs());
            if places > 0 {
                numerator = numerator.times(&power);
            } else {
                denominator = power;
            }
        }
        negative &= !numerator.is_zero();
        Some(Number {
            negative,
            numerator,
            denominator,
            unit: self.unit,
            variable: self.variable,
            form,
        })
    }
}

/// Reads from the front; every method either takes what it names or leaves the text as it was.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// The whole text as a number.
    fn number(&mut self) -> Option<Written<'a>> {
        let mut written = Written {
            variable: self.variable().unwrap_or(""),
            ..Written::default()
        };
        if let Some(sign) = self.sign() {
            written.negative = sign == '-';
            self.take(" ");
            written.unit = self.currency();
            if written.unit.is_some() {
                self.take(" ");
            }
        } else if let Some(unit) = self.currency() {
            written.unit = Some(unit);
            self.take(" ");
            written.negative = self.sign() == Some('-');
        }
        self.core(&mut written)?;
        let before = *self;
        self.take(" ");
        if let Some(unit) = self.one_of("%°$€£¥") {
            if written.unit.replace(unit).is_some() {
                return None;
            }
        } else {
            *self = before;
        }
        self.take(".");
        self.rest.is_empty().then_some(written)
    }

    /// The digits, without what may stand around them.
    fn core(&mut self, written: &mut Written<'a>) -> Option<()> {
        let start = *self;
        let whole = self.digits();
        // \frac{a}{b}, \frac12, and mixed numbers of both writings
        if !whole.is_empty() {
            self.take(" ");
        }
        if self.take("\\frac") {
            written.whole = (!whole.is_empty()).then_some(whole);
            let (top, bottom) = self.fraction()?;
            written.top = top;
            written.bottom = Some(bottom);
            return Some(());
        }
        if !whole.is_empty() && start.rest[whole.len()..].starts_with(' ') {
            let top = self.digits();
            if !top.is_empty() {
                let bottom = if self.take("/") { self.digits() } else { "" };
                written.whole = Some(whole);
                written.top = top;
                written.bottom = Some(bottom);
                return (!bottom.is_empty()).then_some(());
            }
        }
        *self = start;
        if self.rest.starts_with("10^") {
            written.top = "1";
            written.has_exponent = true;
            written.exponent = self.power_of_ten()?;
            return Some(());
        }
        written.top = self.decimal()?;
        let before = *self;
        self.take(" ");
        if self.take("/") {
            self.take(" ");
            written.bottom = Some(self.signed_decimal()?);
            return Some(());
        }
        if self.take("*") {
            self.take(" ");
            written.exponent = self.power_of_ten()?;
            written.has_exponent = true;
            return Some(());
        }
        *self = before;
        if self.one_of("eE").is_some() {
            written.exponent = self.signed_integer()?;
            written.has_exponent = true;
        }
        Some(())
    }

    /// What follows `\frac`: two braced numbers, or two digits.
    fn fraction(&mut self) -> Option<(&'a str, &'a str)> {
        if self.rest.starts_with('{') {
            let top = self.braced()?;
            self.take(" ");
            return Some((top, self.braced()?));
        }
        let both = self
            .rest
            .get(..2)
            .filter(|both| both.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.rest = &self.rest[2..];
        Some(both.split_at(1))
    }

    fn braced(&mut self) -> Option<&'a str> {
        if !self.take("{") {
            return None;
        }
        self.take(" ");
        let number = self.signed_decimal()?;
        self.take(" ");
        self.take("}").then_some(number)
    }

    /// `10^5`, `10^{-5}`: the exponent.
    fn power_of_ten(&mut self) -> Option<i32> {
        if !self.take("10^") {
            return None;
        }
        let braced = self.take("{");
        let exponent = self.signed_integer()?;
        (!braced || self.take("}")).then_some(exponent)
    }

    /// A name of at most eight letters, digits and underscores, and `=`.
    fn variable(&mut self) -> Option<&'a str> {
        let start = *self;
        let name = self
            .rest
            .bytes()
            .take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
            .count();
        let (name, rest) = self.rest.split_at(name);
        self.rest = rest;
        self.take(" ");
        if (1..=8).contains(&name.len())
            && name.as_bytes()[0].is_ascii_alphabetic()
            && self.take("=")
        {
            self.take(" ");
            return Some(name);
        }
        *self = start;
        None
    }

    fn sign(&mut self) -> Option<char> {
        self.one_of("+-")
    }

    fn currency(&mut self) -> Option<char> {
        self.one_of("$€£¥")
    }

    fn digits(&mut self) -> &'a str {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        digits
    }

    fn signed_integer(&mut self) -> Option<i32> {
        let negative = self.sign() == Some('-');
        let digits = self.digits();
        let magnitude = digits.bytes().fold(0_i32, |value, digit| {
            value
                .saturating_mul(10)
                .saturating_add(i32::from(digit - b'0'))
        });
        (!digits.is_empty()).then_some(if negative { -magnitude } else { magnitude })
    }

    fn signed_decimal(&mut self) -> Option<&'a str> {
        let start = self.rest;
        let sign = usize::from(self.sign().is_some());
        let length = self.decimal()?.len();
        Some(&start[..sign + length])
    }

    /// `1234`, `1,234`, `1,234.5`, `.5`. Separated groups have three digits, and the first does not begin with zero.
    fn decimal(&mut self) -> Option<&'a str> {
        let start = self.rest;
        let bytes = start.as_bytes();
        let digits_at = |at: usize| {
            bytes[at..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let mut length = digits_at(0);
        if (1..=3).contains(&length) && bytes[0] != b'0' {
            while bytes.get(length) == Some(&b',') && digits_at(length + 1) == 3 {
                length += 4;
            }
        }
        if bytes.get(length) == Some(&b'.') {
            let after = digits_at(length + 1);
            if after > 0 {
                length += 1 + after;
            }
        }
        self.rest = &start[length..];
        (length > 0).then_some(&start[..length])
    }

    fn take(&mut self, token: &str) -> bool {
        self.rest
            .strip_prefix(token)
            .map(|rest| self.rest = rest)
            .is_some()
    }

    fn one_of(&mut self, chars: &str) -> Option<char> {
        let first = self.rest.chars().next()?;
        // Most of what stands here is a digit, and nothing that is asked for is one.
        if first.is_ascii_digit() || !chars.contains(first) {
            return None;
        }
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }
}
