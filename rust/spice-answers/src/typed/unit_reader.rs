//! Units as they are written behind a value: `m/s^2`, `square miles`, `kg m^{-3}`, `°C`.

use super::units::{self, Unit};
use crate::syntax::tree::Number;
use crate::syntax::{Kind, Token};

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
        }
    }

    /// The unit, and whether it can be nothing else.
    pub(super) fn read(mut self) -> Option<(Unit, bool)> {
        let mut waits = true;
        while self.at < self.tokens.len() {
            let kind = self.tokens[self.at].kind;
            self.at += 1;
            match kind {
                Kind::Letters(name) => {
                    self.is_certain |= name.len() > 1;
                    waits = self.word(name)?;
                }
                Kind::Word(words) => {
                    self.is_certain = true;
                    for word in words.split([' ', '-']).filter(|word| !word.is_empty()) {
                        waits = self.word(word.trim_end_matches('.'))?;
                    }
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
                Kind::Symbol('^')
                    if matches!(self.tokens.get(self.at)?.kind, Kind::Symbol('∘')) =>
                {
                    self.at += 1;
                    waits = self.degree()?;
                }
                Kind::Symbol('^')
                    if matches!(
                        self.tokens.get(self.at..self.at + 3),
                        Some([
                            Token {
                                kind: Kind::Symbol('{'),
                                ..
                            },
                            Token {
                                kind: Kind::Symbol('∘'),
                                ..
                            },
                            Token {
                                kind: Kind::Symbol('}'),
                                ..
                            }
                        ])
                    ) =>
                {
                    self.at += 3;
                    waits = self.degree()?;
                }
                Kind::Symbol('^') => {
                    let power = self.exponent()?;
                    let last = self.last.take()?;
                    // The name was multiplied in once already.
                    self.unit = self.unit.times(&last, power - 1)?;
                }
                Kind::Symbol('/') if !waits => {
                    self.sign = -1;
                    waits = true;
                }
                Kind::Symbol('*') if !waits => waits = true,
                _ => return None,
            }
        }
        (!waits).then_some((self.unit, self.is_certain))
    }

    /// Takes a word; returns whether a name must follow.
    fn word(&mut self, word: &str) -> Option<bool> {
        match word {
            "per" if self.last.is_some() => self.sign = -1,
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
