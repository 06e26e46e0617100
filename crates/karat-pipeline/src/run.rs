//! A run: the steps of the project, in order, each on record; one run at a time on a database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Problems, Reporter, Result};
use karat_store::Session;
use karat_store::deploy::{Declared, Verified};
use karat_store::run::{self as ledger, StepEnd};
use serde_json::{Value as Json, json};

use crate::base::Base;
use crate::context::Context;
use crate::on_record::OnRecord;
use crate::project::Project;
use crate::{audit, check, deploy, load, objective, outputs, report, resolve};

/// A step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Deploy,
    Load,
    /// Checks of all tables but golden ones.
    Check,
    Resolve,
    /// Checks of golden tables.
    CheckGolden,
    /// What quality is promised.
    Objectives,
    /// Files for people to take away.
    Outputs,
}

impl Step {
    /// All steps in their order.
    pub const ALL: [Step; 7] = [
        Step::Deploy,
        Step::Load,
        Step::Check,
        Step::Resolve,
        Step::CheckGolden,
        Step::Objectives,
        Step::Outputs,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Step::Deploy => "deploy",
            Step::Load => "load",
            Step::Check => "check",
            Step::Resolve => "resolve",
            Step::CheckGolden => "check-golden",
            Step::Objectives => "objectives",
            Step::Outputs => "outputs",
        }
    }

    /// The step of that name.
    pub fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Whether the project declares anything for the step, where steps are optional.
    pub fn is_declared(self, project: &Project) -> bool {
        match self {
            Step::Check => check::suites(project, false).next().is_some(),
            Step::CheckGolden => check::suites(project, true).next().is_some(),
            Step::Objectives => !project.objectives.is_empty(),
            Step::Outputs => !project.outputs.is_empty(),
            Step::Deploy | Step::Load | Step::Resolve => true,
        }
    }
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Request {
    pub steps: Vec<Step>,
    /// The command as typed, without its values: for the record.
    pub command: String,
    /// Only these entities are resolved; empty: all.
    pub entities: Vec<String>,
    /// How much of them.
    pub effort: resolve::Effort,
    /// Only these files are loaded, each into the dataset named; empty: what datasets declare.
    pub files: Vec<(String, std::path::PathBuf)>,
    /// Where the report goes; `None`: `logs/deployment_report.json` in the project.
    pub report: Option<std::path::PathBuf>,
    /// How tables are checked.
    pub checks: check::Options,
}

/// What a run did.
#[derive(Debug)]
pub struct Summary {
    pub number: Option<i64>,
    pub database: String,
    pub server_version: String,
    pub started: jiff::Timestamp,
    pub steps: Vec<Step>,
    pub deployed: Option<deploy::Summary>,
    pub verified: Option<Verified>,
    pub loads: Vec<load::Summary>,
    pub resolved: Vec<resolve::Summary>,
    pub checked: Vec<check::Summary>,
    pub measured: Vec<objective::Summary>,
    pub made: Vec<outputs::Summary>,
    pub failure: Option<Problem>,
    pub took: Duration,
    pub report: std::path::PathBuf,
}

impl Summary {
    /// Whether anything in the database is different now, the record of the run apart.
    pub fn changed(&self) -> bool {
        self.deployed.as_ref().is_some_and(|d| !d.applied.is_empty())
            || self.loads.iter().any(|l| l.books.is_some())
            || self.resolved.iter().any(|r| !r.unchanged)
            || self.made.iter().any(|o| !o.unchanged)
    }
}

