//! What tasks and answers earn: the table of published values, penalties, columns and mistakes.

#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::float_cmp, reason = "what is exact is compared exactly")]

use proptest::prelude::*;
use spice_rewards::{
    CHALLENGER_REWARDS, ChallengerReward, Columns, ESTIMATORS, Estimator, Penalties, RewardsError,
    challenger_rewards, cluster_shares, reasoner_rewards,
};

/// Valid tasks with 0 to `num` right answers, where as many agree and nobody asks alike.
fn of_all(num: u32, name: &str, parameters: &[(String, f64)]) -> Vec<f64> {
    let counts: Vec<u32> = (0..=num).collect();
    let width = counts.len();
    let columns = Columns {
        refusal: &vec![0; width],
        num_correct: Some(&counts),
        num_answers: Some(&vec![num; width]),
        num_mode: Some(&counts),
        cluster_share: Some(&vec![0.0; width]),
        num_correct_open: Some(&vec![num; width]),
        num_answers_open: Some(&vec![num; width]),
        ..Columns::default()
    };
    let reward = ChallengerReward::named(name, parameters).unwrap();
    challenger_rewards(reward, Penalties::default(), &columns).unwrap()
}

fn of_eight(name: &str, parameters: &[(String, f64)]) -> Vec<f64> {
    of_all(8, name, parameters)
}

/// The table at K = 8 to four digits; the rewards of Dr. Zero without the format term.
#[test]
fn every_reward_pays_the_published_table() {
    let table: [(&str, [f64; 9]); 11] = [
        (
            "spice_variance",
            [
                0.0439, 0.3720, 0.8226, 0.9879, 1.0, 0.9879, 0.8226, 0.3720, 0.0439,
            ],
        ),
        (
            "absolute_zero",
            [0.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0],
        ),
        (
            "absolute_zero_code",
            [-0.5, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, -0.5],
        ),
        ("threshold", [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]),
        ("r_zero", [0.0, 0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25, 0.0]),
        (
            "r_zero_code",
            [0.0, 0.125, 0.25, 0.375, 0.5, 0.375, 0.25, 0.125, 0.0],
        ),
        (
            "spell_gaussian",
            [
                0.0, 0.0796, 0.3247, 0.7548, 1.0, 0.7548, 0.3247, 0.0796, 0.0,
            ],
        ),
        (
            "gaussian_p",
            [
                0.0039, 0.0439, 0.2494, 0.7066, 1.0, 0.7066, 0.2494, 0.0439, 0.0039,
            ],
        ),
        (
            "dr_zero",
            [
                0.0, 1.0, 0.8571, 0.7143, 0.5714, 0.4286, 0.2857, 0.1429, 0.0,
            ],
        ),
        (
            "ssp_parabola",
            [0.0, 0.4375, 0.75, 0.9375, 1.0, 0.9375, 0.75, 0.4375, 0.0],
        ),
        ("plateau", [0.0, 0.0, 0.4, 0.9, 1.0, 0.9, 0.4, 0.0, 0.0]),
    ];
    for (name, expected) in table {
        let format = (name == "dr_zero").then(|| ("format_weight".to_owned(), 0.0));
        let found = of_eight(name, format.as_slice());
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 5e-5,
                "{name}: {found} {expected}"
            );
        }
    }
}

#[test]
fn the_two_rewards_beside_the_table_pay_by_their_formulas() {
    let found = of_eight("darc_target", &[]);
    assert_eq!(
        found,
        [-0.1, 0.625, 0.75, 0.875, 1.0, 0.875, 0.75, 0.625, 0.5]
    );
    let found = of_eight("open_book_gap", &[]);
    assert_eq!(
        found,
        [1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0]
    );
}

#[test]
fn asking_alike_is_paid_for_refused_or_not() {
    let columns = Columns {
        refusal: &[0, 1, 2],
        num_answers: Some(&[8, 0, 0]),
        num_mode: Some(&[6, 0, 0]),
        cluster_share: Some(&[0.125, 0.5, 0.5]),
        ..Columns::default()
    };
    let found = challenger_rewards(ChallengerReward::RZeroCode, Penalties::default(), &columns);
    assert_eq!(found, Ok(vec![0.125, -1.5, -1.5]));
}

#[test]
fn what_guessing_gives_is_taken_from_the_pass_rate() {
    let columns = Columns {
        refusal: &[0; 4],
        num_correct: Some(&[1, 2, 5, 8]),
        num_answers: Some(&[8; 4]),
        chance: Some(&[0.25; 4]),
        ..Columns::default()
    };
    let found = challenger_rewards(ChallengerReward::RZero, Penalties::default(), &columns);
    assert_eq!(found, Ok(vec![0.0, 0.0, 1.0, 0.0]));
    let found = challenger_rewards(ChallengerReward::Threshold, Penalties::default(), &columns);
    assert_eq!(found, Ok(vec![0.0, 0.0, 1.0, 0.0]));
}

