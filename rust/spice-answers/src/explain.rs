//! The path of a decision in words: what was found, what each side was read as, which rule decided.

use crate::canonical::canonical;
use crate::extract::{How, extract};
use crate::grade::{Mode, check};
use crate::kind::TaskKind;
use crate::limits::MAX_ANSWER_BYTES;
use crate::policy::{Depth, Policy};
use crate::typed::describe;
use crate::verdict::{Case, Rule, Verdict};

/// Characters of a text that are shown.
const MAX_SHOWN: usize = 200;

/// A verdict and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The verdict that [`check`] gives.
    pub verdict: Verdict,
    /// One statement each, in the order of work.
    pub lines: Vec<String>,
}

/// Explains the verdict on one case.
///
/// # Examples
///
/// ```
/// use spice_answers::{Case, Mode, Policy, explain};
///
/// let case = Case { gold: "x^2-1", response: r"\boxed{(x-1)(x+1)}", kind: None, choices: &[] };
/// let explanation = explain(&case, Policy::TRAINING, Mode::Response);
/// assert_eq!(explanation.lines.last().unwrap(), "right: they are the same function (equal_identity)");
/// ```
pub fn explain(case: &Case<'_>, policy: Policy, mode: Mode) -> Explanation {
    let verdict = check(case, policy, mode);
    let mut lines = Vec::new();
    if mode == Mode::Response {
        lines.push(
            match extract(case.response, policy.marks).map(|found| found.how) {
                Some(How::Box) => "the answer stands in the last balanced box".to_owned(),
                Some(How::AnswerTag) => "the answer stands in the last <answer> tag".to_owned(),
                Some(How::Hashes) => "the answer stands behind the last ####".to_owned(),
                Some(How::Phrase) => "the answer stands behind words that announce it".to_owned(),
                None => "no mark of an answer was found".to_owned(),
            },
        );
    }
    if let Some((start, end)) = verdict.span {
        let by_letter =
            case.kind == Some(TaskKind::Mcq) || (case.kind.is_none() && !case.choices.is_empty());
        for (name, text) in [
            ("gold", case.gold.trim()),
            ("answer", &case.response[start..end]),
        ] {
            lines.push(format!("{name}: {}", shown(text)));
            if text.len() > MAX_ANSWER_BYTES {
                continue;
            }
            if let Ok(spelt) = canonical(text)
                && *spelt != *text
            {
                lines.push(format!("{name} in one spelling: {}", shown(&spelt)));
            }
            if !by_letter && policy.depth == Depth::Types && verdict.rule != Rule::EqualBytes {
                lines.push(format!("{name} read as {}", shown(&describe(text))));
            }
        }
    }
    let word = match verdict.rule.equivalent() {
        Some(true) => "right",
        Some(false) => "wrong",
        None => "undecided",
    };
    lines.push(format!(
        "{word}: {} ({})",
        verdict.rule.meaning(),
        verdict.rule.name()
    ));
    Explanation { verdict, lines }
}

fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(MAX_SHOWN).collect();
    if chars.next().is_some() {
        format!("{head}...")
    } else {
        head
    }
}
