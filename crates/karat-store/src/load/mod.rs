//! Loads in the database: what a target table takes, staging, the merge, and the books.

mod books;
mod change;
mod history;
mod merge;
mod newer;
mod screen;
mod segment;
mod target;

pub use books::{
    Books, Done, Load, Reject, begin, describe, done_before, finish, rejects, remember_file,
    seen_size,
};
pub use change::{Change, SchemaChange};
pub use history::{FROM, TO, Versions};
pub use merge::{Conflict, Merge, Mode, Stage};
pub use newer::Ages;
pub use screen::Misfit;
pub use segment::{Piecemeal, Reason, Segment, Unfinished, keep, open, reasons, unfinished};
pub(crate) use target::{LOAD, ROW};
pub use target::{Target, TargetColumn, is_reserved};
