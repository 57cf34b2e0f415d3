//! A keyed order of the numbers below n without a table: a Feistel network that walks its cycles.

/// Odd, and close to 2^64 divided by the golden ratio: the step of splitmix64.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Keeps our streams apart from other users of the same seeds.
const DOMAIN: u64 = 0x7370_6963_6520_3031;

/// A permutation of `0..len`, a pure function of (seed, epoch, len).
///
/// Four Feistel rounds over the smallest even number of bits (at least 2) that holds `len - 1`, with half-words (L, R):
/// `(L, R) -> (R, L xor (mix(R + key_i) mod 2^half))`. Values at or above `len` are sent through again until they
/// fall below (cycle walking; fewer than four times on average). `mix` is the finalizer of splitmix64 (Steele, Lea, Flood
/// 2014).
#[derive(Debug, Clone, Copy)]
pub struct Permutation {
    len: u64,
    half_bits: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// The permutation of `0..len` for one epoch of a seed.
    pub fn new(seed: u64, epoch: u64, len: u64) -> Self {
        let bits = u64::BITS - len.saturating_sub(1).leading_zeros();
        let stream = Self::stream(seed, epoch);
        let keys =
            [1, 2, 3, 4].map(|round: u64| mix(stream.wrapping_add(round.wrapping_mul(STEP))));
        Self {
            len,
            half_bits: bits.div_ceil(2).max(1),
            keys,
        }
    }

    /// What the keys of an epoch's permutation are made from.
    pub(super) fn stream(seed: u64, epoch: u64) -> u64 {
        mix(mix(seed ^ DOMAIN).wrapping_add(epoch.wrapping_mul(STEP)))
    }

    /// Where `index` goes.
    ///
    /// # Panics
    /// `index` is not below `len`.
    pub fn apply(&self, index: u64) -> u64 {
        assert!(index < self.len, "index {index} is beyond {}", self.len);
        let mut value = self.round_trip(index);
        while value >= self.len {
            value = self.round_trip(value);
        }
        value
    }

    fn round_trip(&self, value: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right.wrapping_add(key)) & mask));
        }
        left << self.half_bits | right
    }
}

/// Finalizer of splitmix64.
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_number_is_visited_once(seed: u64, epoch: u64, len in 1_u64..3_000) {
            let permutation = Permutation::new(seed, epoch, len);
            let mut seen = vec![false; len as usize];
            for index in 0..len {
                let value = permutation.apply(index) as usize;
                prop_assert!(!seen[value]);
                seen[value] = true;
            }
        }

        #[test]
        fn any_length_works(seed: u64, len in 1_u64.., index: u64) {
            prop_assert!(Permutation::new(seed, 0, len).apply(index % len) < len);
        }
    }

    #[test]
    fn neighbours_lie_far_apart() {
        let len = 100_000;
        let permutation = Permutation::new(1, 0, len);
        let total: f64 = (1..len)
            .map(|index| {
                permutation
                    .apply(index)
                    .abs_diff(permutation.apply(index - 1)) as f64
            })
            .sum();
        // Two uniform numbers lie a third of the range apart on average.
        let mix = total / (len - 1) as f64 / (len as f64 / 3.0);
        assert!((mix - 1.0).abs() < 0.02, "{mix}");
    }

    #[test]
    fn seeds_and_epochs_give_different_orders() {
        let order = |seed, epoch| -> Vec<u64> {
            let permutation = Permutation::new(seed, epoch, 1_000);
            (0..1_000).map(|index| permutation.apply(index)).collect()
        };
        assert_eq!(order(1, 0), order(1, 0));
        assert_ne!(order(1, 0), order(2, 0));
        assert_ne!(order(1, 0), order(1, 1));
    }
}
