//! `karat resolve` and `karat explain` as typed.

use std::path::PathBuf;

use clap::Args as Group;

use super::moment;

pub const RESOLVE: &str = "Examples:\n  karat resolve agents\n  \
    karat resolve agents --conflicts --field full_name\n  \
    karat resolve agents --history 3f0c9a52-6d1b-8e47-a1c2-5b7d90e4f613\n\
    --conflicts and --history look only; nothing is resolved";

#[derive(Debug, Group)]
pub struct Resolve {
    /// Entities to resolve instead of all
    pub entities: Vec<String>,
    /// List golden records whose records offer different values for a column
    #[arg(long, requires = "entities", conflicts_with = "history")]
    pub conflicts: bool,
    /// Of this golden column only
    #[arg(long, requires = "conflicts", value_name = "COLUMN")]
    pub field: Option<String>,
    /// At most so many
    #[arg(long, requires = "conflicts", value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Show what happened to a golden record, by its id of today or of any day before
    #[arg(long, requires = "entities", value_name = "ID")]
    pub history: Option<String>,
    /// Show who was in it then instead: a date, or a time with its offset
    #[arg(long, requires = "history", value_parser = moment, value_name = "TIME")]
    pub as_of: Option<jiff::Timestamp>,
    /// Look at every record again, not only at what changes can reach
    #[arg(long)]
    pub full: bool,
    /// Agree to change a protected environment
    #[arg(long)]
    pub yes: bool,
}

pub const EXPLAIN: &str = "Examples:\n  karat explain customers customers:C1 leads:L7\n  \
    karat explain customers --id 3f0c9a52-6d1b-8e47-a1c2-5b7d90e4f613 --field address";

#[derive(Debug, Group)]
pub struct Explain {
    /// The entity
    pub entity: String,
    /// A record, as SOURCE:KEY
    #[arg(required_unless_present = "id", conflicts_with = "id")]
    pub a: Option<String>,
    /// The other record
    #[arg(required_unless_present = "id")]
    pub b: Option<String>,
    /// A golden record instead: each of its values with the record, file and row that it is from,
    /// the rule that chose it, and what it beat
    #[arg(long, value_name = "UUID")]
    pub id: Option<String>,
    /// Of this golden column only
    #[arg(long, requires = "id", value_name = "COLUMN")]
    pub field: Option<String>,
    /// Draw the waterfall into this file too
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub svg: Option<PathBuf>,
}
