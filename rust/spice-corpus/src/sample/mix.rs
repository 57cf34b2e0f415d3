//! Several samplers as one: draw k belongs to one of them, in exact proportions, without any state.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use xxhash_rust::xxh3::Xxh3Default;

use super::{Passage, Permutation, Sampler};
use crate::error::CorpusError;

/// Draws of a block, in which every source has exactly its share: shares are multiples of 1/4,096.
pub const BLOCK_DRAWS: u64 = 4_096;

/// Keeps the order inside blocks apart from the orders of samplers of the same seed.
const DOMAIN: u64 = 0x7370_6963_6520_6d69;

/// Version of the rule from (seed, k) to a source and its draw; part of the hash.
const RULE: &[u8] = b"spice mix 1";

/// Passages of several sources in exact proportions.
///
/// Source `s` has `shares[s]` of the 4,096 places of every block, those from the sum of the shares before it. Draw `k` is in
/// block `b = k div 4096` and takes the place `x` that a permutation keyed by (seed, b) gives to `k mod 4096`; it is draw
/// `b * shares[s] + x - first[s]` of the source whose place that is. So each source draws each of its own numbers once, and
/// has its own epochs.
pub struct Mix {
    samplers: Vec<Arc<Sampler>>,
    order: MixOrder,
    hash: String,
}

/// Which source a draw belongs to, and which of its own draws it is.
#[derive(Debug, Clone)]
pub struct MixOrder {
    seed: u64,
    shares: Vec<u64>,
    /// First place of each source.
    firsts: Vec<u64>,
    /// The source of each place.
    sources: Vec<u16>,
}

impl MixOrder {
    /// # Errors
    /// A share is 0, or they are not 4,096 together.
    pub fn new(seed: u64, shares: Vec<u64>) -> Result<Self, CorpusError> {
        let total = shares
            .iter()
            .try_fold(0_u64, |sum, &share| sum.checked_add(share));
        if shares.contains(&0) || total != Some(BLOCK_DRAWS) {
            return Err(CorpusError::Argument {
                name: "shares",
                found: format!("{shares:?}"),
                expected: "numbers from 1 on that are 4096 together",
            });
        }
        let firsts = shares.iter().scan(0, |sum, &share| {
            let first = *sum;
            *sum += share;
            Some(first)
        });
        let firsts = firsts.collect();
        let sources = (0_u16..).zip(&shares);
        let sources = sources.flat_map(|(source, &share)| vec![source; share as usize]);
        Ok(Self {
            seed,
            sources: sources.collect(),
            firsts,
            shares,
        })
    }

    /// The source of draw `k`, and which of its own draws that is.
    pub fn apply(&self, k: u64) -> (usize, u64) {
        let (block, index) = (k / BLOCK_DRAWS, k % BLOCK_DRAWS);
        let place = Permutation::new(self.seed ^ DOMAIN, block, BLOCK_DRAWS).apply(index);
        let source = usize::from(self.sources[place as usize]);
        let number = block * self.shares[source] + place - self.firsts[source];
        (source, number)
    }

    /// Places of each source in every 4,096 draws.
    pub fn shares(&self) -> &[u64] {
        &self.shares
    }
}

impl Mix {
    /// Source `s` is `samplers[s]`, drawn `shares[s]` times in every 4,096 draws from a multiple of 4,096 on.
    ///
    /// # Errors
    /// Not as many shares as samplers, or they make no [`MixOrder`].
    pub fn new(
        samplers: Vec<Arc<Sampler>>,
        shares: Vec<u64>,
        seed: u64,
    ) -> Result<Self, CorpusError> {
        if samplers.len() != shares.len() {
            return Err(CorpusError::Argument {
                name: "shares",
                found: format!("{} for {} samplers", shares.len(), samplers.len()),
                expected: "one for each sampler",
            });
        }
        let mut hasher = Xxh3Default::new();
        hasher.update(RULE);
        hasher.update(&seed.to_le_bytes());
        for (sampler, share) in samplers.iter().zip(&shares) {
            hasher.update(&share.to_le_bytes());
            hasher.update(sampler.hash().as_bytes());
        }
        Ok(Self {
            samplers,
            order: MixOrder::new(seed, shares)?,
            hash: format!("{:032x}", hasher.digest128()),
        })
    }

