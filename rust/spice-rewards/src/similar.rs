//! How much of a batch asks alike: questions clustered by their shared word n-grams, as R-Zero's repetition penalty does.
//!
//! R-Zero's released code takes `1 - BLEU` (nltk, smoothing method 1, words at white space) as the distance, the earlier text
//! as the reference, and clusters by average linkage below 0.5 (scikit-learn). Ours differs in this: BLEU is taken in both
//! directions and averaged, so that a distance does not depend on which text comes first; distances are rounded to multiples
//! of 2^-32, so that sums of them are exact and a cluster's distance does not depend on how it grew; of equally near pairs of
//! clusters the one whose first texts come first is merged.

use std::collections::BTreeMap;

/// Longest n-gram.
const ORDERS: usize = 4;
/// What stands for zero matches of an order (nltk's smoothing method 1).
const SMOOTHING: f64 = 0.1;
/// Distances are whole numbers of these.
const UNIT: f64 = (1_u64 << 32) as f64;

/// For every text the share of all texts in its cluster, itself included.
///
/// Two clusters are merged while the mean distance of their texts is below `threshold` (R-Zero: 0.5), nearest first. Texts
/// that are equal word for word are always in one cluster. Time and memory grow with the square of the number of different
/// texts, 8 bytes a square.
pub fn cluster_shares<T: AsRef<str>>(texts: &[T], threshold: f64) -> Vec<f64> {
    let mut numbers = BTreeMap::new();
    let mut distinct: Vec<Vec<&str>> = Vec::new();
    let mut counts: Vec<u64> = Vec::new();
    let number_of: Vec<usize> = texts
        .iter()
        .map(|text| {
            let words: Vec<&str> = text.as_ref().split_whitespace().collect();
            let number = *numbers.entry(words.clone()).or_insert(distinct.len());
            if number == distinct.len() {
                distinct.push(words);
                counts.push(0);
            }
            counts[number] += 1;
            number
        })
        .collect();
    let sizes = cluster_sizes(distances(&distinct), &counts, threshold);
    number_of
        .into_iter()
        .map(|number| sizes[number] as f64 / texts.len() as f64)
        .collect()
}

/// A square table of what two texts or clusters have between them.
struct Square {
    width: usize,
    cells: Vec<u64>,
}

impl Square {
    fn row(&self, i: usize) -> &[u64] {
        &self.cells[i * self.width..(i + 1) * self.width]
    }

    fn get(&self, i: usize, j: usize) -> u64 {
        self.cells[i * self.width + j]
    }

    fn set(&mut self, i: usize, j: usize, value: u64) {
        self.cells[i * self.width + j] = value;
        self.cells[j * self.width + i] = value;
    }
}

/// Distances of all pairs of texts in units of 2^-32.
#[expect(
    clippy::cast_sign_loss,
    reason = "a distance is clamped to what is not negative"
)]
fn distances(texts: &[Vec<&str>]) -> Square {
    let mut numbers: BTreeMap<&[&str], u32> = BTreeMap::new();
    let texts: Vec<Counted> = texts
        .iter()
        .map(|words| Counted::new(words, &mut numbers))
        .collect();
    let width = texts.len();
    let mut distances = Square {
        width,
        cells: vec![0; width * width],
    };
    for (i, one) in texts.iter().enumerate() {
        for (j, other) in texts.iter().enumerate().skip(i + 1) {
            let matches = one.matches(other);
            let likeness = f64::midpoint(
                bleu(matches, one.length, other.length),
                bleu(matches, other.length, one.length),
            );
            distances.set(
                i,
                j,
                ((1.0 - likeness).clamp(0.0, 1.0) * UNIT).round() as u64,
            );
        }
    }
    distances
}

/// A text's n-grams.
struct Counted {
    /// Number of words.
    length: usize,
    /// By order: numbers of the n-grams in it, ascending, with how often each occurs.
    grams: [Vec<(u32, u32)>; ORDERS],
}

