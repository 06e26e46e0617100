//! `karat objectives` as typed.

use clap::Args as Group;

use super::{FailOn, moment};

#[derive(Debug, Group)]
pub struct Objectives {
    /// Files in objectives/, without their ending, or objectives, as FILE.OBJECTIVE, instead of all
    pub names: Vec<String>,
    /// What counts as now: a date, or a time with its offset [default: now]
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub as_of: Option<jiff::Timestamp>,
    /// Leave out the values that are not as they should be
    #[arg(long)]
    pub without_values: bool,
    /// Which violated objectives make the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "block")]
    pub fail_on: FailOn,
    /// Print the statements that recompute each figure, and run nothing
    #[arg(long)]
    pub sql: bool,
}
