//! One spelling for texts that mean the same: no wrappers, no math delimiters, no spacing commands, one name per symbol.
//!
//! Unicode is brought to NFKC with its meaning kept: superscripts become powers and vulgar fractions stay apart from the
//! digits beside them (plain NFKC turns `10²` into `102` and `1½` into `11⁄2`). Letters of other scripts that look like
//! Latin ones stay what they are.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::decoration::{Decoration, decoration, group, undecorated};
use crate::limits::{MAX_DEPTH, OverLimits};

/// The canonical spelling of a text without white space at its ends.
pub(crate) fn canonical(text: &str) -> Result<Cow<'_, str>, OverLimits> {
    if is_canonical(text.as_bytes()) {
        return Ok(Cow::Borrowed(text));
    }
    let kept;
    let text = if text.is_ascii() {
        text
    } else {
        kept = keep_meaning(text);
        &kept
    };
    let mut writer = Writer {
        out: String::with_capacity(text.len()),
        ..Writer::default()
    };
    writer.write(text)?;
    Ok(Cow::Owned(
        unwrapped(writer.out.trim_matches(' ')).to_owned(),
    ))
}

/// The text as it is read symbol by symbol: Unicode in its plain form, no math delimiters, emphasis or final period.
pub(crate) fn prepared(text: &str) -> Cow<'_, str> {
    let mut text = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(keep_meaning(text))
    };
    let num_dollars = count_dollars(text.as_bytes());
    if num_dollars > 0 && num_dollars.is_multiple_of(2) {
        let mut out = String::with_capacity(text.len());
        let mut escaped = false;
        for char in text.chars() {
            if char != '$' || escaped {
                out.push(char);
            }
            escaped = char == '\\' && !escaped;
        }
        text = Cow::Owned(out);
    }
    if let Cow::Owned(plain) = undecorated(&text) {
        text = Cow::Owned(plain);
    }
    let trimmed = text.trim();
    let inner = ["**", "`"]
        .iter()
        .find_map(|mark| trimmed.strip_prefix(mark)?.strip_suffix(mark))
        .unwrap_or(trimmed);
    if inner.len() == text.len() {
        return text;
    }
    Cow::Owned(inner.trim().to_owned())
}

/// Whether nothing in the text could be spelt otherwise: the common case, without a copy.
fn is_canonical(bytes: &[u8]) -> bool {
    let mut before = b'x';
    for &byte in bytes {
        let plain = match byte {
            b' ' => before != b' ',
            b'\\' | b'{' | b'}' | b'$' | b'~' => false,
            _ => {
                byte.is_ascii_graphic()
                    || (byte < 0x20 && !(b'\t'..=b'\r').contains(&byte))
                    || byte == 0x7f
            }
        };
        if !plain {
            return false;
        }
        before = byte;
    }
    !matches!(bytes.first(), Some(b'*' | b'`'))
}

/// NFKC with meaning kept.
fn keep_meaning(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if let Some(digit) = superscript(char) {
            out.push_str("^{");
            out.push(digit);
            while let Some(digit) = chars.peek().copied().and_then(superscript) {
                out.push(digit);
                chars.next();
            }
            out.push('}');
        } else if let Some(fraction) = vulgar_fraction(char) {
            if out.ends_with(|before: char| before.is_ascii_digit()) {
                out.push(' ');
            }
            out.push_str(fraction);
            if chars.peek().is_some_and(char::is_ascii_digit) {
                out.push(' ');
            }
        } else {
            match char {
                '‐' | '‑' | '‒' | '–' | '−' | '﹣' | '－' => out.push('-'),
                '\u{a0}' | '\u{2009}' | '\u{202f}' => out.push_str("\\,"),
                '×' | '·' | '⋅' | '∙' => out.push('*'),
                '÷' | '⁄' => out.push('/'),
                '≤' => out.push_str("\\le "),
                '≥' => out.push_str("\\ge "),
                '≠' => out.push_str("\\ne "),
                'π' => out.push_str("\\pi "),
                '∞' => out.push_str("\\infty "),
                '±' => out.push_str("\\pm "),
                '→' => out.push_str("\\to "),
                other => out.push(other),
            }
        }
    }
    if out.is_ascii() {
        out
    } else {
        out.nfkc().collect()
    }
}

fn superscript(char: char) -> Option<char> {
    Some(match char {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from(b'4' + (char as u32 - '⁴' as u32) as u8),
        '⁺' => '+',
        '⁻' => '-',
        'ⁿ' => 'n',
        'ⁱ' => 'i',
        _ => return None,
    })
}

