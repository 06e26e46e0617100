//! `karat run`: everything that is not up to date.

use karat_pipeline::check::Options;
use karat_pipeline::context::Context;
use karat_pipeline::run::Step;
use karat_pipeline::{deploy, run as pipeline};
use serde_json::json;

use super::{Done, Shell, jobs, summary};
use crate::Ending;
use crate::args::Run;

pub async fn run(shell: &mut Shell, run: &Run) -> Done {
    with(shell, run, false).await
}

/// The same, without policies and row level security where that is wanted.
pub async fn with(shell: &mut Shell, run: &Run, no_rls: bool) -> Done {
    let mut project = shell.project()?;
    project.row_level_security &= !no_rls;
    let steps = steps(run);
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    if run.dry_run {
        let declared = deploy::declared(&project)?;
        let context = Context { project: &project, address: &base.address, reporter, run: None };
        let plan = deploy::plan(&context, &declared).await?;
        let due = steps.iter().filter(|step| step.is_declared(&project));
        let names: Vec<&str> = due.map(|step| step.name()).collect();
        shell.output.line(format!("would run: {}", names.join(", ")));
        for step in plan.changes() {
            shell.output.line(format!("  deploy  {}  {}:{}", step.object, step.file, step.line));
        }
        for dataset in karat_pipeline::load::ordered(&project)? {
            shell.output.line(format!("  load    {} into {}", dataset.name, dataset.table));
        }
        for suite in &project.checks {
            shell.output.line(format!("  check   {} in {}", suite.name, suite.table));
        }
        for entity in &project.entities {
            shell.output.line(format!("  resolve {} into {}", entity.name, entity.golden.table));
        }
        for file in &project.objectives {
            shell.output.line(format!(
                "  measure {} objectives of {}",
                file.objectives.len(),
                file.name
            ));
        }
        for output in &project.outputs {
            shell.output.line(format!("  make    {} as {}", output.name, output.form.file()));
        }
        let changes: Vec<_> = plan.changes().collect();
        shell.output.document(&json!({
            "would_run": names,
            "steps": changes,
            "datasets": project.datasets.iter().map(|d| &d.name).collect::<Vec<_>>(),
            "checks": project.checks.iter().map(|s| &s.name).collect::<Vec<_>>(),
            "objectives": project.objectives.iter().map(|o| &o.name).collect::<Vec<_>>(),
            "outputs": project.outputs.iter().map(|o| &o.name).collect::<Vec<_>>(),
            "entities": project.entities.iter().map(|e| &e.name).collect::<Vec<_>>(),
        }));
        return Ok(Ending::Done);
    }
    shell.agreed(&project, &base, run.yes)?;
    let request = pipeline::Request {
        steps,
        command: "run".to_owned(),
        entities: Vec::new(),
        effort: Default::default(),
        files: Vec::new(),
        report: run.report_file.clone(),
        checks: Options { as_of: run.as_of, ..Options::default() },
    };
    if run.order.queue {
        return jobs::order(shell, &project, &base, (&request, &run.order)).await;
    }
    let done = pipeline::run(&project, &base, &request, reporter).await?;
    summary::show(shell, &done)
}

fn steps(run: &Run) -> Vec<Step> {
    match (run.from, run.steps.as_slice()) {
        (Some(from), _) => Step::ALL.into_iter().filter(|step| *step >= from).collect(),
        (None, []) => Step::ALL.to_vec(),
        (None, steps) => steps.to_vec(),
    }
}
