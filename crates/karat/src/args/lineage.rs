//! `karat lineage` as typed.

use clap::Args as Group;

pub const EXAMPLES: &str = "Examples:\n  karat lineage\n  karat lineage customers.email";

#[derive(Debug, Group)]
pub struct Lineage {
    /// A field of golden records, as ENTITY.FIELD, instead of everything
    pub field: Option<String>,
}
