//! Tasks and verdicts: lists of texts in, flat arrays or plain tuples out.

use std::num::NonZero;

use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::{PyTypeError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyString;
use spice_answers::contract::{Reason, parse_task, parse_task_kind};
use spice_answers::{
    AnswerKind, Case, Certainty, Gold, Mode, Policy, Rule, TaskKind, Verdict, code_points,
};

/// Question, gold, choices and quotes of a task; or the name of the reason why there is none.
#[derive(IntoPyObject)]
enum ParsedTask {
    Task(String, String, Vec<String>, Vec<String>),
    Refused(&'static str),
}

#[pyfunction]
fn parse_tasks<'py>(
    py: Python<'py>,
    responses: Vec<Bound<'py, PyAny>>,
    kinds: Vec<Bound<'py, PyAny>>,
) -> PyResult<Vec<ParsedTask>> {
    let responses = texts("responses", &responses)?;
    same_length("kinds", kinds.len(), responses.len())?;
    let kinds: Vec<TaskKind> = kinds
        .into_iter()
        .enumerate()
        .map(|(row, kind)| {
            task_kind(row, &kind)?.ok_or_else(|| {
                PyValueError::new_err(format!("row {row}: a task needs a kind; got auto"))
            })
        })
        .collect::<PyResult<_>>()?;
    Ok(py.detach(|| {
        responses
            .iter()
            .zip(kinds)
            .map(|(response, kind)| match parse_task(response, kind) {
                Ok(task) => ParsedTask::Task(task.question, task.gold, task.choices, task.quotes),
                Err(reason) => ParsedTask::Refused(reason.name()),
            })
            .collect()
    }))
}

#[pyfunction]
fn parse_task_kinds<'py>(
    py: Python<'py>,
    responses: Vec<Bound<'py, PyAny>>,
) -> PyResult<Vec<Option<&'static str>>> {
    let responses = texts("responses", &responses)?;
    Ok(py.detach(|| {
        responses
            .iter()
            .map(|response| parse_task_kind(response).map(TaskKind::name))
            .collect()
    }))
}

type VerdictArrays<'py> = (
    Bound<'py, PyArray1<u8>>,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<u8>>,
    Bound<'py, PyArray1<u8>>,
    Bound<'py, PyArray1<u32>>,
);

/// Rule, first and one past the last code point of the answer (-1 without one), kind of the gold, kind of the answer and
/// fuel of every row.
#[pyfunction]
fn check_batch<'py>(
    py: Python<'py>,
    golds: Vec<Bound<'py, PyAny>>,
    responses: Vec<Bound<'py, PyAny>>,
    kinds: Option<Vec<Bound<'py, PyAny>>>,
    choices: Option<Vec<Option<Vec<Bound<'py, PyAny>>>>>,
    policy: PolicyName<'_>,
    mode: &str,
    threads: Option<NonZero<usize>>,
) -> PyResult<VerdictArrays<'py>> {
    let responses = texts("responses", &responses)?;
    let num_rows = responses.len();
    let Golds {
        texts: golds,
        kinds,
        choices,
    } = Golds::of(&golds, kinds, choices, num_rows)?;
    let (policy, mode) = (policy_named(&policy)?, mode_named(mode)?);
    let columns = py.detach(|| {
        let choices: Vec<Vec<&str>> = choices
            .iter()
            .map(|choices| choices.iter().map(|choice| &**choice).collect())
            .collect();
        let cases: Vec<Case<'_>> = (0..num_rows)
            .map(|row| Case {
                gold: &golds[row],
                response: &responses[row],
                kind: kinds[row],
                choices: choices.get(row).map_or(&[], Vec::as_slice),
            })
            .collect();
        let verdicts = spice_answers::check_batch(&cases, policy, mode, threads);
        Columns::of(&verdicts, cases.iter().map(|case| case.response))
    });
    Ok(columns.into_arrays(py))
}

/// Verdicts column by column.
struct Columns {
    rules: Vec<u8>,
    spans: Vec<(i64, i64)>,
    gold_kinds: Vec<u8>,
    answer_kinds: Vec<u8>,
    fuel: Vec<u32>,
}

impl Columns {
    fn of<'a>(verdicts: &[Verdict], responses: impl Iterator<Item = &'a str>) -> Self {
        let column = |of: fn(&Verdict) -> u8| verdicts.iter().map(of).collect();
        Self {
            rules: column(|verdict| verdict.rule as u8),
            spans: verdicts
                .iter()
                .zip(responses)
                .map(|(verdict, response)| span(response, verdict.span))
                .collect(),
            gold_kinds: column(|verdict| verdict.gold_kind as u8),
            answer_kinds: column(|verdict| verdict.answer_kind as u8),
            fuel: verdicts.iter().map(|verdict| verdict.fuel).collect(),
        }
    }

    fn into_arrays(self, py: Python<'_>) -> VerdictArrays<'_> {
        let (starts, ends): (Vec<i64>, Vec<i64>) = self.spans.into_iter().unzip();
        (
            self.rules.into_pyarray(py),
            starts.into_pyarray(py),
            ends.into_pyarray(py),
            self.gold_kinds.into_pyarray(py),
            self.answer_kinds.into_pyarray(py),
            self.fuel.into_pyarray(py),
        )
    }
}

