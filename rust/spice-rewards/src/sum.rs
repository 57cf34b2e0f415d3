//! Sums of f64 that do not depend on the order of the terms: the correctly rounded value of the exact sum.
//!
//! Of a few terms that are neither too small nor too large beside each other, the upper and the lower bits are added
//! apart, each without rounding ([`Split`]; Rump, Ogita and Oishi, "Accurate floating-point summation", 2008). A running sum and
//! a running sum of its rounding errors ([`Pair`]) hold the exact sum of everyday terms; it is known whether they do. Otherwise
//! terms go through Shewchuk's expansions ("Adaptive precision floating-point arithmetic",
//! 1997), the algorithm of Python's `math.fsum`.

/// `high + low` is the exact sum of the terms so far, unless `lost` is not zero.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pair {
    high: f64,
    low: f64,
    /// Bits of what did not fit into `low`; only whether there are any counts.
    lost: u64,
}

impl Pair {
    #[inline]
    pub(crate) fn add(&mut self, term: f64) {
        let (high, error) = two_sum(self.high, term);
        let (low, lost) = two_sum(self.low, error);
        (self.high, self.low) = (high, low);
        self.lost |= lost.to_bits() << 1;
    }

    /// The exact sum, rounded once, where it is known.
    #[inline]
    pub(crate) fn total(self) -> Option<f64> {
        (self.lost == 0).then_some(self.high + self.low)
    }
}

/// The rounded sum and what rounding took away, exactly (Knuth).
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// Most terms that a [`Split`] adds.
const MAX_SPLIT: usize = 64;
const LANES: usize = 4;

/// What one look at some numbers tells.
pub(crate) struct Range {
    /// Smallest magnitude but for zeros; infinite where there is none.
    pub(crate) smallest: f64,
    /// Largest magnitude.
    pub(crate) largest: f64,
    /// Whether some number is infinite or not a number; NaN is passed over in the magnitudes.
    pub(crate) is_strange: bool,
}

impl Range {
    #[inline]
    pub(crate) fn of(terms: &[f64]) -> Self {
        let (mut smallest, mut largest) = ([f64::INFINITY; LANES], [0.0; LANES]);
        let mut probe = [0.0; LANES];
        let (chunks, rest) = terms.as_chunks::<LANES>();
        let mut see = |lane: usize, term: f64| {
            let size = term.abs();
            let or_more = if size > 0.0 { size } else { f64::INFINITY };
            smallest[lane] = if or_more < smallest[lane] {
                or_more
            } else {
                smallest[lane]
            };
            largest[lane] = if size > largest[lane] {
                size
            } else {
                largest[lane]
            };
            // Zero, or NaN for what is strange.
            probe[lane] += term * 0.0;
        };
        for chunk in chunks {
            for (lane, &term) in chunk.iter().enumerate() {
                see(lane, term);
            }
        }
        for (lane, &term) in rest.iter().enumerate() {
            see(lane, term);
        }
        Self {
            smallest: smallest.into_iter().fold(f64::INFINITY, f64::min),
            largest: largest.into_iter().fold(0.0, f64::max),
            is_strange: probe.iter().any(|probe| probe.is_nan()),
        }
    }
}

/// Adds at most [`MAX_SPLIT`] terms of a known range: in lanes side by side, and in five operations a term.
///
/// With `unit` a power of two of at least 128 times the largest term, `(unit + term) - unit` is the term's upper part, a multiple
/// of `unit 2^-53`, and what it leaves is exact and at most that. 64 upper parts stay below `unit / 2`, so their sums have
/// 52 bits. Lower parts are multiples of `smallest 2^-53` and together at most `unit 2^-47`, so their sums have 53 bits where
/// `unit 2^-47 <= smallest`.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    unit: f64,
}

impl Split {
    /// For terms of this range; `None` where smallest and largest are too far apart.
    #[inline]
    pub(crate) fn new(range: &Range) -> Option<Self> {
        // The bits of the exponent alone are the power of two below.
        let power = f64::from_bits(range.largest.to_bits() & (0x7ff << 52));
        let unit = 256.0 * power;
        (power > 0.0 && unit * 2.0_f64.powi(-47) <= range.smallest).then_some(Self { unit })
    }

    /// The exact sum, rounded once; `None` for too many terms.
    #[inline]
    pub(crate) fn total(self, terms: &[f64]) -> Option<f64> {
        (terms.len() <= MAX_SPLIT).then(|| {
            let (high, low) = self.parts(terms);
            high + low
        })
    }

    /// Two numbers whose sum is that of the terms, of which there are at most [`MAX_SPLIT`].
    #[inline]
    fn parts(self, terms: &[f64]) -> (f64, f64) {
        let (mut high, mut low) = ([0.0; LANES], [0.0; LANES]);
        let (chunks, rest) = terms.as_chunks::<LANES>();
        for chunk in chunks {
            for lane in 0..LANES {
                let upper = (self.unit + chunk[lane]) - self.unit;
                high[lane] += upper;
                low[lane] += chunk[lane] - upper;
            }
        }
        for (lane, &term) in rest.iter().enumerate() {
            let upper = (self.unit + term) - self.unit;
            high[lane] += upper;
            low[lane] += term - upper;
        }
        (high.iter().sum(), low.iter().sum())
    }
}

/// The exact sum of `(value - mean)^2`, each rounded, rounded once.
#[inline]
pub(crate) fn squares(values: &[f64], mean: f64) -> f64 {
    let square = |&value: &f64| (value - mean) * (value - mean);
    if values.len() <= MAX_SPLIT {
        let mut terms = [0.0; MAX_SPLIT];
        let terms = &mut terms[..values.len()];
        for (term, value) in terms.iter_mut().zip(values) {
            *term = square(value);
        }
        if let Some(split) = Split::new(&Range::of(terms)) {
            let (high, low) = split.parts(terms);
            return high + low;
        }
    }
    exact(values.iter().map(square))
}

