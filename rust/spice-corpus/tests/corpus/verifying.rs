//! Every flipped byte is found and named.

use std::fs;
use std::path::Path;

use spice_corpus::{Codec, Progress, VerifyReport, verify};

use crate::world::{GO_ON, World, gzip, line, names, options, packing, prose};

fn checked(folder: &Path) -> VerifyReport {
    verify(folder, Some(1), &Progress::default(), &GO_ON).unwrap()
}

/// Files whose damage is found when the corpus is opened; the message names them.
const OPENED: [&str; 1] = ["manifest.json"];

#[test]
fn an_intact_corpus_has_no_damage() {
    let world = World::with(
        "a.jsonl",
        (0..60)
            .map(|seed| line(&prose(seed, 3_000)))
            .collect::<String>(),
    );
    world.write("b.jsonl.gz", gzip(line("some text")));
    world.build(&options());
    for folder in [
        world.corpus_folder(),
        world
            .pack("zstd", &packing(Codec::Zstd))
            .folder()
            .to_owned(),
        world.pack("raw", &packing(Codec::Raw)).folder().to_owned(),
    ] {
        let report = checked(&folder);
        assert_eq!((report.num_documents, report.damage), (61, vec![]));
    }
}

#[test]
fn every_flipped_byte_of_a_packed_corpus_is_found_and_named() {
    let texts: Vec<String> = (0..90).map(|seed| prose(seed, 1_500)).collect();
    let lines: String = texts.iter().map(|text| line(text)).collect();
    let world = World::with("a.jsonl", lines);
    for codec in [Codec::Zstd, Codec::Raw] {
        let folder = world
            .pack(&format!("{codec:?}"), &packing(codec))
            .folder()
            .to_owned();
        for name in names(&folder) {
            let path = folder.join(&name);
            let whole = fs::read(&path).unwrap();
            // Odd steps meet every byte of a row, and the end holds the trailer.
            let step = (whole.len() / 40).max(1) | 1;
            let ends = whole.len().saturating_sub(300)..whole.len();
            for place in (0..whole.len()).step_by(step).chain(ends.step_by(7)) {
                let mut bytes = whole.clone();
                bytes[place] ^= 1 << (place % 8);
                fs::write(&path, &bytes).unwrap();
                let named = match verify(&folder, Some(1), &Progress::default(), &GO_ON) {
                    Ok(report) => report
                        .damage
                        .iter()
                        .any(|damage| damage.path == path && contains(&damage.reason, place)),
                    Err(error) => {
                        OPENED.contains(&name.as_str()) && error.to_string().contains(&name)
                            || name == "catalogue.bin" && place < 104
                    }
                };
                assert!(named, "{name}, byte {place} of {}", whole.len());
            }
            fs::write(&path, &whole).unwrap();
        }
        assert_eq!(checked(&folder).damage, []);
    }
}

/// Whether a range of bytes in the message, if there is one, holds the place.
fn contains(reason: &str, place: usize) -> bool {
    let Some((_, range)) = reason.split_once("bytes ") else {
        return true;
    };
    let mut numbers = range
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let mut next = || {
        numbers
            .next()
            .map(|number| number.parse::<usize>().unwrap())
    };
    let (Some(start), Some(end)) = (next(), next()) else {
        return true;
    };
    (start..end).contains(&place)
}

#[test]
fn damage_names_the_documents_of_a_block() {
    let texts: Vec<String> = (0..90).map(|seed| prose(seed, 1_500)).collect();
    let world = World::with(
        "a.jsonl",
        texts.iter().map(|text| line(text)).collect::<String>(),
    );
    let folder = world.pack("raw", &packing(Codec::Raw)).folder().to_owned();
    let path = folder.join("00000.spk");
    let whole = fs::read(&path).unwrap();
    let at = |text: &String| {
        whole
            .windows(200)
            .position(|window| window == &text.as_bytes()[..200])
    };
    let mut bytes = whole.clone();
    bytes[at(&texts[7]).unwrap() + 5] ^= 1;
    fs::write(&path, bytes).unwrap();
    let damage = checked(&folder).damage;
    assert_eq!(damage.len(), 1);
    let (first, last) = damage[0].documents.unwrap();
    assert!(
        (first..=last).contains(&7) && last - first < 12,
        "{damage:?}"
    );
    assert!(
        damage[0].reason.starts_with("block 1, bytes "),
        "{damage:?}"
    );
}

#[test]
fn changed_and_missing_sources_are_named_with_their_documents() {
    let world = World::with("a.txt", "first text");
    world.write("b.jsonl", [line("second"), line("third")].concat());
    world.write("c.txt", "fourth");
    world.build(&options());
    world.write("b.jsonl", [line("second"), line("thurd")].concat());
    fs::remove_file(world.docs().join("c.txt")).unwrap();
    let damage = checked(&world.corpus_folder()).damage;
    let found: Vec<_> = damage
        .iter()
        .map(|one| (one.documents.unwrap().0, one.reason.as_str()))
        .collect();
    assert_eq!(found, [(2, "record 2 changed"), (3, "the file is gone")]);
    assert!(damage[0].path.ends_with("b.jsonl") && damage[1].path.ends_with("c.txt"));
}
