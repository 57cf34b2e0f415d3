//! Small notations that are no formulas: truth values, ratios, numbers of another base, chemistry.

use std::borrow::Cow;

use num_bigint::BigUint;

/// True or false; the flag is for one letter, which only a task about truth means.
pub(crate) fn truth(text: &str) -> Option<(bool, bool)> {
    let value = match text.trim_end_matches('.').to_ascii_lowercase().as_str() {
        "true" | "yes" | "correct" => (true, false),
        "false" | "no" | "incorrect" => (false, false),
        "t" | "y" => (true, true),
        "f" | "n" => (false, true),
        _ => return None,
    };
    Some(value)
}

/// A whole number in a base that is written: `1011_2`, `0x1F`, `1F_{16}`, `1011 (base 2)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Based {
    pub(crate) base: u32,
    value: BigUint,
}

impl Based {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches('$');
        if text.len() > 256 {
            return None;
        }
        for (prefix, base) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8)] {
            if let Some(digits) = text.strip_prefix(prefix) {
                return Self::of(digits, base);
            }
        }
        let (digits, base) = if let Some((digits, base)) = text.split_once('_') {
            (digits, base)
        } else {
            let (digits, base) = text.split_once("base")?;
            (
                digits
                    .trim_end_matches(['(', ' ', ','])
                    .trim_end_matches(" in"),
                base.trim_end_matches(')'),
            )
        };
        let base = match base.trim_matches(['{', '}', ' ', '(', ')', '-']) {
            "two" => 2,
            "three" => 3,
            "five" => 5,
            "eight" => 8,
            "ten" => 10,
            "twelve" => 12,
            "sixteen" => 16,
            digits => digits.parse().ok()?,
        };
        let digits = digits.trim();
        let digits = digits
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .unwrap_or(digits);
        Self::of(digits, base)
    }

    /// Bare digits, read in the base of the other side.
    pub(crate) fn of(digits: &str, base: u32) -> Option<Self> {
        let is_plain = digits.bytes().any(|byte| byte.is_ascii_digit()) || base > 10;
        if !(2..=36).contains(&base) || digits.is_empty() || digits.len() > 128 || !is_plain {
            return None;
        }
        let digits: Option<Vec<u8>> = digits
            .bytes()
            .filter(|byte| *byte != b' ' && *byte != b',')
            .map(|byte| char::from(byte).to_digit(base).map(|digit| digit as u8))
            .collect();
        let value = BigUint::from_radix_be(&digits?, base)?;
        Some(Self { base, value })
    }
}

const ELEMENTS: &str = " H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo \
Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu ";

/// A chemical formula or reaction without the marks that only set it: `2H2+O2->2H2O`.
///
/// Both sides of a reaction are sorted, since their order says nothing. `None` for what is none: an element that does not
/// exist, or a formula of fewer than two symbols that mathematics would write as well.
pub(crate) fn chemistry(text: &str) -> Option<String> {
    if text.len() > 512 || !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let spelt = if text.contains(['\\', '→', '⟶']) {
        Cow::Owned(
            text.replace("\\ce", "")
                .replace("\\longrightarrow", "->")
                .replace("\\rightleftharpoons", "<=>")
                .replace("\\to", "->")
                .replace(['→', '⟶'], "->"),
        )
    } else {
        Cow::Borrowed(text)
    };
    for char in spelt.chars() {
        match char {
            '_' | '{' | '}' | ' ' | '$' => {}
            'A'..='Z'
            | 'a'..='z'
            | '0'..='9'
            | '+'
            | '-'
            | '>'
            | '<'
            | '='
            | '('
            | ')'
            | '['
            | ']'
            | '^' => plain.push(char),
            _ => return None,
        }
    }
    let arrow = ["<=>", "->"]
        .into_iter()
        .find(|arrow| plain.contains(arrow));
    let sides: Vec<&str> = arrow.map_or_else(
        || vec![plain.as_str()],
        |arrow| plain.split(arrow).collect(),
    );
    if sides.len() > 2 {
        return None;
    }
    let mut out: Vec<String> = Vec::new();
    let mut num_elements = 0;
    let mut has_mark = arrow.is_some();
    for side in sides {
        // A plus sign between terms separates; one behind `^` or a digit behind it is a charge.
        let mut terms: Vec<&str> = if arrow.is_some() {
            side.split('+').collect()
        } else {
            vec![side]
        };
        for term in &terms {
            let (elements, marked) = formula(term)?;
            num_elements += elements;
            has_mark |= marked;
        }
        terms.sort_unstable();
        out.push(terms.join("+"));
    }
    let has_lower_case = plain.bytes().any(|byte| byte.is_ascii_lowercase());
    (num_elements >= 2 && (has_mark || has_lower_case)).then(|| out.join(arrow.unwrap_or("")))
}

/// Number of element symbols of a formula, and whether it holds a count or charge.
fn formula(term: &str) -> Option<(usize, bool)> {
    let (body, charge) = match term.split_once('^') {
        Some((body, charge)) => (body, Some(charge)),
        None => (term, None),
    };
    if let Some(charge) = charge {
        let is_charge = charge.ends_with(['+', '-'])
            && charge[..charge.len() - 1]
                .bytes()
                .all(|byte| byte.is_ascii_digit());
        if !is_charge {
            return None;
        }
    }
    let body = body.trim_start_matches(|char: char| char.is_ascii_digit());
    let bytes = body.as_bytes();
    let mut at = 0;
    let mut num_elements = 0;
    let mut has_count = charge.is_some();
    while at < bytes.len() {
        match bytes[at] {
            b'A'..=b'Z' => {
                let two = body
                    .get(at..at + 2)
                    .filter(|two| two.as_bytes()[1].is_ascii_lowercase());
                let symbol = two.unwrap_or(&body[at..=at]);
                if !ELEMENTS.contains(&format!(" {symbol} ")) {
                    return None;
                }
                at += symbol.len();
                num_elements += 1;
            }
            b'0'..=b'9' if at > 0 => {
                has_count = true;
                at += 1;
            }
            b'(' | b')' | b'[' | b']' => at += 1,
            _ => return None,
        }
    }
    Some((num_elements, has_count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_read() {
        let based = |text| Based::read(text).unwrap();
        assert_eq!(based("0x1F"), based("1F_{16}"));
        assert_eq!(based("1011_2"), based("1011 (base 2)"));
        assert_eq!(based("(1011)_{2}"), based("0b1011"));
        assert_eq!(Based::read("19_8"), None);
        assert_eq!(Based::read("x_1"), None);
    }

    #[test]
    fn formulas_need_real_elements() {
        assert_eq!(chemistry("H_2O"), chemistry("H2O"));
        assert_eq!(
            chemistry(r"\ce{2H2 + O2 -> 2H2O}"),
            chemistry(r"O_2 + 2H_2 \to 2H_2O")
        );
        assert_ne!(chemistry("CO2"), chemistry("C2O"));
        for text in ["x_2", "Xx2", "AB", "H", "2"] {
            assert_eq!(chemistry(text), None, "{text}");
        }
    }
}
