//! Balls of big integers: 192 bits, each operation with its error added to the radius.

#![expect(
    clippy::cast_possible_wrap,
    reason = "bit counts are far below the limit of a signed word"
)]

use std::cmp::Ordering;
use std::sync::LazyLock;

use num_bigint::{BigInt, Sign};

use super::ball::Ball;
use super::rational::Rational;

/// Bits of a middle.
const PRECISION: u64 = 192;
/// Bits behind the point inside a series.
const WORKING: u64 = PRECISION + 40;
/// Bits to which two balls agree when they are taken for equal.
const AGREEMENT: i32 = 160;
/// Largest radius of balls that are taken for equal, however large their middles.
const ABSOLUTE: f64 = 1e-12;
/// Magnitude of a binary exponent.
const MAX_EXPONENT: i64 = 1 << 32;

/// (middle ± radius) · 2^exponent.
#[derive(Debug, Clone)]
pub(super) struct Big {
    middle: BigInt,
    exponent: i64,
    radius: f64,
}

fn float(value: &BigInt) -> f64 {
    let bits = value.bits();
    let shift = bits.saturating_sub(64);
    let top = u64::try_from((value.magnitude() >> shift) & num_bigint::BigUint::from(u64::MAX))
        .unwrap_or(u64::MAX);
    let magnitude = top as f64 * 2.0_f64.powi(shift.min(4000) as i32);
    if value.sign() == Sign::Minus {
        -magnitude
    } else {
        magnitude
    }
}

fn power_of_two(exponent: i64) -> f64 {
    2.0_f64.powi(exponent.clamp(-1070, 1020) as i32)
}

impl Big {
    fn new(middle: BigInt, exponent: i64, radius: f64) -> Option<Self> {
        let extra = middle.bits().saturating_sub(PRECISION);
        let (middle, exponent, radius) = if extra > 0 {
            (
                middle >> extra,
                exponent + extra as i64,
                radius * power_of_two(-(extra as i64)) + 1.0,
            )
        } else {
            (middle, exponent, radius)
        };
        let radius = radius * (1.0 + 1e-14);
        (exponent.abs() < MAX_EXPONENT && radius < 1e280).then_some(Self {
            middle,
            exponent,
            radius,
        })
    }

    fn integer(value: i64) -> Self {
        Self {
            middle: value.into(),
            exponent: 0,
            radius: 0.0,
        }
    }

    /// Middle times 2^bits as a whole number, and the radius in the same unit; `None` for what is too large.
    fn fixed(&self, bits: u64) -> Option<(BigInt, f64)> {
        let shift = self.exponent + bits as i64;
        if shift + self.middle.bits() as i64 > 1000 {
            return None;
        }
        let middle = if shift >= 0 {
            &self.middle << shift.unsigned_abs()
        } else {
            &self.middle >> shift.unsigned_abs().min(4096)
        };
        Some((middle, self.radius * power_of_two(shift) + 1.0))
    }

    /// Value and radius as machine floats.
    fn approximate(&self) -> Option<(f64, f64)> {
        let scale = power_of_two(self.exponent);
        let value = float(&self.middle) * scale;
        (self.exponent.abs() < 900).then_some((value, self.radius * scale))
    }

    fn from_float(value: f64) -> Option<Self> {
        if value == 0.0 {
            return Some(Self::integer(0));
        }
        let scaled = value * 2.0_f64.powi(60);
        (value.is_finite() && scaled.abs() < 1e36).then(|| Self {
            middle: BigInt::from(scaled as i128),
            exponent: -60,
            radius: 0.0,
        })
    }

    fn with_radius(self, extra: f64) -> Option<Self> {
        if self.exponent < -1000 {
            return None;
        }
        let radius = self.radius + extra * power_of_two(-self.exponent);
        Self::new(self.middle, self.exponent, radius)
    }

    fn magnitude(&self) -> f64 {
        float(&self.middle).abs() + self.radius
    }
}

