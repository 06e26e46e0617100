//! Carries a plan out: one transaction for all that can be in one, then one by one what cannot.

use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Result};
use serde::Serialize;
use tokio_postgres::error::SqlState;

use super::catalog::{Catalog, schemas};
use super::ledger::{self, identity};
use super::plan::{Action, Declared, Plan, PlanStep};
use super::{replace, shadow};
use crate::problem::explain_at;
use crate::schema::Statement;
use crate::session::Session;

/// How long one statement may wait for a lock before it is tried again.
const LOCK_TIMEOUT: &str = "2s";

/// How often a statement is tried that waits for a lock.
const ATTEMPTS: u32 = 15;

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Applied {
    pub object: String,
    pub file: String,
    pub action: Action,
    pub seconds: f64,
    pub error: Option<String>,
}

/// What became of a plan.
#[derive(Debug)]
pub struct Outcome {
    pub applied: Vec<Applied>,
    /// Why it failed; the database is then as it was before, but for statements that cannot be
    /// in a transaction and came before the failure.
    pub failure: Option<Problem>,
}

/// Carries out a plan. The write lock must be held; `deployment` is its number in the ledger.
pub async fn apply(
    session: &Session,
    declared: &Declared,
    plan: &Plan,
    deployment: i64,
) -> Outcome {
    let mut work = Work { session, declared, deployment, applied: Vec::new() };
    let failure = work.all(plan).await.err();
    if failure.is_some() {
        // When even this fails the connection is gone, and with it the transaction.
        drop(session.rollback().await);
    }
    Outcome { applied: work.applied, failure }
}

struct Work<'a> {
    session: &'a Session,
    declared: &'a Declared,
    deployment: i64,
    applied: Vec<Applied>,
}

impl Work<'_> {
    async fn all(&mut self, plan: &Plan) -> Result<()> {
        self.session.begin().await?;
        self.session.batch(&format!("set local lock_timeout = '{LOCK_TIMEOUT}'")).await?;
        for step in plan.changes().filter(|step| step.transactional) {
            self.step(step).await?;
        }
        for identity in &plan.gone {
            ledger::forget(self.session, identity).await?;
        }
        self.remember().await?;
        self.session.commit().await?;
        for step in plan.changes().filter(|step| !step.transactional) {
            self.step(step).await?;
            self.remember().await?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &PlanStep) -> Result<()> {
        let since = Instant::now();
        let done = match step.action {
            Action::Migrate | Action::SkipMigration => self.migrate(step).await,
            _ => self.declared(step).await,
        };
        self.applied.push(Applied {
            object: step.object.clone(),
            file: step.file.clone(),
            action: step.action,
            seconds: (since.elapsed().as_secs_f64() * 1e6).round() / 1e6,
            error: done.as_ref().err().map(|problem| problem.what.clone()),
        });
        done
    }

    async fn migrate(&self, step: &PlanStep) -> Result<()> {
        let migration = &self.declared.migrations[step.at];
        let skipped = step.action == Action::SkipMigration;
        if !skipped {
            for statement in &migration.statements {
                if !statement.transactional {
                    let what = "this statement cannot run in a migration's transaction";
                    return Err(Problem::new(Kind::Schema, what)
                        .at(statement.place())
                        .hint("declare indexes to be built concurrently in a schema file"));
                }
                self.run(statement, &statement.text, &migration.text).await?;
            }
        }
        let (file, fingerprint) = (&migration.file, &migration.fingerprint);
        ledger::record_migration(self.session, file, fingerprint, skipped, self.deployment).await
    }

    async fn declared(&self, step: &PlanStep) -> Result<()> {
        let statement = &self.declared.statements[step.at];
        match step.action {
            Action::Compare | Action::Adopt => shadow::compare(self.session, statement).await?,
            Action::Replace => self.replace(statement, step.at).await?,
            _ => self.run(statement, &statement.text, self.text_of(statement)).await?,
        }
        ledger::record(self.session, statement, self.deployment).await
    }

    async fn replace(&self, statement: &Statement, at: usize) -> Result<()> {
        let text = self.text_of(statement);
        self.session.batch_if(statement.transactional, "savepoint replace").await?;
        let mut done = Ok(());
        for sql in replace::in_place(statement) {
            done = self.run(statement, &sql, text).await;
            if done.is_err() {
                break;
            }
        }
        // The server refuses to change a signature or a view's columns in place.
        if done.as_ref().is_err_and(|p| p.kind == Kind::Sql) && statement.transactional {
            self.session.batch("rollback to savepoint replace").await?;
            for (i, sql) in replace::with_dependants(&self.declared.statements, at)? {
                let affected = &self.declared.statements[i];
                self.run(affected, &sql, self.text_of(affected)).await?;
            }
            done = Ok(());
        }
        done
    }

    /// Runs one statement, again after a while when a lock stands in its way.
    async fn run(&self, statement: &Statement, sql: &str, text: &str) -> Result<()> {
        let mut attempt = 1;
        loop {
            self.session.batch_if(statement.transactional, "savepoint statement").await?;
            self.session.check()?;
            let Err(error) = self.session.client.batch_execute(sql).await else {
                return self
                    .session
                    .batch_if(statement.transactional, "release savepoint statement")
                    .await;
            };
            let waits = error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
            if !waits || attempt == ATTEMPTS {
                // `or replace` was put in, so that the server's positions are that much later.
                let shift = sql.len().saturating_sub(statement.text.len());
                let start = statement.range.start.saturating_sub(shift);
                let problem = explain_at(&error, &statement.path, text, start);
                return Err(if waits {
                    problem.hint("another session holds a lock; see pg_stat_activity, then retry")
                } else {
                    problem
                });
            }
            let undo = "rollback to savepoint statement; release savepoint statement";
            self.session.batch_if(statement.transactional, undo).await?;
            tokio::time::sleep(pause(attempt)).await;
            attempt += 1;
        }
    }

    /// The text of the file that the statement stands in.
    fn text_of<'s>(&'s self, statement: &'s Statement) -> &'s str {
        let file = self.declared.files.iter().find(|f| f.path == statement.path);
        file.map_or(statement.text.as_str(), |f| f.text.as_str())
    }

    /// Notes in the ledger how the catalogue shows each declared object now.
    async fn remember(&self) -> Result<()> {
        let catalog = Catalog::read(self.session, &schemas(&self.declared.statements)).await?;
        for statement in &self.declared.statements {
            if let Some(live) = catalog.find(&statement.object) {
                ledger::remember(self.session, &identity(statement), &live.definition).await?;
            }
        }
        Ok(())
    }
}

/// Longer after each attempt, and by the clock's last digits never quite the same, so that two
/// who wait for each other do not meet again.
fn pause(attempt: u32) -> Duration {
    let jitter = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| u64::from(now.subsec_micros()) % 100);
    Duration::from_millis(50 * u64::from(attempt) + jitter)
}
