//! Statements side by side: `1, 2 and 3`, `x = 1, y = 2`, `x > -2 and x < 5`.

use super::line::{inequality, intersection};
use super::shape::{Piece, Reading, Shape, Together, chain, parts, value};
use crate::syntax::{Id, Node, Relation, Tree};

/// Statements side by side: values, values of one variable, values of several, or parts of the line.
pub(super) fn several_statements(tree: &mut Tree, items: &[Id], all: bool) -> Option<Reading> {
    if items.len() > 64 {
        return None;
    }
    let items = &statements(tree, items);
    if all && let [first, second] = items[..] {
        let both = region_of(tree, first).zip(region_of(tree, second));
        if let Some(reading) = both.and_then(|(a, b)| intersection(tree, a, b)) {
            return Some(reading);
        }
    }
    let mut values: Vec<Id> = Vec::new();
    let mut names: Vec<Option<String>> = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    for &item in items {
        let Some((parts, relations)) = parts(tree, item) else {
            match value(tree, item) {
                Some(Shape::Scalar(single)) => values.push(single),
                Some(Shape::Several(many, Together::Bare)) => values.extend(many),
                Some(Shape::Several(..) | Shape::Matrix(..)) => values.push(item),
                Some(Shape::Region(more)) => pieces.extend(more),
                _ => return None,
            }
            names.resize(values.len() + pieces.len(), None);
            continue;
        };
        let reading = chain(tree, &parts, &relations)?;
        match reading.shape {
            Shape::Scalar(single) => values.push(single),
            Shape::Several(many, Together::Bare) => values.extend(many),
            Shape::Several(_, Together::Tuple) => values.push(*parts.last()?),
            Shape::Region(more) => pieces.extend(more),
            _ => return None,
        }
        names.resize(values.len() + pieces.len(), reading.variable);
    }
    if values.is_empty() {
        // "and" between parts of the line would be their intersection.
        let one_name = names.windows(2).all(|pair| pair[0] == pair[1]);
        return (one_name && !all).then(|| Reading {
            shape: Shape::Region(pieces),
            variable: names.first().cloned().flatten(),
            equation: None,
            total: None,
        });
    }
    if !pieces.is_empty() {
        return None;
    }
    let first = names.first().cloned().flatten();
    // x = 1, 2 says x once for all.
    let same = names
        .iter()
        .skip(1)
        .all(|name| *name == first || name.is_none());
    if same {
        return Some(Reading {
            shape: Shape::Several(values, Together::Bare),
            variable: first,
            equation: None,
            total: None,
        });
    }
    // x_1 = 2, x_2 = 3 are two values of x, whatever their order; three are mostly a vector's.
    let stem = |name: &Option<String>| {
        let (stem, below) = name.as_ref()?.split_once('_')?;
        below
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| stem.to_owned())
    };
    if let Some(first) = names.first().and_then(stem)
        && names.len() == 2
        && names.iter().all(|name| stem(name).as_ref() == Some(&first))
    {
        return Some(Reading {
            shape: Shape::Several(values, Together::Bare),
            variable: Some(first),
            equation: None,
            total: None,
        });
    }
    let mut assignments: Vec<(String, Id)> = Vec::with_capacity(values.len());
    for (name, value) in names.into_iter().zip(values) {
        assignments.push((name?, value));
    }
    assignments.sort_by(|a, b| a.0.cmp(&b.0));
    let distinct = assignments.windows(2).all(|pair| pair[0].0 != pair[1].0);
    distinct.then(|| Shape::Assignments(assignments).into())
}

/// What stands between commas, "and" and "or", whichever of them is used, without what only says that a name is a whole
/// number: `x = k \pi, k \in \mathbb{Z}`.
fn statements(tree: &Tree, items: &[Id]) -> Vec<Id> {
    let mut out = Vec::with_capacity(items.len());
    for &item in items {
        match tree.node(item) {
            Node::And(span) | Node::Or(span) => out.extend_from_slice(tree.items(span)),
            _ => out.push(item),
        }
    }
    let is_declaration = |item: Id| match parts(tree, item) {
        Some((sides, relations)) if relations == [Relation::In] => {
            matches!(tree.node(sides[1]), Node::Variable(set) if tree.name(set) == "integers")
        }
        _ => false,
    };
    if out.len() > 1 && out.iter().any(|&item| !is_declaration(item)) {
        out.retain(|&item| !is_declaration(item));
    }
    out
}

/// The one piece of the line that an inequality is, and its variable.
fn region_of(tree: &mut Tree, item: Id) -> Option<(Piece, Option<String>)> {
    let (sides, relations) = parts(tree, item)?;
    let reading = inequality(tree, &sides, &relations)?;
    match reading.shape {
        Shape::Region(pieces) if pieces.len() == 1 => Some((pieces[0], reading.variable)),
        _ => None,
    }
}
