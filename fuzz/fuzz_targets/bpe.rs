//! Whatever the text, its tokens are those of the tokenizers library, and chunks of tokens keep their limit.
#![no_main]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use spice_corpus::{ChunkSize, Chunks, TokenBudget, TokenCounter};
use tokenizers::Tokenizer;

static GO_ON: AtomicBool = AtomicBool::new(false);
const MAX_TOKENS: u32 = 12;

/// One tokenizer, opened by us and by the library.
static PAIR: LazyLock<(Arc<TokenCounter>, Tokenizer)> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("spice-fuzz-{}.json", std::process::id()));
    std::fs::write(&path, tokenizer()).expect("a writable temporary folder");
    let counter = TokenCounter::open(&path).expect("a tokenizer");
    let library = Tokenizer::from_file(&path).expect("a tokenizer");
    std::fs::remove_file(&path).expect("our file");
    assert!(counter.is_fast());
    (Arc::new(counter), library)
});

/// Llama 3's pattern over all bytes and some merges.
fn tokenizer() -> String {
    let mut vocabulary = BTreeMap::new();
    let mut next = 0x100;
    for byte in 0..=255_u8 {
        let character = if matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF) {
            char::from(byte)
        } else {
            next += 1;
            char::from_u32(next - 1).expect("below U+0200")
        };
        vocabulary.insert(character.to_string(), u32::from(byte));
    }
    let merges = ["a a", "aa a", "b c", "a b", "c d", "Ġ Ġ", "ĠĠ Ġ", "Ċ Ċ", "ĉ ĉ", "Ġ a", "1 2", "' s", ". Ċ"];
    for merge in merges {
        let id = vocabulary.len() as u32;
        vocabulary.insert(merge.replace(' ', ""), id);
    }
    let pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
            { "type": "Split", "pattern": { "Regex": pattern }, "behavior": "Isolated", "invert": false },
            { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false },
        ] },
        "post_processor": null, "decoder": null,
        "model": { "type": "BPE", "vocab": vocabulary, "merges": merges, "ignore_merges": false },
    })
    .to_string()
}

fuzz_target!(|text: &str| {
    let (counter, library) = &*PAIR;
    let expected = library.encode_fast(text, false).expect("any text");
    assert_eq!(counter.encode(text).expect("any text"), expected.get_ids());
    let size = ChunkSize::Tokens(TokenBudget::new(Arc::clone(counter), MAX_TOKENS));
    let chunks = Chunks::of_texts(&[text], &size, Some(1), &GO_ON).expect("a limit that holds any character");
    let mut place = 0;
    for (row, (&start, &end)) in chunks.starts.iter().zip(&chunks.ends).enumerate() {
        assert_eq!(start, place);
        let chunk = &text[start as usize..end as usize];
        let count = library.encode_fast(chunk, false).expect("any text").len();
        assert_eq!(count as u32, chunks.num_tokens[row]);
        assert!(0 < count && count <= MAX_TOKENS as usize);
        place = end;
    }
    assert_eq!(place, text.len() as u64);
});
