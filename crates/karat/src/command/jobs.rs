//! `karat jobs`: what is in the queue, and what became of it.

use karat_pipeline::base::Base;
use karat_pipeline::project::Project;
use karat_pipeline::queue::run::How;
use karat_pipeline::queue::{self, Failed, Job, Said, State, Wanted};
use karat_pipeline::run as pipeline;
use karat_record::{Kind, Problem, Problems, Result};
use karat_store::Session;
use serde_json::{Value as Json, json};

use super::{Done, Shell};
use crate::Ending;
use crate::args::{Jobs, List, Order};
use crate::output::{Output, duration, number, table};

pub async fn run(shell: &mut Shell, jobs: &Jobs) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let Some(session) = queue::look(&base.address).await? else {
        let problem = Problem::new(Kind::Usage, "nothing was put into the queue here yet");
        return Err(problem.hint("karat run --queue does so").into());
    };
    match jobs {
        Jobs::List(wanted) => list(shell, &session, wanted).await,
        Jobs::Show { job } => {
            let job = queue::find(&session, *job).await?;
            show(&shell.output, &job);
            shell.output.document(&json!(job));
            Ok(Ending::Done)
        }
        Jobs::Retry { jobs } => {
            each(shell, jobs, async |job| queue::retry(&session, job).await).await
        }
        Jobs::Cancel { jobs } => {
            each(shell, jobs, async |job| queue::cancel(&session, job).await).await
        }
    }
}

/// Puts a run into the queue, as one job or as one for each step: all of them or none.
pub async fn order(
    shell: &Shell,
    project: &Project,
    base: &Base,
    (request, with): (&pipeline::Request, &Order),
) -> Done {
    let session = queue::open(&base.address).await?;
    let how = How {
        by_step: with.by_step,
        after: with.after.clone(),
        priority: with.priority,
        delay: with.delay,
        attempts: with.attempts,
        time_limit: with.time_limit,
    };
    let jobs = queue::run::put(project, &session, (request, &how)).await?;
    for job in &jobs {
        let next = format!("karat jobs show {job} says how it stands");
        shell.output.line(format!("job {job} is in the queue; {next}"));
    }
    shell.output.document(&json!({ "jobs": jobs }));
    Ok(Ending::Done)
}