fn vulgar_fraction(char: char) -> Option<&'static str> {
    Some(match char {
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        '⅐' => "1/7",
        '⅑' => "1/9",
        '⅒' => "1/10",
        '⅓' => "1/3",
        '⅔' => "2/3",
        '⅕' => "1/5",
        '⅖' => "2/5",
        '⅗' => "3/5",
        '⅘' => "4/5",
        '⅙' => "1/6",
        '⅚' => "5/6",
        '⅛' => "1/8",
        '⅜' => "3/8",
        '⅝' => "5/8",
        '⅞' => "7/8",
        _ => return None,
    })
}

/// Writes the canonical text; a stack instead of recursion.
#[derive(Default)]
struct Writer {
    out: String,
    /// For every open brace, whether its closing one is written.
    braces: Vec<bool>,
    /// `out` ends in a command, so a letter needs a space before it.
    after_command: bool,
    keep_dollars: bool,
}

impl Writer {
    fn write(&mut self, text: &str) -> Result<(), OverLimits> {
        self.keep_dollars = count_dollars(text.as_bytes()) % 2 == 1;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(char) = text[at..].chars().next() {
            at += char.len_utf8();
            match char {
                '\\' if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) => {
                    let name = bytes[at..]
                        .iter()
                        .take_while(|byte| byte.is_ascii_alphabetic())
                        .count();
                    let command = &text[at..at + name];
                    at += name;
                    at += bytes[at..]
                        .iter()
                        .take_while(|byte| b" \t\n\r".contains(byte))
                        .count();
                    at += self.command(command, &text[at..])?;
                }
                '\\' => {
                    let symbol = text[at..].chars().next();
                    at += symbol.map_or(0, char::len_utf8);
                    self.symbol(symbol, bytes.get(at).is_some_and(u8::is_ascii_digit));
                }
                '{' if bytes[at..].starts_with(b",}") => {
                    self.push(',');
                    at += 2;
                }
                '{' => {
                    self.open(true)?;
                    self.push('{');
                }
                '}' => self.close(),
                '~' => self.space(),
                '$' if !self.keep_dollars => {}
                char if char.is_whitespace() => self.space(),
                char => {
                    if self.after_command && char.is_ascii_alphabetic() {
                        self.out.push(' ');
                    }
                    self.push(char);
                }
            }
        }
        Ok(())
    }

    /// A command with a name; returns how much of what follows it took.
    fn command(&mut self, name: &str, behind: &str) -> Result<usize, OverLimits> {
        let brace_follows = behind.starts_with('{');
        match name {
            "quad" | "qquad" | "enspace" | "thinspace" | "space" => self.space(),
            "text" | "textbf" | "textit" | "textrm" | "textsf" | "texttt" | "mbox" | "mathrm"
            | "mathbf" | "mathit" | "mathsf" | "mathtt" | "mathnormal" | "boldsymbol" | "bm"
            | "operatorname" | "emph" | "boxed" | "fbox" => {
                if brace_follows {
                    self.open(false)?;
                }
                return Ok(usize::from(brace_follows));
            }
            "left" | "right" | "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr"
            | "displaystyle" | "textstyle" | "limits" => {}
            "times" | "cdot" => self.push('*'),
            "div" => self.push('/'),
            "degree" => self.push('°'),
            "circ" if self.out.ends_with("^{") && self.braces.last() == Some(&true) => {
                self.out.truncate(self.out.len() - 2);
                self.push('°');
                if let Some(written) = self.braces.last_mut() {
                    *written = false;
                }
            }
            "circ" if self.out.ends_with('^') => {
                self.out.pop();
                self.push('°');
            }
            "lbrace" => self.push_str("\\{"),
            "rbrace" => self.push_str("\\}"),
            // An estimate is what it estimates; between two things the sign is a relation.
            "sim" if self.out.is_empty() => {}
            _ => {
                if let Some(decoration) = decoration(name) {
                    return self.decoration(decoration, behind);
                }
                self.push('\\');
                self.out.push_str(match name {
                    "dfrac" | "tfrac" | "cfrac" => "frac",
                    "leq" => "le",
                    "geq" => "ge",
                    "neq" => "ne",
                    "rightarrow" => "to",
                    "wedge" => "land",
                    "vee" => "lor",
                    "lnot" => "neg",
                    other => other,
                });
                self.after_command = true;
            }
        }
        Ok(0)
    }

    fn decoration(&mut self, decoration: Decoration, behind: &str) -> Result<usize, OverLimits> {
        let mut taken = 0;
        match decoration {
            Decoration::Sign(sign) => {
                self.push(sign);
                return Ok(0);
            }
            Decoration::Hidden => return Ok(group(behind)),
            Decoration::Switch => return Ok(0),
            Decoration::Colour => {
                taken = group(behind);
                if taken == 0 {
                    return Ok(0);
                }
            }
            Decoration::Around => {}
        }
        if behind[taken..].starts_with('{') {
            self.open(false)?;
            taken += 1;
        }
        Ok(taken)
    }

    /// A command of one character that is not a letter; `None` is a backslash at the end.
    fn symbol(&mut self, symbol: Option<char>, digit_follows: bool) {
        match symbol {
            Some(',')
                if digit_follows && self.out.ends_with(|before: char| before.is_ascii_digit()) =>
            {
                self.push(',');
            }
            Some(',' | ';' | ':' | '>' | '\\') => self.space(),
            Some(char) if char.is_whitespace() => self.space(),
            Some('!' | '(' | ')' | '[' | ']') => {}
            Some(char @ ('%' | '$' | '#' | '&' | '_')) => self.push(char),
            Some(char) => {
                self.push('\\');
                self.push(char);
            }
            None => self.push('\\'),
        }
    }

    fn open(&mut self, written: bool) -> Result<(), OverLimits> {
        if self.braces.len() == MAX_DEPTH {
            return Err(OverLimits);
        }
        self.braces.push(written);
        Ok(())
    }

    /// A closing brace; around a single character after `^` or `_` both braces go.
    fn close(&mut self) {
        match self.braces.pop() {
            Some(false) => {}
            None => self.push('}'),
            Some(true) => {
                let mut back = self.out.chars().rev();
                match (back.next(), back.next(), back.next()) {
                    (Some(single), Some('{'), Some('^' | '_'))
                        if !matches!(single, '{' | '}' | '\\' | ' ') =>
                    {
                        self.out.truncate(self.out.len() - single.len_utf8() - 1);
                        self.push(single);
                    }
                    _ => self.push('}'),
                }
            }
        }
    }

    fn space(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.push(' ');
        }
    }

    fn push(&mut self, char: char) {
        self.out.push(char);
        self.after_command = false;
    }

    fn push_str(&mut self, text: &str) {
        self.out.push_str(text);
        self.after_command = false;
    }
}

