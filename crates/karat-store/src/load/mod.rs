//! Loads in the database: what a target table takes, staging, the merge, and the books.

mod books;
mod change;
mod history;
mod merge;
mod screen;
mod target;

pub use books::{
    Books, Done, Load, Reject, begin, done_before, finish, rejects, remember_file, seen_size,
};
pub use change::{Change, SchemaChange};
pub use history::{FROM, TO, Versions};
pub use merge::{Conflict, Merge, Mode, Stage};
pub use screen::Misfit;
pub use target::{Target, TargetColumn, is_reserved};
