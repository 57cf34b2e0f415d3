//! Laws of the verdict on generated answers: what must hold whatever was written.
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use spice_answers::{Case, Mode, Policy, Rule, TaskKind, check, check_batch, shuffle_options};

fn rule(gold: &str, response: &str, kind: Option<TaskKind>) -> Rule {
    let case = Case {
        gold,
        response,
        kind,
        choices: &[],
    };
    check(&case, Policy::TRAINING, Mode::Answer).rule
}

fn equivalent(gold: &str, answer: &str) -> Option<bool> {
    rule(gold, answer, Some(TaskKind::Expression)).equivalent()
}

#[derive(Debug, Clone)]
enum Formula {
    Leaf(String),
    Sum(Box<Formula>, Box<Formula>),
    Difference(Box<Formula>, Box<Formula>),
    Product(Box<Formula>, Box<Formula>),
    Quotient(Box<Formula>, Box<Formula>),
    Power(Box<Formula>, u32),
    Call(&'static str, Box<Formula>),
}
use Formula::{Call, Difference, Leaf, Power, Product, Quotient, Sum};

impl Formula {
    fn latex(&self) -> String {
        match self {
            Leaf(text) => text.clone(),
            Sum(a, b) => format!("({}+{})", a.latex(), b.latex()),
            Difference(a, b) => format!("({}-{})", a.latex(), b.latex()),
            Product(a, b) => format!(r"{} \cdot {}", a.latex(), b.latex()),
            Quotient(a, b) => format!(r"\frac{{{}}}{{{}}}", a.latex(), b.latex()),
            Power(a, n) => format!("({})^{{{n}}}", a.latex()),
            Call(name, a) => format!(r"\{name}({})", a.latex()),
        }
    }