/// Columns of golds as Python passes them, checked.
struct Golds {
    texts: Vec<PyBackedStr>,
    kinds: Vec<Option<TaskKind>>,
    choices: Vec<Vec<PyBackedStr>>,
}

impl Golds {
    fn of(
        golds: &[Bound<'_, PyAny>],
        kinds: Option<Vec<Bound<'_, PyAny>>>,
        choices: Option<Vec<Option<Vec<Bound<'_, PyAny>>>>>,
        num_rows: usize,
    ) -> PyResult<Self> {
        let golds = texts("golds", golds)?;
        same_length("golds", golds.len(), num_rows)?;
        same_length("kinds", kinds.as_ref().map_or(num_rows, Vec::len), num_rows)?;
        same_length(
            "choices",
            choices.as_ref().map_or(num_rows, Vec::len),
            num_rows,
        )?;
        let kinds = kinds.map_or_else(
            || Ok(vec![None; num_rows]),
            |kinds| {
                kinds
                    .iter()
                    .enumerate()
                    .map(|(row, kind)| task_kind(row, kind))
                    .collect::<PyResult<_>>()
            },
        )?;
        let choices = choices
            .unwrap_or_default()
            .into_iter()
            .map(|choices| texts("choices", &choices.unwrap_or_default()))
            .collect::<PyResult<_>>()?;
        Ok(Self {
            texts: golds,
            kinds,
            choices,
        })
    }
}

/// Golds that are read once for all their answers.
#[pyclass(frozen, module = "spice_fast._core")]
struct CompiledGolds(Vec<Gold>);

#[pymethods]
impl CompiledGolds {
    #[new]
    fn new(
        golds: Vec<Bound<'_, PyAny>>,
        kinds: Option<Vec<Bound<'_, PyAny>>>,
        choices: Option<Vec<Option<Vec<Bound<'_, PyAny>>>>>,
    ) -> PyResult<Self> {
        let golds = Golds::of(&golds, kinds, choices, golds.len())?;
        let compiled =
            golds
                .texts
                .iter()
                .zip(&golds.kinds)
                .enumerate()
                .map(|(row, (text, kind))| {
                    let choices: Vec<&str> =
                        golds.choices.get(row).map_or_else(Vec::new, |choices| {
                            choices.iter().map(|choice| &**choice).collect()
                        });
                    Gold::new(text, *kind, &choices)
                });
        Ok(Self(compiled.collect()))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn check_batch<'py>(
        &self,
        py: Python<'py>,
        gold_index: Vec<usize>,
        responses: Vec<Bound<'py, PyAny>>,
        policy: PolicyName<'_>,
        mode: &str,
        threads: Option<NonZero<usize>>,
    ) -> PyResult<VerdictArrays<'py>> {
        let responses = texts("responses", &responses)?;
        same_length("gold_index", gold_index.len(), responses.len())?;
        if let Some(row) = gold_index.iter().position(|&place| place >= self.0.len()) {
            return Err(PyValueError::new_err(format!(
                "row {row} of gold_index: found {}; expected less than {}, the number of golds",
                gold_index[row],
                self.0.len()
            )));
        }
        let (policy, mode) = (policy_named(&policy)?, mode_named(mode)?);
        let columns = py.detach(|| {
            let pairs: Vec<(usize, &str)> = gold_index
                .into_iter()
                .zip(responses.iter().map(|response| &**response))
                .collect();
            let verdicts = spice_answers::check_compiled(&self.0, &pairs, policy, mode, threads);
            Columns::of(&verdicts, pairs.iter().map(|pair| pair.1))
        });
        Ok(columns.into_arrays(py))
    }
}

/// First and one past the last code point of the answer that a text marks, and what marked it.
#[pyfunction]
fn extract(
    text: &Bound<'_, PyAny>,
    policy: PolicyName<'_>,
) -> PyResult<Option<(i64, i64, &'static str)>> {
    let text = backed("text", 0, text)?;
    Ok(
        spice_answers::extract(&text, policy_named(&policy)?.marks).map(|found| {
            let (start, end) = span(&text, Some((found.start, found.end)));
            (start, end, found.how.name())
        }),
    )
}

