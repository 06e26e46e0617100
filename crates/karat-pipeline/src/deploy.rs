//! The project's schema: read, planned, deployed, verified.

use std::path::Path;
use std::time::{Duration, Instant};

use karat_record::{Problem, Problems, Result, Stage};
use karat_store::deploy::{self, Action, Applied, Declared, Plan, Verified};
use karat_store::schema::SourceFile;
use karat_store::{Table, own};

use crate::context::Context;
use crate::project::Project;

/// Files below a folder of this name run once, in the order of their names.
const MIGRATIONS: &str = "migrations";

/// What a deployment did.
#[derive(Debug)]
pub struct Summary {
    pub applied: Vec<Applied>,
    /// Statements that are as declared.
    pub kept: usize,
    /// Policies and the like that were left out on request.
    pub skipped: usize,
    /// Deployed objects that are no longer declared.
    pub undeclared: Vec<String>,
    pub failure: Option<Problem>,
    /// Its number in the ledger; none when there was nothing to do.
    pub deployment: Option<i64>,
    pub took: Duration,
}

impl Summary {
    /// One line for a person.
    pub fn line(&self) -> String {
        if let Some(failure) = &self.failure {
            let first = failure.what.lines().next().unwrap_or_default();
            return format!("failed: {first}");
        }
        if self.applied.is_empty() {
            return format!("unchanged, {} objects are as declared", self.kept);
        }
        let count = |action: Action| self.applied.iter().filter(|a| a.action == action).count();
        let parts = [
            (count(Action::Create), "made"),
            (count(Action::Replace), "replaced"),
            (count(Action::Adopt) + count(Action::Compare), "taken over"),
            (count(Action::Migrate), "migrations run"),
            (self.kept, "kept"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        parts.join(", ")
    }
}

/// Reads and parses the schema files of a project.
///
/// # Errors
/// Every problem of every file.
pub fn declared(project: &Project) -> Result<Declared, Problems> {
    let mut files = Vec::new();
    for folder in &project.schema {
        collect(&project.root, Path::new(folder), &mut files)?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let once =
        |file: &SourceFile| Path::new(&file.path).parent().is_some_and(|p| p.ends_with(MIGRATIONS));
    let (migrations, files) = files.into_iter().partition(once);
    Declared::parse(files, migrations, project.row_level_security)
}

/// All `.sql` files below a folder; a folder that is missing has none.
fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> Result<()> {
    let path = root.join(folder);
    if !path.exists() {
        return Ok(());
    }
    let entries = std::fs::read_dir(&path).map_err(|e| Problem::io("read", &path, &e))?;
    for entry in entries {
        let entry = entry.map_err(|e| Problem::io("read", &path, &e))?;
        let inside = folder.join(entry.file_name());
        if entry.path().is_dir() {
            collect(root, &inside, files)?;
        } else if inside.extension().is_some_and(|e| e == "sql") {
            let bytes =
                std::fs::read(entry.path()).map_err(|e| Problem::io("read", &entry.path(), &e))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            files.push(SourceFile { path: inside.display().to_string(), text });
        }
    }
    Ok(())
}

/// What a deployment would do.
pub async fn plan(context: &Context<'_>, declared: &Declared) -> Result<Plan> {
    let session = context.connect().await?;
    let known = own::is_ready(&session).await?;
    deploy::plan(&session, declared, known).await
}

/// Deploys the declared schema. The write lock must be held and Karat's own schema be ready.
pub async fn deploy(context: &Context<'_>, declared: &Declared) -> Result<Summary> {
    let stage = Stage::new("deploy", "");
    let since = Instant::now();
    context.reporter.started(&stage, None);
    let session = context.connect().await?;
    let plan = deploy::plan(&session, declared, true).await?;
    let kept = plan.steps.len() - plan.changes().count();
    let mut summary = Summary {
        applied: Vec::new(),
        kept,
        skipped: declared.skipped,
        undeclared: plan.undeclared.clone(),
        failure: None,
        deployment: None,
        took: Duration::ZERO,
    };
    if !plan.is_empty() {
        let deployment = deploy::open(&session).await?;
        let outcome = deploy::apply(&session, declared, &plan, deployment).await;
        summary.applied = outcome.applied;
        summary.failure = outcome.failure;
        summary.deployment = Some(deployment);
    }
    summary.took = since.elapsed();
    context.reporter.ended(&stage, &summary.line());
    for object in &summary.undeclared {
        context.reporter.note(&format!(
            "{object} was deployed and is no longer declared; it stays until a migration drops it"
        ));
    }
    Ok(summary)
}

/// Puts the end of a deployment on record, with its report.
pub async fn close(
    context: &Context<'_>,
    deployment: i64,
    failure: Option<&Problem>,
    report: &serde_json::Value,
) -> Result<()> {
    let session = context.connect().await?;
    let error = failure.map(|problem| problem.what.as_str());
    deploy::close(&session, deployment, error, report).await
}

/// Compares the live database with the declared schema.
pub async fn verify(context: &Context<'_>, declared: &Declared) -> Result<Verified> {
    let session = context.connect().await?;
    let known = own::is_ready(&session).await?;
    let datasets = context.project.datasets.iter().map(|d| d.table.clone());
    let golden = context.project.entities.iter().map(|e| e.golden.table.clone());
    let tables: Vec<Table> = datasets.chain(golden).collect();
    deploy::verify(&session, declared, &tables, known).await
}
