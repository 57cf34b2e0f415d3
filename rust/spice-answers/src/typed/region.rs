//! Parts of the real line: unions of intervals and points, compared as sets.

use std::cmp::Ordering;

use super::compare::{Outcome, Scale, Sides};
use super::math::Math;
use super::shape::{Piece, Shape, Together};
use crate::algebra::identity::{Proof, order};
use crate::policy::Conventions;
use crate::syntax::{Id, Tree};

/// Pieces of one region.
const MAX_PIECES: usize = 64;

/// Compares two answers as parts of the line; `None` where one of them is none.
pub(super) fn compare(gold: &Math, answer: &Math, scale: Scale<'_>) -> Option<Outcome> {
    let is_region = |math: &Math| matches!(math.shape, Shape::Region(_));
    if !is_region(gold) && !is_region(answer) {
        return None;
    }
    let (a, b) = (pieces(gold)?, pieces(answer)?);
    let all = same_pieces(&Sides::of(gold, answer, scale), a, b);
    Some(if is_region(gold) != is_region(answer) && all.is_same() {
        all.and(Outcome::ByConvention(Conventions::INTERVAL_FOR_INEQUALITY))
    } else {
        all
    })
}

/// Compares two unions of pieces as sets.
pub(super) fn same_pieces(sides: &Sides<'_>, a: Vec<Piece>, b: Vec<Piece>) -> Outcome {
    let (a, b) = (merged(sides.gold, a), merged(sides.answer, b));
    if a.len() != b.len() {
        return Outcome::Different;
    }
    let mut all = Outcome::Same(Proof::Exact);
    for (a, b) in a.iter().zip(&b) {
        if a.has_low != b.has_low || a.has_high != b.has_high {
            return Outcome::Different;
        }
        for (a, b) in [(a.low, b.low), (a.high, b.high)] {
            all = all.and(match (a, b) {
                (Some(a), Some(b)) => sides.scalars(a, b),
                (None, None) => Outcome::Same(Proof::Exact),
                _ => Outcome::Different,
            });
        }
    }
    all
}

/// The pieces of a region, and of what can be written like one: `(1, 2)`, `[1, 2]`, `{1, 2}`.
fn pieces(math: &Math) -> Option<Vec<Piece>> {
    let interval = |ends: &[Id], closed: bool| Piece {
        low: Some(ends[0]),
        high: Some(ends[1]),
        has_low: closed,
        has_high: closed,
    };
    match &math.shape {
        Shape::Region(pieces) if pieces.len() <= MAX_PIECES => Some(pieces.clone()),
        Shape::Several(ends, Together::Tuple) if ends.len() == 2 => {
            Some(vec![interval(ends, false)])
        }
        Shape::Several(ends, Together::Brackets) if ends.len() == 2 => {
            Some(vec![interval(ends, true)])
        }
        Shape::Several(points, Together::Set) if points.len() <= MAX_PIECES => Some(
            points
                .iter()
                .map(|&point| interval(&[point, point], true))
                .collect(),
        ),
        _ => None,
    }
}

/// Pieces in ascending order, those that touch made one; as they stand where an order cannot be told.
fn merged(tree: &Tree, pieces: Vec<Piece>) -> Vec<Piece> {
    let before = pieces.clone();
    merge(tree, pieces).unwrap_or(before)
}

fn merge(tree: &Tree, mut pieces: Vec<Piece>) -> Option<Vec<Piece>> {
    for end in (1..pieces.len()).rev() {
        for at in 0..end {
            let lower = match (pieces[at].low, pieces[at + 1].low) {
                (None, _) => Ordering::Less,
                (_, None) => Ordering::Greater,
                (Some(a), Some(b)) => order(tree, a, b)?,
            };
            let swap = match lower {
                Ordering::Greater => true,
                Ordering::Equal => !pieces[at].has_low && pieces[at + 1].has_low,
                Ordering::Less => false,
            };
            if swap {
                pieces.swap(at, at + 1);
            }
        }
    }
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let Some(last) = out.last_mut() else {
            out.push(piece);
            continue;
        };
        let touches = match (last.high, piece.low) {
            (Some(high), Some(low)) => match order(tree, high, low)? {
                Ordering::Greater => true,
                Ordering::Equal => last.has_high || piece.has_low,
                Ordering::Less => false,
            },
            _ => true,
        };
        if !touches {
            out.push(piece);
            continue;
        }
        match (last.high, piece.high) {
            (None, _) => {}
            (_, None) => {
                last.high = None;
                last.has_high = false;
            }
            (Some(mine), Some(others)) => match order(tree, mine, others)? {
                Ordering::Less => {
                    last.high = piece.high;
                    last.has_high = piece.has_high;
                }
                Ordering::Equal => last.has_high |= piece.has_high,
                Ordering::Greater => {}
            },
        }
    }
    Some(out)
}