/// Operation, text and arguments.
type Step = (&'static str, String, Vec<usize>);

/// Operation, text and arguments of every step that builds the value of a text; None where it is no single value.
#[pyfunction]
fn value_steps(text: &Bound<'_, PyAny>) -> PyResult<Option<Vec<Step>>> {
    let text = backed("text", 0, text)?;
    let steps = spice_answers::value_steps(&text);
    Ok(steps.map(|steps| {
        steps
            .into_iter()
            .map(|step| (step.operation, step.text, step.arguments))
            .collect()
    }))
}

fn span(text: &str, span: Option<(usize, usize)>) -> (i64, i64) {
    span.map_or((-1, -1), |span| {
        let (start, end) = code_points(text, span);
        (start.cast_signed() as i64, end.cast_signed() as i64)
    })
}

pub(crate) fn texts(name: &str, items: &[Bound<'_, PyAny>]) -> PyResult<Vec<PyBackedStr>> {
    items
        .iter()
        .enumerate()
        .map(|(row, item)| backed(name, row, item))
        .collect()
}

/// The item's text. Half a surrogate pair, which UTF-8 cannot hold, is read as a question mark.
fn backed(name: &str, row: usize, item: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    let text = item.cast::<PyString>().map_err(|_| {
        let found = item.get_type();
        PyTypeError::new_err(format!(
            "row {row} of {name}: expected a str, found {found}"
        ))
    })?;
    PyBackedStr::try_from(text.clone()).or_else(|error| {
        if !error.is_instance_of::<PyUnicodeEncodeError>(item.py()) {
            return Err(error);
        }
        let bytes = text.call_method1("encode", ("utf-8", "replace"))?;
        bytes.call_method1("decode", ("utf-8",))?.extract()
    })
}

/// The kind of this name; `None` for `auto` and Python's None.
fn task_kind(row: usize, item: &Bound<'_, PyAny>) -> PyResult<Option<TaskKind>> {
    if item.is_none() {
        return Ok(None);
    }
    let name = backed("kinds", row, item)?;
    match TaskKind::named(&name) {
        None if &*name != "auto" => Err(PyValueError::new_err(format!(
            "row {row}: unknown kind {:?}; expected auto, mcq, integer, float, expression, string, boolean or list",
            &*name
        ))),
        kind => Ok(kind),
    }
}

/// A preset and what is changed in it.
pub(crate) type PolicyName<'a> = (&'a str, Vec<(String, bool)>);

pub(crate) fn policy_named((preset, changes): &PolicyName<'_>) -> PyResult<Policy> {
    let found = Policy::PRESETS.iter().find(|(name, _)| name == preset);
    let Some((_, mut policy)) = found.copied() else {
        let names = Policy::PRESETS.map(|(name, _)| name).join(", ");
        return Err(PyValueError::new_err(format!(
            "unknown policy {preset:?}; expected one of {names}"
        )));
    };
    for (name, holds) in changes {
        policy = policy.with(name, *holds).ok_or_else(|| {
            PyValueError::new_err(format!("unknown convention {name:?} of a policy"))
        })?;
    }
    Ok(policy)
}

/// Statements that lead to the verdict on one case.
#[pyfunction]
fn explain(
    gold: &Bound<'_, PyAny>,
    response: &Bound<'_, PyAny>,
    kind: &Bound<'_, PyAny>,
    choices: Vec<Bound<'_, PyAny>>,
    policy: PolicyName<'_>,
    mode: &str,
) -> PyResult<Vec<String>> {
    let (gold, response) = (backed("golds", 0, gold)?, backed("responses", 0, response)?);
    let choices = texts("choices", &choices)?;
    let choices: Vec<&str> = choices.iter().map(|choice| &**choice).collect();
    let case = Case {
        gold: &gold,
        response: &response,
        kind: task_kind(0, kind)?,
        choices: &choices,
    };
    Ok(spice_answers::explain(&case, policy_named(&policy)?, mode_named(mode)?).lines)
}

pub(crate) fn mode_named(name: &str) -> PyResult<Mode> {
    match name {
        "response" => Ok(Mode::Response),
        "answer" => Ok(Mode::Answer),
        _ => Err(PyValueError::new_err(format!(
            "unknown mode {name:?}; expected response or answer"
        ))),
    }
}

fn same_length(name: &str, found: usize, expected: usize) -> PyResult<()> {
    if found == expected {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "{name} has {found} rows; expected {expected}, one per response"
    )))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(parse_tasks, module)?)?;
    module.add_function(wrap_pyfunction!(parse_task_kinds, module)?)?;
    module.add_function(wrap_pyfunction!(check_batch, module)?)?;
    module.add_function(wrap_pyfunction!(extract, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(value_steps, module)?)?;
    module.add_class::<CompiledGolds>()?;
    module.add(
        "POLICIES",
        Policy::PRESETS
            .map(|(name, policy)| (name, policy.conventions().to_vec()))
            .to_vec(),
    )?;
    let certainty = |rule: Rule| match rule.certainty() {
        Certainty::Exact => "exact",
        Certainty::Probabilistic => "probabilistic",
        Certainty::Tolerance => "tolerance",
        Certainty::Convention => "convention",
    };
    module.add(
        "RULES",
        Rule::ALL
            .map(|rule| (rule.name(), rule.equivalent(), certainty(rule)))
            .to_vec(),
    )?;
    module.add(
        "ANSWER_KINDS",
        AnswerKind::ALL.map(AnswerKind::name).to_vec(),
    )?;
    module.add("REASONS", Reason::ALL.map(Reason::name).to_vec())
}
