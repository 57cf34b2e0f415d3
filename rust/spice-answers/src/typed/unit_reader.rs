//! Units as they are written behind a value: `m/s^2`, `square miles`, `kg m^{-3}`, `°C`.

use super::unit_names::PAIRS;
use super::units::{self, Unit};
use crate::algebra::rational::Rational;
use crate::syntax::tree::Number;
use crate::syntax::{Kind, Token};

/// Words that nothing measured is called.
const DENIALS: [&str; 8] = ["not", "or", "and", "than", "less", "more", "itself", "each"];

/// Reads a unit from symbols, all of them.
pub(super) struct UnitReader<'t, 'a> {
    tokens: &'t [Token<'a>],
    numbers: &'t [Number],
    at: usize,
    unit: Unit,
    last: Option<Unit>,
    /// Power that the next name is raised to: -1 behind "/" and "per", 2 behind "square".
    sign: i64,
    power: i64,
    is_certain: bool,
    /// The word before, where it begins a unit of two words.
    before: &'a str,
    /// Names taken, and another meaning of the last.
    num_names: usize,
    other: Option<Unit>,
    /// A parenthesis is open behind a slash.
    is_open: bool,
    fraction: Fraction,
}

/// Where in a fraction of units the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fraction {
    None,
    Numerator,
    Denominator,
}

/// A unit as it was read.
pub(super) struct Found {
    pub(super) unit: Unit,
    /// Another unit that its name may mean.
    pub(super) other: Option<Unit>,
    /// Whether it can be nothing else.
    pub(super) is_certain: bool,
}

