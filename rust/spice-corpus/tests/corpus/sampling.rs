//! The laws of drawing passages.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use spice_corpus::{Budget, Corpus, CorpusError, Sampler, SamplerOptions, TokenBudget};

use crate::tokens::{Kind, budget, write_tokenizer};
use crate::world::{GO_ON, World, line, options, prose, texts};

/// A corpus of such documents.
fn corpus_of(documents: &[String]) -> (World, Arc<Corpus>) {
    let file: String = documents.iter().map(|text| line(text)).collect();
    let world = World::with("a.jsonl", file);
    world.build(&options());
    let corpus = Arc::new(world.open());
    (world, corpus)
}

fn documents() -> impl Strategy<Value = Vec<String>> {
    let text = prop_oneof![
        (any::<u64>(), 1_usize..2_000).prop_map(|(seed, num_bytes)| prose(seed, num_bytes)),
        "[a-c.?\n\r 。é😀\u{2028}]{1,200}",
        "[^\\x00]{1,50}",
    ];
    proptest::collection::vec(text, 1..8).prop_filter("something to read", |documents| {
        documents.iter().any(|text| !text.trim().is_empty())
    })
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Bytes), Just(Kind::Words)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn passages_are_pieces_of_documents_within_the_exact_budget(
        documents in documents(), kind in kinds(), max_tokens in 1_u32..200, seed: u64,
    ) {
        let (world, corpus) = corpus_of(&documents);
        let texts = texts(&corpus);
        let tokens = budget(world.path(), kind, max_tokens);
        let Budget::Tokens(counter) = budget(world.path(), kind, max_tokens) else { unreachable!() };
        let sampler = Sampler::new(corpus, SamplerOptions::new(seed, tokens), &GO_ON).unwrap();
        let draws: Vec<u64> = (0..sampler.num_slots().min(60)).collect();
        for passage in sampler.draw(&draws, Some(1), &GO_ON).unwrap() {
            let document = &texts[passage.document as usize];
            // Indexing panics where a character is cut.
            prop_assert_eq!(&document[passage.start as usize..passage.end as usize], &passage.text);
            prop_assert_eq!(counter.count(&passage.text).unwrap() as u64, passage.length);
            prop_assert!(passage.length <= u64::from(max_tokens));
            // One character has at most four tokens of these tokenizers.
            prop_assert!(max_tokens < 4 || !passage.text.is_empty());
        }
    }

    #[test]
    fn passages_of_bytes_keep_their_budget(documents in documents(), max_bytes in 1_u64..500, seed: u64) {
        let (_world, corpus) = corpus_of(&documents);
        let texts = texts(&corpus);
        let sampler = Sampler::new(corpus, SamplerOptions::new(seed, Budget::Bytes(max_bytes)), &GO_ON).unwrap();
        let draws: Vec<u64> = (0..sampler.num_slots().min(60)).collect();
        for passage in sampler.draw(&draws, Some(1), &GO_ON).unwrap() {
            let document = &texts[passage.document as usize];
            prop_assert_eq!(&document[passage.start as usize..passage.end as usize], &passage.text);
            prop_assert_eq!(passage.text.len() as u64, passage.length);
            prop_assert!(passage.length <= max_bytes);
        }
    }

    #[test]
    fn an_epoch_visits_every_slot_once(documents in documents(), slot in 1_u64..300, seed: u64, epoch in 0_u64..5) {
        let (_world, corpus) = corpus_of(&documents);
        let lengths: Vec<u64> = (0..corpus.num_documents())
            .map(|index| corpus.document(index).unwrap().num_bytes)
            .collect();
        let sampler = Sampler::new(corpus, SamplerOptions::new(seed, Budget::Bytes(slot)), &GO_ON).unwrap();
        let num_slots = sampler.num_slots();
        let draws: Vec<u64> = (epoch * num_slots..(epoch + 1) * num_slots).collect();
        let mut counts = vec![0; lengths.len()];
        for passage in sampler.draw(&draws, Some(1), &GO_ON).unwrap() {
            counts[passage.document as usize] += 1;
        }
        let expected: Vec<u64> = lengths.iter().map(|length| ((2 * length + slot) / (2 * slot)).max(1)).collect();
        prop_assert_eq!(counts, expected);
    }

    #[test]
    fn draws_depend_on_their_numbers_alone(
        documents in documents(), kind in kinds(), seed: u64,
        draws in proptest::collection::vec(prop_oneof![0_u64..100, any::<u64>()], 0..40), threads in 1_usize..9,
    ) {
        let (world, corpus) = corpus_of(&documents);
        let sampler = Sampler::new(corpus, SamplerOptions::new(seed, budget(world.path(), kind, 30)), &GO_ON).unwrap();
        let together = sampler.draw(&draws, Some(threads), &GO_ON).unwrap();
        for (draw, passage) in draws.iter().zip(&together) {
            prop_assert_eq!(&sampler.draw(&[*draw], Some(1), &GO_ON).unwrap()[0], passage);
        }
        // Another process, later.
        let again = Sampler::new(Arc::new(world.open()), SamplerOptions::new(seed, budget(world.path(), kind, 30)), &GO_ON).unwrap();
        let mut backwards = again.draw(&draws.iter().rev().copied().collect::<Vec<_>>(), None, &GO_ON).unwrap();
        backwards.reverse();
        prop_assert_eq!(backwards, together);
        prop_assert_eq!(again.hash(), sampler.hash());
    }
}

