//! Chunks of at most so many tokens: every word is encoded once, however often chunks are cut back.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;

use super::{CHUNKS_BETWEEN_CHECKS, Chunks};
use crate::boundary::last_quarter_boundary;
use crate::bpe::{BytePairs, Memory};
use crate::error::CorpusError;
use crate::progress::check;
use crate::tokens::TokenBudget;

/// Bytes of text looked at for each token of the limit: first this many, then twice as many, and so on. English has four.
const BYTES_PER_TOKEN: usize = 6;
/// How much text must follow the cut in what was looked at: tokens depend on what comes behind them, within a word.
const MARGIN: usize = 128;

/// Cuts a document.
///
/// # Errors
/// The tokenizer cannot encode it, a character has more tokens than a chunk may have, or `stop` was set.
pub(super) fn cut(
    document: u64,
    text: &str,
    budget: &TokenBudget,
    chunks: &mut Chunks,
    stop: &AtomicBool,
) -> Result<(), CorpusError> {
    if let Some(encoder) = budget.counter.byte_pairs(text) {
        let mut words = Words::new(encoder, text);
        let cutter = |start| Ok(words.next_chunk(start, budget.max_tokens));
        fill(chunks, document, text, budget, stop, cutter)?;
        words.finish();
    } else {
        let cutter = |start| next_chunk(text, start, budget);
        fill(chunks, document, text, budget, stop, cutter)?;
    }
    Ok(())
}

/// Chunks from `next`, which gives the end and number of tokens of the chunk that begins at a place.
fn fill(
    chunks: &mut Chunks,
    document: u64,
    text: &str,
    budget: &TokenBudget,
    stop: &AtomicBool,
    mut next: impl FnMut(usize) -> Result<(usize, usize), CorpusError>,
) -> Result<(), CorpusError> {
    let (mut start, mut num_cut) = (0, 0_usize);
    while start < text.len() {
        if num_cut.is_multiple_of(CHUNKS_BETWEEN_CHECKS) {
            check(stop)?;
        }
        num_cut += 1;
        let (end, num_tokens) = next(start)?;
        if end == start {
            return Err(CorpusError::Argument {
                name: "max_tokens",
                found: format!(
                    "{}, and the character at byte {start} of document {document} has more",
                    budget.max_tokens
                ),
                expected: "at least the tokens of one character",
            });
        }
        chunks.push(document, start, end);
        chunks.num_tokens.push(num_tokens as u32);
        start = end;
    }
    Ok(())
}

/// End and number of tokens of the chunk at `start`, by any tokenizer: a window of the rest is encoded, and what was cut
/// off is encoded again alone, since it is that which must keep the limit.
fn next_chunk(
    text: &str,
    start: usize,
    budget: &TokenBudget,
) -> Result<(usize, usize), CorpusError> {
    let rest = &text[start..];
    let mut window = budget.max_tokens.saturating_mul(BYTES_PER_TOKEN);
    let mut hard_end = loop {
        let looked_at = &rest[..rest.floor_char_boundary(window.saturating_add(MARGIN))];
        match budget.measure(looked_at)? {
            (_, Some(place)) if place <= window || looked_at.len() == rest.len() => break place,
            (num_tokens, None) if looked_at.len() == rest.len() => {
                return Ok((text.len(), num_tokens));
            }
            _ => window = window.saturating_mul(2),
        }
    };
    loop {
        let end = last_quarter_boundary(rest, 0, hard_end);
        let (num_tokens, place) = budget.measure(&rest[..end])?;
        match place {
            None => return Ok((start + end, num_tokens)),
            // Always shorter than before, whatever offsets the tokenizer gives.
            Some(place) => hard_end = place.min(rest.floor_char_boundary(end - 1)),
        }
    }
}

/// A word of a document: its first byte, the one past its last, its tokens, and those of the chunk's words before it.
#[derive(Debug, Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    num_tokens: usize,
    num_before: usize,
}

/// Chunks of a document that the fast encoder takes.
struct Words<'t> {
    encoder: &'t BytePairs,
    memory: Memory,
    text: &'t str,
    /// Words of the chunk in hand.
    chunk: Vec<Word>,
    /// Words behind it that were looked at already. A chunk that begins inside a word has words of its own at first; from
    /// the first place on where one of the document begins as well, they are the same.
    ahead: VecDeque<Word>,
}

