//! Byte-level byte-pair encoding (the tokenizers of GPT-2, Llama 3, Qwen 2 to 3 and their kin), some twenty times as fast
//! as the general library and with the same tokens: words are found by hand instead of by regular expression, and how
//! many tokens a word has is remembered.

mod classes;
mod counts;
mod merge;
mod split;
mod vocabulary;

#[expect(clippy::disallowed_types, reason = "looked up, never iterated")]
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aho_corasick::AhoCorasick;
use counts::Counts;
use merge::{Merges, Part, merge};
use split::Splitter;
use unicode_normalization::is_nfc;
use vocabulary::Vocabulary;

/// Counts the tokens of texts, and names them.
#[derive(Debug)]
pub struct BytePairs {
    splitter: Splitter,
    needs_nfc: bool,
    trims_offsets: bool,
    keeps_first_space: bool,
    byte_ids: Box<[u32; 256]>,
    merges: Merges,
    #[expect(clippy::disallowed_types, reason = "looked up, never iterated")]
    whole_words: HashMap<Vec<u8>, u32>,
    added: Option<AhoCorasick>,
    /// What calls that ended have remembered, for calls to come.
    memories: Mutex<Vec<Memory>>,
}

/// What one thread remembers between words.
#[derive(Debug)]
pub(crate) struct Memory {
    counts: Counts,
    parts: Vec<Part>,
}

impl BytePairs {
    /// Reads a `tokenizer.json`. None for one that is not of this kind, or asks for something beside it (another
    /// pattern, a prefix space, dropout): use the tokenizers library then.
    pub fn read(file: &[u8]) -> Option<Self> {
        let vocabulary = Vocabulary::read(file)?;
        let added = match vocabulary.added.as_slice() {
            [] => None,
            added => Some(AhoCorasick::new(added).ok()?),
        };
        Some(Self {
            splitter: Splitter::new(vocabulary.pattern),
            needs_nfc: vocabulary.needs_nfc,
            trims_offsets: vocabulary.trims_offsets,
            keeps_first_space: vocabulary.keeps_first_space,
            byte_ids: Box::new(vocabulary.byte_ids),
            merges: Merges::new(&vocabulary.merges),
            whole_words: vocabulary.whole_words.into_iter().collect(),
            added,
            memories: Mutex::default(),
        })
    }

    /// Whether a text is one that this encoder knows: in normal form where the tokenizer wants that, and without any text
    /// that is a token of its own, such as `<|endoftext|>`. Then so is every part of it.
    pub fn takes(&self, text: &str) -> bool {
        let is_normal = !self.needs_nfc || text.is_ascii() || is_nfc(text);
        is_normal
            && !self
                .added
                .as_ref()
                .is_some_and(|added| added.is_match(text))
    }

    /// The tokens of a text; none for a text that [`BytePairs::takes`] not.
    pub fn encode(&self, text: &str) -> Option<Vec<u32>> {
        if !self.takes(text) {
            return None;
        }
        let mut memory = self.memory();
        let (mut ids, mut start) = (Vec::with_capacity(text.len() / 3), 0);
        while start < text.len() {
            let end = self.splitter.end(text, start);
            self.parts(&text.as_bytes()[start..end], &mut memory.parts);
            ids.extend(memory.parts.iter().map(|part| part.id));
            start = end;
        }
        self.keep(memory);
        Some(ids)
    }

    /// Where the word ends that begins at `start`, which is below the length; no byte before it matters.
    #[inline]
    pub(crate) fn word_end(&self, text: &str, start: usize) -> usize {
        self.splitter.end(text, start)
    }

    /// Whether white space stands before a place, which is not 0.
    #[inline]
    pub(crate) fn is_blank_before(&self, text: &str, place: usize) -> bool {
        let start = text.floor_char_boundary(place - 1);
        self.splitter.is_blank(text, start)
    }

    /// Where the white space ends that begins at `start`; `start` itself if there is none.
    #[inline]
    pub(crate) fn blank_end(&self, text: &str, start: usize) -> usize {
        self.splitter.blank_end(text, start)
    }

    /// Tokens of one word.
    #[inline]
    pub(crate) fn count_word(
        &self,
        text: &str,
        start: usize,
        end: usize,
        memory: &mut Memory,
    ) -> u32 {
        let Memory { counts, parts } = memory;
        counts.get(text.as_bytes(), start, end, |word| {
            self.parts(word, parts);
            parts.len() as u32
        })
    }

