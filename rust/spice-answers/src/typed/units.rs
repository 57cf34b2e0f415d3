//! Units as products of powers of base units, with exact factors.

use crate::algebra::rational::Rational;

use super::unit_names::{PLURALS, PREFIXES, SIZED_WORDS, SYMBOLS, WORDS, may_join, other_meaning};

pub(crate) const NUM_BASES: usize = 23;
pub(super) const METRE: usize = 0;
pub(super) const KILOGRAM: usize = 1;
pub(super) const SECOND: usize = 2;
pub(super) const AMPERE: usize = 3;
pub(super) const KELVIN: usize = 4;
pub(super) const MOLE: usize = 5;
pub(super) const CANDELA: usize = 6;
pub(super) const DOLLAR: usize = 7;
pub(super) const EURO: usize = 8;
pub(super) const POUND: usize = 9;
pub(super) const YEN: usize = 10;
pub(super) const RUPEE: usize = 11;
pub(super) const PERCENT: usize = 12;
/// Of arc.
pub(super) const DEGREE: usize = 13;
pub(super) const BIT: usize = 14;
pub(super) const CELSIUS: usize = 15;
pub(super) const FAHRENHEIT: usize = 16;
pub(super) const RADIAN: usize = 17;
pub(super) const YUAN: usize = 18;
pub(super) const WON: usize = 19;
pub(super) const RUBLE: usize = 20;
pub(super) const FRANC: usize = 21;
pub(super) const DECIBEL: usize = 22;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) powers: [i8; NUM_BASES],
    pub(crate) factor: Rational,
}

impl Unit {
    pub(crate) const NONE: Self = Self {
        powers: [0; NUM_BASES],
        factor: Rational::ONE,
    };

    /// Whether it is a base unit as it stands.
    pub(super) fn is_base(&self, index: usize) -> bool {
        self.factor == Rational::ONE
            && (0..NUM_BASES).all(|place| self.powers[place] == i8::from(place == index))
    }

    fn base(index: usize, numerator: i64, denominator: i64) -> Option<Self> {
        let mut unit = Self::NONE;
        unit.powers[index] = 1;
        unit.factor = Rational::ratio(numerator, denominator)?;
        Some(unit)
    }

    /// This unit times another to a power.
    pub(crate) fn times(&self, other: &Self, power: i64) -> Option<Self> {
        let small = i8::try_from(power).ok()?;
        let mut powers = self.powers;
        for (mine, others) in powers.iter_mut().zip(other.powers) {
            *mine = mine.checked_add(others.checked_mul(small)?)?;
        }
        Some(Self {
            powers,
            factor: self.factor.multiply(&other.factor.power(power)?)?,
        })
    }
}

/// A word that multiplies the number before it.
pub(crate) fn scale(word: &str) -> Option<i64> {
    Some(match word {
        "hundred" => 100,
        "thousand" => 1000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        "dozen" => 12,
        _ => return None,
    })
}

/// The unit of this name: a symbol in its own case, or an English word in any number and case.
pub(crate) fn named(name: &str) -> Option<Unit> {
    symbol(name).or_else(|| {
        let lower = name.to_lowercase();
        word(&lower)
            .or_else(|| word(lower.strip_suffix("es")?))
            .or_else(|| word(lower.strip_suffix('s')?))
            .or_else(|| symbol(PLURALS.iter().find(|(plural, _)| *plural == name)?.1))
    })
}

fn combined(parts: &[(usize, i8)], numerator: i64, denominator: i64) -> Option<Unit> {
    let mut unit = Unit::NONE;
    for &(index, power) in parts {
        unit.powers[index] = power;
    }
    unit.factor = Rational::ratio(numerator, denominator)?;
    Some(unit)
}

/// SI symbols with their prefixes, and symbols that take none.
fn symbol(name: &str) -> Option<Unit> {
    if let Some((unit, _)) = plain_symbol(name) {
        return Some(unit);
    }
    PREFIXES.iter().find_map(|&(prefix, _, exponent)| {
        let rest = name.strip_prefix(prefix)?;
        let (unit, takes_prefix) = plain_symbol(rest)?;
        if !takes_prefix || !may_join(prefix, rest) {
            return None;
        }
        scaled(1, exponent)?.times(&unit, 1)
    })
}

/// A symbol without a prefix, and whether it takes one.
fn plain_symbol(name: &str) -> Option<(Unit, bool)> {
    if name == "eV" {
        let joule = combined(&[(KILOGRAM, 1), (METRE, 2), (SECOND, -2)], 1, 1)?;
        return Some((scaled(1_602_176_634, -28)?.times(&joule, 1)?, true));
    }
    let &(_, parts, numerator, denominator, takes_prefix) =
        SYMBOLS.iter().find(|(known, ..)| *known == name)?;
    Some((combined(parts, numerator, denominator)?, takes_prefix))
}

/// A pure factor.
fn scaled(numerator: i64, exponent: i64) -> Option<Unit> {
    Some(Unit {
        powers: [0; NUM_BASES],
        factor: Rational::integer(numerator).multiply(&Rational::integer(10).power(exponent)?)?,
    })
}

/// English names, lower case and singular.
fn word(name: &str) -> Option<Unit> {
    if let Some(&(_, parts, numerator, denominator)) =
        SIZED_WORDS.iter().find(|(known, ..)| *known == name)
    {
        return combined(parts, numerator, denominator);
    }
    let symbol_of = |name: &str| {
        let (_, known) = WORDS.iter().find(|(word, _)| *word == name)?;
        symbol(known)
    };
    symbol_of(name).or_else(|| {
        let (rest, exponent) = PREFIXES
            .iter()
            .find_map(|&(_, prefix, exponent)| Some((name.strip_prefix(prefix)?, exponent)))?;
        if rest.len() < 3 {
            return None;
        }
        scaled(1, exponent)?.times(&symbol_of(rest)?, 1)
    })
}

/// Another unit that a name may mean: pounds of money, cents of a euro.
pub(super) fn other(name: &str) -> Option<Unit> {
    let (parts, numerator, denominator) = other_meaning(&name.to_ascii_lowercase())?;
    combined(parts, numerator, denominator)
}

/// The unit that a currency or percent sign is.
pub(crate) fn sign(symbol: char) -> Option<Unit> {
    Unit::base(
        match symbol {
            '$' => DOLLAR,
            '€' => EURO,
            '£' => POUND,
            '¥' => YEN,
            '%' => PERCENT,
            '°' => DEGREE,
            _ => return None,
        },
        1,
        1,
    )
}

/// Degrees Celsius and Fahrenheit, which no factor turns into each other.
pub(crate) fn temperature(letter: &str) -> Option<Unit> {
    match letter {
        "C" => Unit::base(CELSIUS, 1, 1),
        "F" => Unit::base(FAHRENHEIT, 1, 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_dimension_differ_by_a_factor() {
        let factor = |name: &str| named(name).unwrap().factor;
        assert_eq!(factor("km"), Rational::integer(1000));
        assert_eq!(
            factor("yd"),
            factor("feet").multiply(&Rational::integer(3)).unwrap()
        );
        assert_eq!(named("mi").unwrap().powers, named("cm").unwrap().powers);
        assert_ne!(named("kg").unwrap().powers, named("K").unwrap().powers);
    }

    #[test]
    fn case_counts_for_symbols_and_not_for_words() {
        assert_eq!(named("KM"), None);
        assert_eq!(named("Meters"), named("m"));
        assert_ne!(named("mW"), named("MW"));
    }
}
