//! A shard with some bytes changed, its checksums right or not: every reader gives an error or a text.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use spice_corpus::Codec;
use spice_fuzz::{build_at, edited, folder, pack_at, read_all, reseal_shard};

static INTACT: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [Codec::Raw, Codec::Zstd].map(|codec| {
        let folder = folder();
        let source = folder.path().join("a.jsonl");
        let line = |number: u32| {
            let text = format!("document {number} ").repeat(number as usize % 40 + 1);
            format!("{{\"id\": {number}, \"license\": \"MIT\", \"text\": \"{text}\"}}\n")
        };
        fs::write(&source, (0..530).map(line).collect::<String>()).expect("room");
        pack_at(&[source], &folder.path().join("corpus"), codec).expect("a corpus");
        fs::read(folder.path().join("corpus/00001.spk")).expect("a shard")
    })
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, edits)) = bytes.split_first() else {
        return;
    };
    let mut shard = edited(&INTACT[usize::from(first & 1)], edits);
    if first & 2 > 0 {
        reseal_shard(&mut shard);
    }
    let folder = folder();
    let (path, corpus) = (folder.path().join("a.spk"), folder.path().join("corpus"));
    fs::write(&path, shard).expect("room");
    if build_at(&[path], &corpus).is_ok() {
        read_all(&corpus);
    }
});
