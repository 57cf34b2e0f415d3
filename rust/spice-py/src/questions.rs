//! What gates look for in questions: repetitions of earlier rounds, and runs of words copied from a passage.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyBytes;
use spice_corpus::QUESTION_BYTES;

use crate::boundary::{detached, interruptible};

/// Questions of earlier rounds.
#[pyclass(module = "spice_fast._core")]
struct QuestionMemory {
    inner: spice_corpus::QuestionMemory,
}

#[pymethods]
impl QuestionMemory {
    #[new]
    fn new(py: Python<'_>, capacity: usize, threshold: f64) -> PyResult<Self> {
        let inner = detached(py, || {
            spice_corpus::QuestionMemory::new(capacity, threshold)
        })?;
        Ok(Self { inner })
    }

    #[getter]
    fn num_questions(&self) -> usize {
        self.inner.len()
    }

    #[getter]
    fn num_rounds(&self) -> u32 {
        self.inner.num_rounds()
    }

    #[getter]
    fn num_bytes(&self) -> usize {
        self.inner.len() * QUESTION_BYTES
    }

    fn remember(
        &mut self,
        py: Python<'_>,
        questions: Vec<PyBackedStr>,
        threads: Option<usize>,
    ) -> PyResult<()> {
        interruptible(py, |stop| {
            let questions: Vec<&str> = questions.iter().map(|text| &**text).collect();
            self.inner.remember(&questions, threads, stop)
        })
    }

    /// Round and similarity of the question that each repeats.
    fn find(
        &self,
        py: Python<'_>,
        questions: Vec<PyBackedStr>,
        threads: Option<usize>,
    ) -> PyResult<Vec<Option<(u32, f64)>>> {
        let found = interruptible(py, |stop| {
            let questions: Vec<&str> = questions.iter().map(|text| &**text).collect();
            self.inner.find(&questions, threads, stop)
        })?;
        let pair = |found: spice_corpus::Repeated| (found.round, found.similarity);
        Ok(found.into_iter().map(|found| found.map(pair)).collect())
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.to_bytes())
    }

    fn restore(&mut self, py: Python<'_>, state: &[u8]) -> PyResult<()> {
        detached(py, || self.inner.restore(state))
    }
}

/// Of each question the runs of words that stand in its passage, and all of its runs.
#[pyfunction]
fn copied_runs(
    py: Python<'_>,
    questions: Vec<PyBackedStr>,
    passage_of: Vec<usize>,
    passages: Vec<PyBackedStr>,
    run_words: usize,
    threads: Option<usize>,
) -> PyResult<Vec<(u32, u32)>> {
    interruptible(py, |stop| {
        let texts = questions.iter().map(|text| &**text);
        let questions: Vec<(&str, usize)> = texts.zip(passage_of).collect();
        let passages: Vec<&str> = passages.iter().map(|text| &**text).collect();
        spice_corpus::copied_runs(&questions, &passages, run_words, threads, stop)
    })
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<QuestionMemory>()?;
    module.add_function(wrap_pyfunction!(copied_runs, module)?)
}
