//! The queue as typed: `karat work`, `karat jobs`, and how `karat run` puts itself into it.

use clap::{Args as Group, Subcommand};
use karat_pipeline::queue::State;

pub const WORK: &str = "Examples:\n  karat work\n  karat work --workers 4\n  \
    karat work --until-idle\n\n\
    Exit codes with --once and --until-idle: 1 where a job was given up";

/// Into the queue, instead of doing it now.
#[derive(Debug, Default, Group)]
pub struct Order {
    /// Leave it to a worker (karat work) and do not wait
    #[arg(long, conflicts_with = "dry_run")]
    pub queue: bool,
    /// Each step as a job of its own, one after the other
    #[arg(long, requires = "queue")]
    pub by_step: bool,
    /// Before jobs with a lower one; may be negative
    #[arg(long, requires = "queue", value_name = "N", default_value_t = 0)]
    #[arg(allow_negative_numbers = true)]
    pub priority: i16,
    /// Not before so many seconds have passed
    #[arg(long, requires = "queue", value_name = "SECONDS", default_value_t = 0)]
    pub delay: u32,
    /// How often it may fail before it is given up
    #[arg(long, requires = "queue", value_name = "N", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=100))]
    pub attempts: i32,
    /// Seconds that an attempt may take [default: no limit]
    #[arg(long, requires = "queue", value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub time_limit: Option<u32>,
    /// Only when these jobs are completed
    #[arg(long, requires = "queue", value_name = "JOB", num_args = 1..)]
    pub after: Vec<i64>,
}

#[derive(Debug, Group)]
pub struct Work {
    /// How many jobs are worked on at once
    #[arg(long, value_name = "N", default_value_t = 2)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=64))]
    pub workers: u8,
    /// Of these queues only
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub queues: Vec<String>,
    /// End after one job, or at once where there is none
    #[arg(long, conflicts_with = "until_idle")]
    pub once: bool,
    /// End when nothing is left that is due within a minute
    #[arg(long)]
    pub until_idle: bool,
    /// Agree to work on a protected environment
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List jobs, the last first
    #[command(after_help = "Examples:\n  karat jobs list --state discarded\n  \
        karat jobs list --before 1840 --limit 100")]
    List(List),
    /// Show a job: how far it is, what it made, why attempts failed
    #[command(after_help = "Example: karat jobs show 17")]
    Show {
        /// Its number
        job: i64,
    },
    /// Let jobs begin anew that were given up or cancelled, or that wait for their next attempt
    #[command(after_help = "Example: karat jobs retry 17 18")]
    Retry {
        /// Their numbers
        #[arg(required = true)]
        jobs: Vec<i64>,
    },
    /// Cancel jobs; one that runs stops at its next chance
    #[command(after_help = "Example: karat jobs cancel 17")]
    Cancel {
        /// Their numbers
        #[arg(required = true)]
        jobs: Vec<i64>,
    },
}

#[derive(Debug, Group)]
pub struct List {
    /// In this state only: waiting, available, scheduled, running, retryable, completed, discarded
    /// or cancelled
    #[arg(long, value_name = "STATE", value_parser = state)]
    pub state: Option<State>,
    /// Of this kind only
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Before this job: the last number of the page before
    #[arg(long, value_name = "JOB")]
    pub before: Option<i64>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

fn state(name: &str) -> Result<State, String> {
    let names = State::ALL.map(State::name).join(", ");
    State::named(name).ok_or_else(|| format!("the states are {names}"))
}
