//! What a tree is as a whole: one value, several, a matrix, a region of the real line, an equation.

use super::line::{inequality, region};
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
}

impl From<Shape> for Reading {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            variable: None,
            equation: None,
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
fn value(tree: &mut Tree, id: Id) -> Option<Shape> {
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
        Node::Union(_) | Node::Intersection(_) | Node::SetMinus(..) => {
            region(tree, id).map(Shape::Region)
        }
        Node::SuchThat(_, condition) => {
            let (items, relations) = parts(tree, condition)?;
            let reading = inequality(tree, &items, &relations)?;
            matches!(reading.shape, Shape::Region(_)).then_some(reading.shape)
        }
        Node::Variable(name) if tree.name(name) == "reals" => region(tree, id).map(Shape::Region),
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

fn parts(tree: &Tree, id: Id) -> Option<(Vec<Id>, Vec<Relation>)> {
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
            let copy = with_signs(tree, &reachable, upper);
            out.push(copy);
        }
    }
    Some(out)
}

/// A copy of a subtree in which every `±` is decided.
fn with_signs(tree: &mut Tree, reachable: &[bool], upper: bool) -> Id {
    let mut places: Vec<Id> = vec![0; reachable.len()];
    for id in (0..reachable.len()).filter(|&id| reachable[id]) {
        let at = |id: Id| places[id as usize];
        let node = match tree.nodes[id] {
            Node::PlusMinus(a, b, flipped) if upper != flipped => Node::Add(at(a), at(b)),
            Node::Negate(a) => Node::Negate(at(a)),
            Node::Call(function, a) => Node::Call(function, at(a)),
            Node::Add(a, b) => Node::Add(at(a), at(b)),
            Node::PlusMinus(a, b, _) | Node::Subtract(a, b) => Node::Subtract(at(a), at(b)),
            Node::Multiply(a, b) => Node::Multiply(at(a), at(b)),
            Node::Divide(a, b) => Node::Divide(at(a), at(b)),
            Node::Power(a, b) => Node::Power(at(a), at(b)),
            Node::Root(a, b) => Node::Root(at(a), at(b)),
            Node::Log(a, b) => Node::Log(at(a), at(b)),
            Node::Binomial(a, b) => Node::Binomial(at(a), at(b)),
            other => other,
        };
        places[id] = tree.push(node);
    }
    places.last().copied().unwrap_or_default()
}

/// `a = b`, `a < b <= c`, `x in S`.
fn chain(tree: &mut Tree, items: &[Id], relations: &[Relation]) -> Option<Reading> {
    let is_equal =
        |relation: &Relation| matches!(relation, Relation::Equal | Relation::Approximately);
    if relations.iter().all(is_equal) {
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
        });
    }
    inequality(tree, items, relations)
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
            segment_name(tree, id)
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
        });
    }
    Some(Reading {
        shape: Shape::Equation(equation?),
        variable: None,
        equation,
    })
}

/// Statements side by side: values, values of one variable, values of several, or parts of the line.
fn several_statements(tree: &mut Tree, items: &[Id], all: bool) -> Option<Reading> {
    if items.len() > 64 {
        return None;
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
        });
    }
    // x_1 = 2, x_2 = 3 are two values of x.
    let stem = |name: &Option<String>| {
        let (stem, below) = name.as_ref()?.split_once('_')?;
        below
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| stem.to_owned())
    };
    if let Some(first) = names.first().and_then(stem)
        && names.iter().all(|name| stem(name).as_ref() == Some(&first))
    {
        return Some(Reading {
            shape: Shape::Several(values, Together::Bare),
            variable: Some(first),
            equation: None,
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
