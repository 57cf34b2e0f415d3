//! Merges the bytes of one word into tokens: always the pair that was learnt first, of equal ones the leftmost.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Longer words go through a heap: below, looking at every pair again is faster.
const MAX_SCANNED: usize = 64;
const NONE: u64 = u64::MAX;
/// Odd, and close to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// What two neighbouring tokens become: the merge's rank in the high half, the new token in the low one, so that the
/// smaller number is the merge to do first; all bits set where there is no merge.
#[derive(Debug)]
pub(super) struct Merges {
    /// Open addressing; a key is the two tokens.
    slots: Vec<(u64, u64)>,
    shift: u32,
}

impl Merges {
    /// From (left, right, new) in the order of their ranks; of equal pairs the last counts.
    pub(super) fn new(merges: &[(u32, u32, u32)]) -> Self {
        // At least half empty, and at least two: a shift by all bits is none.
        let length = (merges.len() * 2 + 2).next_power_of_two();
        let mut table = Self {
            slots: vec![(NONE, NONE); length],
            shift: u64::BITS - length.trailing_zeros(),
        };
        for (rank, &(left, right, new)) in merges.iter().enumerate() {
            let key = key(left, right);
            let place = table.place(key);
            table.slots[place] = (key, (rank as u64) << 32 | u64::from(new));
        }
        table
    }

    #[inline]
    fn get(&self, left: u32, right: u32) -> u64 {
        self.slots[self.place(key(left, right))].1
    }

    /// Where a key is, or would be.
    #[inline]
    fn place(&self, key: u64) -> usize {
        let mut place = (key.wrapping_mul(SPREAD) >> self.shift) as usize;
        while self.slots[place].0 != key && self.slots[place].0 != NONE {
            place = (place + 1) & (self.slots.len() - 1);
        }
        place
    }
}

fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// A token of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// Its id.
    pub id: u32,
    /// Its first byte in the word.
    pub start: u32,
    /// What it and the next one become.
    merge: u64,
}

impl Part {
    /// A word that is one token.
    pub(super) fn whole(id: u32) -> Self {
        Self {
            id,
            start: 0,
            merge: NONE,
        }
    }
}

/// Reads a word's bytes as tokens into `parts` and merges them.
pub(super) fn merge(word: &[u8], byte_ids: &[u32; 256], merges: &Merges, parts: &mut Vec<Part>) {
    parts.clear();
    parts.extend(word.iter().enumerate().map(|(start, &byte)| Part {
        id: byte_ids[usize::from(byte)],
        start: start as u32,
        merge: NONE,
    }));
    for place in 1..parts.len() {
        parts[place - 1].merge = merges.get(parts[place - 1].id, parts[place].id);
    }
    if parts.len() <= MAX_SCANNED {
        merge_by_scan(merges, parts);
    } else {
        merge_by_heap(merges, parts);
    }
}

fn merge_by_scan(merges: &Merges, parts: &mut Vec<Part>) {
    loop {
        let (mut best, mut at) = (NONE, 0);
        for (place, part) in parts.iter().enumerate() {
            if part.merge < best {
                (best, at) = (part.merge, place);
            }
        }
        if best == NONE {
            return;
        }
        parts.remove(at + 1);
        parts[at].id = best as u32;
        parts[at].merge = match parts.get(at + 1) {
            Some(next) => merges.get(best as u32, next.id),
            None => NONE,
        };
        if at > 0 {
            parts[at - 1].merge = merges.get(parts[at - 1].id, best as u32);
        }
    }
}

/// The same with a heap of merges to do and a list of who is whose neighbour: n log n for a word of n bytes.
fn merge_by_heap(merges: &Merges, parts: &mut Vec<Part>) {
    const GONE: u32 = u32::MAX;
    let length = parts.len();
    let mut next: Vec<u32> = (1..=length as u32).collect();
    let mut previous: Vec<u32> = (0..length as u32)
        .map(|place| place.wrapping_sub(1))
        .collect();
    let mut heap: BinaryHeap<_> = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.merge != NONE)
        .map(|(place, part)| Reverse((part.merge, place as u32)))
        .collect();
    while let Some(Reverse((merge, place))) = heap.pop() {
        let at = place as usize;
        // An entry is stale when what it speaks of has been merged with something else.
        if next[at] == GONE || parts[at].merge != merge {
            continue;
        }
        let gone = next[at] as usize;
        let after = next[gone];
        (next[at], next[gone]) = (after, GONE);
        parts[gone].merge = NONE;
        parts[at].id = merge as u32;
        parts[at].merge = NONE;
        if (after as usize) < length {
            previous[after as usize] = place;
            parts[at].merge = merges.get(merge as u32, parts[after as usize].id);
            if parts[at].merge != NONE {
                heap.push(Reverse((parts[at].merge, place)));
            }
        }
        let before = previous[at] as usize;
        if before < length {
            parts[before].merge = merges.get(parts[before].id, merge as u32);
            if parts[before].merge != NONE {
                heap.push(Reverse((parts[before].merge, before as u32)));
            }
        }
    }
    let mut place = 0;
    parts.retain(|_| {
        place += 1;
        next[place - 1] != GONE
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn byte_ids() -> [u32; 256] {
        std::array::from_fn(|byte| byte as u32)
    }

    proptest! {
        #[test]
        fn a_heap_merges_as_looking_at_every_pair_does(
            word in proptest::collection::vec(0_u8..4, 1..200),
            pairs in proptest::collection::vec((0_u32..40, 0_u32..40), 0..40),
        ) {
            // Merge number i makes token 256 + i; small numbers stand for the four bytes, others for earlier merges.
            let token = |number: u32, made: u32| if number < 4 { number } else { 256 + number % made.max(1) };
            let merges: Vec<_> = pairs
                .iter()
                .zip(0_u32..)
                .map(|(&(left, right), made)| (token(left, made), token(right, made), 256 + made))
                .collect();
            let merges = Merges::new(&merges);
            let mut parts = Vec::new();
            merge(&word[..1], &byte_ids(), &merges, &mut parts);
            let start = |parts: &mut Vec<Part>| {
                parts.clear();
                parts.extend(word.iter().zip(0..).map(|(&byte, start)| Part { id: byte.into(), start, merge: NONE }));
                for place in 1..parts.len() {
                    parts[place - 1].merge = merges.get(parts[place - 1].id, parts[place].id);
                }
            };
            start(&mut parts);
            merge_by_scan(&merges, &mut parts);
            let mut others = Vec::new();
            start(&mut others);
            merge_by_heap(&merges, &mut others);
            prop_assert_eq!(parts, others);
        }
    }
}
