//! Chunks and tokens: texts in, flat arrays out.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::{PyArray1, ToPyArray};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use spice_corpus::{ChunkSize, Chunks, TokenBudget};

use crate::boundary::interruptible;
use crate::corpus::CorpusReader;
use crate::error::classes;

/// An open tokenizer.
#[pyclass(frozen, module = "spice_fast._core")]
pub(crate) struct TokenCounter {
    inner: Arc<spice_corpus::TokenCounter>,
}

/// Token ids of all texts one after another, and the number of ids before each text and of all.
type Tokens<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u64>>);

#[pymethods]
impl TokenCounter {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let inner = interruptible(py, |_| spice_corpus::TokenCounter::open(&path))?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    #[getter]
    fn is_fast(&self) -> bool {
        self.inner.is_fast()
    }

    fn encode<'py>(&self, py: Python<'py>, texts: Vec<PyBackedStr>) -> PyResult<Tokens<'py>> {
        let (ids, offsets) = interruptible(py, |stop| {
            let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
            self.inner.encode_all(&texts, stop)
        })?;
        Ok((ids.to_pyarray(py), offsets.to_pyarray(py)))
    }
}

/// Documents, first bytes, ends, and numbers of tokens (none unless the limit is in tokens), one row a chunk.
type Columns<'py> = (
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
    Option<Bound<'py, PyArray1<u32>>>,
);

fn columns<'py>(py: Python<'py>, chunks: &Chunks, counts_tokens: bool) -> Columns<'py> {
    (
        chunks.documents.to_pyarray(py),
        chunks.starts.to_pyarray(py),
        chunks.ends.to_pyarray(py),
        counts_tokens.then(|| chunks.num_tokens.to_pyarray(py)),
    )
}

pub(crate) fn size_of(
    unit: &str,
    most: u64,
    tokenizer: Option<&TokenCounter>,
) -> PyResult<ChunkSize> {
    match (unit, tokenizer) {
        ("bytes", None) => Ok(ChunkSize::Bytes(most)),
        ("characters", None) => Ok(ChunkSize::Characters(most)),
        ("tokens", Some(tokenizer)) => Ok(ChunkSize::Tokens(TokenBudget::new(
            Arc::clone(&tokenizer.inner),
            most.try_into()?,
        ))),
        _ => Err(classes::ConfigError::new_err(format!(
            "unit: {unit}; expected bytes or characters, or tokens and a tokenizer"
        ))),
    }
}

/// The chunks of texts, numbered from 0.
#[pyfunction]
fn chunk_texts<'py>(
    py: Python<'py>,
    texts: Vec<PyBackedStr>,
    unit: &str,
    most: u64,
    tokenizer: Option<&TokenCounter>,
    threads: Option<usize>,
) -> PyResult<Columns<'py>> {
    let size = size_of(unit, most, tokenizer)?;
    let chunks = interruptible(py, |stop| {
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        Chunks::of_texts(&texts, &size, threads, stop)
    })?;
    Ok(columns(py, &chunks, tokenizer.is_some()))
}

/// The chunks of some documents of a corpus.
#[pyfunction]
fn chunk_corpus<'py>(
    py: Python<'py>,
    corpus: &CorpusReader,
    documents: Vec<u64>,
    unit: &str,
    most: u64,
    tokenizer: Option<&TokenCounter>,
    threads: Option<usize>,
) -> PyResult<Columns<'py>> {
    let size = size_of(unit, most, tokenizer)?;
    let chunks = interruptible(py, |stop| {
        Chunks::of_corpus(&corpus.inner, &documents, &size, threads, stop)
    })?;
    Ok(columns(py, &chunks, tokenizer.is_some()))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TokenCounter>()?;
    module.add_function(wrap_pyfunction!(chunk_texts, module)?)?;
    module.add_function(wrap_pyfunction!(chunk_corpus, module)?)
}
