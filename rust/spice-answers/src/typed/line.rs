//! Trees that mean a part of the real line: intervals, their unions, inequalities in one variable.

use std::cmp::Ordering;

use super::shape::{Piece, Reading, Shape, closed, infinite, scalars, variable_name};
use crate::algebra::identity::{Expression, linear_root, order};
use crate::syntax::tree::Fence;
use crate::syntax::{Function, Id, Node, Relation, Tree};

pub(super) fn inequality(tree: &mut Tree, items: &[Id], relations: &[Relation]) -> Option<Reading> {
    use Relation::{Greater, GreaterEqual, Less, LessEqual, NotEqual};
    let names: Vec<Option<String>> = items
        .iter()
        .map(|&item| variable_name(tree, item))
        .collect();
    let is_bound = |tree: &Tree, at: usize| {
        tree.is_scalar(items[at])
            && (infinite(tree, items[at]).is_some()
                || !Expression::new(tree, items[at]).has_variables())
    };
    let place = match items.len() {
        2 if is_bound(tree, 1) => 0,
        2 if is_bound(tree, 0) => 1,
        3 if is_bound(tree, 0) && is_bound(tree, 2) => 1,
        2 if scalars(tree, items) => {
            let (greater, lesser) = match relations[0] {
                Greater | GreaterEqual => (items[0], items[1]),
                Less | LessEqual => (items[1], items[0]),
                _ => return None,
            };
            let difference = tree.push(Node::Subtract(greater, lesser));
            let is_strict = matches!(relations[0], Greater | Less);
            return Some(Shape::Inequality(difference, is_strict).into());
        }
        _ => return None,
    };
    let Some(variable) = names[place].clone() else {
        return linear_side(tree, items, relations);
    };
    let everything = Piece {
        low: None,
        high: None,
        has_low: false,
        has_high: false,
    };
    let end = |tree: &Tree, at: usize| infinite(tree, items[at]).is_none().then_some(items[at]);
    let mut piece = everything;
    for (at, &relation) in relations.iter().enumerate() {
        // Turned so that the variable stands on the left.
        let (bound, relation) = if at == place {
            (at + 1, relation)
        } else {
            let turned = match relation {
                Less => Greater,
                LessEqual => GreaterEqual,
                Greater => Less,
                GreaterEqual => LessEqual,
                other => other,
            };
            (at, turned)
        };
        match relation {
            Less | LessEqual if piece.high.is_none() => {
                piece.high = end(tree, bound);
                piece.has_high = relation == LessEqual;
            }
            Greater | GreaterEqual if piece.low.is_none() => {
                piece.low = end(tree, bound);
                piece.has_low = relation == GreaterEqual;
            }
            NotEqual if relations.len() == 1 => {
                let hole = items[bound];
                return Some(Reading {
                    shape: Shape::Region(without_points(&[hole])),
                    variable: Some(variable),
                    equation: None,
                    total: None,
                });
            }
            _ => return None,
        }
    }
    Some(Reading {
        shape: Shape::Region(vec![piece]),
        variable: Some(variable),
        equation: None,
        total: None,
    })
}

/// `2x > 6` is solved, `x + y > 6` compared as it stands.
fn linear_side(tree: &mut Tree, items: &[Id], relations: &[Relation]) -> Option<Reading> {
    let ([first, second], [relation]) = (items, relations) else {
        return None;
    };
    let (greater, lesser, is_strict) = match relation {
        Relation::Greater => (*first, *second, true),
        Relation::GreaterEqual => (*first, *second, false),
        Relation::Less => (*second, *first, true),
        Relation::LessEqual => (*second, *first, false),
        _ => return None,
    };
    if let Some(reading) = distance(tree, greater, lesser, is_strict) {
        return Some(reading);
    }
    let difference = tree.push(Node::Subtract(greater, lesser));
    let expression = Expression::new(tree, difference);
    let Some((root, grows)) = linear_root(&expression) else {
        return Some(Shape::Inequality(difference, is_strict).into());
    };
    let variable = expression
        .variables()
        .first()
        .map(|name| (*name).to_owned());
    let root = tree.push_number(root);
    Some(Reading {
        shape: Shape::Region(vec![Piece {
            low: grows.then_some(root),
            high: (!grows).then_some(root),
            has_low: grows && !is_strict,
            has_high: !grows && !is_strict,
        }]),
        variable,
        equation: None,
        total: None,
    })
}

/// `|x - 1| > 2` and `|2x + 3| <= 5`: both sides of two points, or what lies between them.
fn distance(tree: &mut Tree, greater: Id, lesser: Id, is_strict: bool) -> Option<Reading> {
    let (inner, bound, is_outside) = match (tree.node(greater), tree.node(lesser)) {
        (Node::Call(Function::Abs, inner), _) => (inner, lesser, true),
        (_, Node::Call(Function::Abs, inner)) => (inner, greater, false),
        _ => return None,
    };
    let is_positive = Expression::new(tree, bound)
        .rational()
        .is_some_and(|bound| !bound.is_negative() && !bound.is_zero());
    if !is_positive {
        return None;
    }
    let variable = Expression::new(tree, inner)
        .variables()
        .first()
        .map(|name| (*name).to_owned());
    let root = |tree: &mut Tree, node: Node| {
        let side = tree.push(node);
        linear_root(&Expression::new(tree, side)).map(|(root, _)| root)
    };
    let first = root(tree, Node::Add(inner, bound))?;
    let second = root(tree, Node::Subtract(inner, bound))?;
    let (low, high) = if first < second {
        (first, second)
    } else {
        (second, first)
    };
    let (low, high) = (tree.push_number(low), tree.push_number(high));
    let piece = |low, high| Piece {
        low,
        high,
        has_low: low.is_some() && !is_strict,
        has_high: high.is_some() && !is_strict,
    };
    let pieces = if is_outside {
        vec![piece(None, Some(low)), piece(Some(high), None)]
    } else {
        vec![piece(Some(low), Some(high))]
    };
    Some(Reading {
        shape: Shape::Region(pieces),
        variable,
        equation: None,
        total: None,
    })
}

