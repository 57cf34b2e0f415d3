//! What was parsed: nodes in one vector, children before parents, so that every walk is a loop and dropping one is free.

use crate::algebra::rational::Rational;

/// Place of a node in its tree.
pub(crate) type Id = u32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Constant {
    Pi,
    E,
    I,
    Infinity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Sqrt,
    Exp,
    Ln,
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Abs,
    Floor,
    Ceil,
    Factorial,
}

/// Functions of two whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pair {
    /// Subsets: n, then k.
    Binomial,
    /// Ordered choices: n, then k.
    Permutations,
    Gcd,
    Lcm,
    Max,
    Min,
    /// The remainder that is not negative.
    Modulo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Approximately,
    In,
}

/// Brackets as written; `Invisible` are LaTeX's braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    Parenthesis,
    Bracket,
    Brace,
    Angle,
    Invisible,
}

/// A run of children in [`Tree::children`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    /// Index into [`Tree::numbers`].
    Number(u32),
    /// Index into [`Tree::names`].
    Variable(u32),
    Constant(Constant),
    Negate(Id),
    Add(Id, Id),
    Subtract(Id, Id),
    Multiply(Id, Id),
    Divide(Id, Id),
    Power(Id, Id),
    /// The index, then the radicand.
    Root(Id, Id),
    /// The base, then the argument.
    Log(Id, Id),
    Pair(Pair, Id, Id),
    Call(Function, Id),
    /// `a ± b`; the flag is true for `∓`.
    PlusMinus(Id, Id, bool),
    /// Values side by side: `1, 2, 3`.
    List(Span),
    /// A list in brackets; of one element only in braces.
    Group(Fence, Fence, Span),
    /// Rows of equal length: children in reading order, and how many of them make a row.
    Matrix(Span, u32),
    /// Values and their conditions, in turn; a condition that is the name "otherwise" holds where no other does.
    Cases(Span),
    /// `a < b ≤ c`: index of the first relation in [`Tree::relations`].
    Chain(Span, u32),
    Or(Span),
    And(Span),
    Union(Span),
    Intersection(Span),
    SetMinus(Id, Id),
    /// `{x | condition}`.
    SuchThat(Id, Id),
    EmptySet,
}

/// A number as written.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub(crate) value: Rational,
    /// With a decimal point or an exponent: how many digits stand after the point.
    pub(crate) places: Option<u32>,
    /// Digits from the first that is not zero.
    pub(crate) significant: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) children: Vec<Id>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) numbers: Vec<Number>,
    /// Names of variables, once each.
    pub(crate) names: Vec<String>,
    pub(crate) root: Id,
}

impl Node {
    /// The same node of arithmetic over other children; a node of another kind as it is.
    pub(crate) fn with_children(self, of: impl Fn(Id) -> Id) -> Self {
        match self {
            Self::Negate(a) => Self::Negate(of(a)),
            Self::Call(function, a) => Self::Call(function, of(a)),
            Self::Add(a, b) => Self::Add(of(a), of(b)),
            Self::Subtract(a, b) => Self::Subtract(of(a), of(b)),
            Self::Multiply(a, b) => Self::Multiply(of(a), of(b)),
            Self::Divide(a, b) => Self::Divide(of(a), of(b)),
            Self::Power(a, b) => Self::Power(of(a), of(b)),
            Self::Root(a, b) => Self::Root(of(a), of(b)),
            Self::Log(a, b) => Self::Log(of(a), of(b)),
            Self::Pair(pair, a, b) => Self::Pair(pair, of(a), of(b)),
            Self::PlusMinus(a, b, flipped) => Self::PlusMinus(of(a), of(b), flipped),
            other => other,
        }
    }
}

impl Tree {
    pub(crate) fn node(&self, id: Id) -> Node {
        self.nodes[id as usize]
    }

    pub(crate) fn items(&self, span: Span) -> &[Id] {
        &self.children[span.start as usize..(span.start + span.length) as usize]
    }

