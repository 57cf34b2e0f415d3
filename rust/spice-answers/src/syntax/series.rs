//! Sums, products and choices of whole numbers: `\sum_{k=1}^{10} k^2`, `\gcd(4, 6)`, `C(10, 3)`, `{}_{10}C_3`.

use super::parser::{Operator, Parser};
use super::token::{Failure, Kind};
use super::tree::{Fence, Id, Node, Pair};
use crate::algebra::rational::Rational;
use crate::limits::MAX_NODES;

/// Between a sum and a product: the terms of a sum end before the next plus sign.
pub(super) const SERIES_STRENGTH: u8 = 7;

/// A sum or product over a whole range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    is_product: bool,
    /// Index of the running variable's name.
    name: u32,
    low: i64,
    high: i64,
}

impl<'t> Parser<'t> {
    /// What follows `\sum` or `\prod`: both bounds as whole numbers, in either order.
    pub(super) fn series(&mut self, is_product: bool) -> Result<(), Failure> {
        let mut below = None;
        let mut above = None;
        for _ in 0..2 {
            match self.peek(0) {
                Some(Kind::Subscript(text)) if below.is_none() => {
                    self.at += 1;
                    below = Some(text);
                }
                Some(Kind::Symbol('^')) if above.is_none() => {
                    self.at += 1;
                    above = Some(self.whole().ok_or(Failure::NotMathematics)?);
                }
                _ => return Err(Failure::NotMathematics),
            }
        }
        let (name, low) = below
            .and_then(|text| text.split_once('='))
            .ok_or(Failure::NotMathematics)?;
        let (name, low) = (name.trim(), low.trim().parse());
        let is_name = name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        let (Ok(low), Some(high), true) = (low, above, is_name) else {
            return Err(Failure::NotMathematics);
        };
        // Letters that are constants elsewhere run here: \sum_{i=1}^{9} i.
        self.running.push(name);
        let variable = self.tree.push_variable(name);
        let Node::Variable(name) = self.tree.node(variable) else {
            return Err(Failure::NotMathematics);
        };
        self.operators.push(Operator::Series(Series {
            is_product,
            name,
            low,
            high,
        }));
        Ok(())
    }

    /// All terms of a series, written out.
    pub(super) fn expand(&mut self, series: Series, term: Id) -> Result<Id, Failure> {
        self.running.pop();
        let reachable = self.tree.reachable(term);
        let term_nodes = reachable.iter().filter(|&&reached| reached).count() + 1;
        let num_terms = usize::try_from(series.high.saturating_sub(series.low).saturating_add(1));
        let fits =
            num_terms.is_ok_and(|num_terms| num_terms.saturating_mul(term_nodes) <= MAX_NODES / 2);
        if !fits || !self.tree.is_scalar(term) {
            return Err(Failure::NotMathematics);
        }
        let mut total = None;
        for index in series.low..=series.high {
            let number = self.tree.push_number(Rational::integer(index));
            let number = self.tree.node(number);
            let term = self.tree.copied(term, |_, node| {
                (node == Node::Variable(series.name)).then_some(number)
            });
            total = Some(match total {
                None => term,
                Some(total) if series.is_product => self.tree.push(Node::Multiply(total, term)),
                Some(total) => self.tree.push(Node::Add(total, term)),
            });
        }
        total.ok_or(Failure::NotMathematics)
    }

    /// `n` or `{n}` as a whole number, taken.
    fn whole(&mut self) -> Option<i64> {
        let braced = self.follows('{');
        let start = usize::from(braced);
        let negative = self.peek(start) == Some(Kind::Symbol('-'));
        let at = start + usize::from(negative);
        let value = self.tokens.number(self.at + at)?.value.as_integer()?;
        if braced && self.peek(at + 1) != Some(Kind::Symbol('}')) {
            return None;
        }
        self.at += at + 1 + usize::from(braced);
        Some(if negative { -value } else { value })
    }

