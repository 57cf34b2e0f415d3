//! Residues: `x \equiv 3 \pmod{7}`, `n ≡ ±1 (mod 6)`, `9 \pmod{12}`.

use std::collections::BTreeSet;

use super::compare::Outcome;
use crate::algebra::identity::Proof;
use crate::policy::Conventions;
use crate::syntax::{Kind, Token, Tokens};

/// Residues of one class that are written out.
const MAX_RESIDUES: i64 = 4096;

/// The whole numbers that leave one of some remainders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Congruence {
    name: Option<String>,
    residues: BTreeSet<i64>,
    modulus: i64,
}

impl Congruence {
    /// Reads a whole text.
    pub(super) fn read(list: &Tokens<'_>) -> Option<Self> {
        let (marker, modulus) = modulus(list)?;
        let body = &list.list[..marker];
        let equals = body
            .iter()
            .position(|token| matches!(token.kind, Kind::Symbol('≡' | '=')));
        let (name, first) = match equals {
            Some(at) => (Some(name(&body[..at])?), at + 1),
            None => (None, 0),
        };
        let residues = residues(list, &body[first..], first, modulus)?;
        Some(Self {
            name,
            residues,
            modulus,
        })
    }

    /// Whether both are the same numbers; a name may be missing.
    pub(super) fn compare(&self, other: &Self) -> Outcome {
        if let (Some(a), Some(b)) = (&self.name, &other.name)
            && a != b
        {
            return Outcome::Different;
        }
        let Some(modulus) = common_multiple(self.modulus, other.modulus) else {
            return Outcome::Undecided;
        };
        if self.classes(modulus) != other.classes(modulus) {
            return Outcome::Different;
        }
        if self.name == other.name {
            Outcome::Same(Proof::Exact)
        } else {
            Outcome::ByConvention(Conventions::MISSING_NAME)
        }
    }

    /// The same numbers by their remainders after division by a multiple of the modulus.
    fn classes(&self, modulus: i64) -> BTreeSet<i64> {
        let steps = modulus / self.modulus;
        self.residues
            .iter()
            .flat_map(|residue| (0..steps).map(move |step| residue + step * self.modulus))
            .collect()
    }
}

fn common_multiple(a: i64, b: i64) -> Option<i64> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x)
        .checked_mul(b)
        .filter(|&multiple| a == b || multiple <= MAX_RESIDUES)
}

/// Where the words before the modulus begin, and the modulus; nothing may follow it.
fn modulus(list: &Tokens<'_>) -> Option<(usize, i64)> {
    let tokens = &list.list;
    let is_mod = |kind: Kind<'_>| {
        matches!(
            kind,
            Kind::Command("pmod" | "bmod" | "mod") | Kind::Letters("mod") | Kind::Word("mod")
        )
    };
    let at = tokens.iter().rposition(|token| is_mod(token.kind))?;
    let is = |at: usize, symbols: [char; 2]| {
        tokens.get(at).is_some_and(|token| {
            symbols
                .iter()
                .any(|&symbol| token.kind == Kind::Symbol(symbol))
        })
    };
    let opened = at > 0 && is(at - 1, ['(', '(']);
    let number = at + 1 + usize::from(is(at + 1, ['{', '{']));
    let value = list.number(number)?.value.as_integer()?;
    let rest = &tokens[number + 1..];
    let only_closing = rest
        .iter()
        .all(|token| matches!(token.kind, Kind::Symbol(')' | '}')));
    let begin = at - usize::from(opened);
    (only_closing && rest.len() < 3 && value > 0 && begin > 0).then_some((begin, value))
}

fn name(tokens: &[Token<'_>]) -> Option<String> {
    match tokens {
        [
            Token {
                kind: Kind::Letters(name),
                ..
            },
        ] if name.len() == 1 => Some((*name).to_owned()),
        _ => None,
    }
}

/// `1, 5`, `1 or 5`, `±1`: whole numbers, brought below the modulus.
fn residues(
    list: &Tokens<'_>,
    tokens: &[Token<'_>],
    offset: usize,
    modulus: i64,
) -> Option<BTreeSet<i64>> {
    let mut residues = BTreeSet::new();
    let mut sign = None;
    let mut expects_value = true;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Symbol(found @ ('-' | '+' | '±')) if expects_value && sign.is_none() => {
                sign = Some(found);
            }
            Kind::Number(_) if expects_value => {
                let value = list.number(offset + at)?.value.as_integer()?;
                if sign != Some('-') {
                    residues.insert(value.rem_euclid(modulus));
                }
                if matches!(sign, Some('-' | '±')) {
                    residues.insert(value.checked_neg()?.rem_euclid(modulus));
                }
                sign = None;
                expects_value = false;
            }
            Kind::Symbol(',' | '∨') | Kind::Letters("or" | "and") | Kind::Word("or" | "and")
                if sign.is_none() && !residues.is_empty() =>
            {
                expects_value = true;
            }
            _ => return None,
        }
    }
    (!expects_value && !residues.is_empty()).then_some(residues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::tokens;

    fn read(text: &str) -> Option<Congruence> {
        Congruence::read(&tokens(text).ok()?)
    }

    fn compared(a: &str, b: &str) -> Outcome {
        read(a).unwrap().compare(&read(b).unwrap())
    }

    #[test]
    fn every_spelling_is_read() {
        let expected = read(r"x \equiv 3 \pmod{7}");
        assert!(expected.is_some());
        for text in [
            r"x \equiv 3 \pmod 7",
            r"x\equiv -4 \pmod{7}",
            "x ≡ 3 (mod 7)",
            r"x \equiv 10 \ (\mathrm{mod}\ 7)",
            r"x \equiv 3 \bmod 7",
        ] {
            assert_eq!(
                read(text).map(|found| found.residues),
                expected.clone().map(|one| one.residues),
                "{text}"
            );
        }
        for text in [
            "x ≡ 3",
            "x ≡ 1/2 (mod 7)",
            "mod 7",
            "3 mod 0",
            "x ≡ (mod 7)",
            "x y ≡ 3 (mod 7)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_numbers_are_the_same() {
        assert_eq!(
            compared("n ≡ 1, 5 (mod 6)", "n ≡ ±1 (mod 6)"),
            Outcome::Same(Proof::Exact)
        );
        assert_eq!(
            compared("n ≡ 1, 4 (mod 6)", "n ≡ 1 (mod 3)"),
            Outcome::Same(Proof::Exact)
        );
        assert_eq!(
            compared("x ≡ 3 (mod 7)", "x ≡ 4 (mod 7)"),
            Outcome::Different
        );
        assert_eq!(
            compared("x ≡ 3 (mod 7)", "x ≡ 3 (mod 14)"),
            Outcome::Different
        );
        assert_eq!(
            compared("x ≡ 3 (mod 7)", "y ≡ 3 (mod 7)"),
            Outcome::Different
        );
    }
}
