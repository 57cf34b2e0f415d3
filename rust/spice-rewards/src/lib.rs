//! Outcomes in, rewards and advantages out, over flat arrays.
//!
//! Three steps of a SPICE round (arXiv 2510.24684, section 3) end here: verdicts become the Reasoner's rewards, the
//! number of right answers becomes the Challenger's reward, and both are centred inside their groups.
//!
//! ```
//! use spice_rewards::{ChallengerReward, Outcome, Penalties, challenger_rewards, dr_grpo};
//!
//! let reward = ChallengerReward::named("spice_variance", &[])?;
//! let outcomes = [Outcome::Valid { num_correct: 4, num_answers: 8 }, Outcome::BadFormat];
//! let rewards = challenger_rewards(reward, Penalties::default(), &outcomes)?;
//! assert_eq!(rewards, [1.0, -0.1]);
//!
//! let advantages = dr_grpo(&rewards, &[7, 7], &[0, 0], None)?;
//! assert_eq!(advantages.values, [0.55, -0.55]);
//! # Ok::<(), spice_rewards::RewardsError>(())
//! ```

mod advantage;
mod challenger;
mod error;
mod groups;
mod reasoner;
mod sum;

pub use advantage::{Advantages, GroupFlag, MAX_MAGNITUDE, dr_grpo};
pub use challenger::{
    CHALLENGER_REWARDS, ChallengerReward, Outcome, Penalties, challenger_rewards,
};
pub use error::RewardsError;
pub use reasoner::reasoner_rewards;
