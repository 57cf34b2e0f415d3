//! Commands of LaTeX as the lexer sees them: symbols, wrappers, environments, and what only sets type.

use super::token::{Failure, Kind, Lexer, SET_CLOSE, SET_OPEN};
use crate::limits::MAX_DEPTH;

impl<'a> Lexer<'a> {
    pub(super) fn command(&mut self, name: &'a str) -> Result<(), Failure> {
        if let Some(symbol) = printed(name) {
            self.symbol(symbol);
            return Ok(());
        }
        match name {
            "left" | "right" | "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr" | "bigg"
            | "Bigg" | "middle" => {
                if self.rest().starts_with('.') {
                    self.at += 1;
                }
            }
            "displaystyle" | "textstyle" | "limits" | "nolimits" => {}
            "quad" | "qquad" | "enspace" | "thinspace" => self.spaced = true,
            "text" | "textbf" | "textit" | "textrm" | "textsf" | "texttt" | "mbox" | "mathrm"
            | "mathbf" | "mathit" | "mathsf" | "mathtt" | "mathnormal" | "boldsymbol" | "bm"
            | "operatorname" | "emph" | "boxed" | "fbox" | "mathbb" | "hbox" | "vec"
            | "textnormal" => {
                self.wrapper(name)?;
            }
            "overline" if self.single_letter_ahead() => self.accent("bar")?,
            "hat" | "bar" | "tilde" | "dot" | "ddot" | "widehat" | "widetilde" => {
                self.accent(name)?;
            }
            "dfrac" | "tfrac" | "cfrac" => self.push(Kind::Command("frac")),
            "dbinom" | "tbinom" => self.push(Kind::Command("binom")),
            "begin" | "end" => {
                let rest = self.rest();
                let inside = rest.strip_prefix('{').ok_or(Failure::NotMathematics)?;
                let close = inside.find('}').ok_or(Failure::NotMathematics)?;
                self.at += close + 2;
                let environment = &inside[..close];
                if name == "begin" {
                    if environment == "array" && self.rest().starts_with('{') {
                        let columns = self.rest().find('}').ok_or(Failure::NotMathematics)?;
                        self.at += columns + 1;
                    }
                    self.depth += 1;
                    self.push(Kind::Begin(environment));
                } else {
                    self.depth = self.depth.saturating_sub(1);
                    self.push(Kind::End(environment));
                }
            }
            _ => self.push(Kind::Command(name)),
        }
        Ok(())
    }

    /// Whether `{x}` with one letter in it follows.
    fn single_letter_ahead(&self) -> bool {
        let bytes = self.rest().as_bytes();
        matches!(bytes, [b'{', letter, b'}', ..] if letter.is_ascii_alphabetic())
    }

    /// `\hat{i}`, `\hat i`, `\hat{\imath}`: one letter under a mark.
    fn accent(&mut self, mark: &'a str) -> Result<(), Failure> {
        let mark = mark.trim_start_matches("wide");
        let rest = self.rest();
        let inner = rest.trim_start_matches([' ', '{']);
        let braces = rest[..rest.len() - inner.len()].matches('{').count();
        let letter = inner.strip_prefix('\\').unwrap_or(inner);
        let length = letter.bytes().take_while(u8::is_ascii_alphabetic).count();
        let is_command = letter.len() < inner.len();
        let length = if is_command || braces > 0 {
            length
        } else {
            length.min(1)
        };
        let (letter, after) = letter.split_at(length);
        let name = match letter {
            "imath" => "i",
            "jmath" => "j",
            _ => letter,
        };
        let is_name = name.len() == 1 || (is_command && super::names::greek(name).is_some());
        let closed = after.strip_prefix(&"}"[..braces.min(1)]);
        let (true, true, Some(after)) = (is_name, braces < 2, closed) else {
            return Err(Failure::NotMathematics);
        };
        self.at += rest.len() - after.len();
        self.push(Kind::Accent(mark, name));
        Ok(())
    }

    /// `[4pt]` behind the end of a row: the gap before the next one.
    pub(super) fn skip_row_gap(&mut self) {
        if let Some((gap, _)) = self
            .rest()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            && ["pt", "em", "ex", "mm", "cm"]
                .iter()
                .any(|unit| gap.ends_with(unit))
        {
            self.at += gap.len() + 2;
        }
    }

