//! Lists of names: `red, green, blue`, `Blue, Red and Green`.

use super::texts::same_words;
use crate::text::looks_like_mathematics;

/// Most items of a list of texts.
const MAX_ITEMS: usize = 64;

/// Whether two lists hold the same texts: `Some(false)` in the same order, `Some(true)` in another.
pub(super) fn lists(gold: &str, answer: &str, any_order: bool) -> Option<bool> {
    if !(gold.contains([',', ';', '&']) || gold.contains(" and ")) {
        return None;
    }
    let (gold, bracket) = items(gold)?;
    let (answer, _) = items(answer)?;
    let has_words = gold.iter().any(|item| !looks_like_mathematics(item));
    if gold.len() != answer.len() || !has_words {
        return None;
    }
    let same = |a: &str, b: &str| {
        let is_name = a.len() > 2 && !looks_like_mathematics(a);
        // Of two letters the first may be a capital: No and no, but not CO and Co.
        let is_word = a.len() == 2 && a.get(1..) == b.get(1..);
        if is_name {
            same_words(a, b)
        } else {
            a == b || is_word && a.eq_ignore_ascii_case(b)
        }
    };
    if gold.iter().zip(&answer).all(|(a, b)| same(a, b)) {
        return Some(false);
    }
    if !any_order || matches!(bracket, Some('(' | '[')) {
        return None;
    }
    let mut free = answer;
    for item in &gold {
        let place = free.iter().position(|other| same(item, other))?;
        free.swap_remove(place);
    }
    Some(true)
}

/// The items of a list of at least two texts, and the bracket around it.
fn items(text: &str) -> Option<(Vec<&str>, Option<char>)> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let fences = [("\\{", "\\}", '{'), ("[", "]", '['), ("(", ")", '(')];
    let (text, bracket) = fences
        .iter()
        .find_map(|&(open, close, bracket)| {
            Some((text.strip_prefix(open)?.strip_suffix(close)?, Some(bracket)))
        })
        .unwrap_or((text, None));
    if text.contains(['[', ']', '(', ')', '{', '}']) {
        return None;
    }
    let separator = if text.contains(';') { ';' } else { ',' };
    let mut items: Vec<&str> = text
        .split(separator)
        .map(|item| item.trim_matches(' '))
        .collect();
    let last = items.pop()?;
    if let Some(behind) = last
        .strip_prefix("and ")
        .or_else(|| last.strip_prefix("& "))
    {
        items.push(behind);
    } else if let Some((a, b)) = last.split_once(" and ").or_else(|| last.split_once(" & ")) {
        items.extend([a, b]);
    } else {
        items.push(last);
    }
    ((2..=MAX_ITEMS).contains(&items.len()) && items.iter().all(|item| !item.is_empty()))
        .then_some((items, bracket))
}
