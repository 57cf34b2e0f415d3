//! Splits text into the words that byte-pair encoding works on, by hand instead of by regular expression.

use super::classes::{Class, Classes};

/// A pattern that is known by heart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// GPT-2's.
    Gpt2,
    /// That of cl100k and Llama 3 (at most three digits together), and of Qwen 2 to 3 (digits alone).
    Cl100k {
        /// Most digits in a word.
        max_digits: usize,
    },
}

/// GPT-2's pattern, which the `ByteLevel` pre-tokenizer applies by itself.
pub(super) const GPT2: &str =
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

impl Pattern {
    /// The pattern that a tokenizer file spells out, if it is a known one.
    pub(super) fn of(regex: &str) -> Option<Self> {
        match regex {
            GPT2 => Some(Self::Gpt2),
            LLAMA3 => Some(Self::Cl100k { max_digits: 3 }),
            QWEN2 => Some(Self::Cl100k { max_digits: 1 }),
            _ => None,
        }
    }
}

/// Finds words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Splitter {
    pattern: Pattern,
    classes: Classes,
}

impl Splitter {
    pub(super) fn new(pattern: Pattern) -> Self {
        Self {
            pattern,
            classes: Classes::get(),
        }
    }

    /// Where the word ends that begins at `start`, which is below the length. It depends on no byte before `start`.
    #[inline]
    pub(super) fn end(&self, text: &str, start: usize) -> usize {
        let Some((class, length)) = self.classes.at(text, start) else {
            return start;
        };
        if text.as_bytes()[start] == b'\'' {
            let end = self.contraction(text, start);
            if end > start {
                return end;
            }
        }
        let found = match self.pattern {
            Pattern::Gpt2 => self.gpt2_word(text, start, class, length),
            Pattern::Cl100k { max_digits } => {
                self.cl100k_word(text, start, class, length, max_digits)
            }
        };
        found.unwrap_or_else(|| self.white_space(text, start, class))
    }

    /// Whether the character that begins at `place` is white space.
    pub(super) fn is_blank(&self, text: &str, place: usize) -> bool {
        let class = self.classes.at(text, place).map(|(class, _)| class);
        matches!(class, Some(Class::Blank | Class::LineEnd))
    }

    /// Where the white space ends that begins at `start`; `start` itself if there is none.
    pub(super) fn blank_end(&self, text: &str, start: usize) -> usize {
        let mut place = start;
        while self.is_blank(text, place) {
            place = text.ceil_char_boundary(place + 1);
        }
        place
    }

    /// ` ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+`
    #[inline]
    fn gpt2_word(&self, text: &str, start: usize, class: Class, length: usize) -> Option<usize> {
        let (first, class) = if text.as_bytes()[start] == b' ' {
            (start + 1, self.classes.at(text, start + 1)?.0)
        } else {
            (start + length, class)
        };
        let is_word = !matches!(class, Class::Blank | Class::LineEnd);
        is_word.then(|| self.classes.run(text, first, class))
    }

    /// `[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,max_digits}| ?[^\s\p{L}\p{N}]+[\r\n]*`
    #[inline]
    fn cl100k_word(
        &self,
        text: &str,
        start: usize,
        class: Class,
        length: usize,
        max_digits: usize,
    ) -> Option<usize> {
        let next = start + length;
        match class {
            Class::Letter => return Some(self.classes.run(text, next, Class::Letter)),
            Class::Number => return Some(self.digits(text, next, max_digits - 1)),
            Class::LineEnd => return None,
            Class::Blank | Class::Other => {}
        }
        let after = self.classes.at(text, next).map(|(class, _)| class);
        let end = match (class, after) {
            (_, Some(Class::Letter)) => {
                return Some(self.classes.run(text, next, Class::Letter));
            }
            (Class::Other, _) => self.classes.run(text, next, Class::Other),
            (_, Some(Class::Other)) if text.as_bytes()[start] == b' ' => {
                self.classes.run(text, next, Class::Other)
            }
            _ => return None,
        };
        Some(self.classes.run(text, end, Class::LineEnd))
    }

