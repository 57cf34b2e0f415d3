//! Rewards and advantages: numpy arrays in, numpy arrays out.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use spice_rewards::{
    CHALLENGER_REWARDS, ChallengerReward, Columns, ESTIMATORS, Estimator, Penalties, RewardsError,
    Rows,
};

use crate::boundary::detached;
use crate::error::{IntoPyErr, classes};

impl IntoPyErr for RewardsError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::UnknownName { .. }
            | Self::UnknownParameter { .. }
            | Self::BadParameter { .. }
            | Self::MissingColumn { .. } => classes::ConfigError::new_err(self.to_string()),
            _ => PyValueError::new_err(self.to_string()),
        }
    }
}

type Counts<'py> = Option<PyReadonlyArray1<'py, u32>>;
type Shares<'py> = Option<PyReadonlyArray1<'py, f64>>;

fn slice<'a, T: numpy::Element>(
    column: Option<&'a PyReadonlyArray1<'_, T>>,
) -> PyResult<Option<&'a [T]>> {
    Ok(column.map(PyReadonlyArray1::as_slice).transpose()?)
}

#[pyfunction]
#[pyo3(signature = (name, refusal, *, num_correct, num_answers, chance, num_mode, cluster_share, num_correct_open, num_answers_open, gate_penalty, format_penalty, parameters))]
fn challenger_rewards<'py>(
    py: Python<'py>,
    name: &str,
    refusal: PyReadonlyArray1<'py, u8>,
    num_correct: Counts<'py>,
    num_answers: Counts<'py>,
    chance: Shares<'py>,
    num_mode: Counts<'py>,
    cluster_share: Shares<'py>,
    num_correct_open: Counts<'py>,
    num_answers_open: Counts<'py>,
    gate_penalty: Option<f64>,
    format_penalty: Option<f64>,
    parameters: Vec<(String, f64)>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let columns = Columns {
        refusal: refusal.as_slice()?,
        num_correct: slice(num_correct.as_ref())?,
        num_answers: slice(num_answers.as_ref())?,
        chance: slice(chance.as_ref())?,
        num_mode: slice(num_mode.as_ref())?,
        cluster_share: slice(cluster_share.as_ref())?,
        num_correct_open: slice(num_correct_open.as_ref())?,
        num_answers_open: slice(num_answers_open.as_ref())?,
    };
    let penalties = Penalties {
        gate: gate_penalty,
        format: format_penalty,
    };
    let rewards = detached(py, || {
        let reward = ChallengerReward::named(name, &parameters)?;
        spice_rewards::challenger_rewards(reward, penalties, &columns)
    })?;
    Ok(rewards.into_pyarray(py))
}

#[pyfunction]
fn reasoner_rewards<'py>(
    py: Python<'py>,
    equivalent: PyReadonlyArray1<'py, bool>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    Ok(spice_rewards::reasoner_rewards(equivalent.as_slice()?).into_pyarray(py))
}

#[pyfunction]
fn cluster_shares(py: Python<'_>, texts: Vec<String>, threshold: f64) -> Bound<'_, PyArray1<f64>> {
    let shares = py.detach(|| spice_rewards::cluster_shares(&texts, threshold));
    shares.into_pyarray(py)
}

type AdvantageArrays<'py> = (
    Bound<'py, PyArray1<f32>>,
    Bound<'py, PyArray1<u8>>,
    usize,
    Bound<'py, PyArray1<f64>>,
);

#[pyfunction]
fn advantages<'py>(
    py: Python<'py>,
    estimator: &str,
    rewards: PyReadonlyArray1<'py, f64>,
    groups: PyReadonlyArray1<'py, i64>,
    roles: PyReadonlyArray1<'py, u8>,
    valid: Option<PyReadonlyArray1<'py, bool>>,
    lengths: Counts<'py>,
    baselines: PyReadonlyArray1<'py, f64>,
    parameters: Vec<(String, f64)>,
) -> PyResult<AdvantageArrays<'py>> {
    let rows = Rows {
        rewards: rewards.as_slice()?,
        groups: groups.as_slice()?,
        roles: roles.as_slice()?,
        valid: slice(valid.as_ref())?,
        lengths: slice(lengths.as_ref())?,
    };
    let baselines = baselines.as_slice()?;
    let (found, flags) = detached(py, || {
        let estimator = Estimator::named(estimator, &parameters)?;
        let mut found = spice_rewards::advantages(estimator, &rows, baselines)?;
        let flags = std::mem::take(&mut found.flags);
        let flags: Vec<u8> = flags.into_iter().map(|flag| flag as u8).collect();
        Ok::<_, RewardsError>((found, flags))
    })?;
    Ok((
        found.values.into_pyarray(py),
        flags.into_pyarray(py),
        found.num_nan,
        found.baselines.into_pyarray(py),
    ))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(challenger_rewards, module)?)?;
    module.add_function(wrap_pyfunction!(reasoner_rewards, module)?)?;
    module.add_function(wrap_pyfunction!(cluster_shares, module)?)?;
    module.add_function(wrap_pyfunction!(advantages, module)?)?;
    let rewards = CHALLENGER_REWARDS.map(|(name, reward)| (name, reward.columns().to_vec()));
    module.add("CHALLENGER_REWARDS", rewards.to_vec())?;
    let estimators = ESTIMATORS
        .map(|(name, estimator)| (name, estimator.needs_lengths(), estimator.is_global()));
    module.add("ESTIMATORS", estimators.to_vec())
}