/// The exact sum of a few terms, such as a group's, rounded once. Terms are finite and their sum does not overflow.
#[inline]
pub(crate) fn exact<I: Iterator<Item = f64> + Clone>(terms: I) -> f64 {
    let mut pair = Pair::default();
    for term in terms.clone() {
        pair.add(term);
    }
    pair.total().unwrap_or_else(|| slowly(terms))
}

#[cold]
#[inline(never)]
fn slowly(terms: impl Iterator<Item = f64>) -> f64 {
    let mut sum = Expansion::default();
    terms.for_each(|term| sum.add(term));
    sum.total()
}

/// The exact sum of any number of terms.
#[derive(Clone, Default)]
pub(crate) struct Expansion {
    /// Numbers whose bits do not overlap, smallest first.
    partials: Vec<f64>,
}

impl Expansion {
    /// Adds `term(value, weight)` for every value and its weight.
    #[inline]
    pub(crate) fn add_all(
        &mut self,
        values: &[f64],
        weights: &[u32],
        term: impl Fn(f64, f64) -> f64,
    ) {
        let chunks = values.chunks(MAX_SPLIT).zip(weights.chunks(MAX_SPLIT));
        for (values, weights) in chunks {
            let mut terms = [0.0; MAX_SPLIT];
            let terms = &mut terms[..values.len()];
            for (term_of, (&value, &weight)) in terms.iter_mut().zip(values.iter().zip(weights)) {
                *term_of = term(value, f64::from(weight));
            }
            if let Some(split) = Split::new(&Range::of(terms)) {
                let (high, low) = split.parts(terms);
                self.add(high);
                self.add(low);
            } else {
                for &term in terms.iter() {
                    self.add(term);
                }
            }
        }
    }

    pub(crate) fn add(&mut self, mut term: f64) {
        let mut kept = 0;
        for index in 0..self.partials.len() {
            let (high, low) = two_sum(term, self.partials[index]);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            term = high;
        }
        self.partials.truncate(kept);
        if term != 0.0 {
            self.partials.push(term);
        }
    }

    /// The sum, rounded once.
    pub(crate) fn total(mut self) -> f64 {
        let mut high = 0.0;
        while let Some(partial) = self.partials.pop() {
            let before = high;
            high = before + partial;
            let low = partial - (high - before);
            if low == 0.0 {
                continue;
            }
            // Half-way cases round to even only if what follows does not decide: look one partial further.
            if self
                .partials
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

    fn long(terms: &[f64]) -> f64 {
        let mut sum = Expansion::default();
        sum.add_all(terms, &vec![1; terms.len()], |term, weight| term * weight);
        sum.total()
    }

    #[test]
    fn cancellation_loses_nothing() {
        assert_eq!(exact([1e100, 1.0, -1e100].into_iter()), 1.0);
        assert_eq!(
            exact([1e100, 1.0, 1e-100, -1e100, -1.0].into_iter()),
            1e-100
        );
    }

    #[test]
    fn a_pair_says_when_it_is_not_enough() {
        let mut pair = Pair::default();
        pair.add(1e100);
        pair.add(1.0);
        assert_eq!(pair.total(), Some(1e100));
        pair.add(1e-100);
        assert_eq!(pair.total(), None);
    }

    #[test]
    fn terms_too_far_apart_are_not_split() {
        assert!(Split::new(&Range::of(&[1.0, 2.0_f64.powi(-40)])).is_none());
        assert!(Split::new(&Range::of(&[0.0])).is_none());
        let split = Split::new(&Range::of(&[1.0, 2.0_f64.powi(-39)])).unwrap();
        assert_eq!(split.total(&[1.0; 65]), None);
    }

    #[test]
    fn half_way_cases_look_at_what_follows() {
        let half = 2.0_f64.powi(-53);
        assert_eq!(exact([1.0, half].into_iter()), 1.0);
        assert_eq!(
            exact([1.0, half, 2.0_f64.powi(-120)].into_iter()),
            1.0 + 2.0 * half
        );
    }

    proptest! {
        #[test]
        fn all_ways_agree(terms in prop::collection::vec(prop_oneof![-2.0..2.0_f64, -1e20..1e20_f64, -1e-30..1e-30_f64], 0..150)) {
            let found = exact(terms.iter().copied());
            prop_assert_eq!(found, slowly(terms.iter().copied()));
            prop_assert_eq!(found, long(&terms));
        }

        #[test]
        fn split_sums_are_exact(terms in prop::collection::vec(prop_oneof![-1.0..1.0_f64, -1e-9..1e-9_f64, Just(0.0)], 1..=64), scale in -60..60_i32) {
            let terms: Vec<f64> = terms.iter().map(|term| term * 2.0_f64.powi(scale)).collect();
            if let Some(split) = Split::new(&Range::of(&terms)) {
                prop_assert_eq!(split.total(&terms), Some(slowly(terms.iter().copied())));
            }
            let mean = terms[0] / 3.0;
            prop_assert_eq!(squares(&terms, mean), slowly(terms.iter().map(|term| (term - mean) * (term - mean))));
        }

        #[test]
        fn the_order_is_of_no_account(mut terms in prop::collection::vec(-1e20..1e20_f64, 1..50), turn in 0_usize..50) {
            let first = exact(terms.iter().copied());
            let turn = turn % terms.len();
            terms.rotate_left(turn);
            prop_assert_eq!(first, exact(terms.iter().copied()));
        }
    }
}