#[test]
fn every_byte_of_a_document_is_near_a_passage() {
    let (_world, corpus) = corpus_of(&[prose(3, 20_000)]);
    let sampler =
        Sampler::new(corpus, SamplerOptions::new(0, Budget::Bytes(1_000)), &GO_ON).unwrap();
    let draws: Vec<u64> = (0..sampler.num_slots()).collect();
    let mut passages = sampler.draw(&draws, Some(1), &GO_ON).unwrap();
    passages.sort_by_key(|passage| passage.start);
    assert_eq!(passages[0].start, 0);
    for pair in passages.windows(2) {
        // Nominal starts are a slot apart, and each moves by at most a quarter of a slot.
        let step = pair[1].start - pair[0].start;
        assert!((740..=1_260).contains(&step), "{step}");
        // No passage is shorter than three quarters of its budget unless the document ends.
        assert!(
            (750..=1_000).contains(&pair[0].length),
            "{}",
            pair[0].length
        );
    }
}

#[test]
fn the_hash_tells_seeds_budgets_tokenizers_and_corpora_apart() {
    let (world, corpus) = corpus_of(&[prose(1, 3_000)]);
    let (_other_world, other) = corpus_of(&[prose(2, 3_000)]);
    let hash = |corpus: &Arc<Corpus>, seed, budget| {
        let sampler = Sampler::new(
            Arc::clone(corpus),
            SamplerOptions::new(seed, budget),
            &GO_ON,
        )
        .unwrap();
        sampler.hash().to_owned()
    };
    let tokens = |kind, max_tokens| budget(world.path(), kind, max_tokens);
    let hashes: BTreeSet<String> = [
        hash(&corpus, 0, Budget::Bytes(100)),
        hash(&corpus, 1, Budget::Bytes(100)),
        hash(&corpus, 0, Budget::Bytes(101)),
        hash(&other, 0, Budget::Bytes(100)),
        hash(&corpus, 0, tokens(Kind::Bytes, 100)),
        hash(&corpus, 0, tokens(Kind::Bytes, 101)),
        hash(&corpus, 0, tokens(Kind::Words, 100)),
    ]
    .into();
    assert_eq!(hashes.len(), 7);
}

