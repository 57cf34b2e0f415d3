//! Finds which documents are copies of which: equal texts, and texts whose signatures say that they nearly are.

use std::sync::atomic::AtomicBool;

use xxhash_rust::xxh3::xxh3_64;

use super::minhash::{NUM_HASHES, Signature, similarity};
use crate::error::CorpusError;
use crate::progress::check;

/// Share of pairs at the threshold that the bands must find.
const RECALL: f64 = 0.99;

/// What is known of a document when copies are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fingerprint {
    /// xxh3-128 of its text.
    pub text_hash: u128,
    /// Its `MinHash`.
    pub signature: Signature,
}

/// A document that is dropped, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duplicate {
    /// The document.
    pub document: u64,
    /// The first document of its group, which is kept.
    pub partner: u64,
    /// Whether the two texts are equal byte for byte.
    pub is_exact: bool,
    /// Estimated share of runs of five words that they have in common. May be below the threshold: groups are transitive.
    pub similarity: f64,
}

/// Rows of a band, and bands: the most rows at which 99 % of pairs as similar as `threshold` are still found.
pub(super) fn bands_of(threshold: f64) -> (usize, usize) {
    let finds = |&rows: &usize| {
        let meets_in_a_band = threshold.powf(rows as f64);
        let num_bands = (NUM_HASHES / rows) as f64;
        1.0 - (1.0 - meets_in_a_band).powf(num_bands) >= RECALL
    };
    let rows = (1..=32).rev().find(finds).unwrap_or(1);
    (rows, NUM_HASHES / rows)
}

/// The copies among documents numbered from 0, in their order: those of equal texts; with a threshold also those that a
/// chain of pairs at least so similar leads to the first of a group.
///
/// # Errors
/// `stop` was set.
pub(super) fn duplicates(
    documents: &[Fingerprint],
    threshold: Option<f64>,
    stop: &AtomicBool,
) -> Result<Vec<Duplicate>, CorpusError> {
    let first_equal = first_equals(documents);
    let mut groups = Groups((0..documents.len() as u32).collect());
    if let Some(threshold) = threshold {
        let (rows, num_bands) = bands_of(threshold);
        let mut keys: Vec<(u64, u32)> = Vec::with_capacity(documents.len());
        for band in 0..num_bands {
            check(stop)?;
            keys.clear();
            let distinct = (0..).zip(documents).filter(|&(document, fingerprint)| {
                first_equal[document as usize] == document
                    && fingerprint.signature != [u32::MAX; NUM_HASHES]
            });
            keys.extend(distinct.map(|(document, fingerprint)| {
                let part = &fingerprint.signature[band * rows..][..rows];
                let bytes: Vec<u8> = part
                    .iter()
                    .flat_map(|number| number.to_le_bytes())
                    .collect();
                (xxh3_64(&bytes), document)
            }));
            keys.sort_unstable();
            for equal in keys
                .chunk_by(|a, b| a.0 == b.0)
                .filter(|equal| equal.len() > 1)
            {
                groups.join_similar(
                    documents,
                    equal.iter().map(|&(_, document)| document),
                    threshold,
                );
            }
        }
    }
    let found = (0..documents.len() as u32).filter_map(|document| {
        let equal = first_equal[document as usize];
        let partner = groups.first(equal);
        (partner != document).then(|| Duplicate {
            document: document.into(),
            partner: partner.into(),
            is_exact: partner == equal,
            similarity: if partner == equal {
                1.0
            } else {
                let signature = |number: u32| &documents[number as usize].signature;
                similarity(signature(document), signature(partner))
            },
        })
    });
    Ok(found.collect())
}

/// The first document of the same text for each.
fn first_equals(documents: &[Fingerprint]) -> Vec<u32> {
    let mut order: Vec<(u128, u32)> = documents
        .iter()
        .zip(0..)
        .map(|(fingerprint, document)| (fingerprint.text_hash, document))
        .collect();
    order.sort_unstable();
    let mut first = vec![0; documents.len()];
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        for &(_, document) in equal {
            first[document as usize] = equal[0].1;
        }
    }
    first
}

