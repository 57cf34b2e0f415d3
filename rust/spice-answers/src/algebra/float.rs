//! Balls of machine floats: quick proofs of difference.
//!
//! Functions of the standard library are trusted to eight units in the last place, which every platform keeps; a verdict
//! never rests on their last bits, since what they leave open is decided by [`super::big`].

#![expect(
    clippy::cast_possible_wrap,
    reason = "bit counts are far below the limit of a signed word"
)]

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::ball::Ball;
use super::rational::Rational;

#[derive(Debug, Clone, Copy)]
pub(super) struct Float {
    middle: f64,
    radius: f64,
}

const ULP: f64 = f64::EPSILON;

impl Float {
    /// With the rounding errors of a few operations added; none for what is too large or not a number.
    fn checked(middle: f64, radius: f64) -> Option<Self> {
        let radius = radius * (1.0 + 4.0 * ULP) + middle.abs() * 2.0 * ULP + f64::MIN_POSITIVE;
        (middle.is_finite() && radius.is_finite() && middle.abs() < 1e300)
            .then_some(Self { middle, radius })
    }

    fn function(middle: f64, radius: f64) -> Option<Self> {
        Self::checked(middle, radius + middle.abs() * 8.0 * ULP)
    }
}

impl Ball for Float {
    const STEP: u32 = 1;
    const CALL: u32 = 4;

    fn rational(value: &Rational) -> Option<Self> {
        match value {
            Rational::Small(numerator, denominator) => {
                Self::checked(*numerator as f64 / *denominator as f64, 0.0)
                    .and_then(|value| Self::checked(value.middle, value.middle.abs() * 2.0 * ULP))
            }
            Rational::Big(parts) => {
                let middle = big_ratio(&parts.0, &parts.1);
                Self::checked(middle, middle.abs() * 4.0 * ULP)
            }
        }
    }

    fn pi() -> Self {
        Self {
            middle: std::f64::consts::PI,
            radius: ULP * 2.0,
        }
    }

    fn add(&self, other: &Self) -> Option<Self> {
        Self::checked(self.middle + other.middle, self.radius + other.radius)
    }

    fn multiply(&self, other: &Self) -> Option<Self> {
        Self::checked(
            self.middle * other.middle,
            self.middle.abs() * other.radius
                + other.middle.abs() * self.radius
                + self.radius * other.radius,
        )
    }

    fn divide(&self, other: &Self) -> Option<Self> {
        let least = other.middle.abs() - other.radius;
        if least <= 0.0 {
            return None;
        }
        let quotient = self.middle / other.middle;
        Self::checked(
            quotient,
            (self.radius + quotient.abs() * other.radius) / least * (1.0 + 4.0 * ULP),
        )
    }

    fn negate(&self) -> Self {
        Self {
            middle: -self.middle,
            radius: self.radius,
        }
    }

    fn sqrt(&self) -> Option<Self> {
        if self.middle < 0.0 {
            return None;
        }
        let root = self.middle.sqrt();
        let least = self.middle - self.radius;
        if least <= 0.0 {
            // The true value is not negative, so its root lies between zero and that of the upper end.
            return Self::checked(root, (self.middle + self.radius).sqrt() * 2.0);
        }
        Self::checked(root, self.radius / least.sqrt())
    }

    fn exp(&self) -> Option<Self> {
        if self.middle > 600.0 || self.radius > 1.0 {
            return None;
        }
        let middle = self.middle.exp();
        Self::function(middle, middle * self.radius.exp_m1() * 1.5)
    }

    fn ln(&self) -> Option<Self> {
        let least = self.middle - self.radius;
        if least <= 0.0 {
            return None;
        }
        Self::function(self.middle.ln(), self.radius / least)
    }

    fn sin_cos(&self) -> Option<(Self, Self)> {
        if self.middle.abs() > 1e9 {
            return None;
        }
        let (sin, cos) = self.middle.sin_cos();
        Some((
            Self::function(sin, self.radius + ULP)?,
            Self::function(cos, self.radius + ULP)?,
        ))
    }

    fn atan(&self) -> Option<Self> {
        Self::function(self.middle.atan(), self.radius)
    }

    fn sign(&self) -> Option<Ordering> {
        if self.middle.abs() > self.radius {
            self.middle.partial_cmp(&0.0)
        } else {
            None
        }
    }

    fn is_sharp(&self, scale: &Self) -> bool {
        self.radius <= 1e-6 * (scale.middle.abs() + scale.radius)
    }

    fn floor(&self) -> Option<Self> {
        let (low, high) = (
            (self.middle - self.radius).floor(),
            (self.middle + self.radius).floor(),
        );
        (low >= high && low.abs() < 1e15).then_some(Self {
            middle: low,
            radius: 0.0,
        })
    }
}

/// The quotient of big numbers, to about 52 bits.
fn big_ratio(numerator: &BigInt, denominator: &BigInt) -> f64 {
    let shift = numerator.bits() as i64 - denominator.bits() as i64 - 64;
    let (numerator, denominator) = if shift >= 0 {
        (numerator.clone(), denominator << shift.unsigned_abs())
    } else {
        (numerator << shift.unsigned_abs(), denominator.clone())
    };
    let quotient = &numerator / &denominator;
    let magnitude = u128::try_from(quotient.magnitude()).unwrap_or(u128::MAX) as f64;
    let sign = if quotient.sign() == Sign::Minus {
        -1.0
    } else {
        1.0
    };
    sign * magnitude * 2.0_f64.powi(shift.clamp(-2000, 2000) as i32)
}
