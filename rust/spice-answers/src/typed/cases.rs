//! Formulas for cases: the same values under the same conditions, in any order.

use super::compare::{Outcome, Sides};
use super::region::same_pieces;
use super::shape::{Piece, Shape, chain, parts};
use crate::algebra::identity::Proof;
use crate::syntax::{Id, Node, Tree};

/// Cases of one function.
const MAX_CASES: usize = 16;

/// A value and where it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    value: Id,
    condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Otherwise,
    On(Vec<Piece>, Option<String>),
}

/// The cases of a node, values and conditions in turn; `None` where a condition is no part of the line.
pub(super) fn cases(tree: &mut Tree, items: &[Id]) -> Option<Vec<Case>> {
    if items.len() > 2 * MAX_CASES {
        return None;
    }
    items
        .chunks_exact(2)
        .map(|pair| {
            let condition = condition(tree, pair[1])?;
            tree.is_scalar(pair[0]).then_some(Case {
                value: pair[0],
                condition,
            })
        })
        .collect()
}

fn condition(tree: &mut Tree, id: Id) -> Option<Condition> {
    if matches!(tree.node(id), Node::Variable(name) if tree.name(name) == "otherwise") {
        return Some(Condition::Otherwise);
    }
    let (sides, relations) = parts(tree, id)?;
    let reading = chain(tree, &sides, &relations)?;
    let pieces = match reading.shape {
        Shape::Region(pieces) => pieces,
        // x = 0 is a point.
        Shape::Scalar(point) if reading.variable.is_some() => vec![Piece {
            low: Some(point),
            high: Some(point),
            has_low: true,
            has_high: true,
        }],
        _ => return None,
    };
    Some(Condition::On(pieces, reading.variable))
}

/// Every case of the gold has its own in the answer.
pub(super) fn compare(sides: &Sides<'_>, gold: &[Case], answer: &[Case]) -> Outcome {
    if gold.len() != answer.len() {
        return Outcome::Different;
    }
    let mut all = Outcome::Same(Proof::Exact);
    let mut free: Vec<&Case> = answer.iter().collect();
    for case in gold {
        let place = free
            .iter()
            .position(|other| same_condition(sides, case, other));
        let Some(place) = place else {
            return Outcome::Different;
        };
        let other = free.swap_remove(place);
        all = all.and(sides.scalars(case.value, other.value));
    }
    all
}

fn same_condition(sides: &Sides<'_>, gold: &Case, answer: &Case) -> bool {
    match (&gold.condition, &answer.condition) {
        (Condition::Otherwise, Condition::Otherwise) => true,
        (Condition::On(a, name), Condition::On(b, other)) => {
            name == other && same_pieces(sides, a.clone(), b.clone()).is_same()
        }
        _ => false,
    }
}