/// Disjoint sets; each is known by its smallest member.
struct Groups(Vec<u32>);

impl Groups {
    fn first(&mut self, mut document: u32) -> u32 {
        while self.0[document as usize] != document {
            // Halves the way for the next one who asks.
            let next = self.0[document as usize];
            self.0[document as usize] = self.0[next as usize];
            document = next;
        }
        document
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// Joins all pairs of `members` that are at least so similar. Only pairs of different groups are compared.
    fn join_similar(
        &mut self,
        documents: &[Fingerprint],
        members: impl Iterator<Item = u32>,
        threshold: f64,
    ) {
        let mut known: Vec<Vec<u32>> = Vec::new();
        for member in members {
            let signature = &documents[member as usize].signature;
            let mut own = vec![member];
            known.retain_mut(|group| {
                let is_same = self.first(group[0]) == self.first(member);
                let joins = is_same
                    || group.iter().any(|&other| {
                        similarity(signature, &documents[other as usize].signature) >= threshold
                    });
                if joins {
                    self.join(group[0], member);
                    own.append(group);
                }
                !joins
            });
            known.push(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static GO_ON: AtomicBool = AtomicBool::new(false);

    /// A signature of which some numbers are of another text.
    fn fingerprint(text: u32, num_changed: usize, change: u32) -> Fingerprint {
        let number = |place: usize| {
            let text = if place * place % NUM_HASHES < num_changed {
                change
            } else {
                text
            };
            text.wrapping_mul(0x9E37_79B9) ^ place as u32
        };
        let signature = std::array::from_fn(number);
        let text_hash = u128::from(text) << 64 | u128::from(change) << 32 | num_changed as u128;
        Fingerprint {
            text_hash,
            signature,
        }
    }

    /// Every pair that is equal, or as similar and equal in some band, over and over, until no group changes.
    fn plainly(documents: &[Fingerprint], threshold: f64) -> Vec<usize> {
        let (rows, num_bands) = bands_of(threshold);
        let meet = |a: &Fingerprint, b: &Fingerprint| {
            let (a, b) = (&a.signature, &b.signature);
            (0..num_bands).any(|band| a[band * rows..][..rows] == b[band * rows..][..rows])
                && similarity(a, b) >= threshold
        };
        let mut group: Vec<usize> = (0..documents.len()).collect();
        loop {
            let before = group.clone();
            for (a, one) in documents.iter().enumerate() {
                for (b, other) in documents.iter().enumerate() {
                    if one.text_hash == other.text_hash || meet(one, other) {
                        let least = group[a].min(group[b]);
                        (group[a], group[b]) = (least, least);
                    }
                }
            }
            if group == before {
                return group;
            }
        }
    }

    proptest! {
        #[test]
        fn groups_are_those_of_comparing_every_pair(
            documents in proptest::collection::vec((0_u32..4, 0_usize..40, 10_u32..14), 1..30),
        ) {
            let documents: Vec<_> = documents
                .into_iter()
                .map(|(text, num_changed, change)| fingerprint(text, num_changed, change))
                .collect();
            let expected = plainly(&documents, 0.7);
            let found = duplicates(&documents, Some(0.7), &GO_ON).unwrap();
            let mut groups: Vec<usize> = (0..documents.len()).collect();
            for duplicate in &found {
                prop_assert!(duplicate.partner < duplicate.document);
                groups[duplicate.document as usize] = duplicate.partner as usize;
            }
            prop_assert_eq!(groups, expected);
        }
    }

    #[test]
    fn bands_find_what_is_as_similar_as_the_threshold() {
        assert_eq!(bands_of(0.8), (6, 21));
        assert_eq!(bands_of(1.0), (32, 4));
        assert_eq!(bands_of(0.01), (1, 128));
    }
}
