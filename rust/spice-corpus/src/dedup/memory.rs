//! Remembers the questions of earlier rounds, and tells which new ones are nearly the same as one of them.
//!
//! A question is kept as a *sketch*: four bits of each of its 128 `MinHash` numbers (b-bit minwise hashing, Li and König 2010), so
//! 64 bytes and the round's number. Two sketches agree in a digit where the numbers do, and by chance in one of sixteen of
//! the others: of `equal` equal digits follows the similarity `(equal / 128 - 1/16) / (15/16) = (equal - 8) / 120`.
//!
//! New questions are compared with all that are remembered. There is no index to miss one, none to keep in memory, and none
//! that questions made from one template could clog: a look costs the same whatever was written.

use std::sync::atomic::AtomicBool;

use xxhash_rust::xxh3::xxh3_64;

use super::minhash::{NUM_HASHES, Signature, signatures};
use crate::error::CorpusError;
use crate::workers::{map_rows, num_threads};

/// Bits kept of each number.
const DIGIT_BITS: usize = 4;
/// Bytes of a remembered question: its sketch, and its round.
pub const QUESTION_BYTES: usize = DIGIT_BITS * 16 + 4;
/// Remembered questions compared with one new one after the other: their first bits stay in the first cache.
const BLOCK: usize = 1_024;
/// New questions that a thread takes at a time.
const TOGETHER: usize = 64;
const MAGIC: [u8; 8] = *b"spiceQM1";

/// Bit `place` of plane `bit`: that bit of digit `place`.
type Sketch = [u128; DIGIT_BITS];

/// Questions of earlier rounds, the oldest forgotten first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionMemory {
    capacity: usize,
    min_equal: u32,
    num_rounds: u32,
    /// The first plane of each: what nearly all comparisons are decided by.
    first_bits: Vec<u128>,
    other_bits: Vec<[u128; DIGIT_BITS - 1]>,
    rounds: Vec<u32>,
    /// The oldest question, once there are `capacity`: where the next one goes.
    oldest: usize,
}

/// A remembered question that a new one repeats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeated {
    /// Its round.
    pub round: u32,
    /// Estimated share of runs of five words in common.
    pub similarity: f64,
}

impl QuestionMemory {
    /// An empty memory for `capacity` questions; from a similarity of `threshold` on a question is a repetition.
    ///
    /// # Errors
    /// The threshold is not in (0, 1], or the capacity is 0.
    pub fn new(capacity: usize, threshold: f64) -> Result<Self, CorpusError> {
        let bad = |name, found: String, expected| {
            Err(CorpusError::Argument {
                name,
                found,
                expected,
            })
        };
        if !(threshold > 0.0 && threshold <= 1.0) {
            return bad(
                "threshold",
                threshold.to_string(),
                "a number above 0, at most 1",
            );
        }
        if capacity == 0 {
            return bad("capacity", capacity.to_string(), "at least 1");
        }
        Ok(Self {
            capacity,
            // The margin: rounding must not raise 104 of 0.8 to 105.
            min_equal: (0..NUM_HASHES as u32)
                .find(|&equal| similarity_of(equal) >= threshold - 1e-9)
                .unwrap_or(NUM_HASHES as u32),
            num_rounds: 0,
            first_bits: Vec::new(),
            other_bits: Vec::new(),
            rounds: Vec::new(),
            oldest: 0,
        })
    }

    /// Questions remembered.
    pub fn len(&self) -> usize {
        self.rounds.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty()
    }

    /// Rounds remembered so far, those without a question and the forgotten ones too.
    pub fn num_rounds(&self) -> u32 {
        self.num_rounds
    }

