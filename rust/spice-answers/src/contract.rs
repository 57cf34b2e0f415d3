//! What a Challenger's response must hold to be a task: one JSON object with the fields that its kind asks for.
//!
//! A response is formatted and parsable, or it is not; nothing is judged here (SPICE, arXiv 2510.24684, appendix). Extra
//! fields are allowed.

use std::borrow::Cow;

use crate::grade::{chosen, is_whole_number};
use crate::json::{Found, Value, elements, last_object, members};
use crate::kind::TaskKind;
use crate::limits::MAX_RESPONSE_BYTES;
use crate::options;

/// Longest answer of kind string, in words.
pub const MAX_STRING_WORDS: usize = 3;

/// Why a response is no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// It is one.
    Ok = 0,
    /// No JSON object in it.
    NoJson = 1,
    /// An object was begun and never closed, and none is complete.
    TruncatedJson = 2,
    /// No `question`, or no `multiple_choice_question` with a stem.
    MissingQuestion = 3,
    /// No `answer` or `multiple_choice_correct`.
    MissingAnswer = 4,
    /// Options A to D are not all there.
    MissingChoices = 5,
    /// `multiple_choice_correct` names none of the options, or several.
    BadLetter = 6,
    /// Question or answer is empty: the Challenger found the passage unsuitable.
    Unsuitable = 7,
    /// Question or answer is neither string nor number.
    WrongType = 8,
    /// `answer_type` is another one than was asked for.
    TypeMismatch = 9,
    /// A string of more than three words.
    StringTooLong = 10,
    /// Asked for a number, the answer is none that the grader can read.
    AnswerDoesNotParse = 11,
}

impl Reason {
    /// All reasons, in the order of their codes.
    pub const ALL: [Self; 12] = [
        Self::Ok,
        Self::NoJson,
        Self::TruncatedJson,
        Self::MissingQuestion,
        Self::MissingAnswer,
        Self::MissingChoices,
        Self::BadLetter,
        Self::Unsuitable,
        Self::WrongType,
        Self::TypeMismatch,
        Self::StringTooLong,
        Self::AnswerDoesNotParse,
    ];

    /// Its name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NoJson => "no_json",
            Self::TruncatedJson => "truncated_json",
            Self::MissingQuestion => "missing_question",
            Self::MissingAnswer => "missing_answer",
            Self::MissingChoices => "missing_choices",
            Self::BadLetter => "bad_letter",
            Self::Unsuitable => "unsuitable",
            Self::WrongType => "wrong_type",
            Self::TypeMismatch => "type_mismatch",
            Self::StringTooLong => "string_too_long",
            Self::AnswerDoesNotParse => "answer_does_not_parse",
        }
    }
}

/// A task as its Challenger wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The question; of a multiple-choice one the stem.
    pub question: String,
    /// The answer, or the letter A to D.
    pub gold: String,
    /// Options A to D, or none.
    pub choices: Vec<String>,
    /// What it says it quotes from the passage.
    pub quotes: Vec<String>,
}

/// The task in a response. Of a response longer than [`MAX_RESPONSE_BYTES`] only the end is read.
///
/// # Errors
///
/// The [`Reason`] why there is none; [`Reason::Ok`] is never one.
pub fn parse_task(response: &str, kind: TaskKind) -> Result<Task, Reason> {
    let fields = Fields::of(response)?;
    let mut task = if kind == TaskKind::Mcq {
        multiple_choice(&fields)?
    } else {
        free_form(&fields, kind)?
    };
    task.quotes = fields.quotes();
    Ok(task)
}

/// The kind of task that a response to the task-type prompt asks for: exactly one of `suitable_for_mcq` and
/// `suitable_for_free_form` is true, and for the latter `best_answer_type` names a type; otherwise `None`.
pub fn parse_task_kind(response: &str) -> Option<TaskKind> {
    let fields = Fields::of(response).ok()?;
    match (
        fields.get("suitable_for_mcq")?,
        fields.get("suitable_for_free_form")?,
    ) {
        (Value::Bool(true), Value::Bool(false)) => Some(TaskKind::Mcq),
        (Value::Bool(false), Value::Bool(true)) => {
            let Value::String(_) = fields.get("best_answer_type")? else {
                return None;
            };
            let name = fields.get("best_answer_type")?.text()?;
            TaskKind::named(name.trim())
                .filter(|&kind| kind != TaskKind::Mcq && kind.is_asked_for())
        }
        _ => None,
    }
}

