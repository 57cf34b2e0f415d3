//! When two mathematical answers say the same: by shape, exactly where that is possible, with the conventions named here.

use super::cases;
use super::convert;
use super::head::same_name;
use super::math::{Math, View};
use super::quantity::common_units;
use super::region;
use super::rounding::{is_written_out, rounds};
use super::shape::{Shape, Together};
use crate::algebra::identity::{self, Expression, Proof, Sameness};
use crate::algebra::rational::Rational;
use crate::fuel;
use crate::policy::Conventions;
use crate::syntax::tree::Fence;
use crate::syntax::{Id, Node, Tree};

/// Values whose order does not matter.
const MAX_UNORDERED: usize = 64;

/// How two answers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Same(Proof),
    /// The same by a convention: a missing unit, another order, an interval for an inequality.
    ByConvention(Conventions),
    /// One is the other rounded.
    Rounded,
    Different,
    /// They are of different kinds.
    Incomparable,
    Undecided,
}

impl Outcome {
    pub(crate) fn is_same(self) -> bool {
        matches!(self, Self::Same(_) | Self::ByConvention(_) | Self::Rounded)
    }

    /// Both must hold.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Different | Self::Incomparable, _) => self,
            (_, Self::Different | Self::Incomparable) => other,
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::ByConvention(a), Self::ByConvention(b)) => Self::ByConvention(a.and(b)),
            (Self::ByConvention(_), _) => self,
            (_, Self::ByConvention(_)) => other,
            (Self::Rounded, _) | (_, Self::Rounded) => Self::Rounded,
            (Self::Same(a), Self::Same(b)) => Self::Same(a.max(b)),
        }
    }

    pub(super) fn by(self, convention: Conventions) -> Self {
        self.and(Self::ByConvention(convention))
    }
}

/// Compares all readings of two texts; the first that agrees decides.
pub(super) fn compare<'a>(gold: View<'a>, answer: View<'a>, scale: Scale<'a>) -> Outcome {
    let mut decided = Outcome::Incomparable;
    let mut consider = |gold: Option<&'a Math>, answer: Option<&'a Math>| -> bool {
        if let (Some(gold), Some(answer)) = (gold, answer) {
            let outcome = compare_math(gold, answer, scale);
            if outcome.is_same() || decided == Outcome::Incomparable {
                decided = outcome;
            }
        }
        decided.is_same()
    };
    let has_unit = |math: Option<&Math>| math.is_some_and(|math| math.measure.is_some());
    let is_spaced = |math: Option<&Math>| {
        math.and_then(|math| math.measure.as_ref())
            .is_some_and(|measure| measure.is_spaced)
    };
    if consider(gold.first, answer.first) {
        return decided;
    }
    // A single letter is a unit where the other side has one, or where a space says so.
    if (has_unit(answer.first) || is_spaced(gold.as_quantity))
        && consider(gold.as_quantity, answer.first)
    {
        return decided;
    }
    if (has_unit(gold.first) || is_spaced(answer.as_quantity))
        && consider(gold.first, answer.as_quantity)
    {
        return decided;
    }
    if is_spaced(gold.as_quantity) || is_spaced(answer.as_quantity) {
        consider(gold.as_quantity, answer.as_quantity);
    }
    decided
}

/// What makes both sides' values comparable.
#[derive(Clone, Copy, Default)]
pub(super) struct Scale<'a> {
    /// Factors of the units, where they differ.
    pub(super) factors: Option<(&'a Rational, &'a Rational)>,
    pub(super) rounding: bool,
    /// The task asks for a number, so an answer with variables is none: `0x` for `0`.
    pub(super) constants_only: bool,
}

