//! Units, currencies and scale words around a value, taken off its symbols before they are parsed.

use super::units::{self, Unit};
use crate::algebra::rational::Rational;
use crate::syntax::tree::Number;
use crate::syntax::{Kind, Token, Tokens};

/// Symbols that a unit may take.
const MAX_UNIT_TOKENS: usize = 16;

/// What stands around a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) unit: Unit,
    /// A counted thing that is no unit: `12 apples`.
    pub(crate) noun: Option<String>,
    /// Whether it can be nothing else; `5 m` may also be five times a variable.
    pub(crate) is_certain: bool,
    /// Whether white space stands before it.
    pub(crate) is_spaced: bool,
}

/// Takes the measure off every value of a list; `None` where there is none, or not the same.
pub(crate) fn take(tokens: &mut Tokens<'_>) -> Option<Measure> {
    let items = items(&tokens.list);
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.list.len());
    let mut found: Option<Measure> = None;
    let mut num_without = 0;
    let mut end = 0;
    for (start, stop) in items {
        kept.extend_from_slice(&tokens.list[end..start]);
        let item = &tokens.list[start..stop];
        let (value, scale, measure) = split(item, &tokens.numbers);
        kept.extend(value);
        if let Some(scale) = scale {
            let symbol = Token {
                kind: Kind::Symbol('*'),
                spaced: false,
            };
            tokens.numbers.push(Number {
                value: Rational::integer(scale),
                places: None,
                significant: 0,
            });
            kept.push(symbol);
            kept.push(Token {
                kind: Kind::Number((tokens.numbers.len() - 1) as u32),
                spaced: false,
            });
        }
        match (measure, &mut found) {
            (None, None) => num_without += 1,
            // `3, 4 cm` says centimetres once for all.
            (Some(measure), None) => found = Some(measure),
            (Some(measure), Some(known))
                if measure.unit == known.unit && measure.noun == known.noun =>
            {
                if num_without > 0 {
                    return None;
                }
                known.is_certain |= measure.is_certain;
            }
            _ => return None,
        }
        end = stop;
    }
    kept.extend_from_slice(&tokens.list[end..]);
    let changed = kept.len() != tokens.list.len() || found.is_some();
    if changed {
        tokens.list = kept;
    }
    found
}

/// Runs of symbols between commas, "or" and "and" outside brackets.
fn items(list: &[Token<'_>]) -> Vec<(usize, usize)> {
    let mut items = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, token) in list.iter().enumerate() {
        match token.kind {
            Kind::Symbol('(' | '[' | '{' | '⦃' | '⟨') | Kind::Begin(_) => depth += 1,
            Kind::Symbol(')' | ']' | '}' | '⦄' | '⟩') | Kind::End(_) => {
                depth = depth.saturating_sub(1);
            }
            Kind::Symbol(',' | ';') | Kind::Letters("or" | "and") | Kind::Word("or" | "and")
                if depth == 0 =>
            {
                items.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push((start, list.len()));
    items
}

type Parts<'a> = (Vec<Token<'a>>, Option<i64>, Option<Measure>);

/// The value's symbols, the scale word and the measure of one item.
fn split<'a>(item: &[Token<'a>], numbers: &[Number]) -> Parts<'a> {
    let mut value = item.to_vec();
    let mut measure = None;
    if let Some(at) = currency(item)
        && let Kind::Symbol(sign) = item[at].kind
    {
        measure = units::sign(sign).map(|unit| Measure {
            unit,
            noun: None,
            is_certain: true,
            is_spaced: false,
        });
        value.remove(at);
    } else if let Some(Token {
        kind: Kind::Letters(code @ ("USD" | "EUR" | "GBP" | "JPY" | "INR")),
        ..
    }) = item.first()
        && matches!(
            item.get(1),
            Some(Token {
                kind: Kind::Number(_),
                ..
            })
        )
    {
        measure = units::named(code).map(|unit| Measure {
            unit,
            noun: None,
            is_certain: true,
            is_spaced: true,
        });
        value.remove(0);
    } else if let Some((start, unit)) = suffix(item, numbers) {
        value.truncate(start);
        measure = Some(unit);
    }
    let mut scale = None;
    if let [
        ..,
        Token {
            kind: Kind::Number(_),
            ..
        },
        Token {
            kind: Kind::Letters(word) | Kind::Word(word),
            ..
        },
    ] = value[..]
    {
        scale = units::scale(word);
        if scale.is_some() {
            value.pop();
        }
    }
    (value, scale, measure)
}

