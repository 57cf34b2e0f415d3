//! Keep files: paths and document numbers in and out.

use std::path::PathBuf;

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use spice_corpus::{CorpusError, Keep, KeepBits, Predicate, filter};

use crate::boundary::{detached, interruptible, with_progress};
use crate::corpus::CorpusReader;

/// An open keep file.
#[pyclass(frozen, module = "spice_fast._core")]
struct KeepFile {
    inner: Keep,
}

#[pymethods]
impl KeepFile {
    /// Opens a file; it must belong to the corpus if one is given.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf, corpus: Option<&CorpusReader>) -> PyResult<Self> {
        let corpus = corpus.map(|corpus| &*corpus.inner);
        let inner = detached(py, || match corpus {
            Some(corpus) => Keep::open(&path, corpus),
            None => Keep::inspect(&path),
        })?;
        Ok(Self { inner })
    }

    /// Writes a file that keeps these documents.
    #[staticmethod]
    fn write(
        py: Python<'_>,
        path: PathBuf,
        corpus: &CorpusReader,
        documents: Vec<u64>,
        made_by: String,
        overwrite: bool,
    ) -> PyResult<Self> {
        let corpus = &*corpus.inner;
        let inner = interruptible(py, |_| {
            let mut bits = KeepBits::none(corpus.num_documents());
            for &document in &documents {
                corpus.check_index(document)?;
                bits.set(document, true);
            }
            bits.write(&path, corpus, &made_by, overwrite)
        })?;
        Ok(Self { inner })
    }

    #[getter]
    fn num_documents(&self) -> u64 {
        self.inner.num_documents()
    }

    #[getter]
    fn num_kept(&self) -> u64 {
        self.inner.num_kept()
    }

    #[getter]
    fn hash(&self) -> String {
        self.inner.hash()
    }

    #[getter]
    fn corpus_hash(&self) -> String {
        self.inner.corpus_hash()
    }

    #[getter]
    fn made_by(&self) -> String {
        self.inner.made_by()
    }

    fn is_kept(&self, index: u64) -> PyResult<bool> {
        let num_documents = self.inner.num_documents();
        if index < num_documents {
            Ok(self.inner.is_kept(index))
        } else {
            let message = format!("document {index}: out of range; the corpus has {num_documents}");
            Err(PyIndexError::new_err(message))
        }
    }

    /// Kept documents number `first` to `last`, the last one not, counted among the kept ones.
    fn documents(&self, py: Python<'_>, first: u64, last: u64) -> PyResult<Vec<u64>> {
        interruptible(py, |_| {
            let places = first..last.min(self.inner.num_kept());
            let documents = places.map_while(|place| self.inner.select(place));
            Ok::<_, CorpusError>(documents.collect())
        })
    }

    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        interruptible(py, |_| self.inner.verify())
    }
}

/// Writes a keep file of the documents that satisfy every comparison: how many it keeps, how many have no value, how many
/// one of the other kind. `progress(done_documents, num_documents)` is called about every 50 ms.
#[pyfunction]
fn filter_corpus(
    py: Python<'_>,
    corpus: &CorpusReader,
    comparisons: Vec<String>,
    output: PathBuf,
    made_by: String,
    overwrite: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u64, u64, u64)> {
    let corpus = &*corpus.inner;
    let found = with_progress(py, progress, |counters, stop| {
        let predicates = comparisons.iter().map(|written| written.parse());
        let predicates = predicates.collect::<Result<Vec<Predicate>, _>>()?;
        let filtered = filter(corpus, &predicates, counters, stop)?;
        let keep = filtered.bits.write(&output, corpus, &made_by, overwrite)?;
        Ok::<_, CorpusError>((
            keep.num_kept(),
            filtered.num_without_value,
            filtered.num_of_other_kind,
        ))
    })?;
    Ok(found)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(filter_corpus, module)?)?;
    module.add_class::<KeepFile>()
}
