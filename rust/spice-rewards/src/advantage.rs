//! Rewards to advantages: every estimator over rows of any order, exact where a group teaches nothing.

use crate::estimator::Estimator;
use crate::rows::{Grouped, Rows, Span};
use crate::sum::{self, Split};
use crate::{RewardsError, by_role};

/// Largest magnitude of a reward; beyond it an advantage would not fit an f32.
pub const MAX_MAGNITUDE: f64 = 1e30;

/// What is special about a row's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum GroupFlag {
    /// Nothing: its rewards differ.
    Ok = 0,
    /// No reward in it counts.
    Empty = 1,
    /// One reward counts; it is its own mean.
    Single = 2,
    /// All rewards are the same, so all advantages are exactly zero.
    Constant = 3,
}

/// Advantages of all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Advantages {
    /// One advantage per row; exactly 0 for rows left out and in groups that are not [`GroupFlag::Ok`].
    pub values: Vec<f32>,
    /// What is special about each row's group.
    pub flags: Vec<GroupFlag>,
    /// Rows that were left out because their reward is NaN (masked rows are not counted).
    pub num_nan: usize,
    /// `rae`: the baseline of every role after the last row, to go on from. The other estimators hand back what they got.
    pub baselines: Vec<f64>,
}

/// The advantage of every row, computed in f64 and rounded once to f32.
///
/// A row that is not valid, or whose reward is NaN, is left out: it gets 0 and moves no other row. A group whose largest
/// and smallest reward are equal gets exactly 0 by that comparison, never by a sum that might round, and so does a group
/// of one. All sums are exact sums of their terms, rounded once; so a result depends neither on the order of the rows nor
/// on rows that are left out, but for [`Estimator::Rae`], which takes the rows in the order given. To that and to
/// [`Estimator::ReinforcePp`] a role is one group, whatever the group ids; `rae` needs no group and flags none but an empty
/// one.
///
/// `baselines` are those of roles 0, 1, ... that `rae` goes on from; a role without one begins at 0.
///
/// # Errors
///
/// [`RewardsError::Length`] for arrays of another length, [`RewardsError::MissingColumn`] where lengths are needed,
/// [`RewardsError::NoTokens`] for a length of 0 and [`RewardsError::RewardTooLarge`] for a reward that is infinite or beyond
/// [`MAX_MAGNITUDE`], both in rows that count; [`RewardsError::BadBaseline`] for one that is not finite, and
/// [`RewardsError::AdvantageTooLarge`] where a division leaves the range of f32.
pub fn advantages(
    estimator: Estimator,
    rows: &Rows<'_>,
    baselines: &[f64],
) -> Result<Advantages, RewardsError> {
    if estimator.needs_lengths() && rows.lengths.is_none() {
        return Err(estimator.owner().missing("lengths"));
    }
    if let Some(role) = baselines.iter().position(|b| !b.is_finite()) {
        let found = baselines[role];
        return Err(RewardsError::BadBaseline { role, found });
    }
    let checked = rows.check()?;
    let mut baselines = baselines.to_vec();
    let (values, flags) = if let Estimator::Rae { decay } = estimator {
        by_role::rae(rows, decay, &mut baselines)
    } else {
        let grouped = Grouped::new(rows, &checked, estimator.is_by_role());
        let (values, flags) = of_groups(estimator, rows, &grouped, checked.split);
        (grouped.put_back(values), grouped.put_back(flags))
    };
    let is_beyond = |value: &f32| !value.is_finite();
    // Without a branch a row first.
    if values
        .iter()
        .fold(false, |any, value| any | is_beyond(value))
    {
        let row = values.iter().position(is_beyond).unwrap_or_default();
        // Only a division leaves the range; the sign is all that is left of the value.
        let advantage = f64::from(values[row]);
        return Err(RewardsError::AdvantageTooLarge { row, advantage });
    }
    Ok(Advantages {
        values,
        flags,
        num_nan: checked.num_nan,
        baselines,
    })
}

