//! Damaged and foreign corpora are refused, and nothing they hold makes us panic.

use std::fs;

use spice_corpus::{Budget, Corpus, CorpusError, Sampler, SamplerOptions};

use crate::world::{GO_ON, World, gzip, line, options, texts};

fn refusal(world: &World) -> String {
    let error = Corpus::open(&world.corpus_folder()).unwrap_err();
    assert!(
        matches!(
            error,
            CorpusError::NotACorpus { .. } | CorpusError::NewerFormat { .. }
        ),
        "{error:?}"
    );
    error.to_string()
}

fn world() -> World {
    let world = World::with("a.txt", "some text");
    world.write(
        "b.jsonl.gz",
        [gzip(line("one")), gzip(line("two"))].concat(),
    );
    world.build(&options());
    world
}

#[test]
fn a_folder_that_is_none_or_no_corpus_is_refused() {
    let world = World::with("a.txt", "a");
    let error = Corpus::open(&world.corpus_folder()).unwrap_err();
    assert!(matches!(error, CorpusError::Missing { .. }), "{error:?}");
    for folder in [world.docs(), world.docs().join("a.txt")] {
        let message = Corpus::open(&folder).unwrap_err().to_string();
        assert!(
            message.contains("cannot read its manifest.json"),
            "{message}"
        );
        assert!(message.contains("build a corpus with `spice-fast corpus build`"));
    }
}

#[test]
fn a_newer_format_is_refused_with_both_versions() {
    let world = world();
    let path = world.corpus_folder().join("manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    let newer = manifest.replace("\"format_version\": 2", "\"format_version\": 3");
    assert_ne!(newer, manifest);
    // What a newer version says besides need not be understood.
    for text in [newer, r#"{"format_version": 3, "shards": []}"#.to_owned()] {
        fs::write(&path, text).unwrap();
        let message = refusal(&world);
        assert!(
            message.contains("corpus format 3 is newer than 2") && message.contains("upgrade"),
            "{message}"
        );
    }
}

#[test]
fn an_older_format_is_refused_with_both_versions() {
    let world = world();
    let path = world.corpus_folder().join("manifest.json");
    fs::write(path, r#"{"format_version": 1, "hash": ""}"#).unwrap();
    let error = Corpus::open(&world.corpus_folder()).unwrap_err();
    assert!(
        matches!(error, CorpusError::OlderFormat { .. }),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .ends_with("corpus format 1 is older than 2; build it again")
    );
}

#[test]
fn a_flipped_byte_of_the_manifest_is_refused() {
    let world = world();
    let path = world.corpus_folder().join("manifest.json");
    let whole = fs::read(&path).unwrap();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(&path, bytes).unwrap();
        Corpus::open(&world.corpus_folder()).unwrap_err();
    }
}

#[test]
fn a_damaged_manifest_is_refused() {
    let world = world();
    let path = world.corpus_folder().join("manifest.json");
    for text in [
        "",
        "[]",
        "{}",
        r#"{"format_version": 2}"#,
        r#"{"format_version": -1}"#,
    ] {
        fs::write(&path, text).unwrap();
        assert!(refusal(&world).contains("damaged manifest.json"));
    }
}

#[test]
fn a_missing_truncated_or_foreign_catalogue_is_refused() {
    let world = world();
    let path = world.corpus_folder().join("catalogue.bin");
    let whole = fs::read(&path).unwrap();
    for length in [0, 7, 63, 64, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(refusal(&world).contains("catalogue.bin"));
    }
    fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
    assert!(refusal(&world).contains("catalogue.bin has"));
    fs::remove_file(&path).unwrap();
    assert!(refusal(&world).contains("catalogue.bin"));
    let other = World::with("a.txt", "other");
    other.build(&options());
    fs::copy(other.corpus_folder().join("catalogue.bin"), &path).unwrap();
    assert!(refusal(&world).contains("does not belong to its manifest"));
}

#[test]
fn a_flipped_byte_gives_an_error_or_the_right_text() {
    let world = world();
    let right = texts(&world.open());
    let path = world.corpus_folder().join("catalogue.bin");
    let whole = fs::read(&path).unwrap();
    for place in 0..whole.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut bytes = whole.clone();
            bytes[place] ^= flip;
            fs::write(&path, bytes).unwrap();
            let Ok(corpus) = Corpus::open(&world.corpus_folder()) else {
                continue;
            };
            for index in 0..corpus.num_documents() {
                if let Ok(found) = corpus.read(&[index], Some(1), &GO_ON) {
                    assert_eq!(found, [right[index as usize].clone()], "byte {place}");
                }
                let _ = corpus.document(index);
            }
            let _ = corpus.stats();
            if let Ok(sampler) = Sampler::new(
                corpus.into(),
                SamplerOptions::new(1, Budget::Bytes(3)),
                &GO_ON,
            ) {
                let _ = sampler.draw(&[0, 1, 2, 3], Some(1), &GO_ON);
            }
        }
    }
}