    /// The value of `\gcd`, `\max` and the like of what stands in their brackets.
    pub(super) fn build_pair(&mut self, pair: Pair, brackets: Id) -> Result<Node, Failure> {
        let Node::Group(Fence::Parenthesis | Fence::Brace | Fence::Bracket, _, span) =
            self.tree.node(brackets)
        else {
            return Err(Failure::NotMathematics);
        };
        let items = self.tree.items(span).to_vec();
        let is_choice = matches!(pair, Pair::Binomial | Pair::Permutations);
        if items.len() < 2 || (is_choice && items.len() > 2) {
            return Err(Failure::NotMathematics);
        }
        let mut node = self.tree.node(items[0]);
        for &item in &items[1..] {
            let first = self.tree.push(node);
            node = Node::Pair(pair, first, item);
        }
        Ok(node)
    }

    /// The number of choices that a letter before `(n, k)` stands for: `C(10, 3)`, `P(6, 3)`.
    pub(super) fn choice_ahead(&self, letter: &str) -> Option<Pair> {
        let pair = match letter {
            "C" => Pair::Binomial,
            "P" => Pair::Permutations,
            _ => return None,
        };
        let is_whole = |ahead: usize| {
            self.tokens
                .number(self.at + ahead)
                .is_some_and(|number| number.value.is_whole())
        };
        let shape = [0, 2, 4].map(|ahead| self.peek(ahead));
        let brackets = [
            Some(Kind::Symbol('(')),
            Some(Kind::Symbol(',')),
            Some(Kind::Symbol(')')),
        ];
        (shape == brackets && is_whole(1) && is_whole(3)).then_some(pair)
    }

    /// `C_{20}^{10}` behind its letter: both numbers, where the lower is not the smaller.
    pub(super) fn choice_behind(&mut self, letter: char) -> Option<Node> {
        let pair = match letter {
            'C' => Pair::Binomial,
            'A' | 'P' => Pair::Permutations,
            _ => return None,
        };
        let (Some(Kind::Subscript(below)), Some(Kind::Symbol('^'))) = (self.peek(0), self.peek(1))
        else {
            return None;
        };
        let lower = below.parse::<i64>().ok()?;
        let start = self.at;
        self.at += 2;
        let upper = self.whole().filter(|upper| (0..=lower).contains(upper));
        if upper.is_none() {
            self.at = start;
        }
        Some(self.choice(pair, lower, upper?))
    }

    /// A choice written with its numbers before and behind the letter, taken whole; `false` where there is none.
    pub(super) fn prescript(&mut self, first: Kind<'t>) -> Result<bool, Failure> {
        let start = self.at;
        let Some(node) = self.choice_around(first) else {
            self.at = start;
            return Ok(false);
        };
        let id = self.tree.push(node);
        self.value(id)?;
        Ok(true)
    }

    fn choice_around(&mut self, first: Kind<'t>) -> Option<Node> {
        let mut first = first;
        if first == Kind::Symbol('{') {
            if !self.follows('}') {
                return None;
            }
            first = self.peek(1)?;
            self.at += 2;
        }
        let n = match first {
            Kind::Subscript(below) => below.parse().ok()?,
            Kind::Symbol('^') => self.whole()?,
            _ => return None,
        };
        let pair = match self.peek(0)? {
            Kind::Letters("C") => Pair::Binomial,
            Kind::Letters("P") => Pair::Permutations,
            _ => return None,
        };
        let Kind::Subscript(below) = self.peek(1)? else {
            return None;
        };
        self.at += 2;
        Some(self.choice(pair, n, below.parse().ok()?))
    }

    fn choice(&mut self, pair: Pair, n: i64, k: i64) -> Node {
        let n = self.tree.push_number(Rational::integer(n));
        let k = self.tree.push_number(Rational::integer(k));
        Node::Pair(pair, n, k)
    }
}
