//! The one way from Python into long Rust work: the GIL is released, errors are mapped, Ctrl-C is answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pyo3::prelude::*;

use crate::error::IntoPyErr;

/// How often a long call looks whether the user pressed Ctrl-C.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Runs `work` without the GIL and maps its error.
pub(crate) fn detached<T, E>(py: Python<'_>, work: impl FnOnce() -> Result<T, E> + Send) -> PyResult<T>
where
    T: Send,
    E: IntoPyErr + Send,
{
    py.detach(work).map_err(IntoPyErr::into_py_err)
}

/// Runs `work` on a thread of its own and answers Ctrl-C within 0.1 s: `work` is handed a flag that it must look at and,
/// when set, return early with any error; the `KeyboardInterrupt` is what the caller sees.
pub(crate) fn interruptible<T, E>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> Result<T, E> + Send,
) -> PyResult<T>
where
    T: Send,
    E: IntoPyErr + Send,
{
    let stop = AtomicBool::new(false);
    let mut interrupt = None;
    let result = py.detach(|| {
        std::thread::scope(|scope| {
            let caller = std::thread::current();
            let worker = scope.spawn(|| {
                let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&stop)));
                caller.unpark();
                result
            });
            while !worker.is_finished() {
                std::thread::park_timeout(SIGNAL_INTERVAL);
                if interrupt.is_none() {
                    if let Err(signal) = Python::attach(|py| py.check_signals()) {
                        stop.store(true, Ordering::Relaxed);
                        interrupt = Some(signal);
                    }
                }
            }
            worker.join()
        })
    });
    if let Some(signal) = interrupt {
        return Err(signal);
    }
    match result {
        Ok(Ok(outcome)) => outcome.map_err(IntoPyErr::into_py_err),
        Ok(Err(panic)) | Err(panic) => std::panic::resume_unwind(panic),
    }
}