    /// The same function written otherwise: `choices` says how at every node.
    fn rewritten(&self, choices: &mut impl Iterator<Item = u8>) -> String {
        let choice = choices.next().unwrap_or(0);
        match self {
            Leaf(text) => match choice % 4 {
                0 => format!("({text})"),
                1 => format!(r"\frac{{2({text})}}{{2}}"),
                2 => format!("({text} + 0)"),
                _ => text.clone(),
            },
            Sum(a, b) => {
                let (a, b) = (a.rewritten(choices), b.rewritten(choices));
                if choice.is_multiple_of(2) {
                    format!("({b} + {a})")
                } else {
                    format!("({a} - (-({b})))")
                }
            }
            Difference(a, b) => {
                let (a, b) = (a.rewritten(choices), b.rewritten(choices));
                if choice.is_multiple_of(2) {
                    format!("(-({b}) + {a})")
                } else {
                    format!("-(({b}) - ({a}))")
                }
            }
            Product(a, b) => format!("({})({})", b.rewritten(choices), a.rewritten(choices)),
            Quotient(a, b) => {
                let (a, b) = (a.rewritten(choices), b.rewritten(choices));
                if choice.is_multiple_of(2) {
                    format!("({a})/({b})")
                } else {
                    format!("({a}) \\cdot ({b})^{{-1}}")
                }
            }
            Power(a, n) => {
                let a = a.rewritten(choices);
                if choice.is_multiple_of(2) {
                    format!("({a})({a})^{{{}}}", n - 1)
                } else {
                    format!("({a})^{n}")
                }
            }
            Call(name, a) => format!(r"\{name}\left({}\right)", a.rewritten(choices)),
        }
    }
}

#[test]
fn a_small_change_of_a_large_value_is_seen() {
    assert_ne!(equivalent("e^{200}", "e^{200} + 1"), Some(true));
    assert_ne!(
        equivalent(r"\exp(\exp(x+5))", r"\exp(\exp(x+5)) + 1"),
        Some(true)
    );
    assert_eq!(equivalent("2e^{90}", "(e^{45})^2 + e^{90}"), Some(true));
}

fn leaves() -> impl Strategy<Value = Formula> {
    prop_oneof![
        prop::sample::select(vec!["x", "y", r"\alpha", "a_1"])
            .prop_map(|name| Leaf(name.to_owned())),
        (1..50_i32).prop_map(|n| Leaf(n.to_string())),
        Just(Leaf(r"\pi".to_owned())),
    ]
}

fn formulas(functions: &'static [&'static str]) -> impl Strategy<Value = Formula> {
    leaves().prop_recursive(4, 16, 2, move |inner| {
        let pair = || (inner.clone(), inner.clone());
        let call = (0..functions.len().max(1), inner.clone());
        prop_oneof![
            pair().prop_map(|(a, b)| Sum(a.into(), b.into())),
            pair().prop_map(|(a, b)| Difference(a.into(), b.into())),
            pair().prop_map(|(a, b)| Product(a.into(), b.into())),
            (inner.clone(), leaves()).prop_map(|(a, b)| Quotient(a.into(), b.into())),
            (inner.clone(), 2..4_u32).prop_map(|(a, n)| Power(a.into(), n)),
            call.prop_map(move |(place, a)| match functions.get(place) {
                Some(name) => Call(name, a.into()),
                None => a,
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_rational_function_equals_its_rewriting(formula in formulas(&[]), choices in prop::collection::vec(any::<u8>(), 40)) {
        let rewritten = formula.rewritten(&mut choices.into_iter());
        let (there, back) = (equivalent(&formula.latex(), &rewritten), equivalent(&rewritten, &formula.latex()));
        prop_assert_eq!(there, back);
        prop_assert_eq!(there, Some(true), "{} | {}", formula.latex(), rewritten);
    }

    #[test]
    fn a_rational_function_differs_from_itself_changed(formula in formulas(&[]), by in 1..9_i32, name in prop::sample::select(vec!["", "x", "z"])) {
        let changed = format!("{} + {by}{name}", formula.latex());
        prop_assert_eq!(equivalent(&formula.latex(), &changed), Some(false), "{}", formula.latex());
    }

    #[test]
    fn functions_are_never_told_apart_from_their_rewriting(
        formula in formulas(&["sin", "cos", "exp", "sqrt", "ln", "arctan"]), choices in prop::collection::vec(any::<u8>(), 40),
    ) {
        // Undefined at too many points (the root of a negative number) is undecided, never different.
        let rewritten = formula.rewritten(&mut choices.into_iter());
        prop_assert_ne!(equivalent(&formula.latex(), &rewritten), Some(false), "{} | {}", formula.latex(), rewritten);
    }

    #[test]
    fn functions_are_never_taken_for_themselves_changed(formula in formulas(&["sin", "cos", "exp", "sqrt", "ln"]), by in 1..9_i32) {
        let changed = format!("{} + {by}", formula.latex());
        prop_assert_ne!(equivalent(&formula.latex(), &changed), Some(true), "{}", formula.latex());
    }

    #[test]
    fn the_verdict_does_not_depend_on_the_order_of_the_options(
        seed in any::<u64>(), gold in 0..5_usize, named in 0..5_usize,
        form in prop::sample::select(vec!["{L}", "({L})", "{L}) {T}", "{T}", "The answer is {L}", "{L}: {T}", "Option {L}", "{L} or {M}", "not {L}", ""]),
        choices in prop::sample::select(vec![
            ["Rome", "Bern", "Oslo", "Riga", "Kyiv"], ["1", "2", "3", "4", "5"], ["x^2-1", "x^2+1", "(x+1)^2", "2x", "0"],
            ["5 km", "5 m", "3/4", "none of the above", "50 m"], ["A and B", "B", "C", "D", "E"],
        ]),
    ) {
        let letter = |place: usize| char::from(b'A' + place as u8);
        let answer = |letter: &dyn Fn(usize) -> char| {
            form.replace("{L}", &letter(named).to_string()).replace("{M}", &letter((named + 1) % 5).to_string()).replace("{T}", choices[named])
        };
        let verdict = |gold: &str, response: &str, choices: &[&str]| {
            let case = Case { gold, response, kind: Some(TaskKind::Mcq), choices };
            check(&case, Policy::TRAINING, Mode::Answer).rule
        };
        let order = shuffle_options(&choices, seed);
        let shown = |place: usize| order.shown_letter(letter(place)).unwrap();
        let plain = verdict(&letter(gold).to_string(), &answer(&letter), &choices);
        let shuffled = verdict(&shown(gold).to_string(), &answer(&shown), &order.options(&choices));
        prop_assert_eq!(plain, shuffled);
        let chosen = order.chosen(&answer(&shown), &choices, Policy::TRAINING, Mode::Answer).map(|chosen| chosen.option);
        prop_assert_eq!(plain.equivalent() == Some(true), chosen == Some(gold));
    }

    #[test]
    fn integers_near_each_other_differ(n in any::<i64>(), by in 1..1000_i64) {
        let (gold, answer) = (n.to_string(), (i128::from(n) + i128::from(by)).to_string());
        for kind in [None, Some(TaskKind::Integer), Some(TaskKind::Float), Some(TaskKind::Expression)] {
            prop_assert_eq!(rule(&gold, &answer, kind).equivalent(), Some(false));
        }
    }

    #[test]
    fn any_text_is_graded_without_a_crash(gold in "\\PC{0,24}", answer in "\\PC{0,24}") {
        for kind in TaskKind::ALL {
            prop_assert_ne!(rule(&gold, &answer, Some(kind)), Rule::Crashed);
        }
        let wrapped = format!(r"\boxed{{{answer}}}");
        let case = Case { gold: &gold, response: &wrapped, kind: None, choices: &[] };
        for row in check_batch(&[case], Policy::TRAINING, Mode::Response, None) {
            prop_assert_ne!(row.rule, Rule::Crashed);
        }
    }

    #[test]
    fn pieces_of_mathematics_in_any_order_crash_nothing(pieces in prop::collection::vec(prop::sample::select(vec![
        "1", "2", "x", "y", "e", "i", "+", "-", "*", "/", "^", "_", "(", ")", "[", "]", "{", "}", r"\{", r"\}", "|", ",", ";", ":", "=", "<",
        r"\le ", r"\frac", r"\sqrt", r"\sin ", r"\ln ", r"\log_", r"\pi ", r"\infty ", r"\pm ", r"\cup ", r"\in ", r"\text{ cm}", r"\begin{pmatrix}",
        r"\end{pmatrix}", "&", r"\\", "!", "%", "$", "°", "or", "and", " ", ".", "0.", "1e9", "m/s^2", r"\binom", r"\setminus ", r"\mathbb{R}",
    ]), 0..24)) {
        let text = pieces.concat();
        for (gold, answer) in [(text.as_str(), "x+1"), ("(1,2)", text.as_str()), (text.as_str(), &*format!("{text} + 0"))] {
            for kind in [None, Some(TaskKind::Expression)] {
                let case = Case { gold, response: answer, kind, choices: &[] };
                let verdict = check_batch(&[case], Policy::TRAINING, Mode::Answer, None);
                prop_assert_ne!(verdict[0].rule, Rule::Crashed, "{} | {}", gold, answer);
            }
        }
    }
}
