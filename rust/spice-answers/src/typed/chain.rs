//! Values between relations: `x = 5`, `2^4 - 1 = 15`, `a < b <= c`, `x in S`; and what counts as a name on their left.

use super::line::inequality;
use super::rounding::approximates;
use super::shape::{Piece, Reading, Shape, Together, value};
use crate::algebra::identity::{self, Expression, Sameness};
use crate::syntax::tree::Fence;
use crate::syntax::{Constant, Function, Id, Node, Relation, Tree};

/// `a = b`, `a < b <= c`, `x in S`.
pub(super) fn chain(tree: &mut Tree, items: &[Id], relations: &[Relation]) -> Option<Reading> {
    let is_equal =
        |relation: &Relation| matches!(relation, Relation::Equal | Relation::Approximately);
    if relations.iter().all(is_equal) {
        if let Some(value) = constants(tree, items, relations)? {
            return Some(Shape::Scalar(value).into());
        }
        // In x = 1/3 ≈ 0.333 the exact value counts.
        let num_exact = relations
            .iter()
            .skip(1)
            .position(|&relation| relation == Relation::Approximately)
            .map_or(items.len(), |place| place + 2);
        return equality(tree, &items[..num_exact]);
    }
    if let ([name, set], [Relation::In]) = (items, relations) {
        let variable = variable_name(tree, *name)?;
        let shape = match value(tree, *set)? {
            Shape::Several(ends, Together::Brackets) if ends.len() == 2 => {
                Shape::Region(vec![closed(&ends)])
            }
            Shape::Several(ends, Together::Tuple) if ends.len() == 2 => {
                Shape::Region(vec![Piece {
                    has_low: false,
                    has_high: false,
                    ..closed(&ends)
                }])
            }
            other @ (Shape::Several(..) | Shape::Region(_)) => other,
            _ => return None,
        };
        return Some(Reading {
            shape,
            variable: Some(variable),
            equation: None,
            total: None,
        });
    }
    inequality(tree, items, relations)
}

