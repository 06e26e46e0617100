//! `karat db`: the local PostgreSQL, or the way to the project's database.

use std::process::Command;

use karat_pipeline::base::Base;
use karat_record::{Kind, Problem};
use karat_store::local::{self, Status};
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::args::Db;

pub async fn run(shell: &mut Shell, db: &Db) -> Done {
    let project = shell.project()?;
    match db {
        Db::Start => {
            let base = shell.base(&project)?;
            let url = base.address.secret_url().to_owned();
            let Some(local) = base.into_local() else { return Err(not_local().into()) };
            local.keep()?;
            shell.output.line(format!("running; it stays until karat db stop\n{url}"));
            shell.output.document(&json!({ "status": "running", "url": url }));
        }
        Db::Stop => {
            let stopped = local::stop(&project.root)?;
            shell.output.line(if stopped { "stopped" } else { "it did not run" });
            shell.output.document(&json!({ "status": "stopped", "was_running": stopped }));
        }
        Db::Status => status(shell, &local::status(&project.root)?),
        Db::Url => {
            let base = Base::open(&project)?;
            let url = base.address.secret_url().to_owned();
            // The URL is what was asked for; it goes past the filter that hides its password.
            println(&url);
        }
        Db::Psql { args } => return Err(psql(Base::open(&project)?, args).into()),
    }
    Ok(Ending::Done)
}

#[expect(clippy::print_stdout, reason = "the URL with its password is the result asked for")]
fn println(text: &str) {
    println!("{text}");
}

fn status(shell: &Shell, status: &Status) {
    let (word, line) = match status {
        Status::Running { pid, data, users, .. } => (
            "running",
            format!("running as process {pid}, data in {}, {} users", data.display(), users.len()),
        ),
        Status::Stopped => ("stopped", "stopped; karat db start starts it".to_owned()),
        Status::Absent => {
            ("absent", "there is none yet; karat run or db start makes it".to_owned())
        }
    };
    shell.output.line(line);
    shell.output.document(&json!({ "status": word }));
}

fn not_local() -> Problem {
    Problem::new(Kind::Usage, "this project has a DATABASE_URL, so there is no local PostgreSQL")
        .hint("unset DATABASE_URL to use one")
}

/// Runs psql and ends as it ends; returns only when it cannot be run. This process waits beside
/// it, so that a local server stays until psql is done.
fn psql(base: Base, args: &[String]) -> Problem {
    let beside = base.local().and_then(|local| local.describe().binaries.clone());
    let program = match local::psql(beside.as_deref()) {
        Ok(program) => program,
        Err(problem) => return problem,
    };
    let mut child = Command::new(&program);
    // A URL among the arguments would show its password to every user of this machine.
    child.env("PGSERVICEFILE", "/dev/null").args(args);
    for (name, value) in base.address.libpq_variables() {
        child.env(name, value);
    }
    match child.status() {
        Ok(status) => {
            drop(base);
            std::process::exit(status.code().unwrap_or(2))
        }
        Err(error) => Problem::io("run", &program, &error),
    }
}
