//! From symbols to a tree: operator precedence with a stack of its own, so depth costs memory and never the call stack.
//!
//! Ambiguous writing has no tree: `1/2x` could be a half of x or the half of 1/x, and `2 3` nothing at all.

use super::names::{Meaning, meaning};
use super::series::Series;
use super::token::{Failure, Kind, SET_CLOSE, SET_OPEN, Token, Tokens};
use super::tree::{Constant, Function, Id, Node, Pair, Relation, Tree};
use crate::algebra::rational::Rational;
use crate::limits::{MAX_DEPTH, MAX_NODES};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    SuchThat,
    Comma,
    Or,
    And,
    Relation(Relation),
    Union,
    Intersection,
    SetMinus,
    Add,
    Subtract,
    PlusMinus(bool),
    /// `a mod m`: the remainder.
    Modulo,
    /// `{a \over b}` and `{n \choose k}`: everything in the braces.
    Over(Command),
    Multiply,
    Divide,
    Implicit,
    Power,
}

impl Binary {
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::SuchThat | Self::Over(_) => 1,
            Self::Comma => 2,
            Self::Or => 3,
            Self::And => 4,
            Self::Relation(_) => 5,
            Self::Union | Self::Intersection | Self::SetMinus | Self::Modulo => 6,
            Self::Add | Self::Subtract | Self::PlusMinus(_) => 7,
            Self::Multiply | Self::Divide => 8,
            Self::Implicit => 10,
            Self::Power => 11,
        }
    }

    /// Whether equal operators in a row wait for each other: powers, and those that make one node of many values.
    fn gathers(self) -> bool {
        !matches!(self.strength(), 7..=10)
    }
}

pub(super) const NEGATE_STRENGTH: u8 = 8;
pub(super) const CALL_STRENGTH: u8 = 9;

/// The variable that stands for the base of a logarithm without one.
pub(crate) const UNKNOWN_BASE: &str = "base of log";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Fraction,
    Sqrt,
    Root,
    Binomial,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Callee {
    Function(Function),
    Log(Id),
    Pair(Pair),
    Determinant,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Operator {
    Binary(Binary),
    /// The flag: directly behind `^`.
    Negate(bool),
    PlusMinus(bool),
    /// A function before its argument, and the power that its value is raised to.
    Call(Callee, Option<Id>),
    /// A sum or product before its terms.
    Series(Series),
    /// A command that still takes so many arguments.
    Arguments(Command, u8),
    /// An open bracket and how many operands stood before it.
    Open(char, usize),
    /// An open matrix: operands before it, cells of its first row (0 while that row is open).
    Matrix(usize, usize),
}

pub(super) struct Parser<'t> {
    pub(super) tokens: &'t Tokens<'t>,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) tree: Tree,
    pub(super) operands: Vec<Id>,
    pub(super) operators: Vec<Operator>,
    pub(super) expects_operand: bool,
    pub(super) depth: usize,
    /// Running variables of the series that are open.
    pub(super) running: Vec<&'t str>,
}

/// The tree of a run of symbols, all of them.
pub(crate) fn parse(tokens: &Tokens<'_>, start: usize, end: usize) -> Result<Tree, Failure> {
    let mut parser = Parser {
        tokens,
        at: start,
        end,
        tree: Tree::default(),
        operands: Vec::new(),
        operators: Vec::new(),
        expects_operand: true,
        depth: 0,
        running: Vec::new(),
    };
    while parser.at < end {
        let token = tokens.list[parser.at];
        parser.at += 1;
        if parser.expects_operand {
            parser.operand(token)?;
        } else {
            parser.operator(token)?;
        }
        if parser.tree.nodes.len() > MAX_NODES {
            return Err(Failure::OverLimits);
        }
    }
    if parser.expects_operand {
        return Err(Failure::NotMathematics);
    }
    parser.reduce_above(0)?;
    match (parser.operands.as_slice(), parser.operators.is_empty()) {
        (&[root], true) => {
            parser.tree.root = root;
            Ok(parser.tree)
        }
        _ => Err(Failure::NotMathematics),
    }
}

