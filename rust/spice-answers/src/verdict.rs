//! What the grader says of one answer: right, wrong or undecided, by which rule and how certainly.

use crate::kind::TaskKind;

/// The rule that decided a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Rule {
    /// Answer and gold are the same bytes.
    EqualBytes = 0,
    /// They are the same text without wrappers, spacing and the like.
    EqualText = 1,
    /// They are the same rational number.
    EqualNumber = 2,
    /// The same number, but one side lacks the unit sign or the `x =`.
    BareNumber = 3,
    /// One is the other correctly rounded to at least four significant digits.
    RoundedNumber = 4,
    /// The answer's letter is the gold's.
    EqualLetter = 5,
    /// The answer is the right choice's own text.
    EqualChoiceText = 6,
    /// The response marks no answer.
    NoAnswer = 7,
    /// Answer or gold is empty.
    Empty = 8,
    /// The texts differ.
    DifferentText = 9,
    /// The numbers, or their units or variables, differ.
    DifferentNumber = 10,
    /// The gold is a number and the answer is not one.
    NotANumber = 11,
    /// The letters differ.
    DifferentLetter = 12,
    /// The answer names no choice.
    NoLetter = 13,
    /// It names several.
    SeveralLetters = 14,
    /// Its letter contradicts its text.
    Contradiction = 15,
    /// The gold names no choice.
    GoldUnusable = 16,
    /// Too long, too deep or too large a number to decide.
    OverLimits = 17,
    /// The grader failed on this case; the rest of the batch is unaffected.
    Crashed = 18,
    /// They are the same value, exactly: a number, date, time, quantity, set, ratio.
    EqualValue = 19,
    /// They are the same function: equal at random points of two prime fields.
    EqualIdentity = 20,
    /// They agree to 160 bits wherever both are defined.
    EqualNumeric = 21,
    /// They are the same by a convention: a missing unit, another order, an interval for an inequality.
    EqualByConvention = 22,
    /// Both were read, and their values differ.
    DifferentValue = 23,
    /// Both were read, and whether they are equal could not be told.
    Undecided = 24,
}

/// How far a rule can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It follows from the two texts.
    Exact,
    /// It is wrong with a probability below 10^-12.
    Probabilistic,
    /// It holds up to a stated rounding.
    Tolerance,
    /// It holds by a convention of this grader.
    Convention,
}

impl Rule {
    /// All rules, in the order of their codes.
    pub const ALL: [Self; 25] = [
        Self::EqualBytes,
        Self::EqualText,
        Self::EqualNumber,
        Self::BareNumber,
        Self::RoundedNumber,
        Self::EqualLetter,
        Self::EqualChoiceText,
        Self::NoAnswer,
        Self::Empty,
        Self::DifferentText,
        Self::DifferentNumber,
        Self::NotANumber,
        Self::DifferentLetter,
        Self::NoLetter,
        Self::SeveralLetters,
        Self::Contradiction,
        Self::GoldUnusable,
        Self::OverLimits,
        Self::Crashed,
        Self::EqualValue,
        Self::EqualIdentity,
        Self::EqualNumeric,
        Self::EqualByConvention,
        Self::DifferentValue,
        Self::Undecided,
    ];

    /// Whether the answer is right; `None` where that is undecided (it earns nothing, and is counted).
    pub fn equivalent(self) -> Option<bool> {
        match self {
            Self::OverLimits | Self::Crashed | Self::Undecided => None,
            Self::EqualBytes
            | Self::EqualText
            | Self::EqualNumber
            | Self::BareNumber
            | Self::RoundedNumber
            | Self::EqualLetter
            | Self::EqualChoiceText
            | Self::EqualValue
            | Self::EqualIdentity
            | Self::EqualNumeric
            | Self::EqualByConvention => Some(true),
            _ => Some(false),
        }
    }

