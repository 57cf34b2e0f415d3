//! Sentences that announce an answer: `The answer is 25.`, `Total: 25`, `答案是C`, `25 is the answer`.
//!
//! Only the announcement goes. What it announces is graded like any answer, so two values or a negation are refused as
//! they are without it.

/// Longest announcement, in bytes.
const MAX_BYTES: usize = 120;

/// Words that may stand before an announcement.
const LEADS: [&str; 12] = [
    "therefore",
    "thus",
    "hence",
    "so",
    "finally",
    "then",
    "consequently",
    "in conclusion",
    "in summary",
    "we conclude that",
    "this means that",
    "it follows that",
];

/// What may be announced.
const THINGS: [&str; 85] = [
    "answer",
    "answers",
    "result",
    "results",
    "solution",
    "solutions",
    "value",
    "values",
    "number",
    "sum",
    "total",
    "product",
    "difference",
    "quotient",
    "remainder",
    "count",
    "amount",
    "area",
    "perimeter",
    "volume",
    "length",
    "width",
    "height",
    "distance",
    "radius",
    "diameter",
    "angle",
    "slope",
    "speed",
    "velocity",
    "time",
    "cost",
    "price",
    "profit",
    "age",
    "probability",
    "ratio",
    "average",
    "mean",
    "median",
    "mode",
    "range",
    "maximum",
    "minimum",
    "limit",
    "equation",
    "expression",
    "choice",
    "option",
    "complexity",
    "formula",
    "capital",
    "year",
    "date",
    "day",
    "name",
    "word",
    "term",
    "element",
    "concentration",
    "temperature",
    "pressure",
    "force",
    "energy",
    "power",
    "mass",
    "weight",
    "density",
    "frequency",
    "wavelength",
    "current",
    "voltage",
    "resistance",
    "acceleration",
    "momentum",
    "percentage",
    "fraction",
    "score",
    "rate",
    "interest",
    "discount",
    "population",
    "balance",
    "statement",
    "claim",
];

/// Words that may stand before the thing.
const QUALITIES: [&str; 20] = [
    "the",
    "my",
    "our",
    "final",
    "correct",
    "right",
    "only",
    "required",
    "desired",
    "exact",
    "total",
    "numerical",
    "numeric",
    "short",
    "simplified",
    "best",
    "overall",
    "resulting",
    "surface",
    "expected",
];

/// Words that may join a thing and its value.
const VERBS: [&str; 11] = [
    "is equal to",
    "are equal to",
    "is given by",
    "comes to",
    "would be",
    "must be",
    "will be",
    "equals",
    "is",
    "are",
    "was",
];

/// Words that turn a sentence around or make a guess of it.
const DOUBTS: [&str; 24] = [
    "not",
    "no",
    "never",
    "wrong",
    "incorrect",
    "false",
    "isn't",
    "other",
    "another",
    "except",
    "without",
    "least",
    "most",
    "between",
    "either",
    "or",
    "less",
    "more",
    "than",
    "if",
    "unless",
    "maybe",
    "possible",
    "neither",
];

/// Announcements of other languages, in lower case; a colon or verb is their last word.
const OTHERS: [&str; 44] = [
    "最终答案是",
    "最终答案为",
    "最终答案:",
    "正确答案是",
    "正确答案为",
    "正确答案:",
    "正确选项是",
    "正确选项为",
    "所以答案是",
    "因此答案是",
    "因此,答案是",
    "所以,答案是",
    "所以选",
    "因此选",
    "因此,选",
    "所以,选",
    "答案是:",
    "答案为:",
    "答案是",
    "答案为",
    "答案选",
    "答案:",
    "结果是",
    "结果为",
    "结果:",
    "应选",
    "故选:",
    "故选",
    "选择",
    "选项",
    "选:",
    "选",
    "die antwort ist",
    "die antwort lautet",
    "antwort:",
    "das ergebnis ist",
    "ergebnis:",
    "la réponse est",
    "réponse:",
    "réponse :",
    "la respuesta es",
    "respuesta:",
    "a resposta é",
    "ответ:",
];

/// The announced part of a canonical text; `None` where nothing is announced.
pub(crate) fn announced(text: &str) -> Option<&str> {
    let body = text.trim_end_matches(['.', '。', '!', ' ']);
    // Most refused answers are numbers: nothing announces those.
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || !first.is_ascii());
    if !begins && !body.ends_with(|last: char| last.is_ascii_alphabetic()) {
        return None;
    }
    let value = closed(body)
        .or_else(|| translated(text))
        .or_else(|| opened(text))?
        .trim_matches(' ');
    let denies = word(value).is_some_and(|(first, rest)| {
        !rest.trim_matches([' ', '.']).is_empty()
            && ["not", "never", "neither"]
                .iter()
                .any(|no| first.eq_ignore_ascii_case(no))
    });
    (!denies && !value.is_empty()).then_some(value)
}

