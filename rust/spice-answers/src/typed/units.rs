//! Units as products of powers of base units, with exact factors.

use crate::algebra::rational::Rational;

/// Base units: metre, kilogram, second, ampere, kelvin, mole, candela, dollar, euro, pound sterling, yen, rupee, percent,
/// degree of arc, bit, degree Celsius, degree Fahrenheit, radian.
pub(crate) const NUM_BASES: usize = 18;

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
        let lower = name.to_ascii_lowercase();
        word(&lower)
            .or_else(|| word(lower.strip_suffix("es")?))
            .or_else(|| word(lower.strip_suffix('s')?))
    })
}

fn combined(parts: &[(usize, i64)], numerator: i64, denominator: i64) -> Option<Unit> {
    let mut unit = Unit::NONE;
    for &(index, power) in parts {
        unit.powers[index] = i8::try_from(power).ok()?;
    }
    unit.factor = Rational::ratio(numerator, denominator)?;
    Some(unit)
}

/// SI symbols with their prefixes, and symbols that take none.
fn symbol(name: &str) -> Option<Unit> {
    if let Some(unit) = plain_symbol(name) {
        return Some(unit);
    }
    let (prefix, rest) = name.split_at_checked(name.chars().next()?.len_utf8())?;
    let exponent = match prefix {
        "T" => 12,
        "G" => 9,
        "M" => 6,
        "k" => 3,
        "d" => -1,
        "c" => -2,
        "m" => -3,
        "u" | "μ" | "µ" => -6,
        "n" => -9,
        _ => return None,
    };
    let takes_prefix = matches!(
        rest,
        "m" | "g"
            | "s"
            | "A"
            | "K"
            | "mol"
            | "L"
            | "l"
            | "N"
            | "J"
            | "W"
            | "V"
            | "Pa"
            | "Hz"
            | "eV"
            | "cal"
            | "Wh"
            | "C"
            | "F"
    );
    if !takes_prefix || matches!(name, "dK" | "cd" | "dA" | "cC" | "cK" | "cF" | "dF" | "nK") {
        return None;
    }
    let mut unit = plain_symbol(rest)?;
    unit.factor = unit
        .factor
        .multiply(&Rational::integer(10).power(exponent)?)?;
    Some(unit)
}

