//! What a deployment would do: declared statements against ledger and live catalogue.

use karat_record::{Kind, Place, Problem, Problems, Result};
use serde::Serialize;

use super::catalog::{Catalog, schemas};
use super::ledger::{Ledger, identity};
use crate::schema::{self, ObjectKind, SourceFile, Statement};
use crate::session::Session;

/// A migration file: statements that run once.
#[derive(Clone, Debug)]
pub struct Migration {
    pub file: String,
    pub text: String,
    pub statements: Vec<Statement>,
    pub fingerprint: String,
}

/// The declared schema, parsed and in order.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// In the order in which they can run.
    pub statements: Vec<Statement>,
    pub migrations: Vec<Migration>,
    /// The files, for the place of errors.
    pub files: Vec<SourceFile>,
    /// Statements left out on request.
    pub skipped: usize,
}

impl Declared {
    /// Parses schema files and migration files and puts the statements in order. Without `rls`,
    /// policies and row level security are left out.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn parse(
        files: Vec<SourceFile>,
        migrations: Vec<SourceFile>,
        rls: bool,
    ) -> Result<Declared, Problems> {
        let mut problems = Problems::default();
        let mut keep = |found: Problems| problems.0.extend(found.0);
        let parsed = schema::parse(&files).map_err(&mut keep).unwrap_or_default();
        let mut run_once = Vec::new();
        for file in migrations {
            match schema::split(&file) {
                Ok(statements) => run_once.push(Migration {
                    fingerprint: fingerprint(&statements),
                    file: file.path,
                    text: file.text,
                    statements,
                }),
                Err(found) => keep(found),
            }
        }
        let before = parsed.len();
        let of_rls =
            |s: &Statement| matches!(s.object.kind, ObjectKind::RowSecurity | ObjectKind::Policy);
        let parsed: Vec<Statement> = parsed.into_iter().filter(|s| rls || !of_rls(s)).collect();
        let skipped = before - parsed.len();
        let order = schema::order(&parsed).map_err(|p| keep(p.into())).unwrap_or_default();
        problems.into_result()?;
        let statements = order.into_iter().map(|i| parsed[i].clone()).collect();
        run_once.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(Declared { statements, migrations: run_once, files, skipped })
    }
}

fn fingerprint(statements: &[Statement]) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    statements.iter().for_each(|s| hash.update(&s.fingerprint));
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// What is done for one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// It takes the place of what was deployed before.
    Replace,
    /// It is as declared.
    Keep,
    /// It was made by other means; if it equals its declaration, it is taken over.
    Adopt,
    /// Its declaration changed; a migration must have brought it there.
    Compare,
    /// The migration runs.
    Migrate,
    /// The migration leads to what is declared anyway, and the database is new.
    SkipMigration,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanStep {
    pub action: Action,
    /// `table public.agents`, or the migration's file.
    pub object: String,
    pub file: String,
    pub line: u64,
    /// False: it runs by itself after the transaction.
    pub transactional: bool,
    /// Position among the statements or migrations.
    #[serde(skip)]
    pub(super) at: usize,
}

/// What a deployment would do, in order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub steps: Vec<PlanStep>,
    /// Objects that were deployed and are no longer declared. They stay.
    pub undeclared: Vec<String>,
    /// Of those the ones that are no longer live either.
    pub(super) gone: Vec<String>,
}

impl Plan {
    /// The steps that change something.
    pub fn changes(&self) -> impl Iterator<Item = &PlanStep> {
        self.steps.iter().filter(|step| step.action != Action::Keep)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none() && self.gone.is_empty()
    }
}

/// Compares the declared schema with ledger and catalogue. Changes nothing.
///
/// # Errors
/// A migration that was edited after it ran.
pub async fn plan(session: &Session, declared: &Declared, known: bool) -> Result<Plan> {
    let ledger = Ledger::read(session, known).await?;
    let catalog = Catalog::read(session, &schemas(&declared.statements)).await?;
    let mut plan = Plan::default();
    for (at, migration) in declared.migrations.iter().enumerate() {
        plan.steps.extend(migrate(declared, &ledger, migration, at)?);
    }
    for (at, statement) in declared.statements.iter().enumerate() {
        plan.steps.push(PlanStep {
            action: action(statement, &ledger, &catalog),
            object: statement.object.to_string(),
            file: statement.path.clone(),
            line: statement.line,
            transactional: statement.transactional,
            at,
        });
    }
    let declared_now: Vec<String> = declared.statements.iter().map(identity).collect();
    let catalog_all = Catalog::read(session, &all_schemas(&ledger)).await?;
    for (identity, entry) in &ledger.objects {
        if declared_now.contains(identity) {
            continue;
        }
        let live = catalog_all.all().any(|live| live.object.to_string() == *identity);
        if live || entry.live.is_none() {
            plan.undeclared.push(identity.clone());
        } else {
            plan.gone.push(identity.clone());
        }
    }
    Ok(plan)
}

/// The schemas that the ledger speaks of: the word before the first point of each identity.
fn all_schemas(ledger: &Ledger) -> Vec<String> {
    let mut schemas: Vec<String> = ledger
        .objects
        .keys()
        .filter_map(|identity| {
            let name = identity.split(" on ").last()?.rsplit(' ').next()?;
            Some(name.split('.').next()?.trim_matches('"').to_owned())
        })
        .collect();
    schemas.sort();
    schemas.dedup();
    schemas
}

fn migrate(
    declared: &Declared,
    ledger: &Ledger,
    migration: &Migration,
    at: usize,
) -> Result<Option<PlanStep>> {
    match ledger.migrations.get(&migration.file) {
        Some(fingerprint) if *fingerprint == migration.fingerprint => return Ok(None),
        Some(_) => {
            let what = format!("migration {} was changed after it had run", migration.file);
            return Err(Problem::new(Kind::Schema, what)
                .at(Place::file(&migration.file))
                .hint("put it back as it was, and write what is new into a new migration"));
        }
        None => {}
    }
    let is_new = !ledger.begun && !declared.statements.is_empty();
    let action = if is_new { Action::SkipMigration } else { Action::Migrate };
    Ok(Some(PlanStep {
        action,
        object: format!("migration {}", migration.file),
        file: migration.file.clone(),
        line: 1,
        transactional: true,
        at,
    }))
}

fn action(statement: &Statement, ledger: &Ledger, catalog: &Catalog) -> Action {
    let kind = statement.object.kind;
    let live = catalog.find(&statement.object);
    let there = live.is_some() || !Catalog::knows(kind);
    match ledger.objects.get(&identity(statement)) {
        Some(_) if !there => Action::Create,
        Some(entry) if entry.fingerprint == statement.fingerprint => {
            // An index that a broken-off build left invalid has to be built again.
            if live.is_none_or(|live| live.sound || kind == ObjectKind::Trigger) {
                Action::Keep
            } else {
                Action::Replace
            }
        }
        Some(_) if statement.repeatable || kind == ObjectKind::Index => Action::Replace,
        Some(_) => Action::Compare,
        None if live.is_some() && kind == ObjectKind::Table => Action::Adopt,
        None if live.is_some() && (statement.repeatable || kind == ObjectKind::Index) => {
            Action::Replace
        }
        None => Action::Create,
    }
}
