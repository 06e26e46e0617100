//! `karat audit`: who changed what, when, and through what.

use karat_record::{Kind, Problem};
use karat_store::audit::{self, Entry, Wanted};
use karat_store::{Session, own};
use serde_json::{Value as Json, json};

use super::{Done, Shell};
use crate::Ending;
use crate::args::Audit;
use crate::output::{Output, number, table};

pub async fn run(shell: &mut Shell, args: &Audit) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let session = Session::open(&base.address).await?;
    if !own::is_ready(&session).await? {
        let problem = Problem::new(Kind::Usage, "nothing is audited here yet");
        return Err(problem.hint("karat run begins to").into());
    }
    let since = args.since.map(|since| since.to_string());
    let wanted = Wanted {
        table: args.table.as_deref(),
        key: args.key.as_deref(),
        since: since.as_deref(),
        by: args.by.as_deref(),
        // One more tells whether there are more.
        limit: args.limit.saturating_add(1),
    };
    let mut entries = audit::list(&session, &wanted).await?;
    let are_all = entries.len() <= args.limit as usize;
    entries.truncate(args.limit as usize);
    show(&shell.output, &entries, are_all);
    shell.output.document(&json!({ "changes": entries, "more": !are_all }));
    Ok(Ending::Done)
}

fn show(out: &Output, entries: &[Entry], are_all: bool) {
    let heads: Vec<Vec<String>> = entries.iter().map(head).collect();
    for (line, entry) in table(&heads, &[true]).iter().zip(entries) {
        out.line(format!("  {}", out.strong(line)));
        let rows = columns(entry);
        table(&rows, &[]).iter().for_each(|row| out.line(format!("        {row}")));
    }
    out.line(match (entries.len(), are_all) {
        (0, _) => "no changes".to_owned(),
        (1, true) => "1 change".to_owned(),
        (many, true) => format!("{} changes", number(many as u64)),
        (many, false) => {
            format!("the last {} changes; see more with --limit", number(many as u64))
        }
    });
}

/// Number, moment, what happened to which row of which table, by whom and through what.
fn head(entry: &Entry) -> Vec<String> {
    let moment: String = entry.at.chars().take(19).collect();
    let row = match (&entry.key, entry.counted) {
        (Some(key), _) => key.clone(),
        (None, Some(1)) => "1 row".to_owned(),
        (None, Some(many)) => format!("{} rows", number(many.cast_unsigned())),
        (None, None) => String::new(),
    };
    let login = entry.role.as_ref().unwrap_or(&entry.login);
    let who = match &entry.person {
        Some(person) if person != login => format!("{person} as {login}"),
        _ => login.clone(),
    };
    let run = entry.run.map(|run| format!("run {run}"));
    let application = match entry.interface.as_str() {
        "cli" | "run" => None,
        _ => entry.application.clone(),
    };
    let through = [Some(entry.interface.clone()), application, run];
    let through = through.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let what = [entry.number.to_string(), moment.replace('T', " "), entry.operation.clone()];
    what.into_iter().chain([entry.table.clone(), row, who, through]).collect()
}

/// The columns that changed: what was, and what is. Of rows that came or went nulls say nothing.
fn columns(entry: &Entry) -> Vec<Vec<String>> {
    let of = |side: &Option<Json>| side.as_ref().and_then(Json::as_object).cloned();
    let (before, after) = (of(&entry.before), of(&entry.after));
    match (before, after) {
        (Some(before), Some(after)) => before
            .iter()
            .map(|(name, was)| {
                let is = after.get(name).unwrap_or(&Json::Null);
                vec![name.clone(), format!("{} → {}", value(was), value(is))]
            })
            .collect(),
        (Some(row), None) | (None, Some(row)) => {
            let told = row.iter().filter(|(_, value)| !value.is_null());
            told.map(|(name, is)| vec![name.clone(), value(is)]).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// Characters of a value that are shown.
const LONGEST: usize = 80;

fn value(value: &Json) -> String {
    let text = match value {
        Json::Null => "nothing".to_owned(),
        Json::String(text) => text.replace('\n', " "),
        other => other.to_string(),
    };
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => text,
    }
}
