//! Whatever the text and the limit, chunks follow each other, keep the limit, and end between characters.
#![no_main]

use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use spice_corpus::{ChunkSize, Chunks};

static GO_ON: AtomicBool = AtomicBool::new(false);

fuzz_target!(|input: (&str, u8)| {
    let (text, most) = input;
    let most = u64::from(most).max(4);
    for size in [ChunkSize::Bytes(most), ChunkSize::Characters(most)] {
        let chunks = Chunks::of_texts(&[text], &size, Some(1), &GO_ON).expect("a limit that holds any character");
        let mut place = 0;
        for (&start, &end) in chunks.starts.iter().zip(&chunks.ends) {
            assert_eq!(start, place);
            // Slicing panics inside a character.
            let chunk = &text[start as usize..end as usize];
            let length = match size {
                ChunkSize::Bytes(_) => chunk.len(),
                _ => chunk.chars().count(),
            };
            assert!(0 < length && length as u64 <= most);
            place = end;
        }
        assert_eq!(place, text.len() as u64);
    }
});
