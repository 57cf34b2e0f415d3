//! A catalogue with some bytes changed, its checksums right or not: every reader gives an error or a text.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use spice_corpus::Codec;
use spice_fuzz::{
    build_at, edited, folder, pack_at, read_all, reseal_catalogue, reseal_manifest,
};
use tempfile::TempDir;

/// A corpus of a shard and of lines in gzip members.
static WORLD: LazyLock<(TempDir, Vec<u8>, String)> = LazyLock::new(|| {
    let world = folder();
    let (lines, output) = (world.path().join("a.jsonl"), world.path().join("corpus"));
    let line = |number: u32| format!("{{\"text\": \"document {number} of some words\"}}\n");
    fs::write(&lines, (0..300).map(line).collect::<String>()).expect("room");
    let packed = world.path().join("packed");
    pack_at(&[lines.clone()], &packed, Codec::Zstd).expect("a corpus");
    build_at(&[packed.join("00000.spk"), lines], &output).expect("a corpus");
    let catalogue = fs::read(output.join("catalogue.bin")).expect("a catalogue");
    let manifest = fs::read_to_string(output.join("manifest.json")).expect("a manifest");
    (world, catalogue, manifest)
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, edits)) = bytes.split_first() else {
        return;
    };
    let (world, intact, manifest) = &*WORLD;
    let output = world.path().join("corpus");
    let mut catalogue = edited(intact, edits);
    if first & 1 > 0 {
        let checksum = reseal_catalogue(&mut catalogue);
        let sealed = reseal_manifest(manifest, checksum);
        fs::write(output.join("manifest.json"), sealed).expect("room");
    } else {
        fs::write(output.join("manifest.json"), manifest).expect("room");
    }
    // A file that is mapped must not be written to.
    fs::remove_file(output.join("catalogue.bin")).expect("ours");
    fs::write(output.join("catalogue.bin"), catalogue).expect("room");
    read_all(&output);
});
