//! A round's attempts as columns, and what each attempt earns.

use crate::RewardsError;
use crate::challenger::{ChallengerReward, Measured};

/// Columns of attempts; row i of each belongs to row i. [`ChallengerReward::columns`] says which a reward needs. What a
/// refused row holds besides its refusal and cluster share is not looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Columns<'a> {
    /// 0 for a valid task, 1 for a response that did not parse, 2 for a task that a gate refused.
    pub refusal: &'a [u8],
    /// k: right answers, or answers that agree with the most common one where that is to be paid.
    pub num_correct: Option<&'a [u32]>,
    /// K.
    pub num_answers: Option<&'a [u32]>,
    /// c: chance of guessing right, for the correction p' = max(0, (p - c) / (1 - c)) of every pass rate; `None`: none.
    pub chance: Option<&'a [f64]>,
    /// How often the most common answer was given.
    pub num_mode: Option<&'a [u32]>,
    /// Share of the batch whose questions are like this one's; [`cluster_shares`](crate::cluster_shares).
    pub cluster_share: Option<&'a [f64]>,
    /// Right answers of a Reasoner that saw the passage.
    pub num_correct_open: Option<&'a [u32]>,
    /// Answers of a Reasoner that saw the passage.
    pub num_answers_open: Option<&'a [u32]>,
}

/// What a refused attempt earns; `None` takes the reward's own default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Penalties {
    /// The response parsed, but a gate refused the task.
    pub gate: Option<f64>,
    /// The response did not parse.
    pub format: Option<f64>,
}

/// One reward per attempt; row i belongs to row i.
///
/// # Errors
///
/// [`RewardsError::MissingColumn`] and [`RewardsError::Length`] for columns that are not there or of another length;
/// [`RewardsError::UnknownRefusal`], [`RewardsError::TooManyCorrect`] for k > K, [`RewardsError::NoAnswers`] for K = 0 and
/// [`RewardsError::BadShare`], each in the first such row; [`RewardsError::BadParameter`] for a penalty that is not finite.
pub fn challenger_rewards(
    reward: ChallengerReward,
    penalties: Penalties,
    columns: &Columns<'_>,
) -> Result<Vec<f64>, RewardsError> {
    let owner = reward.owner();
    let (gate, format) = reward.default_penalties();
    let gate = owner.finite("gate_penalty", penalties.gate.unwrap_or(gate))?;
    let format = owner.finite("format_penalty", penalties.format.unwrap_or(format))?;
    let expected = columns.refusal.len();
    for (name, length) in columns.lengths() {
        match length {
            None if reward.columns().contains(&name) => return Err(owner.missing(name)),
            Some(found) if found != expected => {
                return Err(RewardsError::Length {
                    name,
                    found,
                    expected,
                });
            }
            _ => {}
        }
    }
    (0..expected)
        .map(|row| {
            let cluster_share = columns.cluster_share(row)?;
            match columns.refusal[row] {
                0 => Ok(reward.of(&columns.measured(reward, row, cluster_share)?)),
                1 => Ok(reward.of_refused(format, cluster_share)),
                2 => Ok(reward.of_refused(gate, cluster_share)),
                found => Err(RewardsError::UnknownRefusal { row, found }),
            }
        })
        .collect()
}

impl Columns<'_> {
    fn lengths(&self) -> [(&'static str, Option<usize>); 7] {
        [
            ("num_correct", self.num_correct.map(<[u32]>::len)),
            ("num_answers", self.num_answers.map(<[u32]>::len)),
            ("chance", self.chance.map(<[f64]>::len)),
            ("num_mode", self.num_mode.map(<[u32]>::len)),
            ("cluster_share", self.cluster_share.map(<[f64]>::len)),
            ("num_correct_open", self.num_correct_open.map(<[u32]>::len)),
            ("num_answers_open", self.num_answers_open.map(<[u32]>::len)),
        ]
    }

    fn cluster_share(&self, row: usize) -> Result<f64, RewardsError> {
        let found = self.cluster_share.map_or(0.0, |column| column[row]);
        share(row, "cluster_share", found, "from 0 to 1", found <= 1.0)
    }

    /// A valid task; columns that the reward does not need are not looked at.
    fn measured(
        &self,
        reward: ChallengerReward,
        row: usize,
        cluster_share: f64,
    ) -> Result<Measured, RewardsError> {
        let chance = self.chance.map_or(0.0, |column| column[row]);
        share(row, "chance", chance, "from 0 to below 1", chance < 1.0)?;
        let count = |name: &'static str, column: Option<&[u32]>| {
            let needed = reward.columns().contains(&name);
            (name, column.filter(|_| needed).map(|column| column[row]))
        };
        let answers = count("num_answers", self.num_answers);
        let open_answers = count("num_answers_open", self.num_answers_open);
        let (k, num) = ratio(row, count("num_correct", self.num_correct), answers)?;
        let (mode, _) = ratio(row, count("num_mode", self.num_mode), answers)?;
        let open = count("num_correct_open", self.num_correct_open);
        let (open_k, open_num) = ratio(row, open, open_answers)?;
        let (k, p) = corrected(k, num, chance);
        Ok(Measured {
            k,
            num,
            p,
            p_open: corrected(open_k, open_num, chance).1,
            mode_share: mode / num,
            cluster_share,
        })
    }
}

type Count = (&'static str, Option<u32>);

/// How many of how many; 0 of 1 where a reward is not made of them.
fn ratio(row: usize, part: Count, whole: Count) -> Result<(f64, f64), RewardsError> {
    match (part, whole) {
        (_, (column, Some(0))) => Err(RewardsError::NoAnswers { row, column }),
        ((column, Some(found)), (_, Some(num_answers))) if found > num_answers => {
            Err(RewardsError::TooManyCorrect {
                row,
                column,
                found,
                num_answers,
            })
        }
        ((_, part), (_, Some(whole))) => Ok((part.map_or(0.0, f64::from), f64::from(whole))),
        _ => Ok((0.0, 1.0)),
    }
}

/// k and p beyond chance; without a chance exactly k and k / K.
fn corrected(k: f64, num: f64, chance: f64) -> (f64, f64) {
    if chance > 0.0 {
        let p = ((k / num - chance) / (1.0 - chance)).max(0.0);
        (p * num, p)
    } else {
        (k, k / num)
    }
}

fn share(
    row: usize,
    column: &'static str,
    found: f64,
    expected: &'static str,
    below_the_top: bool,
) -> Result<f64, RewardsError> {
    if found >= 0.0 && below_the_top {
        Ok(found)
    } else {
        Err(RewardsError::BadShare {
            row,
            column,
            found,
            expected,
        })
    }
}
