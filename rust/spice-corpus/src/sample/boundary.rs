//! Where a text may be cut: before a paragraph, a line, a sentence, a word; never inside a character.

/// Levels of boundary, the best first. Each says whether a cut at byte `place` (not 0, not the end) is one of its kind.
const LEVELS: [fn(&[u8], usize) -> bool; 4] =
    [begins_paragraph, begins_line, begins_sentence, begins_word];

/// The best boundary in `first..=last`, and of equally good ones the first; without any, the first character that begins
/// there.
///
/// `first` is above 0 and `last` below the length; if `first..=last` lies inside one character, that character's begin.
pub(super) fn first_boundary(text: &str, first: usize, last: usize) -> usize {
    let bytes = text.as_bytes();
    let best = LEVELS
        .iter()
        .find_map(|is| (first..=last).find(|&place| is(bytes, place)));
    best.unwrap_or_else(|| {
        let place = (first..=last).find(|&place| text.is_char_boundary(place));
        place.unwrap_or_else(|| text.floor_char_boundary(first))
    })
}

/// The best boundary in `first..=last`, and of equally good ones the last; without any, `last`, which must begin a
/// character and be below the length.
pub(super) fn last_boundary(text: &str, first: usize, last: usize) -> usize {
    let bytes = text.as_bytes();
    let best = LEVELS
        .iter()
        .find_map(|is| (first..=last).rev().find(|&place| is(bytes, place)));
    best.unwrap_or(last)
}

/// Behind an empty line, and not on another one.
fn begins_paragraph(text: &[u8], place: usize) -> bool {
    let before = &text[..place];
    (before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n"))
        && !matches!(text[place], b'\n' | b'\r')
}

fn begins_line(text: &[u8], place: usize) -> bool {
    text[place - 1] == b'\n'
}

/// Behind `.`, `!` or `?` (with a closing quote or bracket or without) and one white space; or right behind the full
/// stops of Chinese and Japanese.
fn begins_sentence(text: &[u8], place: usize) -> bool {
    let before = &text[..place];
    if ["。", "！", "？"]
        .iter()
        .any(|stop| before.ends_with(stop.as_bytes()))
    {
        return true;
    }
    if !begins_word(text, place) {
        return false;
    }
    let sentence = &before[..place - 1];
    let sentence = match sentence {
        [rest @ .., b'"' | b'\'' | b')' | b']'] => rest,
        whole => whole,
    };
    matches!(sentence, [.., b'.' | b'!' | b'?'])
}

/// Behind white space (of ASCII), and not on it.
fn begins_word(text: &[u8], place: usize) -> bool {
    text[place - 1].is_ascii_whitespace() && !text[place].is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "One two. Three four\nfive six\n\nSeven eight";

    #[test]
    fn the_best_kind_of_boundary_wins_over_the_nearest() {
        let end = TEXT.len() - 1;
        assert_eq!(&TEXT[last_boundary(TEXT, 1, end)..], "Seven eight");
        assert_eq!(&TEXT[last_boundary(TEXT, 1, 27)..][..4], "five");
        assert_eq!(&TEXT[last_boundary(TEXT, 1, 18)..][..5], "Three");
        assert_eq!(&TEXT[last_boundary(TEXT, 10, 18)..][..4], "four");
        assert_eq!(last_boundary(TEXT, 5, 6), 6);
        assert_eq!(&TEXT[first_boundary(TEXT, 1, end)..], "Seven eight");
        assert_eq!(&TEXT[first_boundary(TEXT, 5, 18)..][..5], "Three");
        assert_eq!(&TEXT[first_boundary(TEXT, 1, 7)..][..3], "two");
    }

    #[test]
    fn windows_line_ends_and_other_scripts_are_understood() {
        let windows = "ab\r\n\r\ncd";
        assert_eq!(first_boundary(windows, 1, windows.len() - 1), 6);
        let chinese = "春眠不觉晓。处处闻啼鸟。夜来";
        assert_eq!(
            &chinese[first_boundary(chinese, 1, chinese.len() - 1)..],
            "处处闻啼鸟。夜来"
        );
        assert_eq!(
            &chinese[last_boundary(chinese, 1, chinese.len() - 1)..],
            "夜来"
        );
    }

    proptest! {
        #[test]
        fn a_cut_is_never_inside_a_character(text in "([a-c .\n\r。é😀]){2,40}", a: usize, b: usize) {
            let (a, b) = (1 + a % (text.len() - 1), 1 + b % (text.len() - 1));
            let (first, last) = (a.min(b), a.max(b));
            let place = first_boundary(&text, first, last);
            prop_assert!(text.is_char_boundary(place) && place <= last);
            let last = text.floor_char_boundary(last);
            if last >= first {
                let place = last_boundary(&text, first, last);
                prop_assert!(text.is_char_boundary(place) && (first..=last).contains(&place));
            }
        }
    }
}
