//! What resolution reads from the database and writes back, in one transaction.

pub mod change;
mod extent;
pub mod part;
mod read;
pub mod terms;
pub mod watch;
mod write;

pub use extent::Extent;
pub use read::{
    Before, Decision, RecordColumns, State, before, decisions, in_use, records, state, tally,
};
pub use write::{
    Moves, analyze, close_log, evidence_columns, finish, identities, members_columns, open_log,
    ours, publishing,
};
