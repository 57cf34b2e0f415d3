//! `spice_fast._core`: the only crate that names Python. It converts, calls, and converts back; it holds no logic.

#![allow(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "functions have the arguments that Python passes, and these are owned"
)]

mod answers;
mod arrow;
mod boundary;
mod chunk;
mod corpus;
mod error;
mod filter;
mod keep;
mod options;
mod questions;
mod rewards;
mod sample;
mod search;
mod store;

use pyo3::prelude::*;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    corpus::register(module)?;
    chunk::register(module)?;
    filter::register(module)?;
    questions::register(module)?;
    search::register(module)?;
    keep::register(module)?;
    sample::register(module)?;
    arrow::register(module)?;
    store::register(module)?;
    answers::register(module)?;
    options::register(module)?;
    rewards::register(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