impl<'t> Parser<'t> {
    pub(super) fn peek(&self, ahead: usize) -> Option<Kind<'t>> {
        let at = self.at + ahead;
        (at < self.end).then(|| self.tokens.list[at].kind)
    }

    pub(super) fn follows(&self, symbol: char) -> bool {
        self.peek(0) == Some(Kind::Symbol(symbol))
    }

    /// A token where a value is due.
    fn operand(&mut self, token: Token<'t>) -> Result<(), Failure> {
        match token.kind {
            Kind::Number(index) => {
                let id = self.number(index)?;
                self.value(id)
            }
            // `1, 2, and 3`.
            Kind::Letters("and" | "or") | Kind::Word("and" | "or")
                if matches!(self.operators.last(), Some(Operator::Binary(Binary::Comma))) =>
            {
                Ok(())
            }
            // `x, & \text{if } x > 0,` in a table of cases.
            Kind::Letters(word) | Kind::Word(word)
                if self.innermost() == Some('M') && matches!(word, "if" | "for" | "when") =>
            {
                Ok(())
            }
            Kind::Word("otherwise" | "else") if self.innermost() == Some('M') => {
                let id = self.tree.push_variable("otherwise");
                self.value(id)
            }
            Kind::Symbol('&') | Kind::RowBreak | Kind::End(_) if self.drop_comma() => {
                self.expects_operand = false;
                self.operator(token)
            }
            Kind::Letters(run) | Kind::Word(run @ ("infinity" | "pi")) => self.letters(run),
            Kind::Command(name) => self.command(name),
            Kind::Begin(environment) => {
                if !matches!(
                    environment,
                    "pmatrix"
                        | "bmatrix"
                        | "matrix"
                        | "Bmatrix"
                        | "array"
                        | "smallmatrix"
                        | "vmatrix"
                        | "cases"
                        | "dcases"
                ) {
                    return Err(Failure::NotMathematics);
                }
                self.deeper()?;
                self.operators
                    .push(Operator::Matrix(self.operands.len(), 0));
                Ok(())
            }
            Kind::End(environment) => self.close_matrix(environment, true),
            // `{}_{10}C_3` and `^{10}C_3`.
            Kind::Subscript(_) | Kind::Symbol('^' | '{') if self.prescript(token.kind)? => Ok(()),
            Kind::Symbol(symbol) => self.prefix(symbol),
            Kind::Accent(mark, letter) => {
                let name = self.with_marks(format!("{mark} {letter}"));
                let id = self.tree.push_variable(&name);
                self.value(id)
            }
            Kind::Word(letter) if letter.len() == 1 => self.letters(letter),
            Kind::Word(_) | Kind::Subscript(_) | Kind::RowBreak => Err(Failure::NotMathematics),
        }
    }

    fn prefix(&mut self, symbol: char) -> Result<(), Failure> {
        match symbol {
            '-' => {
                let in_power =
                    matches!(self.operators.last(), Some(Operator::Binary(Binary::Power)));
                self.operators.push(Operator::Negate(in_power));
            }
            '+' if !matches!(self.operators.last(), Some(Operator::Arguments(..))) => {}
            '±' => self.operators.push(Operator::PlusMinus(false)),
            '∓' => self.operators.push(Operator::PlusMinus(true)),
            '√' => self.operators.push(Operator::Arguments(Command::Sqrt, 1)),
            '∅' => {
                let id = self.tree.push(Node::EmptySet);
                return self.value(id);
            }
            '(' | '[' | '{' | SET_OPEN | '|' | '⌊' | '⌈' | '⟨' => {
                self.deeper()?;
                self.operators
                    .push(Operator::Open(symbol, self.operands.len()));
            }
            SET_CLOSE | '}'
                if matches!(
                    self.operators.last(),
                    Some(Operator::Open(SET_OPEN | '{', _))
                ) =>
            {
                let opened = self.operators.pop();
                if matches!(opened, Some(Operator::Open('{', _))) {
                    return Err(Failure::NotMathematics);
                }
                self.depth -= 1;
                let id = self.tree.push(Node::EmptySet);
                return self.value(id);
            }
            _ => return Err(Failure::NotMathematics),
        }
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Failure::OverLimits);
        }
        Ok(())
    }

    /// A finished value: what waits for exactly one gets it.
    pub(super) fn value(&mut self, mut id: Id) -> Result<(), Failure> {
        while let Some(Operator::Arguments(command, missing)) = self.operators.last_mut() {
            if *missing == 2 {
                *missing = 1;
                self.operands.push(id);
                self.expects_operand = true;
                return Ok(());
            }
            let command = *command;
            self.operators.pop();
            id = self.build_command(command, id)?;
        }
        self.operands.push(id);
        self.expects_operand = false;
        Ok(())
    }

    /// A token where an operator may stand.
    fn operator(&mut self, token: Token<'t>) -> Result<(), Failure> {
        let binary = match token.kind {
            Kind::Symbol(symbol) => match symbol {
                ')' | ']' | '}' | SET_CLOSE | '⌋' | '⌉' | '⟩' => return self.close(symbol),
                '|' => match self.innermost() {
                    Some('|') => return self.close('|'),
                    Some(SET_OPEN | '{') => Binary::SuchThat,
                    _ => Binary::Implicit,
                },
                ':' if matches!(self.innermost(), Some(SET_OPEN | '{')) => Binary::SuchThat,
                '!' => return self.postfix(|operand| Node::Call(Function::Factorial, operand)),
                '°' => return self.degrees(),
                '^' if self.follows('∘') => {
                    self.at += 1;
                    return self.degrees();
                }
                '^' if self.follows('{')
                    && self.peek(1) == Some(Kind::Symbol('∘'))
                    && self.peek(2) == Some(Kind::Symbol('}')) =>
                {
                    self.at += 3;
                    return self.degrees();
                }
                '&' => return self.close_cell(),
                _ => match super::reduce::binary(symbol) {
                    Some(binary) => binary,
                    None if matches!(symbol, '(' | '[' | '{' | '⌊' | '⌈' | '√') => {
                        Binary::Implicit
                    }
                    None => return Err(Failure::NotMathematics),
                },
            },
            Kind::RowBreak => return self.close_row(),
            Kind::End(environment) => return self.close_matrix(environment, false),
            Kind::Letters("or") | Kind::Word("or") => Binary::Or,
            Kind::Letters("and") | Kind::Word("and") => Binary::And,
            Kind::Letters("mod") | Kind::Word("mod") | Kind::Command("bmod" | "mod" | "pmod") => {
                Binary::Modulo
            }
            Kind::Command(name @ ("over" | "choose")) if self.innermost() == Some('{') => {
                Binary::Over(if name == "over" {
                    Command::Fraction
                } else {
                    Command::Binomial
                })
            }
            Kind::Letters(_) | Kind::Command(_) | Kind::Accent(..) | Kind::Begin(_) => {
                Binary::Implicit
            }
            // 3!4! and 3 + i4 are products, while 3 4 is nothing.
            Kind::Number(_)
                if matches!(
                    self.tokens.list[self.at - 2].kind,
                    Kind::Symbol('!') | Kind::Letters("i" | "j")
                ) =>
            {
                Binary::Implicit
            }
            _ => return Err(Failure::NotMathematics),
        };
        if binary != Binary::Implicit {
            return self.binary(binary);
        }
        // A function's argument ends where the next function begins: \sin x \cos x.
        let before_function = match token.kind {
            Kind::Letters(name) | Kind::Command(name) => {
                matches!(
                    meaning(name),
                    Some(Meaning::Function(_) | Meaning::Log | Meaning::LogBase(_))
                ) && name != "sqrt"
            }
            _ => false,
        };
        self.binary(if before_function {
            Binary::Multiply
        } else {
            Binary::Implicit
        })?;
        self.operand(token)
    }

    /// The innermost open bracket.
    fn innermost(&self) -> Option<char> {
        self.operators
            .iter()
            .rev()
            .find_map(|operator| match operator {
                Operator::Open(open, _) => Some(*open),
                Operator::Matrix(..) => Some('M'),
                _ => None,
            })
    }

    pub(super) fn binary(&mut self, binary: Binary) -> Result<(), Failure> {
        self.reduce_above(binary.strength() * 2 - u8::from(!binary.gathers()))?;
        if let Some(Operator::Binary(before)) = self.operators.last() {
            let ambiguous = binary == Binary::Implicit && *before == Binary::Divide;
            let mixed = binary.strength() == 6 && before.strength() == 6 && binary != *before;
            if ambiguous || mixed {
                return Err(Failure::NotMathematics);
            }
        }
        self.operators.push(Operator::Binary(binary));
        self.expects_operand = true;
        Ok(())
    }

    fn postfix(&mut self, node: impl FnOnce(Id) -> Node) -> Result<(), Failure> {
        let operand = self.operands.pop().ok_or(Failure::NotMathematics)?;
        let id = self.tree.push(node(operand));
        self.operands.push(id);
        Ok(())
    }

    fn degrees(&mut self) -> Result<(), Failure> {
        let pi = self.tree.push(Node::Constant(Constant::Pi));
        let half_turn = self.tree.push_number(Rational::integer(180));
        let degree = self.tree.push(Node::Divide(pi, half_turn));
        self.postfix(|operand| Node::Multiply(operand, degree))
    }
}