impl Counted {
    fn new<'a>(words: &'a [&'a str], numbers: &mut BTreeMap<&'a [&'a str], u32>) -> Self {
        let grams = std::array::from_fn(|order| {
            let mut found: Vec<u32> = words
                .windows(order + 1)
                .map(|gram| {
                    let next = numbers.len() as u32;
                    *numbers.entry(gram).or_insert(next)
                })
                .collect();
            found.sort_unstable();
            found
                .chunk_by(|a, b| a == b)
                .map(|same| (same[0], same.len() as u32))
                .collect()
        });
        Self {
            length: words.len(),
            grams,
        }
    }

    /// N-grams that both have, by order.
    fn matches(&self, other: &Self) -> [u32; ORDERS] {
        std::array::from_fn(|order| shared(&self.grams[order], &other.grams[order]))
    }
}

fn shared(a: &[(u32, u32)], b: &[(u32, u32)]) -> u32 {
    let (mut i, mut j, mut num) = (0, 0, 0);
    while let (Some(&(of_a, times_a)), Some(&(of_b, times_b))) = (a.get(i), b.get(j)) {
        if of_a == of_b {
            num += times_a.min(times_b);
        }
        i += usize::from(of_a <= of_b);
        j += usize::from(of_b <= of_a);
    }
    num
}

/// BLEU-4 of a text of `length` words against one of `reference` words; 0 where they share no word.
fn bleu(matches: [u32; ORDERS], reference: usize, length: usize) -> f64 {
    if matches[0] == 0 {
        return 0.0;
    }
    let logarithms = matches.iter().enumerate().map(|(order, &num)| {
        let num = if num == 0 { SMOOTHING } else { f64::from(num) };
        (num / length.saturating_sub(order).max(1) as f64).ln()
    });
    let mean = logarithms.sum::<f64>() / ORDERS as f64;
    let brevity = (1.0 - reference as f64 / length as f64).min(0.0);
    (brevity + mean).exp()
}

/// Average linkage: for every text the number of texts, copies counted, in its cluster.
fn cluster_sizes(distances: Square, counts: &[u64], threshold: f64) -> Vec<u64> {
    let num = counts.len();
    let mut sizes = counts.to_vec();
    let mut cluster_of: Vec<usize> = (0..num).collect();
    let mut is_cluster = vec![true; num];
    // Sums of distances over all pairs of texts of two clusters.
    let mut sums = distances;
    for i in 0..num {
        for j in i + 1..num {
            sums.set(i, j, sums.get(i, j) * counts[i] * counts[j]);
        }
    }
    // The nearest later cluster of every cluster, the earliest of equally near ones.
    let nearest_of = |sums: &Square, sizes: &[u64], is_cluster: &[bool], i: usize| {
        let mut nearest = (f64::INFINITY, num);
        for (j, &sum) in sums.row(i).iter().enumerate().skip(i + 1) {
            if is_cluster[j] {
                let distance = sum as f64 / (UNIT * (sizes[i] * sizes[j]) as f64);
                if distance < nearest.0 {
                    nearest = (distance, j);
                }
            }
        }
        nearest
    };
    let mut nearest: Vec<(f64, usize)> = (0..num)
        .map(|i| nearest_of(&sums, &sizes, &is_cluster, i))
        .collect();
    loop {
        let mut best = (threshold, num);
        for i in (0..num).filter(|&i| is_cluster[i]) {
            if nearest[i].0 < best.0 {
                best = (nearest[i].0, i);
            }
        }
        let into = best.1;
        if into == num {
            break;
        }
        let from = nearest[into].1;
        is_cluster[from] = false;
        for other in (0..num).filter(|&other| is_cluster[other] && other != into) {
            sums.set(into, other, sums.get(into, other) + sums.get(from, other));
        }
        sizes[into] += sizes[from];
        for cluster in &mut cluster_of {
            if *cluster == from {
                *cluster = into;
            }
        }
        for i in (0..from).filter(|&i| is_cluster[i]) {
            // A mean of two distances is never below both, so no other cluster gets a nearer one.
            if i == into || nearest[i].1 == into || nearest[i].1 == from {
                nearest[i] = nearest_of(&sums, &sizes, &is_cluster, i);
            }
        }
    }
    cluster_of
        .into_iter()
        .map(|cluster| sizes[cluster])
        .collect()
}
