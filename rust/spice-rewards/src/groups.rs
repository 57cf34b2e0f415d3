//! Which rows belong together: (role, group) keys of any values and in any order become small consecutive numbers.

/// Dense group numbers of rows.
pub(crate) struct Groups {
    /// Number of each row's group, below `num_groups`.
    pub(crate) of_row: Vec<u32>,
    /// One more than the largest number; a number may stand for no row.
    pub(crate) num_groups: usize,
}

/// Rows with the same role and the same group id get the same number.
pub(crate) fn number(groups: &[i64], roles: &[u8]) -> Groups {
    table(groups, roles).unwrap_or_else(|| sorted(groups, roles))
}

/// The fast way, for ids in a narrow range: the number is computed from the id.
fn table(groups: &[i64], roles: &[u8]) -> Option<Groups> {
    let (&first, &last) = (groups.iter().min()?, groups.iter().max()?);
    let num_roles = usize::from(*roles.iter().max()?) + 1;
    let width = usize::try_from(last.checked_sub(first)?)
        .ok()?
        .checked_add(1)?;
    let num_groups = width.checked_mul(num_roles)?;
    if num_groups > 4 * groups.len() + 1024 || u32::try_from(num_groups).is_err() {
        return None;
    }
    let of_row = groups
        .iter()
        .zip(roles)
        .map(|(&group, &role)| group.abs_diff(first) as u32 + u32::from(role) * width as u32)
        .collect();
    Some(Groups { of_row, num_groups })
}

/// The general way: rows sorted by key.
fn sorted(groups: &[i64], roles: &[u8]) -> Groups {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_unstable_by_key(|&row| (roles[row], groups[row]));
    let mut of_row = vec![0; groups.len()];
    let mut num_groups = 0;
    for (place, &row) in order.iter().enumerate() {
        let same = place > 0 && {
            let before = order[place - 1];
            (roles[before], groups[before]) == (roles[row], groups[row])
        };
        num_groups += usize::from(!same);
        of_row[row] = (num_groups - 1) as u32;
    }
    Groups { of_row, num_groups }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_rows_have_no_groups() {
        assert_eq!(number(&[], &[]).num_groups, 0);
    }

    #[test]
    fn ids_at_both_ends_of_the_range_are_numbered() {
        assert_eq!(
            number(&[i64::MAX, i64::MIN, i64::MAX], &[0, 0, 1]).of_row,
            [1, 0, 2]
        );
    }

    proptest! {
        #[test]
        fn both_ways_group_alike(rows in prop::collection::vec((-5_i64..5, 0_u8..3), 1..60)) {
            let (groups, roles): (Vec<i64>, Vec<u8>) = rows.into_iter().unzip();
            let (fast, general) = (table(&groups, &roles).unwrap(), sorted(&groups, &roles));
            for i in 0..groups.len() {
                for j in 0..groups.len() {
                    let same = (groups[i], roles[i]) == (groups[j], roles[j]);
                    prop_assert_eq!(fast.of_row[i] == fast.of_row[j], same);
                    prop_assert_eq!(general.of_row[i] == general.of_row[j], same);
                }
                prop_assert!((fast.of_row[i] as usize) < fast.num_groups);
            }
        }
    }
}
