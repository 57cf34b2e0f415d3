//! Chemistry as it is written: formulas, ions and reactions.

use std::borrow::Cow;

/// Longest text that is read, in bytes.
const MAX_BYTES: usize = 512;

pub(super) const ELEMENTS: [&str; 118] = [
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl",
    "Ar", "K", "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As",
    "Se", "Br", "Kr", "Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In",
    "Sn", "Sb", "Te", "I", "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb",
    "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl",
    "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U", "Np", "Pu", "Am", "Cm", "Bk",
    "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh",
    "Fl", "Mc", "Lv", "Ts", "Og",
];

/// Elements of which a digit before a plain sign may count atoms as well as charges: `O2-`.
const COUNTED: [&str; 13] = [
    "H", "C", "N", "O", "F", "P", "S", "Cl", "Se", "Br", "I", "As", "Hg",
];

/// The atomic number of a symbol.
pub(super) fn number_of(symbol: &str) -> Option<usize> {
    ELEMENTS
        .iter()
        .position(|&known| known == symbol)
        .map(|place| place + 1)
}

/// A chemical formula, ion or reaction in one spelling.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chemistry {
    pub(super) written: String,
    /// False where it may be an equation as well.
    pub(super) is_certain: bool,
}

/// A chemical formula, ion or reaction without the marks that only set it: `2H2+O2->2H2O`, `SO4^2-`.
///
/// Both sides of a reaction are sorted, since their order says nothing. `None` for what is none: an element that does not
/// exist, or a formula of fewer than two symbols that mathematics would write as well.
pub(super) fn read(text: &str) -> Option<Chemistry> {
    if text.len() > MAX_BYTES || !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    // \ce{...} holds the whole.
    let text = text
        .strip_prefix("\\ce{")
        .and_then(|inside| inside.strip_suffix('}'))
        .unwrap_or(text);
    let spelt = if text.contains(['\\', '→', '⟶', '⇌']) {
        Cow::Owned(
            text.replace("\\ce", "")
                .replace("\\longrightarrow", "->")
                .replace("\\rightleftharpoons", "<=>")
                .replace("\\to", "->")
                .replace(['→', '⟶'], "->")
                .replace('⇌', "<=>"),
        )
    } else {
        Cow::Borrowed(text)
    };
    let arrow = ["<=>", "->", "="]
        .into_iter()
        .find(|arrow| spelt.contains(arrow));
    let sides: Vec<&str> =
        arrow.map_or_else(|| vec![&*spelt], |arrow| spelt.split(arrow).collect());
    if sides.len() > 2 {
        return None;
    }
    let mut all = Formula::default();
    let mut out: Vec<String> = Vec::new();
    for side in sides {
        let mut terms = Vec::new();
        for term in if arrow.is_some() {
            split(side)
        } else {
            vec![side]
        } {
            let read = Formula::read(term.trim())?;
            all.num_elements += read.num_elements;
            all.has_mark |= read.has_mark;
            all.has_charge |= read.has_charge;
            terms.push(read.written);
        }
        terms.sort_unstable();
        out.push(terms.join("+"));
    }
    let is_marked = all.has_mark
        || arrow.is_some_and(|arrow| arrow != "=")
        || spelt.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_formula = all.num_elements >= 2 && is_marked
        || all.num_elements == 1 && all.has_charge && arrow.is_none();
    let is_certain = arrow != Some("=");
    let arrow = if is_certain { arrow } else { Some("->") };
    is_formula.then(|| Chemistry {
        written: out.join(arrow.unwrap_or("")),
        is_certain,
    })
}

