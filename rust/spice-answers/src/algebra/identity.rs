//! Whether two expressions agree wherever both are defined, and how that is known.

use std::cmp::Ordering;

use super::ball::Ball;
use super::big::Big;
use super::exact::exact_values;
use super::float::Float;
use super::modular::{self, PRIMES, Residue};
use super::numeric::{Evaluator, Value};
use super::points;
use super::rational::Rational;
use crate::fuel;
use crate::syntax::{Constant, Function, Id, Node, Tree};

/// Points at which functions of variables are compared in ball arithmetic.
const ROUNDS: u64 = 8;
/// Points at which both sides must be defined.
const MIN_DEFINED: u32 = 3;
/// Random points per prime.
const MODULAR_ROUNDS: [u64; 2] = [2, 1];

/// How an equality is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Proof {
    /// Both are the same rational number.
    Exact,
    /// They agree at random points of two prime fields.
    Modular,
    /// They agree to 160 bits.
    Numeric,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sameness {
    Same(Proof),
    Different,
    Undecided,
}

/// A scalar node of a tree, with what is known about the nodes below it.
#[derive(Debug)]
pub(crate) struct Expression<'a> {
    tree: &'a Tree,
    root: Id,
    exact: Vec<Option<Rational>>,
    traits: Traits,
}

/// What the nodes below a root are.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each asked for by its name"
)]
struct Traits {
    is_rational_function: bool,
    has_variables: bool,
    has_i: bool,
    /// Factorials or powers that need whole numbers in place of variables.
    asks_for_whole: bool,
}

impl<'a> Expression<'a> {
    pub(crate) fn new(tree: &'a Tree, root: Id) -> Self {
        let reachable = tree.reachable(root);
        let exact = exact_values(tree, &reachable, &|_| None);
        let mut traits = Traits {
            is_rational_function: modular::is_rational_function(tree, &reachable, &exact),
            ..Traits::default()
        };
        for id in (0..reachable.len()).filter(|&id| reachable[id]) {
            let is_open = |id: Id| exact[id as usize].is_none();
            match tree.nodes[id] {
                Node::Variable(_) => traits.has_variables = true,
                Node::Constant(Constant::I) => traits.has_i = true,
                Node::Call(Function::Factorial, a) => traits.asks_for_whole |= is_open(a),
                Node::Pair(_, a, b) => traits.asks_for_whole |= is_open(a) || is_open(b),
                Node::Power(base, exponent) => {
                    traits.asks_for_whole |= is_open(exponent)
                        && exact[base as usize]
                            .as_ref()
                            .is_some_and(Rational::is_negative);
                }
                _ => {}
            }
        }
        Self {
            tree,
            root,
            exact,
            traits,
        }
    }

    /// The value where it is a rational number.
    pub(crate) fn rational(&self) -> Option<&Rational> {
        self.exact[self.root as usize].as_ref()
    }

    /// Whether it is digits and at most a sign: a whole number as written, which rounds nothing.
    pub(crate) fn is_plain_integer(&self) -> bool {
        let node = match self.tree.node(self.root) {
            Node::Negate(inner) => self.tree.node(inner),
            node => node,
        };
        matches!(node, Node::Number(index) if self.tree.numbers[index as usize].places.is_none())
            && self.rational().is_some_and(Rational::is_whole)
    }

    /// Whether variables stand in it.
    pub(crate) fn has_variables(&self) -> bool {
        self.traits.has_variables
    }