    /// Takes the next round's questions in. Their order does not matter, and a question counts once a round; one without a
    /// word is not remembered.
    ///
    /// # Errors
    /// `stop` was set, or the system gives no thread.
    pub fn remember(
        &mut self,
        questions: &[&str],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<(), CorpusError> {
        let mut sketches: Vec<Sketch> = signatures(questions, threads, stop)?
            .iter()
            .filter_map(sketch)
            .collect();
        sketches.sort_unstable();
        sketches.dedup();
        for [first, others @ ..] in sketches {
            if self.len() < self.capacity {
                self.first_bits.push(first);
                self.other_bits.push(others);
                self.rounds.push(self.num_rounds);
            } else {
                self.first_bits[self.oldest] = first;
                self.other_bits[self.oldest] = others;
                self.rounds[self.oldest] = self.num_rounds;
                self.oldest = (self.oldest + 1) % self.capacity;
            }
        }
        self.num_rounds += 1;
        Ok(())
    }

    /// For each question the most similar remembered one that it repeats, of equally similar ones the earliest.
    ///
    /// # Errors
    /// `stop` was set, or the system gives no thread.
    pub fn find(
        &self,
        questions: &[&str],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Vec<Option<Repeated>>, CorpusError> {
        let sketches: Vec<Option<Sketch>> = signatures(questions, threads, stop)?
            .iter()
            .map(sketch)
            .collect();
        let parts: Vec<&[Option<Sketch>]> = sketches.chunks(TOGETHER).collect();
        let look = |(): &mut (), part: &&[Option<Sketch>]| Ok(self.look(part));
        let found = map_rows(&parts, num_threads(threads), stop, |_| (), || (), look)?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The whole state, for [`QuestionMemory::restore`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MAGIC.len() + 12 + self.len() * QUESTION_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(self.num_rounds.to_le_bytes());
        for place in (self.oldest..self.len()).chain(0..self.oldest) {
            bytes.extend(self.first_bits[place].to_le_bytes());
            for plane in self.other_bits[place] {
                bytes.extend(plane.to_le_bytes());
            }
            bytes.extend(self.rounds[place].to_le_bytes());
        }
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        bytes
    }

    /// Takes the place of what is remembered.
    ///
    /// # Errors
    /// The bytes are not those of a memory of at most this capacity, or they are damaged.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), CorpusError> {
        let bad = |found: &str| CorpusError::Argument {
            name: "memory",
            found: found.to_owned(),
            expected: "the bytes that a question memory of this capacity was saved as",
        };
        let (body, sum) = bytes.split_last_chunk().ok_or_else(|| bad("no checksum"))?;
        if u64::from_le_bytes(*sum) != xxh3_64(body) {
            return Err(bad("a wrong checksum"));
        }
        let body = body
            .strip_prefix(&MAGIC)
            .ok_or_else(|| bad("another format"))?;
        let (num_rounds, rows) = body
            .split_first_chunk()
            .ok_or_else(|| bad("no number of rounds"))?;
        let (rows, rest) = rows.as_chunks::<QUESTION_BYTES>();
        if rows.len() > self.capacity || !rest.is_empty() {
            return Err(bad("too many bytes"));
        }
        let (mut first_bits, mut other_bits, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let (planes, round) = row.split_at(DIGIT_BITS * 16);
            let mut sketch = Sketch::default();
            for (plane, bytes) in sketch.iter_mut().zip(planes.as_chunks().0) {
                *plane = u128::from_le_bytes(*bytes);
            }
            let [first, others @ ..] = sketch;
            first_bits.push(first);
            other_bits.push(others);
            rounds.extend(
                round
                    .as_chunks()
                    .0
                    .iter()
                    .map(|round| u32::from_le_bytes(*round)),
            );
        }
        self.num_rounds = u32::from_le_bytes(*num_rounds);
        (self.first_bits, self.other_bits, self.rounds) = (first_bits, other_bits, rounds);
        self.oldest = 0;
        Ok(())
    }

    fn look(&self, part: &[Option<Sketch>]) -> Vec<Option<Repeated>> {
        let mut best: Vec<Option<(u32, u32)>> = vec![None; part.len()];
        for begin in (0..self.len()).step_by(BLOCK) {
            let block = begin..(begin + BLOCK).min(self.len());
            for (sketch, best) in part.iter().zip(&mut best) {
                if let Some(sketch) = sketch {
                    compare(self, block.clone(), sketch, best);
                }
            }
        }
        let repeated = |(num_different, round)| Repeated {
            round,
            similarity: similarity_of(NUM_HASHES as u32 - num_different),
        };
        best.into_iter().map(|best| best.map(repeated)).collect()
    }
}

/// What so many equal digits say about the share of runs in common.
fn similarity_of(equal: u32) -> f64 {
    (f64::from(equal) - 8.0) / 120.0
}

/// Lowers `best`, fewest different digits and then the earliest round, to what of a block is at most as different as allowed.
fn compare(
    memory: &QuestionMemory,
    block: std::ops::Range<usize>,
    sketch: &Sketch,
    best: &mut Option<(u32, u32)>,
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor has what the function is compiled for.
        #[expect(
            unsafe_code,
            reason = "counts bits with one instruction: several times as fast"
        )]
        unsafe {
            compare_popcnt(memory, block, sketch, best);
        }
        return;
    }
    compare_plain(memory, block, sketch, best);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn compare_popcnt(
    memory: &QuestionMemory,
    block: std::ops::Range<usize>,
    sketch: &Sketch,
    best: &mut Option<(u32, u32)>,
) {
    compare_plain(memory, block, sketch, best);
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "so that it is compiled again for the processor of its caller"
)]
fn compare_plain(
    memory: &QuestionMemory,
    block: std::ops::Range<usize>,
    sketch: &Sketch,
    best: &mut Option<(u32, u32)>,
) {
    let most_different = NUM_HASHES as u32 - memory.min_equal;
    let begin = block.start;
    for (place, first) in (begin..).zip(&memory.first_bits[block]) {
        let different = first ^ sketch[0];
        if different.count_ones() > most_different {
            continue;
        }
        let others = memory.other_bits[place].iter().zip(&sketch[1..]);
        let different = others.fold(different, |different, (a, b)| different | (a ^ b));
        let num_different = different.count_ones();
        if num_different <= most_different {
            let found = (num_different, memory.rounds[place]);
            *best = Some(best.map_or(found, |best| best.min(found)));
        }
    }
}

