//! Whatever a file of lines holds, its documents are the same in place and packed, and can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| spice_fuzz::same_in_place_and_packed("a.jsonl", bytes));
