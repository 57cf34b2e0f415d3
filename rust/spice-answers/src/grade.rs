//! One gold against one answer: equal bytes, then by type. When in doubt the answer is refused, for a wrong answer that
//! passes costs a training run more than a right one that does not.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::algebra::identity::Proof;
use crate::announce::announced;
use crate::canonical::canonical;
use crate::extract::{extract, trimmed};
use crate::fuel;
use crate::kind::TaskKind;
use crate::letter::choose;
use crate::limits::{MAX_ANSWER_BYTES, OverLimits};
use crate::number::{self, Reading};
use crate::policy::{Depth, Policy};
use crate::text::{looks_like_mathematics, prose, same_formula, same_prose, without_period};
use crate::typed::{self, Outcome, Spelling};
use crate::verdict::{AnswerKind, Case, Kinds, Rule, Verdict};

/// What a response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A whole response, in which the policy finds the answer.
    Response,
    /// The answer itself.
    Answer,
}

/// The verdict on one case. It depends on nothing but its arguments.
pub fn check(case: &Case<'_>, policy: Policy, mode: Mode) -> Verdict {
    check_with(case, None, policy, mode)
}

/// A gold whose reading is kept: for the many answers to one task.
///
/// # Examples
///
/// ```
/// use spice_answers::{Gold, Mode, Policy};
///
/// let gold = Gold::new("x^2-1", None, &[]);
/// for answer in ["(x-1)(x+1)", "-1+x^2"] {
///     assert_eq!(gold.check(answer, Policy::TRAINING, Mode::Answer).rule.equivalent(), Some(true));
/// }
/// ```
#[derive(Debug)]
pub struct Gold {
    text: String,
    kind: Option<TaskKind>,
    choices: Vec<String>,
    kept: Kept,
}

/// What is worked out of a gold once.
#[derive(Debug, Default)]
struct Kept {
    spelt: OnceLock<Result<String, OverLimits>>,
    readings: typed::Memo,
}

impl Gold {
    /// Keeps a gold; nothing is read before the first answer needs it.
    pub fn new(text: &str, kind: Option<TaskKind>, choices: &[&str]) -> Self {
        Self {
            text: text.to_owned(),
            kind,
            choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
            kept: Kept::default(),
        }
    }

    /// The verdict that [`check`] gives on this gold and a response.
    pub fn check(&self, response: &str, policy: Policy, mode: Mode) -> Verdict {
        let choices: Vec<&str> = self.choices.iter().map(String::as_str).collect();
        let case = Case {
            gold: &self.text,
            response,
            kind: self.kind,
            choices: &choices,
        };
        check_with(&case, Some(&self.kept), policy, mode)
    }
}

fn check_with(case: &Case<'_>, kept: Option<&Kept>, policy: Policy, mode: Mode) -> Verdict {
    let span = match mode {
        Mode::Response => {
            extract(case.response, policy.marks).map(|found| (found.start, found.end))
        }
        Mode::Answer => Some(trimmed(case.response, 0, case.response.len())),
    };
    let gold = case.gold.trim();
    let answer = span.map_or("", |(start, end)| &case.response[start..end]);
    fuel::start(gold.len() + answer.len());
    let (rule, kinds) = if span.is_some() {
        grade(gold, kept, answer, case.kind, case.choices, policy)
            .unwrap_or((Rule::OverLimits, Kinds::UNREAD))
    } else {
        (Rule::NoAnswer, Kinds::UNREAD)
    };
    Verdict {
        rule,
        span,
        gold_kind: kinds.gold,
        answer_kind: kinds.answer,
        fuel: fuel::burnt(),
    }
}

/// The rule that decides between two trimmed texts, and what they were read as.
fn grade(
    gold: &str,
    kept: Option<&Kept>,
    answer: &str,
    kind: Option<TaskKind>,
    choices: &[&str],
    mut policy: Policy,
) -> Result<(Rule, Kinds), OverLimits> {
    policy.rounding &= kind != Some(TaskKind::Integer);
    if gold.is_empty() || answer.is_empty() {
        return Ok((Rule::Empty, Kinds::UNREAD));
    }
    if kind == Some(TaskKind::Mcq) || (kind.is_none() && !choices.is_empty()) {
        return grade_letter(gold, answer, choices);
    }
    if gold == answer {
        return Ok((Rule::EqualBytes, Kinds::UNREAD));
    }
    let spelt_gold = match kept {
        Some(kept) => {
            let spelt = kept.spelt.get_or_init(|| spelt(gold).map(Cow::into_owned));
            Cow::Borrowed(spelt.as_ref().map_err(|&over| over)?.as_str())
        }
        None => spelt(gold)?,
    };
    let spelt_answer = spelt(answer)?;
    let sides = Sides {
        gold: Spelling {
            raw: gold,
            canonical: &spelt_gold,
        },
        kept,
        kind,
    };
    let raw = Spelling {
        raw: answer,
        canonical: &spelt_answer,
    };
    let (rule, kinds) = sides.grade(raw, policy)?;
    if rule.equivalent() != Some(true)
        && let Some(value) = announced(&spelt_answer)
    {
        let value = spelt(value)?;
        return sides.grade(
            Spelling {
                raw: &value,
                canonical: &value,
            },
            policy,
        );
    }
    Ok((rule, kinds))
}

/// A gold and how answers are compared with it.
struct Sides<'a> {
    gold: Spelling<'a>,
    kept: Option<&'a Kept>,
    kind: Option<TaskKind>,
}

