//! Rows in the order of their groups: as they lie where they already are so, else as a sorted copy.

use std::borrow::Cow;

use crate::RewardsError;
use crate::advantage::MAX_MAGNITUDE;
use crate::sum::{Range, Split};

/// What advantages are made of; row i of every array belongs to row i.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rows<'a> {
    /// What every row earned. NaN leaves the row out.
    pub rewards: &'a [f64],
    /// Group of every row, any values in any order.
    pub groups: &'a [i64],
    /// Role of every row; groups of different roles never mix.
    pub roles: &'a [u8],
    /// False leaves the row out; `None`: all count.
    pub valid: Option<&'a [bool]>,
    /// Completion tokens of every row, for the estimators that weigh by them.
    pub lengths: Option<&'a [u32]>,
}

impl Rows<'_> {
    /// Whether row `row` is not masked.
    fn is_valid(&self, row: usize) -> bool {
        self.valid.is_none_or(|valid| valid[row])
    }

    /// Whether row `row` counts.
    pub(crate) fn counts(&self, row: usize) -> bool {
        self.is_valid(row) && !self.rewards[row].is_nan()
    }

    /// Arrays of one length, rewards in range, and tokens in every row that counts; what one look at the rewards tells.
    pub(crate) fn check(&self) -> Result<Checked, RewardsError> {
        let expected = self.rewards.len();
        for (name, found) in [
            ("groups", self.groups.len()),
            ("roles", self.roles.len()),
            ("valid", self.valid.map_or(expected, <[bool]>::len)),
            ("lengths", self.lengths.map_or(expected, <[u32]>::len)),
        ] {
            if found != expected {
                return Err(RewardsError::Length {
                    name,
                    found,
                    expected,
                });
            }
        }
        // Without branches first; only a suspicion is looked at row by row.
        let range = Range::of(self.rewards);
        if range.largest > MAX_MAGNITUDE {
            let too_large = |&row: &usize| self.rewards[row].abs() > MAX_MAGNITUDE;
            if let Some(row) = (0..expected)
                .filter(|&row| self.counts(row))
                .find(too_large)
            {
                let reward = self.rewards[row];
                return Err(RewardsError::RewardTooLarge { row, reward });
            }
        }
        let empty = self.lengths.filter(|lengths| lengths.contains(&0));
        let row = empty
            .and_then(|lengths| (0..expected).find(|&row| lengths[row] == 0 && self.counts(row)));
        if let Some(row) = row {
            return Err(RewardsError::NoTokens { row });
        }
        let is_nan = |&row: &usize| self.is_valid(row) && self.rewards[row].is_nan();
        let num_nan = if range.is_strange {
            (0..expected).filter(is_nan).count()
        } else {
            0
        };
        Ok(Checked {
            split: Split::new(&range),
            num_nan,
        })
    }
}

/// What is known of rows after a check.
pub(crate) struct Checked {
    /// How their rewards are best added.
    pub(crate) split: Option<Split>,
    /// Rows that are left out because their reward is NaN and not because they are masked.
    pub(crate) num_nan: usize,
}

/// Rows group after group; in every group first those that count.
pub(crate) struct Grouped<'a> {
    pub(crate) rewards: Cow<'a, [f64]>,
    pub(crate) lengths: Cow<'a, [u32]>,
    groups: Groups,
    /// Original place of every row; `None`: its own.
    order: Option<Vec<usize>>,
}

#[derive(Default)]
struct Groups {
    /// One past the last row of every group.
    ends: Vec<usize>,
    /// One past the last row that counts, where some do not.
    counted_ends: Option<Vec<usize>>,
}

/// One group: `start..counted_end` count, `counted_end..end` are left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) counted_end: usize,
    pub(crate) end: usize,
}

impl<'a> Grouped<'a> {
    /// Groups by role and group id, or by role alone. `rows` are checked.
    pub(crate) fn new(rows: &Rows<'a>, checked: &Checked, by_role_alone: bool) -> Self {
        let is_masked = rows.valid.is_some_and(|valid| valid.contains(&false));
        let all_count = !is_masked && checked.num_nan == 0;
        let ends = all_count.then(|| {
            if by_role_alone {
                runs(rows.roles, rows.roles)
            } else {
                runs(rows.groups, rows.roles)
            }
        });
        let Some(ends) = ends.flatten() else {
            return Self::sorted(rows, by_role_alone);
        };
        Self {
            rewards: Cow::Borrowed(rows.rewards),
            lengths: Cow::Borrowed(rows.lengths.unwrap_or_default()),
            groups: Groups {
                ends,
                counted_ends: None,
            },
            order: None,
        }
    }

