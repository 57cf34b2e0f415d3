//! Tokenizers for tests: a byte-level one that splits characters, and one of whole words.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use spice_corpus::{Budget, TokenBudget};

/// Which tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// GPT-2's way: one token a byte but for some merges; characters beyond ASCII have several tokens.
    Bytes,
    /// Words between white space; white space has no token.
    Words,
}

/// The file of a tokenizer; it also asks for truncation and padding, which must not count.
pub(crate) fn write_tokenizer(folder: &Path, kind: Kind) -> PathBuf {
    let (model, pre_tokenizer) = match kind {
        Kind::Bytes => (
            byte_model(),
            json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true }),
        ),
        Kind::Words => (
            json!({ "type": "WordLevel", "vocab": { "?": 0, "the": 1 }, "unk_token": "?" }),
            json!({ "type": "WhitespaceSplit" }),
        ),
    };
    let post = match kind {
        Kind::Bytes => {
            json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true })
        }
        Kind::Words => Value::Null,
    };
    let tokenizer = json!({
        "version": "1.0",
        "truncation": { "direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0 },
        "padding": {
            "strategy": { "Fixed": 100 }, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "?",
        },
        "added_tokens": [],
        "normalizer": null,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": post,
        "decoder": null,
        "model": model,
    });
    let path = folder.join(format!("{kind:?}.json"));
    fs::write(&path, tokenizer.to_string()).unwrap();
    path
}

pub(crate) fn budget(folder: &Path, kind: Kind, max_tokens: u32) -> Budget {
    Budget::Tokens(TokenBudget::open(&write_tokenizer(folder, kind), max_tokens).unwrap())
}

fn byte_model() -> Value {
    let mut vocabulary = Map::new();
    // Bytes that print stand for themselves, the others for the characters from U+0100 on.
    let mut next = 0x100;
    for byte in 0..=255_u8 {
        let prints = matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
        let character = if prints {
            char::from(byte)
        } else {
            next += 1;
            char::from_u32(next - 1).unwrap()
        };
        vocabulary.insert(character.to_string(), json!(byte));
    }
    let merges = [
        ("t", "h"),
        ("th", "e"),
        ("Ġ", "a"),
        ("o", "n"),
        ("r", "i"),
        ("Ċ", "Ċ"),
    ];
    for (left, right) in merges {
        vocabulary.insert(format!("{left}{right}"), json!(vocabulary.len()));
    }
    let merges: Vec<_> = merges.map(|(left, right)| json!([left, right])).to_vec();
    json!({ "type": "BPE", "vocab": vocabulary, "merges": merges, "ignore_merges": false })
}
