//! Packed corpora hold what corpora in place hold, wherever a shard or a block ends.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use spice_corpus::{
    Budget, Codec, Corpus, CorpusError, PackOptions, Progress, Sampler, SamplerOptions, pack,
};

use crate::world::{
    GO_ON, World, gzip, line, names, options, packing, prose, skipping, texts, zstd,
};

/// Shards of a corpus, with their bytes.
fn shards(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let is_shard = |name: &String| Path::new(name).extension().is_some_and(|end| end == "spk");
    let read = |name: String| (name.clone(), fs::read(folder.join(name)).unwrap());
    names(folder)
        .into_iter()
        .filter(is_shard)
        .map(read)
        .collect()
}

fn draws(corpus: Corpus) -> Vec<spice_corpus::Passage> {
    let sampler = Sampler::new(
        corpus.into(),
        SamplerOptions::new(3, Budget::Bytes(500)),
        &GO_ON,
    )
    .unwrap();
    sampler
        .draw(&(0..60).collect::<Vec<u64>>(), Some(2), &GO_ON)
        .unwrap()
}

/// Files of every kind that is read as text.
fn varied(files: &[(u64, usize, u8)]) -> World {
    let world = World::with("0.txt", "never empty");
    for (place, &(seed, num_bytes, kind)) in files.iter().enumerate() {
        let lines: String = (0..4).map(|n| line(&prose(seed ^ n, num_bytes))).collect();
        match kind {
            0 => world.write(&format!("{place}.txt"), prose(seed, num_bytes)),
            1 => world.write(&format!("{place}.jsonl"), lines),
            2 => world.write(
                &format!("{place}.jsonl.gz"),
                [gzip(&lines), gzip(&lines)].concat(),
            ),
            _ => world.write(&format!("{place}.jsonl.zst"), zstd(lines)),
        };
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_packed_corpus_is_the_corpus_in_place(
        files in proptest::collection::vec((any::<u64>(), 0_usize..40_000, 0..4_u8), 1..8),
        threads in 2_usize..5,
    ) {
        let world = varied(&files);
        world.build(&options());
        let (place, all) = (world.open(), texts(&world.open()));
        for codec in [Codec::Raw, Codec::Zstd] {
            let packed = world.pack(&format!("{codec:?}"), &packing(codec));
            prop_assert_eq!(packed.hash(), place.hash());
            prop_assert_eq!(packed.num_bytes(), place.num_bytes());
            for index in 0..packed.num_documents() {
                let (ours, theirs) = (packed.document(index).unwrap(), place.document(index).unwrap());
                prop_assert_eq!(&ours.path, &theirs.path);
                prop_assert_eq!((ours.ordinal, ours.num_bytes), (theirs.ordinal, theirs.num_bytes));
            }
            prop_assert_eq!(&texts(&packed), &all);
            prop_assert_eq!(draws(packed), draws(world.open()));
            let mut parallel = packing(codec);
            parallel.read.threads = Some(threads);
            world.pack(&format!("{codec:?} parallel"), &parallel);
            let again = world.try_pack(world.corpus_folder(), &format!("{codec:?} again"), &packing(codec)).unwrap();
            let expected = shards(&world.path().join(format!("{codec:?}")));
            let parallel = shards(&world.path().join(format!("{codec:?} parallel")));
            prop_assert!(parallel == expected);
            prop_assert!(shards(again.folder()) == expected);
        }
    }
}

#[test]
fn facts_reach_the_document_in_place_and_packed() {
    let record = r#"{"id": 7, "url": "https://a.b/c", "licence": "CC-BY-4.0", "text": "some words", "source": null}"#;
    let world = World::with("a.jsonl", [record, "\n", &line("bare")].concat());
    world.build(&options());
    let packed = world.pack("packed", &packing(Codec::Zstd));
    for corpus in [world.open(), packed] {
        let facts = corpus.document(0).unwrap().facts;
        assert_eq!(facts.id.as_deref(), Some("7"));
        assert_eq!(facts.url.as_deref(), Some("https://a.b/c"));
        assert_eq!(facts.license.as_deref(), Some("CC-BY-4.0"));
        assert_eq!(facts.source, None);
        assert_eq!(
            corpus.document(1).unwrap().facts,
            spice_corpus::Facts::default()
        );
    }
}

#[test]
fn a_document_of_many_blocks_and_an_empty_rest_are_read_alone() {
    let long = prose(1, 200_000);
    let world = World::with(
        "a.jsonl",
        [line("first"), line(&long), line("last")].concat(),
    );
    for codec in [Codec::Raw, Codec::Zstd] {
        let corpus = world.pack(&format!("{codec:?}"), &packing(codec));
        assert_eq!(
            corpus.read(&[2, 1, 0, 1], Some(2), &GO_ON).unwrap(),
            ["last", &long, "first", &long]
        );
    }
}

#[test]
fn a_stopped_packing_goes_on_behind_its_last_finished_shard() {
    let lines: String = (0..1_500).map(|seed| line(&prose(seed, 3_000))).collect();
    let world = World::with("a.jsonl.gz", gzip(lines));
    let whole = world.pack("whole", &packing(Codec::Zstd));
    let (output, stop) = (world.path().join("corpus"), AtomicBool::new(false));
    let staged = world.path().join(".corpus.building");
    let error = std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            pack(
                &[world.docs()],
                &output,
                &packing(Codec::Zstd),
                &Progress::default(),
                &stop,
            )
        });
        while !staged.join("00003.spk").exists() {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
        running.join().unwrap().unwrap_err()
    });
    assert!(matches!(error, CorpusError::Interrupted), "{error:?}");
    assert!(Corpus::open(&output).is_err());
    let inode = |folder: &Path| fs::metadata(folder.join("00002.spk")).unwrap().ino();
    let before = inode(&staged);
    let packed = world.pack("corpus", &packing(Codec::Zstd));
    assert_eq!(inode(&output), before, "a finished shard was written again");
    assert_eq!(packed.hash(), whole.hash());
    assert!(shards(&output) == shards(whole.folder()));
    assert_eq!(world.names(), ["corpus", "docs", "whole"]);
}