/// atan(1/n) or, without alternation, atanh(1/n), in units of 2^-WORKING.
fn inverse_series(n: i64, alternate: bool) -> BigInt {
    let square = n * n;
    let mut power = (BigInt::from(1) << WORKING) / n;
    let mut sum = power.clone();
    let mut k = 1;
    while power.sign() != Sign::NoSign {
        power /= square;
        let term = &power / (2 * k + 1);
        if alternate && k % 2 == 1 {
            sum -= term;
        } else {
            sum += term;
        }
        k += 1;
    }
    sum
}

static PI: LazyLock<BigInt> =
    LazyLock::new(|| inverse_series(5, true) * 16 - inverse_series(239, true) * 4);
static LN_2: LazyLock<BigInt> = LazyLock::new(|| inverse_series(3, false) * 2);

impl Ball for Big {
    const STEP: u32 = 20;
    const CALL: u32 = 400;

    fn rational(value: &Rational) -> Option<Self> {
        match value {
            Rational::Small(numerator, 1) => Some(Self::integer(*numerator)),
            _ => Self::new(value.numerator(), 0, 0.0)?.divide(&Self::new(
                value.denominator(),
                0,
                0.0,
            )?),
        }
    }

    fn pi() -> Self {
        Self {
            middle: PI.clone(),
            exponent: -(WORKING as i64),
            radius: 2000.0,
        }
    }

    fn add(&self, other: &Self) -> Option<Self> {
        let (high, low) = if self.exponent >= other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        let distance = (high.exponent - low.exponent).unsigned_abs();
        if distance > 2 * PRECISION && high.middle.sign() != Sign::NoSign {
            let rest = low.magnitude() * power_of_two(-(distance as i64));
            return Self::new(
                high.middle.clone(),
                high.exponent,
                high.radius + rest + 1e-300,
            );
        }
        if high.middle.sign() == Sign::NoSign && high.radius == 0.0 {
            return Some(low.clone());
        }
        if distance > 2 * PRECISION {
            return None;
        }
        Self::new(
            (&high.middle << distance) + &low.middle,
            low.exponent,
            high.radius * power_of_two(distance as i64) + low.radius,
        )
    }

    fn multiply(&self, other: &Self) -> Option<Self> {
        let radius = float(&self.middle).abs() * other.radius
            + float(&other.middle).abs() * self.radius
            + self.radius * other.radius;
        Self::new(
            &self.middle * &other.middle,
            self.exponent.checked_add(other.exponent)?,
            radius,
        )
    }

    fn divide(&self, other: &Self) -> Option<Self> {
        let least = float(&other.middle).abs() * (1.0 - 1e-14) - other.radius;
        if least <= 0.0 {
            return None;
        }
        let shift = (PRECISION + 2 + other.middle.bits()).saturating_sub(self.middle.bits());
        let quotient = (&self.middle << shift) / &other.middle;
        let radius = (self.radius * power_of_two(shift as i64)
            + float(&quotient).abs() * other.radius)
            / least
            + 1.0;
        Self::new(
            quotient,
            self.exponent - other.exponent - shift as i64,
            radius * (1.0 + 1e-14),
        )
    }

    fn negate(&self) -> Self {
        Self {
            middle: -&self.middle,
            exponent: self.exponent,
            radius: self.radius,
        }
    }

    fn sqrt(&self) -> Option<Self> {
        if self.middle.sign() == Sign::Minus {
            return None;
        }
        let mut shift = (2 * PRECISION).saturating_sub(self.middle.bits());
        if (self.exponent - shift as i64) % 2 != 0 {
            shift += 1;
        }
        let middle = &self.middle << shift;
        let radius = self.radius * power_of_two(shift as i64);
        let least = float(&middle) * (1.0 - 1e-14) - radius;
        let radius = if least <= 0.0 {
            (float(&middle) + radius).sqrt() * 2.0 + 1.0
        } else {
            radius / least.sqrt() + 1.0
        };
        Self::new(middle.sqrt(), (self.exponent - shift as i64) / 2, radius)
    }

