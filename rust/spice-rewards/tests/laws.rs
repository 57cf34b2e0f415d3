//! The laws of advantages, whatever the rewards.

#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::float_cmp, reason = "what is exact is compared exactly")]

use proptest::prelude::*;
use spice_rewards::{Advantages, ESTIMATORS, Estimator, GroupFlag, RewardsError, Rows, advantages};

fn dr_grpo(
    rewards: &[f64],
    groups: &[i64],
    roles: &[u8],
    valid: Option<&[bool]>,
) -> Result<Advantages, RewardsError> {
    let rows = Rows {
        rewards,
        groups,
        roles,
        valid,
        lengths: None,
    };
    advantages(Estimator::DrGrpo, &rows, &[])
}

fn with(name: &str, value: f64) -> Vec<(String, f64)> {
    vec![(name.to_owned(), value)]
}

#[test]
fn groups_that_teach_nothing_are_flagged_and_exactly_zero() {
    let rewards = [0.1, 0.1, 0.1, 0.7, f64::NAN, 0.3, 0.9];
    let valid = [true, true, true, true, true, false, true];
    let found = dr_grpo(&rewards, &[0, 0, 0, 1, 1, 2, 1], &[0; 7], Some(&valid)).unwrap();
    assert_eq!(found.values, [0.0, 0.0, 0.0, -0.1, 0.0, 0.0, 0.1]);
    let flags: Vec<u8> = found.flags.iter().map(|&flag| flag as u8).collect();
    assert_eq!(flags, [3, 3, 3, 0, 0, 1, 0]);
    assert_eq!(found.num_nan, 1);
    assert_eq!(
        dr_grpo(&[3.0], &[0], &[0], None).unwrap().flags,
        [GroupFlag::Single]
    );
}

#[test]
fn an_infinite_reward_is_an_error_unless_it_is_masked() {
    let error = dr_grpo(&[0.0, f64::NEG_INFINITY], &[0, 0], &[0, 0], None).unwrap_err();
    assert!(matches!(error, RewardsError::RewardTooLarge { row: 1, .. }));
    assert!(
        dr_grpo(
            &[0.0, f64::INFINITY],
            &[0, 0],
            &[0, 0],
            Some(&[true, false])
        )
        .is_ok()
    );
    assert!(
        dr_grpo(&[0.0], &[0, 0], &[0], None)
            .unwrap_err()
            .to_string()
            .starts_with("groups has 2 rows")
    );
}

#[test]
fn an_offset_of_a_thousand_costs_no_precision() {
    let found = dr_grpo(&[1000.25, 1000.5, 1000.75], &[0; 3], &[0; 3], None).unwrap();
    assert_eq!(found.values, [-0.25, 0.0, 0.25]);
}

#[test]
fn what_a_column_of_lengths_lacks_is_said() {
    let rows = Rows {
        rewards: &[0.0, 1.0],
        groups: &[0, 0],
        roles: &[0, 0],
        ..Rows::default()
    };
    for (_, estimator) in ESTIMATORS {
        let found = advantages(estimator, &rows, &[]);
        assert_eq!(found.is_err(), estimator.needs_lengths(), "{estimator:?}");
    }
    let lengths = Some(&[3, 0][..]);
    let found = advantages(Estimator::Opo, &Rows { lengths, ..rows }, &[]);
    assert_eq!(found, Err(RewardsError::NoTokens { row: 1 }));
    let valid = Some(&[true, false][..]);
    let found = advantages(
        Estimator::Opo,
        &Rows {
            lengths,
            valid,
            ..rows
        },
        &[],
    );
    assert_eq!(found.unwrap().flags, [GroupFlag::Single; 2]);
}

#[test]
fn an_advantage_beyond_f32_is_an_error_and_not_infinite() {
    let rows = Rows {
        rewards: &[1.0, -1.0, 1e-300],
        groups: &[0; 3],
        roles: &[0; 3],
        ..Rows::default()
    };
    assert!(matches!(
        advantages(Estimator::MaxRl, &rows, &[]),
        Err(RewardsError::AdvantageTooLarge { row: 0, .. })
    ));
}

#[test]
fn a_role_goes_on_from_its_baseline() {
    let rows = Rows {
        rewards: &[1.0, 0.5, f64::NAN, 1.0],
        groups: &[3, 1, 1, 2],
        roles: &[1, 0, 0, 1],
        ..Rows::default()
    };
    let estimator = Estimator::named("rae", &with("decay", 0.5)).unwrap();
    let found = advantages(estimator, &rows, &[0.25]).unwrap();
    assert_eq!(found.values, [1.0, 0.25, 0.0, 0.5]);
    assert_eq!(found.baselines, [0.375, 0.75]);
    let halves = |rows: Rows<'_>, baselines: &[f64]| advantages(estimator, &rows, baselines);
    let first = Rows {
        rewards: &rows.rewards[..2],
        groups: &rows.groups[..2],
        roles: &rows.roles[..2],
        ..rows
    };
    let second = Rows {
        rewards: &rows.rewards[2..],
        groups: &rows.groups[2..],
        roles: &rows.roles[2..],
        ..rows
    };
    let between = halves(first, &[0.25]).unwrap().baselines;
    assert_eq!(halves(second, &between).unwrap().baselines, found.baselines);
    assert!(advantages(estimator, &rows, &[f64::NAN]).is_err());
}

/// Reward, group, role, length.
type Row = (f64, i64, u8, u32);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let reward = prop_oneof![
        -1.0..1.0_f64,
        Just(0.0),
        Just(1.0),
        Just(0.1),
        1e-30..1e-25_f64
    ];
    prop::collection::vec((reward, 0_i64..4, 0_u8..2, 1_u32..5000), 1..80)
}

