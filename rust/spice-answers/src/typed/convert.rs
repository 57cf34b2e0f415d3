//! Values in units of one dimension that no rational factor turns into each other: degrees and radians, and the three
//! scales of temperature.

use super::compare::{Outcome, Scale, Sides};
use super::math::Math;
use super::quantity::Measure;
use super::shape::Shape;
use super::units::{CELSIUS, DEGREE, FAHRENHEIT, KELVIN, RADIAN};
use crate::algebra::rational::Rational;
use crate::policy::Conventions;
use crate::syntax::{Constant, Id, Node, Tree};

/// What a value's number says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Degrees,
    Radians,
    /// A bare number, which an angle may be where it is a multiple of π.
    Nothing,
    Celsius,
    Fahrenheit,
    Kelvin,
}

impl In {
    fn of(measure: Option<&Measure>) -> Option<Self> {
        let Some(measure) = measure else {
            return Some(Self::Nothing);
        };
        if measure.noun.is_some() {
            return None;
        }
        [
            (DEGREE, Self::Degrees),
            (RADIAN, Self::Radians),
            (CELSIUS, Self::Celsius),
            (FAHRENHEIT, Self::Fahrenheit),
            (KELVIN, Self::Kelvin),
        ]
        .into_iter()
        .find_map(|(base, found)| measure.unit.is_base(base).then_some(found))
    }
}

/// Compares single values in units that differ by more than a factor; `None` where theirs do not.
pub(super) fn compare(gold: &Math, answer: &Math, scale: Scale<'_>) -> Option<Outcome> {
    let (Shape::Scalar(first), Shape::Scalar(second)) = (&gold.shape, &answer.shape) else {
        return None;
    };
    let (a, b) = (
        In::of(gold.measure.as_ref())?,
        In::of(answer.measure.as_ref())?,
    );
    if a == b || gold.equation.is_some() && gold.variable.is_none() {
        return None;
    }
    match (a, b) {
        (In::Degrees, In::Radians) | (In::Radians, In::Degrees) => {}
        // A bare multiple of π is an angle; a bare number for degrees lacks its sign.
        (In::Nothing, In::Degrees) if is_multiple_of_pi(&gold.tree, *first) => {}
        _ if is_temperature(a) && is_temperature(b) => {}
        _ => return None,
    }
    // The answer stays as it is written, so that its decimals may be rounded.
    let mut tree = gold.tree.clone();
    let root = match b {
        In::Radians | In::Degrees => turned(&mut tree, *first, b == In::Radians),
        _ => {
            let kelvin = to_kelvin(&mut tree, *first, a)?;
            from_kelvin(&mut tree, kelvin, b)?
        }
    };
    let converted = Math {
        tree,
        shape: Shape::Scalar(root),
        variable: None,
        equation: None,
        measure: None,
        total: None,
    };
    let outcome = Sides::of(&converted, answer, scale).scalars(root, *second);
    Some(if a == In::Nothing {
        outcome.by(Conventions::MISSING_UNIT)
    } else {
        outcome
    })
}

/// Degrees as radians, or radians as degrees.
fn turned(tree: &mut Tree, value: Id, to_radians: bool) -> Id {
    let pi = tree.push(Node::Constant(Constant::Pi));
    let half_turn = tree.push_number(Rational::integer(180));
    let (times, over) = if to_radians {
        (pi, half_turn)
    } else {
        (half_turn, pi)
    };
    let product = tree.push(Node::Multiply(value, times));
    tree.push(Node::Divide(product, over))
}

fn to_kelvin(tree: &mut Tree, value: Id, unit: In) -> Option<Id> {
    let degrees = match unit {
        In::Fahrenheit => {
            let zero = tree.push_number(Rational::integer(32));
            let above = tree.push(Node::Subtract(value, zero));
            let size = tree.push_number(Rational::ratio(5, 9)?);
            tree.push(Node::Multiply(above, size))
        }
        In::Celsius => value,
        _ => return Some(value),
    };
    let zero = tree.push_number(Rational::ratio(27_315, 100)?);
    Some(tree.push(Node::Add(degrees, zero)))
}

fn from_kelvin(tree: &mut Tree, kelvin: Id, unit: In) -> Option<Id> {
    if unit == In::Kelvin {
        return Some(kelvin);
    }
    let zero = tree.push_number(Rational::ratio(27_315, 100)?);
    let degrees = tree.push(Node::Subtract(kelvin, zero));
    if unit == In::Celsius {
        return Some(degrees);
    }
    let size = tree.push_number(Rational::ratio(9, 5)?);
    let above = tree.push(Node::Multiply(degrees, size));
    let zero = tree.push_number(Rational::integer(32));
    Some(tree.push(Node::Add(above, zero)))
}

fn is_temperature(unit: In) -> bool {
    matches!(unit, In::Celsius | In::Fahrenheit | In::Kelvin)
}

fn is_multiple_of_pi(tree: &Tree, root: Id) -> bool {
    tree.reachable(root)
        .iter()
        .zip(&tree.nodes)
        .any(|(&reached, node)| reached && *node == Node::Constant(Constant::Pi))
}
