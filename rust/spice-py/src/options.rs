//! Options in another order: permutations out, letters answered under them mapped back.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use spice_answers::OptionOrder;

use crate::answers::{PolicyName, mode_named, policy_named, texts};

/// For every place as shown, the option's place in the task.
#[pyfunction]
fn shuffle_options(choices: Vec<Bound<'_, PyAny>>, seed: u64) -> PyResult<Vec<usize>> {
    let choices = texts("choices", &choices)?;
    let choices: Vec<&str> = choices.iter().map(|choice| &**choice).collect();
    Ok(spice_answers::shuffle_options(&choices, seed)
        .permutation()
        .to_vec())
}

/// Place as shown and place in the task of the option that every response chose; `None` where it chose none or several.
#[pyfunction]
fn chosen_options(
    py: Python<'_>,
    responses: Vec<Bound<'_, PyAny>>,
    choices: Vec<Bound<'_, PyAny>>,
    permutation: Vec<usize>,
    policy: PolicyName<'_>,
    mode: &str,
) -> PyResult<Vec<Option<(usize, usize)>>> {
    let responses: Vec<PyBackedStr> = texts("responses", &responses)?;
    let choices = texts("choices", &choices)?;
    let order = OptionOrder::new(&permutation)
        .filter(|_| permutation.len() == choices.len())
        .ok_or_else(|| {
            PyValueError::new_err(format!(
                "permutation: found {permutation:?}; expected every place of {} choices once",
                choices.len()
            ))
        })?;
    let (policy, mode) = (policy_named(&policy)?, mode_named(mode)?);
    Ok(py.detach(|| {
        let choices: Vec<&str> = choices.iter().map(|choice| &**choice).collect();
        responses
            .iter()
            .map(|response| {
                let chosen = order.chosen(response, &choices, policy, mode)?;
                Some((chosen.position, chosen.option))
            })
            .collect()
    }))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(shuffle_options, module)?)?;
    module.add_function(wrap_pyfunction!(chosen_options, module)?)
}
