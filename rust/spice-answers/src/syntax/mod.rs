//! Mathematics as text becomes a tree: [`token`] reads symbols, [`parser`] orders them, [`tree`] holds the result.
//!
//! A text that is not mathematics from its first symbol to its last has no tree; a prefix never counts.

mod command;
mod digits;
mod matrix;
mod names;
mod operand;
pub(crate) mod parser;
mod print;
mod reduce;
mod series;
pub(crate) mod token;
pub(crate) mod tree;

pub(crate) use parser::parse;
pub(crate) use token::{Kind, Token, Tokens, outside_brackets, tokens};
pub(crate) use tree::{Constant, Function, Id, Node, Pair, Relation, Tree};