fn plain_symbol(name: &str) -> Option<Unit> {
    match name {
        "m" => Unit::base(0, 1, 1),
        "g" => Unit::base(1, 1, 1000),
        "kg" => Unit::base(1, 1, 1),
        "t" => Unit::base(1, 1000, 1),
        "s" | "sec" => Unit::base(2, 1, 1),
        "min" => Unit::base(2, 60, 1),
        "h" | "hr" | "hrs" => Unit::base(2, 3600, 1),
        "A" => Unit::base(3, 1, 1),
        "K" => Unit::base(4, 1, 1),
        "mol" => Unit::base(5, 1, 1),
        "cd" => Unit::base(6, 1, 1),
        "L" | "l" => combined(&[(0, 3)], 1, 1000),
        "cc" => combined(&[(0, 3)], 1, 1_000_000),
        "N" => combined(&[(1, 1), (0, 1), (2, -2)], 1, 1),
        "J" => combined(&[(1, 1), (0, 2), (2, -2)], 1, 1),
        "W" => combined(&[(1, 1), (0, 2), (2, -3)], 1, 1),
        "Wh" => combined(&[(1, 1), (0, 2), (2, -2)], 3600, 1),
        "cal" => combined(&[(1, 1), (0, 2), (2, -2)], 523, 125),
        "V" => combined(&[(1, 1), (0, 2), (2, -3), (3, -1)], 1, 1),
        "C" => combined(&[(3, 1), (2, 1)], 1, 1),
        "F" => combined(&[(3, 2), (2, 4), (1, -1), (0, -2)], 1, 1),
        "Ω" | "Omega" => combined(&[(1, 1), (0, 2), (2, -3), (3, -2)], 1, 1),
        "Pa" => combined(&[(1, 1), (0, -1), (2, -2)], 1, 1),
        "atm" => combined(&[(1, 1), (0, -1), (2, -2)], 101_325, 1),
        "Hz" => combined(&[(2, -1)], 1, 1),
        "eV" => combined(&[(1, 1), (0, 2), (2, -2)], 1, 1)
            .and_then(|unit| unit.times(&scaled(1_602_176_634, -28)?, 1)),
        "mph" => combined(&[(0, 1), (2, -1)], 1397, 3125),
        "kph" | "kmh" => combined(&[(0, 1), (2, -1)], 5, 18),
        "in" => Unit::base(0, 127, 5000),
        "ft" => Unit::base(0, 381, 1250),
        "yd" => Unit::base(0, 1143, 1250),
        "mi" => Unit::base(0, 201_168, 125),
        "lb" | "lbs" => Unit::base(1, 45_359_237, 100_000_000),
        "oz" => Unit::base(1, 45_359_237, 1_600_000_000),
        "ha" => combined(&[(0, 2)], 10_000, 1),
        "USD" | "US$" => Unit::base(7, 1, 1),
        "EUR" => Unit::base(8, 1, 1),
        "GBP" => Unit::base(9, 1, 1),
        "JPY" => Unit::base(10, 1, 1),
        "INR" => Unit::base(11, 1, 1),
        "B" | "bytes" => Unit::base(14, 8, 1),
        "KB" | "kB" => Unit::base(14, 8000, 1),
        "MB" => Unit::base(14, 8_000_000, 1),
        "GB" => Unit::base(14, 8_000_000_000, 1),
        "rad" => Unit::base(17, 1, 1),
        _ => None,
    }
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
    match name {
        "meter" | "metre" => symbol("m"),
        "kilometer" | "kilometre" => symbol("km"),
        "centimeter" | "centimetre" => symbol("cm"),
        "millimeter" | "millimetre" => symbol("mm"),
        "micrometer" | "micrometre" => symbol("um"),
        "nanometer" | "nanometre" => symbol("nm"),
        "gram" => symbol("g"),
        "kilogram" => symbol("kg"),
        "milligram" => symbol("mg"),
        "ton" | "tonne" => symbol("t"),
        "second" => symbol("s"),
        "millisecond" => symbol("ms"),
        "minute" => symbol("min"),
        "hour" => symbol("h"),
        "day" => Unit::base(2, 86_400, 1),
        "week" => Unit::base(2, 604_800, 1),
        // Months and years have no fixed number of days; a year has twelve months.
        "month" => combined(&[(2, 1), (6, 1)], 1, 1),
        "year" | "yr" => combined(&[(2, 1), (6, 1)], 12, 1),
        "ampere" | "amp" => symbol("A"),
        "kelvin" => symbol("K"),
        "mole" => symbol("mol"),
        "liter" | "litre" => symbol("L"),
        "milliliter" | "millilitre" => symbol("mL"),
        "newton" => symbol("N"),
        "joule" => symbol("J"),
        "kilojoule" => symbol("kJ"),
        "watt" => symbol("W"),
        "kilowatt" => symbol("kW"),
        "volt" => symbol("V"),
        "ohm" => symbol("Ω"),
        "pascal" => symbol("Pa"),
        "hertz" => symbol("Hz"),
        "coulomb" => symbol("C"),
        "farad" => symbol("F"),
        "calorie" => symbol("cal"),
        "inch" => symbol("in"),
        "foot" | "feet" => symbol("ft"),
        "yard" => symbol("yd"),
        "mile" => symbol("mi"),
        "pound" => symbol("lb"),
        "ounce" => symbol("oz"),
        "hectare" => symbol("ha"),
        "dollar" => symbol("USD"),
        "cent" => Unit::base(7, 1, 100),
        "euro" => symbol("EUR"),
        "yen" => symbol("JPY"),
        "rupee" | "r" => symbol("INR").filter(|_| name != "r"),
        "percent" | "percentage" | "pct" => Unit::base(12, 1, 1),
        "degree" | "deg" => Unit::base(13, 1, 1),
        "bit" => Unit::base(14, 1, 1),
        "byte" => symbol("B"),
        "radian" => symbol("rad"),
        _ => {
            let prefixes = [
                ("mega", 6),
                ("giga", 9),
                ("kilo", 3),
                ("milli", -3),
                ("micro", -6),
                ("nano", -9),
                ("centi", -2),
            ];
            let (rest, exponent) = prefixes
                .iter()
                .find_map(|&(prefix, exponent)| Some((name.strip_prefix(prefix)?, exponent)))?;
            let base = match rest {
                "watt" => "W",
                "volt" => "V",
                "joule" => "J",
                "hertz" => "Hz",
                "newton" => "N",
                "pascal" => "Pa",
                "ampere" | "amp" => "A",
                "ohm" => "Ω",
                "gram" => "g",
                "second" => "s",
                "liter" | "litre" => "L",
                "calorie" => "cal",
                "mole" => "mol",
                _ => return None,
            };
            scaled(1, exponent)?.times(&symbol(base)?, 1)
        }
    }
}

/// The unit that a currency or percent sign is.
pub(crate) fn sign(symbol: char) -> Option<Unit> {
    Unit::base(
        match symbol {
            '$' => 7,
            '€' => 8,
            '£' => 9,
            '¥' => 10,
            '%' => 12,
            '°' => 13,
            _ => return None,
        },
        1,
        1,
    )
}

/// Degrees Celsius and Fahrenheit, which no factor turns into each other.
pub(crate) fn temperature(letter: &str) -> Option<Unit> {
    match letter {
        "C" => Unit::base(15, 1, 1),
        "F" => Unit::base(16, 1, 1),
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
