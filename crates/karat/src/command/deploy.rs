//! `karat deploy`: the schema, and with `--full` everything.

use karat_pipeline::run::Step;
use karat_pipeline::{deploy, run as pipeline};
use karat_record::{Kind, Problem};

use super::{Done, Shell, summary};
use crate::args::{Deploy, Order, Run};

pub async fn run(shell: &mut Shell, deploy: &Deploy) -> Done {
    if deploy.full {
        let all = Run {
            steps: Vec::new(),
            from: None,
            dry_run: false,
            report_file: deploy.report_file.clone(),
            order: Order::default(),
            yes: deploy.yes,
            as_of: None,
        };
        return super::run::with(shell, &all, deploy.no_rls).await;
    }
    let mut project = shell.project()?;
    project.row_level_security &= !deploy.no_rls;
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, deploy.yes)?;
    let steps = if deploy.data_only { data_steps() } else { vec![Step::Deploy] };
    if deploy.data_only {
        schema_is_there(&project, &base).await?;
    }
    let request = pipeline::Request {
        steps,
        command: "deploy".to_owned(),
        entities: Vec::new(),
        effort: Default::default(),
        files: Vec::new(),
        report: deploy.report_file.clone(),
        checks: Default::default(),
    };
    let reporter = shell.reporter()?;
    let done = pipeline::run(&project, &base, &request, reporter).await?;
    summary::show(shell, &done)
}

/// Every step but the deployment.
fn data_steps() -> Vec<Step> {
    Step::ALL.into_iter().filter(|step| *step != Step::Deploy).collect()
}

/// Refuses to load into a schema that is older than what is declared.
async fn schema_is_there(
    project: &karat_pipeline::project::Project,
    base: &karat_pipeline::base::Base,
) -> Result<(), karat_record::Problems> {
    let declared = deploy::declared(project)?;
    let context = karat_pipeline::context::Context {
        project,
        address: &base.address,
        reporter: std::sync::Arc::new(karat_record::Quiet),
        run: None,
    };
    let plan = deploy::plan(&context, &declared).await?;
    let Some(step) = plan.changes().next() else { return Ok(()) };
    let what = format!("the schema is not deployed: {} is missing or changed", step.object);
    Err(Problem::new(Kind::Schema, what).hint("run karat deploy first").into())
}
