//! The command line as typed.

mod audit;
mod golden;
mod jobs;
mod lineage;
mod objectives;
mod outputs;
mod rejects;
mod review;
mod serve;

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

pub use audit::Audit;
pub use golden::{Explain, Resolve};
pub use jobs::{Jobs, List, Order, Work};
pub use lineage::Lineage;
pub use objectives::Objectives;
pub use outputs::{Build, Outputs};
pub use rejects::{Rejects, Which};
pub use review::{Decide, Review, Set};
pub use serve::Serve;

/// Turns messy records into golden ones and keeps them so.
#[derive(Debug, Parser)]
#[command(name = "karat", version, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done · 1 done, with findings · 2 could not run\n\
    Begin with: karat new my-project --example agents && karat --project my-project run")]
pub struct Args {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Group)]
#[command(next_help_heading = "Options of every command")]
pub struct Common {
    /// The project's folder
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub project: PathBuf,
    /// An environment of karat.toml
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,
    /// A file with DATABASE_URL and other variables; it must exist
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// The database, instead of DATABASE_URL (other users of this machine can see it)
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// How results are printed
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub format: Format,
    /// What goes into the log
    #[arg(long, global = true, value_enum, ignore_case = true, value_name = "LEVEL")]
    pub log_level: Option<Level>,
    /// Where the log goes, instead of standard error
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON document on standard output and nothing else
    Json,
}

/// What goes into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project
    #[command(after_help = "Example: karat new my-agents --example agents")]
    New(New),
    /// Do everything that is not up to date: deploy, load, check, resolve, measure, make outputs
    #[command(
        after_help = "Examples:\n  karat run\n  karat run load resolve\n  karat run --from load\n  \
            karat run --queue"
    )]
    Run(Run),
    /// Show what a deployment would change
    #[command(after_help = "Example: karat plan --env prod")]
    Plan,
    /// Bring the database to its declared schema
    #[command(after_help = "Examples:\n  karat deploy\n  karat deploy --full --env prod --yes")]
    Deploy(Deploy),
    /// Compare the live database with the declared schema
    #[command(after_help = "Example: karat verify --env prod --format json")]
    Verify,
    /// Load files into the dataset that declares them, or that they are recognised as
    #[command(after_help = "Example: karat load data/new_agents.csv --dataset agents")]
    Load(Load),
    /// Say which dataset files are of, with what speaks for it and against it
    Detect(Detect),
    /// Show what is in a file or table: types with evidence, gaps, frequent values, keys
    #[command(after_help = "Examples:\n  karat profile data/leads.csv\n  \
                      karat profile public.leads --report leads.html")]
    Profile(Profile),
    /// Recognise which records are the same, and publish golden records; or look at them
    #[command(after_help = golden::RESOLVE)]
    Resolve(Resolve),
    /// Measure a resolution, against labels where there are any
    #[command(
        after_help = "Example: karat evaluate customers --labels truth/people.csv --group household"
    )]
    Evaluate(Evaluate),
    /// Learn the model of an entity anew from its records
    #[command(after_help = "Examples:\n  karat train customers\n  karat train people --auto")]
    Train(Train),
    /// Say why two records are, or are not, taken for one; or where golden values come from
    #[command(after_help = golden::EXPLAIN)]
    Explain(Explain),
    /// Models in and out
    #[command(subcommand)]
    Model(ModelCommand),
    /// Check what is expected of tables, and list the rows that fail
    #[command(after_help = "Examples:\n  karat check\n  karat check customers --fail-on warn\n  \
        karat check show customers.email_not_be_null")]
    Check(Check),
    /// Measure what quality is promised, and what of its error budget is spent
    #[command(after_help = "Examples:\n  karat objectives\n  \
        karat objectives sla.email_completeness --fail-on warn\n  karat objectives --sql")]
    Objectives(Objectives),
    /// Files that runs produce: pivots, exports, dashboards, lineage
    #[command(subcommand)]
    Outputs(Outputs),
    /// Show from what datasets, entities and outputs are made, or where a golden field is from
    #[command(after_help = lineage::EXAMPLES)]
    Lineage(Lineage),
    /// Rows that did not fit
    #[command(subcommand)]
    Rejects(Rejects),
    /// Pairs that a person has to decide
    #[command(subcommand)]
    Review(Review),
    /// List who changed what in golden tables and decisions, when, and through what
    #[command(after_help = audit::EXAMPLES)]
    Audit(Audit),
    /// Show how everything stands: data, entities, drift of models, and what needs somebody first
    #[command(after_help = "Examples:\n  karat status\n  karat status --check --format json")]
    Status(Status),
    /// Serve the project's pages: how everything stands, golden records, the review queue
    #[command(after_help = serve::EXAMPLES)]
    Serve(Serve),
    /// Do what is in the queue, until it is told to end
    #[command(after_help = jobs::WORK)]
    Work(Work),
    /// What is in the queue, and what became of it
    #[command(subcommand)]
    Jobs(Jobs),
    /// The local PostgreSQL
    #[command(subcommand)]
    Db(Db),
    /// The settings in force
    #[command(subcommand)]
    Config(Config),
    /// Print completions for a shell
    #[command(after_help = "Example: karat completions bash > karat.bash && source karat.bash")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Group)]
