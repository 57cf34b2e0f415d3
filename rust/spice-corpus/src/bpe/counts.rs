//! Remembers how many tokens words have. A word that is seen again costs one look.

use xxhash_rust::xxh3::xxh3_64;

/// Longest word, in bytes, that is kept as a number.
const SHORT: usize = 15;
/// Longest word that is kept at all.
const LONG: usize = 48;
const NUM_SHORT: usize = 1 << 15;
const NUM_LONG: usize = 1 << 12;
/// Odd, and close to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// One place a word, and the newest word stays: 1.3 MB, whatever the text.
#[derive(Debug)]
pub(super) struct Counts {
    /// Up to fifteen bytes and, in the highest byte, how many they are.
    short: Box<[(u128, u32)]>,
    long: Box<[Long]>,
}

#[derive(Debug, Clone, Copy)]
struct Long {
    length: u8,
    bytes: [u8; LONG],
    count: u32,
}

impl Counts {
    pub(super) fn new() -> Self {
        let nothing = Long {
            length: 0,
            bytes: [0; LONG],
            count: 0,
        };
        Self {
            short: vec![(0, 0); NUM_SHORT].into(),
            long: vec![nothing; NUM_LONG].into(),
        }
    }

    /// Tokens of the word `text[start..end]`, which is not empty: as remembered, or as `count` says.
    #[inline]
    pub(super) fn get(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        count: impl FnOnce(&[u8]) -> u32,
    ) -> u32 {
        let word = &text[start..end];
        if word.len() <= SHORT {
            let key = key(text, start, word);
            let hash =
                (key as u64 ^ ((key >> 64) as u64).wrapping_mul(SPREAD)).wrapping_mul(SPREAD);
            let slot = &mut self.short[(hash >> (u64::BITS - NUM_SHORT.trailing_zeros())) as usize];
            if slot.0 != key {
                *slot = (key, count(word));
            }
            return slot.1;
        }
        if word.len() > LONG {
            return count(word);
        }
        let slot = &mut self.long[xxh3_64(word) as usize % NUM_LONG];
        let length = word.len();
        if usize::from(slot.length) != length || slot.bytes[..length] != *word {
            slot.length = length as u8;
            slot.bytes[..length].copy_from_slice(word);
            slot.count = count(word);
        }
        slot.count
    }
}

#[inline]
fn key(text: &[u8], start: usize, word: &[u8]) -> u128 {
    let length = (word.len() as u128) << 120;
    // Sixteen bytes in one load, where there are so many.
    if let Some(chunk) = text[start..].first_chunk::<16>() {
        let mask = (1_u128 << (8 * word.len())) - 1;
        return (u128::from_le_bytes(*chunk) & mask) | length;
    }
    let mut bytes = [0; 16];
    bytes[..word.len()].copy_from_slice(word);
    u128::from_le_bytes(bytes) | length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn every_word_has_its_own_count(words in proptest::collection::vec("[ab\\x00]{1,60}", 1..40)) {
            let text = words.concat();
            let mut counts = Counts::new();
            for _ in 0..2 {
                let mut start = 0;
                for word in &words {
                    // A number that tells words apart.
                    let expected = xxh3_64(word.as_bytes()) as u32;
                    let found = counts.get(text.as_bytes(), start, start + word.len(), |word| xxh3_64(word) as u32);
                    prop_assert_eq!(found, expected);
                    start += word.len();
                }
            }
        }
    }
}
