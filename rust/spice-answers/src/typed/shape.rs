//! What a tree is as a whole: one value, several, a matrix, a region of the real line, an equation.

use super::cases::{Case, cases};
use super::line::{inequality, region};
use super::statements::several_statements;
use crate::algebra::identity::{self, Expression, Sameness};
use crate::algebra::rational::Rational;
use crate::syntax::tree::Fence;
use crate::syntax::{Constant, Function, Id, Node, Relation, Tree};

/// How several values belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Together {
    /// `(1, 2)` and `⟨1, 2⟩`.
    Tuple,
    /// `[1, 2]`: a list, or with two elements a closed interval.
    Brackets,
    /// `{1, 2}`.
    Set,
    /// `1, 2` and `1 or 2`.
    Bare,
}

/// A connected part of the real line; no end is infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) low: Option<Id>,
    pub(crate) high: Option<Id>,
    pub(crate) has_low: bool,
    pub(crate) has_high: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Scalar(Id),
    Infinite(bool),
    Several(Vec<Id>, Together),
    Matrix(Vec<Id>, usize),
    Region(Vec<Piece>),
    /// `2x + y = 1`: the difference of its sides.
    Equation(Id),
    /// `x = 1, y = 2`: names in order, and their values.
    Assignments(Vec<(String, Id)>),
    Cases(Vec<Case>),
    /// A relation that is no region: its two sides' difference, and whether it is strict (`>` after turning).
    Inequality(Id, bool),
}

/// A shape and what it is assigned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) shape: Shape,
    pub(crate) variable: Option<String>,
    /// The difference of both sides where it was written as an equation.
    pub(crate) equation: Option<Id>,
    /// What a sum or product of several variables is said to be: 204 in `m + n = 204`.
    pub(crate) total: Option<Id>,
}

impl From<Shape> for Reading {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            variable: None,
            equation: None,
            total: None,
        }
    }
}

/// Reads the root of a tree; `None` for what has no meaning that could be compared.
pub(crate) fn read(tree: &mut Tree) -> Option<Reading> {
    let root = tree.root;
    match tree.node(root) {
        Node::Chain(span, first) => {
            let items = tree.items(span).to_vec();
            let relations =
                tree.relations[first as usize..first as usize + items.len() - 1].to_vec();
            chain(tree, &items, &relations)
        }
        Node::Or(span) | Node::And(span) | Node::List(span) => {
            let items = tree.items(span).to_vec();
            let all = matches!(tree.node(root), Node::And(_));
            several_statements(tree, &items, all)
        }
        _ => value(tree, root).map(Reading::from),
    }
}

/// The shape of a node without relations.
pub(super) fn value(tree: &mut Tree, id: Id) -> Option<Shape> {
    if let Some(negative) = infinite(tree, id) {
        return Some(Shape::Infinite(negative));
    }
    match tree.node(id) {
        Node::Group(open, close, span) => {
            let items = tree.items(span).to_vec();
            if open == close {
                if let Some((cells, columns)) = plain_matrix(tree, open, &items) {
                    return Some(Shape::Matrix(cells, columns));
                }
                let together = match open {
                    Fence::Bracket => Together::Brackets,
                    Fence::Brace => Together::Set,
                    _ => Together::Tuple,
                };
                if items.iter().any(|&item| infinite(tree, item).is_some()) {
                    return region(tree, id).map(Shape::Region);
                }
                return expanded(tree, &items).map(|items| Shape::Several(items, together));
            }
            region(tree, id).map(Shape::Region)
        }
        Node::EmptySet => Some(Shape::Several(Vec::new(), Together::Set)),
        Node::Matrix(span, columns) => {
            let cells = tree.items(span).to_vec();
            scalars(tree, &cells).then_some(Shape::Matrix(cells, columns as usize))
        }
        Node::Cases(span) => {
            let items = tree.items(span).to_vec();
            cases(tree, &items).map(Shape::Cases)
        }
        Node::Union(_) | Node::Intersection(_) | Node::SetMinus(..) => {
            region(tree, id).map(Shape::Region)
        }
        Node::SuchThat(_, condition) => {
            let reading = match tree.node(condition) {
                Node::Or(span) | Node::And(span) => {
                    let items = tree.items(span).to_vec();
                    let all = matches!(tree.node(condition), Node::And(_));
                    several_statements(tree, &items, all)?
                }
                _ => {
                    let (items, relations) = parts(tree, condition)?;
                    inequality(tree, &items, &relations)?
                }
            };
            matches!(reading.shape, Shape::Region(_)).then_some(reading.shape)
        }
        Node::Variable(name) if tree.name(name) == "reals" => region(tree, id).map(Shape::Region),
        Node::Multiply(..) | Node::Divide(..) | Node::Negate(_)
            if let Some((cells, columns)) = scaled_matrix(tree, id) =>
        {
            Some(Shape::Matrix(cells, columns))
        }
        _ if tree.is_scalar(id) => {
            let items = expanded(tree, &[id])?;
            match items[..] {
                [single] => Some(Shape::Scalar(single)),
                _ => Some(Shape::Several(items, Together::Bare)),
            }
        }
        _ => None,
    }
}