/// Runs the steps. What goes wrong is in the summary; the report is written either way.
///
/// # Errors
/// Problems of the declared schema, which are found before the database is touched.
pub async fn run(
    project: &Project,
    base: &Base,
    request: &Request,
    reporter: Arc<dyn Reporter>,
) -> Result<Summary, Problems> {
    let since = Instant::now();
    let mut summary = Summary {
        number: None,
        database: base.address.database().to_owned(),
        server_version: String::new(),
        started: jiff::Timestamp::now(),
        steps: request.steps.clone(),
        deployed: None,
        verified: None,
        loads: Vec::new(),
        resolved: Vec::new(),
        checked: Vec::new(),
        measured: Vec::new(),
        made: Vec::new(),
        failure: None,
        took: Duration::ZERO,
        report: report::path(project, request.report.as_deref()),
    };
    let declared = deploy::declared(project);
    // Steps follow one another: what one has connected by, the next one uses.
    let address = base.address.clone().pooled(1);
    let context = Context { project, address: &address, reporter, run: None };
    let outcome = match &declared {
        Ok(declared) => locked(context, declared, request, &mut summary).await,
        Err(problems) => Err(first(problems)),
    };
    summary.took = since.elapsed();
    summary.failure = outcome.err();
    let written = report::write(project, &summary);
    declared?;
    if summary.failure.is_none() {
        summary.failure = written.err();
    }
    Ok(summary)
}

/// The first of several problems.
pub(crate) fn first(problems: &Problems) -> Problem {
    let found = problems.0.first().cloned();
    found.unwrap_or_else(|| Problem::new(Kind::Internal, "problems without a problem"))
}

async fn locked(
    context: Context<'_>,
    declared: &Declared,
    request: &Request,
    summary: &mut Summary,
) -> Result<()> {
    Session::foresee(context.address);
    let session = context.connect().await?;
    summary.server_version = session.server_version().await?;
    let run = OnRecord::begin(context, session, &request.command).await?;
    if run.abandoned > 0 {
        let note = "the run before was broken off; its unfinished step is done again";
        run.context.reporter.note(note);
    }
    summary.number = Some(run.number);
    let outcome = swept(&run, declared, request, summary).await;
    run.end(outcome.as_ref().err(), &report::results(summary)).await?;
    outcome
}

async fn swept(
    run: &OnRecord<'_>,
    declared: &Declared,
    request: &Request,
    summary: &mut Summary,
) -> Result<()> {
    load::sweep(run.context.project, &run.session).await?;
    steps(&run.context, &run.session, declared, request, summary).await
}

async fn steps(
    context: &Context<'_>,
    session: &Session,
    declared: &Declared,
    request: &Request,
    summary: &mut Summary,
) -> Result<()> {
    let wanted = |step: &Step| request.steps.contains(step) && step.is_declared(context.project);
    let mut unaudited = audit::keep(context.project, session).await?;
    for step in Step::ALL.into_iter().filter(wanted) {
        context.boundary()?;
        let run = context.run.unwrap_or_default();
        ledger::step_begin(session, run, step.name()).await?;
        let done = match step {
            Step::Deploy => deploy_step(context, declared, summary).await,
            Step::Load => load_step(context, request, summary).await,
            Step::Check => check_step(context, request, summary, false).await,
            Step::Resolve => resolve_step(context, request, summary).await,
            Step::CheckGolden => check_step(context, request, summary, true).await,
            Step::Objectives => objectives_step(context, request, summary).await,
            Step::Outputs => outputs_step(context, summary).await,
        };
        let (end, detail) = match &done {
            Ok((true, detail)) => (StepEnd::Done, detail.clone()),
            Ok((false, detail)) => (StepEnd::Unchanged, detail.clone()),
            Err(problem) => (StepEnd::Failed, json!({ "error": problem.what })),
        };
        ledger::step_end(session, run, step.name(), end, &detail).await?;
        done?;
        if matches!(step, Step::Deploy | Step::Load) {
            unaudited = audit::keep(context.project, session).await?;
        }
    }
    for (table, why) in unaudited {
        context.reporter.note(&format!("changes of {table} are not audited: {}", why.what));
    }
    Ok(())
}

/// Whether a step changed something, and what is kept about it.
type Done = Result<(bool, Json)>;

