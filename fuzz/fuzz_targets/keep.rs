//! Whatever a keep file says behind a right checksum of its head, it is refused or answers without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spice_corpus::Keep;
use xxhash_rust::xxh3::xxh3_64;

fuzz_target!(|data: (u16, u16, u8, Vec<u8>)| {
    let (num_documents, num_kept, note, body) = data;
    let mut file = b"SPICEKEP".to_vec();
    file.extend(1_u32.to_le_bytes());
    file.extend(u32::from(note).to_le_bytes());
    file.extend([7; 16]);
    file.extend(u64::from(num_documents).to_le_bytes());
    file.extend(u64::from(num_kept).to_le_bytes());
    file.extend([9; 16]);
    let note_bytes = &body[body.len().saturating_sub(note.into())..];
    let checksum = xxh3_64(&[&file[..], note_bytes].concat());
    file.extend(checksum.to_le_bytes());
    let num_words = usize::from(num_documents).div_ceil(64);
    let mut rest = body.clone();
    // The right size half of the time, so that the reader goes on.
    if num_kept % 2 == 0 {
        rest.resize((num_words + num_words.div_ceil(64)) * 8, 0);
        rest.extend(note_bytes);
    }
    file.extend(rest);
    let path = std::env::temp_dir().join(format!("fuzz-{}.keep", std::process::id()));
    std::fs::write(&path, &file).expect("a temporary file");
    if let Ok(keep) = Keep::inspect(&path) {
        for index in 0..keep.num_documents() {
            keep.is_kept(index);
            keep.rank(index);
        }
        for place in 0..keep.num_kept() {
            if let Some(document) = keep.select(place) {
                assert!(document < keep.num_documents());
            }
        }
        let _ = keep.verify();
    }
});
