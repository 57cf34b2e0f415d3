//! Options in another order for every rollout, and letters answered under it mapped back.
//!
//! Models prefer some letters whatever stands behind them (selection bias; Zheng et al. 2024, "Large Language Models Are
//! Not Robust Multiple Choice Selectors"). Options shuffled between the rollouts of one task keep such a preference from
//! passing for knowledge: the verdict is taken under the order that was shown, and the option is named in the task's own.

use crate::extract::{extract, trimmed};
use crate::grade::{Mode, chosen};
use crate::policy::Policy;

/// An order of a question's options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionOrder {
    permutation: Vec<usize>,
}

/// What a response chose of options in some order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenOption {
    /// Place of the option as it was shown, from 0.
    pub position: usize,
    /// Its place in the task.
    pub option: usize,
}

/// A random order of the options: a function of these texts and the seed alone.
///
/// Options that speak of others by their place ("none of the above") stay where they are, and all do where one names
/// others by their letters ("both A and B").
///
/// # Examples
///
/// ```
/// use spice_answers::{Case, Mode, Policy, TaskKind, check, shuffle_options};
///
/// let choices = ["Rome", "Bern", "Oslo", "Riga"];
/// let order = shuffle_options(&choices, 7);
/// let shown = order.options(&choices);
/// let gold = order.shown_letter('B').unwrap().to_string();
/// let case = Case { gold: &gold, response: r"\boxed{Bern}", kind: Some(TaskKind::Mcq), choices: &shown };
/// assert_eq!(check(&case, Policy::TRAINING, Mode::Response).rule.equivalent(), Some(true));
/// assert_eq!(order.chosen(case.response, &choices, Policy::TRAINING, Mode::Response).unwrap().option, 1);
/// ```
pub fn shuffle_options(choices: &[&str], seed: u64) -> OptionOrder {
    let mut permutation: Vec<usize> = (0..choices.len()).collect();
    let free: Vec<usize> = if choices
        .iter()
        .any(|choice| names_letters(choice, choices.len()))
    {
        Vec::new()
    } else {
        permutation
            .iter()
            .copied()
            .filter(|&place| !names_places(choices[place]))
            .collect()
    };
    let mut random = SplitMix(seed);
    for last in (1..free.len()).rev() {
        permutation.swap(free[last], free[random.below(last + 1)]);
    }
    OptionOrder { permutation }
}

impl OptionOrder {
    /// The order of this permutation: at place k stands option `permutation[k]` of the task. `None` where it is none.
    pub fn new(permutation: &[usize]) -> Option<Self> {
        let mut sorted = permutation.to_vec();
        sorted.sort_unstable();
        sorted
            .iter()
            .copied()
            .eq(0..permutation.len())
            .then(|| Self {
                permutation: permutation.to_vec(),
            })
    }

    /// For every place as shown, the option's place in the task.
    pub fn permutation(&self) -> &[usize] {
        &self.permutation
    }

    /// The task's options as they are shown. Options beyond the permutation are left out.
    pub fn options<'a>(&self, choices: &[&'a str]) -> Vec<&'a str> {
        self.permutation
            .iter()
            .filter_map(|&place| choices.get(place).copied())
            .collect()
    }

    /// The letter under which an option of the task is shown; `None` where no option has that letter.
    pub fn shown_letter(&self, letter: char) -> Option<char> {
        let place = self.place(letter)?;
        let position = self
            .permutation
            .iter()
            .position(|&original| original == place)?;
        letter_at(position)
    }

    /// The letter in the task of the option that is shown under a letter; `None` where no option has that letter.
    pub fn original_letter(&self, letter: char) -> Option<char> {
        letter_at(self.permutation[self.place(letter)?])
    }

    /// The option that a response to the shuffled question chose, by the rules that answers are graded with; `None` where
    /// it chose none or several. `choices` are the task's, in its own order.
    pub fn chosen(
        &self,
        response: &str,
        choices: &[&str],
        policy: Policy,
        mode: Mode,
    ) -> Option<ChosenOption> {
        let (start, end) = match mode {
            Mode::Response => {
                extract(response, policy.marks).map(|found| (found.start, found.end))?
            }
            Mode::Answer => trimmed(response, 0, response.len()),
        };
        let position = chosen(&response[start..end], &self.options(choices))?;
        Some(ChosenOption {
            position,
            option: *self.permutation.get(position)?,
        })
    }

    fn place(&self, letter: char) -> Option<usize> {
        let place = u32::from(letter.to_ascii_uppercase()).checked_sub(u32::from('A'))? as usize;
        (place < self.permutation.len()).then_some(place)
    }
}

