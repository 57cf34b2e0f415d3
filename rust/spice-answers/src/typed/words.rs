//! Numbers in English words.

use crate::algebra::rational::Rational;

fn small(word: &str) -> Option<i64> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    WORDS
        .iter()
        .position(|&known| known == word)
        .and_then(|place| i64::try_from(place).ok())
}

fn tens(word: &str) -> Option<i64> {
    const WORDS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    WORDS
        .iter()
        .position(|&known| known == word)
        .and_then(|place| i64::try_from((place + 2) * 10).ok())
}

/// The number that a single word spells.
pub(super) fn cardinal(word: &str) -> Option<i64> {
    small(word)
        .or_else(|| tens(word))
        .or(match word {
            "hundred" => Some(100),
            "thousand" => Some(1000),
            "million" => Some(1_000_000),
            _ => None,
        })
        .or_else(|| {
            (word.len() < 10 && word.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| word.parse().ok())?
        })
}

/// `half`, `third`, `quarters`: the denominator that a word names.
fn part(word: &str) -> Option<i64> {
    Some(match word {
        "half" | "halves" => 2,
        "third" | "thirds" => 3,
        "quarter" | "quarters" | "fourth" | "fourths" => 4,
        "fifth" | "fifths" => 5,
        "sixth" | "sixths" => 6,
        "seventh" | "sevenths" => 7,
        "eighth" | "eighths" => 8,
        "ninth" | "ninths" => 9,
        "tenth" | "tenths" => 10,
        _ => return None,
    })
}

/// The number that leading words spell, and the text behind them.
///
/// Read: `seven`, `twenty-one`, `one hundred and five`, `two million`, `three quarters`, `minus two`. A list of digits
/// (`one two`) is no number.
pub(crate) fn leading(text: &str) -> Option<(Rational, &str)> {
    let mut reader = Reader {
        rest: text,
        total: 0,
        group: None,
        last: Last::Nothing,
        smallest_scale: i64::MAX,
    };
    if matches!(reader.peek()?, ("a" | "an", _)) {
        // "a hundred", "a third": the article counts one of what follows, and nothing else.
        let (next, rest) = Reader {
            rest: reader.peek()?.1,
            ..reader
        }
        .peek()?;
        if let Some(denominator) = part(next) {
            return Some((Rational::ratio(1, denominator)?, rest.trim_start()));
        }
        if scale(next).is_none() && !matches!(next, "hundred" | "dozen") {
            return None;
        }
        reader.rest = reader.peek()?.1;
    }
    let negative = match reader.peek()? {
        ("minus" | "negative", rest) => {
            reader.rest = rest;
            true
        }
        _ => false,
    };
    while reader.step()? {}
    let value = reader.total.checked_add(reader.group.unwrap_or(0))?;
    if reader.last == Last::Nothing {
        let (first, rest) = reader.peek()?;
        return matches!(first, "half" | "quarter")
            .then(|| part(first))
            .flatten()
            .and_then(|denominator| Some((Rational::ratio(1, denominator)?, rest.trim_start())));
    }
    let mut value = Rational::integer(value);
    if let Some((word, rest)) = reader.peek()
        && let Some(denominator) = part(word)
    {
        // "twenty-one thirds" is rare, "one third" is not.
        value = value.divide(&Rational::integer(denominator))?;
        reader.rest = rest;
    } else if let Some((share, rest)) = reader.fraction_behind() {
        value = value.add(&share)?;
        reader.rest = rest;
    } else if let Some((digits, places, rest)) = reader.digits_behind() {
        value = value.add(&Rational::ratio(digits, 10_i64.checked_pow(places)?)?)?;
        reader.rest = rest;
    }
    Some((
        if negative { value.negated() } else { value },
        reader.rest.trim_start(),
    ))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Small,
    Tens,
    Hundred,
    Scale,
}

struct Reader<'a> {
    rest: &'a str,
    total: i64,
    group: Option<i64>,
    last: Last,
    smallest_scale: i64,
}

impl<'a> Reader<'a> {
    /// The next word in lower case and what follows it.
    fn peek(&self) -> Option<(&'a str, &'a str)> {
        let text = self.rest.trim_start_matches([' ', '-']);
        let length = text.bytes().take_while(u8::is_ascii_lowercase).count();
        let ends = text[length..]
            .chars()
            .next()
            .is_none_or(|next| !next.is_alphanumeric());
        (length > 0 && ends).then(|| text.split_at(length))
    }

    /// In "one thousand, five hundred" a comma stands where nothing need.
    fn behind_comma(&self) -> Option<(&'a str, &'a str)> {
        let rest = self
            .rest
            .strip_prefix(',')
            .filter(|_| self.last == Last::Scale)?;
        let found = Self { rest, ..*self }.peek()?;
        let (next, _) = Self {
            rest: found.1,
            ..*self
        }
        .peek()?;
        // "one thousand, five" may be a list of two.
        ((small(found.0).is_some() || tens(found.0).is_some())
            && (next == "hundred" || scale(next).is_some()))
        .then_some(found)
    }