pub struct New {
    /// The folder to make
    pub dir: PathBuf,
    /// A complete example with generated data
    #[arg(long, value_enum)]
    pub example: Option<Example>,
    /// Records of the example: of all its sources together, or of each of the two of agents, as AxB
    #[arg(long, requires = "example", value_name = "N")]
    pub size: Option<String>,
    /// Write later data over the first: of customers 2, of agents 2 to 5, one after the other
    #[arg(long, requires = "example", value_name = "N", value_parser = clap::value_parser!(u8).range(1..=5), default_value_t = 1)]
    pub batch: u8,
    /// Seed of the example's data: the same seed makes the same data
    #[arg(long, requires = "example", default_value_t = 1)]
    pub seed: u64,
}

/// The examples that come with Karat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Example {
    /// Real-estate agents from a CRM export and from company pages
    Agents,
    /// Customers of a moving company from three lists, some of them households
    Customers,
    /// Readings of river gauges from workbooks and CSV files, as pivots, dashboard and lineage
    Sensors,
}

#[derive(Debug, Group)]
pub struct Run {
    /// Steps to run instead of all: deploy, load, check, resolve, check-golden, objectives,
    /// outputs
    #[arg(value_parser = step)]
    pub steps: Vec<karat_pipeline::run::Step>,
    /// Begin with this step
    #[arg(long, value_parser = step, conflicts_with = "steps", value_name = "STEP")]
    pub from: Option<karat_pipeline::run::Step>,
    /// Show what would be done and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What counts as now for checks and objectives: a date, or a time with its offset [default: now]
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub as_of: Option<jiff::Timestamp>,
    /// Where the report goes [default: logs/deployment_report.json in the project]
    #[arg(long, value_name = "PATH")]
    pub report_file: Option<PathBuf>,
    #[command(flatten)]
    pub order: Order,
    /// Agree to change a protected environment
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Group)]
pub struct Deploy {
    /// Deploy, load and resolve: the same as karat run
    #[arg(long, group = "mode")]
    pub full: bool,
    /// The schema only (this is what deploy does by itself)
    #[arg(long, group = "mode")]
    pub ddl_only: bool,
    /// Load and resolve only; touches no schema object
    #[arg(long, group = "mode")]
    pub data_only: bool,
    /// Leave out policies and row level security
    #[arg(long)]
    pub no_rls: bool,
    /// Where the report goes [default: logs/deployment_report.json in the project]
    #[arg(long, value_name = "PATH")]
    pub report_file: Option<PathBuf>,
    /// Agree to change a protected environment
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Group)]
pub struct Load {
    /// The files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The dataset, where neither the files' place nor what is in them says it
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
    /// Agree to change a protected environment
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Group)]
pub struct Detect {
    /// The files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Show the evidence of every dataset
    #[arg(long)]
    pub all: bool,
    /// Forget which datasets were chosen for the headers of these files
    #[arg(long, conflicts_with = "all")]
    pub forget: bool,
}

