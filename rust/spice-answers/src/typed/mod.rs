//! Answers by what they are: truth values, dates, times, bases, ratios, formulas of chemistry, and mathematics.
//!
//! The gold is read first, and its kind decides how the answer is read; what cannot be read stays text.

mod atoms;
mod calendar;
mod cases;
mod chain;
mod chemistry;
mod compare;
mod congruence;
mod convert;
mod growth;
mod head;
mod line;
mod math;
mod notation;
mod quantity;
mod ratio;
mod region;
mod rounding;
mod shape;
mod spoken;
mod statements;
mod text_lists;
mod texts;
mod unit_names;
mod unit_reader;
mod units;
mod words;

use std::sync::OnceLock;

use crate::algebra::identity::Proof;
use crate::canonical::canonical;
use crate::fuel;
use crate::kind::TaskKind;
use crate::policy::Conventions;
use crate::syntax::token::Failure;
use crate::syntax::{Id, Tree, tokens};
use crate::text::looks_like_mathematics;
use crate::verdict::{AnswerKind, Kinds};
use calendar::{Clock, Date};
pub(crate) use compare::Outcome;
use compare::Scale;
use congruence::Congruence;
use math::Readings;
use notation::Based;
use ratio::Ratio;
use shape::Shape;
use spoken::in_symbols;

/// A trimmed text, as it is and in canonical form.
#[derive(Clone, Copy)]
pub(crate) struct Spelling<'a> {
    pub(crate) raw: &'a str,
    pub(crate) canonical: &'a str,
}

/// The readings of a gold, made when a case first needs them.
pub(crate) type Memo = OnceLock<Result<Readings, Failure>>;

/// Compares two texts of which neither is empty by the kind of the gold.
pub(crate) fn compare(
    gold: Spelling<'_>,
    memo: Option<&Memo>,
    answer: Spelling<'_>,
    kind: Option<TaskKind>,
    rounding: bool,
) -> (Outcome, Kinds) {
    let as_prose = kind == Some(TaskKind::String)
        || (kind.is_none() && !looks_like_mathematics(gold.canonical));
    let (outcome, kinds) = by_value(gold, memo, answer, kind, rounding, as_prose);
    match outcome {
        Outcome::Different | Outcome::Incomparable => {
            let were_read = outcome == Outcome::Different;
            match texts::alike(gold.canonical, answer.canonical, kind, as_prose, were_read) {
                Some(alike) => (alike, kinds),
                None => (outcome, kinds),
            }
        }
        _ => (outcome, kinds),
    }
}

/// Whether two canonical texts have the same value, nothing forgiven but how it is written; with `bare`, a unit or name
/// that the second lacks, too.
pub(crate) fn same_value(a: &str, b: &str, bare: bool) -> bool {
    let whole = |text| Spelling {
        raw: text,
        canonical: text,
    };
    let (outcome, _) = compare(whole(a), None, whole(b), Some(TaskKind::Expression), false);
    match outcome {
        Outcome::Same(_) | Outcome::ByConvention(Conventions::UNEVALUATED) => true,
        Outcome::ByConvention(Conventions::MISSING_UNIT | Conventions::MISSING_NAME) => bare,
        _ => false,
    }
}

/// Compares what both texts are read as.
fn by_value(
    gold: Spelling<'_>,
    memo: Option<&Memo>,
    answer: Spelling<'_>,
    kind: Option<TaskKind>,
    rounding: bool,
    as_prose: bool,
) -> (Outcome, Kinds) {
    if let Some(decided) = by_notation(gold.canonical, answer.canonical, kind, as_prose) {
        return decided;
    }
    let (first, second) = (in_symbols(gold), in_symbols(answer));
    if as_prose && !(has_digit(&first) && has_digit(&second)) {
        return (Outcome::Incomparable, Kinds::TEXTS);
    }
    let read_now;
    let gold = if let Some(memo) = memo {
        memo.get_or_init(|| fuel::free(|| math::read(&first)))
    } else {
        read_now = fuel::free(|| math::read(&first));
        &read_now
    };
    let gold = match gold {
        Ok(gold) => gold,
        Err(Failure::OverLimits) => return (Outcome::Undecided, Kinds::UNREAD),
        Err(Failure::NotMathematics) => return (Outcome::Incomparable, Kinds::TEXTS),
    };
    let answer = math::read(&second);
    let kinds = Kinds {
        gold: gold.kind(),
        answer: answer.as_ref().map_or(AnswerKind::Text, Readings::kind),
    };
    let outcome = match answer {
        Ok(answer) => {
            let scale = Scale {
                rounding,
                constants_only: matches!(kind, Some(TaskKind::Integer | TaskKind::Float)),
                ..Scale::default()
            };
            compare::compare(gold.view(as_prose), answer.view(as_prose), scale)
        }
        Err(Failure::OverLimits) => Outcome::Undecided,
        Err(Failure::NotMathematics) => Outcome::Incomparable,
    };
    (outcome, kinds)
}

/// What a trimmed text would be read as, in words.
pub(crate) fn describe(text: &str) -> String {
    let Ok(canonical) = canonical(text) else {
        return "nothing: it is too deep".to_owned();
    };
    if canonical.is_empty() {
        return "nothing".to_owned();
    }
    if let Some((value, _)) = notation::truth(&canonical) {
        return value.to_string();
    }
    if Date::read(&canonical).is_some() {
        return "a date".to_owned();
    }
    if Clock::read(&canonical).is_some() {
        return "a time of day".to_owned();
    }
    let spelling = Spelling {
        raw: text,
        canonical: &canonical,
    };
    match math::read(&in_symbols(spelling)) {
        Ok(readings) => match readings.first.or(readings.as_quantity) {
            Some(math) => math.described(),
            None => "text".to_owned(),
        },
        Err(Failure::OverLimits) => "nothing: it is too large".to_owned(),
        Err(Failure::NotMathematics) => "text".to_owned(),
    }
}