    /// The sources.
    pub fn samplers(&self) -> &[Arc<Sampler>] {
        &self.samplers
    }

    /// Which draw is whose.
    pub fn order(&self) -> &MixOrder {
        &self.order
    }

    /// 32 hexadecimal digits that stand for everything that passages depend on: samplers, shares, seed.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Draws of a whole number of blocks in which every passage of every source is drawn at least once: the fewest; the
    /// largest number there is if they are more.
    pub fn num_covering_draws(&self) -> u64 {
        let blocks = self.samplers.iter().zip(self.order.shares());
        let blocks = blocks.map(|(sampler, &share)| sampler.num_slots().div_ceil(share));
        blocks.max().unwrap_or(0).saturating_mul(BLOCK_DRAWS)
    }

    /// The passages of some draws with the number of their source, row i for `draws[i]`; any order, any numbers.
    ///
    /// # Errors
    /// A source's file is gone or changed, or `stop` was set.
    pub fn draw(
        &self,
        draws: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Vec<(usize, Passage)>, CorpusError> {
        let places: Vec<_> = draws.iter().map(|&draw| self.order.apply(draw)).collect();
        let mut rows: Vec<Option<(usize, Passage)>> = Vec::new();
        rows.resize_with(draws.len(), || None);
        for (source, sampler) in self.samplers.iter().enumerate() {
            let ours = (0..places.len()).filter(|&row| places[row].0 == source);
            let ours: Vec<_> = ours.collect();
            let numbers: Vec<_> = ours.iter().map(|&row| places[row].1).collect();
            let passages = sampler.draw(&numbers, threads, stop)?;
            for (row, passage) in ours.into_iter().zip(passages) {
                rows[row] = Some((source, passage));
            }
        }
        Ok(rows.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shares() -> impl Strategy<Value = Vec<u64>> {
        proptest::collection::btree_set(1..BLOCK_DRAWS, 0..20).prop_map(|cuts| {
            let mut ends: Vec<u64> = cuts.into_iter().collect();
            ends.push(BLOCK_DRAWS);
            let mut first = 0;
            let share = |end| end - std::mem::replace(&mut first, end);
            ends.into_iter().map(share).collect()
        })
    }

    proptest! {
        #[test]
        fn every_block_has_exactly_the_shares_and_each_own_draw_once(
            shares in shares(), seed: u64, block in 0_u64..u64::MAX / BLOCK_DRAWS,
        ) {
            let order = MixOrder::new(seed, shares.clone()).unwrap();
            let mut own: Vec<Vec<u64>> = vec![Vec::new(); shares.len()];
            for index in 0..BLOCK_DRAWS {
                let (source, number) = order.apply(block * BLOCK_DRAWS + index);
                own[source].push(number);
            }
            for (mut numbers, share) in own.into_iter().zip(shares) {
                numbers.sort_unstable();
                prop_assert_eq!(numbers, (block * share..(block + 1) * share).collect::<Vec<_>>());
            }
        }

        #[test]
        fn an_own_draw_is_never_beyond_its_draw(shares in shares(), seed: u64, k: u64) {
            let (_, number) = MixOrder::new(seed, shares).unwrap().apply(k);
            prop_assert!(number <= k | (BLOCK_DRAWS - 1));
        }
    }

    #[test]
    fn blocks_are_in_different_orders() {
        let order = MixOrder::new(1, vec![2_048, 2_048]).unwrap();
        let sources = |block: u64| -> Vec<usize> {
            let draws = block * BLOCK_DRAWS..(block + 1) * BLOCK_DRAWS;
            draws.map(|k| order.apply(k).0).collect()
        };
        assert_ne!(sources(0), sources(1));
        // A fair coin changes its side 2,047 times in 4,095 throws, give or take 32.
        let changes = sources(0)
            .windows(2)
            .filter(|pair| pair[0] != pair[1])
            .count();
        assert!(changes.abs_diff(2_048) < 130, "{changes}");
    }

    #[test]
    fn shares_that_are_not_4096_together_are_refused() {
        for shares in [
            vec![],
            vec![4_095],
            vec![0, 4_096],
            vec![1, 4_096],
            vec![u64::MAX, 4_097],
        ] {
            assert!(MixOrder::new(1, shares).is_err());
        }
    }
}
