//! Search: queries and texts in, documents with scores out.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use spice_corpus::{Hit, IndexOptions};

use crate::boundary::{detached, interruptible, with_progress};
use crate::corpus::CorpusReader;

/// Builds the index of a corpus, or what is missing of it; gives its number of documents and of parts.
#[pyfunction]
fn build_index(
    py: Python<'_>,
    corpus: &CorpusReader,
    folder: Option<PathBuf>,
    has_positions: bool,
    memory_bytes: u64,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u64, usize)> {
    let folder = folder.unwrap_or_else(|| spice_corpus::index_folder(&corpus.inner));
    let options = IndexOptions {
        has_positions,
        memory_bytes,
        threads,
    };
    let manifest = with_progress(py, progress, |counters, stop| {
        spice_corpus::build_index(&corpus.inner, &folder, &options, counters, stop)
    })?;
    Ok((manifest.num_documents, manifest.parts.len()))
}

/// An open index.
#[pyclass(frozen, module = "spice_fast._core")]
struct SearchIndex {
    inner: spice_corpus::SearchIndex,
}

/// Documents and scores, the best first.
type Hits = Vec<(u64, f32)>;

fn hits(found: Vec<Hit>) -> Hits {
    found
        .into_iter()
        .map(|hit| (hit.document, hit.score))
        .collect()
}

#[pymethods]
impl SearchIndex {
    #[new]
    fn new(py: Python<'_>, corpus: &CorpusReader, folder: Option<PathBuf>) -> PyResult<Self> {
        let corpus = Arc::clone(&corpus.inner);
        let folder = folder.unwrap_or_else(|| spice_corpus::index_folder(&corpus));
        let inner = detached(py, || spice_corpus::SearchIndex::open(corpus, &folder))?;
        Ok(Self { inner })
    }

    #[getter]
    fn has_positions(&self) -> bool {
        self.inner.manifest().has_positions
    }

    fn search(&self, py: Python<'_>, query: &str, limit: usize) -> PyResult<Hits> {
        detached(py, || self.inner.search(query, limit)).map(hits)
    }

    fn like(&self, py: Python<'_>, text: &str, limit: usize) -> PyResult<Hits> {
        detached(py, || self.inner.like(text, limit)).map(hits)
    }

    /// First byte, end, and text.
    fn snippet(
        &self,
        py: Python<'_>,
        document: u64,
        query: &str,
    ) -> PyResult<(usize, usize, String)> {
        let piece = detached(py, || self.inner.snippet(document, query))?;
        Ok((piece.start, piece.end, piece.text))
    }

    /// Writes a keep file of the documents that a query is about; gives their number.
    fn keep(
        &self,
        py: Python<'_>,
        query: &str,
        most: Option<usize>,
        path: PathBuf,
        overwrite: bool,
    ) -> PyResult<u64> {
        interruptible(py, |stop| {
            self.inner.write_keep(query, most, &path, overwrite, stop)
        })
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(build_index, module)?)?;
    module.add_class::<SearchIndex>()
}