/// Place of a currency sign that stands before its number.
fn currency(item: &[Token<'_>]) -> Option<usize> {
    let at = item
        .iter()
        .position(|token| matches!(token.kind, Kind::Symbol('$' | '€' | '£' | '¥')))?;
    let starts = match at.checked_sub(1).map(|before| item[before].kind) {
        None => true,
        Some(kind) => matches!(
            kind,
            Kind::Symbol('=' | '-' | '+' | '≈' | '<' | '>' | '≤' | '≥')
        ),
    };
    let number_follows = matches!(
        item.get(at + 1).map(|token| token.kind),
        Some(Kind::Number(_) | Kind::Symbol('-') | Kind::Command(_))
    );
    (starts && number_follows).then_some(at)
}

/// Where the unit behind a value begins, and what it is.
fn suffix(item: &[Token<'_>], numbers: &[Number]) -> Option<(usize, Measure)> {
    let first = item.len().saturating_sub(MAX_UNIT_TOKENS).max(1);
    for start in first..item.len() {
        let ends_value = matches!(
            item[start - 1].kind,
            Kind::Number(_)
                | Kind::Symbol(')' | '}' | ']' | '!' | '*')
                | Kind::Letters(_)
                | Kind::Command(_)
                | Kind::Word(_)
        );
        if !ends_value {
            continue;
        }
        if let Some((unit, is_certain)) = UnitReader::new(&item[start..], numbers).read() {
            // `5 \times m` is no quantity, `5 \cdot \text{m}` is one.
            // The degrees of `\sin 30^\circ` belong to its argument.
            if unit == units::sign('°').unwrap_or(Unit::NONE)
                && item[..start].iter().any(is_function)
            {
                continue;
            }
            let times = matches!(item[start - 1].kind, Kind::Symbol('*'));
            if times && (!is_certain || start < 2) {
                continue;
            }
            let measure = Measure {
                unit,
                noun: None,
                is_certain,
                is_spaced: item[start].spaced || !matches!(item[start - 1].kind, Kind::Number(_)),
            };
            return Some((if times { start - 1 } else { start }, measure));
        }
    }
    let (last, before) = item.split_last()?;
    let (Kind::Letters(noun) | Kind::Word(noun)) = last.kind else {
        return None;
    };
    let counts = matches!(
        before,
        [Token {
            kind: Kind::Number(_),
            ..
        }] | [
            ..,
            Token {
                kind: Kind::Symbol('='),
                ..
            },
            Token {
                kind: Kind::Number(_),
                ..
            }
        ]
    );
    (counts && is_noun(noun)).then(|| {
        (
            item.len() - 1,
            Measure {
                unit: Unit::NONE,
                noun: Some(noun.to_owned()),
                is_certain: true,
                is_spaced: true,
            },
        )
    })
}

fn is_function(token: &Token<'_>) -> bool {
    matches!(
        token.kind,
        Kind::Command("sin" | "cos" | "tan" | "cot" | "sec" | "csc")
            | Kind::Letters("sin" | "cos" | "tan" | "cot" | "sec" | "csc")
    )
}

/// A plural in lower case that could be counted and says nothing about the number.
fn is_noun(word: &str) -> bool {
    let plain = word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b' ');
    plain
        && word.len() >= 4
        && word.ends_with('s')
        && !word.split(' ').any(|part| {
            matches!(
                part,
                "times"
                    | "tens"
                    | "dozens"
                    | "hundreds"
                    | "thousands"
                    | "millions"
                    | "billions"
                    | "halves"
                    | "thirds"
                    | "quarters"
                    | "less"
                    | "plus"
                    | "minus"
                    | "percents"
                    | "tenths"
                    | "hundredths"
                    | "thousandths"
                    | "not"
                    | "or"
                    | "and"
                    | "no"
                    | "minuses"
                    | "powers"
                    | "pairs"
                    | "half"
                    | "million"
                    | "thousand"
            )
        })
}

/// Reads a unit from symbols, all of them.
struct UnitReader<'t, 'a> {
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
    fn new(tokens: &'t [Token<'a>], numbers: &'t [Number]) -> Self {
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

    fn read(mut self) -> Option<(Unit, bool)> {
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
