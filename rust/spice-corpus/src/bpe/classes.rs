//! What a character is to the patterns that split text into words.

use std::sync::LazyLock;

/// Classes that the known patterns tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `\p{L}`
    Letter,
    /// `\p{N}`
    Number,
    /// `[\r\n]`
    LineEnd,
    /// The rest of `\s`
    Blank,
    /// `[^\s\p{L}\p{N}]`
    Other,
}

/// Characters from here on have no class but [`Class::Other`] (a test asks the engine about each of them).
const TABLE_LENGTH: usize = 0x40000;

/// Class of every character below [`TABLE_LENGTH`], asked once of the engine that the tokenizers library splits with: its
/// version of Unicode is the one that counts.
static TABLE: LazyLock<Box<[Class]>> = LazyLock::new(|| {
    let characters: Vec<char> = (0..TABLE_LENGTH as u32)
        .filter_map(char::from_u32)
        .collect();
    let text: String = characters.iter().collect();
    let mut table = vec![Class::Other; TABLE_LENGTH];
    for (pattern, class) in [
        (r"\p{L}+", Class::Letter),
        (r"\p{N}+", Class::Number),
        (r"\s+", Class::Blank),
        (r"[\r\n]+", Class::LineEnd),
    ] {
        for character in matched(pattern, &text) {
            table[character as usize] = class;
        }
    }
    table.into()
});

#[expect(
    clippy::expect_used,
    reason = "the four patterns above are all it is called with"
)]
fn matched<'t>(pattern: &str, text: &'t str) -> impl Iterator<Item = char> + 't {
    let regex = onig::Regex::new(pattern).expect("a pattern of ours");
    let ranges: Vec<_> = regex.find_iter(text).collect();
    ranges
        .into_iter()
        .flat_map(|(start, end)| text[start..end].chars())
}

/// The table, so that a loop asks for it once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classes(&'static [Class]);

impl Classes {
    /// Takes some milliseconds the first time in a process.
    pub(super) fn get() -> Self {
        Self(&TABLE)
    }

    /// Class and bytes of the character that begins at `place`; none at the end of the text.
    #[inline]
    pub(super) fn at(self, text: &str, place: usize) -> Option<(Class, usize)> {
        let first = *text.as_bytes().get(place)?;
        if first < 0x80 {
            return Some((self.0[usize::from(first)], 1));
        }
        let character = text[place..].chars().next()?;
        let class = self.0.get(character as usize).copied();
        Some((class.unwrap_or(Class::Other), character.len_utf8()))
    }

    /// Where the run of characters of one class ends that `place` lies in; `place` itself if it is of another.
    #[inline]
    pub(super) fn run(self, text: &str, mut place: usize, class: Class) -> usize {
        while let Some((found, length)) = self.at(text, place) {
            if found != class {
                break;
            }
            place += length;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_the_table_are_neither_letters_nor_numbers_nor_blank() {
        let rest: String = (TABLE_LENGTH as u32..=0x0010_FFFF)
            .filter_map(char::from_u32)
            .collect();
        assert_eq!(matched(r"[\p{L}\p{N}\s]+", &rest).next(), None);
        // The engine's newest letters are below, so the check above can fail.
        assert_eq!(matched(r"\p{L}+", "\u{31350}").next(), Some('\u{31350}'));
    }

    #[test]
    fn classes_are_those_of_the_patterns() {
        let classes = Classes::get();
        let of = |text| classes.at(text, 0).unwrap();
        assert_eq!(of("a"), (Class::Letter, 1));
        assert_eq!(of("é"), (Class::Letter, 2));
        assert_eq!(of("½"), (Class::Number, 2));
        assert_eq!(of("\n"), (Class::LineEnd, 1));
        assert_eq!(of("\u{2028}"), (Class::Blank, 3));
        assert_eq!(of("\u{301}"), (Class::Other, 2));
        assert_eq!(of("\u{10ffff}"), (Class::Other, 4));
    }
}
