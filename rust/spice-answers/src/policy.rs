//! What counts as an answer and what is forgiven in it: every convention is a field, every preset a constant.

use crate::extract::Marks;

/// How far the grader looks beyond equal texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Canonical texts, and the letters of choices.
    Text,
    /// Numbers too.
    Numbers,
    /// Everything: quantities, dates, sets, intervals, formulas.
    Types,
}

/// The rules of one grader. Fields that are `false` refuse what they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent conventions, each named"
)]
pub struct Policy {
    /// Where a response says its answer.
    pub marks: Marks,
    /// How far the grader looks.
    pub depth: Depth,
    /// Texts of kind string are compared exactly, without looking for a date, number or quantity in them.
    pub exact_strings: bool,
    /// Text without case, outer article and trailing period, in quotes, with ordinals, eras and small numbers in any
    /// spelling, lists of names with or without "and": exam keys and models differ in these alone.
    pub loose_text: bool,
    /// A unit, currency, degree or percent sign or counted thing that one side lacks: the question names it.
    pub missing_unit: bool,
    /// `x = 5` for `5`, and back: the question names the unknown.
    pub missing_name: bool,
    /// `1011` for `1011_2`: the question names the base.
    pub missing_base: bool,
    /// A bare list in another order: solutions have none.
    pub any_order: bool,
    /// A tuple or bare list for a set, a bare list for a tuple in its order, `{5}` for `5`: the values are the same.
    pub other_brackets: bool,
    /// A column, a row and a tuple for each other: all are the vector.
    pub vector_for_tuple: bool,
    /// An interval for an inequality, and back: both are the same part of the line.
    pub interval_for_inequality: bool,
    /// `3/4` for `3:4`: both are the proportion.
    pub fraction_for_ratio: bool,
    /// `2^{10}` for `1024`: what is asked is the value.
    pub unevaluated: bool,
    /// A decimal that is the other side correctly rounded to at least four significant digits; never for integers.
    pub rounding: bool,
}

type Field = fn(&mut Policy) -> &mut bool;

/// The conventions by name.
const CONVENTIONS: [(&str, Field); 12] = [
    ("exact_strings", |policy| &mut policy.exact_strings),
    ("loose_text", |policy| &mut policy.loose_text),
    ("missing_unit", |policy| &mut policy.missing_unit),
    ("missing_name", |policy| &mut policy.missing_name),
    ("missing_base", |policy| &mut policy.missing_base),
    ("any_order", |policy| &mut policy.any_order),
    ("other_brackets", |policy| &mut policy.other_brackets),
    ("vector_for_tuple", |policy| &mut policy.vector_for_tuple),
    ("interval_for_inequality", |policy| {
        &mut policy.interval_for_inequality
    }),
    ("fraction_for_ratio", |policy| {
        &mut policy.fraction_for_ratio
    }),
    ("unevaluated", |policy| &mut policy.unevaluated),
    ("rounding", |policy| &mut policy.rounding),
];

/// Conventions that an equality rests on, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conventions(u16);

