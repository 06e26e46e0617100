//! `karat review`: pairs that a person has to decide, and the decisions.

mod set;

use karat_pipeline::context::Context;
use karat_pipeline::review::{self, Deciding, Noted, Undone};
use karat_record::{Kind, Problem, Result};
use karat_store::review::{self as store, Verdict, Waiting};
use karat_store::{Session, own};
use serde_json::json;

use super::{Done, Shell, declared};
use crate::Ending;
use crate::args::{Decide, Review};
use crate::output::number;

pub async fn run(shell: &mut Shell, command: &Review) -> Done {
    let project = shell.project()?;
    if let Some(name) = entity_of(command) {
        declared("entity", name, project.entities.iter().map(|e| &e.name))?;
    }
    let base = shell.base(&project)?;
    let session = Session::open(&base.address).await?;
    if !own::is_ready(&session).await? {
        let problem = Problem::new(Kind::Usage, "nothing was resolved here yet");
        return Err(problem.hint("karat run resolves").into());
    }
    let author = shell.author();
    let by = |entity, verdict, reason| deciding((&session, &author), entity, verdict, reason);
    match command {
        Review::List { which, unsure } => {
            let entity = which.entity.as_deref();
            list(shell, &store::list(&session, entity, which.limit, *unsure).await?);
        }
        Review::Decisions(which) => {
            let acts = store::acts(&session, which.entity.as_deref(), which.limit).await?;
            decisions(shell, &acts);
        }
        Review::Accept(decide) => {
            let Decide { entity, a, b, reason } = decide;
            note(shell, &by(entity, Verdict::Same, reason).pair(a, b).await?);
        }
        Review::Refuse(decide) => {
            let Decide { entity, a, b, reason } = decide;
            note(shell, &by(entity, Verdict::Different, reason).pair(a, b).await?);
        }
        Review::Unsure(decide) => {
            let Decide { entity, a, b, reason } = decide;
            note(shell, &by(entity, Verdict::Unsure, reason).pair(a, b).await?);
        }
        Review::Merge { entity, ids, reason } => {
            note(shell, &by(entity, Verdict::Same, reason).merge(ids).await?);
        }
        Review::Split { entity, id, records, reason } => {
            note(shell, &by(entity, Verdict::Different, reason).split(id, records).await?);
        }
        Review::Set(said) => {
            let reporter = shell.reporter()?;
            let context =
                Context { project: &project, address: &base.address, reporter, run: None };
            set::run(shell, &context, (said, &author)).await?;
        }
        Review::Undo { entity, a, b, decision } => {
            let by = (entity.as_str(), author.as_str());
            let which = match (a, b, decision) {
                (Some(a), Some(b), _) => Undone::Pair(a, b),
                (_, _, number) => Undone::Number(number.unwrap_or_default()),
            };
            undo(shell, &session, by, which).await?;
        }
    }
    Ok(Ending::Done)
}

fn deciding<'a>(
    (session, author): (&'a Session, &'a str),
    entity: &'a str,
    verdict: Verdict,
    reason: &'a Option<String>,
) -> Deciding<'a> {
    Deciding { session, author, entity, verdict, reason: reason.as_deref() }
}

fn entity_of(command: &Review) -> Option<&str> {
    match command {
        Review::List { which, .. } | Review::Decisions(which) => which.entity.as_deref(),
        Review::Accept(decide) | Review::Refuse(decide) | Review::Unsure(decide) => {
            Some(&decide.entity)
        }
        Review::Set(said) => Some(&said.entity),
        Review::Merge { entity, .. }
        | Review::Split { entity, .. }
        | Review::Undo { entity, .. } => Some(entity),
    }
}

fn list(shell: &Shell, waiting: &Waiting) {
    for pair in &waiting.pairs {
        let records = pair.records.0 + pair.records.1;
        shell.output.line(format!(
            "  {:>3}  {} {}:{} {}:{}  {} ({}), {records} records",
            pair.score, pair.entity, pair.a.0, pair.a.1, pair.b.0, pair.b.1, pair.tier, pair.reason
        ));
    }
    shell.output.line(match waiting.total {
        0 => "nothing to review".to_owned(),
        total => format!(
            "{} of {} pairs; decide with karat review accept|refuse|unsure ENTITY SOURCE:KEY \
             SOURCE:KEY",
            waiting.pairs.len(),
            number(total)
        ),
    });
    shell.output.document(&json!({
        "total": waiting.total, "unsure": waiting.unsure, "pairs": waiting.pairs,
    }));
}

fn decisions(shell: &Shell, acts: &[store::Act]) {
    for act in acts {
        let more = if act.pairs > 1 {
            format!(" and {} pairs more", act.pairs - 1)
        } else {
            String::new()
        };
        let what = match (&act.field, &act.values) {
            (Some(field), Some(values)) => set::shown(act, field, values),
            _ => {
                let [a, b] = [&act.a, &act.b].map(|record| record.as_deref().unwrap_or_default());
                format!("{a} {b} {}{more}", act.verdict)
            }
        };
        let reason = act.reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
        let undone =
            act.undone_by.as_deref().map_or(String::new(), |by| format!("; taken back by {by}"));
        shell.output.line(format!(
            "  {:>5}  {}  {} {what}, {}{reason}{undone}",
            act.number, act.at, act.entity, act.author
        ));
    }
    if acts.is_empty() {
        shell.output.line("nothing was decided yet");
    }
    shell.output.document(&json!({ "decisions": acts }));
}

fn note(shell: &Shell, noted: &Noted) {
    let Noted { number, done } = noted;
    shell.output.line(format!("noted as decision {number}: {done}"));
    shell.output.document(&json!({ "decision": number, "noted": done }));
}

async fn undo(shell: &Shell, session: &Session, by: (&str, &str), which: Undone<'_>) -> Result<()> {
    review::undo(session, by, which).await?;
    let done = "the decision is taken back";
    shell.output.line(format!("noted: {done}; the next karat run obeys it"));
    shell.output.document(&json!({ "noted": done }));
    Ok(())
}
