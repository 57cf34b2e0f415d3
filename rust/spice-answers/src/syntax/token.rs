//! Symbols of a mathematical text, LaTeX, Unicode or plain: one pass, no lookbehind beyond the symbol before.

use super::digits::NumberReader;
use super::tree::Number;
use crate::limits::{MAX_DEPTH, MAX_DIGITS, MAX_EXPONENT, MAX_NODES};

/// Why a text has no symbols or no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is not mathematics, or ambiguous.
    NotMathematics,
    /// It is too long, too deep, or holds too large a number.
    OverLimits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// Index into [`Tokens::numbers`].
    Number(u32),
    /// A run of letters.
    Letters(&'a str),
    /// Text inside `\text{...}` and its kin, without digits.
    Word(&'a str),
    /// A command that is no symbol.
    Command(&'a str),
    /// A letter and the mark over it: `\hat{i}`, `\ddot x`.
    Accent(&'a str, &'a str),
    /// What stands below the line, braces left out.
    Subscript(&'a str),
    /// An operator, bracket or relation; commands are brought to the Unicode character that they print.
    Symbol(char),
    /// `\begin{...}` and `\end{...}`.
    Begin(&'a str),
    End(&'a str),
    /// `\\`.
    RowBreak,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    /// Whether white space stands before it.
    pub(crate) spaced: bool,
}

/// Opening and closing braces of a set, as characters of their own.
pub(crate) const SET_OPEN: char = '⦃';
pub(crate) const SET_CLOSE: char = '⦄';

#[derive(Debug, Default)]
pub(crate) struct Tokens<'a> {
    pub(crate) list: Vec<Token<'a>>,
    pub(crate) numbers: Vec<Number>,
}

impl Tokens<'_> {
    /// The number of a token where it is one.
    pub(crate) fn number(&self, at: usize) -> Option<&Number> {
        match self.list.get(at)?.kind {
            Kind::Number(index) => Some(&self.numbers[index as usize]),
            _ => None,
        }
    }
}

/// The symbols outside of all brackets and environments, each with its place.
pub(crate) fn outside_brackets<'t, 'a>(
    list: &'t [Token<'a>],
) -> impl Iterator<Item = (usize, Token<'a>)> + use<'t, 'a> {
    let mut depth = 0_usize;
    list.iter().copied().enumerate().filter(move |(_, token)| {
        match token.kind {
            Kind::Symbol('(' | '[' | '{' | SET_OPEN | '⟨') | Kind::Begin(_) => depth += 1,
            Kind::Symbol(')' | ']' | '}' | SET_CLOSE | '⟩') | Kind::End(_) => {
                depth = depth.saturating_sub(1);
            }
            _ => return depth == 0,
        }
        false
    })
}

/// The symbols of a text in which Unicode is already brought to its plain form.
pub(crate) fn tokens(text: &str) -> Result<Tokens<'_>, Failure> {
    let mut lexer = Lexer {
        text,
        at: 0,
        out: Tokens::default(),
        spaced: false,
        depth: 0,
        wrappers: Vec::new(),
        texts: Vec::new(),
    };
    while lexer.at < text.len() {
        lexer.step()?;
        if lexer.out.list.len() > MAX_NODES {
            return Err(Failure::OverLimits);
        }
    }
    if lexer.wrappers.is_empty() {
        Ok(lexer.out)
    } else {
        Err(Failure::NotMathematics)
    }
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    pub(super) at: usize,
    out: Tokens<'a>,
    pub(super) spaced: bool,
    /// Visible brackets that are open: inside them a comma separates values, not thousands.
    pub(super) depth: usize,
    /// For every open LaTeX brace, whether it belongs to a wrapper and is left out.
    pub(super) wrappers: Vec<bool>,
    /// For every open LaTeX brace, whether it holds text, in which letters are words and not variables.
    pub(super) texts: Vec<bool>,
}

impl<'a> Lexer<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn push(&mut self, kind: Kind<'a>) {
        self.out.list.push(Token {
            kind,
            spaced: self.spaced,
        });
        self.spaced = false;
    }

    pub(super) fn symbol(&mut self, symbol: char) {
        match symbol {
            '(' | '[' | SET_OPEN => self.depth += 1,
            ')' | ']' | SET_CLOSE => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.push(Kind::Symbol(symbol));
    }

    fn step(&mut self) -> Result<(), Failure> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(());
        };
        match first {
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            '.' if rest.len() == 1 => {
                self.at += 1;
                Ok(())
            }
            '\\' => self.backslash(),
            '_' => self.subscript(),
            '{' => {
                if self.wrappers.len() == MAX_DEPTH {
                    return Err(Failure::OverLimits);
                }
                self.wrappers.push(false);
                self.texts.push(false);
                self.at += 1;
                self.push(Kind::Symbol('{'));
                Ok(())
            }
            '}' => {
                self.at += 1;
                self.texts.pop();
                match self.wrappers.pop() {
                    Some(true) => {}
                    Some(false) => self.push(Kind::Symbol('}')),
                    None => return Err(Failure::NotMathematics),
                }
                Ok(())
            }
            '*' if rest.starts_with("**") => {
                self.at += 2;
                self.symbol('^');
                Ok(())
            }
            '<' | '>' | '!' | '=' | '-' if rest[1..].starts_with(['=', '>', '-']) => {
                // 6!=720 is a factorial, x!=5 an inequality.
                let after_number = !self.spaced
                    && matches!(
                        self.out.list.last(),
                        Some(Token {
                            kind: Kind::Number(_),
                            ..
                        })
                    );
                let (symbol, length) = match &rest[..2] {
                    "!=" if after_number => ('!', 1),
                    "<=" => ('≤', 2),
                    ">=" => ('≥', 2),
                    "!=" => ('≠', 2),
                    "==" => ('=', 2),
                    "->" => ('→', 2),
                    "=>" => ('⇒', 2),
                    _ => (first, 1),
                };
                self.at += length;
                self.symbol(symbol);
                Ok(())
            }
            first if first.is_ascii_alphabetic() => {
                self.letters();
                Ok(())
            }
            first if first.is_whitespace() || first == '~' => {
                self.spaced = true;
                self.at += first.len_utf8();
                Ok(())
            }
            first => self.other(first),
        }
    }

    fn other(&mut self, first: char) -> Result<(), Failure> {
        self.at += first.len_utf8();
        if let Some(name) = super::names::greek_letter(first) {
            self.push(Kind::Command(name));
            return Ok(());
        }
        let symbol = match first {
            '+' | '-' | '*' | '/' | '^' | '\'' | '!' | ',' | ';' | ':' | '=' | '<' | '>' | '('
            | ')' | '[' | ']' | '|' | '&' | '%' | '$' | '°' | '€' | '£' | '¥' | '√' | '∪' | '∩'
            | '∈' | '∅' | '→' | '⇒' | '≈' | '⌊' | '⌋' | '⌈' | '⌉' | '±' | '∓' | '⟨' | '⟩' | '≤'
            | '≥' | '≠' | '⟹' | '∖' | '∨' | '∧' | '≡' => first,
            '∣' => '|',
            '′' | '’' => '\'',
            '∕' => '/',
            _ => return Err(Failure::NotMathematics),
        };
        self.symbol(symbol);
        Ok(())
    }

    fn letters(&mut self) {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        self.at += length;
        let run = &rest[..length];
        let follows_number = matches!(
            self.out.list.last(),
            Some(Token {
                kind: Kind::Number(_),
                ..
            })
        );
        if matches!(run, "x" | "X") && follows_number {
            let next = self.rest().trim_start();
            if next.starts_with("10^") || next.starts_with("10**") {
                self.symbol('*');
                return;
            }
        }
        let in_text = self.texts.contains(&true);
        self.push(if in_text {
            Kind::Word(run)
        } else {
            Kind::Letters(run)
        });
    }

    fn subscript(&mut self) -> Result<(), Failure> {
        self.at += 1;
        let rest = self.rest();
        let length = match rest.bytes().next() {
            Some(b'{') => {
                let close = rest.find('}').ok_or(Failure::NotMathematics)?;
                let inside = rest[1..close].trim();
                if inside.contains('{') || inside.is_empty() || inside.len() > 16 {
                    return Err(Failure::NotMathematics);
                }
                self.at += close + 1;
                self.push(Kind::Subscript(inside));
                return Ok(());
            }
            Some(first) if first.is_ascii_digit() => {
                // Plain text writes `a_10` for what LaTeX writes `a_{10}`.
                rest.bytes().take_while(u8::is_ascii_digit).count()
            }
            Some(first) if first.is_ascii_alphabetic() => 1,
            _ => return Err(Failure::NotMathematics),
        };
        self.at += length;
        self.push(Kind::Subscript(&rest[..length]));
        Ok(())
    }

    /// Digits with thousands, a point, a repeating part and a power of ten.
    fn number(&mut self) -> Result<(), Failure> {
        let single = matches!(
            self.out.list.last(),
            Some(Token {
                kind: Kind::Command("frac" | "sqrt"),
                ..
            })
        ) || matches!(
            self.out.list.as_slice(),
            [
                ..,
                Token {
                    kind: Kind::Command("frac"),
                    ..
                },
                Token {
                    kind: Kind::Number(_),
                    spaced: false
                }
            ]
        );
        let rest = self.rest();
        let mut reader = NumberReader::new(rest);
        if single && self.digits_follow_closely(rest) {
            // `\frac12` means one half; what `\sqrt12` and `\frac123` mean depends on whom one asks.
            let num_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let is_root = matches!(
                self.out.list.last(),
                Some(Token {
                    kind: Kind::Command("sqrt"),
                    ..
                })
            );
            if num_digits > 2 || is_root {
                return Err(Failure::NotMathematics);
            }
            reader.read_digit();
        } else {
            reader.read(self.depth > 0)?;
        }
        let repeating = reader.repeating();
        let exponent = if single { None } else { reader.exponent() };
        self.at += reader.at;
        if reader.digits.len() > MAX_DIGITS
            || exponent.is_some_and(|exponent| exponent.abs() > i64::from(MAX_EXPONENT))
        {
            return Err(Failure::OverLimits);
        }
        let number = reader
            .value(repeating.as_deref(), exponent)
            .ok_or(Failure::NotMathematics)?;
        self.out.numbers.push(number);
        self.push(Kind::Number((self.out.numbers.len() - 1) as u32));
        Ok(())
    }

    /// Whether digits stand directly behind a command that takes them one at a time.
    fn digits_follow_closely(&self, rest: &str) -> bool {
        let second = rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        let after_digit = matches!(
            self.out.list.last(),
            Some(Token {
                kind: Kind::Number(_),
                ..
            })
        );
        second || after_digit
    }

    fn backslash(&mut self) -> Result<(), Failure> {
        let rest = &self.rest()[1..];
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length > 0 {
            self.at += 1 + length;
            return self.command(&rest[..length]);
        }
        let Some(symbol) = rest.chars().next() else {
            return Err(Failure::NotMathematics);
        };
        self.at += 1 + symbol.len_utf8();
        match symbol {
            '\\' => {
                // Doubly escaped text has two backslashes where one is meant; no row of a matrix begins with these.
                let rest = self.rest();
                let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                let in_matrix = self
                    .out
                    .list
                    .iter()
                    .any(|token| matches!(token.kind, Kind::Begin(_)));
                if is_doubly_escaped(&rest[..length]) || (length > 1 && !in_matrix) {
                    self.at += length;
                    return self.command(&rest[..length]);
                }
                self.push(Kind::RowBreak);
                if in_matrix {
                    self.skip_row_gap();
                }
            }
            '{' => self.symbol(SET_OPEN),
            '}' => self.symbol(SET_CLOSE),
            '%' | '$' | '&' => self.push(Kind::Symbol(symbol)),
            ',' | ';' | ':' | '>' | ' ' | '\n' | '\t' => self.spaced = true,
            '!' | '(' | ')' | '[' | ']' => {}
            _ => return Err(Failure::NotMathematics),
        }
        Ok(())
    }
}

fn is_doubly_escaped(name: &str) -> bool {
    matches!(
        name,
        "frac"
            | "dfrac"
            | "left"
            | "right"
            | "sqrt"
            | "text"
            | "cdot"
            | "times"
            | "cup"
            | "infty"
            | "le"
            | "leq"
            | "ge"
            | "geq"
            | "in"
            | "begin"
            | "end"
            | "pm"
            | "mathrm"
    )
}