/// `25 is the answer`, `C is correct`.
fn closed(text: &str) -> Option<&str> {
    ["answer", "choice", "option"]
        .iter()
        .find_map(|thing| {
            let before = without_end(text, thing)?.trim_end_matches(' ');
            let before = ["correct", "final", "right", "best"]
                .iter()
                .find_map(|quality| without_end(before, quality))
                .unwrap_or(before)
                .trim_end_matches(' ');
            without_end(before, " is the")
        })
        .or_else(|| without_end(text, " is correct"))
}

/// A text in another language that begins with one of its announcements.
fn translated(text: &str) -> Option<&str> {
    OTHERS.iter().find_map(|phrase| {
        // Capitals of these scripts share the first byte of their small letters.
        let begins = text
            .as_bytes()
            .first()?
            .eq_ignore_ascii_case(&phrase.as_bytes()[0]);
        let (first, rest) = text.split_at_checked(phrase.len()).filter(|_| begins)?;
        let same = if phrase.is_ascii() {
            first.eq_ignore_ascii_case(phrase)
        } else {
            first.to_lowercase() == *phrase
        };
        let ends = !phrase.ends_with(|last: char| last.is_ascii_alphabetic())
            || rest.starts_with([' ', ':']);
        (same && ends).then(|| rest.trim_start_matches([' ', ':']))
    })
}

/// `Therefore, the answer is 25`, `Answer: 25`, `The number of solutions is 3`.
fn opened(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = LEADS.iter().find_map(|lead| without_start(rest, lead)) {
        rest = after.trim_start_matches([' ', ',', ':']);
    }
    let mut has_thing = false;
    // In "the number of solutions is 3" words in lower case may stand between the thing and its verb.
    let mut may_add = false;
    while text.len() - rest.len() <= MAX_BYTES {
        rest = rest.trim_start_matches(' ');
        if has_thing {
            if let Some(value) = rest.strip_prefix(':') {
                return Some(value);
            }
            if let Some(value) = VERBS.iter().find_map(|verb| without_start(rest, verb)) {
                let value = value.trim_start_matches([' ', ':']);
                return Some(without_start(value, "therefore").unwrap_or(value));
            }
        }
        let (first, after) = word(rest)?;
        let is_one_of =
            |words: &[&str]| words.iter().any(|known| first.eq_ignore_ascii_case(known));
        if is_one_of(&DOUBTS) {
            return None;
        }
        if is_one_of(&THINGS) {
            has_thing = true;
        } else if has_thing && (first == "of" || first == "that" || first == "for" || first == "to")
        {
            may_add = true;
        } else if !(is_one_of(&QUALITIES)
            || may_add && first.bytes().all(|byte| byte.is_ascii_lowercase()))
        {
            return None;
        }
        rest = after;
    }
    None
}

/// The first word of a text, letters and apostrophes alone, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let length = text
        .bytes()
        .take_while(|&byte| byte.is_ascii_alphabetic() || byte == b'\'')
        .count();
    let (first, rest) = text.split_at(length);
    let ends = rest
        .chars()
        .next()
        .is_none_or(|next| !next.is_alphanumeric() && next != '_');
    (length > 0 && ends).then_some((first, rest))
}

/// What follows these words of lower case, in any case.
fn without_start<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let (first, rest) = text.split_at_checked(words.len())?;
    let ends = rest
        .chars()
        .next()
        .is_none_or(|next| !next.is_alphanumeric() && next != '_' && next != '\'');
    (ends && first.eq_ignore_ascii_case(words)).then_some(rest)
}

/// What stands before these words of lower case, in any case.
fn without_end<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let (rest, last) = text.split_at_checked(text.len().checked_sub(words.len())?)?;
    let starts = words.starts_with(' ') || rest.ends_with(' ');
    (starts && last.eq_ignore_ascii_case(words)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_found() {
        for text in [
            "The answer is 25",
            "Therefore, the answer is 25",
            "the final answer is: 25",
            "So the correct answer is 25",
            "Answer: 25",
            "Total: 25",
            "Result : 25",
            "The number of solutions is 25",
            "The sum of all roots equals 25",
            "The area is 25",
            "Thus, the value of the limit is equal to 25",
            "答案是25",
            "答案:25",
            "所以答案是 25",
            "Die Antwort ist 25",
            "La réponse est 25",
            "Réponse : 25",
            "La respuesta es 25",
            "Ответ: 25",
            "25 is the answer",
            "25 is the correct answer.",
            "25 is correct",
        ] {
            assert_eq!(announced(text), Some("25"), "{text}");
        }
    }

    #[test]
    fn what_is_denied_or_doubted_is_not() {
        for text in [
            "The answer is not 25",
            "The answer isn't 25",
            "The wrong answer is 25",
            "The answer could be 25",
            "The other answer is 25",
            "The number of solutions that are not real is 25",
            "answers",
            "is 25",
            "The Answer",
            "25",
            "Answer:",
            "25 is not the answer",
            "25 is incorrect",
            "不是C",
            "",
        ] {
            assert_eq!(announced(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_announcement_goes() {
        for (text, rest) in [
            ("The answer is 25 or 26.", "25 or 26."),
            ("The answer is between 20 and 30.", "between 20 and 30."),
            ("The answer is no", "no"),
            ("The answer is not", "not"),
        ] {
            assert_eq!(announced(text), Some(rest));
        }
    }
}