async fn list(shell: &Shell, session: &Session, wanted: &List) -> Done {
    let wanted = Wanted {
        state: wanted.state,
        kind: wanted.kind.as_deref(),
        before: wanted.before,
        // One more tells whether there are more.
        limit: wanted.limit + 1,
    };
    let mut jobs = queue::list(session, &wanted).await?;
    let are_all = jobs.len() < wanted.limit as usize;
    jobs.truncate(wanted.limit as usize - 1);
    let out = &shell.output;
    let head = ["job", "kind", "state", "begun", "took", "by", ""].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(jobs.iter().map(row)).collect();
    let right = [true, false, false, false, true];
    if jobs.is_empty() {
        out.line("no jobs");
    }
    for (i, line) in table(&rows, &right).iter().enumerate().filter(|_| !jobs.is_empty()) {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
    let last = jobs.last().map(|job| job.id);
    if let (false, Some(last)) = (are_all, last) {
        out.line(format!("  more with --before {last}"));
    }
    out.document(&json!({ "jobs": jobs, "more": !are_all, "last": last }));
    Ok(Ending::Done)
}

fn row(job: &Job) -> Vec<String> {
    let note = match job.state {
        State::Running => progress(job).unwrap_or_default(),
        State::Scheduled | State::Retryable => format!("from {} on", shown(&job.run_at)),
        State::Waiting => format!("for {}", numbers(&job.parents)),
        State::Discarded => job.error.clone().unwrap_or_default(),
        State::Cancelled => cancelled(job),
        State::Available | State::Completed => String::new(),
    };
    let first = note.lines().next().unwrap_or_default();
    vec![
        job.id.to_string(),
        job.kind.clone(),
        job.state.name().to_owned(),
        job.started_at.as_deref().map(shown).unwrap_or_default(),
        job.took.map(took).unwrap_or_default(),
        job.requested_by.clone().unwrap_or_default(),
        first.chars().take(80).collect(),
    ]
}

fn show(out: &Output, job: &Job) {
    let begun = match job.attempt {
        0 => None,
        1 => Some("once".to_owned()),
        many => Some(format!("{many} times")),
    };
    let of = format!("{} of {} attempts", job.failures, job.max_attempts);
    let mut rows = vec![
        ("kind", Some(job.kind.clone())),
        ("state", Some(job.state.name().to_owned())),
        ("asked for", Some(asked(job))),
        ("begun", begun),
        ("failed", (job.failures > 0).then_some(of)),
        ("waits for", (!job.parents.is_empty()).then(|| format!("jobs {}", numbers(&job.parents)))),
        ("may begin", waits(job).then(|| shown(&job.run_at))),
        ("began", job.started_at.as_deref().map(shown)),
        ("ended", job.finished_at.as_deref().map(shown)),
        ("took", job.took.map(took)),
        ("worker", job.worker.clone()),
        ("progress", progress(job)),
        ("runs", (!job.runs.is_empty()).then(|| numbers(&job.runs))),
        ("cancelled", job.cancel_asked_by.as_ref().map(|_| cancelled(job))),
        ("error", job.error.clone()),
    ];
    rows.retain(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty()));
    out.line(out.strong(&format!("job {}", job.id)));
    let cells =
        rows.into_iter().map(|(name, value)| vec![name.to_owned(), value.unwrap_or_default()]);
    for line in table(&cells.collect::<Vec<_>>(), &[]) {
        out.line(format!("  {}", line.replace('\n', "\n             ")));
    }
    for Failed { attempt, at, what, hint } in job.failed() {
        let inside = |text: String| text.replace('\n', "\n    ");
        out.line(format!("  attempt {attempt} at {}: {}", shown(&at), inside(what)));
        out.line(format!("    hint: {}", inside(hint)));
    }
}

fn waits(job: &Job) -> bool {
    matches!(job.state, State::Scheduled | State::Retryable)
}

fn asked(job: &Job) -> String {
    let by = job.requested_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    format!("{}{by} through {}", shown(&job.created_at), job.interface)
}

fn cancelled(job: &Job) -> String {
    let by = job.cancel_asked_by.as_ref().map(|by| format!("by {by}"));
    by.or(job.error.clone()).unwrap_or_default()
}

/// What it does, and how much of that is done.
fn progress(job: &Job) -> Option<String> {
    let Said { note, share, rows } = job.said()?;
    let share = share.map(|share| format!(", {:.0} %", (100.0 * share).floor()));
    let rows = rows.map(|rows| format!(", {} rows", number(rows)));
    Some(format!("{note}{}{}", share.unwrap_or_default(), rows.unwrap_or_default()))
}

fn took(seconds: f64) -> String {
    duration(std::time::Duration::from_secs_f64(seconds.max(0.0)))
}

/// A moment without its T and Z: it is in UTC.
fn shown(moment: &str) -> String {
    moment.replace('T', " ").trim_end_matches('Z').to_owned()
}

fn numbers(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// Does the same to each job; those that cannot have it done do not stand in the way of others.
async fn each(shell: &Shell, jobs: &[i64], change: impl AsyncFn(i64) -> Result<State>) -> Done {
    let mut problems = Problems::default();
    let mut done = Vec::<Json>::new();
    for job in jobs {
        match change(*job).await {
            Ok(state) => {
                shell.output.line(match state {
                    State::Running => format!("job {job} stops at its next chance"),
                    state => format!("job {job} is {} now", state.name()),
                });
                done.push(json!({ "job": job, "state": state }));
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.into_result()?;
    shell.output.document(&json!({ "jobs": done }));
    Ok(Ending::Done)
}
