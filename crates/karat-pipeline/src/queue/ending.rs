//! What becomes of a job when an attempt at it is over.

use karat_record::{Kind, Policy, Problem, Result};
use karat_store::queue::{Attempt, Claim, End, State};

use super::Done;
use super::pace::{backoff, pause};

/// Why a worker asked an attempt to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The worker is to end: the job goes on elsewhere.
    Leaving,
    /// It took longer than it may.
    TooLong,
    Cancelled,
    /// The attempt is not in force any more, or nobody can say so.
    Lost,
}

/// What is to be put on record of an attempt that is over; nothing where it was not in force any
/// more. Work that was completed all the same is.
pub fn of(attempt: &Attempt, why: Option<Why>, outcome: Result<Done>) -> Option<End> {
    let Claim { job, attempt: number, .. } = attempt.claim;
    match (why, outcome) {
        (Some(Why::Lost), _) => None,
        (_, Ok(Done::Completed(result))) => Some(End::completed(result)),
        (Some(Why::Cancelled), _) => {
            let problem = Some(Problem::new(Kind::Stopped, "it was cancelled"));
            Some(End { problem, ..End::of(State::Cancelled) })
        }
        (Some(Why::TooLong), _) => {
            let limit = attempt.time_limit.unwrap_or_default();
            let what = format!("it took longer than the {limit} s that it may take");
            Some(failed(&attempt.claim, tries(attempt), Problem::new(Kind::Busy, what)))
        }
        (Some(Why::Leaving), Ok(Done::NotYet(_)) | Err(_)) => Some(End::of(State::Available)),
        (None, Ok(Done::NotYet(why))) => {
            let problem = Some(Problem::new(Kind::Busy, why));
            let delay = Some(pause(job, number));
            Some(End { delay, problem, ..End::of(State::Scheduled) })
        }
        // It noticed before its worker that the attempt is not in force any more.
        (None, Err(problem)) if problem.kind == Kind::Stopped => None,
        (None, Err(problem)) => Some(failed(&attempt.claim, tries(attempt), problem)),
    }
}

fn tries(attempt: &Attempt) -> (i32, i32) {
    (attempt.failures, attempt.max_attempts)
}

/// What becomes of a job whose worker is gone.
pub fn lost(claim: &Claim, tries: (i32, i32)) -> End {
    let what = format!("nothing was heard any more of its worker {}", claim.worker);
    failed(claim, tries, Problem::new(Kind::Lost, what))
}

/// The job is tried again later, if that may help and it may still fail.
fn failed(claim: &Claim, (failures, most): (i32, i32), problem: Problem) -> End {
    let failures = failures + 1;
    let again = may_pass(problem.kind) && failures < most;
    let state = if again { State::Retryable } else { State::Discarded };
    let delay = again.then(|| backoff(claim.job, claim.attempt, failures));
    End { is_failure: true, delay, problem: Some(problem), ..End::of(state) }
}

/// Whether the same may go well later. A database that the job was found in comes back, and a
/// project is mended while its worker runs.
pub fn may_pass(kind: Kind) -> bool {
    kind.policy() == Policy::Retry || matches!(kind, Kind::Connection | Kind::Project)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attempt(failures: i32) -> Attempt {
        Attempt {
            claim: Claim { job: 1, attempt: failures + 1, worker: "w".to_owned() },
            kind: "run".to_owned(),
            args: json!({}),
            failures,
            max_attempts: 3,
            time_limit: Some(2.0),
            requested_by: None,
        }
    }

    /// State, whether it counts, and whether it waits.
    fn end(failures: i32, why: Option<Why>, outcome: Result<Done>) -> Option<(State, bool, bool)> {
        let end = of(&attempt(failures), why, outcome)?;
        Some((end.state, end.is_failure, end.delay.is_some()))
    }

    #[test]
    fn every_end_of_an_attempt_leads_somewhere() {
        let done = || Ok(Done::Completed(json!(1)));
        let busy = || Ok(Done::NotYet("another run goes on".to_owned()));
        let wrong = |kind| Err(Problem::new(kind, "x"));
        let cases = [
            (0, None, done(), Some((State::Completed, false, false))),
            (0, Some(Why::Leaving), done(), Some((State::Completed, false, false))),
            (0, Some(Why::Cancelled), done(), Some((State::Completed, false, false))),
            (0, Some(Why::Lost), done(), None),
            (0, None, busy(), Some((State::Scheduled, false, true))),
            (2, None, busy(), Some((State::Scheduled, false, true))),
            (0, Some(Why::Leaving), busy(), Some((State::Available, false, false))),
            (2, Some(Why::Leaving), wrong(Kind::Stopped), Some((State::Available, false, false))),
            (2, Some(Why::Cancelled), wrong(Kind::Sql), Some((State::Cancelled, false, false))),
            (0, Some(Why::TooLong), wrong(Kind::Sql), Some((State::Retryable, true, true))),
            (2, Some(Why::TooLong), wrong(Kind::Sql), Some((State::Discarded, true, false))),
            (0, Some(Why::Lost), wrong(Kind::Lost), None),
            (0, None, wrong(Kind::Lost), Some((State::Retryable, true, true))),
            (0, None, wrong(Kind::Connection), Some((State::Retryable, true, true))),
            (1, None, wrong(Kind::Busy), Some((State::Retryable, true, true))),
            (2, None, wrong(Kind::Busy), Some((State::Discarded, true, false))),
            (0, None, wrong(Kind::Data), Some((State::Discarded, true, false))),
            (0, None, wrong(Kind::Input), Some((State::Discarded, true, false))),
            (0, None, wrong(Kind::Stopped), None),
        ];
        for (failures, why, outcome, expected) in cases {
            let shown = format!("{failures} {why:?} {outcome:?}");
            assert_eq!(end(failures, why, outcome), expected, "{shown}");
        }
    }
}
