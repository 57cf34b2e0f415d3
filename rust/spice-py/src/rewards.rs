//! Rewards and advantages: numpy arrays in, numpy arrays out.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use spice_rewards::{CHALLENGER_REWARDS, ChallengerReward, Outcome, Penalties, RewardsError};

use crate::boundary::detached;
use crate::error::{IntoPyErr, classes};

impl IntoPyErr for RewardsError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::UnknownReward { .. }
            | Self::UnknownParameter { .. }
            | Self::BadParameter { .. } => classes::ConfigError::new_err(self.to_string()),
            _ => PyValueError::new_err(self.to_string()),
        }
    }
}

#[pyfunction]
#[pyo3(signature = (name, num_correct, num_answers, refusal, *, gate_penalty, format_penalty, parameters))]
fn challenger_rewards<'py>(
    py: Python<'py>,
    name: &str,
    num_correct: PyReadonlyArray1<'py, u32>,
    num_answers: PyReadonlyArray1<'py, u32>,
    refusal: PyReadonlyArray1<'py, u8>,
    gate_penalty: Option<f64>,
    format_penalty: Option<f64>,
    parameters: Vec<(String, f64)>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (num_correct, num_answers, refusal) = (
        num_correct.as_slice()?,
        num_answers.as_slice()?,
        refusal.as_slice()?,
    );
    let penalties = Penalties {
        gate: gate_penalty,
        format: format_penalty,
    };
    let rewards = detached(py, || {
        let reward = ChallengerReward::named(name, &parameters)?;
        spice_rewards::challenger_rewards(
            reward,
            penalties,
            &Outcome::from_columns(num_correct, num_answers, refusal)?,
        )
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

type AdvantageArrays<'py> = (Bound<'py, PyArray1<f32>>, Bound<'py, PyArray1<u8>>, usize);

#[pyfunction]
fn dr_grpo<'py>(
    py: Python<'py>,
    rewards: PyReadonlyArray1<'py, f64>,
    groups: PyReadonlyArray1<'py, i64>,
    roles: PyReadonlyArray1<'py, u8>,
    valid: Option<PyReadonlyArray1<'py, bool>>,
) -> PyResult<AdvantageArrays<'py>> {
    let (rewards, groups, roles) = (rewards.as_slice()?, groups.as_slice()?, roles.as_slice()?);
    let valid = valid.as_ref().map(PyReadonlyArray1::as_slice).transpose()?;
    let advantages = detached(py, || spice_rewards::dr_grpo(rewards, groups, roles, valid))?;
    let flags: Vec<u8> = advantages.flags.iter().map(|&flag| flag as u8).collect();
    Ok((
        advantages.values.into_pyarray(py),
        flags.into_pyarray(py),
        advantages.num_nan,
    ))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(challenger_rewards, module)?)?;
    module.add_function(wrap_pyfunction!(reasoner_rewards, module)?)?;
    module.add_function(wrap_pyfunction!(dr_grpo, module)?)?;
    module.add(
        "CHALLENGER_REWARDS",
        CHALLENGER_REWARDS.map(|(name, ..)| name).to_vec(),
    )
}
