//! What a record is: its values and their types, where they came from, and what can be wrong
//! with them. No input or output, no clock.

pub mod calendar;
mod kind;
mod place;
mod problem;
mod report;
mod value;

pub use kind::Type;
pub use place::{Place, caret};
pub use problem::{Kind, Policy, Problem, Problems, Result};
pub use report::{Quiet, Reporter, Stage};
pub use value::{Finding, Value};