impl<'t, 'a> UnitReader<'t, 'a> {
    pub(super) fn new(tokens: &'t [Token<'a>], numbers: &'t [Number]) -> Self {
        Self {
            tokens,
            numbers,
            at: 0,
            unit: Unit::NONE,
            last: None,
            sign: 1,
            power: 1,
            is_certain: false,
            before: "",
            num_names: 0,
            other: None,
            is_open: false,
            fraction: Fraction::None,
        }
    }

    /// The unit, all symbols of it.
    pub(super) fn read(mut self) -> Option<Found> {
        let mut waits = true;
        let begins_with_slash = self.skip_one_over();
        while self.at < self.tokens.len() {
            let kind = self.tokens[self.at].kind;
            self.at += 1;
            match kind {
                Kind::Letters(name @ ("k" | "M" | "m" | "G"))
                | Kind::Word(name @ ("k" | "M" | "m" | "G"))
                    if matches!(self.next(), Some(Kind::Command("Omega"))) =>
                {
                    self.at += 1;
                    self.is_certain = true;
                    waits = self.word(&format!("{name}Ω"))?;
                }
                Kind::Letters("of") if self.is_of_words() => self.at = self.tokens.len(),
                Kind::Letters(name) => {
                    // Unspaced, `2mT` may be three things multiplied.
                    let is_risky = name.len() == 2 && name.ends_with(['T', 'M', 'S', 'H']);
                    let is_spaced = self.tokens[self.at - 1].spaced;
                    self.is_certain |= name.len() > 1 && (is_spaced || !is_risky);
                    waits = self.word(name)?;
                }
                Kind::Word(words) => {
                    self.is_certain = true;
                    waits = self.words(words)?;
                }
                // \frac{m}{s}
                Kind::Command("frac") if waits && self.fraction == Fraction::None => {
                    self.takes('{').then_some(())?;
                    self.fraction = Fraction::Numerator;
                }
                Kind::Symbol('}') if !waits && self.fraction == Fraction::Numerator => {
                    self.takes('{').then_some(())?;
                    self.fraction = Fraction::Denominator;
                    self.sign = -1;
                    waits = true;
                }
                Kind::Symbol('}') if !waits && self.fraction == Fraction::Denominator => {
                    self.fraction = Fraction::None;
                    self.sign = 1;
                }
                Kind::Command("Omega") => {
                    self.is_certain = true;
                    waits = self.word("Ω")?;
                }
                Kind::Command("mu") => {
                    let (Kind::Letters(name) | Kind::Word(name)) = self.tokens.get(self.at)?.kind
                    else {
                        return None;
                    };
                    self.at += 1;
                    waits = self.word(&format!("μ{name}"))?;
                }
                Kind::Symbol('°') => waits = self.degree()?,
                Kind::Symbol('%') => {
                    self.is_certain = true;
                    self.push(&units::sign('%')?)?;
                    waits = false;
                }
                Kind::Symbol(sign @ ('$' | '€' | '£' | '¥')) => {
                    self.is_certain = true;
                    self.push(&units::sign(sign)?)?;
                    waits = false;
                }
                Kind::Symbol('^') if self.takes_ring() => waits = self.degree()?,
                Kind::Symbol('^') => {
                    let power = self.exponent()?;
                    let last = self.last.take()?;
                    // The name was multiplied in once already.
                    self.unit = self.unit.times(&last, power - 1)?;
                }
                Kind::Symbol('/') if !waits => {
                    self.sign = -1;
                    waits = true;
                    if matches!(self.next(), Some(Kind::Symbol('('))) {
                        self.at += 1;
                        self.is_open = true;
                    }
                }
                Kind::Symbol(')') if self.is_open && !waits => {
                    self.is_open = false;
                    self.sign = 1;
                }
                Kind::Symbol('*') if !waits => waits = true,
                _ => return None,
            }
        }
        if waits
            || self.is_open
            || self.fraction != Fraction::None
            || begins_with_slash && !self.is_certain
        {
            return None;
        }
        Some(Found {
            unit: self.unit,
            other: self.other.filter(|_| self.num_names == 1),
            is_certain: self.is_certain,
        })
    }

    /// Takes `∘` or `{∘}`, which `^` makes the sign of degrees.
    fn takes_ring(&mut self) -> bool {
        let symbols = |symbols: &[char]| {
            self.tokens[self.at..]
                .iter()
                .zip(symbols)
                .filter(|(token, symbol)| token.kind == Kind::Symbol(**symbol))
                .count()
                == symbols.len()
        };
        let length = if symbols(&['∘']) {
            1
        } else if symbols(&['{', '∘', '}']) {
            3
        } else {
            return false;
        };
        self.at += length;
        true
    }

    /// The words of one text, up to what is measured (`of sugar`) or a last "and"; returns whether a name must follow.
    fn words(&mut self, words: &'a str) -> Option<bool> {
        let mut waits = true;
        let mut names = words
            .split([' ', '-'])
            .filter(|word| !word.is_empty())
            .peekable();
        while let Some(name) = names.next() {
            match name {
                "of" if self.last.is_some() && names.peek().is_some() => {
                    let is_thing = names.all(|word| {
                        word.bytes().all(|byte| byte.is_ascii_lowercase())
                            && !DENIALS.contains(&word)
                    });
                    return is_thing.then_some(false);
                }
                "and" if !waits && names.peek().is_none() && self.at == self.tokens.len() => {}
                _ => waits = self.word(name.trim_end_matches('.'))?,
            }
        }
        Some(waits)
    }

    /// Whether nothing but a thing in words follows, `sugar` in `5 grams of sugar`.
    fn is_of_words(&self) -> bool {
        let rest = &self.tokens[self.at..];
        self.last.is_some()
            && (1..=3).contains(&rest.len())
            && rest.iter().all(|token| {
                matches!(token.kind, Kind::Letters(word)
                    if (word.len() > 2 || word == "a") && word.bytes().all(|byte| byte.is_ascii_lowercase()) && !DENIALS.contains(&word))
            })
    }

    fn takes(&mut self, symbol: char) -> bool {
        let found = self.next() == Some(Kind::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    fn next(&self) -> Option<Kind<'a>> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// `1/s`, `/day` and `per day`: a unit may begin with what it is divided by. Whether a bare slash did.
    fn skip_one_over(&mut self) -> bool {
        let is_one = |index: u32| self.numbers[index as usize].value == Rational::ONE;
        let taken = match self.tokens {
            [
                Token {
                    kind: Kind::Number(one),
                    spaced: true,
                },
                Token {
                    kind: Kind::Symbol('/'),
                    ..
                },
                ..,
            ] if is_one(*one) => 2,
            [
                Token {
                    kind: Kind::Symbol('/'),
                    ..
                },
                Token {
                    kind: Kind::Letters(_) | Kind::Word(_),
                    ..
                },
            ] => 1,
            [
                Token {
                    kind: Kind::Letters("per") | Kind::Word("per"),
                    ..
                },
                ..,
            ] => {
                self.is_certain = true;
                1
            }
            _ => return false,
        };
        self.at = taken;
        self.sign = -1;
        taken == 1 && matches!(self.tokens[0].kind, Kind::Symbol(_))
    }

    /// Takes a word; returns whether a name must follow.
    fn word(&mut self, word: &str) -> Option<bool> {
        if let Some((.., symbol)) = PAIRS
            .iter()
            .find(|(first, second, _)| *first == self.before && word == *second)
        {
            if self.before.starts_with("pound") {
                self.unit = Unit::NONE;
            }
            self.before = "";
            self.push(&units::named(symbol)?)?;
            return Some(false);
        }
        if let Some(&(first, ..)) = PAIRS.iter().find(|(first, ..)| *first == word) {
            self.before = first;
            if !first.starts_with("pound") {
                return Some(true);
            }
        } else if !self.before.is_empty() && !self.before.starts_with("pound") {
            return None;
        }
        match word {
            // "per cent" at the front was taken for a division.
            "cent" if self.sign == -1 && self.num_names == 0 => {
                self.sign = 1;
                self.push(&units::sign('%')?)?;
                return Some(false);
            }
            "per" if self.last.is_some() || (self.sign == 1 && self.num_names == 0) => {
                self.sign = -1;
            }
            "C" | "F" if self.last == units::sign('°') => {
                let degree = self.last.take()?;
                self.unit = self.unit.times(&degree, -1)?;
                self.push(&units::temperature(word)?)?;
                return Some(false);
            }
            "K" | "Kelvin" | "kelvin" if self.last == units::sign('°') => {
                let degree = self.last.take()?;
                self.unit = self.unit.times(&degree, -1)?;
                self.push(&units::named("K")?)?;
                return Some(false);
            }
            "old" | "tall" | "long" | "wide" | "high" | "deep" if self.num_names > 0 => {
                return Some(false);
            }
            "square" | "sq" => self.power = 2,
            "cubic" | "cu" => self.power = 3,
            "squared" | "cubed" => {
                let last = self.last.take()?;
                self.unit = self
                    .unit
                    .times(&last, if word == "squared" { 1 } else { 2 })?;
                return Some(false);
            }
            "Celsius" | "celsius" | "Fahrenheit" | "fahrenheit" => {
                if let Some(degree) = self.last.take() {
                    self.unit = self.unit.times(&degree, -1)?;
                }
                let letter = if word.eq_ignore_ascii_case("celsius") {
                    "C"
                } else {
                    "F"
                };
                self.push(&units::temperature(letter)?)?;
                return Some(false);
            }
            _ => {
                let unit = units::named(word)?;
                self.push(&unit)?;
                self.other = units::other(word);
                return Some(false);
            }
        }
        Some(true)
    }

    fn push(&mut self, unit: &Unit) -> Option<()> {
        let unit = Unit::NONE.times(unit, self.sign * self.power)?;
        self.unit = self.unit.times(&unit, 1)?;
        self.last = Some(unit);
        self.power = 1;
        self.num_names += 1;
        self.other = None;
        Some(())
    }

    fn degree(&mut self) -> Option<bool> {
        self.is_certain = true;
        if let Some(Token {
            kind: Kind::Letters(letter) | Kind::Word(letter),
            ..
        }) = self.tokens.get(self.at)
        {
            self.at += 1;
            let unit = units::temperature(letter)?;
            self.push(&unit)?;
        } else {
            self.push(&units::sign('°')?)?;
        }
        Some(false)
    }

    /// `2`, `-2`, `{2}` or `{-2}` behind `^`.
    fn exponent(&mut self) -> Option<i64> {
        let braced = matches!(self.tokens.get(self.at)?.kind, Kind::Symbol('{'));
        self.at += usize::from(braced);
        let negative = matches!(self.tokens.get(self.at)?.kind, Kind::Symbol('-'));
        self.at += usize::from(negative);
        let Kind::Number(index) = self.tokens.get(self.at)?.kind else {
            return None;
        };
        self.at += 1;
        if braced {
            matches!(self.tokens.get(self.at)?.kind, Kind::Symbol('}')).then_some(())?;
            self.at += 1;
        }
        let power = self.numbers[index as usize].value.as_integer()?;
        Some(if negative { -power } else { power })
    }
}