    /// `and a half`, `and three quarters`: a proper fraction behind a whole number.
    fn fraction_behind(&self) -> Option<(Rational, &'a str)> {
        let next = |rest| Self { rest, ..*self }.peek();
        let ("and", rest) = self.peek()? else {
            return None;
        };
        let (count, rest) = next(rest)?;
        let numerator = if count == "a" { 1 } else { small(count)? };
        let (name, rest) = next(rest)?;
        let denominator = part(name)?;
        (0 < numerator && numerator < denominator)
            .then(|| Some((Rational::ratio(numerator, denominator)?, rest)))?
    }

    /// `point one four`: decimals one by one.
    fn digits_behind(&self) -> Option<(i64, u32, &'a str)> {
        let ("point", mut rest) = self.peek()? else {
            return None;
        };
        let (mut digits, mut places) = (0, 0);
        while let Some((word, after)) = (Self { rest, ..*self }).peek()
            && let Some(digit) = small(word).filter(|&digit| digit < 10)
            && places < 12
        {
            digits = digits * 10 + digit;
            places += 1;
            rest = after;
        }
        (places > 0).then_some((digits, places, rest))
    }

    /// Takes a word; `Some(false)` where the number ends, `None` where it is none.
    fn step(&mut self) -> Option<bool> {
        let Some((word, rest)) = self.peek().or_else(|| self.behind_comma()) else {
            return Some(false);
        };
        let group = self.group.unwrap_or(0);
        if let Some(value) = small(word) {
            let fits = match self.last {
                Last::Nothing | Last::Hundred | Last::Scale => true,
                Last::Tens => value < 10 && value > 0,
                Last::Small => false,
            };
            if !fits {
                return None;
            }
            self.group = Some(group + value);
            self.last = Last::Small;
        } else if let Some(value) = tens(word) {
            if matches!(self.last, Last::Small | Last::Tens) {
                return None;
            }
            self.group = Some(group + value);
            self.last = Last::Tens;
        } else if word == "hundred" && group < 100 && (group > 0 || self.last == Last::Nothing) {
            self.group = Some(group.max(1) * 100);
            self.last = Last::Hundred;
        } else if word == "dozen"
            && group < 100
            && matches!(self.last, Last::Nothing | Last::Small | Last::Tens)
        {
            self.group = Some(group.max(1) * 12);
            self.last = Last::Small;
        } else if let Some(scale) = scale(word)
            && (group > 0 || self.last == Last::Nothing)
            && scale < self.smallest_scale
        {
            self.total = self.total.checked_add(group.max(1).checked_mul(scale)?)?;
            self.group = None;
            self.smallest_scale = scale;
            self.last = Last::Scale;
        } else if word == "and" && matches!(self.last, Last::Hundred | Last::Scale) {
            let ahead = Self { rest, ..*self };
            let (next, _) = ahead.peek()?;
            if small(next).is_none() && tens(next).is_none() {
                return Some(false);
            }
        } else {
            return Some(false);
        }
        self.rest = rest;
        Some(true)
    }
}

fn scale(word: &str) -> Option<i64> {
    match word {
        "thousand" => Some(1000),
        "million" => Some(1_000_000),
        "billion" => Some(1_000_000_000),
        "trillion" => Some(1_000_000_000_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers() {
        for (text, numerator, denominator, rest) in [
            ("seven", 7, 1, ""),
            ("twenty-one apples", 21, 1, "apples"),
            ("one hundred and five", 105, 1, ""),
            ("two million three hundred thousand", 2_300_000, 1, ""),
            ("three quarters", 3, 4, ""),
            ("minus two", -2, 1, ""),
            ("nineteen hundred", 1900, 1, ""),
            ("hundred", 100, 1, ""),
            ("a hundred", 100, 1, ""),
            ("a million people", 1_000_000, 1, "people"),
            ("a dozen eggs", 12, 1, "eggs"),
            ("two dozen", 24, 1, ""),
            ("one thousand, five hundred", 1500, 1, ""),
            ("half", 1, 2, ""),
            ("a third", 1, 3, ""),
            ("two and a half hours", 5, 2, "hours"),
            ("three and three quarters", 15, 4, ""),
            ("three point one four", 157, 50, ""),
            ("zero point five", 1, 2, ""),
        ] {
            assert_eq!(
                leading(text),
                Some((Rational::ratio(numerator, denominator).unwrap(), rest)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_words_are_none() {
        for text in [
            "one two",
            "twenty twelve",
            "third",
            "a",
            "a day",
            "oneness",
            "",
            "and five",
        ] {
            assert_eq!(leading(text), None, "{text}");
        }
    }
}
