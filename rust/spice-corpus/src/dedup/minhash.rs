//! `MinHash`: 128 numbers of a text, of which two texts share about as many as of their runs of five words.

use std::sync::atomic::AtomicBool;

use super::words::for_each_run;
use crate::error::CorpusError;
use crate::workers::{map_rows, num_threads};

/// Words in a run.
pub(super) const SHINGLE_WORDS: usize = 5;
/// Numbers in a signature.
pub const NUM_HASHES: usize = 128;
/// Numbers worked on together: they and their factors fit the registers of AVX2.
const TOGETHER: usize = 32;

/// The smallest value of each of 128 hash functions over a text's runs of words; all bits set for a text without words.
pub type Signature = [u32; NUM_HASHES];

/// `x -> a x + b` modulo 2^32 for each number of a signature, with odd `a`: permutations of the hashed runs.
static FACTORS: ([u32; NUM_HASHES], [u32; NUM_HASHES]) = factors();

const fn factors() -> ([u32; NUM_HASHES], [u32; NUM_HASHES]) {
    let (mut a, mut b) = ([0; NUM_HASHES], [0; NUM_HASHES]);
    let (mut place, mut state) = (0, 0x7370_6963_6520_6d68_u64);
    while place < NUM_HASHES {
        // splitmix64
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^= value >> 31;
        (a[place], b[place]) = (value as u32 | 1, (value >> 32) as u32);
        place += 1;
    }
    (a, b)
}

/// The signature of a text. `runs` is room to work in.
pub fn signature(text: &str, runs: &mut Vec<u32>) -> Signature {
    runs.clear();
    for_each_run(text, SHINGLE_WORDS, true, |number, _, _| {
        runs.push((number >> 32) as u32);
        true
    });
    let mut signature = [u32::MAX; NUM_HASHES];
    lower(&mut signature, runs);
    signature
}

/// The signatures of texts, in their order.
///
/// # Errors
/// `stop` was set, or the system gives no thread.
pub fn signatures(
    texts: &[&str],
    threads: Option<usize>,
    stop: &AtomicBool,
) -> Result<Vec<Signature>, CorpusError> {
    let threads = num_threads(threads);
    map_rows(
        texts,
        threads,
        stop,
        |_| (),
        Vec::new,
        |room, text| Ok(signature(text, room)),
    )
}

/// Estimated share of two texts' runs of words that they have in common (Jaccard).
pub fn similarity(a: &Signature, b: &Signature) -> f64 {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    equal as f64 / NUM_HASHES as f64
}

fn lower(signature: &mut Signature, runs: &[u32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function is compiled for.
        #[expect(unsafe_code, reason = "eight numbers at a time: four times as fast")]
        unsafe {
            lower_avx2(signature, runs);
        }
        return;
    }
    lower_plain(signature, runs);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn lower_avx2(signature: &mut Signature, runs: &[u32]) {
    lower_plain(signature, runs);
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "so that it is compiled again for the processor of its caller"
)]
fn lower_plain(signature: &mut Signature, runs: &[u32]) {
    let (a, b) = &FACTORS;
    for first in (0..NUM_HASHES).step_by(TOGETHER) {
        let (mut least, mut factor, mut term) = ([0; TOGETHER], [0; TOGETHER], [0; TOGETHER]);
        least.copy_from_slice(&signature[first..first + TOGETHER]);
        factor.copy_from_slice(&a[first..first + TOGETHER]);
        term.copy_from_slice(&b[first..first + TOGETHER]);
        for &run in runs {
            for place in 0..TOGETHER {
                let value = factor[place].wrapping_mul(run).wrapping_add(term[place]);
                least[place] = least[place].min(value);
            }
        }
        signature[first..first + TOGETHER].copy_from_slice(&least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: std::ops::Range<u32>) -> String {
        let words: Vec<String> = words.map(|word| format!("w{word}")).collect();
        words.join(" ")
    }

    #[test]
    fn similarity_is_the_share_of_common_runs() {
        // Runs of five: 996 each; the second text begins later, so that 996 - shift are in common.
        for shift in [0, 50, 100, 250, 500, 900] {
            let (mut sum, num_pairs) = (0.0, 20);
            for pair in 0..num_pairs {
                let start = pair * 10_000;
                let mut room = Vec::new();
                let one = signature(&text(start..start + 1_000), &mut room);
                let other = signature(&text(start + shift..start + shift + 1_000), &mut room);
                sum += similarity(&one, &other);
            }
            let common = f64::from(996 - shift.min(996));
            let expected = common / (2.0 * 996.0 - common);
            let found = sum / f64::from(num_pairs);
            // Three standard deviations of 20 times 128 draws are 0.03 at most.
            assert!(
                (found - expected).abs() < 0.03,
                "{shift}: {found}, expected {expected}"
            );
        }
    }

    #[test]
    fn vector_instructions_change_nothing() {
        let runs: Vec<u32> = (0..1_000_u32)
            .map(|run| run.wrapping_mul(0x9E37_79B9))
            .collect();
        let (mut one, mut other) = ([u32::MAX; NUM_HASHES], [u32::MAX; NUM_HASHES]);
        lower(&mut one, &runs);
        for &run in &runs {
            for (place, least) in other.iter_mut().enumerate() {
                let value = FACTORS.0[place]
                    .wrapping_mul(run)
                    .wrapping_add(FACTORS.1[place]);
                *least = value.min(*least);
            }
        }
        assert_eq!(one, other);
    }
}
