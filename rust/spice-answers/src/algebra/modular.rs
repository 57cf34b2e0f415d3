//! Rational functions at random points of a prime field.
//!
//! Pi and e are variables here (no rational function of either vanishes), and i is a symbol whose square is -1.

use num_bigint::BigInt;

use super::points::scrambled;
use super::rational::Rational;
use crate::fuel;
use crate::syntax::{Constant, Id, Node, Tree};

/// 2^61 - 1 and the prime before it.
pub(super) const PRIMES: [u64; 2] = [(1 << 61) - 1, (1 << 61) - 31];

/// Largest exponent of a variable power.
const MAX_POWER: i64 = 1 << 20;

/// Residues of the real and the imaginary part.
pub(super) type Residue = (u64, u64);

/// Whether every node below the root is built from numbers and variables by field operations.
pub(super) fn is_rational_function(
    tree: &Tree,
    reachable: &[bool],
    exact: &[Option<Rational>],
) -> bool {
    (0..reachable.len()).all(|id| {
        if !reachable[id] || exact[id].is_some() {
            return true;
        }
        match tree.nodes[id] {
            Node::Variable(_)
            | Node::Constant(Constant::Pi | Constant::E | Constant::I)
            | Node::Negate(_)
            | Node::Add(..)
            | Node::Subtract(..)
            | Node::Multiply(..)
            | Node::Divide(..) => true,
            Node::Power(_, exponent) => exact[exponent as usize]
                .as_ref()
                .and_then(Rational::as_integer)
                .is_some_and(|exponent| exponent.abs() <= MAX_POWER),
            _ => false,
        }
    })
}

/// The value of a rational function at the point of this round; `None` for a division by zero.
pub(super) fn evaluate(
    tree: &Tree,
    root: Id,
    exact: &[Option<Rational>],
    prime: u64,
    round: u64,
) -> Option<Residue> {
    let reachable = tree.reachable(root);
    let field = Field { prime };
    fuel::burn(2 * reachable.len() as u32)?;
    let mut values: Vec<Residue> = Vec::with_capacity(reachable.len());
    for (id, reached) in reachable.iter().enumerate() {
        let value = if !reached {
            (0, 0)
        } else if let Some(exact) = &exact[id] {
            (field.rational(exact)?, 0)
        } else {
            let of = |id: Id| values[id as usize];
            match tree.nodes[id] {
                Node::Variable(name) => (scrambled(tree.name(name), round) % prime, 0),
                Node::Constant(Constant::Pi) => (scrambled("pi", round) % prime, 0),
                Node::Constant(Constant::E) => (scrambled("e", round) % prime, 0),
                Node::Constant(Constant::I) => (0, 1),
                Node::Negate(a) => field.subtract((0, 0), of(a)),
                Node::Add(a, b) => field.add(of(a), of(b)),
                Node::Subtract(a, b) => field.subtract(of(a), of(b)),
                Node::Multiply(a, b) => field.multiply(of(a), of(b)),
                Node::Divide(a, b) => field.multiply(of(a), field.inverse(of(b))?),
                Node::Power(a, exponent) => {
                    field.power(of(a), exact[exponent as usize].as_ref()?.as_integer()?)?
                }
                _ => return None,
            }
        };
        values.push(value);
    }
    values.last().copied()
}

/// a * b in the field.
pub(super) fn product(a: Residue, b: Residue, prime: u64) -> Residue {
    Field { prime }.multiply(a, b)
}

struct Field {
    prime: u64,
}

impl Field {
    fn times(&self, a: u64, b: u64) -> u64 {
        (u128::from(a) * u128::from(b) % u128::from(self.prime)) as u64
    }

    fn plus(&self, a: u64, b: u64) -> u64 {
        (a + b) % self.prime // both are below 2^61
    }

    fn minus(&self, a: u64, b: u64) -> u64 {
        (a + self.prime - b) % self.prime
    }

    fn add(&self, a: Residue, b: Residue) -> Residue {
        (self.plus(a.0, b.0), self.plus(a.1, b.1))
    }

    fn subtract(&self, a: Residue, b: Residue) -> Residue {
        (self.minus(a.0, b.0), self.minus(a.1, b.1))
    }

    fn multiply(&self, a: Residue, b: Residue) -> Residue {
        if a.1 == 0 && b.1 == 0 {
            return (self.times(a.0, b.0), 0);
        }
        (
            self.minus(self.times(a.0, b.0), self.times(a.1, b.1)),
            self.plus(self.times(a.0, b.1), self.times(a.1, b.0)),
        )
    }

    fn inverse_of(&self, a: u64) -> Option<u64> {
        (a != 0).then(|| self.real_power(a, self.prime - 2))
    }

    fn inverse(&self, a: Residue) -> Option<Residue> {
        if a.1 == 0 {
            return Some((self.inverse_of(a.0)?, 0));
        }
        let norm = self.plus(self.times(a.0, a.0), self.times(a.1, a.1));
        let inverse = self.inverse_of(norm)?;
        Some((
            self.times(a.0, inverse),
            self.times(self.minus(0, a.1), inverse),
        ))
    }

    fn real_power(&self, mut base: u64, mut exponent: u64) -> u64 {
        let mut result = 1;
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = self.times(result, base);
            }
            base = self.times(base, base);
            exponent >>= 1;
        }
        result
    }

    fn power(&self, base: Residue, exponent: i64) -> Option<Residue> {
        let mut base = if exponent < 0 {
            self.inverse(base)?
        } else {
            base
        };
        if exponent == 0 && base == (0, 0) {
            return None;
        }
        let mut left = exponent.unsigned_abs();
        let mut result = (1, 0);
        while left > 0 {
            if left & 1 == 1 {
                result = self.multiply(result, base);
            }
            base = self.multiply(base, base);
            left >>= 1;
        }
        Some(result)
    }

    fn rational(&self, value: &Rational) -> Option<u64> {
        let prime = self.prime.cast_signed();
        let (numerator, denominator) = match value {
            Rational::Small(numerator, denominator) => (
                numerator.rem_euclid(prime) as u64,
                denominator.rem_euclid(prime) as u64,
            ),
            Rational::Big(parts) => {
                let residue = |part: &BigInt| -> Option<u64> {
                    let prime = BigInt::from(self.prime);
                    u64::try_from(((part % &prime) + &prime) % &prime).ok()
                };
                (residue(&parts.0)?, residue(&parts.1)?)
            }
        };
        if denominator == 1 {
            return Some(numerator);
        }
        Some(self.times(numerator, self.inverse_of(denominator)?))
    }
}
