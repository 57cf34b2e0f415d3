//! What a task earns the Challenger: the rewards by name, with their parameters, penalties and columns.
//!
//! k of K answers are right, p = k/K. The variance of the K verdicts is the *population* variance p(1-p): with the
//! sample variance the peak would leave one half.

use crate::RewardsError;
use crate::parameters::{self, Owner};

const KIND: &str = "challenger reward";

/// A reward with its parameters; [`CHALLENGER_REWARDS`] lists names, defaults and penalties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChallengerReward {
    /// exp(-(p(1-p) - target)^2 / (2 width)); SPICE, equation 1.
    SpiceVariance {
        /// Variance that is paid best: 0.25, its maximum.
        target: f64,
        /// 0.01.
        width: f64,
    },
    /// 1 - 2|p - 1/2|; R-Zero as SPICE compares it.
    RZero,
    /// 1 - p inside (0, 1), 0 at the ends; Absolute Zero, the paper's form.
    AbsoluteZero,
    /// 1 inside (0, 1), 0 at the ends; SPICE, figure 7.
    Threshold,
    /// 1 - p inside (0, 1), -0.5 at the ends; Absolute Zero, the released code.
    AbsoluteZeroCode,
    /// exp(-(p - 1/2)^2 / (2 s^2)) inside (0, 1), 0 at the ends; SPELL.
    SpellGaussian {
        /// Standard deviation: 1/6.
        s: f64,
    },
    /// exp(-(p - 1/2)^2 / (2 s^2)); Mini-SPICE.
    GaussianP {
        /// Standard deviation: 0.15.
        s: f64,
    },
    /// `format_weight` for a valid task, plus (K-k)/(K-1) inside (0, 1); Dr. Zero.
    DrZero {
        /// 0.5; 0 drops the format term.
        format_weight: f64,
    },
    /// 4 (left + p)(right - p) inside (0, 1), 0 at the ends; Search Self-Play.
    SspParabola {
        /// 0.
        left: f64,
        /// 1.
        right: f64,
    },
    /// 1 on [lo, hi], falling linearly to 0 over `ramp` on both sides; SPADE.
    Plateau {
        /// 0.4.
        lo: f64,
        /// 0.6.
        hi: f64,
        /// 0.25.
        ramp: f64,
    },
    /// 1 - |p - tau|, but -0.1 when no answer is right; DARC.
    DarcTarget {
        /// Pass rate that is paid best: 0.5.
        tau: f64,
    },
    /// min(q, 1 - q) - the share of the batch that asks alike, q = the share of the most common answer; R-Zero, the
    /// released code. A refused attempt pays for its likeness too.
    RZeroCode,
    /// max(0, p with the passage - p without it); from SPADE's regret and DARC's teacher.
    OpenBookGap,
}

/// Every reward by name, with its default parameters.
pub const CHALLENGER_REWARDS: [(&str, ChallengerReward); 13] = [
    (
        "spice_variance",
        ChallengerReward::SpiceVariance {
            target: 0.25,
            width: 0.01,
        },
    ),
    ("r_zero", ChallengerReward::RZero),
    ("absolute_zero", ChallengerReward::AbsoluteZero),
    ("threshold", ChallengerReward::Threshold),
    ("r_zero_code", ChallengerReward::RZeroCode),
    ("absolute_zero_code", ChallengerReward::AbsoluteZeroCode),
    (
        "spell_gaussian",
        ChallengerReward::SpellGaussian { s: 1.0 / 6.0 },
    ),
    ("gaussian_p", ChallengerReward::GaussianP { s: 0.15 }),
    ("dr_zero", ChallengerReward::DrZero { format_weight: 0.5 }),
    (
        "ssp_parabola",
        ChallengerReward::SspParabola {
            left: 0.0,
            right: 1.0,
        },
    ),
    (
        "plateau",
        ChallengerReward::Plateau {
            lo: 0.4,
            hi: 0.6,
            ramp: 0.25,
        },
    ),
    ("darc_target", ChallengerReward::DarcTarget { tau: 0.5 }),
    ("open_book_gap", ChallengerReward::OpenBookGap),
];

impl ChallengerReward {
    /// The reward of this name, with the given parameters in place of its defaults.
    ///
    /// # Errors
    ///
    /// [`RewardsError::UnknownName`], [`RewardsError::UnknownParameter`] or [`RewardsError::BadParameter`].
    pub fn named(name: &str, values: &[(String, f64)]) -> Result<Self, RewardsError> {
        let mut reward = parameters::find(KIND, &CHALLENGER_REWARDS, name)?;
        let owner = reward.owner();
        owner.assign(reward.parameters(), values)?;
        match reward {
            Self::SpiceVariance { width, .. } if width <= 0.0 => {
                Err(owner.bad("width", width, "a positive number"))
            }
            Self::SpellGaussian { s } | Self::GaussianP { s } if s <= 0.0 => {
                Err(owner.bad("s", s, "a positive number"))
            }
            Self::Plateau { ramp, .. } if ramp <= 0.0 => {
                Err(owner.bad("ramp", ramp, "a positive number"))
            }
            Self::Plateau { lo, hi, .. } if lo > hi => Err(owner.bad("lo", lo, "at most hi")),
            _ => Ok(reward),
        }
    }