impl Sides<'_> {
    fn grade(&self, answer: Spelling<'_>, policy: Policy) -> Result<(Rule, Kinds), OverLimits> {
        let Self { gold, kept, kind } = *self;
        if gold.canonical.is_empty() || answer.canonical.is_empty() {
            return Ok((Rule::Empty, Kinds::UNREAD));
        }
        let (by_text, kinds) = by_number_or_text(gold.canonical, answer.canonical, kind, policy)?;
        let is_exact = kind == Some(TaskKind::String) && policy.exact_strings;
        let has_types = policy.depth == Depth::Types && !is_exact;
        let is_open = matches!(by_text, Rule::NotANumber | Rule::DifferentText);
        // As prose 5 MW and 5 mW are the same; as quantities they are not.
        let case_may_count = by_text == Rule::EqualText
            && gold.canonical.bytes().any(|byte| byte.is_ascii_digit())
            && without_period(gold.canonical) != without_period(answer.canonical);
        if !has_types || !(is_open || case_may_count) {
            return Ok((by_text, kinds));
        }
        let (outcome, kinds) = typed::compare(
            gold,
            kept.map(|kept| &kept.readings),
            answer,
            kind,
            policy.rounding,
        );
        if by_text == Rule::EqualText && outcome != Outcome::Different {
            return Ok((by_text, kinds));
        }
        let rule = match outcome {
            Outcome::Same(Proof::Exact) => Rule::EqualValue,
            Outcome::Same(Proof::Modular) => Rule::EqualIdentity,
            Outcome::Same(Proof::Numeric) => Rule::EqualNumeric,
            Outcome::ByConvention(used) if policy.forgives(used) => Rule::EqualByConvention,
            Outcome::Rounded => Rule::RoundedNumber,
            Outcome::Different | Outcome::ByConvention(_) => Rule::DifferentValue,
            Outcome::Incomparable => by_text,
            Outcome::Undecided => Rule::Undecided,
        };
        Ok((rule, kinds))
    }
}

/// What plain numbers and canonical texts decide: the tiers that `tests/parity` specifies in Python.
fn by_number_or_text(
    gold: &str,
    answer: &str,
    kind: Option<TaskKind>,
    policy: Policy,
) -> Result<(Rule, Kinds), OverLimits> {
    if policy.depth >= Depth::Numbers && kind != Some(TaskKind::String) {
        match number::read(gold) {
            Reading::OverLimits => return Err(OverLimits),
            Reading::Number(gold) => {
                return match number::read(answer) {
                    Reading::OverLimits => Err(OverLimits),
                    Reading::NotANumber => Ok((
                        Rule::NotANumber,
                        Kinds {
                            gold: AnswerKind::Number,
                            answer: AnswerKind::Text,
                        },
                    )),
                    Reading::Number(answer) => Ok((
                        number::compare(&gold, &answer, policy),
                        Kinds::both(AnswerKind::Number),
                    )),
                };
            }
            Reading::NotANumber => {}
        }
    }
    let as_prose =
        kind == Some(TaskKind::String) || (kind.is_none() && !looks_like_mathematics(gold));
    let (says_nothing, same) = if as_prose {
        let same = if policy.loose_text {
            same_prose(gold, answer)
        } else {
            gold == answer
        };
        (prose(gold).is_empty(), same)
    } else {
        (without_period(gold).is_empty(), same_formula(gold, answer))
    };
    let rule = match (says_nothing, same) {
        (true, _) => Rule::Empty,
        (_, true) => Rule::EqualText,
        _ => Rule::DifferentText,
    };
    Ok((rule, Kinds::TEXTS))
}

fn grade_letter(gold: &str, answer: &str, choices: &[&str]) -> Result<(Rule, Kinds), OverLimits> {
    let choices = canonical_choices(choices)?;
    let Ok((right, _)) = choose(&spelt(gold)?, &choices) else {
        return Ok((Rule::GoldUnusable, Kinds::TEXTS));
    };
    let (rule, answer) = match choose(&spelt(answer)?, &choices) {
        Err(rule) => (rule, AnswerKind::Text),
        Ok((chosen, rule)) if chosen == right => (rule, AnswerKind::Choice),
        Ok(_) => (Rule::DifferentLetter, AnswerKind::Choice),
    };
    let gold = AnswerKind::Choice;
    Ok((rule, Kinds { gold, answer }))
}

/// The choice that a text names, by the rules that answers are graded with; `None` where it names none or several.
pub(crate) fn chosen(text: &str, choices: &[&str]) -> Option<usize> {
    let choices = canonical_choices(choices).ok()?;
    choose(&spelt(text.trim()).ok()?, &choices)
        .ok()
        .map(|(index, _)| index)
}

/// The number that a text is, by the rules that answers are graded with: `Some(true)` for a whole one.
pub(crate) fn is_whole_number(text: &str) -> Option<bool> {
    match number::read(&spelt(text.trim()).ok()?) {
        Reading::Number(number) => Some(number.is_whole()),
        _ => None,
    }
}

fn canonical_choices<'a>(choices: &[&'a str]) -> Result<Vec<Cow<'a, str>>, OverLimits> {
    choices.iter().map(|choice| spelt(choice.trim())).collect()
}

/// The canonical text, within the limits.
fn spelt(text: &str) -> Result<Cow<'_, str>, OverLimits> {
    if text.len() > MAX_ANSWER_BYTES {
        return Err(OverLimits);
    }
    canonical(text)
}