    fn digits(&self, text: &str, mut place: usize, most: usize) -> usize {
        for _ in 0..most {
            match self.classes.at(text, place) {
                Some((Class::Number, length)) => place += length,
                _ => break,
            }
        }
        place
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d`, of any case but for GPT-2; `start` itself if there is none. The long s folds to s.
    fn contraction(&self, text: &str, start: usize) -> usize {
        let rest = &text.as_bytes()[start + 1..];
        let folds = self.pattern != Pattern::Gpt2;
        let letter = |place: usize| {
            let byte = rest.get(place).copied().unwrap_or(0);
            if folds {
                byte.to_ascii_lowercase()
            } else {
                byte
            }
        };
        match (letter(0), letter(1)) {
            (b's' | b't' | b'm' | b'd', _) => start + 2,
            (b'r' | b'v', b'e') | (b'l', b'l') => start + 3,
            _ if folds && rest.starts_with("ſ".as_bytes()) => start + 1 + 'ſ'.len_utf8(),
            _ => start,
        }
    }

    /// `\s+(?!\S)|\s+`, and before it, but for GPT-2, `\s*[\r\n]+`.
    fn white_space(&self, text: &str, start: usize, first: Class) -> usize {
        let (mut place, mut class) = (start, first);
        let (mut last_start, mut last_line_end) = (start, None);
        while matches!(class, Class::Blank | Class::LineEnd) {
            last_start = place;
            place += self.classes.at(text, place).map_or(0, |(_, length)| length);
            if class == Class::LineEnd {
                last_line_end = Some(place);
            }
            let Some((next, _)) = self.classes.at(text, place) else {
                break;
            };
            class = next;
        }
        match (self.pattern, last_line_end) {
            (Pattern::Cl100k { .. }, Some(end)) => end,
            // The last one belongs to the next word, unless it is alone or the text ends.
            _ if place < text.len() && last_start > start => last_start,
            _ => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    fn by_hand(pattern: Pattern, text: &str) -> Vec<&str> {
        let splitter = Splitter::new(pattern);
        let (mut words, mut start) = (Vec::new(), 0);
        while start < text.len() {
            let end = splitter.end(text, start);
            assert!(end > start, "no progress at {start} of {text:?}");
            words.push(&text[start..end]);
            start = end;
        }
        words
    }

    fn by_regex<'t>(regex: &onig::Regex, text: &'t str) -> Vec<&'t str> {
        regex
            .find_iter(text)
            .map(|(start, end)| &text[start..end])
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn words_are_those_of_the_regular_expressions(
            pieces in proptest::collection::vec(prop_oneof![
                "[a-zA-Z]{1,3}", "[0-9]{1,5}", "[ \t\r\n]{1,4}", "'[a-zA-Zſ]{0,3}", "[.,!?()'\"-]{1,3}",
                "[\u{85}\u{a0}\u{2028}\u{3000}\u{b}\u{c}]{1,2}", "[éßжתعहक日本語한글ÀǅʰªⅣ²½௧٣]{1,3}",
                "[\u{301}\u{200d}😀€。\u{feff}\u{e000}]{1,2}", "[\\PC\\pC]{1,2}",
            ], 0..24),
        ) {
            static REGEXES: LazyLock<[(Pattern, onig::Regex); 3]> = LazyLock::new(|| {
                [GPT2, LLAMA3, QWEN2].map(|regex| (Pattern::of(regex).unwrap(), onig::Regex::new(regex).unwrap()))
            });
            let text = pieces.concat();
            for (pattern, regex) in &*REGEXES {
                prop_assert_eq!(by_hand(*pattern, &text), by_regex(regex, &text), "{:?}", pattern);
            }
        }
    }
}
