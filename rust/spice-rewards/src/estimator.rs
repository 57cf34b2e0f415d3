//! The advantage estimators by name, with their parameters and what they look at.

use crate::RewardsError;
use crate::parameters::{self, Owner};

const KIND: &str = "advantage estimator";

/// How rewards become advantages. r is a row's reward, n, mean and std its group's, l its number of tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimator {
    /// r - mean; Dr.GRPO (arXiv 2503.20783).
    DrGrpo,
    /// (r - mean) / (std + eps), where std divides by n - 1; GRPO (arXiv 2402.03300) as TRL has it.
    Grpo {
        /// 1e-4, TRL's.
        eps: f64,
    },
    /// n / (n - 1) (r - mean), which is r minus the mean of the others; RLOO (arXiv 2402.14740).
    Rloo,
    /// (r - m) / sqrt(v + 1e-8), m and v over all tokens of the role; REINFORCE++ (arXiv 2501.03262).
    ReinforcePp,
    /// d = r - mean on every token, then (d - m) / sqrt(v + 1e-8), m and v of d over all tokens of the role; the same paper's
    /// variant with a baseline. Groups that teach nothing count in m and v with d = 0, and get exactly 0.
    ReinforcePpBaseline,
    /// r - sum(l r) / sum(l) over the group; OPO (arXiv 2505.23585).
    Opo,
    /// (r - mean) / mean, 0 where mean <= 0; `MaxRL` (arXiv 2602.02710).
    MaxRl,
    /// r - b, b of the role; after every row b becomes decay b + (1 - decay) r; SPIRAL's role-conditioned advantage estimation
    /// (arXiv 2506.24119).
    Rae {
        /// 0.95.
        decay: f64,
    },
}

/// Every estimator by name, with its default parameters.
pub const ESTIMATORS: [(&str, Estimator); 8] = [
    ("dr_grpo", Estimator::DrGrpo),
    ("grpo", Estimator::Grpo { eps: 1e-4 }),
    ("rloo", Estimator::Rloo),
    ("reinforce_pp", Estimator::ReinforcePp),
    ("reinforce_pp_baseline", Estimator::ReinforcePpBaseline),
    ("opo", Estimator::Opo),
    ("max_rl", Estimator::MaxRl),
    ("rae", Estimator::Rae { decay: 0.95 }),
];

impl Estimator {
    /// The estimator of this name, with the given parameters in place of its defaults.
    ///
    /// # Errors
    ///
    /// [`RewardsError::UnknownName`], [`RewardsError::UnknownParameter`] or [`RewardsError::BadParameter`].
    pub fn named(name: &str, values: &[(String, f64)]) -> Result<Self, RewardsError> {
        let mut estimator = parameters::find(KIND, &ESTIMATORS, name)?;
        let owner = estimator.owner();
        let slots = match &mut estimator {
            Self::Grpo { eps } => vec![("eps", eps)],
            Self::Rae { decay } => vec![("decay", decay)],
            _ => vec![],
        };
        owner.assign(slots, values)?;
        match estimator {
            Self::Grpo { eps } if eps <= 0.0 => Err(owner.bad("eps", eps, "a positive number")),
            Self::Rae { decay } if !(0.0..=1.0).contains(&decay) => {
                Err(owner.bad("decay", decay, "a number from 0 to 1"))
            }
            _ => Ok(estimator),
        }
    }

    /// Its name in [`ESTIMATORS`].
    pub fn name(self) -> &'static str {
        match self {
            Self::DrGrpo => "dr_grpo",
            Self::Grpo { .. } => "grpo",
            Self::Rloo => "rloo",
            Self::ReinforcePp => "reinforce_pp",
            Self::ReinforcePpBaseline => "reinforce_pp_baseline",
            Self::Opo => "opo",
            Self::MaxRl => "max_rl",
            Self::Rae { .. } => "rae",
        }
    }

    /// Whether it weighs rows by their tokens.
    pub fn needs_lengths(self) -> bool {
        matches!(
            self,
            Self::ReinforcePp | Self::ReinforcePpBaseline | Self::Opo
        )
    }

    /// Whether rows of other groups move a row, so that all ranks' rows are needed.
    pub fn is_global(self) -> bool {
        matches!(
            self,
            Self::ReinforcePp | Self::ReinforcePpBaseline | Self::Rae { .. }
        )
    }

    /// Whether group ids are not looked at: the role is the group.
    pub(crate) fn is_by_role(self) -> bool {
        matches!(self, Self::ReinforcePp | Self::Rae { .. })
    }

    pub(crate) fn owner(self) -> Owner {
        Owner {
            kind: KIND,
            name: self.name(),
        }
    }
}
