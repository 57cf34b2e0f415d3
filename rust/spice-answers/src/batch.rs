//! Many cases at once: row i of the result belongs to row i, whatever the number of threads.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crate::grade::{Gold, Mode, check};
use crate::policy::Policy;
use crate::verdict::{AnswerKind, Case, Rule, Verdict};

/// Below this many cases per thread another thread costs more than it saves.
const MIN_CASES_PER_THREAD: usize = 512;

/// The verdicts on all cases.
///
/// `threads` is an upper bound; `None` takes what the machine has. A case that makes the grader fail is undecided
/// ([`Rule::Crashed`]) and leaves the others alone.
pub fn check_batch(
    cases: &[Case<'_>],
    policy: Policy,
    mode: Mode,
    threads: Option<NonZero<usize>>,
) -> Vec<Verdict> {
    on_threads(cases, threads, |case| check(case, policy, mode))
}

/// The verdicts on responses to kept golds: pairs of a gold's place and a response.
///
/// # Panics
///
/// Where a place is beyond the golds.
pub fn check_compiled(
    golds: &[Gold],
    responses: &[(usize, &str)],
    policy: Policy,
    mode: Mode,
    threads: Option<NonZero<usize>>,
) -> Vec<Verdict> {
    assert!(responses.iter().all(|&(place, _)| place < golds.len()));
    on_threads(responses, threads, |&(place, response)| {
        golds[place].check(response, policy, mode)
    })
}

fn on_threads<T: Sync>(
    cases: &[T],
    threads: Option<NonZero<usize>>,
    check: impl Fn(&T) -> Verdict + Sync,
) -> Vec<Verdict> {
    let available = threads
        .or_else(|| thread::available_parallelism().ok())
        .map_or(1, NonZero::get);
    let num_threads = available.min(cases.len() / MIN_CASES_PER_THREAD).max(1);
    let check_all = |cases: &[T]| -> Vec<Verdict> {
        cases.iter().map(|case| guarded(|| check(case))).collect()
    };
    if num_threads == 1 {
        return check_all(cases);
    }
    thread::scope(|scope| {
        let check_all = &check_all;
        let workers: Vec<_> = cases
            .chunks(cases.len().div_ceil(num_threads))
            .map(|part| (part.len(), scope.spawn(move || check_all(part))))
            .collect();
        workers
            .into_iter()
            .flat_map(|(length, worker)| worker.join().unwrap_or_else(|_| vec![CRASHED; length]))
            .collect()
    })
}

const CRASHED: Verdict = Verdict {
    rule: Rule::Crashed,
    span: None,
    gold_kind: AnswerKind::Unread,
    answer_kind: AnswerKind::Unread,
    fuel: 0,
};

fn guarded(check: impl FnOnce() -> Verdict) -> Verdict {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or(CRASHED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_crashes_is_undecided() {
        let verdict = guarded(|| panic!("a defect of the grader"));
        assert_eq!(
            (verdict.rule, verdict.rule.equivalent()),
            (Rule::Crashed, None)
        );
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let answers: Vec<String> = (0..5000).map(|i| format!("\\boxed{{{}}}", i % 7)).collect();
        let cases: Vec<Case<'_>> = answers
            .iter()
            .map(|response| Case {
                gold: "3",
                response,
                kind: None,
                choices: &[],
            })
            .collect();
        let expected = check_batch(&cases, Policy::TRAINING, Mode::Response, NonZero::new(1));
        assert_eq!(
            check_batch(&cases, Policy::TRAINING, Mode::Response, NonZero::new(3)),
            expected
        );
        assert_eq!(expected[3].rule, Rule::EqualBytes);
        assert_eq!(expected[4].rule, Rule::DifferentNumber);
    }
}