    /// How far the rule can be trusted.
    pub fn certainty(self) -> Certainty {
        match self {
            Self::RoundedNumber => Certainty::Tolerance,
            Self::EqualIdentity | Self::EqualNumeric => Certainty::Probabilistic,
            Self::EqualBytes
            | Self::EqualNumber
            | Self::EqualLetter
            | Self::EqualValue
            | Self::DifferentValue
            | Self::DifferentNumber
            | Self::DifferentLetter => Certainty::Exact,
            _ => Certainty::Convention,
        }
    }

    /// What it says, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::EqualBytes => "the same bytes",
            Self::EqualText => "the same text but for wrappers, spacing and the like",
            Self::EqualNumber => "the same rational number",
            Self::BareNumber => "the same number, but one side lacks a unit sign or a name",
            Self::RoundedNumber => "one is the other correctly rounded",
            Self::EqualLetter => "the letter is the gold's",
            Self::EqualChoiceText => "the text of the right choice",
            Self::NoAnswer => "the response marks no answer",
            Self::Empty => "answer or gold is empty",
            Self::DifferentText => {
                "the texts differ, and at least one could not be read as a value of the other's kind"
            }
            Self::DifferentNumber => "the numbers, or their units or names, differ",
            Self::NotANumber => "the gold is a number and the answer is none",
            Self::DifferentLetter => "the letters differ",
            Self::NoLetter => "the answer names no choice",
            Self::SeveralLetters => "the answer names several choices",
            Self::Contradiction => "the letter contradicts its text",
            Self::GoldUnusable => "the gold names no choice",
            Self::OverLimits => "too long, too deep or too large a number to decide",
            Self::Crashed => "the grader failed on this case",
            Self::EqualValue => "they are the same value",
            Self::EqualIdentity => "they are the same function",
            Self::EqualNumeric => "they agree to 160 bits wherever both are defined",
            Self::EqualByConvention => "they are the same by a convention",
            Self::DifferentValue => "both were read, and their values differ",
            Self::Undecided => "both were read, and whether they are equal could not be told",
        }
    }

    /// Its name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::EqualBytes => "equal_bytes",
            Self::EqualText => "equal_text",
            Self::EqualNumber => "equal_number",
            Self::BareNumber => "bare_number",
            Self::RoundedNumber => "rounded_number",
            Self::EqualLetter => "equal_letter",
            Self::EqualChoiceText => "equal_choice_text",
            Self::NoAnswer => "no_answer",
            Self::Empty => "empty",
            Self::DifferentText => "different_text",
            Self::DifferentNumber => "different_number",
            Self::NotANumber => "not_a_number",
            Self::DifferentLetter => "different_letter",
            Self::NoLetter => "no_letter",
            Self::SeveralLetters => "several_letters",
            Self::Contradiction => "contradiction",
            Self::GoldUnusable => "gold_unusable",
            Self::OverLimits => "over_limits",
            Self::Crashed => "crashed",
            Self::EqualValue => "equal_value",
            Self::EqualIdentity => "equal_identity",
            Self::EqualNumeric => "equal_numeric",
            Self::EqualByConvention => "equal_by_convention",
            Self::DifferentValue => "different_value",
            Self::Undecided => "undecided",
        }
    }
}

/// What a side of a comparison was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum AnswerKind {
    /// Nothing: it is missing, empty, or was settled before it was read.
    Unread = 0,
    /// A text.
    Text = 1,
    /// One of the choices.
    Choice = 2,
    /// A rational number, with a sign for its unit at most.
    Number = 3,
    /// True or false.
    Truth = 4,
    /// A date.
    Date = 5,
    /// A time of day.
    Time = 6,
    /// A whole number whose base is written.
    Based = 7,
    /// A ratio.
    Ratio = 8,
    /// A chemical formula or reaction.
    Chemistry = 9,
    /// A number or formula.
    Value = 10,
    /// A value with a unit.
    Quantity = 11,
    /// Infinity.
    Infinity = 12,
    /// A tuple or vector.
    Tuple = 13,
    /// A set.
    Set = 14,
    /// Values side by side.
    List = 15,
    /// A matrix.
    Matrix = 16,
    /// A part of the real line: intervals, inequalities.
    Region = 17,
    /// An equation.
    Equation = 18,
    /// Values of several variables.
    Assignments = 19,
    /// An inequality in several variables.
    Inequality = 20,
    /// Whole numbers by their remainders.
    Congruence = 21,
    /// Formulas for cases.
    Cases = 22,
}

