//! `karat explain`: why two records are, or are not, taken for one, and where golden values come
//! from.

mod golden;

pub use golden::decision;

use karat_chart::{Chart, Mark, Step, Waterfall};
use karat_pipeline::context::Context;
use karat_pipeline::study::{self, Explained};
use karat_record::Problem;
use serde_json::{Value as Json, json};

use super::{Done, Shell, entity};
use crate::Ending;
use crate::args::Explain;

pub async fn run(shell: &mut Shell, command: &Explain) -> Done {
    let project = shell.project()?;
    let entity = entity(&project, &command.entity)?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    if let Some(id) = &command.id {
        return golden::run(shell, &context, entity, (id, command.field.as_deref())).await;
    }
    let records = [&command.a, &command.b].map(|record| record.as_deref().unwrap_or_default());
    let found = study::explain(&context, entity, (records[0], records[1])).await?;
    let waterfall = waterfall(&found);
    shell.output.line("");
    shell.output.line(waterfall.text(shell.output.width(), shell.output.is_coloured()));
    shell.output.line(format!("  {}", verdict(&found)));
    if let Some(path) = &command.svg {
        std::fs::write(path, waterfall.svg()).map_err(|e| Problem::io("write", path, &e))?;
        shell.output.line(format!("  drawn in {}", path.display()));
    }
    shell.output.document(&document(&found));
    Ok(Ending::Done)
}

fn verdict(found: &Explained) -> String {
    let probability = found.explanation.probability;
    let (auto, review) = (found.thresholds.auto, found.thresholds.review);
    let what = match probability {
        p if p >= auto => format!("at least {auto}: one, unless others of their records disagree"),
        p if p >= review => format!("from {review} to {auto}: a person decides"),
        _ => format!("below {review}: apart, unless others of their records connect them"),
    };
    format!("match probability {probability:.4}, {what}")
}

fn waterfall(found: &Explained) -> Waterfall {
    let step = |part: &study::Part| {
        let value = |of: fn(&study::Values) -> &Option<String>| {
            let values = part.values.iter().filter_map(|values| of(values).as_deref());
            values.collect::<Vec<_>>().join(", ")
        };
        Step {
            label: part.comparison.clone(),
            left: value(|values| &values.left),
            right: value(|values| &values.right),
            level: part.level.clone(),
            weight: part.weight + part.adjustment,
        }
    };
    let mark = |label: &str, probability: f64| Mark {
        label: label.to_owned(),
        at: (probability / (1.0 - probability)).log2(),
    };
    Waterfall {
        title: format!("{} and {}", found.a, found.b),
        left: found.a.clone(),
        right: found.b.clone(),
        prior: found.explanation.prior,
        steps: found.explanation.parts.iter().map(step).collect(),
        marks: vec![mark("auto", found.thresholds.auto), mark("review", found.thresholds.review)],
    }
}

fn document(found: &Explained) -> Json {
    let part = |part: &study::Part| {
        let values = part
            .values
            .iter()
            .map(|values| json!({ "column": values.column, "a": values.left, "b": values.right }));
        json!({
            "comparison": part.comparison,
            "level": part.level,
            "gamma": part.gamma,
            "weight": part.weight,
            "adjustment": part.adjustment,
            "values": values.collect::<Vec<_>>(),
        })
    };
    json!({
        "a": found.a,
        "b": found.b,
        "prior": found.explanation.prior,
        "parts": found.explanation.parts.iter().map(part).collect::<Vec<_>>(),
        "weight": found.explanation.total,
        "probability": found.explanation.probability,
        "auto": found.thresholds.auto,
        "review": found.thresholds.review,
    })
}
