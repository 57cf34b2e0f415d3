//! What a task earns the Challenger: every published reward that needs only the number of right answers.
//!
//! k of K answers are right, p = k/K. The variance of the K verdicts is the *population* variance p(1-p): with the
//! sample variance the peak would leave one half.

use crate::RewardsError;

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
}

/// Every reward by name, with its default parameters, its gate penalty and its format penalty.
pub const CHALLENGER_REWARDS: [(&str, ChallengerReward, f64, f64); 11] = [
    (
        "spice_variance",
        ChallengerReward::SpiceVariance {
            target: 0.25,
            width: 0.01,
        },
        -0.1,
        -0.1,
    ),
    ("r_zero", ChallengerReward::RZero, -1.0, -1.0),
    ("absolute_zero", ChallengerReward::AbsoluteZero, -0.5, -1.0),
    ("threshold", ChallengerReward::Threshold, -0.1, -0.1),
    (
        "absolute_zero_code",
        ChallengerReward::AbsoluteZeroCode,
        -1.0,
        -1.0,
    ),
    (
        "spell_gaussian",
        ChallengerReward::SpellGaussian { s: 1.0 / 6.0 },
        -0.5,
        -1.0,
    ),
    (
        "gaussian_p",
        ChallengerReward::GaussianP { s: 0.15 },
        -0.1,
        -0.1,
    ),
    (
        "dr_zero",
        ChallengerReward::DrZero { format_weight: 0.5 },
        0.0,
        0.0,
    ),
    (
        "ssp_parabola",
        ChallengerReward::SspParabola {
            left: 0.0,
            right: 1.0,
        },
        0.0,
        0.0,
    ),
    (
        "plateau",
        ChallengerReward::Plateau {
            lo: 0.4,
            hi: 0.6,
            ramp: 0.25,
        },
        -0.1,
        -0.1,
    ),
    (
        "darc_target",
        ChallengerReward::DarcTarget { tau: 0.5 },
        -1.0,
        -1.0,
    ),
];

/// What a refused attempt earns; `None` takes the reward's own default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Penalties {
    /// The response parsed, but a gate refused the task.
    pub gate: Option<f64>,
    /// The response did not parse.
    pub format: Option<f64>,
}

/// What became of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A task that K answers were sampled for.
    Valid {
        /// k.
        num_correct: u32,
        /// K.
        num_answers: u32,
    },
    /// A response that did not parse.
    BadFormat,
    /// A task that a gate refused.
    Gated,
}

impl Outcome {
    /// Outcomes from columns of equal length; `refusals` holds 0 for a valid task, 1 for a response that did not parse, 2
    /// for a task that a gate refused. The counts of a refused row are not looked at.
    ///
    /// # Errors
    ///
    /// [`RewardsError::Length`] for columns of another length, [`RewardsError::UnknownRefusal`] for any other code.
    pub fn from_columns(
        num_correct: &[u32],
        num_answers: &[u32],
        refusals: &[u8],
    ) -> Result<Vec<Self>, RewardsError> {
        for (name, found) in [
            ("num_answers", num_answers.len()),
            ("refusal", refusals.len()),
        ] {
            if found != num_correct.len() {
                return Err(RewardsError::Length {
                    name,
                    found,
                    expected: num_correct.len(),
                });
            }
        }
        refusals
            .iter()
            .enumerate()
            .map(|(row, &refusal)| match refusal {
                0 => Ok(Self::Valid {
                    num_correct: num_correct[row],
                    num_answers: num_answers[row],
                }),
                1 => Ok(Self::BadFormat),
                2 => Ok(Self::Gated),
                found => Err(RewardsError::UnknownRefusal { row, found }),
            })
            .collect()
    }
}

/// One reward per attempt; row i belongs to row i.
///
/// # Errors
///
/// [`RewardsError::TooManyCorrect`] for k > K and [`RewardsError::NoAnswers`] for K = 0 in a valid row, with its index;
/// [`RewardsError::BadParameter`] for a penalty that is not finite.
pub fn challenger_rewards(
    reward: ChallengerReward,
    penalties: Penalties,
    outcomes: &[Outcome],
) -> Result<Vec<f64>, RewardsError> {
    let (gate, format) = reward.default_penalties();
    let gate = finite(
        reward.name(),
        "gate_penalty",
        penalties.gate.unwrap_or(gate),
    )?;
    let format = finite(
        reward.name(),
        "format_penalty",
        penalties.format.unwrap_or(format),
    )?;
    outcomes
        .iter()
        .enumerate()
        .map(|(row, &outcome)| match outcome {
            Outcome::BadFormat => Ok(format),
            Outcome::Gated => Ok(gate),
            Outcome::Valid { num_answers: 0, .. } => Err(RewardsError::NoAnswers { row }),
            Outcome::Valid {
                num_correct,
                num_answers,
            } if num_correct > num_answers => Err(RewardsError::TooManyCorrect {
                row,
                num_correct,
                num_answers,
            }),
            Outcome::Valid {
                num_correct,
                num_answers,
            } => Ok(reward.of(num_correct, num_answers)),
        })
        .collect()
}