impl AnswerKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 23] = [
        Self::Unread,
        Self::Text,
        Self::Choice,
        Self::Number,
        Self::Truth,
        Self::Date,
        Self::Time,
        Self::Based,
        Self::Ratio,
        Self::Chemistry,
        Self::Value,
        Self::Quantity,
        Self::Infinity,
        Self::Tuple,
        Self::Set,
        Self::List,
        Self::Matrix,
        Self::Region,
        Self::Equation,
        Self::Assignments,
        Self::Inequality,
        Self::Congruence,
        Self::Cases,
    ];

    /// Its name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Text => "text",
            Self::Choice => "choice",
            Self::Number => "number",
            Self::Truth => "truth",
            Self::Date => "date",
            Self::Time => "time",
            Self::Based => "based",
            Self::Ratio => "ratio",
            Self::Chemistry => "chemistry",
            Self::Value => "value",
            Self::Quantity => "quantity",
            Self::Infinity => "infinity",
            Self::Tuple => "tuple",
            Self::Set => "set",
            Self::List => "list",
            Self::Matrix => "matrix",
            Self::Region => "region",
            Self::Equation => "equation",
            Self::Assignments => "assignments",
            Self::Inequality => "inequality",
            Self::Congruence => "congruence",
            Self::Cases => "cases",
        }
    }

    /// What it is, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Unread => "nothing",
            Self::Text => "text",
            Self::Choice => "a choice",
            Self::Number => "a number",
            Self::Truth => "a truth value",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::Based => "a number of a written base",
            Self::Ratio => "a ratio",
            Self::Chemistry => "a chemical formula",
            Self::Value => "a value",
            Self::Quantity => "a quantity",
            Self::Infinity => "infinity",
            Self::Tuple => "a tuple",
            Self::Set => "a set",
            Self::List => "a list",
            Self::Matrix => "a matrix",
            Self::Region => "a part of the real line",
            Self::Equation => "an equation",
            Self::Assignments => "values of several variables",
            Self::Inequality => "an inequality",
            Self::Congruence => "a congruence",
            Self::Cases => "formulas for cases",
        }
    }
}

/// What both sides were read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(crate) gold: AnswerKind,
    pub(crate) answer: AnswerKind,
}

impl Kinds {
    pub(crate) const UNREAD: Self = Self::both(AnswerKind::Unread);
    pub(crate) const TEXTS: Self = Self::both(AnswerKind::Text);

    pub(crate) const fn both(kind: AnswerKind) -> Self {
        Self {
            gold: kind,
            answer: kind,
        }
    }
}

/// The verdict on one response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What decided, and so whether the answer is right.
    pub rule: Rule,
    /// Bytes of the trimmed answer in the response; `None` where no answer is marked.
    pub span: Option<(usize, usize)>,
    /// What the gold was read as.
    pub gold_kind: AnswerKind,
    /// What the answer was read as.
    pub answer_kind: AnswerKind,
    /// Work that the case took, in units of about ten nanoseconds, the same on every machine; see
    /// [`MAX_FUEL`](crate::limits::MAX_FUEL).
    pub fuel: u32,
}

/// One gold and one response, to be compared.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The right answer.
    pub gold: &'a str,
    /// The whole response, or the answer alone.
    pub response: &'a str,
    /// Type of the gold; `None` finds out: choices make it [`TaskKind::Mcq`], otherwise the gold's own form decides.
    pub kind: Option<TaskKind>,
    /// Texts of the choices, from A on; empty where there are none.
    pub choices: &'a [&'a str],
}
