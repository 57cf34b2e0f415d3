//! Texts that say the same in other words of the same kind: quotes, ordinals, eras, lists of names, phrases that exams use
//! for one thing, growth rates.

use std::borrow::Cow;

use super::compare::Outcome;
use super::text_lists::lists;
use super::{atoms, calendar, growth, words};
use crate::algebra::identity::Proof;
use crate::kind::TaskKind;
use crate::policy::Conventions;
use crate::text::{prose, same_formula};

/// Longest text that is compared word by word, in bytes.
const MAX_BYTES: usize = 400;

/// Phrases that exams use for one thing, in lower case without article and period.
const PHRASES: [&[&str]; 7] = [
    &[
        "dne",
        "d.n.e",
        "does not exist",
        "doesn't exist",
        "limit does not exist",
        "limit doesn't exist",
        "no limit",
        "no limit exists",
    ],
    &[
        "undefined",
        "not defined",
        "is undefined",
        "is not defined",
        "it is undefined",
    ],
    &[
        "no solution",
        "no solutions",
        "there is no solution",
        "there are no solutions",
        "no solution exists",
        "no solutions exist",
        "has no solution",
        "has no solutions",
        "equation has no solution",
        "equation has no solutions",
        "system has no solution",
        "there is no such solution",
    ],
    &[
        "infinitely many",
        "infinitely many solutions",
        "there are infinitely many solutions",
        "infinite solutions",
        "infinite number of solutions",
        "there are infinite solutions",
        "infinitely many solutions exist",
    ],
    &[
        "cannot be determined",
        "can not be determined",
        "can't be determined",
        "not enough information",
        "not enough info",
        "insufficient information",
        "it cannot be determined",
        "impossible to determine",
        "cannot be determined from the information given",
        "there is not enough information",
    ],
    &[
        "infinity",
        "positive infinity",
        "plus infinity",
        "+infinity",
        "\\infty",
        "+\\infty",
    ],
    &[
        "negative infinity",
        "minus infinity",
        "-infinity",
        "-\\infty",
        "- infinity",
    ],
];

/// Quotes that may stand around a whole text.
const QUOTES: [(&str, &str); 9] = [
    ("\"", "\""),
    ("'", "'"),
    ("“", "”"),
    ("‘", "’"),
    ("``", "''"),
    ("`", "'"),
    ("«", "»"),
    ("「", "」"),
    ("„", "“"),
];

/// How two canonical texts say the same; `None` where they do not, as far as is known here. Values that were read and
/// differ are not compared as words: 5 MW is not 5 mW.
pub(super) fn alike(
    gold: &str,
    answer: &str,
    kind: Option<TaskKind>,
    as_prose: bool,
    were_read: bool,
) -> Option<Outcome> {
    let is_list = kind == Some(TaskKind::List);
    let may_be_formula = !matches!(
        kind,
        Some(TaskKind::Integer | TaskKind::Float | TaskKind::Boolean)
    );
    if gold.len() > MAX_BYTES || answer.len() > MAX_BYTES || !may_be_formula {
        return None;
    }
    let same = Outcome::Same(Proof::Exact);
    let loose = Outcome::ByConvention(Conventions::LOOSE_TEXT);
    if (as_prose || is_list)
        && !(were_read && gold.bytes().any(|byte| byte.is_ascii_digit()))
        && let Some(any_order) = lists(gold, answer, kind != Some(TaskKind::String))
    {
        return Some(if any_order {
            loose.by(Conventions::ANY_ORDER)
        } else {
            loose
        });
    }
    if is_list {
        return None;
    }
    let may_be_atoms =
        gold.contains(['^', '-', '[']) || gold.starts_with(|first: char| first.is_ascii_digit());
    if may_be_atoms && gold.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        let isotopes = atoms::isotope(gold).zip(atoms::isotope(answer));
        let electrons = atoms::electrons(gold).zip(atoms::electrons(answer));
        if isotopes.is_some_and(|(a, b)| a == b) || electrons.is_some_and(|(a, b)| a == b) {
            return Some(same);
        }
    }
    if let Some(decided) = growth::alike(gold, answer) {
        return decided.is_same().then_some(decided);
    }
    if !as_prose && !is_phrase(gold) {
        return year(gold)
            .zip(year(answer))
            .is_some_and(|(a, b)| a == b)
            .then_some(loose);
    }
    let is_same = phrase(gold).is_some_and(|known| phrase(answer) == Some(known))
        || year(gold).is_some_and(|known| year(answer) == Some(known))
        || calendar::full_name(gold)
            .is_some_and(|known| calendar::full_name(answer) == Some(known))
        || as_prose && !were_read && (same_words(gold, answer) || same_formula(gold, answer));
    is_same.then_some(loose)
}

