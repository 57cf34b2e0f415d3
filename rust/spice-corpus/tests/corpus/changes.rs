//! What happens when sources change, vanish or move after the build.

use std::fs;

use spice_corpus::{Budget, Corpus, CorpusError, Sampler, SamplerOptions};

use crate::world::{GO_ON, World, gzip, line, options, prose, texts};

fn error_of_reading(world: &World) -> String {
    let error = world.open().read(&[0], Some(1), &GO_ON).unwrap_err();
    assert!(matches!(error, CorpusError::Changed { .. }), "{error:?}");
    error.to_string()
}

#[test]
fn a_source_that_is_gone_or_of_another_size_is_named() {
    let world = World::with("a.txt", "text");
    world.build(&options());
    let path = world.write("a.txt", "longer text");
    let message = error_of_reading(&world);
    assert!(
        message.contains("a.txt: 11 bytes, and 4 when it was read"),
        "{message}"
    );
    fs::remove_file(path).unwrap();
    assert!(error_of_reading(&world).contains("a.txt: the file is gone"));
}

#[test]
fn a_change_that_keeps_the_size_is_noticed() {
    for (name, before, after) in [
        ("a.txt", b"text".to_vec(), b"tExt".to_vec()),
        ("a.txt", b"text".to_vec(), b"te\0t".to_vec()),
        ("a.jsonl", line("a").into(), line("b").into()),
        ("a.jsonl", line("a").into(), vec![b' '; line("a").len()]),
        ("a.jsonl.gz", gzip(line("a")), gzip(line("b"))),
        (
            "a.jsonl.gz",
            gzip(line("a")),
            vec![0; gzip(line("a")).len()],
        ),
    ] {
        let world = World::with(name, &before);
        world.build(&options());
        world.write(name, &after);
        let message = error_of_reading(&world);
        assert!(
            message.contains("restore it or build the corpus again"),
            "{message}"
        );
    }
}

#[test]
fn a_file_that_is_cut_while_it_is_open_is_an_error() {
    let world = World::with("a.jsonl", [line("one"), line("two")].concat());
    world.build(&options());
    let corpus = world.open();
    corpus.read(&[0], Some(1), &GO_ON).unwrap();
    let path = world.docs().join("a.jsonl");
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(20)
        .unwrap();
    let error = corpus.read(&[1], Some(1), &GO_ON).unwrap_err().to_string();
    assert!(error.contains("the file is shorter"), "{error}");
}

#[test]
fn documents_stay_readable_after_their_file_was_replaced_by_name() {
    let world = World::with("a.txt", "text");
    world.build(&options());
    let corpus = world.open();
    assert_eq!(texts(&corpus), ["text"]);
    fs::remove_file(world.docs().join("a.txt")).unwrap();
    assert_eq!(texts(&corpus), ["text"]);
}

#[test]
fn draws_do_not_depend_on_where_corpus_and_sources_lie() {
    let world = World::with("set/docs/a.txt", prose(1, 5_000));
    world.write("set/docs/b.jsonl", line(&prose(2, 3_000)));
    let set = world.docs().join("set");
    spice_corpus::build(
        &[set.join("docs")],
        &set.join("corpora/one"),
        &options(),
        &spice_corpus::Progress::default(),
        &GO_ON,
    )
    .unwrap();
    let draw = |folder: &std::path::Path| {
        let corpus = Corpus::open(&folder.join("corpora/one")).unwrap();
        let sampler = Sampler::new(
            corpus.into(),
            SamplerOptions::new(7, Budget::Bytes(300)),
            &GO_ON,
        )
        .unwrap();
        let draws: Vec<u64> = (0..50).collect();
        let passages = sampler.draw(&draws, Some(2), &GO_ON).unwrap();
        (sampler.hash().to_owned(), passages)
    };
    let before = draw(&set);
    let moved = world.path().join("elsewhere");
    fs::rename(&set, &moved).unwrap();
    assert_eq!(draw(&moved), before);
    let place = Corpus::open(&moved.join("corpora/one"))
        .unwrap()
        .document(0)
        .unwrap();
    assert_eq!(place.path, moved.join("docs/a.txt"));
}

#[test]
fn a_copied_corpus_reads_its_own_copies_once_the_originals_change() {
    let world = World::with("a.txt", "text");
    world.build(&options());
    let copy = world.path().join("copy");
    fs::create_dir_all(copy.join("docs")).unwrap();
    fs::create_dir(copy.join("corpus")).unwrap();
    fs::copy(world.docs().join("a.txt"), copy.join("docs/a.txt")).unwrap();
    for name in ["catalogue.bin", "manifest.json", "skipped.json"] {
        fs::copy(
            world.corpus_folder().join(name),
            copy.join("corpus").join(name),
        )
        .unwrap();
    }
    world.write("a.txt", "a longer text");
    assert_eq!(
        texts(&Corpus::open(&copy.join("corpus")).unwrap()),
        ["text"]
    );
    // Without a copy that fits, the error names the original.
    fs::remove_file(copy.join("docs/a.txt")).unwrap();
    let corpus = Corpus::open(&copy.join("corpus")).unwrap();
    let error = corpus.read(&[0], None, &GO_ON).unwrap_err().to_string();
    let original = world.docs().join("a.txt").display().to_string();
    assert!(error.starts_with(&original), "{error}");
}

#[test]
fn documents_beyond_the_last_are_refused() {
    let world = World::with("a.txt", "a");
    world.build(&options());
    let corpus = world.open();
    for index in [1, u64::MAX] {
        let message = corpus
            .read(&[0, index], None, &GO_ON)
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            format!("document {index}: out of range; the corpus has 1, numbered from 0")
        );
        assert!(corpus.document(index).is_err());
    }
    assert_eq!(
        corpus.read(&[], None, &GO_ON).unwrap(),
        Vec::<String>::new()
    );
}
