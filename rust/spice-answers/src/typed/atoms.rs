//! Atoms as they are written: isotopes and electron configurations.

use super::chemistry::{ELEMENTS, number_of};

/// Names of the elements whose isotopes are spoken of.
const NAMES: [(&str, &str); 18] = [
    ("hydrogen", "H"),
    ("helium", "He"),
    ("lithium", "Li"),
    ("carbon", "C"),
    ("nitrogen", "N"),
    ("oxygen", "O"),
    ("sodium", "Na"),
    ("phosphorus", "P"),
    ("potassium", "K"),
    ("iron", "Fe"),
    ("cobalt", "Co"),
    ("strontium", "Sr"),
    ("iodine", "I"),
    ("cesium", "Cs"),
    ("lead", "Pb"),
    ("radium", "Ra"),
    ("uranium", "U"),
    ("plutonium", "Pu"),
];

/// Mass number and symbol of an isotope: `{}^{14}_6C`, `^{14}C`, `C-14`, `carbon-14`. `None` where the atomic number is
/// another element's.
pub(super) fn isotope(text: &str) -> Option<(u32, &'static str)> {
    if text.len() > 32 {
        return None;
    }
    let text = text.trim_end_matches('.');
    let text = text
        .strip_prefix("\\ce{")
        .and_then(|inside| inside.strip_suffix('}'))
        .unwrap_or(text);
    if let Some((name, mass)) = text.split_once('-') {
        let mass = mass.trim_matches(' ');
        let symbol = NAMES
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known))
            .map(|&(_, symbol)| symbol)
            .or_else(|| number_of(name).map(|place| ELEMENTS[place - 1]))?;
        return (mass.len() <= 3 && mass.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Some((mass.parse().ok()?, symbol)))?;
    }
    let mut rest = text;
    let (mut mass, mut atomic) = (None, None);
    loop {
        rest = rest.trim_start_matches(' ');
        rest = rest.strip_prefix("{}").unwrap_or(rest);
        let Some(mark) = rest.chars().next().filter(|mark| matches!(mark, '^' | '_')) else {
            break;
        };
        let inside = &rest[1..];
        let braced = inside.starts_with('{');
        let inside = inside
            .strip_prefix('{')
            .unwrap_or(inside)
            .trim_start_matches(' ');
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=3).contains(&digits) {
            return None;
        }
        let place = if mark == '^' { &mut mass } else { &mut atomic };
        if place
            .replace(inside[..digits].parse::<u32>().ok()?)
            .is_some()
        {
            return None;
        }
        rest = inside[digits..].trim_start_matches(' ');
        if braced {
            rest = rest.strip_prefix('}')?;
        }
    }
    let number = number_of(rest.trim_matches([' ', '{', '}']))?;
    let is_right = atomic.is_none_or(|atomic| atomic as usize == number);
    mass.filter(|&mass| is_right && mass as usize >= number)
        .map(|mass| (mass, ELEMENTS[number - 1]))
}

/// Shell, letter and number of electrons.
type Orbital = (u8, u8, u32);

/// Core and filled orbitals of an electron configuration, sorted: `[Ne]3s^2 3p^4`, `1s^2\,2s^2`.
pub(super) fn electrons(text: &str) -> Option<(&str, Vec<Orbital>)> {
    if text.len() > 200 {
        return None;
    }
    let text = text.trim_end_matches('.');
    let (core, mut rest) = match text.strip_prefix('[') {
        Some(inside) => {
            let (core, rest) = inside.split_once(']')?;
            number_of(core)?;
            (core, rest)
        }
        None => ("", text),
    };
    let mut orbitals = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '{', '}', ',']);
        let &[shell, letter, ..] = rest.as_bytes() else {
            break;
        };
        if !shell.is_ascii_digit() || !b"spdf".contains(&letter) {
            return None;
        }
        rest = rest[2..].trim_start_matches(['^', '{', ' ']);
        let mut digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        // In 1s^22s^2 the last digit before a letter is the next shell.
        if digits > 1
            && rest
                .as_bytes()
                .get(digits)
                .is_some_and(|next| b"spdf".contains(next))
        {
            digits -= 1;
        }
        let count = rest[..digits]
            .parse()
            .ok()
            .filter(|count| (1..=14).contains(count))?;
        orbitals.push((shell, letter, count));
        rest = &rest[digits..];
    }
    orbitals.sort_unstable();
    (rest.is_empty() && orbitals.len() + usize::from(!core.is_empty()) >= 2)
        .then_some((core, orbitals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isotopes_are_mass_and_element() {
        for text in [
            "{}^{14}_6C",
            "^{14}_6C",
            "{}_6^{14}C",
            "^{14}C",
            "C-14",
            "carbon-14",
            "Carbon-14.",
        ] {
            assert_eq!(isotope(text), Some((14, "C")), "{text}");
        }
        for text in ["^6_{14}C", "^{14}_6N", "_6C", "C", "x^{14}", "C-x", "^{3}C"] {
            assert_eq!(isotope(text), None, "{text}");
        }
    }

    #[test]
    fn electrons_are_counted_by_orbital() {
        let full = electrons("1s^2 2s^2 2p^6");
        assert!(full.is_some());
        for text in [
            "1s^{2}2s^{2}2p^{6}",
            "1s^22s^22p^6",
            "1s2 2s2 2p6",
            "1s22s22p6",
            "2s^2 1s^2 2p^6",
        ] {
            assert_eq!(electrons(text), full, "{text}");
        }
        assert_eq!(electrons("[Ar] 3d^{10} 4s^2"), electrons("[Ar]4s^23d^{10}"));
        assert_ne!(electrons("1s^2 2s^2 2p^5"), full);
        for text in ["1s", "1s^2", "x^2 y^2", "10", "2p - 3"] {
            assert_eq!(electrons(text), None, "{text}");
        }
    }
}