fn multiple_choice(fields: &Fields<'_>) -> Result<Task, Reason> {
    let question = fields.text("multiple_choice_question", Reason::MissingQuestion)?;
    let letter = fields.text("multiple_choice_correct", Reason::MissingAnswer)?;
    if question.trim().is_empty() || letter.trim().is_empty() {
        return Err(Reason::Unsuitable);
    }
    let (stem, choices) = match options::split(&question) {
        Some((stem, choices)) => (stem, choices.map(str::to_owned).to_vec()),
        None => (
            question.trim(),
            fields.choices().ok_or(Reason::MissingChoices)?,
        ),
    };
    if stem.is_empty() {
        return Err(Reason::MissingQuestion);
    }
    let texts: Vec<&str> = choices.iter().map(String::as_str).collect();
    let index = chosen(&letter, &texts).ok_or(Reason::BadLetter)?;
    Ok(Task {
        question: stem.to_owned(),
        gold: ["A", "B", "C", "D"][index].to_owned(),
        choices,
        quotes: Vec::new(),
    })
}

fn free_form(fields: &Fields<'_>, kind: TaskKind) -> Result<Task, Reason> {
    let question = fields.text("question", Reason::MissingQuestion)?;
    let answer = fields.text("answer", Reason::MissingAnswer)?;
    let (question, answer) = (question.trim(), answer.trim());
    if question.is_empty() || answer.is_empty() {
        return Err(Reason::Unsuitable);
    }
    match fields.get("answer_type") {
        None | Some(Value::Null) => {}
        Some(value) => match value.text() {
            Some(declared) if declared.trim().eq_ignore_ascii_case(kind.name()) => {}
            _ => return Err(Reason::TypeMismatch),
        },
    }
    match kind {
        TaskKind::String if answer.split_whitespace().count() > MAX_STRING_WORDS => {
            Err(Reason::StringTooLong)
        }
        TaskKind::Integer if is_whole_number(answer) != Some(true) => {
            Err(Reason::AnswerDoesNotParse)
        }
        TaskKind::Float if is_whole_number(answer).is_none() => Err(Reason::AnswerDoesNotParse),
        _ => Ok(Task {
            question: question.to_owned(),
            gold: answer.to_owned(),
            choices: Vec::new(),
            quotes: Vec::new(),
        }),
    }
}

/// Fields of the object that a response ends with.
struct Fields<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Fields<'a> {
    fn of(response: &'a str) -> Result<Self, Reason> {
        let begin = response.floor_char_boundary(response.len().saturating_sub(MAX_RESPONSE_BYTES));
        match last_object(&response[begin..]) {
            Found::Object(object) => Ok(Self(members(object))),
            Found::Truncated => Err(Reason::TruncatedJson),
            Found::Nothing => Err(Reason::NoJson),
        }
    }

    /// The value of a field; of a repeated one the last.
    fn get(&self, name: &str) -> Option<Value<'a>> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|&(_, value)| value)
    }

    fn text(&self, name: &str, missing: Reason) -> Result<Cow<'a, str>, Reason> {
        self.get(name)
            .ok_or(missing)?
            .text()
            .ok_or(Reason::WrongType)
    }

    /// Four options from `options` or `choices`: an array of four, or an object with the keys A to D.
    fn choices(&self) -> Option<Vec<String>> {
        let texts: Vec<Cow<'a, str>> = match self.get("options").or_else(|| self.get("choices"))? {
            Value::Array(array) => elements(array)
                .into_iter()
                .map(Value::text)
                .collect::<Option<_>>()?,
            Value::Object(object) => {
                let members = members(object);
                let of_letter = |letter: &str| {
                    let (_, value) = members
                        .iter()
                        .rev()
                        .find(|(key, _)| key.trim().eq_ignore_ascii_case(letter))?;
                    value.text()
                };
                ["A", "B", "C", "D"]
                    .into_iter()
                    .map(of_letter)
                    .collect::<Option<_>>()?
            }
            _ => return None,
        };
        let choices: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| options::without_label(text.trim(), index).to_owned())
            .collect();
        (choices.len() == 4 && choices.iter().all(|choice| !choice.is_empty())).then_some(choices)
    }

    /// Strings of `answer_quote` and `relevant_quotes` that are not empty.
    fn quotes(&self) -> Vec<String> {
        let values = ["answer_quote", "relevant_quotes"]
            .into_iter()
            .filter_map(|name| self.get(name));
        let strings = values.flat_map(|value| match value {
            Value::Array(array) => elements(array),
            single => vec![single],
        });
        strings
            .filter(|value| matches!(value, Value::String(_)))
            .filter_map(Value::text)
            .map(|quote| quote.trim().to_owned())
            .filter(|quote| !quote.is_empty())
            .collect()
    }
}