    fn exp(&self) -> Option<Self> {
        const HALVINGS: u32 = 8;
        let (value, radius) = self.approximate()?;
        if value.abs() > 1e7 || radius > 0.5 {
            return None;
        }
        let (fixed, fixed_radius) = self.fixed(WORKING)?;
        let half = &*LN_2 >> 1;
        let times = i64::try_from((&fixed + half) / &*LN_2).ok()?;
        let reduced = (fixed - &*LN_2 * times) >> HALVINGS;
        let one = BigInt::from(1) << WORKING;
        let mut term = one.clone();
        let mut sum = one;
        let mut k = 1;
        while term.sign() != Sign::NoSign && k < 200 {
            term = (term * &reduced) >> WORKING;
            term /= k;
            // Shifting rounds down, so a negative term would stay at -1 for ever.
            if term == BigInt::from(-1) {
                break;
            }
            sum += &term;
            k += 1;
        }
        for _ in 0..HALVINGS {
            sum = (&sum * &sum) >> WORKING;
        }
        // 2^20 covers the series, the squarings, and the error of ln 2 times at most 2^24 of the multiples.
        let slack = 1_048_576.0 * (1.0 + times.unsigned_abs() as f64 / 16.0);
        let relative = (fixed_radius * power_of_two(-(WORKING as i64))).exp_m1() * 1.01;
        let radius = slack + float(&sum) * relative;
        Self::new(sum, times - WORKING as i64, radius)
    }

    fn ln(&self) -> Option<Self> {
        if self.sign()? != Ordering::Greater {
            return None;
        }
        let guess = float(&self.middle).ln() + self.exponent as f64 * std::f64::consts::LN_2;
        let guess = Self::from_float(guess)?;
        // ln x = y + ln(1 + d) with d = x / e^y - 1, tiny.
        let d = self.divide(&guess.exp()?)?.add(&Self::integer(-1))?;
        let size = d.approximate()?;
        let size = size.0.abs() + size.1;
        if size > 1e-6 {
            return None;
        }
        let mut sum = guess;
        let mut power = Self::integer(1);
        for k in 1..=4 {
            power = power.multiply(&d)?;
            let term = power.divide(&Self::integer(if k % 2 == 1 { k } else { -k }))?;
            sum = sum.add(&term)?;
        }
        sum.with_radius(size.powi(5))
    }