/// The sketch of a signature; none for a text without words.
fn sketch(signature: &Signature) -> Option<Sketch> {
    if *signature == [u32::MAX; NUM_HASHES] {
        return None;
    }
    let mut sketch = Sketch::default();
    for (place, &number) in signature.iter().enumerate() {
        let digit = mix(number);
        for (bit, plane) in sketch.iter_mut().enumerate() {
            *plane |= u128::from(digit >> bit & 1) << place;
        }
    }
    Some(sketch)
}

/// Finalizer of `MurmurHash3`: the low bits of `a x + b` depend on the low bits of `x` alone, and so would all 128 digits of a
/// question of one run.
fn mix(mut value: u32) -> u32 {
    value = (value ^ (value >> 16)).wrapping_mul(0x85EB_CA6B);
    value = (value ^ (value >> 13)).wrapping_mul(0xC2B2_AE35);
    value ^ (value >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    static GO_ON: AtomicBool = AtomicBool::new(false);

    fn words(range: std::ops::Range<u32>) -> String {
        let words: Vec<String> = range.map(|word| format!("w{word}")).collect();
        words.join(" ")
    }

    fn memory_of(rounds: &[&[&str]], capacity: usize) -> QuestionMemory {
        let mut memory = QuestionMemory::new(capacity, 0.8).unwrap();
        for questions in rounds {
            memory.remember(questions, Some(1), &GO_ON).unwrap();
        }
        memory
    }

    fn round_of(memory: &QuestionMemory, question: &str) -> Option<u32> {
        memory.find(&[question], Some(1), &GO_ON).unwrap()[0].map(|found| found.round)
    }

    #[test]
    fn estimates_are_unbiased() {
        // 996 runs each, of which 996 - shift in common.
        for shift in [0, 50, 100, 200] {
            let (mut sum, num_pairs) = (0.0, 40);
            for pair in 0..num_pairs {
                let start = pair * 10_000;
                let mut memory = QuestionMemory::new(1, 0.1).unwrap();
                memory
                    .remember(&[&words(start..start + 1_000)], Some(1), &GO_ON)
                    .unwrap();
                let other = words(start + shift..start + shift + 1_000);
                let found = memory.find(&[&other], Some(1), &GO_ON).unwrap();
                sum += found[0].map_or(0.0, |found| found.similarity);
            }
            let common = f64::from(996 - shift);
            let expected = common / (2.0 * 996.0 - common);
            let found = sum / f64::from(num_pairs);
            // Four standard deviations of 40 times 128 draws are 0.03 at most.
            assert!(
                (found - expected).abs() < 0.03,
                "{shift}: {found}, expected {expected}"
            );
        }
    }

    #[test]
    fn the_oldest_are_forgotten_first_and_short_questions_are_told_apart() {
        let memory = memory_of(&[&["one plus one"], &["two plus two", "six"], &["?"]], 2);
        assert_eq!((memory.len(), memory.num_rounds()), (2, 3));
        assert_eq!(round_of(&memory, "one plus one"), None);
        assert_eq!(round_of(&memory, "Two, plus TWO?"), Some(1));
        assert_eq!(round_of(&memory, "two plus six"), None);
        assert_eq!(round_of(&memory, "!"), None);
    }

    #[test]
    fn what_is_restored_goes_on_as_what_was_saved() {
        let mut memory = memory_of(&[&["a b c", "d e f"], &["g h i"]], 2);
        let mut restored = QuestionMemory::new(2, 0.8).unwrap();
        restored.restore(&memory.to_bytes()).unwrap();
        for memory in [&mut memory, &mut restored] {
            memory.remember(&["j k l"], Some(1), &GO_ON).unwrap();
        }
        assert_eq!(memory.to_bytes(), restored.to_bytes());
        let mut bytes = memory.to_bytes();
        for place in 0..bytes.len() {
            bytes[place] ^= 1;
            assert!(restored.restore(&bytes).is_err(), "byte {place}");
            bytes[place] ^= 1;
        }
        assert!(restored.restore(&bytes[..7]).is_err());
        let mut smaller = QuestionMemory::new(1, 0.8).unwrap();
        assert!(smaller.restore(&bytes).is_err());
    }

    #[test]
    fn counting_bits_with_one_instruction_changes_nothing() {
        let texts: Vec<String> = (0..40).map(|start| words(start..start + 100)).collect();
        let memory = memory_of(
            &[&texts.iter().map(String::as_str).collect::<Vec<_>>()],
            100,
        );
        let new = signatures(&[&words(20..120), &words(500..600)], Some(1), &GO_ON).unwrap();
        for sketch in new.iter().filter_map(sketch) {
            let (mut one, mut other) = (None, None);
            compare(&memory, 0..memory.len(), &sketch, &mut one);
            compare_plain(&memory, 0..memory.len(), &sketch, &mut other);
            assert_eq!(one, other);
        }
    }
}
