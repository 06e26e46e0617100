//! One command per file.

mod audit;
mod check;
mod completions;
mod config;
mod db;
mod deploy;
mod detect;
mod evaluate;
mod explain;
mod jobs;
mod lineage;
mod load;
mod model;
mod new;
mod objectives;
mod outputs;
mod plan;
mod profile;
mod rejects;
mod resolve;
mod review;
mod run;
mod serve;
mod status;
mod summary;
mod train;
mod verify;
mod work;

use std::sync::Arc;

use karat_pipeline::base::Base;
use karat_pipeline::project::{Entity, Project, Request, one_of};
use karat_record::{Kind, Problem, Problems, Reporter, Result};
use karat_store::{Acting, Interface};

use crate::Ending;
use crate::args::{Args, Command, Common, Format, Level};
use crate::log::Log;
use crate::output::Output;
use crate::terminal::Terminal;

/// Runs the command that was typed.
pub async fn run(args: Args) -> Ending {
    let mut shell = Shell::new(args.common);
    let done = match args.command {
        Command::New(new) => new::run(&shell, &new),
        Command::Run(run) => run::run(&mut shell, &run).await,
        Command::Plan => plan::run(&mut shell).await,
        Command::Deploy(deploy) => deploy::run(&mut shell, &deploy).await,
        Command::Verify => verify::run(&mut shell).await,
        Command::Load(load) => load::run(&mut shell, &load).await,
        Command::Detect(detect) => detect::run(&mut shell, &detect).await,
        Command::Profile(profile) => profile::run(&mut shell, &profile).await,
        Command::Resolve(resolve) => resolve::run(&mut shell, &resolve).await,
        Command::Evaluate(evaluate) => evaluate::run(&mut shell, &evaluate).await,
        Command::Train(train) => train::run(&mut shell, &train).await,
        Command::Explain(explain) => explain::run(&mut shell, &explain).await,
        Command::Model(model) => model::run(&mut shell, &model).await,
        Command::Check(check) => check::run(&mut shell, &check).await,
        Command::Objectives(objectives) => objectives::run(&mut shell, &objectives).await,
        Command::Outputs(outputs) => outputs::run(&mut shell, &outputs).await,
        Command::Lineage(lineage) => lineage::run(&mut shell, &lineage),
        Command::Rejects(rejects) => rejects::run(&mut shell, &rejects).await,
        Command::Review(review) => review::run(&mut shell, &review).await,
        Command::Audit(audit) => audit::run(&mut shell, &audit).await,
        Command::Status(status) => status::run(&mut shell, &status).await,
        Command::Serve(serve) => serve::run(&mut shell, &serve).await,
        Command::Work(work) => work::run(&mut shell, &work).await,
        Command::Jobs(jobs) => jobs::run(&mut shell, &jobs).await,
        Command::Db(db) => db::run(&mut shell, &db).await,
        Command::Config(_) => config::run(&mut shell),
        Command::Completions { shell: kind } => completions::run(&shell, kind),
    };
    match done {
        Ok(ending) => ending,
        Err(problems) => {
            shell.output.problems(&problems);
            if let Some(log) = &shell.log {
                problems.0.iter().for_each(|problem| log.failed(problem));
            }
            ending(&problems)
        }
    }
}

/// A check that stopped a run is a finding; everything else means that it could not run.
fn ending(problems: &Problems) -> Ending {
    match problems.0.iter().all(|problem| problem.kind == Kind::Data) {
        true => Ending::Findings,
        false => Ending::Failed,
    }
}

/// Refuses a name that the project does not declare.
fn declared<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a String>) -> Result<()> {
    let names: Vec<&str> = names.map(String::as_str).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let problem = Problem::new(Kind::Usage, format!("there is no {what} {name:?}"));
    let folder = match what {
        "entity" => "entities",
        "file of checks" => "checks",
        _ => "datasets",
    };
    Err(problem.hint(match names.is_empty() {
        true => format!("declare it in {folder}/{name}.toml"),
        false => one_of(name, &names),
    }))
}

/// The entity of a name, or the problem that there is none.
fn entity<'a>(project: &'a Project, name: &str) -> Result<&'a Entity> {
    declared("entity", name, project.entities.iter().map(|e| &e.name))?;
    let found = project.entities.iter().find(|entity| entity.name == name);
    found.ok_or_else(|| Problem::new(Kind::Internal, "a declared entity is not there"))
}

/// What a command returns.
type Done = Result<Ending, Problems>;

/// What every command works with.
pub struct Shell {
    pub common: Common,
    pub output: Output,
    log: Option<Arc<Log>>,
}

impl Shell {
    fn new(common: Common) -> Shell {
        let output = Output::new(common.format == Format::Json);
        Shell { output, common, log: None }
    }

    /// Reads the project, and takes its secrets out of all that will be printed.
    pub fn project(&mut self) -> Result<Project, Problems> {
        let project = Project::open(&self.request())?;
        self.output.hide(project.secrets());
        for note in &project.notes {
            self.output.line(format!("note: {note}"));
        }
        Ok(project)
    }

    /// How the project is read.
    pub fn request(&self) -> Request {
        Request {
            root: self.common.project.clone(),
            environment: self.common.env.clone(),
            env_file: self.common.env_file.clone(),
            database_url: self.common.database_url.clone(),
            process: std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
        }
    }

    /// Who types: the author of decisions, and who changes are attributed to.
    pub fn author(&self) -> String {
        std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned())
    }

    /// Makes the project's database reachable and says which it is.
    pub fn base(&self, project: &Project) -> Result<Base> {
        let mut base = Base::open(project)?;
        let person = Some(self.author());
        base.address.acting = Acting { person, interface: Interface::Cli, run: None };
        self.output.line(format!("{} · {}", self.output.strong(&project.name), base.shown));
        Ok(base)
    }

    /// Refuses to change a protected environment that nobody agreed to change.
    pub fn agreed(&self, project: &Project, base: &Base, yes: bool) -> Result<()> {
        if !project.protected || yes {
            return Ok(());
        }
        let name = self.common.env.as_deref().unwrap_or_default();
        let what = format!("environment {name} is protected ({})", base.address.shown());
        Err(Problem::new(Kind::Usage, what).hint("add --yes to change it"))
    }

    /// Who is told of progress: the terminal, and the log where one is wanted.
    pub fn reporter(&mut self) -> Result<Arc<dyn Reporter>> {
        let terminal: Arc<dyn Reporter> = Arc::new(Terminal::new(self.output.clone()));
        if self.common.log_level.is_none() && self.common.log_file.is_none() {
            return Ok(terminal);
        }
        let level = self.common.log_level.unwrap_or(Level::Info);
        let file = self.common.log_file.as_deref();
        let log = Arc::new(Log::open(level, file, self.output.secrets(), terminal)?);
        self.log = Some(log.clone());
        Ok(log)
    }
}