    fn sin_cos(&self) -> Option<(Self, Self)> {
        let (value, _) = self.approximate()?;
        if value.abs() > 1e9 {
            return None;
        }
        let (fixed, radius) = self.fixed(WORKING)?;
        let quarter = &*PI >> 1;
        let turns = i64::try_from((&fixed * 2 + &quarter) / (&quarter * 2)).ok()?;
        let half_turns: BigInt = &*PI * turns;
        let reduced: BigInt = fixed - (half_turns >> 1);
        let square: BigInt = (&reduced * &reduced) >> WORKING;
        let series = |first: BigInt, start: i64| {
            let mut term = first.clone();
            let mut sum = first;
            let mut k = start;
            while term.magnitude().bits() > 1 && k < 400 {
                let next: BigInt = (term * &square) >> WORKING;
                term = -next / ((k + 1) * (k + 2));
                sum += &term;
                k += 2;
            }
            sum
        };
        let sin = series(reduced.clone(), 1);
        let cos = series(BigInt::from(1) << WORKING, 0);
        let (sin, cos) = match turns.rem_euclid(4) {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
        let radius = radius + 1e6 + turns.unsigned_abs() as f64 * 4000.0;
        let ball = |middle| Self::new(middle, -(WORKING as i64), radius);
        Some((ball(sin)?, ball(cos)?))
    }

    fn atan(&self) -> Option<Self> {
        let (value, _) = self.approximate()?;
        let guess = Self::from_float(value.atan())?;
        // atan x = y + atan((x cos y - sin y) / (cos y + x sin y)), and the last argument is tiny.
        let (sin, cos) = guess.sin_cos()?;
        let d = self
            .multiply(&cos)?
            .subtract(&sin)?
            .divide(&cos.add(&self.multiply(&sin)?)?)?;
        let size = d.approximate()?;
        let size = size.0.abs() + size.1;
        if size > 1e-6 {
            return None;
        }
        let square = d.multiply(&d)?;
        let third = d.multiply(&square)?;
        let fifth = third.multiply(&square)?;
        guess
            .add(&d)?
            .subtract(&third.divide(&Self::integer(3))?)?
            .add(&fifth.divide(&Self::integer(5))?)?
            .with_radius(size.powi(7))
    }

    fn sign(&self) -> Option<Ordering> {
        if float(&self.middle).abs() * (1.0 - 1e-14) > self.radius {
            Some(if self.middle.sign() == Sign::Minus {
                Ordering::Less
            } else {
                Ordering::Greater
            })
        } else if self.middle.sign() == Sign::NoSign && self.radius == 0.0 {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    fn is_sharp(&self, scale: &Self) -> bool {
        let shift = self.exponent - scale.exponent;
        let is_relatively = self.radius * power_of_two(shift)
            <= scale.magnitude() * power_of_two(-i64::from(AGREEMENT));
        // Beside e^200 a difference of one is nothing relatively, and yet it is one.
        let is_absolutely = self.radius * power_of_two(self.exponent) <= ABSOLUTE;
        is_relatively && is_absolutely
    }

    fn floor(&self) -> Option<Self> {
        let (fixed, radius) = self.fixed(64)?;
        let radius = BigInt::from(radius.min(1e30) as i128 + 1);
        let (low, high) = ((&fixed - &radius) >> 64_u32, (&fixed + &radius) >> 64_u32);
        (low == high).then_some(Self {
            middle: low,
            exponent: 0,
            radius: 0.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(numerator: i64, denominator: i64) -> Big {
        Big::rational(&Rational::ratio(numerator, denominator).unwrap()).unwrap()
    }

    fn assert_same(a: &Big, b: &Big) {
        let difference = a.subtract(b).unwrap();
        assert_eq!(
            difference.sign().unwrap_or(Ordering::Equal),
            Ordering::Equal,
            "{a:?} {b:?}"
        );
        assert!(difference.is_sharp(&Big::integer(1)), "{difference:?}");
    }

    #[test]
    fn functions_are_inverse_to_each_other() {
        for (numerator, denominator) in [(1, 3), (7, 2), (22, 7), (1, 1000), (355, 113), (40, 1)] {
            let x = big(numerator, denominator);
            assert_same(&x.ln().unwrap().exp().unwrap(), &x);
            assert_same(&x.sqrt().unwrap().multiply(&x.sqrt().unwrap()).unwrap(), &x);
            let (sin, cos) = x.atan().unwrap().sin_cos().unwrap();
            assert_same(&sin.divide(&cos).unwrap(), &x);
        }
    }

    #[test]
    fn an_angle_of_many_turns_keeps_its_sine() {
        let (sin, cos) = Big::pi()
            .multiply(&big(1001, 6))
            .unwrap()
            .sin_cos()
            .unwrap();
        assert_same(&sin, &big(1, 2));
        assert_same(&cos.multiply(&cos).unwrap(), &big(3, 4));
    }

    #[test]
    fn what_differs_in_the_thirtieth_digit_is_told_apart() {
        let heegner = big(163, 1)
            .sqrt()
            .unwrap()
            .multiply(&Big::pi())
            .unwrap()
            .exp()
            .unwrap();
        let near = Big::integer(262_537_412_640_768_744);
        assert_eq!(
            heegner.subtract(&near).unwrap().sign(),
            Some(Ordering::Less)
        );
    }
}
