//! Exact rational numbers: machine words while they fit, big integers beyond, `None` past a fixed size.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

/// Bits of a numerator or denominator.
const MAX_BITS: u64 = 8192;

/// In lowest terms, with a positive denominator; `Big` only where `Small` does not reach, so equal numbers are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rational {
    Small(i64, i64),
    Big(Box<(BigInt, BigInt)>),
}

impl Rational {
    pub(crate) const ZERO: Self = Self::Small(0, 1);
    pub(crate) const ONE: Self = Self::Small(1, 1);

    pub(crate) fn integer(value: i64) -> Self {
        Self::Small(value, 1)
    }

    /// `None` for a denominator of zero.
    pub(crate) fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        Self::reduced(numerator.into(), denominator.into())
    }

    fn reduced(mut numerator: i128, mut denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        if denominator < 0 {
            (numerator, denominator) = (-numerator, -denominator);
        }
        let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs()).cast_signed();
        (numerator, denominator) = (numerator / common, denominator / common);
        match (i64::try_from(numerator), i64::try_from(denominator)) {
            (Ok(numerator), Ok(denominator)) => Some(Self::Small(numerator, denominator)),
            _ => Some(Self::Big(Box::new((numerator.into(), denominator.into())))),
        }
    }

    /// In lowest terms, within the size; `None` for a denominator of zero too.
    pub(crate) fn from_big(mut numerator: BigInt, mut denominator: BigInt) -> Option<Self> {
        if denominator.sign() == Sign::NoSign
            || numerator.bits() > 2 * MAX_BITS
            || denominator.bits() > 2 * MAX_BITS
        {
            return None;
        }
        let common = big_gcd(numerator.magnitude(), denominator.magnitude());
        if common != BigUint::from(1_u32) {
            let common = BigInt::from(common);
            numerator /= &common;
            denominator /= &common;
        }
        if denominator.sign() == Sign::Minus {
            (numerator, denominator) = (-numerator, -denominator);
        }
        if let (Ok(numerator), Ok(denominator)) =
            (i64::try_from(&numerator), i64::try_from(&denominator))
        {
            return Some(Self::Small(numerator, denominator));
        }
        (numerator.bits() <= MAX_BITS && denominator.bits() <= MAX_BITS)
            .then(|| Self::Big(Box::new((numerator, denominator))))
    }

    pub(crate) fn numerator(&self) -> BigInt {
        match self {
            Self::Small(numerator, _) => BigInt::from(*numerator),
            Self::Big(parts) => parts.0.clone(),
        }
    }

    pub(crate) fn denominator(&self) -> BigInt {
        match self {
            Self::Small(_, denominator) => BigInt::from(*denominator),
            Self::Big(parts) => parts.1.clone(),
        }
    }

    pub(crate) fn add(&self, other: &Self) -> Option<Self> {
        if let (&Self::Small(a, b), &Self::Small(c, d)) = (self, other)
            && let (a, b, c, d) = (i128::from(a), i128::from(b), i128::from(c), i128::from(d))
            && let (Some(left), Some(right)) = (a.checked_mul(d), c.checked_mul(b))
            && let Some(sum) = left.checked_add(right)
        {
            return Self::reduced(sum, b * d);
        }
        Self::from_big(
            self.numerator() * other.denominator() + other.numerator() * self.denominator(),
            self.denominator() * other.denominator(),
        )
    }

    pub(crate) fn negated(&self) -> Self {
        match self {
            Self::Small(numerator, denominator) if *numerator != i64::MIN => {
                Self::Small(-numerator, *denominator)
            }
            _ => Self::from_big(-self.numerator(), self.denominator()).unwrap_or(Self::ZERO),
        }
    }

    pub(crate) fn subtract(&self, other: &Self) -> Option<Self> {
        self.add(&other.negated())
    }

    pub(crate) fn multiply(&self, other: &Self) -> Option<Self> {
        if let (&Self::Small(a, b), &Self::Small(c, d)) = (self, other) {
            return Self::reduced(i128::from(a) * i128::from(c), i128::from(b) * i128::from(d));
        }
        Self::from_big(
            self.numerator() * other.numerator(),
            self.denominator() * other.denominator(),
        )
    }

    /// `None` for a division by zero.
    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        if let (&Self::Small(a, b), &Self::Small(c, d)) = (self, other) {
            return Self::reduced(i128::from(a) * i128::from(d), i128::from(b) * i128::from(c));
        }
        Self::from_big(
            self.numerator() * other.denominator(),
            self.denominator() * other.numerator(),
        )
    }

    /// `None` for 0 to the power 0 or a negative one, and past the size.
    pub(crate) fn power(&self, exponent: i64) -> Option<Self> {
        if self.is_zero() {
            return (exponent > 0).then_some(Self::ZERO);
        }
        if *self == Self::ONE {
            return Some(Self::ONE);
        }
        let times = exponent.unsigned_abs();
        let (numerator, denominator) = (self.numerator(), self.denominator());
        let bits = numerator.bits().max(denominator.bits());
        if bits.checked_mul(times)? > MAX_BITS + bits {
            // Plus and minus one stay small whatever the exponent.
            return (bits == 1)
                .then(|| Self::integer(if times.is_multiple_of(2) { 1 } else { -1 }));
        }
        let times = u32::try_from(times).ok()?;
        let (numerator, denominator) = (numerator.pow(times), denominator.pow(times));
        if exponent < 0 {
            Self::from_big(denominator, numerator)
        } else {
            Self::from_big(numerator, denominator)
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Small(numerator, _) => *numerator < 0,
            Self::Big(parts) => parts.0.sign() == Sign::Minus,
        }
    }

    /// The number as a machine word where it is a whole one that fits.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Small(numerator, 1) => Some(*numerator),
            _ => None,
        }
    }

    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Small(_, denominator) => *denominator == 1,
            Self::Big(parts) => parts.1 == BigInt::from(1),
        }
    }

    /// The whole number below or at this one.
    pub(crate) fn floor(&self) -> Option<Self> {
        if self.is_whole() {
            return Some(self.clone());
        }
        let (numerator, denominator) = (self.numerator(), self.denominator());
        let mut whole = &numerator / &denominator;
        if numerator.sign() == Sign::Minus {
            whole -= 1;
        }
        Self::from_big(whole, 1.into())
    }

    /// The root of this order where it is rational; for an even order the one that is not negative.
    pub(crate) fn exact_root(&self, order: u32) -> Option<Self> {
        if order == 0 || (self.is_negative() && order.is_multiple_of(2)) {
            return None;
        }
        let root = |value: &BigInt| -> Option<BigInt> {
            let root = value.nth_root(order);
            (root.pow(order) == *value).then_some(root)
        };
        Self::from_big(root(&self.numerator())?, root(&self.denominator())?)
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (&Self::Small(a, b), &Self::Small(c, d)) = (self, other) {
            return (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
        }
        (self.numerator() * other.denominator()).cmp(&(other.numerator() * self.denominator()))
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(mut x), Ok(mut y)) = (u64::try_from(a), u64::try_from(b)) {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return x.into();
        }
        (a, b) = (b, a % b);
    }
    a
}

