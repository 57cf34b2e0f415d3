//! Sums of f64 that do not depend on the order of the terms: the correctly rounded value of the exact sum.
//!
//! Terms of everyday size are added as integers in units of 2^-80; others go through Shewchuk's expansions
//! ("Adaptive precision floating-point arithmetic", 1997), the algorithm of Python's `math.fsum`.

/// Units of the integer path: a term qualifies when it is a multiple of 2^-80 and below 2^15 in magnitude, so that
/// 2^32 of them fit an i128.
const FRACTION_BITS: i32 = 80;
const MAX_EXPONENT: i32 = 15;

/// The term in units of 2^-80, or `None` where it is too large or too fine for them.
#[inline]
pub(crate) fn fixed(term: f64) -> Option<i128> {
    let bits = term.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    if biased == 0 {
        return (term == 0.0).then_some(0);
    }
    let mantissa = i128::from(bits & ((1 << 52) - 1) | (1 << 52));
    let exponent = biased - 1075;
    if exponent + 53 > MAX_EXPONENT {
        return None;
    }
    let shift = exponent + FRACTION_BITS;
    let magnitude = if shift >= 0 {
        mantissa << shift
    } else if mantissa.trailing_zeros() >= shift.unsigned_abs() {
        mantissa >> -shift
    } else {
        return None;
    };
    Some(if term < 0.0 { -magnitude } else { magnitude })
}

/// The value of a sum of `fixed` terms, rounded once.
#[inline]
pub(crate) fn from_fixed(units: i128) -> f64 {
    const UNIT: f64 = 1.0 / (1_u128 << FRACTION_BITS) as f64;
    units as f64 * UNIT
}

/// The exact sum, rounded once. Terms are finite and their sum does not overflow.
pub(crate) fn exact(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut partials: Vec<f64> = Vec::new();
    for mut term in terms {
        let mut kept = 0;
        for index in 0..partials.len() {
            let mut partial = partials[index];
            if term.abs() < partial.abs() {
                (term, partial) = (partial, term);
            }
            let high = term + partial;
            let low = partial - (high - term);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            term = high;
        }
        partials.truncate(kept);
        partials.push(term);
    }
    let mut high = 0.0;
    while let Some(partial) = partials.pop() {
        let before = high;
        high = before + partial;
        let low = partial - (high - before);
        if low == 0.0 {
            continue;
        }
        // Half-way cases round to even only if what follows does not decide: look one partial further.
        if partials
            .last()
            .is_some_and(|&next| (low < 0.0) == (next < 0.0))
        {
            let moved = high + low * 2.0;
            if is_same(low * 2.0, moved - high) {
                high = moved;
            }
        }
        break;
    }
    high
}

#[expect(
    clippy::float_cmp,
    reason = "the algorithm asks whether an addition was exact"
)]
fn is_same(a: f64, b: f64) -> bool {
    a == b
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "what is exact is compared exactly")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cancellation_loses_nothing() {
        assert_eq!(exact([1e100, 1.0, -1e100]), 1.0);
    }

    #[test]
    fn a_term_finer_than_the_unit_is_not_fixed() {
        assert_eq!(fixed(1e-40), None);
        assert_eq!(fixed(f64::MIN_POSITIVE / 2.0), None);
        assert_eq!(fixed(40_000.0), None);
    }

    proptest! {
        #[test]
        fn both_ways_agree(terms in prop::collection::vec(-2.0..2.0_f64, 0..50)) {
            let terms: Vec<f64> = terms.into_iter().filter(|&term| fixed(term).is_some()).collect();
            let units: i128 = terms.iter().filter_map(|&term| fixed(term)).sum();
            prop_assert_eq!(from_fixed(units), exact(terms));
        }

        #[test]
        fn the_order_is_of_no_account(mut terms in prop::collection::vec(-1e20..1e20_f64, 1..50), turn in 0_usize..50) {
            let first = exact(terms.iter().copied());
            let turn = turn % terms.len();
            terms.rotate_left(turn);
            prop_assert_eq!(first, exact(terms));
        }
    }
}
