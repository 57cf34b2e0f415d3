//! One conversion from the crates' errors to the classes of `spice_fast.errors`.

use pyo3::PyErr;

/// The Python classes, under the names that they have there.
pub(crate) mod classes {
    pyo3::import_exception!(spice_fast.errors, ConfigError);
    pyo3::import_exception!(spice_fast.errors, CorpusError);
    pyo3::import_exception!(spice_fast.errors, DocumentError);
    pyo3::import_exception!(spice_fast.errors, MissingFileError);
    pyo3::import_exception!(spice_fast.errors, OutputExistsError);
    pyo3::import_exception!(spice_fast.errors, StorageError);
}

/// A crate error that knows which Python exception carries it.
pub(crate) trait IntoPyErr {
    /// The Python exception with the error's own message.
    fn into_py_err(self) -> PyErr;
}
