//! The order of an epoch: every slot once, from all over the corpus or, for stores that read neighbours together, in windows.

use super::permute::Permutation;

/// Keep the streams of stretches, windows and the turn apart from each other and from the global order's.
const STRETCHES: u64 = 0x7374_7265_7463_6865;
const WINDOWS: u64 = 0x7769_6e64_6f77_7320;

/// How near each other in the corpus the draws of some time are.
///
/// The corpus is cut into *stretches* of neighbouring slots. A *window* of several stretches from all over the corpus is
/// drawn together, its slots shuffled; then comes the next window. So a reader that holds one window reads each stretch once
/// in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locality {
    /// Neighbouring slots of a stretch, at least 1.
    pub stretch: u64,
    /// Stretches of a window, at least 1.
    pub window: u64,
}

/// A permutation of `0..len`: a pure function of (seed, epoch, len, locality).
///
/// With a locality of stretch `S` and window `T`: place `i` belongs to window `v = i div ST`, and goes to place `p` by a
/// permutation of that window's places; `p` is place `p mod S` of the stretch that a permutation of the whole stretches puts at
/// `p div S` (the rest of `len mod S` slots is last and stays); and all slots are turned by a number of the epoch, so that
/// stretches begin elsewhere each time and the last draws of an epoch are not always of the same documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    epoch: u64,
    len: u64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Global(Permutation),
    Windows {
        stretch: u64,
        window: u64,
        stretches: Permutation,
        turn: u64,
        /// Of the permutations inside windows, one for each window.
        stream: u64,
    },
}

impl Order {
    pub(super) fn new(seed: u64, epoch: u64, len: u64, locality: Option<Locality>) -> Self {
        let kind = match locality {
            None => Kind::Global(Permutation::new(seed, epoch, len)),
            Some(locality) => {
                let stretch = locality.stretch.min(len);
                Kind::Windows {
                    stretch,
                    window: stretch.saturating_mul(locality.window).min(len),
                    stretches: Permutation::new(seed ^ STRETCHES, epoch, len / stretch),
                    turn: Permutation::new(seed ^ WINDOWS, epoch, len).apply(0),
                    stream: Permutation::stream(seed ^ WINDOWS, epoch),
                }
            }
        };
        Self { epoch, len, kind }
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The slot at place `index`, which must be below `len`.
    pub(super) fn apply(&self, index: u64) -> u64 {
        let (stretch, window, stretches, turn, stream) = match self.kind {
            Kind::Global(permutation) => return permutation.apply(index),
            Kind::Windows {
                stretch,
                window,
                stretches,
                turn,
                stream,
            } => (stretch, window, stretches, turn, stream),
        };
        let (number, place) = (index / window, index % window);
        let first = number * window;
        let size = window.min(self.len - first);
        let place = first + Permutation::new(stream, number, size).apply(place);
        let slot = if place / stretch < self.len / stretch {
            stretches.apply(place / stretch) * stretch + place % stretch
        } else {
            place
        };
        // The sum may be beyond 2^64.
        match slot.checked_sub(self.len - turn) {
            Some(turned) => turned,
            None => slot + turn,
        }
    }
}

/// How well an order shuffles: what a reader of consecutive draws sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Mean distance between neighbours in the order, in slots, over what uniform numbers would have: 1 is global.
    pub mix: f64,
    /// Share of neighbours within 1 % of the corpus of each other; uniform numbers have 0.02.
    pub near: f64,
    /// Neighbours that were looked at.
    pub num_pairs: u64,
}

impl Quality {
    /// Looks at pairs of neighbours spread evenly over the order of an epoch: all of them, or `most`.
    pub(super) fn of(order: &Order, most: u64) -> Self {
        let len = order.len;
        let num_pairs = (len - 1).min(most);
        let (mut total, mut num_near) = (0_u128, 0_u64);
        for pair in 0..num_pairs {
            let index = u128::from(pair) * u128::from(len - 1) / u128::from(num_pairs);
            let distance = order
                .apply(index as u64)
                .abs_diff(order.apply(index as u64 + 1));
            total += u128::from(distance);
            num_near += u64::from(distance <= len / 100);
        }
        if num_pairs == 0 {
            return Self {
                mix: 1.0,
                near: 0.0,
                num_pairs,
            };
        }
        // Two different numbers below n lie (n + 1) / 3 apart on average.
        let mean = total as f64 / num_pairs as f64;
        Self {
            mix: mean / ((len as f64 + 1.0) / 3.0),
            near: num_near as f64 / num_pairs as f64,
            num_pairs,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn localities() -> impl Strategy<Value = Option<Locality>> {
        let some =
            (1_u64..200, 1_u64..20).prop_map(|(stretch, window)| Locality { stretch, window });
        proptest::option::of(some)
    }

    proptest! {
        #[test]
        fn every_slot_is_visited_once(seed: u64, epoch: u64, len in 1_u64..3_000, locality in localities()) {
            let order = Order::new(seed, epoch, len, locality);
            let mut seen = vec![false; len as usize];
            for index in 0..len {
                let slot = order.apply(index) as usize;
                prop_assert!(!seen[slot]);
                seen[slot] = true;
            }
        }

        #[test]
        fn any_length_works(
            seed: u64, epoch: u64, len in 1_u64.., index: u64, stretch in 1_u64.., window in 1_u64..,
        ) {
            let order = Order::new(seed, epoch, len, Some(Locality { stretch, window }));
            prop_assert!(order.apply(index % len) < len);
        }

        #[test]
        fn a_window_is_of_so_many_stretches(seed: u64, len in 500_u64..5_000, stretch in 5_u64..50, window in 1_u64..10) {
            let order = Order::new(seed, 0, len, Some(Locality { stretch, window }));
            let mut slots: Vec<u64> = (0..(stretch * window).min(len)).map(|index| order.apply(index)).collect();
            slots.sort_unstable();
            // A stretch may lie over the end of the corpus, and stretches may touch.
            let breaks = slots.windows(2).filter(|pair| pair[1] != pair[0] + 1).count() as u64;
            prop_assert!(breaks <= window, "{breaks} breaks");
        }
    }

    #[test]
    fn wide_windows_shuffle_nearly_as_well_as_the_global_order() {
        let len = 1_000_000;
        let quality = |locality| Quality::of(&Order::new(1, 0, len, locality), 100_000);
        let global = quality(None);
        assert!(
            (global.mix - 1.0).abs() < 0.01 && (global.near - 0.02).abs() < 0.002,
            "{global:?}"
        );
        let wide = quality(Some(Locality {
            stretch: 256,
            window: 64,
        }));
        assert!(wide.mix > 0.95 && wide.near < 0.04, "{wide:?}");
        // What a shuffle buffer of 256 neighbours has.
        let narrow = quality(Some(Locality {
            stretch: 256,
            window: 1,
        }));
        assert!(narrow.mix < 0.01 && narrow.near > 0.99, "{narrow:?}");
    }

    #[test]
    fn one_slot_has_no_neighbours() {
        assert_eq!(Quality::of(&Order::new(1, 0, 1, None), 9).num_pairs, 0);
    }
}