/// The value of a chain of constants: `2^4 - 1 = 15`, `2\sqrt{5} \approx 4.47`. `Some(None)` where it holds more than
/// constants, `None` where its sides contradict each other.
#[expect(
    clippy::option_option,
    reason = "three outcomes, each with a name above"
)]
fn constants(tree: &Tree, items: &[Id], relations: &[Relation]) -> Option<Option<Id>> {
    let are_equal = |a: &Expression<'_>, b: &Expression<'_>| {
        matches!(identity::compare(a, b), Sameness::Same(_))
    };
    let num_exact = relations
        .iter()
        .position(|&relation| relation == Relation::Approximately)
        .map_or(items.len(), |place| place + 1);
    let mut value: Option<(Id, Expression<'_>)> = None;
    let mut all_constant = true;
    for (place, &item) in items.iter().enumerate() {
        if !tree.is_scalar(item) {
            all_constant = false;
            continue;
        }
        let expression = Expression::new(tree, item);
        if expression.has_variables() {
            all_constant = false;
            continue;
        }
        let agrees = match &value {
            Some((_, before)) if place < num_exact => are_equal(before, &expression),
            Some((_, before)) => are_equal(before, &expression) || approximates(tree, item, before),
            None => true,
        };
        if !agrees {
            return None;
        }
        if place < num_exact || value.is_none() {
            value = Some((item, expression));
        }
    }
    Some(value.filter(|_| all_constant).map(|(item, _)| item))
}

pub(super) fn closed(ends: &[Id]) -> Piece {
    Piece {
        low: Some(ends[0]),
        high: Some(ends[1]),
        has_low: true,
        has_high: true,
    }
}

pub(super) fn variable_name(tree: &Tree, id: Id) -> Option<String> {
    match tree.node(id) {
        Node::Variable(name) => Some(tree.name(name).to_owned()),
        Node::Constant(Constant::I) => Some("i".to_owned()),
        Node::Constant(Constant::E) => Some("e".to_owned()),
        Node::Multiply(..) | Node::Divide(..) | Node::Call(Function::Abs, _) => {
            segment_name(tree, id).or_else(|| derivative_name(tree, id))
        }
        // A ∩ B = {1, 2}
        Node::Intersection(span) | Node::Union(span) => {
            let names: Option<Vec<&str>> = tree
                .items(span)
                .iter()
                .map(|&item| match tree.node(item) {
                    Node::Variable(name) => Some(tree.name(name)),
                    _ => None,
                })
                .collect();
            let sign = if matches!(tree.node(id), Node::Union(_)) {
                "∪"
            } else {
                "∩"
            };
            Some(names?.join(sign))
        }
        // (x, y) = (1, 2)
        Node::Group(Fence::Parenthesis, Fence::Parenthesis, span) => {
            let names: Option<Vec<String>> = tree
                .items(span)
                .iter()
                .map(|&item| match tree.node(item) {
                    Node::Variable(name) => Some(tree.name(name).to_owned()),
                    _ => None,
                })
                .collect();
            Some(format!("({})", names?.join(",")))
        }
        _ => None,
    }
}

/// `dy/dx`, and `d/dx` before what is derived.
fn derivative_name(tree: &Tree, id: Id) -> Option<String> {
    let quotient = match tree.node(id) {
        Node::Multiply(first, _) => first,
        _ => id,
    };
    let Node::Divide(top, bottom) = tree.node(quotient) else {
        return None;
    };
    let differential = |id: Id| match tree.node(id) {
        Node::Variable(name) => Some(tree.name(name)).filter(|name| name.starts_with('d')),
        // \partial f
        Node::Multiply(mark, name) => match (tree.node(mark), tree.node(name)) {
            (Node::Variable(mark), Node::Variable(name)) if tree.name(mark) == "partial" => {
                Some(tree.name(name))
            }
            _ => None,
        },
        _ => None,
    };
    let bottom = differential(bottom).filter(|name| *name != "d")?;
    Some(format!("{}/{bottom}", differential(top)?))
}

/// `AB`, `|AB|`, `AB/CD`: what geometry calls its segments, capitals and nothing else.
fn segment_name(tree: &Tree, id: Id) -> Option<String> {
    let mut name = String::new();
    for (place, reached) in tree.reachable(id).iter().enumerate() {
        match tree.nodes[place] {
            _ if !reached => {}
            Node::Variable(letter) if tree.name(letter).len() == 1 => {
                let letter = tree.name(letter);
                name.push_str(
                    letter
                        .bytes()
                        .all(|byte| byte.is_ascii_uppercase())
                        .then_some(letter)?,
                );
            }
            Node::Multiply(..) => {}
            Node::Divide(..) => name.push('/'),
            Node::Call(Function::Abs, _) => name.push('|'),
            _ => return None,
        }
    }
    Some(name)
}

fn equality(tree: &mut Tree, items: &[Id]) -> Option<Reading> {
    let (&first, &last) = (items.first()?, items.last()?);
    let equation = (tree.is_scalar(first) && tree.is_scalar(last))
        .then(|| tree.push(Node::Subtract(first, last)));
    if let Some(variable) = variable_name(tree, first) {
        return Some(Reading {
            shape: value(tree, last)?,
            variable: Some(variable),
            equation,
            total: None,
        });
    }
    if items.len() != 2 {
        // a + b = 2 + 3 = 5 says 5.
        return value(tree, last).map(Reading::from);
    }
    if let Some(variable) = variable_name(tree, last).filter(|_| tree.is_scalar(first)) {
        return Some(Reading {
            shape: value(tree, first)?,
            variable: Some(variable),
            equation,
            total: None,
        });
    }
    Some(Reading {
        shape: Shape::Equation(equation?),
        variable: None,
        equation,
        total: is_several_names(tree, first).then_some(last),
    })
}

/// `m + n`, `pq - r`, `|a - b|`, `\cos \alpha`: what is no equation to be solved, for nothing but names stands in it and it
/// is no single one.
fn is_several_names(tree: &Tree, id: Id) -> bool {
    let (id, is_call) = match tree.node(id) {
        Node::Call(_, argument) => (argument, true),
        _ => (id, false),
    };
    let reachable = tree.reachable(id);
    let only_names = (0..reachable.len()).all(|id| {
        !reachable[id]
            || matches!(
                tree.nodes[id],
                Node::Variable(_) | Node::Add(..) | Node::Subtract(..) | Node::Multiply(..)
            )
    });
    only_names && (is_call || Expression::new(tree, id).variables().len() > 1)
}
