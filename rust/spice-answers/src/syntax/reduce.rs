//! What the parser does with a finished operator, bracket or matrix.

use super::parser::{Binary, CALL_STRENGTH, Callee, Command, NEGATE_STRENGTH, Operator, Parser};
use super::series::SERIES_STRENGTH;
use super::token::{Failure, SET_CLOSE, SET_OPEN};
use super::tree::{Fence, Function, Id, Node, Pair, Relation};
use crate::algebra::rational::Rational;

/// The operator that a symbol is between two values.
pub(super) fn binary(symbol: char) -> Option<Binary> {
    Some(match symbol {
        ',' | ';' => Binary::Comma,
        '∨' => Binary::Or,
        '∧' => Binary::And,
        '=' => Binary::Relation(Relation::Equal),
        '≠' => Binary::Relation(Relation::NotEqual),
        '<' => Binary::Relation(Relation::Less),
        '≤' => Binary::Relation(Relation::LessEqual),
        '>' => Binary::Relation(Relation::Greater),
        '≥' => Binary::Relation(Relation::GreaterEqual),
        '≈' => Binary::Relation(Relation::Approximately),
        '∈' => Binary::Relation(Relation::In),
        '∪' => Binary::Union,
        '∩' => Binary::Intersection,
        '∖' => Binary::SetMinus,
        '+' => Binary::Add,
        '-' => Binary::Subtract,
        '±' => Binary::PlusMinus(false),
        '∓' => Binary::PlusMinus(true),
        '*' => Binary::Multiply,
        '/' => Binary::Divide,
        '^' => Binary::Power,
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn build_command(&mut self, command: Command, last: Id) -> Result<Id, Failure> {
        let mut first = || self.operands.pop().ok_or(Failure::NotMathematics);
        let node = match command {
            Command::Sqrt => Node::Call(Function::Sqrt, last),
            Command::Fraction => Node::Divide(first()?, last),
            Command::Root => Node::Root(first()?, last),
            Command::Binomial => Node::Pair(Pair::Binomial, first()?, last),
        };
        Ok(self.tree.push(node))
    }

    /// Applies what waits on the stack with a strength above half of `twice`, down to the innermost bracket.
    pub(super) fn reduce_above(&mut self, twice: u8) -> Result<(), Failure> {
        while let Some(&operator) = self.operators.last() {
            let strength = match operator {
                Operator::Binary(binary) => binary.strength(),
                Operator::Negate(true) => Binary::Power.strength(),
                Operator::Negate(false) | Operator::PlusMinus(_) => NEGATE_STRENGTH,
                Operator::Call(..) => CALL_STRENGTH,
                Operator::Series(_) => SERIES_STRENGTH,
                Operator::Arguments(..) | Operator::Open(..) | Operator::Matrix(..) => {
                    return Ok(());
                }
            };
            if strength * 2 <= twice {
                return Ok(());
            }
            self.reduce(operator)?;
        }
        Ok(())
    }

    pub(super) fn reduce(&mut self, operator: Operator) -> Result<(), Failure> {
        self.operators.pop();
        let last = self.operands.pop().ok_or(Failure::NotMathematics)?;
        let node = match operator {
            Operator::Binary(binary) => self.build_binary(binary, last)?,
            Operator::Negate(_) => Node::Negate(last),
            Operator::PlusMinus(flipped) => {
                let zero = self.tree.push_number(Rational::ZERO);
                Node::PlusMinus(zero, last, flipped)
            }
            Operator::Call(callee, power) => {
                let call = match callee {
                    Callee::Function(function) => Node::Call(function, last),
                    Callee::Log(base) => Node::Log(base, last),
                    Callee::Pair(pair) => self.build_pair(pair, last)?,
                    Callee::Determinant => {
                        let determinant = self.determinant(last)?;
                        self.tree.node(determinant)
                    }
                };
                match power {
                    Some(power) => Node::Power(self.tree.push(call), power),
                    None => call,
                }
            }
            Operator::Series(series) => {
                let id = self.expand(series, last)?;
                self.operands.push(id);
                return Ok(());
            }
            Operator::Arguments(..) | Operator::Open(..) | Operator::Matrix(..) => {
                return Err(Failure::NotMathematics);
            }
        };
        let id = self.tree.push(node);
        self.operands.push(id);
        Ok(())
    }

    fn build_binary(&mut self, binary: Binary, last: Id) -> Result<Node, Failure> {
        let many = matches!(
            binary,
            Binary::Comma
                | Binary::Or
                | Binary::And
                | Binary::Union
                | Binary::Intersection
                | Binary::Relation(_)
        );
        if many {
            return self.build_many(binary, last);
        }
        let first = self.operands.pop().ok_or(Failure::NotMathematics)?;
        Ok(match binary {
            Binary::Add => Node::Add(first, last),
            Binary::Subtract => Node::Subtract(first, last),
            Binary::PlusMinus(flipped) => Node::PlusMinus(first, last, flipped),
            Binary::Multiply | Binary::Implicit => Node::Multiply(first, last),
            Binary::Power => Node::Power(first, last),
            Binary::Modulo => Node::Pair(Pair::Modulo, first, last),
            Binary::Over(Command::Binomial) => Node::Pair(Pair::Binomial, first, last),
            Binary::Divide | Binary::Over(_) => Node::Divide(first, last),
            Binary::SetMinus => Node::SetMinus(first, last),
            _ => Node::SuchThat(first, last),
        })
    }

    /// One node of all values between the same operators in a row.
    fn build_many(&mut self, binary: Binary, last: Id) -> Result<Node, Failure> {
        let mut items = vec![last];
        let mut relations = Vec::new();
        if let Binary::Relation(relation) = binary {
            relations.push(relation);
        }
        items.push(self.operands.pop().ok_or(Failure::NotMathematics)?);
        while let Some(&Operator::Binary(before)) = self.operators.last() {
            match before {
                Binary::Relation(relation) if !relations.is_empty() => relations.push(relation),
                _ if before == binary => {}
                _ => break,
            }
            self.operators.pop();
            items.push(self.operands.pop().ok_or(Failure::NotMathematics)?);
        }
        items.reverse();
        relations.reverse();
        let span = self.tree.span(&items);
        Ok(match binary {
            Binary::Comma => Node::List(span),
            Binary::Or => Node::Or(span),
            Binary::And => Node::And(span),
            Binary::Union => Node::Union(span),
            Binary::Intersection => Node::Intersection(span),
            _ => {
                let first = self.tree.relations.len() as u32;
                self.tree.relations.extend(relations);
                Node::Chain(span, first)
            }
        })
    }

    pub(super) fn close(&mut self, symbol: char) -> Result<(), Failure> {
        self.reduce_above(0)?;
        let Some(Operator::Open(open, base)) = self.operators.pop() else {
            return Err(Failure::NotMathematics);
        };
        if self.operands.len() != base + 1 {
            return Err(Failure::NotMathematics);
        }
        self.depth -= 1;
        let inside = self.operands.pop().ok_or(Failure::NotMathematics)?;
        let id = self.bracketed(open, symbol, inside)?;
        // `\sin(x) y`: the bracket behind a function's name is its whole argument.
        if let Some(&operator @ Operator::Call(..)) = self.operators.last() {
            self.operands.push(id);
            self.reduce(operator)?;
            let id = self.operands.pop().ok_or(Failure::NotMathematics)?;
            return self.value(id);
        }
        self.value(id)
    }

    fn bracketed(&mut self, open: char, close: char, inside: Id) -> Result<Id, Failure> {
        let (open, close) = match (open, close) {
            ('(', ')') => (Fence::Parenthesis, Fence::Parenthesis),
            ('[', ']') => (Fence::Bracket, Fence::Bracket),
            ('(', ']') => (Fence::Parenthesis, Fence::Bracket),
            ('[', ')') => (Fence::Bracket, Fence::Parenthesis),
            (SET_OPEN, SET_CLOSE) => (Fence::Brace, Fence::Brace),
            ('{', '}') => (Fence::Invisible, Fence::Invisible),
            ('⟨', '⟩') => (Fence::Angle, Fence::Angle),
            ('|', '|') => return Ok(self.tree.push(Node::Call(Function::Abs, inside))),
            ('⌊', '⌋') => return Ok(self.tree.push(Node::Call(Function::Floor, inside))),
            ('⌈', '⌉') => return Ok(self.tree.push(Node::Call(Function::Ceil, inside))),
            _ => return Err(Failure::NotMathematics),
        };
        Ok(match self.tree.node(inside) {
            Node::List(span) => {
                let fence = if open == Fence::Invisible {
                    Fence::Brace
                } else {
                    open
                };
                let close = if open == Fence::Invisible {
                    Fence::Brace
                } else {
                    close
                };
                self.tree.push(Node::Group(fence, close, span))
            }
            Node::SuchThat(..) => inside,
            _ if open == Fence::Brace => {
                let span = self.tree.span(&[inside]);
                self.tree
                    .push(Node::Group(Fence::Brace, Fence::Brace, span))
            }
            _ if open == close => inside,
            _ => return Err(Failure::NotMathematics),
        })
    }
}