    pub(crate) fn name(&self, index: u32) -> &str {
        &self.names[index as usize]
    }

    pub(crate) fn push(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        (self.nodes.len() - 1) as Id
    }

    pub(crate) fn push_number(&mut self, value: Rational) -> Id {
        self.numbers.push(Number {
            value,
            places: None,
            significant: 0,
        });
        self.push(Node::Number((self.numbers.len() - 1) as u32))
    }

    pub(crate) fn push_variable(&mut self, name: &str) -> Id {
        let index = self
            .names
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| {
                self.names.push(name.to_owned());
                self.names.len() - 1
            });
        self.push(Node::Variable(index as u32))
    }

    pub(crate) fn span(&mut self, items: &[Id]) -> Span {
        let start = self.children.len() as u32;
        self.children.extend_from_slice(items);
        Span {
            start,
            length: items.len() as u32,
        }
    }

    /// Whether a node is one value that arithmetic can reach: no list, set, relation or matrix below it.
    pub(crate) fn is_scalar(&self, root: Id) -> bool {
        self.reachable(root)
            .iter()
            .zip(&self.nodes)
            .all(|(&reached, node)| {
                !reached
                    || !matches!(
                        node,
                        Node::List(_)
                            | Node::Group(..)
                            | Node::Matrix(..)
                            | Node::Cases(_)
                            | Node::Chain(..)
                            | Node::Or(_)
                            | Node::And(_)
                            | Node::Union(_)
                            | Node::Intersection(_)
                            | Node::SetMinus(..)
                            | Node::SuchThat(..)
                            | Node::EmptySet
                    )
            })
    }

    /// Which nodes stand below `root`, itself included; as long as `root`'s place plus one.
    pub(crate) fn reachable(&self, root: Id) -> Vec<bool> {
        let mut reached = vec![false; root as usize + 1];
        reached[root as usize] = true;
        for id in (0..=root as usize).rev() {
            if reached[id] {
                self.each_child(id as Id, |child| reached[child as usize] = true);
            }
        }
        reached
    }

    /// A copy of a subtree of arithmetic, in which `replace` may stand for a node whose children are copied already.
    pub(crate) fn copied(
        &mut self,
        root: Id,
        replace: impl Fn(&mut Self, Node) -> Option<Node>,
    ) -> Id {
        let reachable = self.reachable(root);
        let mut places: Vec<Id> = vec![0; reachable.len()];
        for id in (0..reachable.len()).filter(|&id| reachable[id]) {
            let node = self.nodes[id].with_children(|child| places[child as usize]);
            let node = replace(self, node).unwrap_or(node);
            places[id] = self.push(node);
        }
        places.last().copied().unwrap_or_default()
    }

    pub(crate) fn each_child(&self, id: Id, mut visit: impl FnMut(Id)) {
        match self.node(id) {
            Node::Number(_) | Node::Variable(_) | Node::Constant(_) | Node::EmptySet => {}
            Node::Negate(a) | Node::Call(_, a) => visit(a),
            Node::Add(a, b)
            | Node::Subtract(a, b)
            | Node::Multiply(a, b)
            | Node::Divide(a, b)
            | Node::Power(a, b)
            | Node::Root(a, b)
            | Node::Log(a, b)
            | Node::Pair(_, a, b)
            | Node::PlusMinus(a, b, _)
            | Node::SetMinus(a, b)
            | Node::SuchThat(a, b) => {
                visit(a);
                visit(b);
            }
            Node::List(span)
            | Node::Group(_, _, span)
            | Node::Matrix(span, _)
            | Node::Cases(span)
            | Node::Chain(span, _)
            | Node::Or(span)
            | Node::And(span)
            | Node::Union(span)
            | Node::Intersection(span) => {
                for &child in self.items(span) {
                    visit(child);
                }
            }
        }
    }
}
