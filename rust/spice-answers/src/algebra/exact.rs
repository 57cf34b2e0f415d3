//! Constant parts of a tree as exact rational numbers, as far as they are rational and of bounded size.

use super::rational::Rational;
use crate::fuel;
use crate::syntax::{Function, Id, Node, Pair, Tree};

/// Largest argument of a factorial, and of the upper part of a binomial coefficient.
const MAX_FACTORIAL: i64 = 200;

/// Words of big-number arithmetic that one tree may take.
const MAX_WORK: u64 = 1 << 20;

/// The value of every node up to the root, with `variable` in place of variables; `None` where it is not rational, has a
/// variable without a value, or is too large.
pub(super) fn exact_values(
    tree: &Tree,
    reachable: &[bool],
    variable: &dyn Fn(&str) -> Option<Rational>,
) -> Vec<Option<Rational>> {
    let mut values: Vec<Option<Rational>> = Vec::with_capacity(reachable.len());
    let mut work = 0;
    for (id, reached) in reachable.iter().enumerate() {
        let value = (*reached && work < MAX_WORK)
            .then(|| value(tree, id as Id, &values, variable))
            .flatten();
        if let Some(Rational::Big(parts)) = &value {
            let words = 1 + parts.0.bits().max(parts.1.bits()) / 64;
            work += words * words;
        }
        values.push(value);
    }
    // Running out ends the comparison that asks next, not this walk, which `MAX_WORK` bounds.
    fuel::burn(values.len() as u32 + work as u32);
    values
}

fn value(
    tree: &Tree,
    id: Id,
    values: &[Option<Rational>],
    variable: &dyn Fn(&str) -> Option<Rational>,
) -> Option<Rational> {
    let of = |id: Id| values[id as usize].as_ref();
    match tree.node(id) {
        Node::Variable(name) => variable(tree.name(name)),
        Node::Number(index) => Some(tree.numbers[index as usize].value.clone()),
        Node::Negate(a) => Some(of(a)?.negated()),
        Node::Add(a, b) => of(a)?.add(of(b)?),
        Node::Subtract(a, b) => of(a)?.subtract(of(b)?),
        Node::Multiply(a, b) => of(a)?.multiply(of(b)?),
        Node::Divide(a, b) => of(a)?.divide(of(b)?),
        Node::Power(a, b) => power(of(a)?, of(b)?),
        Node::Root(index, a) => {
            let order = u32::try_from(of(index)?.as_integer()?).ok()?;
            of(a)?.exact_root(order)
        }
        Node::Pair(pair, a, b) => pair_value(pair, of(a)?, of(b)?),
        Node::Call(function, a) => {
            let a = of(a)?;
            match function {
                Function::Sqrt => a.exact_root(2),
                Function::Abs => Some(if a.is_negative() {
                    a.negated()
                } else {
                    a.clone()
                }),
                Function::Floor => a.floor(),
                Function::Ceil => Some(a.negated().floor()?.negated()),
                Function::Factorial => factorial(a.as_integer()?),
                _ => None,
            }
        }
        _ => None,
    }
}

fn power(base: &Rational, exponent: &Rational) -> Option<Rational> {
    if let Some(exponent) = exponent.as_integer() {
        return base.power(exponent);
    }
    // A negative number has no real power of a fraction; which complex one is meant is a convention.
    if base.is_negative() {
        return None;
    }
    let Rational::Small(numerator, denominator) = exponent else {
        return None;
    };
    base.exact_root(u32::try_from(*denominator).ok()?)?
        .power(*numerator)
}

fn factorial(n: i64) -> Option<Rational> {
    if !(0..=MAX_FACTORIAL).contains(&n) {
        return None;
    }
    (2..=n).try_fold(Rational::ONE, |product, factor| {
        product.multiply(&Rational::integer(factor))
    })
}

fn pair_value(pair: Pair, a: &Rational, b: &Rational) -> Option<Rational> {
    match pair {
        Pair::Max => return Some(a.max(b).clone()),
        Pair::Min => return Some(a.min(b).clone()),
        _ => {}
    }
    let (a, b) = (a.as_integer()?, b.as_integer()?);
    match pair {
        Pair::Binomial => binomial(a, b),
        Pair::Permutations => binomial(a, b)?.multiply(&factorial(b)?),
        Pair::Gcd => Some(Rational::integer(gcd(a, b)?)),
        Pair::Lcm => match gcd(a, b)? {
            0 => Some(Rational::ZERO),
            gcd => Some(Rational::integer((a / gcd).checked_mul(b)?.checked_abs()?)),
        },
        Pair::Modulo => (b > 0).then(|| Rational::integer(a.rem_euclid(b))),
        Pair::Max | Pair::Min => None,
    }
}

fn gcd(a: i64, b: i64) -> Option<i64> {
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

fn binomial(n: i64, k: i64) -> Option<Rational> {
    if !(0..=MAX_FACTORIAL).contains(&n) {
        return None;
    }
    if k < 0 || k > n {
        return Some(Rational::ZERO);
    }
    (0..k.min(n - k)).try_fold(Rational::ONE, |product, i| {
        product
            .multiply(&Rational::integer(n - i))?
            .divide(&Rational::integer(i + 1))
    })
}
