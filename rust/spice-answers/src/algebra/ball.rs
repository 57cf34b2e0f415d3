//! What the numeric evaluator asks of a real number with an error bound, whatever its precision.

use std::cmp::Ordering;

use super::rational::Rational;

/// A real number known up to a radius; every operation keeps the true value inside. `None`: undefined, or too large.
pub(super) trait Ball: Clone {
    /// Fuel of an addition or multiplication.
    const STEP: u32;
    /// Fuel of a root, logarithm, exponential or angle.
    const CALL: u32;

    fn rational(value: &Rational) -> Option<Self>;
    fn pi() -> Self;
    fn add(&self, other: &Self) -> Option<Self>;
    fn multiply(&self, other: &Self) -> Option<Self>;
    /// `None` where the divisor may be zero.
    fn divide(&self, other: &Self) -> Option<Self>;
    fn negate(&self) -> Self;
    /// Of a number that is surely not negative.
    fn sqrt(&self) -> Option<Self>;
    fn exp(&self) -> Option<Self>;
    /// Of a number that is surely positive.
    fn ln(&self) -> Option<Self>;
    fn sin_cos(&self) -> Option<(Self, Self)>;
    fn atan(&self) -> Option<Self>;
    /// Sign, or `None` where the ball holds zero and more.
    fn sign(&self) -> Option<Ordering>;
    /// Whether the ball is so small beside the scale that two that meet can be taken for equal.
    fn is_sharp(&self, scale: &Self) -> bool;
    /// The whole number below, where it is certain.
    fn floor(&self) -> Option<Self>;

    fn subtract(&self, other: &Self) -> Option<Self> {
        self.add(&other.negate())
    }
}