fn letter_at(place: usize) -> Option<char> {
    u8::try_from(place)
        .ok()
        .filter(|&place| place < 26)
        .map(|place| char::from(b'A' + place))
}

/// Whether an option speaks of others by their place.
fn names_places(option: &str) -> bool {
    let lower = option.to_lowercase();
    [
        "the above",
        "of these",
        "the preceding",
        "the options",
        "the choices",
        "the following",
        "以上",
    ]
    .iter()
    .any(|words| lower.contains(words))
}

/// Whether an option is nothing but letters of others and words that join them.
fn names_letters(option: &str, num_choices: usize) -> bool {
    let mut num_words = 0;
    let mut has_letter = false;
    for word in option
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        num_words += 1;
        let lower = word.to_lowercase();
        let joins = [
            "both", "neither", "either", "only", "all", "and", "or", "nor", "of", "not", "but",
            "option", "options", "choice", "choices", "answer", "answers", "is", "are", "correct",
            "true",
        ];
        let is_letter = word.len() == 1
            && (b'A'..)
                .zip(0..num_choices)
                .any(|(letter, _)| word.as_bytes()[0] == letter);
        has_letter |= is_letter;
        if !is_letter && !joins.contains(&lower.as_str()) {
            return false;
        }
    }
    has_letter && num_words >= 2
}

/// Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform below a bound, by the high half of a product; the bias below 2^-50 for any number of options.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITIES: [&str; 5] = ["Rome", "Bern", "Oslo", "Riga", "Kyiv"];

    #[test]
    fn letters_go_there_and_back() {
        for seed in 0..200 {
            let order = shuffle_options(&CITIES, seed);
            assert_eq!(OptionOrder::new(order.permutation()), Some(order.clone()));
            for (letter, city) in ('A'..='E').zip(CITIES) {
                let shown = order.shown_letter(letter).unwrap();
                assert_eq!(order.original_letter(shown), Some(letter));
                assert_eq!(order.options(&CITIES)[shown as usize - 'A' as usize], city);
            }
            assert_eq!(order.shown_letter('F'), None);
            assert_eq!(order.original_letter('?'), None);
        }
        assert_eq!(OptionOrder::new(&[0, 2]), None);
    }

    #[test]
    fn every_order_comes_as_often() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..6000 {
            *counts
                .entry(shuffle_options(&CITIES[..3], seed).permutation().to_vec())
                .or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(
            counts.values().all(|count| (count - 1000).abs() < 150),
            "{counts:?}"
        );
    }

    #[test]
    fn options_that_speak_of_others_keep_their_place() {
        let above = ["Rome", "Bern", "Oslo", "None of the above"];
        let moved = (0..50).any(|seed| shuffle_options(&above, seed).permutation()[0] != 0);
        assert!(moved && (0..50).all(|seed| shuffle_options(&above, seed).permutation()[3] == 3));
        for option in [
            "Both A and B",
            "A and C only",
            "(A) or (B)",
            "Neither A nor B",
        ] {
            let order = shuffle_options(&["Rome", "Bern", "Oslo", option], 3);
            assert_eq!(order.permutation(), [0, 1, 2, 3], "{option}");
        }
        for option in ["Vitamin A and C", "A", "B cells"] {
            assert!(!names_letters(option, 4), "{option}");
        }
    }

    #[test]
    fn what_was_chosen_is_known_by_both_places() {
        let order = OptionOrder::new(&[2, 0, 1]).unwrap();
        let chosen = |answer| order.chosen(answer, &CITIES[..3], Policy::TRAINING, Mode::Answer);
        assert_eq!(
            chosen("A"),
            Some(ChosenOption {
                position: 0,
                option: 2
            })
        );
        assert_eq!(
            chosen("Rome"),
            Some(ChosenOption {
                position: 1,
                option: 0
            })
        );
        assert_eq!(chosen("B) Oslo"), None);
        assert_eq!(chosen("Paris"), None);
    }
}
