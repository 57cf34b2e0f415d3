//! Reads a `tokenizer.json` that asks for nothing but byte-level byte-pair encoding.

use serde_json::Value;

use super::split::{GPT2, Pattern};

/// What a file says, if it says nothing that we do not do.
#[derive(Debug)]
pub(super) struct Vocabulary {
    pub pattern: Pattern,
    /// Text is brought into Unicode's normal form C first.
    pub needs_nfc: bool,
    /// Offsets of tokens leave out the spaces that they begin and end with.
    pub trims_offsets: bool,
    /// But for one space at the very beginning.
    pub keeps_first_space: bool,
    pub byte_ids: [u32; 256],
    /// (left, right, new) by rank.
    pub merges: Vec<(u32, u32, u32)>,
    /// Every token as bytes, where a word that is a token need not be merged; else empty.
    pub whole_words: Vec<(Vec<u8>, u32)>,
    /// Texts that are tokens wherever they stand.
    pub added: Vec<String>,
}

impl Vocabulary {
    /// None for a tokenizer of any other kind: it is left to the tokenizers library.
    pub(super) fn read(file: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(file).ok()?;
        let model = &json["model"];
        let is_plain = is_one_of(&model["type"], &["BPE"])
            && model["dropout"].is_null()
            && ["continuing_subword_prefix", "end_of_word_suffix"]
                .iter()
                .all(|name| model[name].is_null() || model[name] == "")
            && model["byte_fallback"] != true;
        let needs_nfc = match &json["normalizer"] {
            Value::Null => false,
            normalizer if is_one_of(&normalizer["type"], &["NFC"]) => true,
            _ => return None,
        };
        let pattern = pattern_of(&json["pre_tokenizer"]).filter(|_| is_plain)?;
        let ids = model["vocab"].as_object()?;
        let id = |token: &str| ids.get(token)?.as_u64()?.try_into().ok();
        let mut byte_ids = [0; 256];
        for (byte, slot) in (0..=255_u8).zip(&mut byte_ids) {
            *slot = id(character_of(byte).encode_utf8(&mut [0; 4]))?;
        }
        let merges = model["merges"].as_array()?.iter().map(|merge| {
            let (left, right) = match merge {
                Value::String(pair) => pair.split_once(' ')?,
                pair => (pair[0].as_str()?, pair[1].as_str()?),
            };
            Some((id(left)?, id(right)?, id(&format!("{left}{right}"))?))
        });
        let whole_words = if model["ignore_merges"] == true {
            ids.iter()
                .filter_map(|(token, _)| Some((bytes_of(token)?, id(token)?)))
                .collect()
        } else {
            Vec::new()
        };
        let trimming = trimming(&json["post_processor"]);
        let added = json["added_tokens"].as_array().into_iter().flatten();
        Some(Self {
            pattern,
            needs_nfc,
            trims_offsets: trimming.is_some(),
            keeps_first_space: trimming == Some(true),
            byte_ids,
            merges: merges.collect::<Option<_>>()?,
            whole_words,
            added: added
                .map(|token| token["content"].as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        })
    }
}

fn is_one_of(value: &Value, names: &[&str]) -> bool {
    value.as_str().is_some_and(|name| names.contains(&name))
}

/// `ByteLevel` alone, or behind a `Split` whose pattern is known.
fn pattern_of(pre_tokenizer: &Value) -> Option<Pattern> {
    let splits_by_itself = |step: &Value| {
        let is_byte_level =
            is_one_of(&step["type"], &["ByteLevel"]) && step["add_prefix_space"] == false;
        is_byte_level.then(|| step["use_regex"] != false)
    };
    if let Some(splits) = splits_by_itself(pre_tokenizer) {
        return Pattern::of(GPT2).filter(|_| splits);
    }
    let [split, byte_level] = pre_tokenizer["pretokenizers"].as_array()?.as_slice() else {
        return None;
    };
    let is_split = is_one_of(&split["type"], &["Split"])
        && split["invert"] == false
        && is_one_of(&split["behavior"], &["Isolated"]);
    if !is_split || splits_by_itself(byte_level)? {
        return None;
    }
    Pattern::of(split["pattern"]["Regex"].as_str()?)
}

/// Whether offsets of tokens leave out spaces, and then, whether the first one is kept.
fn trimming(post_processor: &Value) -> Option<bool> {
    let steps = post_processor["processors"].as_array();
    let mut steps = steps
        .map_or(std::slice::from_ref(post_processor), Vec::as_slice)
        .iter();
    let step = steps
        .find(|step| is_one_of(&step["type"], &["ByteLevel"]) && step["trim_offsets"] != false)?;
    Some(step["add_prefix_space"] != false)
}

/// How a vocabulary writes a byte: as itself where that prints, else as one of the characters from U+0100 on.
fn character_of(byte: u8) -> char {
    let prints = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    if prints(byte) {
        return char::from(byte);
    }
    let number = (0..byte).filter(|&other| !prints(other)).count();
    char::from_u32(0x100 + number as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// None for a token that is not spelt in such characters, such as a special one.
fn bytes_of(token: &str) -> Option<Vec<u8>> {
    let byte_of = |character| (0..=255).find(|&byte| character_of(byte) == character);
    token.chars().map(byte_of).collect()
}
