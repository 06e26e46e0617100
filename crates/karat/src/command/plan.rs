//! `karat plan`: what a deployment would change.

use karat_pipeline::context::Context;
use karat_pipeline::deploy;
use karat_store::deploy::Action;
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::output::table;

pub async fn run(shell: &mut Shell) -> Done {
    let project = shell.project()?;
    let declared = deploy::declared(&project)?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let plan = deploy::plan(&context, &declared).await?;
    let rows: Vec<Vec<String>> = plan
        .changes()
        .map(|step| {
            let place = format!("{}:{}", step.file, step.line);
            let apart = if step.transactional { "" } else { "after the transaction" };
            vec![word(step.action).to_owned(), step.object.clone(), place, apart.to_owned()]
        })
        .collect();
    table(&rows, &[]).iter().for_each(|line| shell.output.line(format!("  {line}")));
    for object in &plan.undeclared {
        shell.output.line(format!("  stays    {object}, which is no longer declared"));
    }
    let kept = plan.steps.len() - rows.len();
    shell.output.line(if rows.is_empty() {
        format!("nothing to do: {kept} objects are as declared")
    } else {
        format!("{} to do, {kept} as declared; karat deploy does it", rows.len())
    });
    let steps: Vec<_> = plan.changes().collect();
    shell.output.document(&json!({
        "steps": steps, "unchanged": kept, "undeclared": plan.undeclared,
    }));
    Ok(Ending::Done)
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Create => "make",
        Action::Replace => "replace",
        Action::Keep => "keep",
        Action::Adopt => "take over, if it is as declared",
        Action::Compare => "compare, its declaration changed",
        Action::Migrate => "run once",
        Action::SkipMigration => "note as not needed",
    }
}
