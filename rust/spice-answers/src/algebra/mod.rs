//! Whether two expressions are the same function of their variables.
//!
//! Constants are compared exactly where they are rational. Rational functions are evaluated at random points of two
//! prime fields: a difference is a proof, an agreement is wrong with a probability below 10^-12. Everything else is
//! evaluated in ball arithmetic: disjoint balls prove a difference, and 160 bits of agreement are taken for equality.

mod ball;
mod big;
mod exact;
mod float;
pub(crate) mod identity;
mod modular;
mod numeric;
mod points;
pub(crate) mod rational;
