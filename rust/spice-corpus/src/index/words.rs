//! Words as the index knows them: runs of letters and numbers, in lower case.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Longer words are left out: they are data, not words.
const MAX_WORD_BYTES: usize = 40;

/// Splits text into words. The same words as tantivy's default, found in one pass over the bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct WordTokenizer {
    token: Token,
}

/// The words of one text.
#[derive(Debug)]
pub(super) struct WordStream<'a> {
    text: &'a str,
    place: usize,
    token: &'a mut Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream {
            text,
            place: 0,
            token: &mut self.token,
        }
    }
}

impl WordStream<'_> {
    /// Where the run of characters ends that are all part of a word, or all not; those before `place` are known to be.
    #[inline]
    fn run(&self, mut place: usize, in_word: bool) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(place) {
            let (belongs, length) = if byte < 0x80 {
                (byte.is_ascii_alphanumeric(), 1)
            } else {
                let character = self.text[place..].chars().next().unwrap_or_default();
                (character.is_alphanumeric(), character.len_utf8())
            };
            if belongs != in_word {
                break;
            }
            place += length;
        }
        place
    }
}

impl TokenStream for WordStream<'_> {
    #[inline]
    fn advance(&mut self) -> bool {
        loop {
            let start = self.run(self.place, false);
            if start == self.text.len() {
                return false;
            }
            let end = self.run(start, true);
            self.place = end;
            // Words that are left out have a place all the same.
            self.token.position = self.token.position.wrapping_add(1);
            if end - start > MAX_WORD_BYTES {
                continue;
            }
            let word = &self.text[start..end];
            self.token.text.clear();
            if word.is_ascii() {
                self.token.text.push_str(word);
                self.token.text.make_ascii_lowercase();
            } else {
                let lower = word.chars().flat_map(char::to_lowercase);
                self.token.text.extend(lower);
            }
            (self.token.offset_from, self.token.offset_to) = (start, end);
            return true;
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The words of a text, with the range of each.
pub(super) fn words_of(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut tokenizer = WordTokenizer::default();
    let mut stream = tokenizer.token_stream(text);
    let mut words = Vec::new();
    stream.process(&mut |token| {
        words.push((token.text.clone(), token.offset_from..token.offset_to));
    });
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::tokenizer::{LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer};

    use super::*;

    proptest! {
        #[test]
        fn words_are_those_of_the_default_analyzer(
            pieces in proptest::collection::vec(prop_oneof!["[a-zA-Z0-9_ .]{0,9}", "\\PC{0,5}", "[a-z]{35,50}", "[éÉßİ日]{1,20}"], 0..9),
        ) {
            let text = pieces.concat();
            let mut default = TextAnalyzer::builder(SimpleTokenizer::default())
                // Its limit is exclusive.
                .filter(RemoveLongFilter::limit(MAX_WORD_BYTES + 1))
                .filter(LowerCaser)
                .build();
            let mut expected = Vec::new();
            default.token_stream(&text).process(&mut |token| expected.push(token.clone()));
            let mut found = Vec::new();
            WordTokenizer::default().token_stream(&text).process(&mut |token| found.push(token.clone()));
            prop_assert_eq!(found, expected);
        }
    }
}
