//! What a value can be: a number, a letter, a constant, a function before its argument.

use super::names::{Meaning, greek, meaning};
use super::parser::{Binary, Callee, Command, Operator, Parser, UNKNOWN_BASE};
use super::token::{Failure, Kind};
use super::tree::{Constant, Function, Id, Node};
use crate::algebra::rational::Rational;

impl Parser<'_> {
    /// A number, and the proper fraction behind it that makes it a mixed one.
    pub(super) fn number(&mut self, index: u32) -> Result<Id, Failure> {
        let number = self.tokens.numbers[index as usize].clone();
        if number.places.is_none()
            && number.value.is_whole()
            && self.in_front_of_value()
            && let Some((top, bottom, length)) = self.fraction_ahead()
        {
            let proper = top.is_whole() && bottom.is_whole() && !top.is_zero() && top < bottom;
            let value = top
                .divide(&bottom)
                .filter(|_| proper)
                .and_then(|part| part.add(&number.value))
                .ok_or(Failure::NotMathematics)?;
            self.at += length;
            return Ok(self.tree.push_number(value));
        }
        self.tree.numbers.push(number);
        Ok(self
            .tree
            .push(Node::Number((self.tree.numbers.len() - 1) as u32)))
    }

    /// A mixed number is a value of its own: not an exponent, nor a command's argument.
    fn in_front_of_value(&self) -> bool {
        !matches!(
            self.operators.last(),
            Some(Operator::Binary(Binary::Power) | Operator::Arguments(..))
        )
    }

    /// ` 1/2`, `\frac{1}{2}` or `\frac12`: both numbers and how many symbols they take.
    fn fraction_ahead(&self) -> Option<(Rational, Rational, usize)> {
        let number = |ahead: usize| -> Option<Rational> {
            let at = self.at + ahead;
            (at < self.end)
                .then(|| self.tokens.number(at))?
                .map(|number| number.value.clone())
        };
        let is = |ahead: usize, symbol: char| self.peek(ahead) == Some(Kind::Symbol(symbol));
        if let (Some(top), true, Some(bottom)) = (number(0), is(1, '/'), number(2)) {
            return self.tokens.list[self.at].spaced.then_some((top, bottom, 3));
        }
        if self.peek(0) != Some(Kind::Command("frac")) {
            return None;
        }
        if let (Some(top), Some(bottom)) = (number(1), number(2)) {
            return Some((top, bottom, 3));
        }
        let braces = is(1, '{') && is(3, '}') && is(4, '{') && is(6, '}');
        Some((number(2)?, number(5)?, 7)).filter(|_| braces)
    }

    pub(super) fn letters(&mut self, run: &str) -> Result<(), Failure> {
        if let Some(meaning) = meaning(run) {
            return self.meaning(meaning);
        }
        if let Some(pair) = self.choice_ahead(run) {
            return self.call(Callee::Pair(pair));
        }
        if run.len() > 4 || matches!(run, "or" | "and" | "not" | "no" | "of" | "to") {
            return Err(Failure::NotMathematics);
        }
        if let Some(differential) = self.differential(run) {
            let id = self.tree.push_variable(&differential);
            return self.value(id);
        }
        for (place, letter) in run.char_indices() {
            let is_last = place + 1 == run.len();
            if place > 0 {
                self.binary(Binary::Implicit)?;
            }
            let is_marked = matches!(self.peek(0), Some(Kind::Subscript(_) | Kind::Symbol('\'')));
            let is_running = self.running.contains(&&run[place..=place]);
            let id = if is_last && let Some(choice) = self.choice_behind(letter) {
                self.tree.push(choice)
            } else if is_last && is_marked {
                let name = self.with_marks(letter.to_string());
                self.tree.push_variable(&name)
            } else {
                match letter {
                    _ if is_running => self.tree.push_variable(&run[place..=place]),
                    'e' => self.tree.push(Node::Constant(Constant::E)),
                    'i' => self.tree.push(Node::Constant(Constant::I)),
                    _ => self.tree.push_variable(&run[place..=place]),
                }
            };
            // `f(x)` is no product.
            if is_last && matches!(letter, 'f' | 'g' | 'h' | 'F' | 'G' | 'P') && self.follows('(') {
                return Err(Failure::NotMathematics);
            }
            self.value(id)?;
        }
        Ok(())
    }

    /// A name with the subscript and the primes behind it.
    pub(super) fn with_marks(&mut self, mut name: String) -> String {
        loop {
            match self.peek(0) {
                Some(Kind::Subscript(below)) => {
                    name.push('_');
                    name.push_str(below);
                }
                Some(Kind::Symbol('\'')) => name.push('\''),
                _ => return name,
            }
            self.at += 1;
        }
    }

    /// `dx`, `d x` and `\mathrm{d}x`: one name, so that dy/dx is not y/x.
    fn differential(&mut self, run: &str) -> Option<String> {
        if run.len() == 2 && run.starts_with('d') {
            return Some(run.to_owned());
        }
        let Some(Kind::Letters(letter)) = self.peek(0).filter(|_| run == "d") else {
            return None;
        };
        self.at += usize::from(letter.len() == 1);
        (letter.len() == 1).then(|| format!("d{letter}"))
    }

    pub(super) fn command(&mut self, name: &str) -> Result<(), Failure> {
        let command = match name {
            "frac" => (Command::Fraction, 2),
            "sqrt" if self.follows('[') => (Command::Root, 2),
            "sqrt" => (Command::Sqrt, 1),
            "binom" => (Command::Binomial, 2),
            "sum" => return self.series(false),
            "prod" => return self.series(true),
            "reals" | "integers" | "naturals" | "rationals" | "complexes" => {
                let id = self.tree.push_variable(name);
                return self.value(id);
            }
            _ => {
                if let Some(meaning) = meaning(name) {
                    return self.meaning(meaning);
                }
                let name = greek(name).ok_or(Failure::NotMathematics)?;
                let name = self.with_marks(name.to_owned());
                let id = self.tree.push_variable(&name);
                return self.value(id);
            }
        };
        self.operators
            .push(Operator::Arguments(command.0, command.1));
        Ok(())
    }

    fn meaning(&mut self, meaning: Meaning) -> Result<(), Failure> {
        let callee = match meaning {
            Meaning::Constant(constant) => {
                let id = self.tree.push(Node::Constant(constant));
                return self.value(id);
            }
            Meaning::Function(function) => Callee::Function(function),
            Meaning::Pair(pair) => Callee::Pair(pair),
            Meaning::Determinant => Callee::Determinant,
            Meaning::LogBase(base) => Callee::Log(self.tree.push_number(Rational::integer(base))),
            Meaning::Log => {
                if let Some(Kind::Subscript(below)) = self.peek(0) {
                    self.at += 1;
                    Callee::Log(self.base(below)?)
                } else {
                    // Ten, two and e are all meant by someone: what holds must hold for every base.
                    Callee::Log(self.tree.push_variable(UNKNOWN_BASE))
                }
            }
        };
        self.call(callee)
    }

    /// The base below a logarithm: digits, or one letter.
    fn base(&mut self, below: &str) -> Result<Id, Failure> {
        if let Ok(base) = below.parse() {
            return Ok(self.tree.push_number(Rational::integer(base)));
        }
        match below {
            "e" => Ok(self.tree.push(Node::Constant(Constant::E))),
            _ if below.len() == 1 && below.as_bytes()[0].is_ascii_alphabetic() => {
                Ok(self.tree.push_variable(below))
            }
            _ => Err(Failure::NotMathematics),
        }
    }

    /// A function with what may stand between its name and its argument: `\sin^2`, `\sin^{-1}`.
    fn call(&mut self, mut callee: Callee) -> Result<(), Failure> {
        let mut power = None;
        if self.follows('^') {
            let (length, at, negative) =
                match (self.peek(1), self.peek(2), self.peek(3), self.peek(4)) {
                    (Some(Kind::Number(_)), ..) => (2, 1, false),
                    (
                        Some(Kind::Symbol('{')),
                        Some(Kind::Number(_)),
                        Some(Kind::Symbol('}')),
                        _,
                    ) => (4, 2, false),
                    (
                        Some(Kind::Symbol('{')),
                        Some(Kind::Symbol('-')),
                        Some(Kind::Number(_)),
                        Some(Kind::Symbol('}')),
                    ) => (5, 3, true),
                    _ => return Err(Failure::NotMathematics),
                };
            let exponent = self
                .tokens
                .number(self.at + at)
                .and_then(|number| number.value.as_integer());
            match (exponent, negative, callee) {
                (Some(1), true, Callee::Function(function)) => {
                    callee = Callee::Function(match function {
                        Function::Sin => Function::Asin,
                        Function::Cos => Function::Acos,
                        Function::Tan => Function::Atan,
                        _ => return Err(Failure::NotMathematics),
                    });
                }
                (Some(exponent @ 2..), false, _) => {
                    power = Some(self.tree.push_number(Rational::integer(exponent)));
                }
                _ => return Err(Failure::NotMathematics),
            }
            self.at += length;
        }
        self.operators.push(Operator::Call(callee, power));
        Ok(())
    }
}
