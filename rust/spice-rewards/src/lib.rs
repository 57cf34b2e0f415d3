//! Outcomes in, rewards and advantages out, over flat arrays.
//!
//! Three steps of a SPICE round (arXiv 2510.24684, section 3) end here: verdicts become the Reasoner's rewards, the
//! number of right answers becomes the Challenger's reward, and both are centred inside their groups.
//!
//! ```
//! use spice_rewards::{ChallengerReward, Columns, Estimator, Penalties, Rows, advantages, challenger_rewards};
//!
//! let reward = ChallengerReward::named("spice_variance", &[])?;
//! let columns = Columns { refusal: &[0, 1], num_correct: Some(&[4, 0]), num_answers: Some(&[8, 0]), ..Columns::default() };
//! let rewards = challenger_rewards(reward, Penalties::default(), &columns)?;
//! assert_eq!(rewards, [1.0, -0.1]);
//!
//! let rows = Rows { rewards: &rewards, groups: &[7, 7], roles: &[0, 0], ..Rows::default() };
//! let found = advantages(Estimator::DrGrpo, &rows, &[])?;
//! assert_eq!(found.values, [0.55, -0.55]);
//! # Ok::<(), spice_rewards::RewardsError>(())
//! ```

mod advantage;
mod by_role;
mod challenger;
mod columns;
mod error;
mod estimator;
mod parameters;
mod reasoner;
mod rows;
mod similar;
mod sum;

pub use advantage::{Advantages, GroupFlag, MAX_MAGNITUDE, advantages};
pub use challenger::{CHALLENGER_REWARDS, ChallengerReward};
pub use columns::{Columns, Penalties, challenger_rewards};
pub use error::RewardsError;
pub use estimator::{ESTIMATORS, Estimator};
pub use reasoner::reasoner_rewards;
pub use rows::Rows;
pub use similar::cluster_shares;