#[test]
fn a_column_that_a_reward_needs_is_asked_for_by_name() {
    let counts = Columns {
        refusal: &[0],
        num_correct: Some(&[1]),
        num_answers: Some(&[8]),
        ..Columns::default()
    };
    for (_, reward) in CHALLENGER_REWARDS {
        let found = challenger_rewards(reward, Penalties::default(), &counts);
        let missing = reward
            .columns()
            .iter()
            .find(|name| !["num_correct", "num_answers"].contains(name));
        match missing {
            None => assert!(found.is_ok(), "{}", reward.name()),
            Some(column) => {
                let error = found.unwrap_err().to_string();
                assert!(
                    error.contains(column) && error.contains(reward.name()),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn shares_out_of_range_are_named_by_their_row() {
    let columns = Columns {
        refusal: &[0, 0],
        num_correct: Some(&[1, 1]),
        num_answers: Some(&[8, 8]),
        chance: Some(&[0.5, 1.0]),
        ..Columns::default()
    };
    let error = challenger_rewards(ChallengerReward::RZero, Penalties::default(), &columns);
    assert!(matches!(
        error,
        Err(RewardsError::BadShare {
            row: 1,
            column: "chance",
            ..
        })
    ));
    let columns = Columns {
        refusal: &[1],
        num_mode: Some(&[0]),
        num_answers: Some(&[0]),
        cluster_share: Some(&[f64::NAN]),
        ..Columns::default()
    };
    let error = challenger_rewards(ChallengerReward::RZeroCode, Penalties::default(), &columns);
    assert!(matches!(error, Err(RewardsError::BadShare { row: 0, .. })));
}

#[test]
fn copies_are_one_cluster_and_strangers_none() {
    let texts = [
        "how many apples are there in the basket ?",
        "how many apples are there in the basket ?",
        "how many pears are there in the basket ?",
        "name the longest river of France",
    ];
    assert_eq!(cluster_shares(&texts, 0.5), [0.75, 0.75, 0.75, 0.25]);
    assert_eq!(cluster_shares(&texts, 0.0), [0.5, 0.5, 0.25, 0.25]);
    assert!(cluster_shares::<&str>(&[], 0.5).is_empty());
}

#[test]
fn spice_pays_the_published_rewards_of_four_answers() {
    let rewards = of_all(4, "spice_variance", &[]);
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
    let columns = Columns {
        refusal: &[2, 1],
        num_correct: Some(&[0, 0]),
        num_answers: Some(&[0, 0]),
        ..Columns::default()
    };
    let reward = ChallengerReward::named("absolute_zero", &[]).unwrap();
    assert_eq!(
        challenger_rewards(reward, Penalties::default(), &columns),
        Ok(vec![-0.5, -1.0])
    );
    let own = Penalties {
        gate: Some(-0.1),
        format: Some(-0.2),
    };
    assert_eq!(
        challenger_rewards(reward, own, &columns),
        Ok(vec![-0.1, -0.2])
    );
}

#[test]
fn rewards_and_estimators_are_found_by_their_names() {
    for (name, reward) in CHALLENGER_REWARDS {
        assert_eq!(ChallengerReward::named(name, &[]), Ok(reward));
        assert_eq!(reward.name(), name);
    }
    for (name, estimator) in ESTIMATORS {
        assert_eq!(Estimator::named(name, &[]), Ok(estimator));
        assert_eq!(estimator.name(), name);
    }
}

fn message<T: std::fmt::Debug>(found: Result<T, RewardsError>) -> String {
    found.unwrap_err().to_string()
}

fn with(name: &str, value: f64) -> Vec<(String, f64)> {
    vec![(name.to_owned(), value)]
}

#[test]
fn mistakes_name_what_was_found_and_where() {
    let error = message(ChallengerReward::named("variance", &[]));
    assert!(
        error.contains("\"variance\"") && error.contains("spice_variance"),
        "{error}"
    );
    let error = message(ChallengerReward::named("gaussian_p", &with("sigma", 1.0)));
    assert!(error.contains("\"sigma\"; it has s"), "{error}");
    let error = message(ChallengerReward::named("gaussian_p", &with("s", 0.0)));
    assert!(
        error.contains("s is 0; expected a positive number"),
        "{error}"
    );
    let error = message(Estimator::named("ppo", &[]));
    assert!(
        error.contains("unknown advantage estimator: \"ppo\"") && error.contains("dr_grpo"),
        "{error}"
    );
    assert!(Estimator::named("grpo", &with("eps", 0.0)).is_err());
    assert!(Estimator::named("rae", &with("decay", 1.5)).is_err());
    assert!(Estimator::named("rloo", &with("eps", 1.0)).is_err());
    let counts = |num_correct, num_answers| {
        let columns = Columns {
            refusal: &[1, 0],
            num_correct: Some(&[0, num_correct]),
            num_answers: Some(&[0, num_answers]),
            ..Columns::default()
        };
        challenger_rewards(ChallengerReward::RZero, Penalties::default(), &columns)
    };
    assert!(message(counts(9, 8)).starts_with("row 1: num_correct is 9 but only 8"));
    assert!(message(counts(0, 0)).starts_with("row 1: a valid task with num_answers 0"));
    let penalties = Penalties {
        gate: None,
        format: Some(f64::NAN),
    };
    let none = Columns {
        num_correct: Some(&[]),
        num_answers: Some(&[]),
        ..Columns::default()
    };
    assert!(challenger_rewards(ChallengerReward::RZero, penalties, &none).is_err());
}

#[test]
fn right_answers_earn_one() {
    assert_eq!(reasoner_rewards(&[true, false]), [1.0, 0.0]);
}

proptest! {
    #[test]
    fn shares_add_up_to_the_sizes_of_the_clusters(texts in prop::collection::vec("[abc ]{0,12}", 1..20)) {
        // Over a cluster, one over the share of every member adds up to the number of all texts.
        let shares = cluster_shares(&texts, 0.5);
        let num = texts.len() as f64;
        let clusters: f64 = shares.iter().map(|share| 1.0 / (share * num)).sum();
        prop_assert!((clusters - clusters.round()).abs() < 1e-9);
        prop_assert!(shares.iter().all(|&share| share * num >= 0.999 && share <= 1.0));
    }
}
