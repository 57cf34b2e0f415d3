//! Answers as people write them, brought to what the reader of mathematics knows: numbers in words, signs it does not
//! know, degrees with minutes and seconds.

use std::borrow::Cow;

use super::Spelling;
use super::words;
use crate::algebra::rational::Rational;
use crate::canonical::prepared;

/// Longest text in which words are sought.
const MAX_BYTES: usize = 300;

/// The text prepared for reading.
pub(super) fn in_symbols(text: Spelling<'_>) -> Cow<'_, str> {
    // Digits and plain operators are read as they stand.
    let is_plain = |byte: u8| byte.is_ascii_digit() || b" +-/^().,".contains(&byte);
    if text.raw.bytes().all(is_plain) {
        return Cow::Borrowed(text.raw);
    }
    if text.canonical.len() <= MAX_BYTES
        && let Some(spoken) = spoken(text.canonical)
    {
        return Cow::Owned(spoken);
    }
    match prepared(text.raw) {
        Cow::Borrowed(text) => respelt(text),
        Cow::Owned(text) => Cow::Owned(respelt(&text).into_owned()),
    }
}

/// A canonical text with its words in digits; `None` where it has none.
fn spoken(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes[0].is_ascii_alphabetic() {
        let lower = text.to_ascii_lowercase();
        let lower = lower.trim_end_matches('.');
        if let Some((value, rest)) = words::leading(lower) {
            return match rest.strip_prefix('(') {
                Some(inside) => same_in_digits(&value, inside),
                None => Some(written(&value, rest)),
            };
        }
        return signed(lower).map(|(negative, rest)| {
            // The case of units and variables counts.
            let rest = &text[lower.len() - rest.len()..];
            let rest = if rest.eq_ignore_ascii_case("infinity") {
                "\\infty"
            } else {
                rest
            };
            let rest = rest.trim_end_matches('.');
            if negative {
                format!("-{rest}")
            } else {
                rest.to_owned()
            }
        });
    }
    if bytes[0].is_ascii_digit() && text.ends_with(')') {
        let (digits, inside) = text.split_once('(')?;
        let lower = inside.to_ascii_lowercase();
        let (value, rest) = words::leading(&lower)?;
        return (rest == ")" && is_digits_of(&value, digits.trim_end_matches(' ')))
            .then(|| written(&value, ""));
    }
    degrees(text)
}

/// `minus 7`, `negative infinity`, `positive infinity`: whether it is negative, and what follows.
fn signed(lower: &str) -> Option<(bool, &str)> {
    let (sign, rest) = lower.split_once(' ')?;
    let negative = match sign {
        "minus" | "negative" => true,
        "plus" | "positive" => false,
        _ => return None,
    };
    let begins = rest.starts_with(|first: char| first.is_ascii_digit() || "$\\£€.".contains(first));
    (begins || rest == "infinity").then_some((negative, rest))
}

/// A number in words and the same in digits behind it, in parentheses.
fn same_in_digits(value: &Rational, inside: &str) -> Option<String> {
    let digits = inside.strip_suffix(')')?;
    is_digits_of(value, digits).then(|| written(value, ""))
}

fn is_digits_of(value: &Rational, digits: &str) -> bool {
    let digits = digits.replace(',', "");
    value
        .as_integer()
        .is_some_and(|whole| whole.to_string() == digits)
}

fn written(value: &Rational, rest: &str) -> String {
    let number = match value.as_integer() {
        Some(whole) => whole.to_string(),
        None => format!("\\frac{{{}}}{{{}}}", value.numerator(), value.denominator()),
    };
    if rest.is_empty() {
        number
    } else {
        format!("{number} {rest}")
    }
}

/// `30° 15'` and `30° 15' 20''` as degrees.
fn degrees(text: &str) -> Option<String> {
    let (whole, rest) = text.split_once('°')?;
    let plain;
    let rest = if rest.contains('\\') || !rest.is_ascii() {
        plain = rest
            .replace("^{\\prime\\prime}", "\"")
            .replace("^\\prime\\prime", "\"")
            .replace("^{\\prime}", "'")
            .replace("^\\prime", "'")
            .replace(['′', '’'], "'")
            .replace('″', "\"");
        plain.as_str()
    } else {
        rest
    };
    let rest = rest.trim_end_matches('.');
    let (minutes, rest) = rest.split_once('\'')?;
    let rest = rest.trim_matches(' ');
    let seconds = if rest.is_empty() {
        None
    } else {
        Some(rest.strip_suffix('"').or_else(|| rest.strip_suffix("''"))?)
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => ("-", whole),
        None => ("", whole),
    };
    let number = |text: &str, max: i64| -> Option<i64> {
        let text = text.trim_matches(' ');
        let value = (text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i64>().ok())??;
        (value <= max).then_some(value)
    };
    let value = number(whole, 999_999)? * 3600
        + number(minutes, 59)? * 60
        + seconds.map_or(Some(0), |seconds| number(seconds, 59))?;
    Some(format!("{sign}\\frac{{{value}}}{{3600}}°"))
}

/// Signs that the lexer does not know, and abbreviations, in words that the unit reader knows.
fn respelt(text: &str) -> Cow<'_, str> {
    // What is sought begins or ends with one of these.
    if text
        .bytes()
        .all(|byte| byte.is_ascii() && !b"$\\^.".contains(&byte))
    {
        return Cow::Borrowed(text);
    }
    let mut text = Cow::Borrowed(text);
    if !text.is_ascii() {
        for (sign, word) in [
            ('¢', " cents "),
            ('Å', " angstrom "),
            ('₹', "INR "),
            ('₩', "KRW "),
            ('₽', "RUB "),
            ('元', " yuan "),
            ('円', " yen "),
            ('‰', " permille "),
        ] {
            if text.contains(sign) {
                text = Cow::Owned(text.replace(sign, word));
            }
        }
    }
    if text.contains('$') && (text.contains("US$") || text.contains("US\\$")) {
        text = Cow::Owned(text.replace("US\\$", "\\$").replace("US$", "\\$"));
    }
    if let Some(apart) = scale_words_apart(&text) {
        text = Cow::Owned(apart);
    }
    if let Some(degrees) = raised_letters(&text) {
        text = Cow::Owned(degrees);
    }
    if let Some(whole) = without_abbreviation_points(&text) {
        text = Cow::Owned(whole);
    }
    text
}

