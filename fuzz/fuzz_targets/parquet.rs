//! A Parquet file with some bytes changed: the same in place and packed, or an error.
#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;

static INTACT: &[u8] = include_bytes!("../seeds/a.parquet");
static QUIET: Once = Once::new();

fuzz_target!(|edits: &[u8]| {
    // The library panics at some damaged files, which is caught; the fuzzer's own hook would end the process.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let file = spice_fuzz::edited(INTACT, edits);
    let outcome = std::panic::catch_unwind(|| {
        spice_fuzz::same_in_place_and_packed("a.parquet", &file);
    });
    if outcome.is_err() {
        std::process::abort();
    }
});
