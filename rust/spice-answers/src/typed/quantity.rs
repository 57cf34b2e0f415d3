//! Units, currencies and scale words around a value, taken off its symbols before they are parsed.

use super::unit_reader::{Found, UnitReader};
use super::units::{self, Unit};
use crate::algebra::rational::Rational;
use crate::syntax::tree::Number;
use crate::syntax::{Kind, Token, Tokens, outside_brackets};

/// Symbols that a unit may take.
const MAX_UNIT_TOKENS: usize = 16;

/// What stands around a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) unit: Unit,
    /// Another unit that its name may mean: pounds of money.
    pub(crate) other: Option<Unit>,
    /// A counted thing that is no unit: `12 apples`.
    pub(crate) noun: Option<String>,
    /// Whether it can be nothing else; `5 m` may also be five times a variable.
    pub(crate) is_certain: bool,
    /// Whether white space stands before it.
    pub(crate) is_spaced: bool,
}

impl Measure {
    /// Whether it is hours.
    pub(super) fn is_hours(&self) -> bool {
        units::named("h").as_ref() == Some(&self.unit)
    }
}

/// Units of one dimension that two measures have; `None` where they have none.
pub(super) fn common_units<'a>(a: &'a Measure, b: &'a Measure) -> Option<(&'a Unit, &'a Unit)> {
    let same_noun = match (&a.noun, &b.noun) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (None, None) => true,
        _ => false,
    };
    let pairs = [
        Some((&a.unit, &b.unit)),
        a.other.as_ref().map(|other| (other, &b.unit)),
        b.other.as_ref().map(|other| (&a.unit, other)),
    ];
    pairs
        .into_iter()
        .flatten()
        .find(|(mine, theirs)| same_noun && mine.powers == theirs.powers)
}

/// Whether something among the symbols could be a unit, a currency or a counted thing.
pub(super) fn may_have_measure(tokens: &Tokens<'_>) -> bool {
    let is_arithmetic = |token: &Token<'_>| match token.kind {
        Kind::Number(_) | Kind::Command("frac") => true,
        Kind::Symbol(symbol) => "+-*/^(){}=,".contains(symbol),
        _ => false,
    };
    !tokens.list.iter().all(is_arithmetic)
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
    let mut start = 0;
    for (at, token) in outside_brackets(list) {
        if matches!(
            token.kind,
            Kind::Symbol(',' | ';') | Kind::Letters("or" | "and") | Kind::Word("or" | "and")
        ) {
            items.push((start, at));
            start = at + 1;
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
        let other = if sign == '¥' {
            units::other("¥")
        } else {
            None
        };
        measure = units::sign(sign).map(|unit| Measure {
            unit,
            other,
            noun: None,
            is_certain: true,
            is_spaced: false,
        });
        value.remove(at);
        // $18 per day
        if let Some(Token {
            kind: Kind::Letters("per") | Kind::Word(_) | Kind::Symbol('/'),
            ..
        }) = value.get(at + 1)
            && matches!(value[at].kind, Kind::Number(_))
            && let Some(found) = UnitReader::new(&value[at + 1..], numbers).read()
            && let Some(measure) = &mut measure
            && let Some(unit) = measure.unit.times(&found.unit, 1)
        {
            measure.unit = unit;
            measure.other = None;
            value.truncate(at + 1);
        }
    } else if let Some(Token {
        kind:
            Kind::Letters(
                code @ ("USD" | "EUR" | "GBP" | "JPY" | "INR" | "Rs" | "CNY" | "RMB" | "KRW"
                | "RUB" | "CHF"),
            ),
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
            other: None,
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
    if is_hour(item, numbers) {
        return None;
    }
    let first = item.len().saturating_sub(MAX_UNIT_TOKENS).max(1);
    (first..item.len())
        .find_map(|start| unit_at(item, start, numbers))
        .or_else(|| {
            let (start, noun) = plain_units(item, numbers).or_else(|| counted(item))?;
            let measure = Measure {
                unit: Unit::NONE,
                other: None,
                noun: Some(noun.to_owned()),
                is_certain: true,
                is_spaced: true,
            };
            Some((start, measure))
        })
}

/// `3 pm` is a time, `300 pm` a length.
fn is_hour(item: &[Token<'_>], numbers: &[Number]) -> bool {
    matches!(
        item,
        [
            Token {
                kind: Kind::Number(index),
                ..
            },
            Token {
                kind: Kind::Letters("pm") | Kind::Word("pm"),
                ..
            }
        ] if numbers[*index as usize].value.as_integer().is_some_and(|hour| (1..=12).contains(&hour))
    )
}

/// The unit that all symbols from `start` are.
fn unit_at(item: &[Token<'_>], start: usize, numbers: &[Number]) -> Option<(usize, Measure)> {
    let before = item[start - 1].kind;
    let ends_value = matches!(
        before,
        Kind::Number(_)
            | Kind::Symbol(')' | '}' | ']' | '!' | '*')
            | Kind::Letters(_)
            | Kind::Command(_)
            | Kind::Word(_)
    );
    if !ends_value {
        return None;
    }
    let inside = without_parentheses(&item[start..]);
    let Found {
        unit,
        other,
        is_certain,
    } = UnitReader::new(inside, numbers).read()?;
    // `5(m)` is a product.
    let is_product = inside.len() < item.len() - start && !is_certain;
    // Letters behind variables are variables: the `km` of `6k^2 + 4km`.
    let is_variables = matches!(item[start].kind, Kind::Letters(_))
        && item[..start].iter().any(is_variable)
        && !assigned(item, start);
    // The degrees of `\sin 30^\circ` belong to its argument.
    let is_argument = unit.is_base(units::DEGREE) && item[..start].iter().any(is_function);
    // `5 \times m` is no quantity, `5 \cdot \text{m}` is one.
    let times = matches!(before, Kind::Symbol('*'));
    if is_product || is_variables || is_argument || (times && (!is_certain || start < 2)) {
        return None;
    }
    // These letters are variables as often as units, spaced or not.
    let is_doubtful = matches!(
        item[start..],
        [Token {
            kind: Kind::Letters("p" | "d" | "G" | "M" | "S" | "T" | "H"),
            ..
        }]
    );
    let measure = Measure {
        unit,
        other,
        noun: None,
        is_certain,
        is_spaced: !is_doubtful && (item[start].spaced || !matches!(before, Kind::Number(_))),
    };
    Some((if times { start - 1 } else { start }, measure))
}

/// `12 apples`, `35 pages per day`: where the counted thing stands, and its name.
fn counted<'a>(item: &[Token<'a>]) -> Option<(usize, &'a str)> {
    let is_number = |token: &Token<'_>| {
        matches!(
            token.kind,
            Kind::Number(_)
                | Kind::Symbol('*' | '^' | '{' | '}' | '-' | '/')
                | Kind::Command("frac")
        )
    };
    let equals = item
        .iter()
        .position(|token| token.kind == Kind::Symbol('='))
        .map_or(0, |at| at + 1);
    let length = item[equals..]
        .iter()
        .take_while(|token| is_number(token))
        .count();
    let start = equals + length;
    let has_number = matches!(
        item[equals..start],
        [
            Token {
                kind: Kind::Number(_),
                ..
            },
            ..
        ]
    );
    let (Kind::Letters(noun) | Kind::Word(noun)) = item.get(start)?.kind else {
        return None;
    };
    let noun = noun.split(" per ").next()?;
    let stands_alone = match &item[start + 1..] {
        [] => true,
        [per, rest @ ..] => {
            per.kind == Kind::Letters("per")
                && matches!(rest, [Token { kind: Kind::Letters(word), .. }] if word.bytes().all(|byte| byte.is_ascii_lowercase()))
        }
    };
    (has_number && stands_alone && is_noun(noun)).then_some((start, noun))
}

/// What stands in parentheses where they stand around all symbols of a unit.
fn without_parentheses<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match tokens {
        [
            Token {
                kind: Kind::Symbol('('),
                spaced: true,
            },
            inside @ ..,
            Token {
                kind: Kind::Symbol(')'),
                ..
            },
        ] => inside,
        _ => tokens,
    }
}

