//! The exact cut: from a slot's nominal start to a passage of at most so many tokens or bytes.

use std::fs;
use std::path::Path;

use tokenizers::Tokenizer;
use xxhash_rust::xxh3::xxh3_128;

use super::boundary::{first_boundary, last_boundary};
use crate::error::CorpusError;

/// How long a passage may be.
#[derive(Debug)]
pub enum Budget {
    /// At most so many tokens of a tokenizer.
    Tokens(TokenBudget),
    /// At most so many bytes of UTF-8.
    Bytes(u64),
}

impl Budget {
    /// Every document is one passage, whatever its length.
    pub const WHOLE_DOCUMENTS: Self = Self::Bytes(u64::MAX);
}

/// A number of tokens, and the tokenizer that counts them.
#[derive(Debug)]
pub struct TokenBudget {
    tokenizer: Box<Tokenizer>,
    path: std::path::PathBuf,
    /// xxh3-128 of the tokenizer file.
    pub(super) file_hash: u128,
    /// Most tokens of a passage.
    pub(super) max_tokens: usize,
}

impl TokenBudget {
    /// Reads a `tokenizer.json`. Truncation and padding that it may ask for are switched off: they would hide tokens.
    ///
    /// # Errors
    /// The file is missing or no tokenizer.
    pub fn open(path: &Path, max_tokens: u32) -> Result<Self, CorpusError> {
        let unusable = |reason: String| CorpusError::Tokenizer {
            path: path.to_owned(),
            reason,
        };
        let file = fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => CorpusError::Missing {
                path: path.to_owned(),
            },
            _ => unusable(error.to_string()),
        })?;
        let mut tokenizer =
            Tokenizer::from_bytes(&file).map_err(|error| unusable(error.to_string()))?;
        tokenizer
            .with_truncation(None)
            .map_err(|error| unusable(error.to_string()))?;
        tokenizer.with_padding(None);
        Ok(Self {
            tokenizer: Box::new(tokenizer),
            path: path.to_owned(),
            file_hash: xxh3_128(&file),
            max_tokens: max_tokens as usize,
        })
    }

    /// Number of tokens of a text alone, without special tokens around it.
    ///
    /// # Errors
    /// The tokenizer cannot encode it.
    pub fn count(&self, text: &str) -> Result<usize, CorpusError> {
        let encoding = self.tokenizer.encode_fast(text, false);
        Ok(encoding.map_err(|error| self.failed(&error))?.len())
    }

    /// Number of tokens, and a byte behind which token `max_tokens` and later ones lie (none if there are no such tokens).
    fn measure(&self, text: &str) -> Result<(usize, Option<usize>), CorpusError> {
        let encoding = self
            .tokenizer
            .encode(text, false)
            .map_err(|error| self.failed(&error))?;
        let offsets = encoding.get_offsets();
        let place = offsets.get(self.max_tokens).map(|beyond| {
            // The first token too many may begin before the last one allowed ends: inside one character.
            let last_end = self
                .max_tokens
                .checked_sub(1)
                .map_or(0, |last| offsets[last].1);
            // Before the last character at the latest: a tokenizer may place tokens at the end that are of no text.
            text.floor_char_boundary(beyond.0.min(last_end).min(text.len().saturating_sub(1)))
        });
        Ok((encoding.len(), place))
    }

    fn failed(&self, error: &tokenizers::Error) -> CorpusError {
        CorpusError::Tokenizer {
            path: self.path.clone(),
            reason: format!("cannot encode: {error}"),
        }
    }
}

/// Where a passage begins: the best boundary in the first quarter of a slot behind its nominal start. A nominal start of
/// 0 stays.
pub(super) fn passage_start(text: &str, nominal: usize, slot_bytes: u64) -> usize {
    if nominal == 0 || nominal >= text.len() {
        return nominal.min(text.len());
    }
    let last = nominal as u64 + slot_bytes / 4;
    first_boundary(text, nominal, last.min(text.len() as u64 - 1) as usize)
}

/// Where a passage that begins at `start` ends, and its length in the unit of the budget: at the end of the document if that
/// is within the budget, else at the best boundary in the last quarter of what is.
///
/// Only a window of the text is tokenised: one and a quarter slots, doubled until it holds more than the budget. The count
/// of the passage's own text decides: where cutting changed the tokens so that they are too many, it is cut again. A
/// character that alone has more tokens than the budget gives an empty passage.
///
/// # Errors
/// The tokenizer cannot encode the text.
pub(super) fn passage_end(
    text: &str,
    start: usize,
    budget: &Budget,
    slot_bytes: u64,
) -> Result<(usize, usize), CorpusError> {
    let budget = match budget {
        Budget::Bytes(max_bytes) => {
            let hard_end = (start as u64).saturating_add(*max_bytes);
            if hard_end >= text.len() as u64 {
                return Ok((text.len(), text.len() - start));
            }
            let end = snap_back(text, start, text.floor_char_boundary(hard_end as usize));
            return Ok((end, end - start));
        }
        Budget::Tokens(budget) => budget,
    };
    let mut window = slot_bytes + slot_bytes / 4 + 64;
    let mut hard_end = loop {
        let window_end = (start as u64 + window).min(text.len() as u64) as usize;
        let window_end = text.floor_char_boundary(window_end);
        match budget.measure(&text[start..window_end])? {
            (_, Some(place)) => break start + place,
            (num_tokens, None) if window_end == text.len() => return Ok((window_end, num_tokens)),
            (_, None) => window *= 2,
        }
    };
    loop {
        let end = snap_back(text, start, hard_end);
        let (num_tokens, place) = budget.measure(&text[start..end])?;
        match place {
            None => return Ok((end, num_tokens)),
            // Always shorter than before, whatever offsets the tokenizer gives.
            Some(place) => hard_end = (start + place).min(text.floor_char_boundary(end - 1)),
        }
    }
}

fn snap_back(text: &str, start: usize, hard_end: usize) -> usize {
    let first = start + (hard_end - start) / 4 * 3 + 1;
    if first > hard_end {
        hard_end
    } else {
        last_boundary(text, first, hard_end)
    }
}