impl ChallengerReward {
    /// The reward of this name, with the given parameters in place of its defaults.
    ///
    /// # Errors
    ///
    /// [`RewardsError::UnknownReward`], [`RewardsError::UnknownParameter`] or [`RewardsError::BadParameter`].
    pub fn named(name: &str, parameters: &[(String, f64)]) -> Result<Self, RewardsError> {
        let Some(&(_, mut reward, ..)) = CHALLENGER_REWARDS.iter().find(|entry| entry.0 == name)
        else {
            let known: Vec<&str> = CHALLENGER_REWARDS.iter().map(|entry| entry.0).collect();
            return Err(RewardsError::UnknownReward {
                found: name.to_owned(),
                known: known.join(", "),
            });
        };
        for (parameter, value) in parameters {
            let own_name = reward.name();
            let mut slots = reward.parameters();
            let Some((known_name, slot)) = slots.iter_mut().find(|slot| slot.0 == parameter) else {
                let known: Vec<&str> = slots.iter().map(|slot| slot.0).collect();
                return Err(RewardsError::UnknownParameter {
                    reward: own_name,
                    found: parameter.clone(),
                    known: if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    },
                });
            };
            **slot = finite(own_name, known_name, *value)?;
        }
        reward.check()
    }

    /// Its name in [`CHALLENGER_REWARDS`].
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// What refused attempts earn unless the caller says otherwise: gate, format.
    pub fn default_penalties(self) -> (f64, f64) {
        let (_, _, gate, format) = self.entry();
        (gate, format)
    }

    fn entry(self) -> (&'static str, Self, f64, f64) {
        let index = match self {
            Self::SpiceVariance { .. } => 0,
            Self::RZero => 1,
            Self::AbsoluteZero => 2,
            Self::Threshold => 3,
            Self::AbsoluteZeroCode => 4,
            Self::SpellGaussian { .. } => 5,
            Self::GaussianP { .. } => 6,
            Self::DrZero { .. } => 7,
            Self::SspParabola { .. } => 8,
            Self::Plateau { .. } => 9,
            Self::DarcTarget { .. } => 10,
        };
        CHALLENGER_REWARDS[index]
    }

    fn parameters(&mut self) -> Vec<(&'static str, &mut f64)> {
        match self {
            Self::RZero | Self::AbsoluteZero | Self::Threshold | Self::AbsoluteZeroCode => vec![],
            Self::SpiceVariance { target, width } => vec![("target", target), ("width", width)],
            Self::SpellGaussian { s } | Self::GaussianP { s } => vec![("s", s)],
            Self::DrZero { format_weight } => vec![("format_weight", format_weight)],
            Self::SspParabola { left, right } => vec![("left", left), ("right", right)],
            Self::Plateau { lo, hi, ramp } => vec![("lo", lo), ("hi", hi), ("ramp", ramp)],
            Self::DarcTarget { tau } => vec![("tau", tau)],
        }
    }

    fn check(self) -> Result<Self, RewardsError> {
        let bad = |parameter, found, expected| {
            Err(RewardsError::BadParameter {
                reward: self.name(),
                parameter,
                found,
                expected,
            })
        };
        match self {
            Self::SpiceVariance { width, .. } if width <= 0.0 => {
                bad("width", width, "a positive number")
            }
            Self::SpellGaussian { s } | Self::GaussianP { s } if s <= 0.0 => {
                bad("s", s, "a positive number")
            }
            Self::Plateau { ramp, .. } if ramp <= 0.0 => bad("ramp", ramp, "a positive number"),
            Self::Plateau { lo, hi, .. } if lo > hi => bad("lo", lo, "at most hi"),
            _ => Ok(self),
        }
    }

    /// The reward of a valid task; 1 <= K and k <= K.
    fn of(self, num_correct: u32, num_answers: u32) -> f64 {
        let (k, num) = (f64::from(num_correct), f64::from(num_answers));
        let p = k / num;
        let inside = 0 < num_correct && num_correct < num_answers;
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
            Self::DarcTarget { .. } if num_correct == 0 => -0.1,
            Self::DarcTarget { tau } => 1.0 - (p - tau).abs(),
            Self::AbsoluteZero | Self::SpellGaussian { .. } | Self::SspParabola { .. }
                if !inside =>
            {
                0.0
            }
            Self::AbsoluteZero | Self::AbsoluteZeroCode => 1.0 - p,
            Self::SpellGaussian { s } | Self::GaussianP { s } => gaussian(p, s),
            Self::SspParabola { left, right } => 4.0 * (left + p) * (right - p),
        }
    }
}

/// A bell of height one around one half.
fn gaussian(p: f64, s: f64) -> f64 {
    (-(p - 0.5).powi(2) / (2.0 * s * s)).exp()
}

fn finite(reward: &'static str, parameter: &'static str, found: f64) -> Result<f64, RewardsError> {
    if found.is_finite() {
        Ok(found)
    } else {
        Err(RewardsError::BadParameter {
            reward,
            parameter,
            found,
            expected: "a finite number",
        })
    }
}
