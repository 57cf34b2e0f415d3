//! The exact cut: from a slot's nominal start to a passage of at most so many tokens or bytes.

use crate::boundary::{first_boundary, last_quarter_boundary};
use crate::error::CorpusError;
use crate::tokens::TokenBudget;

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
            let end =
                last_quarter_boundary(text, start, text.floor_char_boundary(hard_end as usize));
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
        let end = last_quarter_boundary(text, start, hard_end);
        let (num_tokens, place) = budget.measure(&text[start..end])?;
        match place {
            None => return Ok((end, num_tokens)),
            // Always shorter than before, whatever offsets the tokenizer gives.
            Some(place) => hard_end = (start + place).min(text.floor_char_boundary(end - 1)),
        }
    }
}
