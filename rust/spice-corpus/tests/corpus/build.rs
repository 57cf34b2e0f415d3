//! What a build leaves at its output, whatever happens.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use spice_corpus::{BuildOptions, CorpusError, Progress, build};

use crate::world::{GO_ON, World, gzip, line, names, options, prose, skipping, texts, zstd};

fn overwriting() -> BuildOptions {
    BuildOptions {
        overwrite: true,
        ..options()
    }
}

fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    names(folder).into_iter().map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_files_are_the_same_for_any_number_of_threads(
        seeds in proptest::collection::vec((any::<u64>(), 0_usize..3_000, 0..5), 1..12),
        threads in 2_usize..9,
    ) {
        let world = World::with("0.txt", "never empty");
        for (place, (seed, num_bytes, kind)) in seeds.into_iter().enumerate() {
            let lines: String = (0..4).map(|n| line(&prose(seed ^ n, num_bytes))).collect();
            match kind {
                0 => world.write(&format!("{place}.txt"), prose(seed, num_bytes)),
                1 => world.write(&format!("{place}.jsonl"), lines),
                2 => world.write(&format!("{place}.jsonl.gz"), gzip(lines)),
                3 => world.write(&format!("{place}.jsonl.zst"), zstd(lines)),
                _ => world.write(&format!("{place}.jsonl"), "nonsense\n{}\n"),
            };
        }
        world.build(&skipping());
        let alone = files_of(&world.corpus_folder());
        world.build(&BuildOptions { threads: Some(threads), overwrite: true, ..skipping() });
        prop_assert_eq!(files_of(&world.corpus_folder()), alone);
    }
}

#[test]
fn the_hash_is_a_function_of_texts_and_order_alone() {
    let hash = |files: &[(&str, &str)]| {
        let world = World::new();
        for (name, text) in files {
            world.write(name, text);
        }
        world.build(&options()).manifest.hash
    };
    let two = hash(&[("a.txt", "one"), ("b.txt", "two")]);
    assert_eq!(hash(&[("x.jsonl", &(line("one") + &line("two")))]), two);
    assert_ne!(hash(&[("a.txt", "two"), ("b.txt", "one")]), two);
    assert_ne!(hash(&[("a.txt", "one"), ("b.txt", "two ")]), two);
}

#[test]
fn nothing_is_left_when_no_document_is() {
    let world = World::with("a.txt", "short");
    world.write("b.jsonl", "{}\n");
    let mut options = skipping();
    options.min_bytes = 100;
    let message = world.try_build(&options).unwrap_err().to_string();
    assert!(
        message.starts_with(
            "no documents: 2 files read, 1 documents shorter than 100 bytes or blank, 1 skipped as unreadable"
        ),
        "{message}"
    );
    assert_eq!(world.names(), ["docs"]);
}

#[test]
fn folders_that_were_made_for_the_output_go_with_a_failed_build() {
    let world = World::with("a.jsonl", "nonsense");
    let output = world.path().join("new/deep/corpus");
    let inputs = [world.docs()];
    build(&inputs, &output, &options(), &Progress::default(), &GO_ON).unwrap_err();
    assert_eq!(world.names(), ["docs"]);
    world.write("a.jsonl", line("fine"));
    build(&inputs, &output, &options(), &Progress::default(), &GO_ON).unwrap();
    assert_eq!(
        names(&output),
        ["catalogue.bin", "manifest.json", "skipped.json"]
    );
    assert_eq!(names(output.parent().unwrap()), ["corpus"]);
}

#[test]
fn an_older_corpus_is_replaced_only_when_asked() {
    let world = World::with("a.txt", "old");
    world.build(&options());
    world.write("a.txt", "new");
    let error = world.try_build(&options()).unwrap_err();
    assert!(
        matches!(error, CorpusError::OutputExists { .. }),
        "{error:?}"
    );
    world.build(&overwriting());
    assert_eq!(texts(&world.open()), ["new"]);
    assert_eq!(world.names(), ["corpus", "docs"]);
}

#[test]
fn a_failed_build_leaves_the_older_corpus() {
    let world = World::with("a.txt", "old");
    world.build(&options());
    world.write("b.jsonl", "nonsense");
    world.try_build(&overwriting()).unwrap_err();
    assert_eq!(texts(&world.open()), ["old"]);
    assert_eq!(world.names(), ["corpus", "docs"]);
}

