//! The laws of drawing from kept documents, and in windows.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use spice_corpus::{
    Budget, Corpus, CorpusError, Keep, KeepBits, Locality, Sampler, SamplerOptions,
};

use crate::world::{GO_ON, World, line, options};

/// A corpus of documents of these lengths.
fn corpus_of(lengths: &[usize]) -> (World, Arc<Corpus>) {
    let file: String = lengths
        .iter()
        .map(|&length| line(&"x".repeat(length)))
        .collect();
    let world = World::with("a.jsonl", file);
    world.build(&options());
    let corpus = Arc::new(world.open());
    (world, corpus)
}

fn keep(folder: &Path, name: &str, corpus: &Corpus, kept: &[bool]) -> Keep {
    let mut bits = KeepBits::none(corpus.num_documents());
    for (index, &is_kept) in (0..).zip(kept) {
        bits.set(index, is_kept);
    }
    bits.write(&folder.join(name), corpus, "{}", true).unwrap()
}

fn sampler(
    corpus: &Arc<Corpus>,
    budget: Budget,
    keeps: Vec<Keep>,
    locality: Option<Locality>,
) -> Result<Sampler, CorpusError> {
    let options = SamplerOptions {
        keeps,
        locality,
        ..SamplerOptions::new(7, budget)
    };
    Sampler::new(Arc::clone(corpus), options, &GO_ON)
}

/// How often each document is drawn in one epoch.
fn counts(sampler: &Sampler, num_documents: usize) -> Vec<u64> {
    let draws: Vec<u64> = (0..sampler.num_slots()).collect();
    let mut counts = vec![0; num_documents];
    for passage in sampler.draw(&draws, Some(1), &GO_ON).unwrap() {
        counts[passage.document as usize] += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn an_epoch_visits_every_kept_slot_once(
        documents in proptest::collection::vec((1_usize..400, any::<bool>(), any::<bool>()), 1..200),
        slot in prop_oneof![1_u64..300, Just(u64::MAX)],
        locality in proptest::option::of((1_u64..40, 1_u64..8)),
    ) {
        let lengths: Vec<usize> = documents.iter().map(|row| row.0).collect();
        let (world, corpus) = corpus_of(&lengths);
        let kept: [Vec<bool>; 2] = [
            documents.iter().map(|row| row.1).collect(),
            documents.iter().map(|row| row.2).collect(),
        ];
        let keeps = || vec![
            keep(world.path(), "a.keep", &corpus, &kept[0]),
            keep(world.path(), "b.keep", &corpus, &kept[1]),
        ];
        let locality = locality.map(|(stretch, window)| Locality { stretch, window });
        let found = sampler(&corpus, Budget::Bytes(slot), keeps(), locality);
        let expected: Vec<u64> = documents
            .iter()
            .map(|&(length, first, second)| {
                let slot = u128::from(slot);
                let num_slots = ((2 * length as u128 + slot) / (2 * slot)).max(1) as u64;
                if first && second { num_slots } else { 0 }
            })
            .collect();
        match found {
            Ok(sampler) => prop_assert_eq!(counts(&sampler, lengths.len()), expected),
            Err(error) => {
                let is_empty = expected.iter().all(|&count| count == 0);
                prop_assert!(is_empty && matches!(error, CorpusError::NothingKept { .. }), "{}", error);
            }
        }
    }
}

#[test]
fn a_filter_that_drops_nothing_changes_no_passage_but_the_hash() {
    let (world, corpus) = corpus_of(&[50, 500, 5_000]);
    let all = || keep(world.path(), "all.keep", &corpus, &[true; 3]);
    let plain = sampler(&corpus, Budget::Bytes(100), vec![], None).unwrap();
    let kept = sampler(&corpus, Budget::Bytes(100), vec![all()], None).unwrap();
    let draws: Vec<u64> = (0..100).collect();
    let draw = |sampler: &Sampler| sampler.draw(&draws, None, &GO_ON).unwrap();
    assert_eq!(draw(&plain), draw(&kept));
    assert_ne!(plain.hash(), kept.hash());
}

#[test]
fn the_hash_depends_on_the_set_of_filters_and_the_locality() {
    let (world, corpus) = corpus_of(&[50, 500, 5_000]);
    let of = |which: &[usize]| -> Vec<Keep> {
        let one = |&which: &usize| {
            let kept = [which != 0, true, which != 2];
            keep(world.path(), &format!("{which}.keep"), &corpus, &kept)
        };
        which.iter().map(one).collect()
    };
    let hash = |which: &[usize], locality| {
        let sampler = sampler(&corpus, Budget::Bytes(100), of(which), locality).unwrap();
        sampler.hash().to_owned()
    };
    assert_eq!(hash(&[0, 2], None), hash(&[2, 0, 2], None));
    assert_ne!(hash(&[0], None), hash(&[2], None));
    assert_ne!(hash(&[0], None), hash(&[0, 2], None));
    let wide = Some(Locality {
        stretch: 2,
        window: 3,
    });
    assert_ne!(hash(&[], None), hash(&[], wide));
    assert_ne!(
        hash(
            &[],
            Some(Locality {
                stretch: 3,
                window: 2
            })
        ),
        hash(&[], wide)
    );
}

#[test]
fn whole_documents_are_one_passage_each() {
    let (_world, corpus) = corpus_of(&[1, 50_000, 3]);
    let sampler = sampler(&corpus, Budget::WHOLE_DOCUMENTS, vec![], None).unwrap();
    let mut lengths: Vec<_> = sampler
        .draw(&[0, 1, 2], None, &GO_ON)
        .unwrap()
        .iter()
        .map(|passage| (passage.document, passage.start, passage.length))
        .collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [(0, 0, 1), (1, 0, 50_000), (2, 0, 3)]);
}

#[test]
fn filters_of_another_corpus_and_a_locality_of_none_are_refused() {
    let (world, corpus) = corpus_of(&[1, 2]);
    let (_other_world, other) = corpus_of(&[1, 3]);
    let foreign = keep(world.path(), "a.keep", &other, &[true, true]);
    let error = sampler(&corpus, Budget::Bytes(1), vec![foreign], None)
        .err()
        .unwrap();
    assert!(
        matches!(error, CorpusError::KeepOfAnotherCorpus { .. }),
        "{error}"
    );
    for (stretch, window) in [(0, 1), (1, 0)] {
        let locality = Some(Locality { stretch, window });
        let error = sampler(&corpus, Budget::Bytes(1), vec![], locality)
            .err()
            .unwrap();
        assert!(
            matches!(
                error,
                CorpusError::Argument {
                    name: "locality",
                    ..
                }
            ),
            "{error}"
        );
    }
}
