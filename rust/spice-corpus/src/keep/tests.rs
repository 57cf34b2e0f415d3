use std::fs;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{BuildOptions, OnError, Progress, build};

/// A corpus of documents `document 0`, `document 1`, ..., each with a word of its own behind.
fn corpus(folder: &TempDir, num_documents: usize, word: &str) -> Corpus {
    let source = folder.path().join(format!("{word}.jsonl"));
    let lines: Vec<_> = (0..num_documents)
        .map(|number| format!("{{\"text\": \"document {number} {word}\"}}\n"))
        .collect();
    fs::write(&source, lines.concat()).unwrap();
    let output = folder.path().join(word);
    let options = BuildOptions {
        text_keys: vec!["text".to_owned()],
        min_bytes: 0,
        on_error: OnError::Stop,
        overwrite: true,
        threads: Some(1),
    };
    let stop = AtomicBool::new(false);
    build(&[source], &output, &options, &Progress::default(), &stop).unwrap();
    Corpus::open(&output).unwrap()
}

/// Writes bits to a file as if for a corpus, which a test of thousands of documents need not build.
fn written(path: &Path, bits: &KeepBits, corpus_hash: u128) -> Keep {
    let words = bits.words.iter().copied();
    file::write(path, corpus_hash, bits.num_documents, "{}", words, true).unwrap();
    Keep::inspect(path).unwrap()
}

fn bits_of(kept: &[bool]) -> KeepBits {
    let mut bits = KeepBits::none(kept.len() as u64);
    for (index, &is_kept) in (0..).zip(kept) {
        bits.set(index, is_kept);
    }
    bits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_file_says_what_the_bits_say(
        kept in prop_oneof![
            proptest::collection::vec(any::<bool>(), 1..300),
            proptest::collection::vec(proptest::bool::weighted(0.02), 1..20_000),
        ],
    ) {
        let folder = TempDir::new().unwrap();
        let bits = bits_of(&kept);
        let keep = written(&folder.path().join("a.keep"), &bits, 7);
        keep.verify().unwrap();
        prop_assert_eq!(keep.num_kept(), bits.num_kept());
        let mut rank = 0;
        for (index, &is_kept) in (0..).zip(&kept) {
            prop_assert_eq!(keep.is_kept(index), is_kept);
            prop_assert_eq!(bits.is_kept(index), is_kept);
            prop_assert_eq!(keep.rank(index), rank);
            if is_kept {
                prop_assert_eq!(keep.select(rank), Some(index));
                rank += 1;
            }
        }
        prop_assert_eq!(keep.rank(kept.len() as u64), rank);
        prop_assert_eq!(keep.select(rank), None);
    }

    #[test]
    fn an_intersection_keeps_what_all_keep(
        kept in proptest::collection::vec([any::<bool>(), any::<bool>(), any::<bool>()], 1..200),
    ) {
        let folder = TempDir::new().unwrap();
        let keeps: Vec<Keep> = (0..3)
            .map(|which| {
                let bits: Vec<bool> = kept.iter().map(|row| row[which]).collect();
                written(&folder.path().join(format!("{which}.keep")), &bits_of(&bits), 7)
            })
            .collect();
        let all = KeepBits::intersection(&keeps).unwrap().unwrap();
        let expected: Vec<bool> = kept.iter().map(|row| row.iter().all(|&one| one)).collect();
        prop_assert_eq!(all, bits_of(&expected));
    }

    #[test]
    fn any_changed_byte_is_found(kept in proptest::collection::vec(any::<bool>(), 1..300), place: usize, bit in 0..8) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.keep");
        written(&path, &bits_of(&kept), 7);
        let mut bytes = fs::read(&path).unwrap();
        let place = place % bytes.len();
        bytes[place] ^= 1_u8 << bit;
        fs::write(&path, bytes).unwrap();
        prop_assert!(Keep::inspect(&path).and_then(|keep| keep.verify()).is_err());
    }

    #[test]
    fn a_file_cut_short_is_refused(kept in proptest::collection::vec(any::<bool>(), 1..300), length: usize) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.keep");
        written(&path, &bits_of(&kept), 7);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..length % bytes.len()]).unwrap();
        prop_assert!(Keep::inspect(&path).is_err());
    }
}