    /// `\text{cm}` is a word, `\text{5 cm}` its content, `\mathbf{v}` a letter, `\mathbb{R}` the name of a set.
    fn wrapper(&mut self, name: &str) -> Result<(), Failure> {
        let rest = self.rest();
        let trimmed = rest.trim_start();
        let Some(inside) = trimmed.strip_prefix('{') else {
            // `\mathbb Z`: the next letter alone.
            if name == "mathbb"
                && let Some(set) = trimmed.get(..1).and_then(|letter| number_set(letter))
            {
                self.at += rest.len() - trimmed.len() + 1;
                self.push(Kind::Command(set));
            }
            return Ok(());
        };
        let open = self.at + (rest.len() - trimmed.len()) + 1;
        let close = inside
            .find(['}', '{', '\\'])
            .ok_or(Failure::NotMathematics)?;
        let content = inside[..close].trim();
        let is_word = inside[close..].starts_with('}')
            && !content.is_empty()
            && content
                .chars()
                .all(|char| char.is_alphabetic() || char == ' ' || char == '.' || char == '-');
        if !is_word || (name == "vec" && content.len() > 1) {
            if self.wrappers.len() == MAX_DEPTH {
                return Err(Failure::OverLimits);
            }
            self.wrappers.push(true);
            self.texts.push(is_text(name));
            self.at = open;
            return Ok(());
        }
        self.spaced |= inside.starts_with(' ');
        self.at = open + close + 1;
        self.push(match (name, content) {
            ("mathbb" | "mathbf", letter) if let Some(set) = number_set(letter) => {
                Kind::Command(set)
            }
            _ if name == "operatorname" || !is_text(name) || is_function(content) => {
                Kind::Letters(content)
            }
            // A space before a single letter says that it is a unit.
            _ if content.len() == 1
                && !"mgsLNJWVAKC".contains(content)
                && !(inside.starts_with(' ') && "TMHFSdh".contains(content)) =>
            {
                Kind::Letters(content)
            }
            _ => Kind::Word(content),
        });
        self.spaced = inside[..close].ends_with(' ');
        Ok(())
    }
}

/// Names that are functions in upright type as well.
fn is_function(name: &str) -> bool {
    matches!(
        name,
        "ln" | "log"
            | "sin"
            | "cos"
            | "tan"
            | "exp"
            | "arcsin"
            | "arccos"
            | "arctan"
            | "gcd"
            | "lcm"
            | "det"
    )
}

/// The set of numbers that a letter in blackboard bold stands for.
fn number_set(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "R" => "reals",
        "Z" => "integers",
        "N" => "naturals",
        "Q" => "rationals",
        "C" => "complexes",
        _ => return None,
    })
}

/// Whether a wrapper holds words; the others only change how letters look.
fn is_text(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "textrm"
            | "textit"
            | "textbf"
            | "textsf"
            | "texttt"
            | "mbox"
            | "textnormal"
            | "hbox"
            | "mathrm"
            | "emph"
    )
}

/// The character that a command prints, for those that are operators, brackets or relations.
fn printed(name: &str) -> Option<char> {
    Some(match name {
        "times" | "cdot" | "ast" => '*',
        "div" => '/',
        "le" | "leq" | "leqslant" => '≤',
        "ge" | "geq" | "geqslant" => '≥',
        "ne" | "neq" => '≠',
        "lt" => '<',
        "gt" => '>',
        "in" => '∈',
        "approx" | "simeq" => '≈',
        "equiv" => '≡',
        "pm" => '±',
        "mp" => '∓',
        "cup" => '∪',
        "cap" => '∩',
        "setminus" | "backslash" => '∖',
        "lor" | "vee" => '∨',
        "land" | "wedge" => '∧',
        "emptyset" | "varnothing" => '∅',
        "lbrace" => SET_OPEN,
        "rbrace" => SET_CLOSE,
        "lbrack" => '[',
        "rbrack" => ']',
        "vert" | "lvert" | "rvert" | "mid" => '|',
        "lfloor" => '⌊',
        "rfloor" => '⌋',
        "lceil" => '⌈',
        "rceil" => '⌉',
        "langle" => '⟨',
        "rangle" => '⟩',
        "degree" => '°',
        "circ" => '∘',
        "colon" => ':',
        "percent" => '%',
        "prime" => '\'',
        "to" | "rightarrow" | "longrightarrow" => '→',
        "implies" | "Rightarrow" => '⇒',
        _ => return None,
    })
}
