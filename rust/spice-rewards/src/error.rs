//! What a caller can do wrong.

/// A mistake in the arguments; a model's output never causes one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RewardsError {
    /// No reward or estimator has this name.
    #[error("unknown {kind}: {found:?}; choose one of {known}")]
    UnknownName {
        /// `challenger reward` or `advantage estimator`.
        kind: &'static str,
        /// The name as given.
        found: String,
        /// All names.
        known: String,
    },
    /// It has no parameter of this name.
    #[error("{kind} {name}: unknown parameter {found:?}; it has {known}")]
    UnknownParameter {
        /// `challenger reward` or `advantage estimator`.
        kind: &'static str,
        /// Its name.
        name: &'static str,
        /// The parameter as given.
        found: String,
        /// The parameters it has.
        known: String,
    },
    /// A parameter or penalty with a value that makes no sense.
    #[error("{kind} {name}: {parameter} is {found}; expected {expected}")]
    BadParameter {
        /// `challenger reward` or `advantage estimator`.
        kind: &'static str,
        /// Its name.
        name: &'static str,
        /// Name of the parameter or penalty.
        parameter: &'static str,
        /// Its value.
        found: f64,
        /// What would do.
        expected: &'static str,
    },
    /// A reward or estimator without an array that it is made of.
    #[error("{kind} {name} needs the column {column}, which is not given")]
    MissingColumn {
        /// `challenger reward` or `advantage estimator`.
        kind: &'static str,
        /// Its name.
        name: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A share, such as a chance of guessing right, that is none.
    #[error("row {row}: {column} is {found}; expected a number {expected}")]
    BadShare {
        /// Index of the row.
        row: usize,
        /// The column.
        column: &'static str,
        /// Its value.
        found: f64,
        /// What would do.
        expected: &'static str,
    },
    /// More right answers, or more answers that agree, than answers.
    #[error("row {row}: {column} is {found} but only {num_answers} answers were given")]
    TooManyCorrect {
        /// Index of the row.
        row: usize,
        /// The column that counts them.
        column: &'static str,
        /// k.
        found: u32,
        /// K.
        num_answers: u32,
    },
    /// A valid task that nobody tried to answer has no pass rate.
    #[error(
        "row {row}: a valid task with {column} 0 has no reward; answer it, or mark the row refused"
    )]
    NoAnswers {
        /// Index of the row.
        row: usize,
        /// The column that counts the answers.
        column: &'static str,
    },
    /// Arrays that must run in parallel do not.
    #[error("{name} has {found} rows; expected {expected}, as many as the first column")]
    Length {
        /// Name of the array.
        name: &'static str,
        /// Its length.
        found: usize,
        /// Length of the first array.
        expected: usize,
    },
    /// A refusal code that stands for nothing.
    #[error("row {row}: refusal is {found}; expected 0 (a valid task), 1 (format) or 2 (gate)")]
    UnknownRefusal {
        /// Index of the row.
        row: usize,
        /// The code.
        found: u8,
    },
    /// An infinite reward, or one so large that an advantage would not fit an f32.
    #[error(
        "row {row}: reward is {reward}; expected a magnitude of at most 1e30 (NaN marks a row to leave out)"
    )]
    RewardTooLarge {
        /// Index of the row.
        row: usize,
        /// The reward.
        reward: f64,
    },
    /// A row without tokens has no weight.
    #[error(
        "row {row}: its length is 0; expected at least one token (mask rows that are to be left out)"
    )]
    NoTokens {
        /// Index of the row.
        row: usize,
    },
    /// An advantage that no f32 holds.
    #[error("row {row}: its advantage is {advantage}, more than a float32 can hold")]
    AdvantageTooLarge {
        /// Index of the row.
        row: usize,
        /// The advantage.
        advantage: f64,
    },
    /// A baseline to go on from that is not finite.
    #[error("the baseline of role {role} is {found}; expected a finite number")]
    BadBaseline {
        /// The role.
        role: usize,
        /// Its baseline.
        found: f64,
    },
}
