//! What resolution reads from the database and writes back, in one transaction.

mod choice;
mod history;
mod lineage;
mod read;
mod write;

pub use choice::{OFFER_COLUMNS, answers, expression};
pub use history::{Decided, Event, Standing, events, members_at, standing};
pub use lineage::{First, Loaded, Member, Place, loaded, members, places};
pub use read::{Before, Decision, RecordColumns, before, decisions, records, state};
pub use write::{
    Moves, attribute, close_log, evidence_columns, finish, identities, members_columns, open_log,
    ours,
};
