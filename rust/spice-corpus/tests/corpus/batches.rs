//! Batches say what the readers say document by document, wherever the documents lie.

use std::sync::Arc;

use proptest::prelude::*;
use spice_corpus::{
    Budget, Codec, Corpus, CorpusError, DocumentBatches, PassageBatches, Progress, Sampler,
    SamplerOptions, Texts, export,
};

use crate::world::{GO_ON, World, gzip, line, options, packing, prose, texts};

/// The same documents in place, in compressed shards and in raw ones.
fn corpora(seed: u64) -> (World, [Corpus; 3]) {
    let lines = |first: u64, count: u64| -> String {
        (first..first + count)
            .map(|n| line(&prose(seed ^ n, (n * n % 900) as usize)))
            .collect()
    };
    let world = World::with("0.jsonl", lines(0, 150));
    world.write(
        "1.jsonl.gz",
        [gzip(lines(150, 40)), gzip(lines(190, 9))].concat(),
    );
    world.write("2.txt", prose(seed, 70_000));
    world.build(&options());
    let all = [
        world.open(),
        world.pack("zstd", &packing(Codec::Zstd)),
        world.pack("raw", &packing(Codec::Raw)),
    ];
    (world, all)
}

fn strings(texts: &Texts) -> Vec<String> {
    let own = |text: &[u8]| String::from_utf8(text.to_owned()).unwrap();
    texts.iter().map(own).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_batch_is_what_is_read_and_known_of_each_document(
        seed: u64,
        rows in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
        threads in 1_usize..4,
    ) {
        let (_world, corpora) = corpora(seed);
        for corpus in corpora {
            let rows: Vec<_> = rows.iter().map(|row| row.index(corpus.num_documents() as usize) as u64).collect();
            let batch = corpus.take(&rows, true, Some(threads), &GO_ON).unwrap();
            prop_assert_eq!(&batch.documents, &rows);
            prop_assert_eq!(strings(&batch.texts), corpus.read(&rows, Some(1), &GO_ON).unwrap());
            let places: Vec<_> = rows.iter().map(|&row| corpus.document(row).unwrap()).collect();
            prop_assert_eq!(batch.places.unwrap(), places);
            let mut scratch = Vec::new();
            for &row in &rows {
                let text = corpus.with_text(row, &mut scratch, str::to_owned).unwrap();
                prop_assert_eq!(vec![text], corpus.read(&[row], Some(1), &GO_ON).unwrap());
            }
        }
    }
}

#[test]
fn only_little_text_that_lies_raw_is_read_soon() {
    let (_world, [in_place, compressed, raw]) = corpora(5);
    assert_eq!(in_place.read_texts_soon(&[1, 0], Some(1)).unwrap(), None);
    assert_eq!(compressed.read_texts_soon(&[1, 0], Some(1)).unwrap(), None);
    let soon = raw.read_texts_soon(&[1, 0], Some(1)).unwrap().unwrap();
    assert_eq!(strings(&soon), raw.read(&[1, 0], Some(1), &GO_ON).unwrap());
    let many = vec![raw.num_documents() - 1; 200];
    assert_eq!(raw.read_texts_soon(&many, Some(1)).unwrap(), None);
}

#[test]
fn streams_go_through_all_documents_and_draws_once() {
    let (_world, [corpus, ..]) = corpora(6);
    let corpus = Arc::new(corpus);
    let batches = DocumentBatches {
        corpus: Arc::clone(&corpus),
        first: 0,
        stop: u64::MAX,
        max_rows: 33,
        with_places: false,
        threads: Some(2),
    };
    let batches: Vec<_> = batches.map(Result::unwrap).collect();
    assert!(batches.iter().all(|batch| batch.documents.len() <= 33));
    let read: Vec<_> = batches
        .iter()
        .flat_map(|batch| strings(&batch.texts))
        .collect();
    assert_eq!(read, texts(&corpus));
    let sampler = Sampler::new(corpus, SamplerOptions::new(1, Budget::Bytes(300)), &GO_ON);
    let sampler = Arc::new(sampler.unwrap());
    let batches = PassageBatches {
        sampler: Arc::clone(&sampler),
        first: 3,
        stop: 100,
        stride: 4,
        max_rows: 7,
        with_places: false,
        threads: Some(1),
    };
    let batches: Vec<_> = batches.map(Result::unwrap).collect();
    let draws: Vec<_> = (3..100).step_by(4).collect();
    let found: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.draws.clone())
        .collect();
    assert_eq!(found, draws);
    let passages = sampler.draw(&draws, Some(1), &GO_ON).unwrap();
    let cut: Vec<_> = batches
        .iter()
        .flat_map(|batch| strings(&batch.texts))
        .collect();
    assert!(passages.iter().map(|passage| &passage.text).eq(&cut));
}

#[test]
fn a_document_that_does_not_exist_is_an_error_everywhere() {
    let (_world, [_, _, raw]) = corpora(7);
    let beyond = raw.num_documents();
    let is_missing = |error: CorpusError| matches!(error, CorpusError::NoSuchDocument { .. });
    assert!(is_missing(
        raw.take(&[beyond], false, None, &GO_ON).unwrap_err()
    ));
    assert!(is_missing(
        raw.read_texts_soon(&[beyond], None).unwrap_err()
    ));
    assert!(is_missing(raw.places(&[beyond], &GO_ON).unwrap_err()));
    assert!(is_missing(raw.lies_raw(beyond).unwrap_err()));
    assert!(is_missing(
        raw.with_text(beyond, &mut Vec::new(), |_| ()).unwrap_err()
    ));
}

#[test]
fn an_export_is_a_function_of_the_corpus_and_holds_its_documents() {
    let (world, [_, compressed, raw]) = corpora(8);
    let write = |corpus: &Corpus, name: &str, threads| {
        let folder = world.path().join(name);
        export(
            corpus,
            &folder,
            20_000,
            Some(threads),
            &Progress::default(),
            &GO_ON,
        )
        .unwrap()
    };
    let (first, second) = (write(&compressed, "a", 1), write(&raw, "b", 3));
    assert!(first.files.len() > 2);
    for (one, other) in first.files.iter().zip(&second.files) {
        assert_eq!(std::fs::read(one).unwrap(), std::fs::read(other).unwrap());
    }
    assert_eq!(write(&compressed, "a", 1).num_resumed, first.files.len());
    let again = World::new();
    again.build_from(&first.files, &options()).unwrap();
    assert_eq!(texts(&again.open()), texts(&raw));
}
