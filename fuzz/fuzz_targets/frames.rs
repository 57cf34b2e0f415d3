//! Compressed lines with some bytes changed: the same in place and packed, or an error.
#![no_main]

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;

static INTACT: LazyLock<[(&str, Vec<u8>); 2]> = LazyLock::new(|| {
    let lines = |first: u32| -> String {
        let line = |number| format!("{{\"text\": \"document {number} of some words\"}}\n");
        (first..first + 9).map(line).collect()
    };
    let gzip = |text: String| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    };
    let zstd = |text: String| zstd::encode_all(text.as_bytes(), 1).expect("memory");
    [
        ("a.jsonl.gz", [gzip(lines(0)), gzip(lines(9))].concat()),
        ("a.jsonl.zst", [zstd(lines(0)), zstd(lines(9))].concat()),
    ]
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, edits)) = bytes.split_first() else {
        return;
    };
    let (name, intact) = &INTACT[usize::from(first & 1)];
    let mut file = spice_fuzz::edited(intact, edits);
    if first & 2 > 0 {
        file.truncate(file.len() * usize::from(first >> 2) / 64);
    }
    spice_fuzz::same_in_place_and_packed(name, &file);
});
