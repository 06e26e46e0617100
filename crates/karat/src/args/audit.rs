//! `karat audit` as typed.

use clap::Args as Group;

use super::moment;

pub const EXAMPLES: &str = "Examples:\n  karat audit --table golden_customers --since 2026-03-01\n  \
    karat audit --key 3f0c9a52-6d1b-8e47-a1c2-5b7d90e4f613\n  karat audit --by ann --limit 100";

#[derive(Debug, Group)]
pub struct Audit {
    /// Of this table only, as SCHEMA.NAME; without a schema it is public
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
    /// Of the row of this key only: the id of a golden record, the number of a decision
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// From this moment on: a date, or a time with its offset
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub since: Option<jiff::Timestamp>,
    /// By this person, login or role only
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: u32,
}
