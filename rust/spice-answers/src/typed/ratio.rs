//! Proportions: `3:4`, `2 to 3 to 5`, `1 : \sqrt{2}`, and the fraction that says the same of two parts.

use super::calendar::Clock;
use super::compare::{Outcome, outcome};
use crate::algebra::identity::{self, Expression, Proof};
use crate::algebra::rational::Rational;
use crate::policy::Conventions;
use crate::syntax::{Kind, Token, Tokens, Tree, outside_brackets, parse, tokens};

/// Parts of one proportion.
const MAX_PARTS: usize = 6;

/// A proportion: its first part over every other one.
pub(super) struct Ratio {
    quotients: Vec<Tree>,
    /// Digits that could be a time of day as well.
    looks_like_time: bool,
    /// The text without spaces, to which a fraction for what could be a time must be true.
    written: String,
}

impl Ratio {
    /// Reads a text with at least one colon or "to" outside of brackets.
    pub(super) fn read(text: &str) -> Option<Self> {
        // A:B = 3:4 says 3:4.
        let inner = text.rsplit('=').next()?.trim();
        let is_time = Clock::read(inner).is_some();
        if is_time && inner.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        let list = tokens(inner).ok()?;
        let parts = parts(&list)?;
        let quotients = parts[1..]
            .iter()
            .map(|&part| quotient(&list, parts[0], part))
            .collect::<Option<_>>()?;
        Some(Self {
            quotients,
            looks_like_time: inner.len() == text.len() && is_time,
            written: inner
                .split("to")
                .collect::<Vec<_>>()
                .join(":")
                .replace(' ', ""),
        })
    }

    /// Whether both are the same proportion; digits that could be two times of day are none.
    pub(super) fn compare(&self, other: &Self) -> Outcome {
        if self.looks_like_time && other.looks_like_time {
            return Outcome::Incomparable;
        }
        self.quotients_agree(other)
    }

    /// The same, whatever else the digits could be.
    pub(super) fn is_multiple(&self, other: &Self) -> bool {
        self.quotients_agree(other).is_same()
    }

    fn quotients_agree(&self, other: &Self) -> Outcome {
        if self.quotients.len() != other.quotients.len() {
            return Outcome::Different;
        }
        let mut all = Outcome::Same(Proof::Exact);
        for (a, b) in self.quotients.iter().zip(&other.quotients) {
            all = all.and(same(a, b));
        }
        all
    }

    /// Whether a fraction is this proportion of two parts.
    pub(super) fn compare_fraction(&self, text: &str) -> Outcome {
        let [quotient] = &self.quotients[..] else {
            return Outcome::Incomparable;
        };
        let Ok(list) = tokens(text) else {
            return Outcome::Incomparable;
        };
        if self.looks_like_time && text.replace(' ', "").replace('/', ":") != self.written {
            return Outcome::Incomparable;
        }
        let is_fraction = list
            .list
            .iter()
            .any(|token| matches!(token.kind, Kind::Symbol('/') | Kind::Command("frac")));
        match parse(&list, 0, list.list.len()) {
            Ok(tree) if is_fraction && tree.is_scalar(tree.root) => {
                same(quotient, &tree).and(Outcome::ByConvention(Conventions::FRACTION_FOR_RATIO))
            }
            _ => Outcome::Incomparable,
        }
    }
}

fn same(a: &Tree, b: &Tree) -> Outcome {
    let (a, b) = (Expression::new(a, a.root), Expression::new(b, b.root));
    outcome(identity::compare(&a, &b))
}

/// Where the parts stand.
fn parts(list: &Tokens<'_>) -> Option<Vec<(usize, usize)>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in outside_brackets(&list.list) {
        if matches!(
            token.kind,
            Kind::Symbol(':') | Kind::Word("to") | Kind::Letters("to")
        ) {
            parts.push((start, at));
            start = at + 1;
        }
    }
    parts.push((start, list.list.len()));
    (2..=MAX_PARTS).contains(&parts.len()).then_some(parts)
}

/// One part over another, both values that are not zero.
fn quotient(list: &Tokens<'_>, top: (usize, usize), bottom: (usize, usize)) -> Option<Tree> {
    let symbol = |symbol| Token {
        kind: Kind::Symbol(symbol),
        spaced: false,
    };
    let mut run = vec![symbol('(')];
    run.extend_from_slice(&list.list[top.0..top.1]);
    run.extend([symbol(')'), symbol('/'), symbol('(')]);
    run.extend_from_slice(&list.list[bottom.0..bottom.1]);
    run.push(symbol(')'));
    let joined = Tokens {
        list: run,
        numbers: list.numbers.clone(),
    };
    let tree = parse(&joined, 0, joined.list.len()).ok()?;
    let vanishes = |(start, end)| {
        parse(list, start, end).is_ok_and(|part| {
            part.is_scalar(part.root)
                && Expression::new(&part, part.root)
                    .rational()
                    .is_some_and(Rational::is_zero)
        })
    };
    (tree.is_scalar(tree.root) && !vanishes(top) && !vanishes(bottom)).then_some(tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(a: &str, b: &str) -> Outcome {
        Ratio::read(a).unwrap().compare(&Ratio::read(b).unwrap())
    }

    #[test]
    fn ratios_are_proportions() {
        assert_eq!(compared("3:4", "6 : 8"), Outcome::Same(Proof::Exact));
        assert_eq!(compared("3:4", "4:3"), Outcome::Different);
        assert_eq!(compared("3 to 4", "A:B = 3:4"), Outcome::Same(Proof::Exact));
        assert_eq!(compared("2:3:5", "4:6:10"), Outcome::Same(Proof::Exact));
        assert!(compared(r"1:\sqrt{2}", r"\sqrt{2}:2").is_same());
        assert!(Ratio::read("3:0").is_none());
        assert!(Ratio::read("0:3").is_none());
    }

    #[test]
    fn a_fraction_says_the_same_of_two_parts() {
        let ratio = Ratio::read("3:4").unwrap();
        assert!(ratio.compare_fraction(r"\frac{3}{4}").is_same());
        assert!(!ratio.compare_fraction("4/3").is_same());
        assert!(!ratio.compare_fraction("0.75").is_same());
        // 3:30 could be half past three, so only its own digits count.
        let time = Ratio::read("3:30").unwrap();
        assert!(!time.compare_fraction("1/10").is_same());
    }
}
