//! What stands before the first equals sign and only names the value behind it: `f'(x) =`, `P(X = 6) =`, `\lim ... =`.

use std::fmt::Write;

use crate::syntax::{Kind, Token, Tokens, outside_brackets};

/// Commands that open a name or an operation whose value is said behind the equals sign.
const OPENERS: [&str; 14] = [
    "lim",
    "int",
    "iint",
    "iiint",
    "oint",
    "angle",
    "triangle",
    "measuredangle",
    "deg",
    "arg",
    "dim",
    "rank",
    "Pr",
    "sum",
];

/// Words that make of a name a statement about the value.
const REFUSED: [&str; 12] = [
    "not", "or", "and", "no", "neither", "nor", "either", "isnt", "except", "if", "false", "wrong",
];

/// Takes off what only announces or comments a value: `The sum is 11`, `C: x = 1`, `f(x) = x for all x`.
pub(super) fn take_comments(list: &mut Tokens<'_>) {
    if let Some(end) = announcement(list) {
        list.list.drain(..=end);
    }
    if let Some(start) = quantifier(list) {
        list.list.truncate(start);
    }
}

/// Place of the last symbol of `The sum is`, or of the colon behind the name of an equation.
fn announcement(list: &Tokens<'_>) -> Option<usize> {
    if let [
        Token {
            kind: Kind::Letters(name),
            ..
        },
        Token {
            kind: Kind::Symbol(':'),
            ..
        },
        rest @ ..,
    ] = list.list.as_slice()
        && name.len() == 1
        && rest.iter().any(|token| token.kind == Kind::Symbol('='))
    {
        return Some(1);
    }
    let mut words = Vec::new();
    let mut end = None;
    for (at, token) in list.list.iter().enumerate() {
        let (Kind::Letters(run) | Kind::Word(run)) = token.kind else {
            break;
        };
        words.extend(run.split(' ').map(str::to_ascii_lowercase));
        if matches!(
            words.last().map(String::as_str),
            Some("is" | "are" | "equals")
        ) {
            end = Some(at);
        }
    }
    let refused = words.iter().any(|word| REFUSED.contains(&word.as_str()));
    end.filter(|&end| !refused && words.len() > 1 && end + 1 < list.list.len())
}

/// Where `for all x`, `\\forall x \\in \\mathbb{R}` begins at the end of a text.
fn quantifier(list: &Tokens<'_>) -> Option<usize> {
    let start = list.list.iter().position(|token| {
        token.kind == Kind::Command("forall")
            || matches!(token.kind, Kind::Word(word) if word == "for all" || word == "for every")
    })?;
    let only_names = list.list[start + 1..].iter().all(|token| {
        matches!(
            token.kind,
            Kind::Letters(_)
                | Kind::Word("real" | "real numbers")
                | Kind::Command("reals")
                | Kind::Symbol('∈' | ',')
        )
    });
    (start > 0 && only_names).then_some(start)
}

/// Takes `=` or a naming head with its equals sign off the front; returns the name.
pub(super) fn take_head(list: &mut Tokens<'_>) -> Option<String> {
    if matches!(list.list.first()?.kind, Kind::Symbol('=' | '≈')) {
        list.list.remove(0);
        return None;
    }
    if collapse_applications(list) {
        return None;
    }
    let end = first_equals(list)?;
    let name = name_of(list, end)?;
    list.list.drain(..=end);
    Some(name)
}

/// Makes `f = 0, f = x` of `f(x) = 0, f(x) = x`; whether there were at least two such statements.
fn collapse_applications(list: &mut Tokens<'_>) -> bool {
    let is_head = |at: usize| {
        let starts = at == 0
            || matches!(
                list.list[at - 1].kind,
                Kind::Symbol(',' | ';') | Kind::Letters("or" | "and") | Kind::Word("or" | "and")
            );
        starts
            && matches!(
                list.list[at..],
                [
                    Token {
                        kind: Kind::Letters(_),
                        ..
                    },
                    Token {
                        kind: Kind::Symbol('('),
                        ..
                    },
                    Token {
                        kind: Kind::Letters(_),
                        ..
                    },
                    Token {
                        kind: Kind::Symbol(')'),
                        ..
                    },
                    Token {
                        kind: Kind::Symbol('='),
                        ..
                    },
                    ..
                ]
            )
    };
    let heads: Vec<usize> = (0..list.list.len()).filter(|&at| is_head(at)).collect();
    if heads.len() < 2 {
        return false;
    }
    for &at in heads.iter().rev() {
        list.list.drain(at + 1..at + 4);
    }
    true
}