fn big_gcd(a: &BigUint, b: &BigUint) -> BigUint {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b != BigUint::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_exact_across_the_size_of_a_word() {
        let big = Rational::integer(i64::MAX);
        let sum = big.add(&Rational::ONE).unwrap();
        assert_eq!(sum.subtract(&Rational::ONE).unwrap(), big);
        assert_eq!(sum.divide(&sum).unwrap(), Rational::ONE);
        assert_eq!(Rational::ratio(6, -4).unwrap(), Rational::Small(-3, 2));
        assert_eq!(Rational::ratio(1, 0), None);
    }

    #[test]
    fn powers_stop_at_the_limit() {
        assert_eq!(Rational::integer(9).power(387_420_489), None);
        assert_eq!(
            Rational::integer(-1).power(387_420_489),
            Some(Rational::integer(-1))
        );
        assert_eq!(Rational::integer(2).power(-2), Rational::ratio(1, 4));
        assert_eq!(Rational::ZERO.power(0), None);
    }

    #[test]
    fn roots_are_rational_or_none() {
        assert_eq!(
            Rational::ratio(4, 9).unwrap().exact_root(2),
            Rational::ratio(2, 3)
        );
        assert_eq!(Rational::integer(2).exact_root(2), None);
        assert_eq!(
            Rational::integer(-8).exact_root(3),
            Some(Rational::integer(-2))
        );
    }
}
