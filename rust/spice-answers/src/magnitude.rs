//! Whole numbers without sign: machine words while they fit, big integers beyond.

use num_bigint::BigUint;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Magnitude {
    Small(u64),
    Big(BigUint),
}

impl Magnitude {
    pub(crate) const ONE: Self = Self::Small(1);

    /// The number that the ASCII digits of a text spell; other characters are skipped.
    pub(crate) fn from_digits(text: &str) -> Self {
        let digits = || {
            text.bytes()
                .filter(u8::is_ascii_digit)
                .map(|byte| byte - b'0')
        };
        let small = digits().try_fold(0_u64, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit))
        });
        small.map_or_else(
            || {
                let digits: Vec<u8> = digits().collect();
                Self::Big(BigUint::from_radix_be(&digits, 10).unwrap_or_default())
            },
            Self::Small,
        )
    }

    pub(crate) fn power_of_ten(exponent: u32) -> Self {
        10_u64.checked_pow(exponent).map_or_else(
            || Self::Big(BigUint::from(10_u32).pow(exponent)),
            Self::Small,
        )
    }

    pub(crate) fn is_zero(&self) -> bool {
        *self == Self::Small(0)
    }

    pub(crate) fn times(self, other: &Self) -> Self {
        if let (Self::Small(a), Self::Small(b)) = (&self, other)
            && let Some(product) = a.checked_mul(*b)
        {
            return Self::Small(product);
        }
        Self::Big(self.big() * other.big())
    }

    pub(crate) fn plus(self, other: &Self) -> Self {
        if let (Self::Small(a), Self::Small(b)) = (&self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Self::Small(sum);
        }
        Self::Big(self.big() + other.big())
    }

    pub(crate) fn big(&self) -> BigUint {
        match self {
            Self::Small(value) => BigUint::from(*value),
            Self::Big(value) => value.clone(),
        }
    }

    /// Whether a * d = c * b, that is a/b = c/d.
    pub(crate) fn same_ratio(a: &Self, b: &Self, c: &Self, d: &Self) -> bool {
        match (a, b, c, d) {
            (Self::Small(a), Self::Small(b), Self::Small(c), Self::Small(d)) => {
                u128::from(*a) * u128::from(*d) == u128::from(*c) * u128::from(*b)
            }
            _ => a.big() * d.big() == c.big() * b.big(),
        }
    }
}