/// Whether two names are the same, `y(x)` and `y` taken for one.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let stem = |name: &str| match name.split_once('(') {
        Some((stem, _)) if !stem.is_empty() && stem != "P" => stem.len(),
        _ => name.len(),
    };
    let (first, second) = (&a[..stem(a)], &b[..stem(b)]);
    let applied = |name: &str, stem: &str| stem.len() < name.len();
    // y = 2x + 3 is the graph of f(x) = 2x + 3.
    let graph = |name: &str, other: &str| name == "y" && matches!(other, "f(x)" | "g(x)" | "h(x)");
    a == b
        || (first == second && applied(a, first) != applied(b, second))
        || graph(a, b)
        || graph(b, a)
}

/// Place of the first equals sign outside of brackets, if no other relation or separator stands before it.
fn first_equals(list: &Tokens<'_>) -> Option<usize> {
    let (at, token) = outside_brackets(&list.list).find(|(_, token)| {
        matches!(
            token.kind,
            Kind::Symbol('=' | ',' | ';' | '<' | '>' | '≤' | '≥' | '≠' | '≈' | '∈' | '∨' | '∧')
        )
    })?;
    (token.kind == Kind::Symbol('=')).then_some(at)
}

/// The name that the symbols before an equals sign are, if they are one.
fn name_of(list: &Tokens<'_>, end: usize) -> Option<String> {
    let head = &list.list[..end];
    let words = head.iter().filter_map(|token| match token.kind {
        Kind::Letters(word) | Kind::Word(word) => Some(word),
        _ => None,
    });
    for word in words {
        let parts = word.split([' ', '-', '.']);
        if parts
            .map(str::to_ascii_lowercase)
            .any(|part| REFUSED.contains(&part.as_str()))
        {
            return None;
        }
    }
    let is_text = head
        .iter()
        .all(|token| matches!(token.kind, Kind::Letters(_) | Kind::Word(_)));
    let is_named = match head.first()?.kind {
        // A single letter is a variable, and its equation may be meant.
        Kind::Letters(_) | Kind::Word(_) if is_text => {
            head.len() > 1
                || matches!(head[0].kind, Kind::Letters(word) | Kind::Word(word) if word.len() > 4)
        }
        Kind::Letters(name) => name.len() == 1 && is_application(list, end),
        Kind::Accent(..) => is_application(list, end),
        Kind::Command("max" | "min" | "sup" | "inf") => {
            end == 1 || matches!(head[1].kind, Kind::Subscript(_))
        }
        Kind::Command(name) => OPENERS.contains(&name) || name == "det",
        _ => false,
    };
    if !is_named {
        return None;
    }
    let mut name = String::new();
    for (at, token) in head.iter().enumerate() {
        match token.kind {
            Kind::Letters(word) | Kind::Word(word) => name.push_str(word),
            Kind::Command(command) | Kind::Subscript(command) => name.push_str(command),
            Kind::Accent(mark, letter) => {
                name.push_str(mark);
                name.push_str(letter);
            }
            Kind::Symbol(symbol) => name.push(symbol),
            Kind::Number(_) => {
                let value = &list.number(at)?.value;
                write!(name, "{}/{}", value.numerator(), value.denominator()).ok()?;
            }
            Kind::Begin(_) | Kind::End(_) | Kind::RowBreak => {}
        }
    }
    if is_text {
        name.make_ascii_lowercase();
    }
    Some(name)
}

/// A letter, marks on it, and at most one pair of parentheses that ends the head: `f'(x)`, `P(X = 6)`, `S_{10}(n)`,
/// `f^{-1}(x)`.
fn is_application(list: &Tokens<'_>, end: usize) -> bool {
    let kind = |at: usize| list.list[at].kind;
    let mut at = 1;
    let mut is_marked = false;
    while at < end && matches!(kind(at), Kind::Subscript(_) | Kind::Symbol('\'')) {
        is_marked |= kind(at) == Kind::Symbol('\'');
        at += 1;
    }
    let inverse = [Kind::Symbol('^'), Kind::Symbol('{'), Kind::Symbol('-')];
    if at + 5 < end && (0..3).all(|ahead| kind(at + ahead) == inverse[ahead]) {
        at += 5;
    }
    if at == end {
        return is_marked;
    }
    let mut depth = 0_usize;
    for inner in at..end {
        match kind(inner) {
            Kind::Symbol('(') => depth += 1,
            Kind::Symbol(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return inner > at && inner + 1 == end;
        }
    }
    false
}