#[test]
fn everything_and_nothing_are_counted() {
    for num_documents in [1, 63, 64, 65, 4_096, 4_097] {
        assert_eq!(KeepBits::all(num_documents).num_kept(), num_documents);
        assert_eq!(KeepBits::none(num_documents).num_kept(), 0);
    }
    assert_eq!(KeepBits::intersection(&[]).unwrap(), None);
}

#[test]
fn a_keep_is_of_one_corpus() {
    let folder = TempDir::new().unwrap();
    let (ours, other) = (corpus(&folder, 3, "ours"), corpus(&folder, 3, "other"));
    let path = folder.path().join("a.keep");
    let keep = KeepBits::all(3)
        .write(&path, &ours, r#"{"made_by": "test"}"#, false)
        .unwrap();
    assert_eq!(keep.corpus_hash(), ours.hash());
    assert_eq!(keep.made_by(), r#"{"made_by": "test"}"#);
    let error = Keep::open(&path, &other).unwrap_err().to_string();
    assert!(
        error.contains(ours.hash()) && error.contains(other.hash()),
        "{error}"
    );
    let foreign = KeepBits::all(3)
        .write(&folder.path().join("b.keep"), &other, "{}", false)
        .unwrap();
    let error = KeepBits::intersection(&[keep, foreign])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(ours.hash()) && error.contains(other.hash()),
        "{error}"
    );
}

#[test]
fn the_hash_is_of_what_is_kept_alone() {
    let folder = TempDir::new().unwrap();
    let corpus = corpus(&folder, 3, "ours");
    let mut bits = KeepBits::all(3);
    let write = |bits: &KeepBits, note: &str| {
        bits.write(&folder.path().join("a.keep"), &corpus, note, true)
            .unwrap()
            .hash()
    };
    let hash = write(&bits, "1");
    assert_eq!(write(&bits, "2"), hash);
    bits.set(1, false);
    assert_ne!(write(&bits, "1"), hash);
}

#[test]
fn nothing_is_written_over_without_leave_nor_with_a_wrong_number_of_bits() {
    let folder = TempDir::new().unwrap();
    let corpus = corpus(&folder, 3, "ours");
    let path = folder.path().join("a.keep");
    KeepBits::all(3).write(&path, &corpus, "{}", false).unwrap();
    let before = fs::read(&path).unwrap();
    let refused = |bits: KeepBits, note: &str, overwrite| {
        bits.write(&path, &corpus, note, overwrite).unwrap_err()
    };
    let error = refused(KeepBits::none(3), "{}", false);
    assert!(matches!(error, CorpusError::OutputExists { .. }), "{error}");
    assert!(matches!(
        refused(KeepBits::all(4), "{}", true),
        CorpusError::Argument { name: "keep", .. }
    ));
    assert!(matches!(
        refused(KeepBits::all(3), "no JSON", true),
        CorpusError::Argument {
            name: "made_by",
            ..
        }
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
    // Nothing temporary is left behind.
    let names = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert!(
        names
            .map(|name| name.into_string().unwrap())
            .all(|name| !name.contains("writing"))
    );
}

#[test]
fn a_newer_version_and_other_files_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.keep");
    let reason = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Keep::inspect(&path).unwrap_err().to_string()
    };
    assert!(reason(b"").contains("no keep file"));
    assert!(reason(&[b'x'; 100]).contains("no keep file"));
    written(&path, &KeepBits::all(5), 7);
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 2;
    assert!(reason(&bytes).contains("version 2"));
    let missing = Keep::inspect(&folder.path().join("none.keep")).unwrap_err();
    assert!(matches!(missing, CorpusError::Missing { .. }));
}
