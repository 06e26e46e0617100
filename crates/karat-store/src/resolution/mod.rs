//! What resolution reads from the database and writes back, in one transaction.

pub mod change;
mod choice;
pub mod evidence;
mod extent;
mod history;
mod lineage;
pub mod part;
mod read;
pub mod terms;
pub mod watch;
mod weights;
mod write;

pub use choice::{OFFER_COLUMNS, answers, expression};
pub use extent::Extent;
pub use history::{Decided, Event, Standing, events, members_at, standing};
pub use lineage::{First, Loaded, Member, Place, loaded, members, places};
pub use read::{
    Before, Decision, RecordColumns, State, Which, before, decisions, in_use, records, state, tally,
};
pub(crate) use read::{Uuid, key_text, no_column};
pub use weights::{Weighed, weights};
pub use write::{
    Moves, analyze, close_log, evidence_columns, finish, identities, members_columns, open_log,
    ours, publishing,
};
