//! What a caller can do wrong.

/// A mistake in the arguments; a model's output never causes one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RewardsError {
    /// No reward has this name.
    #[error("unknown challenger reward: {found:?}; choose one of {known}")]
    UnknownReward {
        /// The name as given.
        found: String,
        /// All names.
        known: String,
    },
    /// The reward has no parameter of this name.
    #[error("challenger reward {reward}: unknown parameter {found:?}; it has {known}")]
    UnknownParameter {
        /// Name of the reward.
        reward: &'static str,
        /// The parameter as given.
        found: String,
        /// The reward's parameters.
        known: String,
    },
    /// A parameter or penalty with a value that makes no sense.
    #[error("challenger reward {reward}: {parameter} is {found}; expected {expected}")]
    BadParameter {
        /// Name of the reward.
        reward: &'static str,
        /// Name of the parameter or penalty.
        parameter: &'static str,
        /// Its value.
        found: f64,
        /// What would do.
        expected: &'static str,
    },
    /// More right answers than answers.
    #[error(
        "row {row}: num_correct is {num_correct} but num_answers is {num_answers}; expected at most as many"
    )]
    TooManyCorrect {
        /// Index of the row.
        row: usize,
        /// k.
        num_correct: u32,
        /// K.
        num_answers: u32,
    },
    /// A valid task that nobody tried to answer has no pass rate.
    #[error(
        "row {row}: a valid task with num_answers 0 has no reward; answer it, or mark the row refused"
    )]
    NoAnswers {
        /// Index of the row.
        row: usize,
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
}