impl Conventions {
    pub(crate) const MISSING_UNIT: Self = Self(1);
    pub(crate) const MISSING_NAME: Self = Self(2);
    pub(crate) const MISSING_BASE: Self = Self(4);
    pub(crate) const ANY_ORDER: Self = Self(8);
    pub(crate) const OTHER_BRACKETS: Self = Self(16);
    pub(crate) const VECTOR_FOR_TUPLE: Self = Self(32);
    pub(crate) const INTERVAL_FOR_INEQUALITY: Self = Self(64);
    pub(crate) const UNEVALUATED: Self = Self(128);
    pub(crate) const LOOSE_TEXT: Self = Self(512);
    pub(crate) const FRACTION_FOR_RATIO: Self = Self(256);

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Policy {
    /// The last box of a response, all conventions: what self-play is graded with.
    pub const TRAINING: Self = Self {
        marks: Marks::LastBox,
        depth: Depth::Types,
        exact_strings: false,
        loose_text: true,
        missing_unit: true,
        missing_name: true,
        missing_base: true,
        any_order: true,
        other_brackets: true,
        vector_for_tuple: true,
        interval_for_inequality: true,
        fraction_for_ratio: true,
        unevaluated: true,
        rounding: true,
    };

    /// The same conventions, and every mark of an answer.
    pub const OFFLINE: Self = Self {
        marks: Marks::All,
        ..Self::TRAINING
    };

    /// Equal values and nothing forgiven.
    pub const STRICT: Self = Self {
        exact_strings: true,
        loose_text: false,
        missing_unit: false,
        missing_name: false,
        missing_base: false,
        any_order: false,
        other_brackets: false,
        vector_for_tuple: false,
        interval_for_inequality: false,
        fraction_for_ratio: false,
        unevaluated: false,
        rounding: false,
        ..Self::TRAINING
    };

    /// As SPICE was published (arXiv 2510.24684): formulas by value as Math-Verify does, other answers by exact match.
    pub const PAPER: Self = Self {
        exact_strings: true,
        ..Self::TRAINING
    };

    /// Texts alone, as the `is_equiv` of the MATH benchmark: for figures that were published with it.
    pub const HENDRYCKS: Self = Self {
        depth: Depth::Text,
        missing_unit: true,
        missing_name: true,
        ..Self::STRICT
    };

    /// All presets by name.
    pub const PRESETS: [(&'static str, Self); 6] = [
        ("training", Self::TRAINING),
        ("default", Self::OFFLINE),
        ("offline", Self::OFFLINE),
        ("strict", Self::STRICT),
        ("paper", Self::PAPER),
        ("hendrycks", Self::HENDRYCKS),
    ];

    /// Names of the conventions, and whether they hold.
    pub fn conventions(mut self) -> [(&'static str, bool); 12] {
        CONVENTIONS.map(|(name, field)| (name, *field(&mut self)))
    }

    /// This policy with one convention set; `None` where none has the name.
    pub fn with(mut self, name: &str, holds: bool) -> Option<Self> {
        let (_, field) = CONVENTIONS.iter().find(|(known, _)| *known == name)?;
        *field(&mut self) = holds;
        Some(self)
    }

    /// Whether all of these are forgiven.
    pub(crate) fn forgives(&self, used: Conventions) -> bool {
        let forgiven = [
            (Conventions::MISSING_UNIT, self.missing_unit),
            (Conventions::MISSING_NAME, self.missing_name),
            (Conventions::MISSING_BASE, self.missing_base),
            (Conventions::ANY_ORDER, self.any_order),
            (Conventions::OTHER_BRACKETS, self.other_brackets),
            (Conventions::VECTOR_FOR_TUPLE, self.vector_for_tuple),
            (
                Conventions::INTERVAL_FOR_INEQUALITY,
                self.interval_for_inequality,
            ),
            (Conventions::UNEVALUATED, self.unevaluated),
            (Conventions::LOOSE_TEXT, self.loose_text),
            (Conventions::FRACTION_FOR_RATIO, self.fraction_for_ratio),
        ];
        forgiven
            .iter()
            .all(|(convention, holds)| *holds || used.0 & convention.0 == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, Mode, TaskKind, check};

    fn accepts(policy: Policy, gold: &str, answer: &str, kind: Option<TaskKind>) -> bool {
        let case = Case {
            gold,
            response: answer,
            kind,
            choices: &[],
        };
        check(&case, policy, Mode::Answer).rule.equivalent() == Some(true)
    }

    #[test]
    fn every_convention_can_be_refused_by_its_name() {
        for (name, gold, answer) in [
            ("loose_text", "the Nile", "nile"),
            ("missing_unit", "5 km", "5"),
            ("missing_unit", "5%", "5"),
            ("missing_name", "x=5", "5"),
            ("missing_name", "5", "y = 5"),
            ("missing_base", "1011_2", "1011"),
            ("any_order", "1, 2", "2, 1"),
            ("other_brackets", r"\{1, 2\}", "(1, 2)"),
            (
                "vector_for_tuple",
                r"\begin{pmatrix}1\\2\end{pmatrix}",
                "(1, 2)",
            ),
            ("interval_for_inequality", "(1, 2)", "1 < x < 2"),
            ("fraction_for_ratio", "3:4", "3/4"),
            ("unevaluated", "1024", "2^{10}"),
            ("rounding", r"\sqrt{2}", "1.4142"),
        ] {
            assert!(accepts(Policy::TRAINING, gold, answer, None), "{name}");
            let without = Policy::TRAINING.with(name, false).unwrap();
            assert!(!accepts(without, gold, answer, None), "{name}");
        }
        assert_eq!(Policy::TRAINING.with("anything", true), None);
    }

    #[test]
    fn presets_differ_as_they_say() {
        let string = Some(TaskKind::String);
        assert!(accepts(
            Policy::TRAINING,
            "March 5, 2020",
            "2020-03-05",
            string
        ));
        assert!(!accepts(
            Policy::PAPER,
            "March 5, 2020",
            "2020-03-05",
            string
        ));
        assert!(accepts(
            Policy::PAPER,
            "x^2-1",
            "(x-1)(x+1)",
            Some(TaskKind::Expression)
        ));
        assert!(accepts(
            Policy::STRICT,
            "x^2-1",
            "(x-1)(x+1)",
            Some(TaskKind::Expression)
        ));
        assert!(accepts(
            Policy::HENDRYCKS,
            r"\frac{1}{2}",
            r"\dfrac{1}{2}",
            None
        ));
        assert!(!accepts(Policy::HENDRYCKS, r"\frac{1}{2}", "0.5", None));
    }
}
