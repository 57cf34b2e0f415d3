//! A value as the steps that build it, for another system of algebra: no text of a model leaves the grader, only what was
//! read of it.

use crate::syntax::{Constant, Node, Tree};
use crate::typed;

/// One operation: what it is, its number or name, and the earlier steps that it works on.
///
/// Operations are `number` (text `p` or `p/q`), `variable` and `constant` (text their name), `negate`, `add`, `subtract`,
/// `multiply`, `divide`, `power`, `root` (index, radicand), `log` (base, argument), `call` and `pair` (text the function's
/// name in lower case).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The operation.
    pub operation: &'static str,
    /// A number, or a name; empty for arithmetic.
    pub text: String,
    /// Places of the steps that it works on.
    pub arguments: Vec<usize>,
}

/// The steps that build the value a text is read as, the value last; `None` where it is no single value without a unit.
///
/// # Examples
///
/// ```
/// let steps = spice_answers::value_steps(r"\frac{x}{2}").unwrap();
/// let names: Vec<_> = steps.iter().map(|step| step.operation).collect();
/// assert_eq!(names, ["variable", "number", "divide"]);
/// ```
pub fn value_steps(text: &str) -> Option<Vec<Step>> {
    let (tree, root) = typed::value_tree(text.trim())?;
    let reachable = tree.reachable(root);
    let mut places = vec![0; reachable.len()];
    let mut steps = Vec::new();
    for id in (0..reachable.len()).filter(|&id| reachable[id]) {
        let (operation, text) = operation(&tree, tree.nodes[id])?;
        let mut arguments = Vec::new();
        tree.each_child(id as u32, |child| arguments.push(places[child as usize]));
        places[id] = steps.len();
        steps.push(Step {
            operation,
            text,
            arguments,
        });
    }
    Some(steps)
}

fn operation(tree: &Tree, node: Node) -> Option<(&'static str, String)> {
    let plain = |operation| Some((operation, String::new()));
    let named = |operation, name: String| Some((operation, name.to_lowercase()));
    match node {
        Node::Number(index) => {
            let value = &tree.numbers[index as usize].value;
            let text = if value.is_whole() {
                value.numerator().to_string()
            } else {
                format!("{}/{}", value.numerator(), value.denominator())
            };
            Some(("number", text))
        }
        Node::Variable(name) => Some(("variable", tree.name(name).to_owned())),
        Node::Constant(constant @ (Constant::Pi | Constant::E | Constant::I)) => {
            named("constant", format!("{constant:?}"))
        }
        Node::Negate(_) => plain("negate"),
        Node::Add(..) => plain("add"),
        Node::Subtract(..) => plain("subtract"),
        Node::Multiply(..) => plain("multiply"),
        Node::Divide(..) => plain("divide"),
        Node::Power(..) => plain("power"),
        Node::Root(..) => plain("root"),
        Node::Log(..) => plain("log"),
        Node::Call(function, _) => named("call", format!("{function:?}")),
        Node::Pair(pair, ..) => named("pair", format!("{pair:?}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_before_their_use() {
        for text in [
            r"\sin^2(x) + \sqrt[3]{\frac{2}{7}}",
            r"\binom{n}{2}",
            "-2.5e^{i\\pi}",
        ] {
            let steps = value_steps(text).unwrap();
            for (place, step) in steps.iter().enumerate() {
                assert!(step.arguments.iter().all(|&argument| argument < place));
            }
        }
    }

    #[test]
    fn what_is_no_single_value_has_none() {
        for text in ["(1, 2)", "x < 3", "hello", "5 km", r"\infty", "", "x = 5"] {
            assert_eq!(value_steps(text), None, "{text}");
        }
    }
}