    /// Its name in [`CHALLENGER_REWARDS`].
    pub fn name(self) -> &'static str {
        match self {
            Self::SpiceVariance { .. } => "spice_variance",
            Self::RZero => "r_zero",
            Self::AbsoluteZero => "absolute_zero",
            Self::Threshold => "threshold",
            Self::AbsoluteZeroCode => "absolute_zero_code",
            Self::SpellGaussian { .. } => "spell_gaussian",
            Self::GaussianP { .. } => "gaussian_p",
            Self::DrZero { .. } => "dr_zero",
            Self::SspParabola { .. } => "ssp_parabola",
            Self::Plateau { .. } => "plateau",
            Self::DarcTarget { .. } => "darc_target",
            Self::RZeroCode => "r_zero_code",
            Self::OpenBookGap => "open_book_gap",
        }
    }

    /// What refused attempts earn unless the caller says otherwise: gate, format.
    pub fn default_penalties(self) -> (f64, f64) {
        match self {
            Self::RZero | Self::AbsoluteZeroCode | Self::DarcTarget { .. } | Self::RZeroCode => {
                (-1.0, -1.0)
            }
            Self::AbsoluteZero | Self::SpellGaussian { .. } => (-0.5, -1.0),
            Self::DrZero { .. } | Self::SspParabola { .. } => (0.0, 0.0),
            Self::SpiceVariance { .. }
            | Self::Threshold
            | Self::GaussianP { .. }
            | Self::Plateau { .. }
            | Self::OpenBookGap => (-0.1, -0.1),
        }
    }

    /// Names of the columns of [`Columns`](crate::Columns) that it is made of, besides the refusals.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::RZeroCode => &["num_answers", "num_mode", "cluster_share"],
            Self::OpenBookGap => &[
                "num_correct",
                "num_answers",
                "num_correct_open",
                "num_answers_open",
            ],
            _ => &["num_correct", "num_answers"],
        }
    }

    pub(crate) fn owner(self) -> Owner {
        Owner {
            kind: KIND,
            name: self.name(),
        }
    }

    fn parameters(&mut self) -> Vec<(&'static str, &mut f64)> {
        match self {
            Self::RZero
            | Self::AbsoluteZero
            | Self::Threshold
            | Self::AbsoluteZeroCode
            | Self::RZeroCode
            | Self::OpenBookGap => vec![],
            Self::SpiceVariance { target, width } => vec![("target", target), ("width", width)],
            Self::SpellGaussian { s } | Self::GaussianP { s } => vec![("s", s)],
            Self::DrZero { format_weight } => vec![("format_weight", format_weight)],
            Self::SspParabola { left, right } => vec![("left", left), ("right", right)],
            Self::Plateau { lo, hi, ramp } => vec![("lo", lo), ("hi", hi), ("ramp", ramp)],
            Self::DarcTarget { tau } => vec![("tau", tau)],
        }
    }

    /// What a valid task earns.
    pub(crate) fn of(self, task: &Measured) -> f64 {
        let Measured { k, num, p, .. } = *task;
        let inside = 0.0 < k && k < num;
        match self {
            Self::SpiceVariance { target, width } => {
                (-(p * (1.0 - p) - target).powi(2) / (2.0 * width)).exp()
            }
            Self::RZero => 1.0 - 2.0 * (p - 0.5).abs(),
            Self::Threshold => f64::from(u8::from(inside)),
            Self::AbsoluteZeroCode if !inside => -0.5,
            Self::DrZero { format_weight } if inside => format_weight + (num - k) / (num - 1.0),
            Self::DrZero { format_weight } => format_weight,
            Self::Plateau { lo, hi, ramp } => (1.0 - (lo - p).max(p - hi).max(0.0) / ramp).max(0.0),
            Self::DarcTarget { .. } if k <= 0.0 => -0.1,
            Self::DarcTarget { tau } => 1.0 - (p - tau).abs(),
            Self::AbsoluteZero | Self::SpellGaussian { .. } | Self::SspParabola { .. }
                if !inside =>
            {
                0.0
            }
            Self::AbsoluteZero | Self::AbsoluteZeroCode => 1.0 - p,
            Self::SpellGaussian { s } | Self::GaussianP { s } => gaussian(p, s),
            Self::SspParabola { left, right } => 4.0 * (left + p) * (right - p),
            Self::RZeroCode => task.mode_share.min(1.0 - task.mode_share) - task.cluster_share,
            Self::OpenBookGap => (task.p_open - p).max(0.0),
        }
    }

    /// What a refused attempt earns.
    pub(crate) fn of_refused(self, penalty: f64, cluster_share: f64) -> f64 {
        if self == Self::RZeroCode {
            penalty - cluster_share
        } else {
            penalty
        }
    }
}

/// What is known of a valid task; what its reward is not made of is 0.
pub(crate) struct Measured {
    /// Right answers, beyond what guessing would give where that is corrected for.
    pub(crate) k: f64,
    /// K.
    pub(crate) num: f64,
    /// k / K.
    pub(crate) p: f64,
    /// p of the answers that saw the passage.
    pub(crate) p_open: f64,
    /// Share of the most common answer.
    pub(crate) mode_share: f64,
    /// Share of the batch that asks alike.
    pub(crate) cluster_share: f64,
}

/// A bell of height one around one half.
fn gaussian(p: f64, s: f64) -> f64 {
    (-(p - 0.5).powi(2) / (2.0 * s * s)).exp()
}