/// The terms of one side of a reaction. A plus sign behind a symbol and before another plus sign or the end is a charge.
fn split(side: &str) -> Vec<&str> {
    let bytes = side.as_bytes();
    let mut terms = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'+' if depth == 0 => {
                let behind = side[at + 1..].trim_start();
                let is_attached = at > start && bytes[at - 1] != b' ';
                if !(is_attached && (behind.is_empty() || behind.starts_with('+'))) {
                    terms.push(&side[start..at]);
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
    terms.push(&side[start..]);
    terms
}

#[derive(Default)]
struct Formula {
    written: String,
    num_elements: usize,
    /// It holds a count or a charge.
    has_mark: bool,
    has_charge: bool,
}

impl Formula {
    /// Reads one formula, all of it.
    fn read(text: &str) -> Option<Self> {
        let mut formula = Self::default();
        let bytes = text.as_bytes();
        let mut last = "";
        // Digits behind the last symbol, and whether an underscore says that they count atoms.
        let mut count: Option<(usize, bool)> = None;
        let mut charge = None;
        let mut at = 0;
        while at < bytes.len() {
            let digits = bytes[at..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            match bytes[at] {
                b' ' | b'{' | b'}' | b'$' => at += 1,
                b'A'..=b'Z' => {
                    let symbol = symbol(&text[at..])?;
                    formula.written.push_str(symbol);
                    formula.num_elements += 1;
                    (last, count) = (symbol, None);
                    at += symbol.len();
                }
                b'0'..=b'9' => {
                    formula.has_mark |= !last.is_empty();
                    if !last.is_empty() && charge.is_none() {
                        count = Some((formula.written.len(), false));
                    }
                    formula.written.push_str(&text[at..at + digits]);
                    at += digits;
                }
                b'_' => {
                    let inside = text[at + 1..].trim_start_matches('{');
                    at = text.len() - inside.len();
                    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
                    if digits == 0 || last.is_empty() {
                        return None;
                    }
                    count = Some((formula.written.len(), true));
                    formula.has_mark = true;
                    formula.written.push_str(&inside[..digits]);
                    at += digits;
                }
                b'(' => {
                    let state = ["(aq)", "(s)", "(l)", "(g)"]
                        .into_iter()
                        .find(|state| text[at..].starts_with(state));
                    formula.written.push_str(state.unwrap_or("("));
                    at += state.map_or(1, str::len);
                }
                bracket @ (b')' | b'[' | b']' | b'*') => {
                    formula.written.push(char::from(bracket));
                    last = ")";
                    count = None;
                    at += 1;
                }
                b'e' if formula.written.bytes().all(|byte| byte.is_ascii_digit())
                    && bytes.len() > at + 1 =>
                {
                    formula.written.push('e');
                    formula.num_elements += 1;
                    at += 1;
                }
                b'^' if charge.is_none() => {
                    let (found, end) = Charge::behind_caret(text, at + 1)?;
                    charge = Some(found);
                    at = end;
                }
                sign @ (b'+' | b'-')
                    if charge.is_none()
                        && text[at + 1..].trim_matches([' ', '}', '$']).is_empty() =>
                {
                    let size = formula.plain_charge(last, count)?;
                    charge = Some(Charge {
                        is_negative: sign == b'-',
                        size,
                    });
                    at += 1;
                }
                _ => return None,
            }
        }
        if let Some(charge) = charge {
            formula.has_mark = true;
            formula.has_charge = true;
            formula.written.push('^');
            formula.written.push_str(&charge.size.to_string());
            formula
                .written
                .push(if charge.is_negative { '-' } else { '+' });
        }
        (formula.num_elements > 0).then_some(formula)
    }

    /// The charge that a plain sign behind the formula says, given the last symbol and the digits behind it.
    fn plain_charge(&mut self, last: &str, count: Option<(usize, bool)>) -> Option<u32> {
        match count {
            Some((place, false)) if self.num_elements == 1 => {
                if COUNTED.contains(&last) {
                    return None;
                }
                let digits = self.written.split_off(place);
                digits.parse().ok()
            }
            // In SO42- nothing says where the count ends.
            Some((place, false)) if self.written.len() - place > 1 => None,
            _ => Some(1),
        }
    }
}

/// The element symbol that begins a text.
fn symbol(text: &str) -> Option<&str> {
    let length = 1 + text
        .bytes()
        .skip(1)
        .take_while(u8::is_ascii_lowercase)
        .count()
        .min(2);
    text.get(..length)
        .filter(|symbol| number_of(symbol).is_some())
}

#[derive(Clone, Copy)]
struct Charge {
    is_negative: bool,
    size: u32,
}

impl Charge {
    /// `2-`, `-2`, `{2-}`, `-` from byte `at`, and where it ends.
    fn behind_caret(text: &str, at: usize) -> Option<(Self, usize)> {
        let bytes = text.as_bytes();
        let braced = usize::from(bytes.get(at) == Some(&b'{'));
        let inside = &bytes[at + braced..];
        let length = inside
            .iter()
            .take_while(|byte| b"0123456789+- ".contains(byte))
            .count();
        let plain: String = text[at + braced..at + braced + length].replace(' ', "");
        let sign = plain.find(['+', '-'])?;
        let digits = if sign == 0 {
            &plain[1..]
        } else {
            plain.strip_suffix(['+', '-'])?
        };
        let size = if digits.is_empty() {
            1
        } else {
            digits
                .parse()
                .ok()
                .filter(|_| digits.len() <= 2 && !digits.contains(['+', '-']))?
        };
        let end = at + braced + length;
        if braced == 1 && bytes.get(end) != Some(&b'}') {
            return None;
        }
        Some((
            Self {
                is_negative: plain.as_bytes()[sign] == b'-',
                size,
            },
            end + braced,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chemistry(text: &str) -> Option<String> {
        read(text).map(|chemistry| chemistry.written)
    }

    #[test]
    fn formulas_need_real_elements() {
        assert_eq!(chemistry("H_2O"), chemistry("H2O"));
        assert_eq!(
            chemistry(r"\ce{2H2 + O2 -> 2H2O}"),
            chemistry(r"O_2 + 2H_2 \to 2H_2O")
        );
        assert_eq!(chemistry("2H2 + O2 = 2H2O"), chemistry("2H2+O2->2H2O"));
        assert_ne!(chemistry("CO2"), chemistry("C2O"));
        for text in [
            "x_2", "Xx2", "AB", "H", "2", "2H", "H = 2", "AB = CD", "C^2",
        ] {
            assert_eq!(chemistry(text), None, "{text}");
        }
    }

    #[test]
    fn charges_have_many_spellings() {
        for (first, others) in [
            (
                "SO_4^{2-}",
                ["SO_4^{-2}", r"\ce{SO4^2-}", "{SO_4}^{2-}", "SO4^{2-}"],
            ),
            ("Fe^{3+}", ["Fe^3+", "Fe3+", r"\ce{Fe^{3+}}", "Fe^{+3}"]),
            ("Na^+", ["Na+", "Na^{+}", "Na^{1+}", "Na^{+1}"]),
            ("NO_3^-", ["NO3-", "NO3^-", "NO_3-", "NO_3^{-1}"]),
            (
                "Ag^+ + Cl^- -> AgCl",
                [
                    "Ag+ + Cl- -> AgCl",
                    r"\ce{Ag+ + Cl- -> AgCl}",
                    "Cl^- + Ag^+ -> AgCl",
                    "Ag^{+} + Cl^{-} = AgCl",
                ],
            ),
        ] {
            assert!(chemistry(first).is_some(), "{first}");
            for other in others {
                assert_eq!(chemistry(other), chemistry(first), "{other}");
            }
        }
        for (a, b) in [
            ("SO_4^{2-}", "SO_4^{2+}"),
            ("Fe^{3+}", "Fe^{2+}"),
            ("SO_4^{2-}", "SO_4"),
            ("Fe_3^+", "Fe3+"),
        ] {
            assert_ne!(chemistry(a), chemistry(b), "{a} {b}");
        }
        for text in ["SO42-", "O2-"] {
            assert_eq!(chemistry(text), None, "{text}");
        }
    }
}