#[test]
fn other_inputs_or_options_begin_anew() {
    let world = World::new();
    for place in 0..40 {
        world.write(&format!("{place:02}.txt"), prose(place, 9_000));
    }
    // A last file that cannot be read: what was packed before it is kept.
    world.write("99.jsonl", "nonsense");
    let failed = world
        .try_pack(world.docs(), "corpus", &packing(Codec::Raw))
        .unwrap_err();
    assert!(matches!(failed, CorpusError::Document { .. }), "{failed:?}");
    assert_eq!(world.names(), [".corpus.building", ".corpus.lock", "docs"]);
    world.write("99.jsonl", line("fine"));
    let corpus = world.pack("corpus", &packing(Codec::Zstd));
    assert_eq!(corpus.num_documents(), 41);
    assert_eq!(world.names(), ["corpus", "docs"]);
}

#[test]
fn a_packed_corpus_may_move_without_its_sources() {
    let world = World::with("a.jsonl", line("text"));
    world.pack("packed", &packing(Codec::Zstd));
    fs::remove_dir_all(world.docs()).unwrap();
    fs::rename(world.path().join("packed"), world.path().join("moved")).unwrap();
    let corpus = Corpus::open(&world.path().join("moved")).unwrap();
    assert_eq!(texts(&corpus), ["text"]);
    assert!(corpus.document(0).unwrap().path.ends_with("docs/a.jsonl"));
}

#[test]
fn a_corpus_is_built_over_shards_where_they_lie() {
    let world = World::with(
        "a.jsonl",
        (0..50)
            .map(|seed| line(&prose(seed, 4_000)))
            .collect::<String>(),
    );
    let packed = world.pack("packed", &packing(Codec::Zstd));
    let report = world
        .build_from(&[packed.folder().to_owned(), world.docs()], &options())
        .unwrap();
    assert_eq!(report.manifest.formats.len(), 2);
    let both = texts(&world.open());
    assert_eq!(both.len(), 100);
    assert_eq!(both[..50], both[50..]);
    assert_eq!(both[..50], texts(&packed));
}

#[test]
fn what_cannot_be_read_is_left_out_and_named() {
    let world = World::with(
        "a.jsonl",
        [&line("one"), "nonsense\n", "\n", &line("two")].concat(),
    );
    world.write("b.txt", b"a\0b");
    let options = PackOptions {
        read: skipping(),
        ..packing(Codec::Zstd)
    };
    let report = pack(
        &[world.docs()],
        &world.corpus_folder(),
        &options,
        &Progress::default(),
        &GO_ON,
    )
    .unwrap();
    assert_eq!(
        (report.manifest.num_documents, report.manifest.num_skipped),
        (2, 2)
    );
    let places: Vec<_> = report
        .skipped
        .iter()
        .map(|skipped| skipped.place.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(places, ["a.jsonl:2", "b.txt"]);
    assert_eq!(world.open().document(1).unwrap().ordinal, Some(4));
}
