//! The estimators that look at a whole role: REINFORCE++, its variant with a group baseline, and role-conditioned
//! baselines.

use std::ops::Range;

use crate::advantage::{GroupFlag, flag_of};
use crate::rows::{Grouped, Rows};
use crate::sum::Expansion;

/// Added to the variance.
const VARIANCE_EPS: f64 = 1e-8;

/// Tokens of some rows together, exact below 2^53.
pub(crate) fn num_tokens(lengths: &[u32]) -> f64 {
    lengths.iter().map(|&length| u64::from(length)).sum::<u64>() as f64
}

/// The exact sum of `term(value, length)` over the rows in `parts`.
fn total(
    values: &[f64],
    lengths: &[u32],
    parts: &[Range<usize>],
    term: impl Fn(f64, f64) -> f64,
) -> f64 {
    let mut sum = Expansion::default();
    for part in parts {
        sum.add_all(&values[part.clone()], &lengths[part.clone()], &term);
    }
    sum.total()
}

/// Mean and deviation over all tokens of some rows.
struct Whitening {
    mean: f64,
    deviation: f64,
}

impl Whitening {
    /// Of the rows in `parts`, where a row of length 0 counts for nothing.
    fn of(values: &[f64], lengths: &[u32], parts: &[Range<usize>]) -> Self {
        let tokens: f64 = parts
            .iter()
            .map(|part| num_tokens(&lengths[part.clone()]))
            .sum();
        let mean = total(values, lengths, parts, |value, length| length * value) / tokens;
        let squares = total(values, lengths, parts, |value, length| {
            length * (value - mean) * (value - mean)
        });
        Self {
            mean,
            deviation: (squares / tokens + VARIANCE_EPS).sqrt(),
        }
    }

    fn apply(&self, value: f64) -> f32 {
        ((value - self.mean) / self.deviation) as f32
    }
}

/// `(r - m) / sqrt(v + 1e-8)`; the groups are the roles.
pub(crate) fn reinforce_pp(grouped: &Grouped<'_>) -> (Vec<f32>, Vec<GroupFlag>) {
    let mut values = vec![0.0; grouped.rewards.len()];
    let mut flags = vec![GroupFlag::Ok; grouped.rewards.len()];
    for span in grouped.spans() {
        let (rewards, lengths) = grouped.counted(span);
        let flag = flag_of(rewards);
        if flag == GroupFlag::Ok {
            let whitening =
                Whitening::of(rewards, lengths, std::slice::from_ref(&(0..rewards.len())));
            for (value, &reward) in values[span.start..].iter_mut().zip(rewards) {
                *value = whitening.apply(reward);
            }
        } else {
            flags[span.start..span.end].fill(flag);
        }
    }
    (values, flags)
}

/// `d = r - mean` of the group, then `(d - m) / sqrt(v + 1e-8)` over the role.
pub(crate) fn reinforce_pp_baseline(
    rows: &Rows<'_>,
    grouped: &Grouped<'_>,
    mean: impl Fn(&[f64]) -> f64,
) -> (Vec<f32>, Vec<GroupFlag>) {
    let num_rows = grouped.rewards.len();
    let mut centered = vec![0.0; num_rows];
    let mut flags = vec![GroupFlag::Ok; num_rows];
    let mut parts: Vec<Vec<Range<usize>>> = vec![Vec::new(); 256];
    for span in grouped.spans() {
        let (rewards, _) = grouped.counted(span);
        let flag = flag_of(rewards);
        if flag == GroupFlag::Ok {
            let mean = mean(rewards);
            for (value, &reward) in centered[span.start..].iter_mut().zip(rewards) {
                *value = reward - mean;
            }
        } else {
            flags[span.start..span.end].fill(flag);
        }
        let parts = &mut parts[usize::from(rows.roles[grouped.place(span.start)])];
        match parts.last_mut() {
            // Only where every row counts does one part go on behind another.
            Some(last) if last.end == span.start => last.end = span.counted_end,
            _ => parts.push(span.start..span.counted_end),
        }
    }
    let mut values = vec![0.0; num_rows];
    for parts in parts {
        let num_counted: usize = parts.iter().map(Range::len).sum();
        if num_counted == 0 {
            continue;
        }
        let whitening = Whitening::of(&centered, &grouped.lengths, &parts);
        for row in parts.into_iter().flatten() {
            if flags[row] == GroupFlag::Ok {
                values[row] = whitening.apply(centered[row]);
            }
        }
    }
    (values, flags)
}

/// `r - b`, then `b = decay b + (1 - decay) r`, row by row; `baselines` are those of the roles, before and after.
pub(crate) fn rae(
    rows: &Rows<'_>,
    decay: f64,
    baselines: &mut Vec<f64>,
) -> (Vec<f32>, Vec<GroupFlag>) {
    let num_roles = rows
        .roles
        .iter()
        .max()
        .map_or(0, |&role| usize::from(role) + 1);
    baselines.resize(num_roles.max(baselines.len()), 0.0);
    let mut is_empty = vec![true; num_roles];
    let values = (0..rows.rewards.len())
        .map(|row| {
            if !rows.counts(row) {
                return 0.0;
            }
            let role = usize::from(rows.roles[row]);
            is_empty[role] = false;
            let (reward, baseline) = (rows.rewards[row], baselines[role]);
            baselines[role] = decay * baseline + (1.0 - decay) * reward;
            (reward - baseline) as f32
        })
        .collect();
    let flag = |&role: &u8| {
        if is_empty[usize::from(role)] {
            GroupFlag::Empty
        } else {
            GroupFlag::Ok
        }
    };
    (values, rows.roles.iter().map(flag).collect())
}
