//! Names that mean something: functions, constants, letters of the Greek alphabet.

use super::tree::{Constant, Function, Pair};

/// What a name stands for, whether written `\sin`, `sin` or `\operatorname{sin}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Function(Function),
    Log,
    /// Logarithm of base two or ten.
    LogBase(i64),
    Constant(Constant),
    /// Of two values or more in brackets.
    Pair(Pair),
    Determinant,
}

pub(super) fn meaning(name: &str) -> Option<Meaning> {
    use Function as F;
    Some(Meaning::Function(match name {
        "sqrt" => F::Sqrt,
        "exp" => F::Exp,
        "ln" => F::Ln,
        "sin" => F::Sin,
        "cos" => F::Cos,
        "tan" | "tg" => F::Tan,
        "cot" | "ctg" => F::Cot,
        "sec" => F::Sec,
        "csc" | "cosec" => F::Csc,
        "arcsin" | "asin" => F::Asin,
        "arccos" | "acos" => F::Acos,
        "arctan" | "atan" => F::Atan,
        "sinh" => F::Sinh,
        "cosh" => F::Cosh,
        "tanh" => F::Tanh,
        "abs" => F::Abs,
        "floor" => F::Floor,
        "ceil" => F::Ceil,
        "gcd" => return Some(Meaning::Pair(Pair::Gcd)),
        "lcm" => return Some(Meaning::Pair(Pair::Lcm)),
        "max" => return Some(Meaning::Pair(Pair::Max)),
        "min" => return Some(Meaning::Pair(Pair::Min)),
        "det" => return Some(Meaning::Determinant),
        "log" => return Some(Meaning::Log),
        "lg" => return Some(Meaning::LogBase(10)),
        "lb" => return Some(Meaning::LogBase(2)),
        "pi" => return Some(Meaning::Constant(Constant::Pi)),
        "infty" | "infinity" | "inf" | "oo" => return Some(Meaning::Constant(Constant::Infinity)),
        _ => return None,
    }))
}

/// The Greek letters that LaTeX has a command for; variants of a letter are another letter's spelling.
pub(super) fn greek(name: &str) -> Option<&'static str> {
    const LETTERS: [&str; 37] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
        "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
        "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
        "ell", "hbar", "imath", "jmath", "partial",
    ];
    let name = match name {
        "varepsilon" => "epsilon",
        "vartheta" => "theta",
        "varphi" => "phi",
        "varrho" => "rho",
        "varsigma" => "sigma",
        other => other,
    };
    LETTERS.into_iter().find(|&letter| letter == name)
}

/// The name of a Greek letter.
pub(super) fn greek_letter(letter: char) -> Option<&'static str> {
    const LOWER: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
        "lambda", "mu", "nu", "xi", "", "", "rho", "sigma", "sigma", "tau", "upsilon", "phi",
        "chi", "psi", "omega",
    ];
    match letter {
        'α'..='ω' => Some(LOWER[letter as usize - 'α' as usize]).filter(|name| !name.is_empty()),
        'Γ' => Some("Gamma"),
        'Δ' => Some("Delta"),
        'Θ' => Some("Theta"),
        'Λ' => Some("Lambda"),
        'Ξ' => Some("Xi"),
        'Σ' => Some("Sigma"),
        'Φ' => Some("Phi"),
        'Ψ' => Some("Psi"),
        'Ω' => Some("Omega"),
        'ϕ' => Some("phi"),
        'ϵ' => Some("epsilon"),
        'ℓ' => Some("ell"),
        'ħ' => Some("hbar"),
        '∂' => Some("partial"),
        _ => None,
    }
}