fn compare_math<'a>(gold: &'a Math, answer: &'a Math, mut scale: Scale<'a>) -> Outcome {
    if (gold.measure.is_some() || answer.measure.is_some())
        && let Some(outcome) = convert::compare(gold, answer, scale)
    {
        return outcome;
    }
    let mut by_convention = false;
    match (&gold.measure, &answer.measure) {
        (Some(a), Some(b)) => {
            let Some((mine, theirs)) = common_units(a, b) else {
                return Outcome::Different;
            };
            if mine.factor != theirs.factor {
                scale.factors = Some((&mine.factor, &theirs.factor));
            }
        }
        (None, None) => {}
        // "12" may lack the gold's "apples", but a thing that the gold does not count is not ours to judge.
        (None, Some(measure)) if measure.noun.is_some() && gold.variable.is_some() => {
            return Outcome::Different;
        }
        _ => by_convention = true,
    }
    let equation = || equations(gold, answer);
    let outcome = match (&gold.variable, &answer.variable) {
        (Some(a), Some(b)) if !same_name(a, b) => equation().unwrap_or(Outcome::Different),
        (None, None) => shapes(gold, answer, scale),
        (Some(_), Some(_)) => {
            let outcome = shapes(gold, answer, scale);
            if outcome.is_same() {
                outcome
            } else {
                equation()
                    .filter(|other| other.is_same())
                    .unwrap_or(outcome)
            }
        }
        _ => {
            // x = 5 for 5, and back; an equation in x and y is no value.
            let outcome = shapes(gold, answer, scale).by(Conventions::MISSING_NAME);
            if outcome.is_same() {
                outcome
            } else {
                equation().unwrap_or(outcome)
            }
        }
    };
    if by_convention {
        outcome.by(Conventions::MISSING_UNIT)
    } else {
        outcome
    }
}

/// Two equations are the same where their sides' differences are proportional.
fn equations(gold: &Math, answer: &Math) -> Option<Outcome> {
    let sides = Sides::of(gold, answer, Scale::default());
    Some(sides.vanish_alike(gold.equation?, answer.equation?))
}

pub(super) fn outcome(sameness: Sameness) -> Outcome {
    match sameness {
        Sameness::Same(proof) => Outcome::Same(proof),
        Sameness::Different => Outcome::Different,
        Sameness::Undecided => Outcome::Undecided,
    }
}

fn shapes(gold: &Math, answer: &Math, scale: Scale<'_>) -> Outcome {
    let sides = Sides::of(gold, answer, scale);
    match (&gold.shape, &answer.shape) {
        (Shape::Scalar(a), Shape::Scalar(b)) => sides.scalars(*a, *b),
        (Shape::Infinite(a), Shape::Infinite(b)) => {
            if a == b {
                Outcome::Same(Proof::Exact)
            } else {
                Outcome::Different
            }
        }
        (Shape::Matrix(a, columns), Shape::Matrix(b, others)) => {
            if columns == others {
                sides.in_order(a, b)
            } else {
                Outcome::Different
            }
        }
        // A column or a row is a vector however it is written.
        (Shape::Matrix(a, columns), Shape::Several(b, Together::Tuple | Together::Brackets))
            if *columns == 1 || *columns == a.len() =>
        {
            sides.in_order(a, b).by(Conventions::VECTOR_FOR_TUPLE)
        }
        (Shape::Several(a, Together::Tuple | Together::Brackets), Shape::Matrix(b, columns))
            if *columns == 1 || *columns == b.len() =>
        {
            sides.in_order(a, b).by(Conventions::VECTOR_FOR_TUPLE)
        }
        (Shape::Several(a, how), Shape::Several(b, other)) => sides.several(a, *how, b, *other),
        (Shape::Several(a, Together::Set | Together::Bare), Shape::Scalar(b)) if a.len() == 1 => {
            sides.items(a[0], *b).by(Conventions::OTHER_BRACKETS)
        }
        (Shape::Scalar(a), Shape::Several(b, Together::Set)) if b.len() == 1 => {
            sides.items(*a, b[0]).by(Conventions::OTHER_BRACKETS)
        }
        (Shape::Assignments(a), Shape::Assignments(b)) => {
            if a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.0 != b.0) {
                return Outcome::Different;
            }
            a.iter()
                .zip(b)
                .fold(Outcome::Same(Proof::Exact), |all, (a, b)| {
                    all.and(sides.items(a.1, b.1))
                })
        }
        // x = 1, y = 2 is the point (1, 2), and back.
        (Shape::Assignments(a), Shape::Several(b, Together::Tuple)) if are_coordinates(a) => {
            let values: Vec<Id> = a.iter().map(|(_, value)| *value).collect();
            sides.in_order(&values, b).by(Conventions::MISSING_NAME)
        }
        (Shape::Several(a, Together::Tuple), Shape::Assignments(b)) if are_coordinates(b) => {
            let values: Vec<Id> = b.iter().map(|(_, value)| *value).collect();
            sides.in_order(a, &values).by(Conventions::MISSING_NAME)
        }
        (Shape::Cases(a), Shape::Cases(b)) => cases::compare(&sides, a, b),
        // m + n = 204 says 204.
        (Shape::Scalar(a), Shape::Equation(_)) if let Some(total) = answer.total => {
            sides.scalars(*a, total).by(Conventions::MISSING_NAME)
        }
        (Shape::Equation(f), Shape::Equation(g)) => sides.vanish_alike(*f, *g),
        (Shape::Inequality(f, strict), Shape::Inequality(g, other)) => {
            if strict != other {
                return Outcome::Different;
            }
            let (f, g) = sides.expressions(*f, *g);
            outcome(identity::compare(&f, &g))
        }
        _ => region::compare(gold, answer, scale).unwrap_or(Outcome::Incomparable),
    }
}