/// Values and flags in the order of `grouped`.
fn of_groups(
    estimator: Estimator,
    rows: &Rows<'_>,
    grouped: &Grouped<'_>,
    split: Option<Split>,
) -> (Vec<f32>, Vec<GroupFlag>) {
    let mean = |rewards: &[f64]| {
        let total = split.and_then(|split| split.total(rewards));
        total.unwrap_or_else(|| sum::exact(rewards.iter().copied())) / rewards.len() as f64
    };
    match estimator {
        Estimator::DrGrpo => by_group(
            grouped,
            |rewards, _| (mean(rewards), 0.0),
            |reward, mean, _| reward - mean,
        ),
        Estimator::Grpo { eps } => by_group(
            grouped,
            |rewards, _| {
                let mean = mean(rewards);
                let variance = sum::squares(rewards, mean) / (rewards.len() - 1) as f64;
                (mean, variance.sqrt() + eps)
            },
            |reward, mean, scale| (reward - mean) / scale,
        ),
        Estimator::Rloo => by_group(
            grouped,
            |rewards, _| {
                let num = rewards.len() as f64;
                (mean(rewards), num / (num - 1.0))
            },
            |reward, mean, factor| factor * (reward - mean),
        ),
        Estimator::Opo => by_group(
            grouped,
            |rewards, lengths| {
                let terms = rewards.iter().zip(lengths);
                let total = sum::exact(terms.map(|(&r, &length)| f64::from(length) * r));
                (total / by_role::num_tokens(lengths), 0.0)
            },
            |reward, baseline, _| reward - baseline,
        ),
        Estimator::MaxRl => by_group(
            grouped,
            |rewards, _| {
                let mean = mean(rewards);
                // Divided by infinity, every advantage is 0.
                (mean, if mean > 0.0 { mean } else { f64::INFINITY })
            },
            |reward, mean, divisor| (reward - mean) / divisor,
        ),
        Estimator::ReinforcePp => by_role::reinforce_pp(grouped),
        Estimator::ReinforcePpBaseline => by_role::reinforce_pp_baseline(rows, grouped, mean),
        Estimator::Rae { .. } => unreachable!("rae takes rows in the order given"),
    }
}

/// `apply(reward, a, b)` for every row of a group whose rewards differ, with `(a, b) = fit(rewards, lengths)` of the group.
#[inline]
fn by_group(
    grouped: &Grouped<'_>,
    fit: impl Fn(&[f64], &[u32]) -> (f64, f64),
    apply: impl Fn(f64, f64, f64) -> f64,
) -> (Vec<f32>, Vec<GroupFlag>) {
    let mut values = Vec::with_capacity(grouped.rewards.len());
    let mut flags = vec![GroupFlag::Ok; grouped.rewards.len()];
    for span in grouped.spans() {
        let (rewards, lengths) = grouped.counted(span);
        let flag = flag_of(rewards);
        if flag == GroupFlag::Ok {
            let (a, b) = fit(rewards, lengths);
            values.extend(rewards.iter().map(|&reward| apply(reward, a, b) as f32));
        } else {
            flags[span.start..span.end].fill(flag);
        }
        values.resize(span.end, 0.0);
    }
    (values, flags)
}

/// The flag of a group with these rewards.
#[inline]
#[expect(clippy::float_cmp, reason = "constant means equal to the last bit")]
pub(crate) fn flag_of(rewards: &[f64]) -> GroupFlag {
    match rewards {
        [] => GroupFlag::Empty,
        [_] => GroupFlag::Single,
        // Mostly the second or the third differs.
        [first, rest @ ..] if rest.iter().any(|reward| reward != first) => GroupFlag::Ok,
        _ => GroupFlag::Constant,
    }
}

impl Grouped<'_> {
    /// Rewards and lengths of the rows of a group that count; lengths are empty where none were given.
    #[inline]
    pub(crate) fn counted(&self, span: Span) -> (&[f64], &[u32]) {
        let rows = span.start..span.counted_end;
        let lengths = self.lengths.get(rows.clone()).unwrap_or_default();
        (&self.rewards[rows], lengths)
    }
}
