//! `karat rejects replay`: a mended export back into its dataset.

use std::path::Path;

use karat_pipeline::base::Base;
use karat_pipeline::load::replay::Outcome;
use karat_pipeline::project::Project;
use karat_pipeline::rejects;
use serde_json::json;

use super::super::{Done, Shell};
use crate::Ending;
use crate::output::number;

pub async fn run(
    shell: &mut Shell,
    project: &Project,
    base: &Base,
    (file, overwrite): (&Path, bool),
) -> Done {
    let reporter = shell.reporter()?;
    let done = rejects::replay(project, base, (file, overwrite), reporter).await?;
    let out = &shell.output;
    let outcome = &done.outcome;
    lines(outcome).iter().for_each(|line| out.line(line));
    for follower in &done.followers {
        out.line(format!("  load {}: {}", follower.dataset, follower.line()));
    }
    out.document(&json!({ "replay": outcome, "followers": done.followers }));
    Ok(Ending::Done)
}

fn lines(outcome: &Outcome) -> Vec<String> {
    let books = &outcome.books;
    let rows = number(books.read);
    let mut lines: Vec<String> =
        outcome.notes.iter().map(|note| format!("  note: {}: {note}", outcome.dataset)).collect();
    if books.read == outcome.settled {
        lines.push(format!("nothing to do: all {rows} rows were replayed or dismissed before"));
        return lines;
    }
    let parts = [
        (books.inserted, "new"),
        (books.updated, "updated"),
        (books.unchanged, "unchanged"),
        (books.duplicate - outcome.settled, "duplicate"),
        (outcome.settled, "settled before"),
        (books.rejected, "rejected again"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", number(*n)))
        .collect();
    lines.push(match outcome.load {
        Some(load) => {
            format!("load {load}: {rows} rows of {}: {}", outcome.dataset, parts.join(", "))
        }
        None => {
            format!("nothing was loaded: no row fits that did not before ({})", parts.join(", "))
        }
    });
    if !outcome.reasons.is_empty() {
        lines.push(format!("  {}", outcome.reasons));
    }
    lines
}