    /// Tokens of a text that this encoder [`BytePairs::takes`].
    pub(crate) fn count(&self, text: &str, memory: &mut Memory) -> usize {
        let (mut count, mut start) = (0, 0);
        while start < text.len() {
            let end = self.word_end(text, start);
            count += self.count_word(text, start, end, memory) as usize;
            start = end;
        }
        count
    }

    /// Tokens of a text that this encoder [`BytePairs::takes`], and where to cut it so that at most `max_tokens` are left
    /// (none if they are not more), by the rule of [`hard_end`].
    pub(crate) fn measure(
        &self,
        text: &str,
        max_tokens: usize,
        memory: &mut Memory,
    ) -> (usize, Option<usize>) {
        let (mut count, mut start) = (0, 0);
        let (mut place, mut before) = (None, (0, 0));
        while start < text.len() {
            let word = (start, self.word_end(text, start));
            let num_tokens = self.count_word(text, start, word.1, memory) as usize;
            if place.is_none() && count + num_tokens > max_tokens {
                place = Some(self.place_in_word(text, word, max_tokens - count, before, memory));
            }
            count += num_tokens;
            (start, before) = (word.1, word);
        }
        (count, place)
    }

    /// Where to cut a text before token `number` (counted from 0) of the word `start..end`, by the rule of [`hard_end`];
    /// `before` is the word before.
    pub(crate) fn place_in_word(
        &self,
        text: &str,
        word: (usize, usize),
        number: usize,
        before: (usize, usize),
        memory: &mut Memory,
    ) -> usize {
        let beyond = self.token_range(text, word, number, memory);
        let last = if number > 0 {
            self.token_range(text, word, number - 1, memory)
        } else {
            self.token_range(text, before, usize::MAX, memory)
        };
        hard_end(text, beyond.0, last.1)
    }

    /// Range of token `number` of a word, or of its last one: as the tokenizers library gives it, of whole characters and,
    /// if the tokenizer asks for that, without spaces. An empty word has no tokens; 0 stands for them.
    fn token_range(
        &self,
        text: &str,
        (start, end): (usize, usize),
        number: usize,
        memory: &mut Memory,
    ) -> (usize, usize) {
        if start == end {
            return (0, 0);
        }
        self.parts(&text.as_bytes()[start..end], &mut memory.parts);
        let number = number.min(memory.parts.len() - 1);
        let first = start + memory.parts[number].start as usize;
        let next = memory.parts.get(number + 1);
        let last = next.map_or(end, |part| start + part.start as usize);
        let (mut from, mut to) = (
            text.floor_char_boundary(first),
            text.ceil_char_boundary(last),
        );
        if self.trims_offsets {
            let token = &text.as_bytes()[first..last];
            let is_space = |byte: &&u8| **byte == b' ';
            let leading = token.iter().take_while(is_space).count();
            let trailing = token.iter().rev().take_while(is_space).count();
            if !(self.keeps_first_space && first == 0 && leading == 1) {
                from = (from + leading).min(to);
            }
            to = to.saturating_sub(trailing).max(from);
        }
        (from, to)
    }

    fn parts(&self, word: &[u8], parts: &mut Vec<Part>) {
        if let Some(&id) = self.whole_words.get(word) {
            parts.clear();
            parts.push(Part::whole(id));
        } else {
            merge(word, &self.byte_ids, &self.merges, parts);
        }
    }

    /// What an ended call has remembered, or nothing yet.
    pub(crate) fn memory(&self) -> Memory {
        let mut memories = self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        memories.pop().unwrap_or_else(|| Memory {
            counts: Counts::new(),
            parts: Vec::new(),
        })
    }

    /// For calls to come.
    pub(crate) fn keep(&self, memory: Memory) {
        self.memories
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(memory);
    }
}

/// Where to cut a text to lose a token and all behind it: where it begins, or where the last one before it ends, whichever
/// is first, since a token may begin inside the character that another ends in. Before the last character at the latest:
/// a tokenizer may place tokens at the end that are of no text.
pub(crate) fn hard_end(text: &str, beyond_start: usize, last_end: usize) -> usize {
    let place = beyond_start.min(last_end).min(text.len().saturating_sub(1));
    text.floor_char_boundary(place)
}
