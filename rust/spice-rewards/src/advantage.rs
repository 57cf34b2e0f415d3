//! Rewards to advantages: the reward minus the mean of its group, per role, and no standard deviation (Dr.GRPO).

use crate::groups::{self, Groups};
use crate::{RewardsError, sum};

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
}

/// What is known of a group after one pass.
#[derive(Clone, Copy)]
struct Group {
    /// Exact sum of the rewards that fit [`sum::fixed`].
    units: i128,
    min: f64,
    max: f64,
    count: u32,
    /// Some reward did not fit, so `units` is not the whole sum.
    wide: bool,
}

impl Group {
    const EMPTY: Self = Self {
        units: 0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        count: 0,
        wide: false,
    };

    fn add(&mut self, reward: f64) {
        self.min = self.min.min(reward);
        self.max = self.max.max(reward);
        self.count += 1;
        match sum::fixed(reward) {
            Some(units) => self.units += units,
            None => self.wide = true,
        }
    }

    #[expect(clippy::float_cmp, reason = "constant means equal to the last bit")]
    fn flag(&self) -> GroupFlag {
        match self.count {
            0 => GroupFlag::Empty,
            1 => GroupFlag::Single,
            _ if self.min == self.max => GroupFlag::Constant,
            _ => GroupFlag::Ok,
        }
    }
}

/// `r - mean(r)` inside each (role, group), rounded once to f32.
///
/// `groups` and `roles` are any values in any order, one per reward, and so is `valid`, where `None` means that every
/// row counts. A row that is not valid, or whose reward is NaN, is left out: it gets 0 and moves no other row. A group
/// whose largest and smallest reward are equal gets exactly 0 by that comparison, never by a sum that might round. The
/// mean is the exact sum, rounded, over the count; so the result depends neither on the order of the rows nor on rows
/// that are left out.
///
/// # Errors
///
/// [`RewardsError::Length`] for arrays of another length, [`RewardsError::RewardTooLarge`] for a valid row whose reward
/// is infinite or beyond [`MAX_MAGNITUDE`].
pub fn dr_grpo(
    rewards: &[f64],
    groups: &[i64],
    roles: &[u8],
    valid: Option<&[bool]>,
) -> Result<Advantages, RewardsError> {
    for (name, found) in [
        ("groups", groups.len()),
        ("roles", roles.len()),
        ("valid", valid.map_or(rewards.len(), <[bool]>::len)),
    ] {
        if found != rewards.len() {
            return Err(RewardsError::Length {
                name,
                found,
                expected: rewards.len(),
            });
        }
    }
    let numbered = groups::number(groups, roles);
    let counts = |row: usize| valid.is_none_or(|valid| valid[row]);
    let mut table = vec![Group::EMPTY; numbered.num_groups];
    let mut num_nan = 0;
    for (row, &reward) in rewards.iter().enumerate() {
        if !counts(row) {
            continue;
        }
        if reward.is_nan() {
            num_nan += 1;
            continue;
        }
        if reward.abs() > MAX_MAGNITUDE {
            return Err(RewardsError::RewardTooLarge { row, reward });
        }
        table[numbered.of_row[row] as usize].add(reward);
    }
    let means = means(rewards, &numbered, &table, counts);
    let mut values = Vec::with_capacity(rewards.len());
    let mut flags = Vec::with_capacity(rewards.len());
    for (row, &reward) in rewards.iter().enumerate() {
        let group = numbered.of_row[row] as usize;
        let flag = table[group].flag();
        let moves = flag == GroupFlag::Ok && counts(row) && !reward.is_nan();
        values.push(if moves {
            (reward - means[group]) as f32
        } else {
            0.0
        });
        flags.push(flag);
    }
    Ok(Advantages {
        values,
        flags,
        num_nan,
    })
}

/// Mean of every group.
fn means(
    rewards: &[f64],
    numbered: &Groups,
    table: &[Group],
    counts: impl Fn(usize) -> bool,
) -> Vec<f64> {
    let mut means: Vec<f64> = table
        .iter()
        .map(|group| sum::from_fixed(group.units) / f64::from(group.count.max(1)))
        .collect();
    if table.iter().any(|group| group.wide) {
        let mut rows: Vec<usize> = (0..rewards.len())
            .filter(|&row| {
                table[numbered.of_row[row] as usize].wide && counts(row) && !rewards[row].is_nan()
            })
            .collect();
        rows.sort_unstable_by_key(|&row| numbered.of_row[row]);
        for members in rows.chunk_by(|&a, &b| numbered.of_row[a] == numbered.of_row[b]) {
            let total = sum::exact(members.iter().map(|&row| rewards[row]));
            means[numbered.of_row[members[0]] as usize] = total / members.len() as f64;
        }
    }
    means
}
