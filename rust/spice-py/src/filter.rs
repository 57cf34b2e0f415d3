//! Copies, benchmark pieces, and shards: paths, texts and numbers in, reports and flat arrays out.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::{PyArray1, PyArray2, PyArrayMethods, ToPyArray};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use spice_corpus::{
    Benchmark, FilterOptions, FilterReport, NUM_HASHES, ShardConfig, ShardManifest,
};

use crate::boundary::{interruptible, with_progress};
use crate::chunk::{TokenCounter, size_of};
use crate::corpus::CorpusReader;

/// Documents looked at, kept, dropped as equal to another, and bytes of text dropped.
type Report = (u64, u64, u64, u64);

fn report(report: &FilterReport) -> Report {
    (
        report.num_documents,
        report.num_kept,
        report.num_exact,
        report.num_dropped_bytes,
    )
}

/// Finds copies, and writes `dedup.keep` and `dedup.jsonl`.
#[pyfunction]
fn dedup(
    py: Python<'_>,
    corpus: &CorpusReader,
    output: PathBuf,
    threshold: Option<f64>,
    shard_documents: u64,
    threads: Option<usize>,
    overwrite: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Report> {
    let options = FilterOptions {
        shard_documents,
        threads,
        overwrite,
    };
    let found = with_progress(py, progress, |counters, stop| {
        spice_corpus::dedup(&corpus.inner, &output, threshold, &options, counters, stop)
    })?;
    Ok(report(&found))
}

/// Finds documents that share a run of words with a benchmark; writes `decontaminate.keep` and `decontaminate.jsonl`.
#[pyfunction]
fn decontaminate(
    py: Python<'_>,
    corpus: &CorpusReader,
    output: PathBuf,
    benchmark: &BenchmarkRuns,
    shard_documents: u64,
    threads: Option<usize>,
    overwrite: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Report> {
    let options = FilterOptions {
        shard_documents,
        threads,
        overwrite,
    };
    let benchmark = Arc::clone(&benchmark.inner);
    let found = with_progress(py, progress, |counters, stop| {
        spice_corpus::decontaminate(&corpus.inner, &output, benchmark, &options, counters, stop)
    })?;
    Ok(report(&found))
}

/// Rows of texts, their first bytes and ends there, and the items, one row a piece that both have.
type Pieces<'py> = (
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
);

/// Benchmark items, and every run of words in them.
#[pyclass(frozen, module = "spice_fast._core")]
pub(crate) struct BenchmarkRuns {
    inner: Arc<Benchmark>,
}

#[pymethods]
impl BenchmarkRuns {
    #[staticmethod]
    fn from_texts(py: Python<'_>, texts: Vec<String>, run_words: usize) -> PyResult<Self> {
        let inner = interruptible(py, |_| {
            let items = texts
                .into_iter()
                .enumerate()
                .map(|(item, text)| (format!("item {item}"), text));
            Benchmark::new(items.collect(), run_words)
        })?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    #[staticmethod]
    fn from_files(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        text_keys: Vec<String>,
        run_words: usize,
    ) -> PyResult<Self> {
        let inner = interruptible(py, |stop| {
            Benchmark::read(&paths, &text_keys, run_words, stop)
        })?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    #[getter]
    fn num_items(&self) -> u64 {
        self.inner.num_items()
    }

    #[getter]
    fn hash(&self) -> String {
        format!("{:032x}", self.inner.hash())
    }

    #[getter]
    fn num_short(&self) -> u64 {
        self.inner.num_short()
    }

    #[getter]
    fn num_runs(&self) -> u64 {
        self.inner.num_runs()
    }

    fn find<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<PyBackedStr>,
        threads: Option<usize>,
    ) -> PyResult<Pieces<'py>> {
        let found = interruptible(py, |stop| {
            let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
            self.inner.find_all(&texts, threads, stop)
        })?;
        let column = |of: fn(&(u64, u64, u64, u64)) -> u64| {
            let column: Vec<u64> = found.iter().map(of).collect();
            column.to_pyarray(py)
        };
        Ok((
            column(|row| row.0),
            column(|row| row.1),
            column(|row| row.2),
            column(|row| row.3),
        ))
    }

    /// Of each question the place of the item that it is of.
    fn find_questions(
        &self,
        py: Python<'_>,
        texts: Vec<PyBackedStr>,
        threads: Option<usize>,
    ) -> PyResult<Vec<Option<&str>>> {
        let found = interruptible(py, |stop| {
            let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
            self.inner.find_questions(&texts, threads, stop)
        })?;
        let place = |item| self.inner.place(item);
        Ok(found.into_iter().map(|item| item.and_then(place)).collect())
    }
}

/// `MinHash` signatures of texts: 128 numbers each.
#[pyfunction]
fn minhash(
    py: Python<'_>,
    texts: Vec<PyBackedStr>,
    threads: Option<usize>,
) -> PyResult<Bound<'_, PyArray2<u32>>> {
    let signatures = interruptible(py, |stop| {
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        spice_corpus::signatures(&texts, threads, stop)
    })?;
    let shape = [signatures.len(), NUM_HASHES];
    signatures.as_flattened().to_pyarray(py).reshape(shape)
}

/// Name, bytes and hash of each file that was made, and the configuration's hash.
type Made = (String, Vec<(String, u64, String)>);

fn made(manifest: ShardManifest) -> Made {
    let outputs = manifest.outputs.into_iter();
    let outputs = outputs.map(|output| (output.name, output.num_bytes, output.hash));
    (manifest.config, outputs.collect())
}

/// Makes of a range of documents what is asked for, unless it is there already.
#[pyfunction]
fn process_shard(
    py: Python<'_>,
    corpus: &CorpusReader,
    first: u64,
    last: u64,
    folder: PathBuf,
    chunk_size: Option<(String, u64)>,
    tokenizer: Option<&TokenCounter>,
    fingerprints: bool,
    benchmark: Option<&BenchmarkRuns>,
    threads: Option<usize>,
) -> PyResult<Made> {
    let chunks = chunk_size
        .map(|(unit, most)| size_of(&unit, most, tokenizer))
        .transpose()?;
    let config = ShardConfig {
        chunks,
        fingerprints,
        benchmark: benchmark.map(|benchmark| Arc::clone(&benchmark.inner)),
    };
    let manifest = with_progress(py, None, |counters, stop| {
        let documents = first..last;
        spice_corpus::process_shard(
            &corpus.inner,
            documents,
            &config,
            &folder,
            threads,
            counters,
            stop,
        )
    })?;
    Ok(made(manifest))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<BenchmarkRuns>()?;
    module.add_function(wrap_pyfunction!(dedup, module)?)?;
    module.add_function(wrap_pyfunction!(decontaminate, module)?)?;
    module.add_function(wrap_pyfunction!(minhash, module)?)?;
    module.add_function(wrap_pyfunction!(process_shard, module)?)
}
