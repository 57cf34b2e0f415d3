//! Growth rates: `O(n \log n)` in its spellings, the function inside compared as mathematics.

use super::compare::{self, Outcome, Scale};
use super::math;

/// How two growth rates compare; `None` where one of the texts is none.
pub(super) fn alike(gold: &str, answer: &str) -> Option<Outcome> {
    let ((letter, gold), (other, answer)) = (read(gold)?, read(answer)?);
    if letter != other {
        return Some(Outcome::Different);
    }
    let (Ok(gold), Ok(answer)) = (math::read(gold), math::read(answer)) else {
        return Some(Outcome::Incomparable);
    };
    match compare::compare(gold.view(false), answer.view(false), Scale::default()) {
        same @ Outcome::Same(_) => Some(same),
        _ => Some(Outcome::Different),
    }
}

/// `O(n \log n)`: the letter, and what stands in its parentheses.
fn read(text: &str) -> Option<(char, &str)> {
    let text = text.strip_suffix('.').unwrap_or(text);
    // T(n) = O(n)
    let text = match text.split_once('=') {
        Some((name, rate)) if name.len() <= 6 && name.contains('(') => rate.trim_matches(' '),
        _ => text,
    };
    let (head, inside) = text.split_once('(')?;
    let head = head.trim_matches(' ');
    let head = head.strip_prefix("\\mathcal").unwrap_or(head);
    let letter = match head.trim_matches(['{', '}', ' ']) {
        "O" => 'O',
        "o" => 'o',
        "\\Theta" | "Θ" | "θ" => 'Θ',
        "\\Omega" | "Ω" => 'Ω',
        _ => return None,
    };
    Some((letter, inside.strip_suffix(')')?))
}
