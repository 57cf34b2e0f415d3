//! Corpora and samplers: paths and numbers in, texts and numbers out.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::{PyIndexError, PyKeyboardInterrupt, PyMemoryError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use spice_corpus::{BuildOptions, CorpusError, Manifest, OnError, Skipped};

use crate::boundary::{detached, interruptible, with_progress};
use crate::error::{IntoPyErr, classes};

impl IntoPyErr for CorpusError {
    fn into_py_err(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Missing { .. } => classes::MissingFileError::new_err(message),
            Self::OutputExists { .. }
            | Self::OutputIsForeign { .. }
            | Self::ExportIsForeign { .. }
            | Self::Busy { .. } => classes::OutputExistsError::new_err(message),
            Self::Memory { .. } => PyMemoryError::new_err(message),
            Self::Document { .. } => classes::DocumentError::new_err(message),
            Self::Tokenizer { .. } | Self::Argument { .. } => {
                classes::ConfigError::new_err(message)
            }
            Self::Io { .. } | Self::Threads { .. } => classes::StorageError::new_err(message),
            Self::NoSuchDocument { .. } => PyIndexError::new_err(message),
            Self::Interrupted => PyKeyboardInterrupt::new_err(()),
            _ => classes::CorpusError::new_err(message),
        }
    }
}

/// What `manifest.json` says, as a dictionary.
#[derive(IntoPyObject)]
pub(crate) struct Facts {
    hash: String,
    num_documents: u64,
    num_bytes: u64,
    num_sources: u64,
    num_short: u64,
    num_skipped: u64,
    num_utf16: u64,
    num_windows_1252: u64,
    formats: Vec<(&'static str, u64, u64, u64)>,
    text_keys: Vec<String>,
    min_bytes: u64,
    skipped: Vec<(String, String)>,
}

impl Facts {
    pub(crate) fn new(manifest: Manifest, skipped: Vec<Skipped>) -> Self {
        Self {
            hash: manifest.hash,
            num_documents: manifest.num_documents,
            num_bytes: manifest.num_bytes,
            num_sources: manifest.num_sources,
            num_short: manifest.num_short,
            num_skipped: manifest.num_skipped,
            num_utf16: manifest.num_utf16,
            num_windows_1252: manifest.num_windows_1252,
            formats: manifest
                .formats
                .iter()
                .map(|count| {
                    let name = count.format.name();
                    (
                        name,
                        count.num_sources,
                        count.num_documents,
                        count.num_bytes,
                    )
                })
                .collect(),
            text_keys: manifest.text_keys,
            min_bytes: manifest.min_bytes,
            skipped: skipped
                .into_iter()
                .map(|one| (one.place, one.reason))
                .collect(),
        }
    }
}

/// What build and pack have in common.
pub(crate) fn build_options(
    text_keys: Vec<String>,
    min_bytes: u64,
    on_error: &str,
    overwrite: bool,
    threads: Option<usize>,
) -> PyResult<BuildOptions> {
    Ok(BuildOptions {
        text_keys,
        min_bytes,
        on_error: match on_error {
            "stop" => OnError::Stop,
            "skip" => OnError::Skip,
            _ => {
                return Err(classes::ConfigError::new_err(format!(
                    "on_error: {on_error}; expected stop or skip"
                )));
            }
        },
        overwrite,
        threads,
    })
}

/// Builds a corpus; `progress(done_bytes, total_bytes)` is called about every 50 ms.
#[pyfunction]
fn build_corpus(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    output: PathBuf,
    text_keys: Vec<String>,
    min_bytes: u64,
    on_error: &str,
    overwrite: bool,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Facts> {
    let options = build_options(text_keys, min_bytes, on_error, overwrite, threads)?;
    let report = with_progress(py, progress, |counters, stop| {
        spice_corpus::build(&inputs, &output, &options, counters, stop)
    })?;
    Ok(Facts::new(report.manifest, report.skipped))
}

/// Writes the catalogue of a corpus without texts; `progress(done_documents, num_documents)` is called about every 50 ms.
#[pyfunction]
fn build_synthetic(
    py: Python<'_>,
    num_documents: u64,
    output: PathBuf,
    overwrite: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Facts> {
    let report = with_progress(py, progress, |counters, stop| {
        spice_corpus::build_synthetic(num_documents, &output, overwrite, counters, stop)
    })?;
    Ok(Facts::new(report.manifest, report.skipped))
}

/// File, line or row counted from 1, format, bytes of text; then id, source, url and licence.
type Document = (PathBuf, Option<u32>, &'static str, u64, [Option<String>; 4]);

/// Texts that are copied between two looks for Ctrl-C.
const ROWS_BETWEEN_SIGNALS: usize = 64;

/// An open corpus.
#[pyclass(frozen, module = "spice_fast._core")]
pub(crate) struct CorpusReader {
    pub(crate) inner: Arc<spice_corpus::Corpus>,
}

#[pymethods]
impl CorpusReader {
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let corpus = detached(py, || spice_corpus::Corpus::open(&folder))?;
        Ok(Self {
            inner: Arc::new(corpus),
        })
    }

    #[getter]
    fn folder(&self) -> PathBuf {
        self.inner.folder().to_owned()
    }

    #[getter]
    fn num_documents(&self) -> u64 {
        self.inner.num_documents()
    }

    #[getter]
    fn num_bytes(&self) -> u64 {
        self.inner.num_bytes()
    }

    #[getter]
    fn hash(&self) -> &str {
        self.inner.hash()
    }

    fn read<'py>(
        &self,
        py: Python<'py>,
        indices: Vec<u64>,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyList>> {
        let corpus = &self.inner;
        let list = PyList::empty(py);
        let lies_raw = indices.first().map(|&index| corpus.lies_raw(index));
        if lies_raw.transpose().map_err(IntoPyErr::into_py_err)? == Some(true) {
            // Python itself copies a text out of the shard, so nothing is left to do without its lock.
            let mut scratch = Vec::new();
            for (row, &index) in indices.iter().enumerate() {
                if row % ROWS_BETWEEN_SIGNALS == 0 {
                    py.check_signals()?;
                }
                let text = corpus.with_text(index, &mut scratch, |text| PyString::new(py, text));
                list.append(text.map_err(IntoPyErr::into_py_err)?)?;
            }
            return Ok(list);
        }
        let texts = interruptible(py, |stop| corpus.read_texts(&indices, threads, stop))?;
        for text in texts.iter() {
            list.append(PyString::from_bytes(py, text)?)?;
        }
        Ok(list)
    }

    /// One past the last document of a batch that begins with `first`.
    fn batch_end(&self, first: u64, stop: u64, max_rows: u64) -> u64 {
        self.inner.batch_end(first, stop, max_rows)
    }

    /// Where a document comes from, and what its record says of it.
    fn document(&self, py: Python<'_>, index: u64) -> PyResult<Document> {
        let place = detached(py, || self.inner.document(index))?;
        let facts = place.facts;
        Ok((
            place.path,
            place.ordinal,
            place.format.name(),
            place.num_bytes,
            [facts.id, facts.source, facts.url, facts.license],
        ))
    }

    /// What the manifest says, and (percent, bytes) of the documents' lengths.
    fn stats(&self, py: Python<'_>) -> PyResult<(Facts, Vec<(u8, u64)>)> {
        let stats = interruptible(py, |_| self.inner.stats())?;
        let facts = Facts::new(stats.manifest, stats.skipped);
        Ok((facts, stats.length_percentiles.to_vec()))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(build_corpus, module)?)?;
    module.add_function(wrap_pyfunction!(build_synthetic, module)?)?;
    module.add_class::<CorpusReader>()
}
