//! Words of a text as numbers, and runs of so many words: what near-duplicates and benchmark items share.
//!
//! A word is a run of letters, numbers and `_`, in lower case. So punctuation, white space and line breaks do not count.

/// Odd, and close to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Multiplies the sum of a run's words at every step; odd.
const STEP: u64 = 0xD6E8_FEB8_6659_FD93;

/// What a byte is: 0 no part of a word, [`WIDE`] part of a character beyond ASCII, else itself in lower case.
static BYTES: [u8; 256] = bytes();
const WIDE: u8 = 0xFF;

const fn bytes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            letter @ (b'a'..=b'z' | b'0'..=b'9' | b'_') => letter,
            capital @ b'A'..=b'Z' => capital.to_ascii_lowercase(),
            0x80.. => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// A word: its number, first byte, and the one past its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub number: u64,
    pub start: usize,
    pub end: usize,
}

/// The words of a text.
#[derive(Debug)]
pub(super) struct Words<'t> {
    text: &'t str,
    place: usize,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, place: 0 }
    }

    /// The character beyond ASCII at the place.
    fn wide(&self) -> char {
        self.text[self.place..].chars().next().unwrap_or_default()
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    #[inline]
    fn next(&mut self) -> Option<Word> {
        let bytes = self.text.as_bytes();
        loop {
            match BYTES[usize::from(*bytes.get(self.place)?)] {
                0 => self.place += 1,
                WIDE => {
                    let character = self.wide();
                    if character.is_alphanumeric() {
                        break;
                    }
                    self.place += character.len_utf8();
                }
                _ => break,
            }
        }
        let start = self.place;
        let mut number = SPREAD;
        let mut add = |code: u32| number = (number ^ u64::from(code)).wrapping_mul(SPREAD);
        while let Some(&byte) = bytes.get(self.place) {
            match BYTES[usize::from(byte)] {
                0 => break,
                WIDE => {
                    let character = self.wide();
                    if !character.is_alphanumeric() {
                        break;
                    }
                    character.to_lowercase().for_each(|lower| add(lower.into()));
                    self.place += character.len_utf8();
                }
                lower => {
                    add(lower.into());
                    self.place += 1;
                }
            }
        }
        Some(Word {
            number: number ^ (number >> 29),
            start,
            end: self.place,
        })
    }
}

/// Calls `take(number, start, end)` for every run of `length` words of a text, until it gives false. A text of fewer words
/// has one run of all of them, if `takes_short`.
pub(super) fn for_each_run(
    text: &str,
    length: usize,
    takes_short: bool,
    mut take: impl FnMut(u64, usize, usize) -> bool,
) {
    // The last `length` words, in a ring; the sum is of each word times STEP to the number of words behind it.
    let mut ring = vec![(0_u64, 0_usize); length];
    let oldest_factor = (0..length).fold(1_u64, |factor, _| factor.wrapping_mul(STEP));
    let (mut sum, mut slot, mut num_words, mut end) = (0_u64, 0, 0_usize, 0);
    for word in Words::of(text) {
        let (oldest, _) = std::mem::replace(&mut ring[slot], (word.number, word.start));
        slot = if slot + 1 == length { 0 } else { slot + 1 };
        sum = sum
            .wrapping_mul(STEP)
            .wrapping_add(word.number)
            .wrapping_sub(oldest.wrapping_mul(oldest_factor));
        num_words += 1;
        end = word.end;
        // The next slot holds the first word of the run.
        if num_words >= length && !take(mix(sum), ring[slot].1, end) {
            return;
        }
    }
    if takes_short && 0 < num_words && num_words < length {
        take(mix(sum), ring[0].1, end);
    }
}

/// Finalizer of splitmix64.
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Whether two pieces of text have the same words.
pub(super) fn have_same_words(a: &str, b: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        Words::of(text)
            .map(|word| {
                text[word.start..word.end]
                    .chars()
                    .flat_map(char::to_lowercase)
                    .collect()
            })
            .collect()
    };
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn runs(text: &str, length: usize) -> Vec<(u64, &str)> {
        let mut found = Vec::new();
        for_each_run(text, length, true, |number, start, end| {
            found.push((number, &text[start..end]));
            true
        });
        found
    }

    #[test]
    fn punctuation_and_case_do_not_count() {
        let words: Vec<_> = Words::of("It's «Größe», 日本語_1!").collect();
        let texts: Vec<_> = words
            .iter()
            .map(|word| &"It's «Größe», 日本語_1!"[word.start..word.end])
            .collect();
        assert_eq!(texts, ["It", "s", "Größe", "日本語_1"]);
        let numbers = |text| -> Vec<u64> { Words::of(text).map(|word| word.number).collect() };
        assert_eq!(numbers("A b-C"), numbers("a, B c"));
        assert!(have_same_words("A b-C", "a, B\nc") && !have_same_words("a b", "ab"));
    }

    #[test]
    fn short_texts_have_one_run() {
        assert_eq!(runs("one two", 5).len(), 1);
        assert_eq!(runs(" ", 5).len(), 0);
        assert_eq!(runs("a b c d e f", 5)[1].1, "b c d e f");
    }

    proptest! {
        #[test]
        fn a_run_has_the_same_number_wherever_it_stands(before in "[a-c ]{0,20}", run in "[a-z]{1,3}( [a-z]{1,3}){4}") {
            let text = format!("{before} {run} end");
            let number = runs(&run, 5)[0].0;
            let found = runs(&text, 5);
            prop_assert!(found.iter().any(|(found, piece)| *found == number && *piece == run));
            let distinct: BTreeSet<_> = found.iter().map(|(number, _)| number).collect();
            let texts: BTreeSet<_> = found.iter().map(|(_, piece)| piece.split_whitespace().collect::<Vec<_>>()).collect();
            prop_assert_eq!(distinct.len(), texts.len());
        }
    }
}
