//! How much of a question is copied from its passage: runs of words that both have.

use std::sync::atomic::AtomicBool;

use super::words::for_each_run;
use crate::error::CorpusError;
use crate::workers::{map_rows, num_threads};

/// Of each question, given with the number of its passage: the runs of `run_words` words that stand in the passage, and all of
/// its runs. A question of fewer words has none.
///
/// # Errors
/// `run_words` is 0, a passage is missing, `stop` was set, or the system gives no thread.
pub fn copied_runs(
    questions: &[(&str, usize)],
    passages: &[&str],
    run_words: usize,
    threads: Option<usize>,
    stop: &AtomicBool,
) -> Result<Vec<(u32, u32)>, CorpusError> {
    let bad = |name, found: usize, expected| CorpusError::Argument {
        name,
        found: found.to_string(),
        expected,
    };
    if run_words == 0 {
        return Err(bad("run_words", run_words, "at least 1"));
    }
    if let Some(&(_, passage)) = questions
        .iter()
        .find(|(_, passage)| *passage >= passages.len())
    {
        return Err(bad("passage", passage, "the number of a passage"));
    }
    let threads = num_threads(threads);
    let runs_of = |(): &mut (), passage: &&str| {
        let mut runs = Vec::new();
        for_each_run(passage, run_words, false, |run, _, _| {
            runs.push(run);
            true
        });
        runs.sort_unstable();
        Ok(runs)
    };
    let runs = map_rows(passages, threads, stop, |_| (), || (), runs_of)?;
    let count = |(): &mut (), &(question, passage): &(&str, usize)| {
        let (mut num_copied, mut num_runs) = (0, 0);
        for_each_run(question, run_words, false, |run, _, _| {
            num_copied += u32::from(runs[passage].binary_search(&run).is_ok());
            num_runs += 1;
            true
        });
        Ok((num_copied, num_runs))
    };
    map_rows(questions, threads, stop, |_| (), || (), count)
}