/// The line without some points, given in ascending order.
fn without_points(points: &[Id]) -> Vec<Piece> {
    let mut low = None;
    let mut pieces = Vec::with_capacity(points.len() + 1);
    for end in points.iter().map(|&point| Some(point)).chain([None]) {
        pieces.push(Piece {
            low,
            high: end,
            has_low: false,
            has_high: false,
        });
        low = end;
    }
    pieces
}

/// Intervals, their unions, the real line and points, as pieces in the order written.
pub(super) fn region(tree: &Tree, id: Id) -> Option<Vec<Piece>> {
    let points = |items: &[Id]| -> Option<Vec<Piece>> {
        scalars(tree, items).then(|| items.iter().map(|&item| closed(&[item, item])).collect())
    };
    match tree.node(id) {
        Node::Group(Fence::Brace, Fence::Brace, span) => points(tree.items(span)),
        Node::Group(open, close, span) => {
            let items = tree.items(span);
            let [low, high] = items else {
                return None;
            };
            let end = |end: Id| match infinite(tree, end) {
                Some(_) => None,
                None => Some(end),
            };
            if infinite(tree, *low) == Some(false)
                || infinite(tree, *high) == Some(true)
                || !scalars(tree, items)
            {
                return None;
            }
            let piece = Piece {
                low: end(*low),
                high: end(*high),
                has_low: open == Fence::Bracket && end(*low).is_some(),
                has_high: close == Fence::Bracket && end(*high).is_some(),
            };
            let is_interval = |fence| matches!(fence, Fence::Parenthesis | Fence::Bracket);
            (is_interval(open) && is_interval(close)).then(|| vec![piece])
        }
        Node::Variable(name) if tree.name(name) == "reals" => Some(without_points(&[])),
        Node::Union(span) => {
            let mut pieces = Vec::new();
            for &item in tree.items(span) {
                if matches!(tree.node(item), Node::Union(_)) {
                    return None;
                }
                pieces.extend(simple_region(tree, item)?);
            }
            Some(pieces)
        }
        Node::SetMinus(whole, hole) => {
            let whole = simple_region(tree, whole)?;
            let [whole] = whole[..] else {
                return None;
            };
            let Node::Group(Fence::Brace, Fence::Brace, span) = tree.node(hole) else {
                return None;
            };
            let mut holes = tree.items(span).to_vec();
            if !scalars(tree, &holes) || holes.len() > 16 {
                return None;
            }
            sort(tree, &mut holes)?;
            let inside = |end: Option<Id>, hole: Id, side: Ordering| match end {
                Some(end) => order(tree, end, hole) == Some(side),
                None => true,
            };
            let all_inside = holes.iter().all(|&hole| {
                inside(whole.low, hole, Ordering::Less)
                    && inside(whole.high, hole, Ordering::Greater)
            });
            let mut pieces = without_points(&holes);
            let last = pieces.len() - 1;
            pieces[0] = Piece {
                low: whole.low,
                has_low: whole.has_low,
                ..pieces[0]
            };
            pieces[last] = Piece {
                high: whole.high,
                has_high: whole.has_high,
                ..pieces[last]
            };
            all_inside.then_some(pieces)
        }
        _ => None,
    }
}

/// A member of a union: no union itself, so nothing here calls itself.
fn simple_region(tree: &Tree, id: Id) -> Option<Vec<Piece>> {
    match tree.node(id) {
        Node::Group(..) | Node::Variable(_) => region(tree, id),
        // `∪ {3}` in plain text: braces that only group.
        Node::Number(_) | Node::Negate(_) if tree.is_scalar(id) => Some(vec![closed(&[id, id])]),
        _ => None,
    }
}

fn sort(tree: &Tree, points: &mut [Id]) -> Option<()> {
    for end in (1..points.len()).rev() {
        for at in 0..end {
            if order(tree, points[at], points[at + 1])? == Ordering::Greater {
                points.swap(at, at + 1);
            }
        }
    }
    Some(())
}

/// What two inequalities of one variable have in common: `x > -2 and x < 5`.
pub(super) fn intersection(
    tree: &Tree,
    (a, name): (Piece, Option<String>),
    (b, other): (Piece, Option<String>),
) -> Option<Reading> {
    if name != other {
        return None;
    }
    // The inner one of two ends; where they are the same point, it belongs only if it belongs to both.
    let inner = |a: (Option<Id>, bool), b: (Option<Id>, bool), side: Ordering| match (a.0, b.0) {
        (None, _) => Some(b),
        (_, None) => Some(a),
        (Some(first), Some(second)) => Some(match order(tree, first, second)? {
            Ordering::Equal => (a.0, a.1 && b.1),
            found if found == side => a,
            _ => b,
        }),
    };
    let (low, has_low) = inner((a.low, a.has_low), (b.low, b.has_low), Ordering::Greater)?;
    let (high, has_high) = inner((a.high, a.has_high), (b.high, b.has_high), Ordering::Less)?;
    if let (Some(low), Some(high)) = (low, high)
        && order(tree, low, high)? != Ordering::Less
    {
        return None;
    }
    Some(Reading {
        shape: Shape::Region(vec![Piece {
            low,
            high,
            has_low,
            has_high,
        }]),
        variable: name,
        equation: None,
        total: None,
    })
}
