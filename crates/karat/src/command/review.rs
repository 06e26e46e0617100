//! `karat review`: pairs that a person has to decide, and the decisions.

use karat_record::{Kind, Problem, Result};
use karat_store::review::{self, Pair, Verdict};
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
    let (decide, verdict, done) = match command {
        Review::List { entity, limit } => {
            let (total, pairs) = review::list(&session, entity.as_deref(), *limit).await?;
            list(shell, total, &pairs);
            return Ok(Ending::Done);
        }
        Review::Accept(decide) => (decide, Verdict::Same, "they are the same"),
        Review::Refuse(decide) => (decide, Verdict::Different, "they are not the same"),
        Review::Undo(decide) => (decide, Verdict::Undone, "the decision is taken back"),
    };
    let pair = pair(decide)?;
    let author = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    let made = review::decide(&session, &pair, verdict, &author, decide.reason.as_deref()).await?;
    if !made {
        let problem = Problem::new(Kind::Usage, "there is no decision on these two records");
        return Err(problem.hint("karat review list shows the pairs that wait for one").into());
    }
    shell.output.line(format!("noted: {done}; the next karat run obeys it"));
    shell.output.document(&json!({ "noted": done }));
    Ok(Ending::Done)
}

fn entity_of(command: &Review) -> Option<&str> {
    match command {
        Review::List { entity, .. } => entity.as_deref(),
        Review::Accept(decide) | Review::Refuse(decide) | Review::Undo(decide) => {
            Some(&decide.entity)
        }
    }
}

fn list(shell: &Shell, total: u64, pairs: &[Pair]) {
    for pair in pairs {
        shell.output.line(format!(
            "  {:>3}  {} {}:{} {}:{}  {} ({})",
            pair.score, pair.entity, pair.a.0, pair.a.1, pair.b.0, pair.b.1, pair.tier, pair.reason
        ));
    }
    shell.output.line(match total {
        0 => "nothing to review".to_owned(),
        _ => format!(
            "{} of {} pairs; decide with karat review accept|refuse ENTITY SOURCE:KEY SOURCE:KEY",
            pairs.len(),
            number(total)
        ),
    });
    shell.output.document(&json!({ "total": total, "pairs": pairs }));
}

fn pair(decide: &Decide) -> Result<review::Key> {
    let record = |text: &str| {
        let (source, key) = text.split_once(':')?;
        Some((source.to_owned(), key.to_owned()))
    };
    match (record(&decide.a), record(&decide.b)) {
        (Some(a), Some(b)) if a != b => {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            Ok(review::Key { entity: decide.entity.clone(), a, b })
        }
        _ => Err(Problem::new(Kind::Usage, "two different records are needed, as SOURCE:KEY")
            .hint("take them from karat review list")),
    }
}
