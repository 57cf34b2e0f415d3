//! The laws of rewards and advantages, and the table of published values.

#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::float_cmp, reason = "what is exact is compared exactly")]

use proptest::prelude::*;
use spice_rewards::{
    CHALLENGER_REWARDS, ChallengerReward, GroupFlag, Outcome, Penalties, RewardsError,
    challenger_rewards, dr_grpo, reasoner_rewards,
};

fn of_eight(name: &str, parameters: &[(String, f64)]) -> Vec<f64> {
    let outcomes: Vec<Outcome> = (0..=8)
        .map(|num_correct| Outcome::Valid {
            num_correct,
            num_answers: 8,
        })
        .collect();
    let reward = ChallengerReward::named(name, parameters).unwrap();
    challenger_rewards(reward, Penalties::default(), &outcomes).unwrap()
}

#[test]
fn spice_pays_the_published_rewards_of_four_answers() {
    let outcomes: Vec<Outcome> = (0..=4)
        .map(|num_correct| Outcome::Valid {
            num_correct,
            num_answers: 4,
        })
        .collect();
    let reward = ChallengerReward::named("spice_variance", &[]).unwrap();
    let rewards = challenger_rewards(reward, Penalties::default(), &outcomes).unwrap();
    for (found, expected) in rewards.iter().zip([0.0439, 0.8226, 1.0, 0.8226, 0.0439]) {
        assert!((found - expected).abs() < 5e-5, "{rewards:?}");
    }
}

#[test]
fn the_format_term_of_dr_zero_is_paid_for_every_valid_task() {
    let without = of_eight("dr_zero", &[("format_weight".to_owned(), 0.0)]);
    for (with, without) in of_eight("dr_zero", &[]).iter().zip(without) {
        assert_eq!(*with, without + 0.5);
    }
}

#[test]
fn penalties_are_those_of_the_reward_unless_the_caller_says_otherwise() {
    let outcomes = [Outcome::Gated, Outcome::BadFormat];
    let reward = ChallengerReward::named("absolute_zero", &[]).unwrap();
    assert_eq!(
        challenger_rewards(reward, Penalties::default(), &outcomes),
        Ok(vec![-0.5, -1.0])
    );
    let own = Penalties {
        gate: Some(-0.1),
        format: Some(-0.2),
    };
    assert_eq!(
        challenger_rewards(reward, own, &outcomes),
        Ok(vec![-0.1, -0.2])
    );
}

#[test]
fn every_reward_is_found_by_its_name() {
    for (name, reward, gate, format) in CHALLENGER_REWARDS {
        assert_eq!(ChallengerReward::named(name, &[]), Ok(reward));
        assert_eq!(
            (reward.name(), reward.default_penalties()),
            (name, (gate, format))
        );
    }
}

#[test]
fn mistakes_name_what_was_found_and_where() {
    let error = ChallengerReward::named("variance", &[])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("\"variance\"") && error.contains("spice_variance"),
        "{error}"
    );
    let error = ChallengerReward::named("gaussian_p", &[("sigma".to_owned(), 1.0)])
        .unwrap_err()
        .to_string();
    assert!(error.contains("\"sigma\"; it has s"), "{error}");
    let error = ChallengerReward::named("gaussian_p", &[("s".to_owned(), 0.0)])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("s is 0; expected a positive number"),
        "{error}"
    );
    let reward = ChallengerReward::RZero;
    let rows = [
        Outcome::BadFormat,
        Outcome::Valid {
            num_correct: 9,
            num_answers: 8,
        },
    ];
    let error = challenger_rewards(reward, Penalties::default(), &rows).unwrap_err();
    assert_eq!(
        error,
        RewardsError::TooManyCorrect {
            row: 1,
            num_correct: 9,
            num_answers: 8
        }
    );
    let rows = [Outcome::Valid {
        num_correct: 0,
        num_answers: 0,
    }];
    assert_eq!(
        challenger_rewards(reward, Penalties::default(), &rows),
        Err(RewardsError::NoAnswers { row: 0 })
    );
    let penalties = Penalties {
        gate: None,
        format: Some(f64::NAN),
    };
    assert!(challenger_rewards(reward, penalties, &[]).is_err());
}

#[test]
fn right_answers_earn_one() {
    assert_eq!(reasoner_rewards(&[true, false]), [1.0, 0.0]);
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

fn rows() -> impl Strategy<Value = Vec<(f64, i64, u8)>> {
    let reward = prop_oneof![
        -1.0..1.0_f64,
        Just(0.0),
        Just(1.0),
        Just(0.1),
        1e-30..1e-25_f64
    ];
    prop::collection::vec((reward, 0_i64..4, 0_u8..2), 1..80)
}

fn advantages(rows: &[(f64, i64, u8)]) -> Vec<f32> {
    let rewards: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let groups: Vec<i64> = rows.iter().map(|row| row.1).collect();
    let roles: Vec<u8> = rows.iter().map(|row| row.2).collect();
    dr_grpo(&rewards, &groups, &roles, None).unwrap().values
}

proptest! {
    #[test]
    fn advantages_of_a_group_sum_to_zero(rows in rows()) {
        let found = advantages(&rows);
        for key in rows.iter().map(|row| (row.1, row.2)) {
            let members: Vec<f32> =
                (0..rows.len()).filter(|&i| (rows[i].1, rows[i].2) == key).map(|i| found[i]).collect();
            let total: f64 = members.iter().copied().map(f64::from).sum();
            prop_assert!(total.abs() <= members.len() as f64 * 2.0_f64.powi(-24));
        }
    }

    #[test]
    fn the_order_of_the_rows_is_of_no_account(rows in rows(), turn in 0_usize..80) {
        let turn = turn % rows.len();
        let mut turned = rows.clone();
        turned.rotate_left(turn);
        let mut expected = advantages(&rows);
        expected.rotate_left(turn);
        prop_assert_eq!(advantages(&turned), expected);
    }

    #[test]
    fn one_role_never_moves_the_other(rows in rows(), shift in -1.0..1.0_f64) {
        let moved: Vec<_> =
            rows.iter().map(|&(reward, group, role)| (reward + shift * f64::from(role), group, role)).collect();
        for ((before, after), row) in advantages(&rows).iter().zip(advantages(&moved)).zip(&rows) {
            prop_assert!(row.2 == 1 || *before == after);
        }
    }

    #[test]
    fn rows_left_out_move_nothing(rows in rows(), padding in 1_u32..20) {
        let expected = advantages(&rows);
        let mut rewards: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let mut groups: Vec<i64> = rows.iter().map(|row| row.1).collect();
        let mut roles: Vec<u8> = rows.iter().map(|row| row.2).collect();
        let mut valid = vec![true; rows.len()];
        for index in 0..padding {
            rewards.push(f64::from(index));
            groups.push(i64::from(index % 4));
            roles.push(0);
            valid.push(false);
        }
        let found = dr_grpo(&rewards, &groups, &roles, Some(&valid)).unwrap().values;
        prop_assert_eq!(&found[..rows.len()], &expected[..]);
    }

    #[test]
    fn a_constant_group_is_exactly_zero(reward in -1e3..1e3_f64, num in 2_usize..100) {
        let rows = vec![(reward, 0, 0); num];
        prop_assert!(advantages(&rows).iter().all(|value| value.to_bits() == 0));
    }
}
