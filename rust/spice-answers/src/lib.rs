//! Model responses in, tasks and verdicts out.
//!
//! [`contract`] turns a Challenger's response into a task; [`check_batch`] compares a Reasoner's response with the gold.
//! Both read untrusted text, so nothing here recurses on its input, backtracks, or runs code found in it, and every case
//! stays inside the fixed [`limits`].
//!
//! ```
//! use spice_answers::{Case, Mode, Policy, check};
//!
//! let case = Case { gold: "1/2", response: r"so it is \boxed{\frac{2}{4}}", kind: None, choices: &[] };
//! assert_eq!(check(&case, Policy::TRAINING, Mode::Response).rule.equivalent(), Some(true));
//! ```

mod algebra;
mod announce;
mod batch;
mod canonical;
pub mod contract;
mod decoration;
mod explain;
mod extract;
mod fuel;
mod grade;
mod json;
mod kind;
mod letter;
pub mod limits;
mod magnitude;
mod number;
mod options;
mod policy;
mod shuffle;
mod steps;
mod syntax;
mod text;
mod typed;
mod units_of_si;
mod verdict;

pub use batch::{check_batch, check_compiled};
pub use explain::{Explanation, explain};
pub use extract::{Extraction, How, Marks, code_points, extract};
pub use grade::{Gold, Mode, check};
pub use kind::TaskKind;
pub use policy::{Depth, Policy};
pub use shuffle::{ChosenOption, OptionOrder, shuffle_options};
pub use steps::{Step, value_steps};
pub use verdict::{AnswerKind, Case, Certainty, Rule, Verdict};
