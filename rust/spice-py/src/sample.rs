//! Samplers and mixes of them: numbers in, passages out.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use spice_corpus::{
    Budget, CorpusError, Keep, Locality, Mix, Passage, Sampler, SamplerOptions, TokenBudget,
};

use crate::boundary::{detached, interruptible};
use crate::corpus::CorpusReader;
use crate::error::IntoPyErr;

/// Documents, first bytes, ends, lengths in the budget's unit, and texts, one row a draw.
type Passages = (Vec<u64>, Vec<u64>, Vec<u64>, Vec<u64>, Vec<String>);

/// Draws passages: a pure function of (seed, k).
#[pyclass(frozen, module = "spice_fast._core")]
pub(crate) struct PassageSampler {
    pub(crate) inner: Arc<Sampler>,
}

impl PassageSampler {
    fn make(
        py: Python<'_>,
        corpus: &CorpusReader,
        seed: u64,
        budget: impl FnOnce() -> Result<Budget, CorpusError> + Send,
        keeps: Vec<PathBuf>,
        locality: Option<(u64, u64)>,
    ) -> PyResult<Self> {
        let corpus = Arc::clone(&corpus.inner);
        let inner = interruptible(py, move |stop| {
            let keeps = keeps.iter().map(|path| Keep::open(path, &corpus));
            let options = SamplerOptions {
                keeps: keeps.collect::<Result<_, _>>()?,
                locality: locality.map(|(stretch, window)| Locality { stretch, window }),
                ..SamplerOptions::new(seed, budget()?)
            };
            Sampler::new(corpus, options, stop)
        })?;
        let inner = Arc::new(inner);
        Ok(Self { inner })
    }
}

#[pymethods]
impl PassageSampler {
    #[staticmethod]
    fn with_tokens(
        py: Python<'_>,
        corpus: &CorpusReader,
        seed: u64,
        max_tokens: u32,
        tokenizer: PathBuf,
        keeps: Vec<PathBuf>,
        locality: Option<(u64, u64)>,
    ) -> PyResult<Self> {
        let budget = || TokenBudget::open(&tokenizer, max_tokens).map(Budget::Tokens);
        Self::make(py, corpus, seed, budget, keeps, locality)
    }

    #[staticmethod]
    fn with_bytes(
        py: Python<'_>,
        corpus: &CorpusReader,
        seed: u64,
        max_bytes: u64,
        keeps: Vec<PathBuf>,
        locality: Option<(u64, u64)>,
    ) -> PyResult<Self> {
        let budget = || Ok(Budget::Bytes(max_bytes));
        Self::make(py, corpus, seed, budget, keeps, locality)
    }

    #[getter]
    fn num_slots(&self) -> u64 {
        self.inner.num_slots()
    }

    #[getter]
    fn bytes_per_token(&self) -> Option<f64> {
        self.inner.bytes_per_token()
    }

    #[getter]
    fn hash(&self) -> &str {
        self.inner.hash()
    }

    /// Mean distance of neighbours over the uniform one, share of near neighbours, number of neighbours looked at.
    fn quality(&self, py: Python<'_>) -> PyResult<(f64, f64, u64)> {
        let quality = interruptible(py, |_| Ok::<_, CorpusError>(self.inner.quality()))?;
        Ok((quality.mix, quality.near, quality.num_pairs))
    }

    /// Documents of some draws, and the first bytes and ends of their slots.
    fn places(&self, py: Python<'_>, draws: Vec<u64>) -> PyResult<Vec<(u64, u64, u64)>> {
        let places = detached(py, || self.inner.places(&draws))?;
        let rows = places
            .iter()
            .map(|place| (place.document, place.start, place.end));
        Ok(rows.collect())
    }

    fn draw(&self, py: Python<'_>, draws: Vec<u64>, threads: Option<usize>) -> PyResult<Passages> {
        let passages = interruptible(py, |stop| self.inner.draw(&draws, threads, stop))?;
        Ok(columns(passages))
    }
}

/// Several samplers as one, in exact proportions.
#[pyclass(frozen, module = "spice_fast._core")]
struct PassageMix {
    inner: Mix,
}

#[pymethods]
impl PassageMix {
    #[new]
    fn new(
        samplers: Vec<PyRef<'_, PassageSampler>>,
        shares: Vec<u64>,
        seed: u64,
    ) -> PyResult<Self> {
        let samplers = samplers.iter().map(|sampler| Arc::clone(&sampler.inner));
        let inner = Mix::new(samplers.collect(), shares, seed).map_err(IntoPyErr::into_py_err)?;
        Ok(Self { inner })
    }

    #[getter]
    fn hash(&self) -> &str {
        self.inner.hash()
    }

    #[getter]
    fn num_covering_draws(&self) -> u64 {
        self.inner.num_covering_draws()
    }

    /// Sources of some draws, and which of its own draws each is.
    fn places(&self, draws: Vec<u64>) -> (Vec<usize>, Vec<u64>) {
        draws
            .iter()
            .map(|&draw| self.inner.order().apply(draw))
            .unzip()
    }

    /// Sources and passages of some draws.
    fn draw(
        &self,
        py: Python<'_>,
        draws: Vec<u64>,
        threads: Option<usize>,
    ) -> PyResult<(Vec<usize>, Passages)> {
        let rows = interruptible(py, |stop| self.inner.draw(&draws, threads, stop))?;
        let (sources, passages) = rows.into_iter().unzip();
        Ok((sources, columns(passages)))
    }
}

fn columns(passages: Vec<Passage>) -> Passages {
    let column = |of: fn(&Passage) -> u64| passages.iter().map(of).collect();
    (
        column(|passage| passage.document),
        column(|passage| passage.start),
        column(|passage| passage.end),
        column(|passage| passage.length),
        passages.into_iter().map(|passage| passage.text).collect(),
    )
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PassageSampler>()?;
    module.add_class::<PassageMix>()
}
