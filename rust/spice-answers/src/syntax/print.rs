//! A tree as text again, for people: with every bracket written, cut where it grows long.

use super::tree::{Constant, Fence, Id, Node, Relation, Span, Tree};

/// Bytes of a printed node; what is longer is cut.
const MAX_BYTES: usize = 400;

impl Tree {
    /// The node in plain writing.
    pub(crate) fn printed(&self, root: Id) -> String {
        let reachable = self.reachable(root);
        let mut texts: Vec<String> = Vec::with_capacity(reachable.len());
        for (id, reached) in reachable.iter().enumerate() {
            let mut text = if *reached {
                self.print_node(id as Id, &texts)
            } else {
                String::new()
            };
            if text.len() > MAX_BYTES {
                text.truncate(text.floor_char_boundary(MAX_BYTES));
                text.push_str("...");
            }
            texts.push(text);
        }
        texts.pop().unwrap_or_default()
    }

    fn print_node(&self, id: Id, texts: &[String]) -> String {
        let of = |id: Id| texts[id as usize].as_str();
        let joined = |span: Span, separator: &str| {
            let items: Vec<&str> = self
                .items(span)
                .iter()
                .take(64)
                .map(|&item| of(item))
                .collect();
            items.join(separator)
        };
        match self.node(id) {
            Node::Number(index) => {
                let value = &self.numbers[index as usize].value;
                if value.is_whole() {
                    value.numerator().to_string()
                } else {
                    format!("{}/{}", value.numerator(), value.denominator())
                }
            }
            Node::Variable(name) => self.name(name).to_owned(),
            Node::Constant(Constant::Pi) => "pi".to_owned(),
            Node::Constant(Constant::E) => "e".to_owned(),
            Node::Constant(Constant::I) => "i".to_owned(),
            Node::Constant(Constant::Infinity) => "infinity".to_owned(),
            Node::Negate(a) => format!("-({})", of(a)),
            Node::Add(a, b) => format!("({} + {})", of(a), of(b)),
            Node::Subtract(a, b) => format!("({} - {})", of(a), of(b)),
            Node::Multiply(a, b) => format!("({} * {})", of(a), of(b)),
            Node::Divide(a, b) => format!("({} / {})", of(a), of(b)),
            Node::Power(a, b) => format!("({} ^ {})", of(a), of(b)),
            Node::Root(index, a) => format!("root({}, {})", of(index), of(a)),
            Node::Log(base, a) => format!("log({}, {})", of(base), of(a)),
            Node::Pair(pair, a, b) => {
                let name = format!("{pair:?}").to_lowercase();
                format!("{name}({}, {})", of(a), of(b))
            }
            Node::Call(function, a) => {
                format!("{}({})", format!("{function:?}").to_lowercase(), of(a))
            }
            Node::PlusMinus(a, b, _) => format!("({} +- {})", of(a), of(b)),
            Node::List(span) => joined(span, ", "),
            Node::Group(open, close, span) => {
                let bracket = |fence, left: &'static str, right: &'static str| match fence {
                    Fence::Parenthesis => [left, right],
                    Fence::Bracket => ["[", "]"],
                    Fence::Brace | Fence::Invisible => ["{", "}"],
                    Fence::Angle => ["<", ">"],
                };
                format!(
                    "{}{}{}",
                    bracket(open, "(", ")")[0],
                    joined(span, ", "),
                    bracket(close, "(", ")")[1]
                )
            }
            Node::Matrix(span, columns) => {
                format!("matrix of {columns} columns: {}", joined(span, ", "))
            }
            Node::Cases(span) => format!("cases {}", joined(span, ", ")),
            Node::Chain(span, first) => {
                let mut out = String::new();
                for (place, &item) in self.items(span).iter().enumerate() {
                    if place > 0 {
                        out.push_str(sign(self.relations[first as usize + place - 1]));
                    }
                    out.push_str(of(item));
                }
                out
            }
            Node::Or(span) => joined(span, " or "),
            Node::And(span) => joined(span, " and "),
            Node::Union(span) => joined(span, " union "),
            Node::Intersection(span) => joined(span, " intersection "),
            Node::SetMinus(a, b) => format!("{} without {}", of(a), of(b)),
            Node::SuchThat(a, b) => format!("{{{} | {}}}", of(a), of(b)),
            Node::EmptySet => "the empty set".to_owned(),
        }
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => " = ",
        Relation::NotEqual => " != ",
        Relation::Less => " < ",
        Relation::LessEqual => " <= ",
        Relation::Greater => " > ",
        Relation::GreaterEqual => " >= ",
        Relation::Approximately => " ~ ",
        Relation::In => " in ",
    }
}
