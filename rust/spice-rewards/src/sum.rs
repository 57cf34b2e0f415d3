//! Sums of f64 that do not depend on the order of the terms: the correctly rounded value of the exact sum.
//!
//! A running sum and a running sum of its rounding errors ([`Pair`]) hold the exact sum of everyday terms; it is known
//! whether they do. Otherwise terms go through Shewchuk's expansions ("Adaptive precision floating-point arithmetic",
//! 1997), the algorithm of Python's `math.fsum`.

/// Most terms of a [`Pair`] before it is emptied into an [`Expansion`]: long sums outgrow two numbers.
const CHUNK: usize = 32;

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
    /// Adds `term(i)` for every row `i` below `num`.
    #[inline]
    pub(crate) fn add_all(&mut self, num: usize, term: impl Fn(usize) -> f64) {
        for start in (0..num).step_by(CHUNK) {
            let rows = start..num.min(start + CHUNK);
            // Two sums side by side: neither waits for the other.
            let mut pairs = [Pair::default(); 2];
            let half = start + rows.len() / 2;
            for (left, right) in (start..half).zip(half..) {
                pairs[0].add(term(left));
                pairs[1].add(term(right));
            }
            if rows.len() % 2 == 1 {
                pairs[0].add(term(rows.end - 1));
            }
            if pairs[0].lost | pairs[1].lost == 0 {
                for pair in pairs {
                    self.add(pair.high);
                    self.add(pair.low);
                }
            } else {
                rows.for_each(|row| self.add(term(row)));
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
        sum.add_all(terms.len(), |row| terms[row]);
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
        [1e100, 1.0].into_iter().for_each(|term| pair.add(term));
        assert_eq!(pair.total(), Some(1e100));
        pair.add(1e-100);
        assert_eq!(pair.total(), None);
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
        fn the_order_is_of_no_account(mut terms in prop::collection::vec(-1e20..1e20_f64, 1..50), turn in 0_usize..50) {
            let first = exact(terms.iter().copied());
            let turn = turn % terms.len();
            terms.rotate_left(turn);
            prop_assert_eq!(first, exact(terms.iter().copied()));
        }
    }
}
