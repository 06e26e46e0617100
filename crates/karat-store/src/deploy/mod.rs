//! Bringing the database to its declared schema: what would change, changing it in one
//! transaction, and comparing live with declared.

mod apply;
mod catalog;
mod ledger;
mod plan;
mod replace;
mod shadow;
mod verify;

pub use apply::{Applied, Outcome, apply};
pub use ledger::{close, open};
pub use plan::{Action, Declared, Migration, Plan, PlanStep, plan};
pub use verify::{Difference, Kind as DifferenceKind, Verified, verify};