fn are_coordinates(assignments: &[(String, Id)]) -> bool {
    assignments
        .iter()
        .map(|(name, _)| name.as_str())
        .eq(["x", "y", "z"].into_iter().take(assignments.len()))
        || assignments
            .iter()
            .map(|(name, _)| name.as_str())
            .eq(["a", "b", "c", "d"].into_iter().take(assignments.len()))
}

/// Trees of both sides, and how their values compare.
pub(super) struct Sides<'a> {
    pub(super) gold: &'a Tree,
    pub(super) answer: &'a Tree,
    scale: Scale<'a>,
}

impl<'a> Sides<'a> {
    pub(super) fn of(gold: &'a Math, answer: &'a Math, scale: Scale<'a>) -> Self {
        Self {
            gold: &gold.tree,
            answer: &answer.tree,
            scale,
        }
    }

    fn expressions(&self, gold: Id, answer: Id) -> (Expression<'a>, Expression<'a>) {
        (
            Expression::new(self.gold, gold),
            Expression::new(self.answer, answer),
        )
    }

    /// Whether two functions have the same zeros: they are the two sides' differences of the same equation.
    fn vanish_alike(&self, gold: Id, answer: Id) -> Outcome {
        let (f, g) = self.expressions(gold, answer);
        outcome(identity::proportional(&f, &g))
    }

    fn several(&self, gold: &[Id], how: Together, answer: &[Id], other: Together) -> Outcome {
        use Together::{Bare, Brackets, Set, Tuple};
        if (how, other) == (Set, Set) {
            return self.same_elements(gold, answer);
        }
        if gold.len() != answer.len() {
            return Outcome::Different;
        }
        match (how, other) {
            (Tuple, Tuple) | (Brackets, Brackets) => self.in_order(gold, answer),
            (Bare, Bare) => {
                let in_order = self.in_order(gold, answer);
                if in_order.is_same() {
                    return in_order;
                }
                self.in_any_order(gold, answer).by(Conventions::ANY_ORDER)
            }
            (Set, Bare | Tuple) | (Bare, Set) => {
                let brackets = Conventions::OTHER_BRACKETS;
                self.in_any_order(gold, answer).by(brackets)
            }
            // Two values in brackets, where the gold has none, may be meant as an interval.
            (Bare, Brackets) if gold.len() == 2 => Outcome::Incomparable,
            (Tuple | Brackets, Bare) | (Bare, Tuple | Brackets) => {
                self.in_order(gold, answer).by(Conventions::OTHER_BRACKETS)
            }
            // Of two, brackets could be a closed interval and parentheses an open one.
            (Tuple, Brackets) | (Brackets, Tuple) if gold.len() > 2 => {
                self.in_order(gold, answer).by(Conventions::OTHER_BRACKETS)
            }
            _ => Outcome::Incomparable,
        }
    }

    fn in_order(&self, gold: &[Id], answer: &[Id]) -> Outcome {
        if gold.len() != answer.len() {
            return Outcome::Different;
        }
        let mut all = Outcome::Same(Proof::Exact);
        for (&gold, &answer) in gold.iter().zip(answer) {
            all = all.and(self.items(gold, answer));
            if matches!(all, Outcome::Different | Outcome::Incomparable) {
                break;
            }
        }
        all
    }

    /// Sets: repetition says nothing.
    fn same_elements(&self, gold: &[Id], answer: &[Id]) -> Outcome {
        if gold.len() == answer.len() {
            return self.in_any_order(gold, answer);
        }
        if gold.len().max(answer.len()) > MAX_UNORDERED {
            return Outcome::Different;
        }
        let mut all = Outcome::Same(Proof::Exact);
        let mut is_named = vec![false; answer.len()];
        for &gold in gold {
            let mut found = Outcome::Different;
            for (&answer, is_named) in answer.iter().zip(&mut is_named) {
                let outcome = self.items(gold, answer);
                if outcome.is_same() {
                    *is_named = true;
                    found = outcome;
                }
            }
            all = all.and(found);
        }
        if is_named.contains(&false) {
            return Outcome::Different;
        }
        all
    }