#[test]
fn what_is_no_corpus_is_never_overwritten() {
    let world = World::with("a.txt", "a");
    let output = world.corpus_folder();
    let refused = || {
        let error = world.try_build(&overwriting()).unwrap_err();
        assert!(
            matches!(error, CorpusError::OutputIsForeign { .. }),
            "{error:?}"
        );
    };
    fs::write(&output, "a file").unwrap();
    refused();
    fs::remove_file(&output).unwrap();
    symlink("nowhere", &output).unwrap();
    refused();
    fs::remove_file(&output).unwrap();
    fs::create_dir(&output).unwrap();
    // Browser extensions, web applications and data sets have a manifest.json as well.
    fs::write(output.join("manifest.json"), r#"{"format_version": 1}"#).unwrap();
    fs::write(output.join("thesis.tex"), "years of work").unwrap();
    refused();
    fs::remove_file(output.join("thesis.tex")).unwrap();
    fs::create_dir(output.join("catalogue.bin")).unwrap();
    refused();
    assert_eq!(names(&output), ["catalogue.bin", "manifest.json"]);
}

#[test]
fn an_empty_folder_and_a_damaged_corpus_may_be_overwritten() {
    let world = World::with("a.txt", "a");
    fs::create_dir(world.corpus_folder()).unwrap();
    world.build(&overwriting());
    fs::write(world.corpus_folder().join("manifest.json"), "").unwrap();
    world.build(&overwriting());
    fs::remove_file(world.corpus_folder().join("catalogue.bin")).unwrap();
    world.build(&overwriting());
    assert_eq!(texts(&world.open()), ["a"]);
}

#[test]
fn a_link_to_an_older_corpus_stays_a_link() {
    let world = World::with("a.txt", "old");
    world.build(&options());
    let elsewhere = world.path().join("elsewhere");
    fs::rename(world.corpus_folder(), &elsewhere).unwrap();
    symlink(&elsewhere, world.corpus_folder()).unwrap();
    world.write("a.txt", "new");
    world.build(&overwriting());
    assert_eq!(fs::read_link(world.corpus_folder()).unwrap(), elsewhere);
    assert_eq!(texts(&world.open()), ["new"]);
    assert_eq!(world.names(), ["corpus", "docs", "elsewhere"]);
}

#[test]
fn a_corpus_that_someone_kept_documents_in_is_not_deleted() {
    let world = World::with("a.txt", "a");
    world.build(&options());
    let precious = world.corpus_folder().join("notes.txt");
    fs::write(&precious, "mine").unwrap();
    let error = world.try_build(&overwriting()).unwrap_err();
    assert!(
        matches!(error, CorpusError::OutputIsForeign { .. }),
        "{error:?}"
    );
    assert_eq!(fs::read(precious).unwrap(), b"mine");
}

#[test]
fn of_builders_at_once_on_one_output_one_wins_and_the_others_say_so() {
    for _ in 0..5 {
        let world = World::new();
        for place in 0..40 {
            world.write(&format!("{place}.txt"), "text");
        }
        let results: Vec<_> = std::thread::scope(|scope| {
            let builders: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| world.try_build(&options())))
                .collect();
            builders
                .into_iter()
                .map(|builder| builder.join().unwrap())
                .collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert!(
                matches!(
                    error,
                    CorpusError::OutputExists { .. } | CorpusError::Busy { .. }
                ),
                "{error:?}"
            );
        }
        assert_eq!(world.open().num_documents(), 40);
        assert_eq!(world.names(), ["corpus", "docs"]);
    }
}

#[test]
fn what_a_killed_build_left_goes_with_the_next_one() {
    let world = World::with("a.txt", "text");
    let left = world.path().join(".corpus.building");
    fs::create_dir_all(left.join("deep")).unwrap();
    fs::write(left.join("catalogue.bin"), "half").unwrap();
    fs::write(world.path().join(".corpus.lock"), "").unwrap();
    world.build(&options());
    assert_eq!(texts(&world.open()), ["text"]);
    assert_eq!(world.names(), ["corpus", "docs"]);
}

#[test]
fn a_second_builder_is_refused_while_the_first_lives() {
    let world = World::with("a.txt", "text");
    let lock = fs::File::create(world.path().join(".corpus.lock")).unwrap();
    lock.lock().unwrap();
    let error = world.try_build(&options()).unwrap_err();
    assert!(matches!(error, CorpusError::Busy { .. }), "{error:?}");
    assert_eq!(world.names(), [".corpus.lock", "docs"]);
    drop(lock);
    world.build(&options());
    assert_eq!(world.names(), ["corpus", "docs"]);
}

#[test]
fn a_build_that_is_stopped_says_so_and_leaves_nothing() {
    let world = World::with("a.jsonl", line("text").repeat(1_000));
    world.write("b.jsonl.gz", gzip(line("text")));
    let (inputs, output) = ([world.docs()], world.corpus_folder());
    let stop = AtomicBool::new(true);
    let error = build(&inputs, &output, &options(), &Progress::default(), &stop).unwrap_err();
    assert!(matches!(error, CorpusError::Interrupted), "{error:?}");
    assert_eq!(world.names(), ["docs"]);
}

#[test]
fn progress_ends_at_the_size_of_all_files() {
    let world = World::with("a.txt", "12345");
    world.write("b.jsonl", line("x"));
    let progress = Progress::default();
    assert_eq!(progress.bytes(), (0, 0));
    let (inputs, output) = ([world.docs()], world.corpus_folder());
    build(&inputs, &output, &options(), &progress, &GO_ON).unwrap();
    let total = 5 + line("x").len() as u64;
    assert_eq!(progress.bytes(), (total, total));
}

#[test]
fn arguments_that_make_no_sense_are_refused_by_name() {
    let world = World::with("a.txt", "a");
    let refusal = |inputs: usize, output: &Path, options: BuildOptions| {
        let inputs = vec![world.docs(); inputs];
        let error = build(&inputs, output, &options, &Progress::default(), &GO_ON).unwrap_err();
        assert!(matches!(error, CorpusError::Argument { .. }), "{error:?}");
        error.to_string()
    };
    let output = world.corpus_folder();
    assert!(refusal(0, &output, options()).starts_with("inputs: none; expected at least one"));
    assert!(refusal(1, Path::new(""), options()).starts_with("output: empty"));
    let mut no_keys = options();
    no_keys.text_keys.clear();
    assert!(refusal(1, &output, no_keys).starts_with("text_keys: none"));
    let mut no_threads = options();
    no_threads.threads = Some(0);
    assert!(refusal(1, &output, no_threads).starts_with("threads: 0"));
}
