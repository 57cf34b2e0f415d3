//! Where a text may be cut: before a paragraph, a line, a sentence, a word; never inside a character.
//!
//! The functions `begins_*` say what a boundary is. The searches ask them at the few places where one is possible.

use memchr::{memchr_iter, memchr3_iter, memmem};

/// Full stops of Chinese and Japanese.
const WIDE_STOPS: [&str; 3] = ["。", "！", "？"];

/// The best boundary in `first..=last`, and of equally good ones the first; without any, the first character that begins
/// there.
///
/// `first` is above 0 and `last` below the length; if `first..=last` lies inside one character, that character's begin.
pub(crate) fn first_boundary(text: &str, first: usize, last: usize) -> usize {
    let bytes = text.as_bytes();
    let lines = memchr_iter(b'\n', &bytes[first - 1..last]).map(|at| first + at);
    best_line(bytes, lines)
        .or_else(|| {
            let (from, window) = sentence_window(bytes, first, last);
            let stops = memchr3_iter(b'.', b'!', b'?', window);
            let narrow = stops
                .flat_map(|at| [from + at + 2, from + at + 3])
                .find(|&place| is_sentence(bytes, place, first, last));
            let wide = wide_stops(window, |stop| memmem::find(window, stop));
            let wide = wide.map(|at| from + at).min();
            narrow.into_iter().chain(wide).min()
        })
        .or_else(|| (first..=last).find(|&place| begins_word(bytes, place)))
        .unwrap_or_else(|| {
            let place = (first..=last).find(|&place| text.is_char_boundary(place));
            place.unwrap_or_else(|| text.floor_char_boundary(first))
        })
}

/// The best boundary in `first..=last`, and of equally good ones the last; without any, `last`, which must begin a
/// character and be below the length.
pub(crate) fn last_boundary(text: &str, first: usize, last: usize) -> usize {
    let bytes = text.as_bytes();
    let lines = memchr_iter(b'\n', &bytes[first - 1..last]).map(|at| first + at);
    best_line(bytes, lines.rev())
        .or_else(|| {
            let (from, window) = sentence_window(bytes, first, last);
            let stops = memchr3_iter(b'.', b'!', b'?', window);
            let narrow = stops
                .rev()
                .flat_map(|at| [from + at + 3, from + at + 2])
                .find(|&place| is_sentence(bytes, place, first, last));
            let wide = wide_stops(window, |stop| memmem::rfind(window, stop));
            let wide = wide.map(|at| from + at).max();
            narrow.into_iter().chain(wide).max()
        })
        .or_else(|| {
            (first..=last)
                .rev()
                .find(|&place| begins_word(bytes, place))
        })
        .unwrap_or(last)
}

/// The best boundary in the last quarter of `start..hard_end`; `hard_end` itself, which must begin a character and be below
/// the length, where there is none.
pub(crate) fn last_quarter_boundary(text: &str, start: usize, hard_end: usize) -> usize {
    let first = start + (hard_end - start) / 4 * 3 + 1;
    if first > hard_end {
        hard_end
    } else {
        last_boundary(text, first, hard_end)
    }
}

/// Of places behind line feeds, the first that begins a paragraph, or else the first.
fn best_line(text: &[u8], places: impl Iterator<Item = usize>) -> Option<usize> {
    let mut line = None;
    for place in places {
        if begins_paragraph(text, place) {
            return Some(place);
        }
        line.get_or_insert(place);
    }
    line
}

/// Where a full stop may be so that a sentence begins in `first..=last`: its first byte, and the bytes.
fn sentence_window(text: &[u8], first: usize, last: usize) -> (usize, &[u8]) {
    let from = first.saturating_sub(3);
    (from, &text[from..last])
}

fn is_sentence(text: &[u8], place: usize, first: usize, last: usize) -> bool {
    (first..=last).contains(&place) && begins_sentence(text, place)
}

/// Places in a window behind the wide stops that `find` finds.
fn wide_stops<'w>(
    window: &'w [u8],
    find: impl Fn(&[u8]) -> Option<usize> + 'w,
) -> impl Iterator<Item = usize> + 'w {
    let stops = if window.is_ascii() {
        &[][..]
    } else {
        &WIDE_STOPS[..]
    };
    stops
        .iter()
        .filter_map(move |stop| Some(find(stop.as_bytes())? + stop.len()))
}

/// Behind an empty line, and not on another one.
fn begins_paragraph(text: &[u8], place: usize) -> bool {
    let before = &text[..place];
    (before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n"))
        && !matches!(text[place], b'\n' | b'\r')
}

/// Behind `.`, `!` or `?` (with a closing quote or bracket or without) and one white space; or right behind the full
/// stops of Chinese and Japanese.
fn begins_sentence(text: &[u8], place: usize) -> bool {
    let before = &text[..place];
    if WIDE_STOPS
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

    /// What the searches must find: every place asked, one level after the other.
    fn plainly(text: &str, places: &(impl Iterator<Item = usize> + Clone)) -> Option<usize> {
        let levels: [fn(&[u8], usize) -> bool; 4] = [
            begins_paragraph,
            |text, place| text[place - 1] == b'\n',
            begins_sentence,
            begins_word,
        ];
        let mut levels = levels.iter();
        levels.find_map(|is| places.clone().find(|&place| is(text.as_bytes(), place)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn a_search_finds_what_asking_at_every_place_finds(
            pieces in proptest::collection::vec(prop_oneof![
                "[a-c]{1,4}", "[ \t\n\r\u{c}]{1,3}", "[.!?]{1,2}['\")\\]]?[ \n]?", "[。！？é😀\u{3000}]{1,2}",
            ], 2..30), a: usize, b: usize,
        ) {
            let text = pieces.concat();
            prop_assume!(text.len() > 1);
            let (a, b) = (1 + a % (text.len() - 1), 1 + b % (text.len() - 1));
            let (first, last) = (a.min(b), a.max(b));
            if let Some(expected) = plainly(&text, &(first..=last)) {
                prop_assert_eq!(first_boundary(&text, first, last), expected);
            }
            let last = text.floor_char_boundary(last);
            if first <= last {
                let expected = plainly(&text, &(first..=last).rev()).unwrap_or(last);
                prop_assert_eq!(last_boundary(&text, first, last), expected);
            }
        }

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