/// `25 units`, `25 square units`, `25 (cubic units)`: where the words begin, and what they are.
fn plain_units(item: &[Token<'_>], numbers: &[Number]) -> Option<(usize, &'static str)> {
    let first = item.len().saturating_sub(6).max(1);
    (first..item.len()).find_map(|start| {
        let (names, power) = match &item[start..] {
            [
                names @ ..,
                caret,
                Token {
                    kind: Kind::Number(index),
                    ..
                },
            ] if caret.kind == Kind::Symbol('^') => {
                (names, numbers[*index as usize].value.as_integer()?)
            }
            names => (names, 1),
        };
        let mut words = without_parentheses(names)
            .iter()
            .flat_map(|token| {
                match token.kind {
                    Kind::Letters(text) | Kind::Word(text) => text,
                    _ => "?",
                }
                .split([' ', '.'])
            })
            .filter(|word| !word.is_empty());
        let noun = match (words.next()?, words.next(), words.next(), power) {
            ("unit" | "units", None, None, 1) => "units",
            ("square" | "sq", Some("unit" | "units"), None, 1)
            | ("unit" | "units", Some("squared"), None, 1)
            | ("unit" | "units", None, None, 2) => "square units",
            ("cubic" | "cu", Some("unit" | "units"), None, 1)
            | ("unit" | "units", Some("cubed"), None, 1)
            | ("unit" | "units", None, None, 3) => "cubic units",
            _ => return None,
        };
        Some((start, noun))
    })
}

fn is_variable(token: &Token<'_>) -> bool {
    matches!(token.kind, Kind::Letters(name) if !matches!(name, "pi" | "sqrt" | "e") && units::scale(name).is_none())
}

/// Whether the only letter before a unit is the name on the left: `x = 5 cm`.
fn assigned(item: &[Token<'_>], start: usize) -> bool {
    matches!(
        item,
        [Token { kind: Kind::Letters(_), .. }, Token { kind: Kind::Symbol('='), .. }, rest @ ..]
            if !rest[..start.saturating_sub(2)].iter().any(is_variable)
    )
}

fn is_function(token: &Token<'_>) -> bool {
    matches!(
        token.kind,
        Kind::Command("sin" | "cos" | "tan" | "cot" | "sec" | "csc")
            | Kind::Letters("sin" | "cos" | "tan" | "cot" | "sec" | "csc")
    )
}

/// Plurals without an s.
const IRREGULAR: [&str; 14] = [
    "people", "children", "men", "women", "sheep", "fish", "deer", "mice", "geese", "teeth",
    "feet", "oxen", "cattle", "dice",
];

/// A plural in lower case that could be counted and says nothing about the number.
fn is_noun(word: &str) -> bool {
    let plain = word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b' ');
    let is_plural = word.len() >= 4 && word.ends_with('s')
        || word
            .split(' ')
            .next_back()
            .is_some_and(|last| IRREGULAR.contains(&last));
    plain
        && is_plural
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