impl<'t> Words<'t> {
    fn new(encoder: &'t BytePairs, text: &'t str) -> Self {
        Self {
            encoder,
            memory: encoder.memory(),
            text,
            chunk: Vec::new(),
            ahead: VecDeque::new(),
        }
    }

    fn finish(self) {
        self.encoder.keep(self.memory);
    }

    /// The same as the function of this name: words are counted until they are too many, and of what was cut off only the
    /// last word is encoded again.
    fn next_chunk(&mut self, start: usize, max_tokens: usize) -> (usize, usize) {
        let mut window = max_tokens.saturating_mul(BYTES_PER_TOKEN);
        let mut hard_end = loop {
            let text = self.text;
            let reach = start.saturating_add(window).saturating_add(MARGIN);
            let looked_at = &text[..text.floor_char_boundary(reach)];
            let is_whole = looked_at.len() == text.len();
            match self.walk(looked_at, start, max_tokens) {
                Ok(place) if place - start <= window || is_whole => break place,
                Err(num_tokens) if is_whole => return (text.len(), num_tokens),
                _ => window = window.saturating_mul(2),
            }
        };
        loop {
            let end = last_quarter_boundary(self.text, start, hard_end);
            let num_tokens = self.count(start, end);
            if num_tokens <= max_tokens {
                while let Some(word) = self.chunk.pop_if(|word| word.start >= end) {
                    self.ahead.push_front(word);
                }
                return (end, num_tokens);
            }
            let chunk = &self.text[start..end];
            let place = self.encoder.measure(chunk, max_tokens, &mut self.memory).1;
            // Always shorter than before.
            let place = place.map_or(end, |place| start + place);
            hard_end = place.min(self.text.floor_char_boundary(end - 1));
        }
    }

    /// Where to cut the text behind `start` before it has more than `max_tokens` tokens; if it has not, their number.
    fn walk(&mut self, text: &str, start: usize, max_tokens: usize) -> Result<usize, usize> {
        while let Some(word) = self.chunk.pop_if(|word| word.start >= start) {
            self.ahead.push_front(word);
        }
        self.chunk.clear();
        let (mut place, mut count) = (start, 0);
        let mut before = (start, start);
        while place < text.len() {
            let word = Word {
                num_before: count,
                ..self.word(text, place)
            };
            // A word that may go on behind the end of what is looked at is not one of the document.
            if self.is_final(text, word.end) {
                self.chunk.push(word);
            }
            if count + word.num_tokens > max_tokens {
                let own = |(from, to): (usize, usize)| (from - start, to - start);
                let word = own((word.start, word.end));
                let number = max_tokens - count;
                let memory = &mut self.memory;
                let rest = &text[start..];
                let place = self
                    .encoder
                    .place_in_word(rest, word, number, own(before), memory);
                return Ok(start + place);
            }
            count += word.num_tokens;
            before = (word.start, word.end);
            place = word.end;
        }
        Err(count)
    }

    /// The word that begins at a place.
    fn word(&mut self, text: &str, place: usize) -> Word {
        while let Some(word) = self.ahead.pop_front_if(|word| word.start <= place) {
            if word.start == place && word.end <= text.len() {
                return word;
            }
        }
        let end = self.encoder.word_end(text, place);
        let num_tokens = self.encoder.count_word(text, place, end, &mut self.memory);
        Word {
            start: place,
            end,
            num_tokens: num_tokens as usize,
            num_before: 0,
        }
    }

    /// Whether a word that ends at `end` would do so, whatever follows `text` in the document.
    fn is_final(&self, text: &str, end: usize) -> bool {
        if text.len() == self.text.len() {
            return true;
        }
        // White space is divided by what comes behind all of it; other words by the next three bytes at most.
        let end = if self.encoder.is_blank_before(text, end) {
            self.encoder.blank_end(text, end)
        } else {
            end
        };
        end + 4 <= text.len()
    }

    /// Tokens of a piece of the document alone. Its words are those of the document but for the last ones: white space is
    /// divided by what comes behind it.
    fn count(&mut self, start: usize, end: usize) -> usize {
        let num_words = self.chunk.partition_point(|word| word.end <= end);
        let words = self.chunk[..num_words].iter().rev();
        let mut solid = words.filter(|word| !self.encoder.is_blank_before(self.text, word.end));
        let (place, count) = solid.next().map_or((start, 0), |word| {
            (word.end, word.num_before + word.num_tokens)
        });
        let rest = &self.text[place..end];
        count + self.encoder.count(rest, &mut self.memory)
    }
}