    /// Every gold value has an answer of its own.
    fn in_any_order(&self, gold: &[Id], answer: &[Id]) -> Outcome {
        if gold.len() > MAX_UNORDERED {
            return self.in_order(gold, answer);
        }
        let mut free: Vec<Id> = answer.to_vec();
        let mut all = Outcome::Same(Proof::Exact);
        let mut has_undecided = false;
        for &gold in gold {
            let found = free.iter().enumerate().find_map(|(place, &answer)| {
                let outcome = self.items(gold, answer);
                has_undecided |= outcome == Outcome::Undecided;
                outcome.is_same().then_some((place, outcome))
            });
            let Some((place, outcome)) = found else {
                return if has_undecided {
                    Outcome::Undecided
                } else {
                    Outcome::Different
                };
            };
            free.swap_remove(place);
            all = all.and(outcome);
        }
        all
    }

    /// Values that may be tuples of scalars, and no deeper.
    fn items(&self, gold: Id, answer: Id) -> Outcome {
        match (self.gold.node(gold), self.answer.node(answer)) {
            (Node::Group(a, _, first), Node::Group(b, _, second)) => {
                let alike = |fence| matches!(fence, Fence::Parenthesis | Fence::Angle);
                if a != b && !(alike(a) && alike(b)) {
                    return Outcome::Different;
                }
                let (first, second) = (self.gold.items(first), self.answer.items(second));
                let is_flat =
                    |tree: &Tree, items: &[Id]| items.iter().all(|&item| tree.is_scalar(item));
                if first.len() != second.len() {
                    return Outcome::Different;
                }
                if !is_flat(self.gold, first) || !is_flat(self.answer, second) {
                    return Outcome::Undecided;
                }
                first
                    .iter()
                    .zip(second)
                    .fold(Outcome::Same(Proof::Exact), |all, (&a, &b)| {
                        all.and(self.scalars(a, b))
                    })
            }
            _ if self.gold.is_scalar(gold) && self.answer.is_scalar(answer) => {
                self.scalars(gold, answer)
            }
            _ => Outcome::Incomparable,
        }
    }

    pub(super) fn scalars(&self, gold: Id, answer: Id) -> Outcome {
        if fuel::burn(1).is_none() {
            return Outcome::Undecided;
        }
        let (a, b) = self.expressions(gold, answer);
        if self.scale.constants_only && b.has_variables() {
            return Outcome::Different;
        }
        if let Some((mine, theirs)) = self.scale.factors {
            return self.scaled(&a, mine, gold, &b, theirs, answer);
        }
        let sameness = identity::compare(&a, &b);
        if matches!(sameness, Sameness::Same(_)) {
            let is_worked_out =
                is_written_out(self.answer, answer) || !is_written_out(self.gold, gold);
            return if is_worked_out {
                outcome(sameness)
            } else {
                outcome(sameness).by(Conventions::UNEVALUATED)
            };
        }
        if !self.scale.rounding {
            return outcome(sameness);
        }
        if rounds(self.answer, answer, &Rational::ONE, &a)
            || rounds(self.gold, gold, &Rational::ONE, &b)
        {
            return Outcome::Rounded;
        }
        outcome(sameness)
    }

    /// Values in units of one dimension and different size: constants only.
    fn scaled(
        &self,
        a: &Expression<'_>,
        mine: &Rational,
        gold: Id,
        b: &Expression<'_>,
        theirs: &Rational,
        answer: Id,
    ) -> Outcome {
        let Some(ratio) = theirs.divide(mine) else {
            return Outcome::Undecided;
        };
        if let (Some(a), Some(b)) = (a.rational(), b.rational().and_then(|b| b.multiply(&ratio)))
            && *a == b
        {
            return Outcome::Same(Proof::Exact);
        }
        let back = mine.divide(theirs).unwrap_or(Rational::ONE);
        if self.scale.rounding
            && (rounds(self.answer, answer, &ratio, a) || rounds(self.gold, gold, &back, b))
        {
            return Outcome::Rounded;
        }
        if a.rational().is_some() && b.rational().is_some() {
            return Outcome::Different;
        }
        let mut tree = self.answer.clone();
        let ratio = tree.push_number(ratio);
        let product = tree.push(Node::Multiply(answer, ratio));
        outcome(identity::compare(a, &Expression::new(&tree, product)))
    }
}