fn is_phrase(text: &str) -> bool {
    phrase(text).is_some()
}

/// The number of the phrase that a text is.
fn phrase(text: &str) -> Option<usize> {
    if text.len() > 64 {
        return None;
    }
    let plain = prose(unquoted(text));
    let plain = if plain.is_ascii() {
        Cow::Borrowed(plain)
    } else {
        Cow::Owned(plain.replace('’', "'"))
    };
    PHRASES
        .iter()
        .position(|all| all.iter().any(|known| plain.eq_ignore_ascii_case(known)))
}

/// The text without quotes around the whole.
fn unquoted(text: &str) -> &str {
    let text = text.strip_suffix('.').unwrap_or(text);
    QUOTES
        .iter()
        .find_map(|(open, close)| {
            let inside = text.strip_prefix(open)?.strip_suffix(close)?;
            let inside = inside.trim_matches(' ');
            (!inside.is_empty() && !inside.contains(open) && !inside.contains(close))
                .then_some(inside)
        })
        .unwrap_or(text)
}

/// Ends of a year in capitals; the flag is for those before Christ.
const ERAS: [(&str, bool); 8] = [
    ("BCE", true),
    ("B.C.E.", true),
    ("BC", true),
    ("B.C.", true),
    ("CE", false),
    ("C.E.", false),
    ("AD", false),
    ("A.D.", false),
];

/// A year as a number, before Christ below zero: `44 BC`, `AD 1066`, `1945`.
fn year(text: &str) -> Option<i32> {
    if text.len() > 16 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let upper = upper.as_str();
    let (digits, negative) = ERAS
        .iter()
        .find_map(|&(era, negative)| Some((upper.strip_suffix(era)?, negative)))
        .or_else(|| {
            let after = upper
                .strip_prefix("A.D.")
                .or_else(|| upper.strip_prefix("AD"))?;
            Some((after, false))
        })
        .unwrap_or((upper.strip_suffix('.').unwrap_or(upper), false));
    let digits = digits.trim_matches(' ');
    let value: i32 = (1..=4).contains(&digits.len()).then(|| {
        digits
            .parse()
            .ok()
            .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
    })??;
    Some(if negative { -value } else { value })
}

/// Whether two texts are the same word by word: ordinals, numbers and eras in any spelling.
pub(super) fn same_words(a: &str, b: &str) -> bool {
    if first_words_differ(a, b) {
        return false;
    }
    let (a, b) = (normal(a), normal(b));
    !a.is_empty() && a == b
}

/// Whether two texts begin with different words that have one spelling each.
fn first_words_differ(a: &str, b: &str) -> bool {
    let first = |text: &str| -> Option<usize> {
        let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        (length > 0 && matches!(text.as_bytes().get(length), None | Some(b' '))).then_some(length)
    };
    let (a, b) = (prose(a), prose(b));
    let (Some(first), Some(second)) = (first(a), first(b)) else {
        return false;
    };
    let (first, second) = (&a[..first], &b[..second]);
    let is_plain = |word: &str| {
        let mut lower = [0; 12];
        if word.len() > lower.len() {
            return true;
        }
        lower[..word.len()].copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let Ok(word) = std::str::from_utf8(&lower[..word.len()]) else {
            return false;
        };
        // A text may begin with its era, as AD 1066 does.
        !matches!(word, "ad" | "ce" | "bc" | "bce")
            && words::cardinal(word).is_none()
            && ordinal(word).is_none()
    };
    !first.eq_ignore_ascii_case(second) && is_plain(first) && is_plain(second)
}

/// The words of a text in one spelling.
fn normal(text: &str) -> Vec<Cow<'_, str>> {
    let text = prose(unquoted(text));
    let bytes = text.as_bytes();
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let mut out: Vec<Cow<'_, str>> = Vec::new();
    let mut start = 0;
    for at in 0..=bytes.len() {
        let ends = match bytes.get(at) {
            None | Some(b' ') => true,
            Some(b'-') => at > 0 && is_letter(bytes.get(at - 1)) && is_letter(bytes.get(at + 1)),
            _ => false,
        };
        if !ends {
            continue;
        }
        if at > start {
            push_normal(&mut out, &text[start..at]);
        }
        start = at + 1;
    }
    out
}

