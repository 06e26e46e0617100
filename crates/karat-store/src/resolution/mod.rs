//! What resolution reads from the database and writes back, in one transaction.

mod read;
mod write;

pub use read::{Before, Decision, RecordColumns, before, decisions, records, state};
pub use write::{
    Moves, close_log, evidence_columns, finish, identities, members_columns, open_log, ours,
};
