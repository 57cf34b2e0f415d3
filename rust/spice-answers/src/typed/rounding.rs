//! Numbers as they are written: worked out or not, exact or rounded.

use crate::algebra::identity::{self, Expression};
use crate::algebra::rational::Rational;
use crate::syntax::tree::Number;
use crate::syntax::{Id, Node, Tree};

/// Fewest significant digits of a rounded answer.
const MIN_SIGNIFICANT: u32 = 4;

/// Whether a value is a number as written, with a sign or a fraction bar at most.
pub(super) fn is_written_out(tree: &Tree, id: Id) -> bool {
    let is_number = |id: Id| match tree.node(id) {
        Node::Negate(inner) => matches!(tree.node(inner), Node::Number(_)),
        node => matches!(node, Node::Number(_)),
    };
    match tree.node(id) {
        Node::Divide(a, b) => is_number(a) && is_number(b),
        Node::Negate(inner) => match tree.node(inner) {
            Node::Divide(a, b) => is_number(a) && is_number(b),
            _ => is_number(id),
        },
        _ => is_number(id),
    }
}

/// Whether a decimal, times a factor, is `fine` correctly rounded to at least four significant digits, and not to zero.
pub(super) fn rounds(tree: &Tree, decimal: Id, factor: &Rational, fine: &Expression<'_>) -> bool {
    let Some(number) = written(tree, decimal) else {
        return false;
    };
    let Some(places) = number.places else {
        return false;
    };
    // A whole number is never the rounded form of anything here, and neither is it what a decimal rounds.
    if number.significant < MIN_SIGNIFICANT || number.value.is_zero() || fine.is_plain_integer() {
        return false;
    }
    let distance = Rational::integer(10)
        .power(-i64::from(places))
        .and_then(|unit| unit.divide(&Rational::integer(2)))
        .and_then(|half| half.multiply(factor));
    match (number.value.multiply(factor), distance) {
        (Some(center), Some(distance)) => identity::is_within(fine, &center, &distance),
        _ => false,
    }
}

/// Whether a decimal is a value up to its last digit.
pub(super) fn approximates(tree: &Tree, decimal: Id, value: &Expression<'_>) -> bool {
    written(tree, decimal).is_some_and(|number| {
        number.places.is_some_and(|places| {
            Rational::integer(10)
                .power(-i64::from(places))
                .is_some_and(|unit| identity::is_within(value, &number.value, &unit))
        })
    })
}

/// The number that a node is as written, its sign included.
fn written(tree: &Tree, id: Id) -> Option<Number> {
    match tree.node(id) {
        Node::Number(index) => Some(tree.numbers[index as usize].clone()),
        Node::Negate(inner) => match tree.node(inner) {
            Node::Number(index) => {
                let number = &tree.numbers[index as usize];
                Some(Number {
                    value: number.value.negated(),
                    ..*number
                })
            }
            _ => None,
        },
        _ => None,
    }
}