#[derive(Debug, Group)]
pub struct Profile {
    /// A CSV file, or a table as SCHEMA.TABLE
    #[arg(value_name = "FILE|TABLE")]
    pub what: String,
    /// Write a report with charts, as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write a dataset file that would load it into this folder
    #[arg(long, value_name = "DIR")]
    pub suggest: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub struct Train {
    /// The entity
    pub entity: String,
    /// Propose blocking rules and training sessions, with what they cost and find
    #[arg(long)]
    pub auto: bool,
    /// Agree to change a protected environment
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Group)]
pub struct Status {
    /// Exit with 1 where a check fails, an objective is missed or an entity drifted
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Show the model in force
    #[command(after_help = "Example: karat model show customers")]
    Show {
        /// The entity
        entity: String,
    },
    /// Write the model in force to a file
    #[command(after_help = "Example: karat model export people people.json --splink")]
    Export {
        /// The entity
        entity: String,
        /// The file; - is standard output
        file: PathBuf,
        /// As Splink reads it, where the entity declares comparisons
        #[arg(long)]
        splink: bool,
    },
    /// Put a model from a file in force
    #[command(after_help = "Example: karat model import customers customers.json")]
    Import {
        /// The entity
        entity: String,
        /// A file that karat model export wrote
        file: PathBuf,
        /// Agree to change a protected environment
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Group)]
pub struct Evaluate {
    /// The entity
    pub entity: String,
    /// A CSV file with the columns source, key and a label, the same for records of one entity
    #[arg(long, value_name = "FILE", required_unless_present_any = ["report", "decisions"])]
    pub labels: Option<PathBuf>,
    /// Measure against what people decided in karat review, and suggest thresholds
    #[arg(long)]
    pub decisions: bool,
    /// The share of merges that shall be right by the suggested thresholds
    #[arg(long, value_name = "SHARE", requires = "decisions", default_value_t = 0.95, value_parser = share)]
    pub precision: f64,
    /// The column of the label [default: the first besides source and key]
    #[arg(long, value_name = "COLUMN", requires = "labels")]
    pub label: Option<String>,
    /// A column of something that different entities share, such as a household
    #[arg(long, value_name = "COLUMN", requires = "labels")]
    pub group: Option<String>,
    /// Write a report with charts, as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Leave the values and keys of records out of the report
    #[arg(long, requires = "report")]
    pub without_values: bool,
}

#[derive(Debug, Group)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Check {
    /// Files in checks/, without their ending, instead of all
    pub suites: Vec<String>,
    /// What counts as now: a date, or a time with its offset [default: now]
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub as_of: Option<jiff::Timestamp>,
    /// Keep and show the keys of failing rows only
    #[arg(long)]
    pub without_values: bool,
    /// Which violated checks make the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "block")]
    pub fail_on: FailOn,
    /// Print the statements and run nothing
    #[arg(long)]
    pub sql: bool,
    #[command(subcommand)]
    pub command: Option<CheckCommand>,
}

/// Which violated checks are findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Those that block, and scores or compliance below their threshold
    Block,
    /// Any
    Warn,
    /// None
    Never,
}

#[derive(Debug, Subcommand)]
pub enum CheckCommand {
    /// List the rows that fail a check
    #[command(after_help = "Example: karat check show customers.email_not_be_null --limit 100")]
    Show {
        /// The check, as FILE.CHECK
        check: String,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Rows that fail no more, too
        #[arg(long)]
        all: bool,
    },
    /// Let a failing row pass
    #[command(after_help = "Example: karat check waive customers.email_not_be_null 1017 \
        --reason 'has no e-mail'")]
    Waive {
        /// The check, as FILE.CHECK
        check: String,
        /// The row's key as karat check show prints it, or its value where it is one column
        key: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Take a waiver back
    #[command(after_help = "Example: karat check unwaive customers.email_not_be_null 1017")]
    Unwaive {
        /// The check, as FILE.CHECK
        check: String,
        /// The row's key
        key: String,
    },
    /// Write checks from a suite of Great Expectations or a properties file of dbt
    #[command(
        after_help = "Examples:\n  karat check import suite.json --table public.customers\n  \
        karat check import models/schema.yml --schema analytics"
    )]
    Import {
        /// The file: JSON of Great Expectations 0.x or 1.x, or YAML of dbt
        file: PathBuf,
        /// The table that a suite is about
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
        /// The schema of dbt's tables that do not name theirs
        #[arg(long, value_name = "NAME", default_value = "public")]
        schema: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Start it and leave it running
    Start,
    /// Stop it
    Stop,
    /// Say whether it runs
    Status,
    /// Open psql on it, or on the project's database
    #[command(after_help = "Example: karat db psql -c 'select count(*) from karat.run'")]
    Psql {
        /// Arguments for psql
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Print its URL
    Url,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Print every setting with where it came from; secrets are left out
    #[command(after_help = "Example: karat config show --env prod")]
    Show,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.5 && *share < 1.0);
    share.ok_or_else(|| "write a share over 0.5 and below 1, such as 0.95".to_owned())
}

fn step(name: &str) -> Result<karat_pipeline::run::Step, String> {
    karat_pipeline::run::Step::named(name).ok_or_else(|| {
        let names: Vec<&str> =
            karat_pipeline::run::Step::ALL.iter().map(|step| step.name()).collect();
        format!("the steps are {}", names.join(", "))
    })
}

fn moment(text: &str) -> Result<jiff::Timestamp, String> {
    karat_pipeline::check::moment(text)
        .ok_or_else(|| "write a date, 2026-01-31, or a time, 2026-01-31T12:00:00Z".to_owned())
}