    fn sorted(rows: &Rows<'a>, by_role_alone: bool) -> Self {
        let key = |row: usize| {
            let group = if by_role_alone { 0 } else { rows.groups[row] };
            (rows.roles[row], group)
        };
        let mut order: Vec<usize> = (0..rows.rewards.len()).collect();
        order.sort_unstable_by_key(|&row| (key(row), !rows.counts(row), row));
        let (mut ends, mut counted_ends) = (Vec::new(), Vec::new());
        let mut start = 0;
        for members in order.chunk_by(|&a, &b| key(a) == key(b)) {
            counted_ends.push(start + members.partition_point(|&row| rows.counts(row)));
            start += members.len();
            ends.push(start);
        }
        let lengths = rows
            .lengths
            .map(|lengths| order.iter().map(|&row| lengths[row]).collect());
        Self {
            rewards: order.iter().map(|&row| rows.rewards[row]).collect(),
            lengths: Cow::Owned(lengths.unwrap_or_default()),
            groups: Groups {
                ends,
                counted_ends: Some(counted_ends),
            },
            order: Some(order),
        }
    }

    /// The groups in order.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        let Groups { ends, counted_ends } = &self.groups;
        let counted_ends = counted_ends.as_ref().unwrap_or(ends);
        let starts = std::iter::once(&0).chain(ends);
        starts
            .zip(counted_ends)
            .zip(ends)
            .map(|((&start, &counted_end), &end)| Span {
                start,
                counted_end,
                end,
            })
    }

    /// Original place of a row.
    pub(crate) fn place(&self, row: usize) -> usize {
        self.order.as_ref().map_or(row, |order| order[row])
    }

    /// Values of rows in this order, each at its row's own place.
    pub(crate) fn put_back<T: Copy>(&self, values: Vec<T>) -> Vec<T> {
        let Some(order) = &self.order else {
            return values;
        };
        let mut placed = values.clone();
        for (&row, value) in order.iter().zip(values) {
            placed[row] = value;
        }
        placed
    }
}

/// Rows that are looked at together.
const BLOCK: usize = 1024;

/// Ends of the runs of rows with the same keys; `None` where a later run might have the keys of an earlier one: keys
/// must rise from run to run, by either first.
fn runs<T: Copy + Ord>(groups: &[T], roles: &[u8]) -> Option<Vec<usize>> {
    let num_rows = groups.len();
    let mut ends = Vec::new();
    // Blocks of rows beside the rows behind them; a place is written at every row and kept where a run ends, so that
    // nothing branches.
    let next = 1.min(num_rows);
    let mut found = [0; BLOCK];
    let groups_of = groups.chunks(BLOCK).zip(groups[next..].chunks(BLOCK));
    let roles_of = roles.chunks(BLOCK).zip(roles[next..].chunks(BLOCK));
    for (start, (groups, roles)) in (0..).step_by(BLOCK).zip(groups_of.zip(roles_of)) {
        let mut num_found = 0;
        let same_group = groups.0.iter().zip(groups.1).map(|(a, b)| a == b);
        let same_role = roles.0.iter().zip(roles.1).map(|(a, b)| a == b);
        for (place, (same_group, same_role)) in same_group.zip(same_role).enumerate() {
            found[num_found] = start + place + 1;
            num_found += usize::from(!(same_group & same_role));
        }
        ends.extend_from_slice(&found[..num_found]);
    }
    if num_rows > 0 {
        ends.push(num_rows);
    }
    let rises = |before: usize, after: usize, role_first: bool| {
        let key = |row: usize| (roles[row], groups[row]);
        let turned = |row: usize| (groups[row], roles[row]);
        if role_first {
            key(before) < key(after)
        } else {
            turned(before) < turned(after)
        }
    };
    [true, false]
        .into_iter()
        .any(|role_first| {
            ends.iter()
                .filter(|&&end| end < num_rows)
                .all(|&end| rises(end - 1, end, role_first))
        })
        .then_some(ends)
}