    /// The names of its variables, once each.
    pub(crate) fn variables(&self) -> Vec<&str> {
        let reachable = self.tree.reachable(self.root);
        let mut names: Vec<&str> = (0..reachable.len())
            .filter(|&id| reachable[id])
            .filter_map(|id| match self.tree.nodes[id] {
                Node::Variable(name) => Some(self.tree.name(name)),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn residue(&self, prime: u64, round: u64) -> Option<Residue> {
        modular::evaluate(self.tree, self.root, &self.exact, prime, round)
    }

    fn value<B: Ball>(&self, round: u64, context: Context) -> Option<Value<B>> {
        let variable = |name: &str| points::numeric(name, round, context.whole);
        let substituted;
        let exact = if context.whole && self.traits.has_variables {
            substituted = self.substituted(&variable);
            &substituted
        } else {
            &self.exact
        };
        let evaluator = Evaluator {
            tree: self.tree,
            exact,
            complex: context.complex,
        };
        evaluator.value(self.root, &variable)
    }

    /// Exact values with numbers in place of variables: what factorials and powers of -1 need.
    fn substituted(&self, variable: &dyn Fn(&str) -> Rational) -> Vec<Option<Rational>> {
        let reachable = self.tree.reachable(self.root);
        exact_values(self.tree, &reachable, &|name| Some(variable(name)))
    }
}

#[derive(Debug, Clone, Copy)]
struct Context {
    complex: bool,
    whole: bool,
}

impl Context {
    fn of(expressions: &[&Expression<'_>]) -> Self {
        Self {
            complex: expressions.iter().any(|expression| expression.traits.has_i),
            whole: expressions
                .iter()
                .any(|expression| expression.traits.asks_for_whole),
        }
    }
}

/// Whether two expressions are the same.
pub(crate) fn compare(a: &Expression<'_>, b: &Expression<'_>) -> Sameness {
    if let (Some(a), Some(b)) = (a.rational(), b.rational()) {
        return if a == b {
            Sameness::Same(Proof::Exact)
        } else {
            Sameness::Different
        };
    }
    compare_values(a, b)
}

/// Whether two functions are the same up to a constant factor that is not zero: `f` and `g` vanish at the same places.
/// Decided through f(x) g(x0) = g(x) f(x0) for one fixed x0.
pub(crate) fn proportional(f: &Expression<'_>, g: &Expression<'_>) -> Sameness {
    if f.variables() != g.variables() || !f.has_variables() {
        return Sameness::Different;
    }
    if f.traits.is_rational_function && g.traits.is_rational_function {
        for (&prime, rounds) in PRIMES.iter().zip(MODULAR_ROUNDS) {
            let fixed = (f.residue(prime, 99), g.residue(prime, 99));
            let (Some(f0), Some(g0)) = fixed else {
                return Sameness::Undecided;
            };
            if f0 == (0, 0) || g0 == (0, 0) {
                return Sameness::Undecided;
            }
            for round in 0..rounds {
                let (Some(f1), Some(g1)) = (f.residue(prime, round), g.residue(prime, round))
                else {
                    return Sameness::Undecided;
                };
                if modular::product(f1, g0, prime) != modular::product(g1, f0, prime) {
                    return Sameness::Different;
                }
            }
        }
        return Sameness::Same(Proof::Modular);
    }
    let context = Context::of(&[f, g]);
    let mut tally = Tally::default();
    let mut fixed: Option<(Value<Big>, Value<Big>)> = None;
    for round in 0..ROUNDS {
        let (Some(f1), Some(g1)) = (
            f.value::<Big>(round, context),
            g.value::<Big>(round, context),
        ) else {
            continue;
        };
        let Some((f0, g0)) = &fixed else {
            fixed = Some((f1, g1));
            continue;
        };
        tally.add(
            f1.multiply(g0)
                .zip(g1.multiply(f0))
                .map(|(left, right)| meeting(&left, &right)),
        );
        if tally.different {
            return Sameness::Different;
        }
    }
    tally.verdict(true)
}

fn compare_values(a: &Expression<'_>, b: &Expression<'_>) -> Sameness {
    let context = Context::of(&[a, b]);
    if a.traits.is_rational_function && b.traits.is_rational_function {
        for (&prime, rounds) in PRIMES.iter().zip(MODULAR_ROUNDS) {
            for round in 0..rounds {
                match (a.residue(prime, round), b.residue(prime, round)) {
                    (Some(a), Some(b)) if a == b => {}
                    (Some(_), Some(_)) => return Sameness::Different,
                    _ => return Sameness::Undecided,
                }
            }
        }
        // The primes are public, so a multiple of both could hide in a coefficient; in size it cannot.
        let seen = a
            .value::<Float>(1, context)
            .zip(b.value::<Float>(1, context));
        return match seen.map(|(a, b)| meeting(&a, &b)) {
            Some(Meeting::Apart) => Sameness::Different,
            _ => Sameness::Same(Proof::Modular),
        };
    }
    let found = compare_at_points(a, b, context);
    if found == Sameness::Undecided && !context.complex {
        // \sqrt{b^2 - 4ac} is real too seldom; what agrees as a complex function agrees as a real one.
        let complex = Context {
            complex: true,
            ..context
        };
        if compare_at_points(a, b, complex) == Sameness::Same(Proof::Numeric) {
            return Sameness::Same(Proof::Numeric);
        }
    }
    found
}

fn compare_at_points(a: &Expression<'_>, b: &Expression<'_>, context: Context) -> Sameness {
    let has_variables = a.traits.has_variables || b.traits.has_variables;
    let mut tally = Tally::default();
    let mut confirmed = false;
    for round in 0..if has_variables { ROUNDS } else { 1 } {
        let quick = a
            .value::<Float>(round, context)
            .zip(b.value::<Float>(round, context));
        let quick = quick.map(|(a, b)| meeting(&a, &b));
        let met = match quick {
            Some(Meeting::Apart) => return Sameness::Different,
            Some(Meeting::Sharp) if confirmed => quick,
            None if has_variables => None,
            _ => {
                let slow = a
                    .value::<Big>(round, context)
                    .zip(b.value::<Big>(round, context));
                slow.map(|(a, b)| meeting(&a, &b))
            }
        };
        confirmed |= met == Some(Meeting::Sharp);
        tally.add(met);
        if tally.different {
            return Sameness::Different;
        }
    }
    tally.verdict(has_variables)
}

/// What the points met so far say.
#[derive(Default)]
struct Tally {
    different: bool,
    num_sharp: u32,
}

impl Tally {
    fn add(&mut self, met: Option<Meeting>) {
        match met {
            Some(Meeting::Apart) => self.different = true,
            Some(Meeting::Sharp) => self.num_sharp += 1,
            // What is too large to tell at one point is told at the others.
            Some(Meeting::Blurred) | None => {}
        }
    }

    fn verdict(&self, has_variables: bool) -> Sameness {
        if self.num_sharp >= if has_variables { MIN_DEFINED } else { 1 } {
            Sameness::Same(Proof::Numeric)
        } else {
            Sameness::Undecided
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meeting {
    /// The balls have no common point.
    Apart,
    /// They meet and are small.
    Sharp,
    /// They meet and are too large to tell.
    Blurred,
}

fn meeting<B: Ball>(a: &Value<B>, b: &Value<B>) -> Meeting {
    let Some(difference) = a.add(&b.negate()) else {
        return Meeting::Blurred;
    };
    let is_apart = |part: &B| matches!(part.sign(), Some(Ordering::Less | Ordering::Greater));
    if is_apart(&difference.re) || difference.im.as_ref().is_some_and(is_apart) {
        return Meeting::Apart;
    }
    let Some(one) = B::rational(&Rational::ONE) else {
        return Meeting::Blurred;
    };
    let scale = |value: &Value<B>| match value.re.sign() {
        Some(Ordering::Less) => value.re.negate(),
        _ => value.re.clone(),
    };
    let sharp = scale(a)
        .add(&scale(b))
        .and_then(|sum| sum.add(&one))
        .is_some_and(|scale| {
            difference.re.is_sharp(&scale)
                && difference.im.as_ref().is_none_or(|im| im.is_sharp(&scale))
        });
    if sharp {
        Meeting::Sharp
    } else {
        Meeting::Blurred
    }
}

/// The order of two real constants of a tree; equal only where both are rational or agree to 160 bits.
pub(crate) fn order(tree: &Tree, a: Id, b: Id) -> Option<Ordering> {
    fuel::burn(1)?;
    let (a, b) = (Expression::new(tree, a), Expression::new(tree, b));
    if let (Some(a), Some(b)) = (a.rational(), b.rational()) {
        return Some(a.cmp(b));
    }
    if a.traits.has_variables || b.traits.has_variables {
        return None;
    }
    let context = Context {
        complex: false,
        whole: false,
    };
    let difference = a
        .value::<Float>(0, context)?
        .add(&b.value::<Float>(0, context)?.negate())?;
    if let Some(order @ (Ordering::Less | Ordering::Greater)) = difference.re.sign() {
        return Some(order);
    }
    let (a, b) = (a.value::<Big>(0, context)?, b.value::<Big>(0, context)?);
    match meeting(&a, &b) {
        Meeting::Apart => a.add(&b.negate())?.re.sign(),
        Meeting::Sharp => Some(Ordering::Equal),
        Meeting::Blurred => None,
    }
}

/// Where a linear function of one variable vanishes, and whether it grows; `None` for any other function.
pub(crate) fn linear_root(f: &Expression<'_>) -> Option<(Rational, bool)> {
    if f.variables().len() != 1 {
        return None;
    }
    let reachable = f.tree.reachable(f.root);
    let is_linear = (0..reachable.len()).all(|id| {
        let is_constant = |id: Id| f.exact[id as usize].is_some();
        !reachable[id]
            || f.exact[id].is_some()
            || match f.tree.nodes[id] {
                Node::Variable(_) | Node::Negate(_) | Node::Add(..) | Node::Subtract(..) => true,
                Node::Multiply(a, b) => is_constant(a) || is_constant(b),
                Node::Divide(_, b) => is_constant(b),
                _ => false,
            }
    });
    let at = |value: i64| f.substituted(&|_| Rational::integer(value)).pop().flatten();
    let (at_zero, at_one) = (at(0)?, at(1)?);
    let slope = at_one.subtract(&at_zero)?;
    if !is_linear || slope.is_zero() {
        return None;
    }
    Some((at_zero.negated().divide(&slope)?, !slope.is_negative()))
}

/// Whether a real constant lies within `distance` of `center`.
pub(crate) fn is_within(a: &Expression<'_>, center: &Rational, distance: &Rational) -> bool {
    let bounds = center.subtract(distance).zip(center.add(distance));
    let Some((low, high)) = bounds else {
        return false;
    };
    if let Some(value) = a.rational() {
        return low <= *value && *value <= high;
    }
    let context = Context {
        complex: false,
        whole: false,
    };
    if a.traits.has_variables {
        return false;
    }
    let inside = || -> Option<bool> {
        let value = a.value::<Big>(0, context)?.re;
        let above = value.subtract(&Big::rational(&low)?)?.sign()?;
        let below = Big::rational(&high)?.subtract(&value)?.sign()?;
        Some(above != Ordering::Less && below != Ordering::Less)
    };
    inside() == Some(true)
}