#[test]
fn budgets_may_be_as_large_as_numbers_go() {
    let (world, corpus) = corpus_of(&["one".to_owned(), "two".to_owned()]);
    for max_bytes in [3, 1 << 32, 1 << 63, u64::MAX - 1, u64::MAX] {
        let budget = Budget::Bytes(max_bytes);
        let sampler =
            Sampler::new(Arc::clone(&corpus), SamplerOptions::new(1, budget), &GO_ON).unwrap();
        assert_eq!(sampler.num_slots(), 2, "{max_bytes}");
        let passages = sampler.draw(&[0, 1, u64::MAX], Some(1), &GO_ON).unwrap();
        assert!(passages.iter().all(|passage| passage.text.len() == 3));
    }
    let budget = budget(world.path(), Kind::Bytes, u32::MAX);
    let sampler = Sampler::new(corpus, SamplerOptions::new(1, budget), &GO_ON).unwrap();
    assert_eq!(sampler.num_slots(), 2);
}

#[test]
fn a_budget_of_nothing_is_refused() {
    let (world, corpus) = corpus_of(&["text".to_owned()]);
    for budget in [Budget::Bytes(0), budget(world.path(), Kind::Words, 0)] {
        let error = Sampler::new(Arc::clone(&corpus), SamplerOptions::new(1, budget), &GO_ON)
            .map(drop)
            .unwrap_err();
        assert!(matches!(error, CorpusError::Argument { .. }), "{error:?}");
    }
}

#[test]
fn a_character_of_more_tokens_than_the_budget_gives_an_empty_passage() {
    let (world, corpus) = corpus_of(&["😀😀😀".to_owned()]);
    let sampler = Sampler::new(
        corpus,
        SamplerOptions::new(1, budget(world.path(), Kind::Bytes, 3)),
        &GO_ON,
    )
    .unwrap();
    let passages = sampler.draw(&[0, 1, 2], Some(1), &GO_ON).unwrap();
    assert!(
        passages
            .iter()
            .all(|passage| passage.text.is_empty() && passage.length == 0)
    );
}

#[test]
fn truncation_and_padding_of_the_tokenizer_file_do_not_count() {
    let world = World::new();
    let path = write_tokenizer(world.path(), Kind::Words);
    let tokens = TokenBudget::open(&path, 1).unwrap();
    assert_eq!(tokens.count("one two three four five six").unwrap(), 6);
}

#[test]
fn a_file_that_is_no_tokenizer_is_refused() {
    let world = World::with("a.json", "{}");
    let error = TokenBudget::open(&world.docs().join("a.json"), 1).unwrap_err();
    assert!(error.to_string().contains("expected a tokenizer.json"));
    let error = TokenBudget::open(&world.docs().join("b.json"), 1).unwrap_err();
    assert!(matches!(error, CorpusError::Missing { .. }), "{error:?}");
    let error = TokenBudget::open(&world.docs(), 1).unwrap_err();
    assert!(matches!(error, CorpusError::Tokenizer { .. }), "{error:?}");
}

#[test]
fn a_stopped_call_ends_with_interrupted() {
    let (world, corpus) = corpus_of(&[prose(1, 3_000)]);
    let stop = AtomicBool::new(true);
    let tokens = budget(world.path(), Kind::Words, 10);
    let error = Sampler::new(Arc::clone(&corpus), SamplerOptions::new(1, tokens), &stop)
        .map(drop)
        .unwrap_err();
    assert!(matches!(error, CorpusError::Interrupted), "{error:?}");
    let sampler = Sampler::new(
        Arc::clone(&corpus),
        SamplerOptions::new(1, Budget::Bytes(9)),
        &GO_ON,
    )
    .unwrap();
    assert!(matches!(
        sampler.draw(&[1], None, &stop),
        Err(CorpusError::Interrupted)
    ));
    assert!(matches!(
        corpus.read(&[0], None, &stop),
        Err(CorpusError::Interrupted)
    ));
}

#[test]
fn absurdly_many_threads_do_no_harm() {
    let (world, corpus) = corpus_of(&["text".to_owned()]);
    let indices = vec![0; 40_000];
    let found = corpus.read(&indices, Some(usize::MAX), &GO_ON).unwrap();
    assert_eq!(found.len(), 40_000);
    let mut options = options();
    options.threads = Some(usize::MAX);
    options.overwrite = true;
    world.build(&options);
}