/// Adds a word in its usual spelling; a number in two words becomes one.
fn push_normal<'a>(out: &mut Vec<Cow<'a, str>>, word: &'a str) {
    let lower = word.to_lowercase();
    let usual = match lower.as_str() {
        "bc" | "b.c." | "b.c" | "bce" | "b.c.e." | "b.c.e" => "bc",
        "ad" | "a.d." | "a.d" | "ce" | "c.e." | "c.e" => "ad",
        "&" => "and",
        _ => "",
    };
    if !usual.is_empty() {
        out.push(Cow::Borrowed(usual));
        return;
    }
    let number = words::cardinal(&lower).map(|value| (value, false));
    if let Some((value, is_ordinal)) = number.or_else(|| ordinal(&lower).map(|value| (value, true)))
    {
        // "twenty" before a number below ten belongs to it.
        let tens = out
            .last()
            .and_then(|last| last.strip_prefix('#')?.parse::<i64>().ok())
            .filter(|tens| tens % 10 == 0 && (20..100).contains(tens) && (1..10).contains(&value));
        if tens.is_some() {
            out.pop();
        }
        let value = value + tens.unwrap_or(0);
        let mark = if is_ordinal { "." } else { "" };
        out.push(Cow::Owned(format!("#{value}{mark}")));
        return;
    }
    // 1990's
    let plain = lower.replace('’', "'");
    let is_decade = plain
        .strip_suffix("0's")
        .is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    out.push(Cow::Owned(if is_decade {
        plain.replace('\'', "")
    } else {
        plain
    }));
}

/// `third`, `3rd`: the number of a place in order.
fn ordinal(word: &str) -> Option<i64> {
    if word.as_bytes()[0].is_ascii_digit() {
        let digits = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| word.strip_suffix(end))?;
        return (digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok())?;
    }
    let cardinal = match word {
        "first" => "one",
        "second" => "two",
        "third" => "three",
        "fifth" => "five",
        "eighth" => "eight",
        "ninth" => "nine",
        "twelfth" => "twelve",
        _ => {
            let stem = word.strip_suffix("th")?;
            return match stem.strip_suffix("ie") {
                Some(tens) => words::cardinal(&format!("{tens}y")),
                None => words::cardinal(stem),
            };
        }
    };
    words::cardinal(cardinal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_alike(gold: &str, answer: &str) -> bool {
        alike(gold, answer, None, true, false).is_some()
    }

    #[test]
    fn texts_of_one_meaning_are_alike() {
        for (gold, answer) in [
            ("Paris", "\"Paris\""),
            ("Paris", "“paris”."),
            ("Paris", "``Paris''"),
            ("third", "3rd"),
            ("twenty-first century", "the 21st century"),
            ("twentieth", "20th"),
            ("World War Two", "World War 2"),
            ("twenty-one pilots", "21 pilots"),
            ("well-known", "well known"),
            ("44 BC", "44 B.C."),
            ("44 BC", "44 BCE"),
            ("1945", "1945 CE"),
            ("AD 1066", "1066"),
            ("5th century BC", "fifth century B.C.E."),
            ("1990s", "the 1990's"),
            ("supply & demand", "supply and demand"),
            ("does not exist", "The limit does not exist."),
            ("no solution", "There are no solutions"),
            ("infinity", "\\infty"),
            ("Tuesday", "Tue."),
            ("January", "Jan"),
            ("red, green, blue", "Blue, Red, and Green"),
            ("red, green and blue", "[red, green, blue]"),
            ("O(n \\log n)", "\\mathcal{O}(n\\log(n))"),
            ("\\Theta(n^2)", "Θ(n*n)"),
        ] {
            assert!(is_alike(gold, answer), "{gold} | {answer}");
            assert!(is_alike(answer, gold), "{answer} | {gold}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for (gold, answer) in [
            ("Paris", "\"Paris\" or \"London\""),
            ("third", "two thirds"),
            ("third", "33rd"),
            ("third", "3"),
            ("1945", "1945 BC"),
            ("44 BC", "44"),
            ("44 BC", "44 CE"),
            ("1945", "1940s"),
            ("does not exist", "exists"),
            ("does not exist", "undefined"),
            ("no solution", "one solution"),
            ("no solution", "infinitely many solutions"),
            ("infinity", "-\\infty"),
            ("Tuesday", "Thu"),
            ("red, green, blue", "red, green"),
            ("red, green, blue", "red, green, blue, white"),
            ("red, green, blue", "red, green, yellow"),
            ("red, green", "red or green"),
            ("red, red, blue", "red, blue, blue"),
            ("[red, green]", "green, red"),
            ("O(n^2)", "O(n^3)"),
            ("O(n)", "\\Theta(n)"),
            ("O(n)", "O(2n)"),
        ] {
            assert!(!is_alike(gold, answer), "{gold} | {answer}");
        }
        assert_eq!(
            alike(
                "Paris, France",
                "France, Paris",
                Some(TaskKind::String),
                true,
                false
            ),
            None
        );
    }
}