async fn deploy_step(context: &Context<'_>, declared: &Declared, summary: &mut Summary) -> Done {
    let deployed = deploy::deploy(context, declared).await?;
    let failure = deployed.failure.clone();
    let changed = !deployed.applied.is_empty();
    let deployment = deployed.deployment;
    summary.deployed = Some(deployed);
    if failure.is_none() {
        summary.verified = Some(deploy::verify(context, declared).await?);
    }
    let detail = report::deployment(summary);
    if let Some(deployment) = deployment {
        deploy::close(context, deployment, failure.as_ref(), &detail).await?;
    }
    match failure {
        Some(problem) => Err(problem),
        None => unsound(summary).map_or(Ok((changed, detail)), Err),
    }
}

/// Why a deployment that went well is still not what was declared.
fn unsound(summary: &Summary) -> Option<Problem> {
    let verified = summary.verified.as_ref().filter(|v| !v.is_sound())?;
    let wrong: Vec<String> = verified
        .differences
        .iter()
        .filter(|d| d.kind != karat_store::deploy::DifferenceKind::Extra)
        .map(|d| format!("    {:?}: {}", d.kind, d.object))
        .collect();
    let what = format!("the database is not as declared:\n{}", wrong.join("\n"));
    Some(Problem::new(Kind::Schema, what).hint("karat verify shows the differences"))
}

async fn load_step(context: &Context<'_>, request: &Request, summary: &mut Summary) -> Done {
    for dataset in load::ordered(context.project)? {
        context.boundary()?;
        let named: Vec<_> = request.files.iter().filter(|(d, _)| *d == dataset.name).collect();
        for (_, file) in &named {
            context.boundary()?;
            summary.loads.push(load::load_file(context, dataset, file).await?);
        }
        if request.files.is_empty() || named.is_empty() && load::follows(dataset, &request.files) {
            summary.loads.extend(load::load(context, dataset).await?);
        }
    }
    let changed = summary.loads.iter().any(|load| load.books.is_some());
    Ok((changed, json!(summary.loads)))
}

/// Checks golden tables, or all others; a check that blocks stops the run once all are checked.
async fn check_step(
    context: &Context<'_>,
    request: &Request,
    summary: &mut Summary,
    of_golden: bool,
) -> Done {
    let mut checked = Vec::new();
    for suite in check::suites(context.project, of_golden) {
        context.boundary()?;
        checked.push(check::check(context, suite, &request.checks).await?);
    }
    let blocked = check::blocked(&checked);
    let detail = checked.iter().map(check::Summary::json).collect();
    summary.checked.extend(checked);
    blocked.map_or(Ok((false, Json::Array(detail))), Err)
}

/// Measures all objectives; one that blocks ends the run with a finding.
async fn objectives_step(context: &Context<'_>, request: &Request, summary: &mut Summary) -> Done {
    let wanted: Vec<_> = context.project.objectives.iter().map(objective::Wanted::all).collect();
    let measured = objective::measure(context, &wanted, (&request.checks, false)).await?;
    let blocked = objective::blocked(&measured);
    let detail = measured.iter().map(objective::Summary::json).collect();
    summary.measured.extend(measured);
    blocked.map_or(Ok((false, Json::Array(detail))), Err)
}

/// Makes the outputs whose data or declarations have changed.
async fn outputs_step(context: &Context<'_>, summary: &mut Summary) -> Done {
    let wanted = outputs::wanted(context.project, &[])?;
    let made = outputs::make(context, &wanted, outputs::Options::default()).await?;
    let changed = made.iter().any(|output| !output.unchanged);
    let detail = made.iter().map(outputs::Summary::json).collect();
    summary.made.extend(made);
    Ok((changed, Json::Array(detail)))
}

async fn resolve_step(context: &Context<'_>, request: &Request, summary: &mut Summary) -> Done {
    let wanted = |name: &String| request.entities.is_empty() || request.entities.contains(name);
    for entity in context.project.entities.iter().filter(|e| wanted(&e.name)) {
        context.boundary()?;
        summary.resolved.push(resolve::resolve(context, entity, request.effort).await?);
    }
    let changed = summary.resolved.iter().any(|r| !r.unchanged);
    let detail: Vec<Json> = summary.resolved.iter().map(resolve::Summary::json).collect();
    Ok((changed, Json::Array(detail)))
}
