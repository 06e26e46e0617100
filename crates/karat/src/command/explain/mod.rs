//! `karat explain`: why two records are, or are not, taken for one, and where golden values come
//! from.

mod golden;

pub use golden::decision;

use karat_chart::Chart;
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
    let waterfall = found.waterfall();
    shell.output.line("");
    shell.output.line(waterfall.text(shell.output.width(), shell.output.is_coloured()));
    shell.output.line(format!("  {}", found.verdict()));
    if let Some(path) = &command.svg {
        std::fs::write(path, waterfall.svg()).map_err(|e| Problem::io("write", path, &e))?;
        shell.output.line(format!("  drawn in {}", path.display()));
    }
    shell.output.document(&document(&found));
    Ok(Ending::Done)
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