/// A matrix times or over a value: every cell for itself.
fn scaled_matrix(tree: &mut Tree, id: Id) -> Option<(Vec<Id>, usize)> {
    let matrix = |tree: &Tree, id: Id| match tree.node(id) {
        Node::Matrix(span, columns) => Some((tree.items(span).to_vec(), columns as usize)),
        _ => None,
    };
    let node = tree.node(id);
    let (cells, columns): (Vec<Id>, usize) = match node {
        Node::Multiply(a, b) | Node::Divide(a, b) => {
            let is_product = matches!(node, Node::Multiply(..));
            let (found, other) = match (matrix(tree, a), matrix(tree, b)) {
                (Some(found), None) => (found, b),
                (None, Some(found)) if is_product => (found, a),
                _ => return None,
            };
            if !tree.is_scalar(other) {
                return None;
            }
            let scale = |cell: Id| {
                tree.push(if is_product {
                    Node::Multiply(cell, other)
                } else {
                    Node::Divide(cell, other)
                })
            };
            (found.0.into_iter().map(scale).collect(), found.1)
        }
        Node::Negate(a) => {
            let (cells, columns) = matrix(tree, a)?;
            let negate = |cell: Id| tree.push(Node::Negate(cell));
            (cells.into_iter().map(negate).collect(), columns)
        }
        _ => return None,
    };
    scalars(tree, &cells).then_some((cells, columns))
}

pub(super) fn parts(tree: &Tree, id: Id) -> Option<(Vec<Id>, Vec<Relation>)> {
    let Node::Chain(span, first) = tree.node(id) else {
        return None;
    };
    let items = tree.items(span).to_vec();
    let relations = tree.relations[first as usize..first as usize + items.len() - 1].to_vec();
    Some((items, relations))
}

pub(super) fn scalars(tree: &Tree, items: &[Id]) -> bool {
    items.iter().all(|&item| tree.is_scalar(item))
}

/// `Some(true)` for minus infinity.
pub(super) fn infinite(tree: &Tree, id: Id) -> Option<bool> {
    match tree.node(id) {
        Node::Constant(Constant::Infinity) => Some(false),
        Node::Negate(inner) => infinite_positive(tree, inner).then_some(true),
        _ => None,
    }
}

fn infinite_positive(tree: &Tree, id: Id) -> bool {
    tree.node(id) == Node::Constant(Constant::Infinity)
}

/// `[[1, 2], [3, 4]]`.
fn plain_matrix(tree: &Tree, open: Fence, items: &[Id]) -> Option<(Vec<Id>, usize)> {
    if open != Fence::Bracket {
        return None;
    }
    let mut cells = Vec::new();
    let mut columns = 0;
    for &item in items {
        let Node::Group(Fence::Bracket, Fence::Bracket, span) = tree.node(item) else {
            return None;
        };
        let row = tree.items(span);
        if columns != 0 && columns != row.len() {
            return None;
        }
        columns = row.len();
        cells.extend_from_slice(row);
    }
    scalars(tree, &cells).then_some((cells, columns))
}

/// Values with `±` written out, upper signs first.
fn expanded(tree: &mut Tree, items: &[Id]) -> Option<Vec<Id>> {
    let mut out = Vec::with_capacity(items.len());
    for &item in items {
        let reachable = tree.reachable(item);
        let is_double = (0..reachable.len())
            .any(|id| reachable[id] && matches!(tree.nodes[id], Node::PlusMinus(..)));
        if !is_double {
            out.push(item);
            continue;
        }
        if !tree.is_scalar(item) || out.len() > 64 {
            return None;
        }
        for upper in [true, false] {
            out.push(tree.copied(item, |_, node| match node {
                Node::PlusMinus(a, b, flipped) if upper != flipped => Some(Node::Add(a, b)),
                Node::PlusMinus(a, b, _) => Some(Node::Subtract(a, b)),
                _ => None,
            }));
        }
    }
    Some(out)
}

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

/// Whether a decimal is a value up to its last digit.
fn approximates(tree: &Tree, decimal: Id, value: &Expression<'_>) -> bool {
    let (number, negative) = match tree.node(decimal) {
        Node::Number(index) => (index, false),
        Node::Negate(inner) => match tree.node(inner) {
            Node::Number(index) => (index, true),
            _ => return false,
        },
        _ => return false,
    };
    let number = &tree.numbers[number as usize];
    let center = if negative {
        number.value.negated()
    } else {
        number.value.clone()
    };
    number.places.is_some_and(|places| {
        Rational::integer(10)
            .power(-i64::from(places))
            .is_some_and(|unit| identity::is_within(value, &center, &unit))
    })
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
