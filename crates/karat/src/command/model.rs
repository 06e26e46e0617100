//! `karat model`: the model in force, out and in.

use std::path::Path;

use karat_pipeline::context::Context;
use karat_pipeline::model::{Body, Level, Model};
use karat_pipeline::study;
use karat_record::{Kind, Problem, Result};
use serde_json::{Value as Json, json};

use super::{Done, Shell, entity};
use crate::Ending;
use crate::args::ModelCommand;
use crate::output::{Output, number, table};

pub async fn run(shell: &mut Shell, command: &ModelCommand) -> Done {
    let project = shell.project()?;
    let (ModelCommand::Show { entity: name }
    | ModelCommand::Export { entity: name, .. }
    | ModelCommand::Import { entity: name, .. }) = command;
    let entity = entity(&project, name)?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    match command {
        ModelCommand::Show { .. } => {
            let model = study::model(&context, entity).await?;
            show(&shell.output, &model);
            shell.output.document(&document(&model)?);
        }
        ModelCommand::Export { file, splink, .. } => {
            let model = study::model(&context, entity).await?;
            let text = if *splink { as_splink(&model)? } else { model.text()? };
            write(shell, file, &text)?;
        }
        ModelCommand::Import { file, yes, .. } => {
            shell.agreed(&project, &base, *yes)?;
            let text = std::fs::read_to_string(file).map_err(|e| Problem::io("read", file, &e))?;
            let model = study::import(&context, entity, &text).await?;
            shell.output.line(format!("in force for {}: learned {}", name, model.trained_at));
            shell.output.document(&json!({ "imported": name, "trained_at": model.trained_at }));
        }
    }
    Ok(Ending::Done)
}

fn as_splink(model: &Model) -> Result<String> {
    match &model.body {
        Body::Weights(trained) => serde_json::to_string_pretty(&trained.splink)
            .map_err(|e| Problem::new(Kind::Internal, format!("a model: {e}"))),
        Body::People(_) => Err(Problem::new(Kind::Usage, "Splink has no such model")
            .hint("only entities that declare comparisons have one; leave out --splink")),
    }
}

fn write(shell: &Shell, file: &Path, text: &str) -> Result<()> {
    if file == Path::new("-") {
        shell.output.result(text);
        return Ok(());
    }
    std::fs::write(file, text).map_err(|e| Problem::io("write", file, &e))?;
    shell.output.line(format!("written to {}", file.display()));
    shell.output.document(&json!({ "file": file }));
    Ok(())
}

/// The model as JSON.
pub fn document(model: &Model) -> Result<Json> {
    let failed = |e: serde_json::Error| Problem::new(Kind::Internal, format!("a model: {e}"));
    serde_json::to_value(model).map_err(failed)
}

/// The levels of each comparison with their probabilities and weights.
pub fn show(out: &Output, model: &Model) {
    out.line("");
    out.line(format!(
        "  model of {}, learned {} from {} records (seed {}); merges from {}, asks from {}",
        model.entity,
        model.trained_at,
        number(model.records),
        model.seed,
        model.auto,
        model.review
    ));
    out.line("");
    let mut rows = vec![["level", "m", "u", "weight", "seen"].map(str::to_owned).to_vec()];
    for comparison in model.levels() {
        rows.push(vec![out.strong(&comparison.name)]);
        rows.extend(comparison.levels.iter().map(row));
    }
    for (i, line) in table(&rows, &[false, true, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
    notes(out, &model.body);
}

/// A level: its probabilities, its weight in bits, and what m rests on.
fn row(level: &Level) -> Vec<String> {
    let probability = |p: Option<f64>| match p {
        None => "·".to_owned(),
        Some(p) if p < 0.0001 => format!("{p:.1e}"),
        Some(p) => format!("{p:.4}"),
    };
    let weight = level.weight().map_or("·".to_owned(), |weight| format!("{weight:+.2}"));
    let error = || level.error.map_or(String::new(), |error| format!("± {error:.4}"));
    let seen = level.seen.map_or_else(error, number);
    vec![format!("  {}", level.label), probability(level.m), probability(level.u), weight, seen]
}

fn notes(out: &Output, body: &Body) {
    out.line("");
    match body {
        Body::People(learned) => {
            out.line(format!(
                "  prior {:.2e}; equal values weigh as they are rare",
                learned.lambda
            ));
            if let Some(household) = &learned.household {
                out.line(format!(
                    "  two people of one household: prior {:.2e}; they count against a match",
                    household.lambda
                ));
            }
            if !learned.converged {
                let what = "the estimates had not settled: the largest change was";
                out.line(format!("  note: {what} {:.3}", learned.change));
            }
        }
        Body::Weights(trained) => {
            for session in &trained.sessions {
                let end = if session.converged { "settled" } else { "did NOT settle" };
                let decided = match session.decided {
                    0 => String::new(),
                    n => format!(" ({} decided by people)", number(n)),
                };
                out.line(format!(
                    "  session {}: {} pairs{decided}, {end} after {} rounds",
                    session.rule,
                    number(session.pairs),
                    session.rounds
                ));
            }
            for name in &trained.untrained {
                out.line(format!("  note: no session trained the comparison {name}"));
            }
        }
    }
}