/// Dollars that are not escaped: an even number delimits mathematics, an odd one holds a currency sign.
fn count_dollars(bytes: &[u8]) -> usize {
    let mut num_dollars = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'$' => num_dollars += 1,
            _ => {}
        }
        at += 1;
    }
    num_dollars
}

/// Without markdown emphasis or braces around the whole.
fn unwrapped(mut text: &str) -> &str {
    loop {
        let inner = if let Some(inner) = text
            .strip_prefix("**")
            .and_then(|rest| rest.strip_suffix("**"))
        {
            inner
        } else if let Some(inner) = text
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix('`'))
        {
            inner
        } else if text.starts_with('{') && closing_brace(text.as_bytes()) == Some(text.len() - 1) {
            &text[1..text.len() - 1]
        } else {
            return text;
        };
        if inner.is_empty() && !text.starts_with('{') {
            return text;
        }
        text = inner.trim_matches(' ');
    }
}

/// Where the brace that opens a text is closed.
fn closing_brace(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_canonical(text: &str, expected: &str) {
        assert_eq!(canonical(text).unwrap(), expected, "{text}");
    }

    #[test]
    fn wrappers_and_delimiters_go() {
        assert_canonical(r"$\text{ New  York }$", "New York");
        assert_canonical(r"\boxed{\mathbf{B}}", "B");
        assert_canonical("**B**", "B");
        assert_canonical(r"{{5}}", "5");
        assert_canonical(r"\left( 1, 2 \right)", "( 1, 2 )");
    }

    #[test]
    fn meaning_survives_unicode() {
        assert_canonical("10²", "10^2");
        assert_canonical("x⁻¹²", "x^{-12}");
        assert_canonical("1½", "1 1/2");
        assert_canonical("−３", "-3");
        assert_canonical("В", "В"); // Cyrillic
    }

    #[test]
    fn numbers_keep_their_thousands_together() {
        for text in [r"1\,000", r"1{,}000", r"1,\!000", "1\u{202f}000"] {
            assert_canonical(text, "1,000");
        }
        assert_canonical(r"5\,km", "5 km");
    }

    #[test]
    fn dollars_are_delimiters_in_pairs_and_currency_alone() {
        assert_canonical("$5$", "5");
        assert_canonical("$5", "$5");
        assert_canonical(r"$\$5$", "$5");
    }

    #[test]
    fn commands_do_not_swallow_letters() {
        assert_canonical(r"\pi r^{2}", r"\pi r^2");
        assert_canonical(r"\pi\text{r}", r"\pi r");
        assert_canonical(r"30^{\circ}", "30°");
        assert_canonical(r"30^\circ", "30°");
        assert_canonical(r"\dfrac{1}{2}", r"\frac{1}{2}");
    }

    #[test]
    fn deep_braces_are_left_undecided() {
        assert_eq!(canonical(&"{".repeat(129)), Err(OverLimits));
        assert_canonical(&("{".repeat(128) + "5" + &"}".repeat(128)), "5");
    }
}
