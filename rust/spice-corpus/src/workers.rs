//! Rows on several threads, in order: the result of row i stands at i, whatever the number of threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;

use rayon::prelude::*;

use crate::error::CorpusError;
use crate::progress;

/// More threads than this are not started, however many the caller allows: they would only wait for each other.
const MAX_THREADS: usize = 256;

/// Number of threads to use where the caller allows so many; none: one per core.
pub(crate) fn num_threads(allowed: Option<usize>) -> usize {
    let allowed =
        allowed.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    allowed.clamp(1, MAX_THREADS)
}

/// Applies `work` to `rows`, visiting them by ascending `key`, so that rows of one place are neighbours on one thread:
/// `make_state` gives each thread something to remember between them.
///
/// Threads live as long as the call: no pool that a fork could break.
///
/// # Errors
/// The error of the first failing row in the order of keys; `Interrupted` when `stop` was set; or the system gives no
/// thread.
pub(crate) fn map_rows<R, K, S, T>(
    rows: &[R],
    threads: usize,
    stop: &AtomicBool,
    key: impl Fn(&R) -> K,
    make_state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &R) -> Result<T, CorpusError> + Sync,
) -> Result<Vec<T>, CorpusError>
where
    R: Sync,
    K: Ord,
    T: Send,
{
    let mut jobs: Vec<(usize, Option<T>)> = (0..rows.len()).map(|row| (row, None)).collect();
    jobs.sort_by_key(|(row, _)| key(&rows[*row]));
    for_each(
        &mut jobs,
        threads,
        stop,
        make_state,
        |state, (row, result)| {
            *result = Some(work(state, &rows[*row])?);
            Ok(())
        },
    )?;
    jobs.sort_unstable_by_key(|&(row, _)| row);
    // `for_each` went through all of them or failed.
    Ok(jobs.into_iter().filter_map(|(_, result)| result).collect())
}

/// Applies `work` to all items, neighbours on one thread: `make_state` gives each thread something to remember between them.
/// One thread is the caller's own.
///
/// # Errors
/// The error of the first failing item; `Interrupted` when `stop` was set; or the system gives no thread.
pub(crate) fn for_each<I: Send, S>(
    items: &mut [I],
    threads: usize,
    stop: &AtomicBool,
    make_state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &mut I) -> Result<(), CorpusError> + Sync,
) -> Result<(), CorpusError> {
    let run = |items: &mut [I]| -> Result<(), CorpusError> {
        let mut state = make_state();
        for item in items {
            progress::check(stop)?;
            work(&mut state, item)?;
        }
        Ok(())
    };
    let chunk = items.len().div_ceil(threads).max(1);
    if chunk >= items.len() {
        return run(items);
    }
    std::thread::scope(|scope| {
        let handles: Vec<_> = items
            .chunks_mut(chunk)
            .map(|items| std::thread::Builder::new().spawn_scoped(scope, || run(items)))
            .collect();
        let mut outcome = Ok(());
        for handle in handles {
            let joined = handle.map(ScopedJoinHandle::join);
            let joined = joined.unwrap_or_else(|error| Ok(Err(CorpusError::threads(error))));
            match joined {
                Ok(result) => outcome = outcome.and(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcome
    })
}

/// Results of `work` for the places from 0 on, in order and up to the first failed one at least. Places behind a failure
/// may be left out: whoever meets it stops there.
pub(crate) fn map_until_failure<T: Send>(
    num_places: usize,
    work: impl Fn(usize) -> T + Sync,
    has_failed: impl Fn(&T) -> bool + Sync,
) -> Vec<T> {
    let first_failed = AtomicUsize::new(usize::MAX);
    let results: Vec<Option<T>> = (0..num_places)
        .into_par_iter()
        .with_max_len(1)
        .map(|place| {
            // No place before the first failure is ever left out, so the result does not depend on time.
            if place > first_failed.load(Ordering::Relaxed) {
                return None;
            }
            let result = work(place);
            if has_failed(&result) {
                first_failed.fetch_min(place, Ordering::Relaxed);
            }
            Some(result)
        })
        .collect();
    results.into_iter().map_while(|result| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_rows_for_any_number_of_threads() {
        let rows = [5_u32, 1, 4, 1, 3];
        for threads in 1..8 {
            let stop = AtomicBool::new(false);
            let doubled = map_rows(
                &rows,
                threads,
                &stop,
                |&row| row,
                || (),
                |(), &row| Ok(row * 2),
            )
            .unwrap();
            assert_eq!(doubled, [10, 2, 8, 2, 6]);
        }
    }

    #[test]
    fn nothing_before_the_first_failure_is_left_out() {
        for _ in 0..20 {
            let found = map_until_failure(1_000, |place| place, |&place| place % 300 == 299);
            assert!(found.len() >= 300);
            assert!(
                found
                    .iter()
                    .enumerate()
                    .all(|(place, &value)| place == value)
            );
        }
        assert_eq!(map_until_failure(3, |place| place, |_| false), [0, 1, 2]);
    }

    #[test]
    fn the_first_error_in_key_order_wins() {
        let rows = [5_u64, 1, 4];
        for threads in 1..4 {
            let stop = AtomicBool::new(false);
            let error = map_rows(
                &rows,
                threads,
                &stop,
                |&row| row,
                || (),
                |(), &index| {
                    Err::<(), _>(CorpusError::NoSuchDocument {
                        index,
                        num_documents: 0,
                    })
                },
            )
            .unwrap_err();
            assert!(error.to_string().starts_with("document 1:"), "{error}");
        }
    }
}