/// The tree of a trimmed text that is one value without a unit or a name, and the value in it.
pub(crate) fn value_tree(text: &str) -> Option<(Tree, Id)> {
    let canonical = canonical(text).ok().filter(|text| !text.is_empty())?;
    let spelling = Spelling {
        raw: text,
        canonical: &canonical,
    };
    let math = math::read(&in_symbols(spelling)).ok()?.first?;
    match math.shape {
        Shape::Scalar(value) if math.measure.is_none() && math.variable.is_none() => {
            Some((math.tree, value))
        }
        _ => None,
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Decides by a notation that the gold is written in; `None` where it has none, or the answer cannot be compared by it.
fn by_notation(
    gold: &str,
    answer: &str,
    kind: Option<TaskKind>,
    as_prose: bool,
) -> Option<(Outcome, Kinds)> {
    let decided = |same: bool, kind: AnswerKind| {
        let outcome = if same {
            Outcome::Same(Proof::Exact)
        } else {
            Outcome::Different
        };
        Some((outcome, Kinds::both(kind)))
    };
    if let Some((value, is_letter)) = notation::truth(gold) {
        let is_asked = kind == Some(TaskKind::Boolean);
        if !is_letter || is_asked {
            return match notation::truth(answer) {
                Some((other, letter)) if !letter || is_asked => {
                    decided(value == other, AnswerKind::Truth)
                }
                _ => None,
            };
        }
    }
    if kind == Some(TaskKind::Boolean) {
        return None;
    }
    if gold.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits alone are neither date, time, ratio nor formula; their base may be.
        return by_base(gold, answer);
    }
    if !has_digit(gold) && !has_digit(answer) && as_prose && !gold.contains(':') {
        let clocks = Clock::read(gold).zip(Clock::read(answer));
        let formulas = chemistry::read(gold).zip(chemistry::read(answer));
        return match (clocks, formulas) {
            (Some((a, b)), _) => decided(a.same(b), AnswerKind::Time),
            (_, Some((a, b))) if a.written == b.written => decided(true, AnswerKind::Chemistry),
            _ => None,
        };
    }
    if let (Some(date), Some(other)) = (Date::read(gold), Date::read(answer)) {
        return decided(date == other, AnswerKind::Date);
    }
    if let (Some(clock), Some(other)) = (Clock::read(gold), Clock::read(answer)) {
        // 5:12:13 and 10:24:26 could be times, and are the same proportion.
        let is_proportion = gold.matches(':').count() == 2
            && !clock.same(other)
            && Ratio::read(gold)
                .zip(Ratio::read(answer))
                .is_some_and(|(a, b)| a.is_multiple(&b));
        return if is_proportion {
            decided(true, AnswerKind::Ratio)
        } else {
            decided(clock.same(other), AnswerKind::Time)
        };
    }
    if let Some(decided) = by_base(gold, answer) {
        return Some(decided);
    }
    if (gold.contains(':') || gold.contains(" to "))
        && let Some(ratio) = Ratio::read(gold)
    {
        let outcome = match Ratio::read(answer) {
            Some(other) => ratio.compare(&other),
            None => ratio.compare_fraction(answer),
        };
        return (outcome != Outcome::Incomparable)
            .then_some((outcome, Kinds::both(AnswerKind::Ratio)));
    }
    if (gold.contains("mod") || gold.contains('≡'))
        && let Some((gold, answer)) = congruence(gold).zip(congruence(answer))
    {
        return Some((gold.compare(&answer), Kinds::both(AnswerKind::Congruence)));
    }
    if let (Some(formula), Some(other)) = (chemistry::read(gold), chemistry::read(answer)) {
        // `P_1V_1 = P_2V_2` may be an equation of physics.
        let is_certain = formula.is_certain && other.is_certain;
        let same = formula.written == other.written;
        if same || is_certain {
            return decided(same, AnswerKind::Chemistry);
        }
    }
    None
}

fn congruence(text: &str) -> Option<Congruence> {
    Congruence::read(&tokens(text).ok()?)
}

fn by_base(gold: &str, answer: &str) -> Option<(Outcome, Kinds)> {
    let based = |text: &str| {
        let is_marked = text.contains('_') || text.contains("base") || text.starts_with('0');
        is_marked.then(|| Based::read(text)).flatten()
    };
    let (gold_based, answer_based) = (based(gold), based(answer));
    let kind = |side: &Option<Based>| match side {
        Some(_) => AnswerKind::Based,
        None => AnswerKind::Number,
    };
    let kinds = Kinds {
        gold: kind(&gold_based),
        answer: kind(&answer_based),
    };
    let outcome = match (gold_based, answer_based) {
        (Some(a), Some(b)) if a == b => Some(Outcome::Same(Proof::Exact)),
        (Some(_), Some(_)) => Some(Outcome::Different),
        // The base is a unit of its kind: it may be missing, the digits must be the same.
        (Some(a), None) => Some(match Based::of(answer.trim_end_matches('.'), a.base) {
            Some(b) if a == b => Outcome::ByConvention(Conventions::MISSING_BASE),
            _ => Outcome::Different,
        }),
        (None, Some(b)) if b.base == 10 => Some(match Based::of(gold, 10) {
            Some(a) if a == b => Outcome::ByConvention(Conventions::MISSING_BASE),
            _ => Outcome::Different,
        }),
        (None, Some(_)) if gold.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Outcome::Different)
        }
        _ => None,
    };
    Some((outcome?, kinds))
}