fn with_padding(estimator: Estimator, rows: &[Row], padding: &[Row]) -> Vec<f32> {
    let all: Vec<Row> = rows.iter().chain(padding).copied().collect();
    let valid: Vec<bool> = (0..all.len()).map(|row| row < rows.len()).collect();
    let found = advantages(
        estimator,
        &Rows {
            rewards: &all.iter().map(|row| row.0).collect::<Vec<_>>(),
            groups: &all.iter().map(|row| row.1).collect::<Vec<_>>(),
            roles: &all.iter().map(|row| row.2).collect::<Vec<_>>(),
            lengths: Some(&all.iter().map(|row| row.3).collect::<Vec<_>>()),
            valid: (!padding.is_empty()).then_some(&valid[..]),
        },
        &[],
    );
    found.unwrap().values[..rows.len()].to_vec()
}

fn of(estimator: Estimator, rows: &[Row]) -> Vec<f32> {
    with_padding(estimator, rows, &[])
}

/// Every estimator but the one that takes rows in order.
fn unordered() -> impl Strategy<Value = Estimator> {
    prop::sample::select(
        ESTIMATORS[..7]
            .iter()
            .map(|entry| entry.1)
            .collect::<Vec<_>>(),
    )
}

fn any_estimator() -> impl Strategy<Value = Estimator> {
    prop::sample::select(ESTIMATORS.map(|entry| entry.1).to_vec())
}

proptest! {
    #[test]
    fn advantages_of_a_group_sum_to_zero(rows in rows(), rloo in any::<bool>()) {
        let found = of(if rloo { Estimator::Rloo } else { Estimator::DrGrpo }, &rows);
        for key in rows.iter().map(|row| (row.1, row.2)) {
            let members: Vec<f32> =
                (0..rows.len()).filter(|&i| (rows[i].1, rows[i].2) == key).map(|i| found[i]).collect();
            let total: f64 = members.iter().copied().map(f64::from).sum();
            let bound = if rloo { 2.0 } else { 1.0 } * members.len() as f64 * 2.0_f64.powi(-24);
            prop_assert!(total.abs() <= bound);
        }
    }

    #[test]
    fn tokens_of_a_group_sum_to_zero_under_its_token_baseline(rows in rows()) {
        let found = of(Estimator::Opo, &rows);
        for key in rows.iter().map(|row| (row.1, row.2)) {
            let members: Vec<usize> = (0..rows.len()).filter(|&i| (rows[i].1, rows[i].2) == key).collect();
            let total: f64 = members.iter().map(|&i| f64::from(found[i]) * f64::from(rows[i].3)).sum();
            prop_assert!(total.abs() <= members.len() as f64 * 5000.0 * 2.0_f64.powi(-23));
        }
    }

    #[test]
    fn the_order_of_the_rows_is_of_no_account(estimator in unordered(), rows in rows(), turn in 0_usize..80) {
        let turn = turn % rows.len();
        let mut turned = rows.clone();
        turned.rotate_left(turn);
        let mut expected = of(estimator, &rows);
        expected.rotate_left(turn);
        prop_assert_eq!(of(estimator, &turned), expected);
    }

    #[test]
    fn one_role_never_moves_the_other(estimator in any_estimator(), rows in rows(), shift in 0.1..1.0_f64) {
        let moved: Vec<Row> =
            rows.iter().map(|&(reward, group, role, length)| (reward + shift * f64::from(role), group, role, length)).collect();
        for ((before, after), row) in of(estimator, &rows).iter().zip(of(estimator, &moved)).zip(&rows) {
            prop_assert!(row.2 == 1 || *before == after);
        }
    }

    #[test]
    fn rows_left_out_move_nothing(estimator in any_estimator(), rows in rows(), padding in rows()) {
        prop_assert_eq!(with_padding(estimator, &rows, &padding), of(estimator, &rows));
    }

    #[test]
    fn a_constant_group_is_exactly_zero(estimator in unordered(), reward in -1e3..1e3_f64, num in 1_usize..100, others in rows()) {
        // In a role of its own, so that it is constant for the estimators that look at roles too.
        let mut rows = vec![(reward, 0, 7, 10); num];
        rows.extend(&others);
        prop_assert!(of(estimator, &rows)[..num].iter().all(|value| value.to_bits() == 0));
    }

    #[test]
    fn a_constant_group_among_others_of_its_role_is_exactly_zero(rows in rows(), reward in -1e3..1e3_f64) {
        let mut rows = rows;
        rows.extend([(reward, 9, 0, 10); 4]);
        let found = of(Estimator::ReinforcePpBaseline, &rows);
        prop_assert!(found[rows.len() - 4..].iter().all(|value| value.to_bits() == 0));
    }

    #[test]
    fn an_offset_changes_next_to_nothing(rows in rows()) {
        // A one-pass variance has no digit left at an offset of a thousand.
        let rows: Vec<Row> = rows.iter().map(|row| ((row.0 * 64.0).round() / 64.0, row.1, row.2, row.3)).collect();
        let moved: Vec<Row> = rows.iter().map(|row| (row.0 + 1000.0, row.1, row.2, row.3)).collect();
        for estimator in [Estimator::DrGrpo, Estimator::Grpo { eps: 1e-4 }, Estimator::Rloo] {
            for (before, after) in of(estimator, &rows).into_iter().zip(of(estimator, &moved)) {
                prop_assert!((before - after).abs() <= 1e-6, "{} {}", before, after);
            }
        }
    }
}
