//! Rows on several threads, in order: the result of row i stands at i, whatever the number of threads.

use std::sync::atomic::AtomicBool;

use crate::error::CorpusError;
use crate::progress;

/// Number of threads to use where the caller named none.
pub(crate) fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Applies `work` to `rows`, visiting them by ascending `key`, so that rows of one place are neighbours on one thread:
/// `make_state` gives each thread something to remember between them.
///
/// Threads live as long as the call: no pool that a fork could break.
///
/// # Errors
/// The error of the first failing row in the order of keys; `Interrupted` when `stop` was set.
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
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&row| key(&rows[row]));
    let run = |places: &[usize]| -> Result<Vec<(usize, T)>, CorpusError> {
        let mut state = make_state();
        places
            .iter()
            .map(|&place| {
                progress::check(stop)?;
                Ok((place, work(&mut state, &rows[place])?))
            })
            .collect()
    };
    let chunk = order.len().div_ceil(threads.max(1)).max(1);
    let mut results = if chunk >= order.len() {
        run(&order)?
    } else {
        std::thread::scope(|scope| {
            let handles: Vec<_> = order
                .chunks(chunk)
                .map(|places| scope.spawn(|| run(places)))
                .collect();
            let mut results = Vec::with_capacity(rows.len());
            let mut first_error = None;
            for handle in handles {
                match handle.join() {
                    Ok(Ok(part)) => results.extend(part),
                    Ok(Err(error)) => {
                        first_error.get_or_insert(error);
                    }
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            first_error.map_or(Ok(results), Err)
        })?
    };
    results.sort_unstable_by_key(|&(place, _)| place);
    Ok(results.into_iter().map(|(_, value)| value).collect())
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
