//! Commands that change how a text looks or how its signs are spelt, and never what it says: colours, sizes, underlines,
//! phantoms, currency signs, quantities of `siunitx`.

use std::borrow::Cow;

use crate::units_of_si::quantity;

/// What a command of this kind does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoration {
    /// It changes what follows: `\large`, `\bfseries`.
    Switch,
    /// Its first argument is a colour, what follows is the text: `\textcolor{red}{5}`, `\color{red} 5`.
    Colour,
    /// Its argument is the text: `\underline{5}`.
    Around,
    /// Its argument is not printed: `\phantom{0}`.
    Hidden,
    /// It prints this sign.
    Sign(char),
}

/// The decoration that a command of LaTeX is.
pub(crate) fn decoration(name: &str) -> Option<Decoration> {
    Some(match name {
        "tiny" | "scriptsize" | "footnotesize" | "small" | "normalsize" | "large" | "Large"
        | "LARGE" | "huge" | "Huge" | "scriptstyle" | "scriptscriptstyle" | "bfseries"
        | "itshape" | "rmfamily" | "sffamily" | "ttfamily" | "centering" | "noindent" | "bf"
        | "rm" | "it" => Decoration::Switch,
        "textcolor" | "color" | "colorbox" => Decoration::Colour,
        "underline" | "uline" | "textup" | "textsc" | "textnormal" | "textmd" | "ensuremath"
        | "hbox" => Decoration::Around,
        "phantom" | "hphantom" | "vphantom" => Decoration::Hidden,
        "textdollar" => Decoration::Sign('$'),
        "pounds" | "textsterling" | "mathsterling" => Decoration::Sign('£'),
        "euro" | "texteuro" => Decoration::Sign('€'),
        "yen" | "textyen" => Decoration::Sign('¥'),
        "textcent" => Decoration::Sign('¢'),
        "textdegree" => Decoration::Sign('°'),
        "textpercent" => Decoration::Sign('%'),
        "AA" => Decoration::Sign('Å'),
        _ => return None,
    })
}

/// Length of a group in braces without others inside, at the beginning of a text; 0 where there is none.
pub(crate) fn group(text: &str) -> usize {
    if !text.starts_with('{') {
        return 0;
    }
    match text[1..].find(['{', '}']) {
        Some(place) if text.as_bytes()[place + 1] == b'}' => place + 2,
        _ => 0,
    }
}

/// The text without decorations, for a reader that knows none.
pub(crate) fn undecorated(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    let mut resume = 0;
    for at in memchr::memchr_iter(b'\\', text.as_bytes()) {
        if at < resume {
            continue;
        }
        let rest = &text[at + 1..];
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length == 0 {
            // An escaped backslash does not begin the next command.
            resume = at + 2;
            continue;
        }
        let (name, behind) = rest.split_at(length);
        let mut end = at + 1 + length;
        if let Some((written, taken)) = quantity(name, behind) {
            out.push_str(&text[from..at]);
            out.push_str(&written);
            end += taken;
        } else {
            let Some(decoration) = decoration(name) else {
                continue;
            };
            out.push_str(&text[from..at]);
            match decoration {
                Decoration::Switch | Decoration::Around => {
                    if !behind.starts_with('{') {
                        out.push(' ');
                    }
                }
                Decoration::Colour | Decoration::Hidden => {
                    end += group(behind);
                    out.push(' ');
                }
                Decoration::Sign(sign) => out.push(sign),
            }
        }
        from = end;
        resume = end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_otherwise_goes() {
        for (text, expected) in [
            (r"\textcolor{red}{10}", " {10}"),
            (r"\color{blue} x+1", "  x+1"),
            (r"\underline{10}", "{10}"),
            (r"\phantom{0}10", " 10"),
            (r"\large 10", "  10"),
            (r"\pounds 3", "£ 3"),
            (r"\text{a}\\large", r"\text{a}\\large"),
            (r"\frac{1}{2}", r"\frac{1}{2}"),
            (r"\SI{5}{\kilo\meter}", "5 kilometer"),
        ] {
            assert_eq!(undecorated(text), expected, "{text}");
        }
    }
}
