//! The one way from Python into long Rust work: the GIL is released, errors are mapped, Ctrl-C is answered.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use pyo3::prelude::*;
use spice_corpus::{CorpusError, Progress};

use crate::error::IntoPyErr;

/// How often a long call looks whether the user pressed Ctrl-C.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Runs `work` without the GIL and maps its error. For work of at most some tens of milliseconds.
///
/// # Errors
/// The error of `work`, as the Python class that carries it.
pub(crate) fn detached<T, E>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> PyResult<T>
where
    T: Send,
    E: IntoPyErr + Send,
{
    py.detach(work).map_err(IntoPyErr::into_py_err)
}

/// Runs `work` on a thread of its own and answers Ctrl-C within 0.1 s: `work` is handed a flag that it must look at and,
/// when set, return early with any error; the `KeyboardInterrupt` is what the caller sees.
///
/// # Errors
/// The error of `work`, as the Python class that carries it; or what a signal handler raised.
pub(crate) fn interruptible<T, E>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> Result<T, E> + Send,
) -> PyResult<T>
where
    T: Send,
    E: IntoPyErr + Send,
{
    interruptible_with(py, |_| Ok(()), work)
}

/// Like [`interruptible`], and calls `tick` on the caller's thread with the GIL held, about every 50 ms: the place to
/// show progress. An error of `tick` stops the work as Ctrl-C does.
///
/// # Errors
/// The error of `work` or of `tick`; or what a signal handler raised.
fn interruptible_with<T, E>(
    py: Python<'_>,
    mut tick: impl FnMut(Python<'_>) -> PyResult<()> + Send,
    work: impl FnOnce(&AtomicBool) -> Result<T, E> + Send,
) -> PyResult<T>
where
    T: Send,
    E: IntoPyErr + Send,
{
    let stop = AtomicBool::new(false);
    let mut interrupt = None;
    let outcome = py.detach(|| {
        let (sender, receiver) = sync_channel(1);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let outcome = catch_unwind(AssertUnwindSafe(|| work(&stop)));
                // The receiver outlives this thread, and the channel has room for its only message.
                let _ = sender.send(outcome);
            });
            loop {
                match receiver.recv_timeout(SIGNAL_INTERVAL) {
                    Ok(outcome) => return outcome,
                    Err(_) if interrupt.is_some() => {}
                    Err(_) => {
                        let signal =
                            Python::attach(|py| py.check_signals().and_then(|()| tick(py)));
                        if let Err(signal) = signal {
                            stop.store(true, Ordering::Relaxed);
                            interrupt = Some(signal);
                        }
                    }
                }
            }
        })
    });
    match (interrupt, outcome) {
        (Some(signal), _) => Err(signal),
        (None, Ok(result)) => result.map_err(IntoPyErr::into_py_err),
        (None, Err(panic)) => resume_unwind(panic),
    }
}

/// Runs work on a corpus that counts what it has done; `progress(done, total)` is called about every 50 ms and at the end.
///
/// # Errors
/// The error of `work` or of `progress`; or what a signal handler raised.
pub(crate) fn with_progress<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Progress, &AtomicBool) -> Result<T, CorpusError> + Send,
) -> PyResult<T> {
    let counters = Progress::default();
    let tick = |py: Python<'_>| match &progress {
        Some(progress) => progress.call1(py, counters.bytes()).map(drop),
        None => Ok(()),
    };
    let result = interruptible_with(py, tick, |stop| work(&counters, stop))?;
    tick(py)?;
    Ok(result)
}
