//! One conversion from the crates' errors to the classes of `spice_fast.errors`.

use pyo3::PyErr;

/// A crate error that knows which Python exception carries it.
pub(crate) trait IntoPyErr {
    /// The Python exception with the error's own message.
    fn into_py_err(self) -> PyErr;
}
