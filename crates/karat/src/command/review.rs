//! `karat review`: pairs that a person has to decide, and the decisions.

mod set;

use karat_pipeline::context::Context;
use karat_pipeline::resolve;
use karat_record::{Kind, Problem, Result};
use karat_store::review::{self, Decision, Record, Verdict, Waiting};
use karat_store::{Session, overrides, own};
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
    let deciding = |entity, verdict, reason| Deciding {
        session: &session,
        author: &author,
        entity,
        verdict,
        reason,
    };
    match command {
        Review::List { which, unsure } => {
            let entity = which.entity.as_deref();
            list(shell, &review::list(&session, entity, which.limit, *unsure).await?);
        }
        Review::Decisions(which) => {
            let acts = review::acts(&session, which.entity.as_deref(), which.limit).await?;
            decisions(shell, &acts);
        }
        Review::Accept(decide) => {
            deciding(&decide.entity, Verdict::Same, &decide.reason).pair(shell, decide).await?;
        }
        Review::Refuse(decide) => {
            deciding(&decide.entity, Verdict::Different, &decide.reason)
                .pair(shell, decide)
                .await?;
        }
        Review::Unsure(decide) => {
            deciding(&decide.entity, Verdict::Unsure, &decide.reason).pair(shell, decide).await?;
        }
        Review::Merge { entity, ids, reason } => {
            deciding(entity, Verdict::Same, reason).merge(shell, ids).await?;
        }
        Review::Split { entity, id, records, reason } => {
            deciding(entity, Verdict::Different, reason).split(shell, id, records).await?;
        }
        Review::Set(said) => {
            let reporter = shell.reporter()?;
            let context =
                Context { project: &project, address: &base.address, reporter, run: None };
            set::run(shell, &context, (said, &author)).await?;
        }
        Review::Undo { entity, a, b, decision } => {
            let by = (entity.as_str(), author.as_str());
            undo(shell, &session, by, (a.as_deref(), b.as_deref(), *decision)).await?;
        }
    }
    Ok(Ending::Done)
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

fn decisions(shell: &Shell, acts: &[review::Act]) {
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

/// A decision on its way.
struct Deciding<'a> {
    session: &'a Session,
    author: &'a str,
    entity: &'a str,
    verdict: Verdict,
    reason: &'a Option<String>,
}

impl Deciding<'_> {
    async fn pair(&self, shell: &Shell, decide: &Decide) -> Result<()> {
        let pair = pair(&decide.a, &decide.b)?;
        let done = match self.verdict {
            Verdict::Same => "they are the same; the next karat run obeys it",
            Verdict::Different => "they are not the same; the next karat run obeys it",
            Verdict::Unsure => "it cannot be told",
        };
        self.note(shell, &[pair], done).await
    }

    /// All records of the entities are one: each with the first of all.
    async fn merge(&self, shell: &Shell, ids: &[String]) -> Result<()> {
        let mut records = Vec::new();
        for id in ids {
            records.extend(self.members(id).await?);
        }
        records.sort();
        records.dedup();
        let pairs: Vec<(Record, Record)> =
            records[1..].iter().map(|record| (records[0].clone(), record.clone())).collect();
        let done = format!("{} records are one entity; the next karat run obeys it", records.len());
        self.note(shell, &pairs, &done).await
    }

    /// Some records of an entity leave it: each is another than each that stays.
    async fn split(&self, shell: &Shell, id: &str, records: &[String]) -> Result<()> {
        let members = self.members(id).await?;
        let leaving = records.iter().map(|text| record(text)).collect::<Result<Vec<Record>>>()?;
        if let Some(stranger) = leaving.iter().find(|record| !members.contains(record)) {
            let what = format!("{}:{} is no record of entity {id}", stranger.0, stranger.1);
            let all: Vec<String> = members.iter().map(|(s, k)| format!("{s}:{k}")).collect();
            return Err(
                Problem::new(Kind::Usage, what).hint(format!("its records: {}", all.join(" ")))
            );
        }
        let staying: Vec<&Record> = members.iter().filter(|m| !leaving.contains(m)).collect();
        if staying.is_empty() {
            let problem = Problem::new(Kind::Usage, "no record would stay");
            return Err(problem.hint("name only those that are not of this entity"));
        }
        let apart = |leaves: &Record, stays: &Record| match leaves < stays {
            true => (leaves.clone(), stays.clone()),
            false => (stays.clone(), leaves.clone()),
        };
        let pairs: Vec<(Record, Record)> = leaving
            .iter()
            .flat_map(|leaves| staying.iter().map(move |stays| apart(leaves, stays)))
            .collect();
        let (leave, stay) = (leaving.len(), staying.len());
        let done = format!("{leave} records leave, {stay} stay; the next karat run obeys it");
        self.note(shell, &pairs, &done).await
    }

    async fn members(&self, id: &str) -> Result<Vec<Record>> {
        let id = resolve::shown(&resolve::id(id)?);
        let members = review::members(self.session, self.entity, &id).await?;
        match members.is_empty() {
            false => Ok(members),
            true => {
                let what = format!("{} has no entity {id}", self.entity);
                Err(Problem::new(Kind::Usage, what).hint("ids are in the golden table"))
            }
        }
    }

    async fn note(&self, shell: &Shell, pairs: &[(Record, Record)], done: &str) -> Result<()> {
        let Deciding { entity, verdict, author, .. } = *self;
        let reason = self.reason.as_deref();
        let decision = Decision { entity, verdict, author, reason };
        let number = review::decide(self.session, &decision, pairs).await?;
        shell.output.line(format!("noted as decision {number}: {done}"));
        shell.output.document(&json!({ "decision": number, "noted": done }));
        Ok(())
    }
}

async fn undo(
    shell: &Shell,
    session: &Session,
    by: (&str, &str),
    (a, b, decision): (Option<&str>, Option<&str>, Option<i64>),
) -> Result<()> {
    let undone = match (a, b, decision) {
        (Some(a), Some(b), _) => {
            let (a, b) = pair(a, b)?;
            review::undo(session, by, (&a, &b)).await?
        }
        (_, _, Some(act)) => {
            review::undo_act(session, by, act).await? > 0
                || overrides::undo(session, by, act).await?
        }
        _ => false,
    };
    if !undone {
        let problem = Problem::new(Kind::Usage, "there is no such decision in force");
        return Err(problem.hint("karat review decisions lists them"));
    }
    let done = "the decision is taken back";
    shell.output.line(format!("noted: {done}; the next karat run obeys it"));
    shell.output.document(&json!({ "noted": done }));
    Ok(())
}

fn record(text: &str) -> Result<Record> {
    let parts = text.split_once(':');
    parts.map(|(source, key)| (source.to_owned(), key.to_owned())).ok_or_else(needed)
}

/// Two records, the smaller one first.
fn pair(a: &str, b: &str) -> Result<(Record, Record)> {
    let (a, b) = (record(a)?, record(b)?);
    match a.cmp(&b) {
        std::cmp::Ordering::Less => Ok((a, b)),
        std::cmp::Ordering::Greater => Ok((b, a)),
        std::cmp::Ordering::Equal => Err(needed()),
    }
}

fn needed() -> Problem {
    Problem::new(Kind::Usage, "two different records are needed, as SOURCE:KEY")
        .hint("take them from karat review list")
}
