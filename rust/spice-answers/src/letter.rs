//! Which choice an answer names: the leading letter counts, or the choice's own text; two letters, or a letter that its
//! text contradicts, count for nothing.

use std::borrow::Cow;

use crate::announce::announced;
use crate::canonical::canonical;
use crate::number::{self, Reading};
use crate::text::{AsOption, looks_like_mathematics};
use crate::typed;
use crate::verdict::Rule;

/// Letters that may be meant where the choices are unknown: A to J.
const DEFAULT_NUM_CHOICES: usize = 10;

/// More choices than these are compared by their letters and texts alone.
const MAX_MATHEMATICAL: usize = 26;
/// Longest text that is compared with the choices as mathematics, in bytes.
const MAX_MATHEMATICS: usize = 512;

/// The choice that a canonical text names and the rule that says so, or the rule that says why there is none.
///
/// `choices` are canonical, too; empty where they are unknown. A text that names none may announce its answer, or be the
/// value of exactly one choice in another form.
pub(crate) fn choose(text: &str, choices: &[Cow<'_, str>]) -> Result<(usize, Rule), Rule> {
    let mut found = named(text, choices);
    let mut kept = Cow::Borrowed(text);
    if found.is_err()
        && let Some(value) = announced(text)
        && let Ok(value) = canonical(value)
    {
        found = named(&value, choices);
        kept = value;
    }
    if found == Err(Rule::NoLetter)
        && let [index] = of_value(&kept, choices)[..]
    {
        return Ok((index, Rule::EqualChoiceText));
    }
    found
}

/// The choices that a text is the value of, nothing forgiven; where there are none and the text is a bare number, those
/// of which it is the number.
fn of_value(text: &str, choices: &[Cow<'_, str>]) -> Vec<usize> {
    let may_be = |text: &str| {
        (1..=MAX_MATHEMATICS).contains(&text.len())
            && (text.bytes().any(|byte| byte.is_ascii_digit()) || looks_like_mathematics(text))
    };
    if choices.len() > MAX_MATHEMATICAL || !may_be(text) {
        return Vec::new();
    }
    let of = |bare: bool| -> Vec<usize> {
        (0..choices.len())
            .filter(|&index| {
                may_be(&choices[index]) && typed::same_value(&choices[index], text, bare)
            })
            .collect()
    };
    let exact = of(false);
    if exact.is_empty() && matches!(number::read(text), Reading::Number(_)) {
        return of(true);
    }
    exact
}

fn named(text: &str, choices: &[Cow<'_, str>]) -> Result<(usize, Rule), Rule> {
    let num_choices = if choices.is_empty() {
        DEFAULT_NUM_CHOICES
    } else {
        choices.len()
    };
    let matching = |text: &str| -> Vec<usize> {
        let option = AsOption::new(text);
        (0..choices.len())
            .filter(|&index| option.is(&choices[index]))
            .collect()
    };
    let body = without_prefix(text);
    match leading_letter(body) {
        Some((index, rest)) if index < num_choices => {
            let own = if rest.is_empty() {
                Vec::new()
            } else {
                Some(matching(rest))
                    .filter(|own| !own.is_empty())
                    .unwrap_or_else(|| of_value(rest, choices))
            };
            if own.contains(&index) {
                return Ok((index, Rule::EqualLetter));
            }
            let matches = matching(text);
            if !own.is_empty() || matches.iter().any(|&other| other != index) {
                return Err(Rule::Contradiction);
            }
            if letters_in(rest, num_choices) & !(1 << index) != 0 {
                return Err(Rule::SeveralLetters);
            }
            return Ok((index, Rule::EqualLetter));
        }
        Some(_) => {}
        None => {
            if let Some((index, rest)) =
                letter_and_text(body).filter(|&(index, _)| index < choices.len())
                && AsOption::new(rest).is(&choices[index])
                && matching(text).iter().all(|&other| other == index)
            {
                return Ok((index, Rule::EqualLetter));
            }
        }
    }
    match matching(text)[..] {
        [index] => Ok((index, Rule::EqualChoiceText)),
        [] if letters_in(text, num_choices).count_ones() < 2 => Err(Rule::NoLetter),
        _ => Err(Rule::SeveralLetters),
    }
}

/// The text without "option", "choice" or "answer" before the letter.
fn without_prefix(text: &str) -> &str {
    for word in ["option", "choice", "answer"] {
        if let Some((first, rest)) = text.split_at_checked(word.len())
            && first.eq_ignore_ascii_case(word)
        {
            let spaced = rest.strip_prefix(' ').unwrap_or(rest);
            if let Some(after) = spaced.strip_prefix(':') {
                return after.strip_prefix(' ').unwrap_or(after);
            }
            if spaced.len() < rest.len() {
                return spaced;
            }
        }
    }
    text
}

/// `B`, `B) ...`, `(B) ...`, `[B] ...`, `B. ...`, `B: ...`, `B - ...` or `B、...`: the letter's place in the alphabet, and what
/// follows it.
fn leading_letter(text: &str) -> Option<(usize, &str)> {
    let mut chars = text.chars();
    match chars.next()? {
        open @ ('(' | '[') => {
            let index = place(chars.next()?)?;
            let close = if open == '(' { ')' } else { ']' };
            Some((index, chars.as_str().strip_prefix(close)?.trim_matches(' ')))
        }
        letter => {
            let index = place(letter)?;
            let rest = match chars.next() {
                None => "",
                Some(')' | '、' | '。' | ':') => chars.as_str(),
                Some(' ') => chars.as_str().strip_prefix("- ")?,
                Some('.') if chars.as_str().is_empty() => "",
                // Between Latin letters a period without a space is no separator: A.D., B.C.
                Some('.') if !chars.as_str().is_ascii() => chars.as_str(),
                Some('.') => chars.as_str().strip_prefix(' ')?,
                Some(_) => return None,
            };
            Some((index, rest.trim_matches(' ')))
        }
    }
}

/// `B ...`: a letter and a text with nothing between them.
fn letter_and_text(text: &str) -> Option<(usize, &str)> {
    let mut chars = text.chars();
    let index = place(chars.next()?)?;
    let rest = chars.as_str().strip_prefix(' ')?;
    (!rest.is_empty()).then_some((index, rest))
}

fn place(letter: char) -> Option<usize> {
    letter
        .is_ascii_alphabetic()
        .then(|| usize::from(letter.to_ascii_uppercase() as u8 - b'A'))
}

/// Choices that stand in a text as letters of their own, as a bit set: capitals, or any letter before `)`.
fn letters_in(text: &str, num_choices: usize) -> u32 {
    let bytes = text.as_bytes();
    let joins = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
    };
    let mut found = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + 1);
        if byte.is_ascii_alphabetic() && !joins(before) && !joins(after) {
            let index = u32::from(byte.to_ascii_uppercase() - b'A');
            if (index as usize) < num_choices && (byte.is_ascii_uppercase() || after == Some(&b')'))
            {
                found |= 1 << index;
            }
        }
    }
    found
}