/// `\text{ million km}` as `\text{ million}\text{ km}`: the word belongs to the number before it.
fn scale_words_apart(text: &str) -> Option<String> {
    let open = memchr::memchr_iter(b'\\', text.as_bytes())
        .find(|&at| text[at..].starts_with("\\text{"))?
        + "\\text{".len();
    let inside = text[open..].trim_start_matches(' ');
    let word = ["hundred ", "thousand ", "million ", "billion ", "trillion "]
        .into_iter()
        .find(|word| inside.starts_with(word))?;
    let at = text.len() - inside.len() + word.len() - 1;
    Some(format!("{}}}\\text{{{}", &text[..at], &text[at..]))
}

/// `60^o` and `60^{o}`: a letter where the sign of degrees is meant.
fn raised_letters(text: &str) -> Option<String> {
    let is_raised = |at| text[at..].starts_with("^o") || text[at..].starts_with("^{o}");
    if !memchr::memchr_iter(b'^', text.as_bytes()).any(is_raised) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'^', rest.as_bytes()) {
        let (before, behind) = rest.split_at(at);
        out.push_str(before);
        let taken = ["^{o}", "^o"]
            .into_iter()
            .find(|letter| behind.starts_with(letter));
        let Some(letter) = taken.filter(|letter| {
            let next = behind[letter.len()..].bytes().next();
            out.ends_with(|last: char| last.is_ascii_digit())
                && next.is_none_or(|next| !next.is_ascii_alphanumeric() || b"CF".contains(&next))
        }) else {
            out.push('^');
            rest = &behind[1..];
            continue;
        };
        out.push('°');
        rest = &behind[letter.len()..];
    }
    out.push_str(rest);
    Some(out)
}

/// `25 sq. ft.` without the points behind its letters.
fn without_abbreviation_points(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_short = |at: usize| {
        at >= 2
            && bytes[at - 1].is_ascii_alphabetic()
            && bytes[at - 2].is_ascii_alphabetic()
            && bytes.get(at + 1).is_some_and(|next| b" /^}".contains(next))
    };
    let mut places = memchr::memchr_iter(b'.', bytes).filter(|&at| is_short(at));
    let mut at = places.next()?;
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    loop {
        out.push_str(&text[from..at]);
        from = at + 1;
        let Some(next) = places.next() else { break };
        at = next;
    }
    out.push_str(&text[from..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::canonical;

    fn symbols(raw: &str) -> String {
        let canonical = canonical(raw).unwrap();
        in_symbols(Spelling {
            raw,
            canonical: &canonical,
        })
        .into_owned()
    }

    #[test]
    fn words_become_digits() {
        for (text, expected) in [
            ("seven", "7"),
            ("minus 7", "-7"),
            ("Negative 2.5 kJ", "-2.5 kJ"),
            ("positive infinity", "\\infty"),
            ("minus infinity", "-\\infty"),
            ("202 (two hundred two)", "202"),
            ("two hundred two (202)", "202"),
            ("1,500 (one thousand five hundred)", "1500"),
            ("30° 15'", "\\frac{108900}{3600}°"),
            (r"30^\circ 15^\prime", "\\frac{108900}{3600}°"),
            ("30° 15′ 20″", "\\frac{108920}{3600}°"),
        ] {
            assert_eq!(symbols(text), expected, "{text}");
        }
    }

    #[test]
    fn what_contradicts_itself_stays() {
        for text in ["202 (two hundred three)", "30° 75'", "x' + 1", "minus x"] {
            assert_eq!(symbols(text), text);
        }
    }

    #[test]
    fn signs_and_abbreviations_are_spelt_out() {
        for (text, expected) in [
            ("60^o", "60°"),
            ("25^{o}C", "25°C"),
            ("2^{o} + 3^{2}", "2° + 3^{2}"),
            ("x^o", "x^o"),
            ("25 sq. ft. long", "25 sq ft long"),
            ("5 Å", "5  angstrom "),
            ("3.5 x. y", "3.5 x. y"),
        ] {
            assert_eq!(symbols(text), expected, "{text}");
        }
    }
}
