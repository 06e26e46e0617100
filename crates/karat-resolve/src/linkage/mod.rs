//! Probabilistic record linkage after Fellegi and Sunter (1969), with the rules and the words of
//! Splink, whose models give the same weights here to the bit.
//!
//! Data flows `Records` → `Linker` (a model over records: conditions as kernels over value
//! numbers) → candidate pairs, visited block by block → patterns (the level that each comparison
//! reached) → training over patterns, or match weights and `Edge`s.

mod candidates;
pub mod cluster;
pub mod columns;
mod compare;
mod compile;
mod derive;
mod digests;
pub mod evaluate;
mod explain;
mod frequency;
mod keys;
mod limits;
mod linker;
mod look;
mod measures;
mod measuring;
mod memory;
pub mod model;
pub mod observe;
mod pattern;
mod program;
pub mod propose;
pub mod records;
mod refusal;
mod score;
pub mod splink;
mod table;
mod test;
pub mod texts;
pub mod train;

pub use candidates::Cost;
pub use columns::{Column, MISSING, TextColumn};
pub use digests::{BlockDigests, digest};
pub use frequency::{Known, Shares, frequency_columns};
pub use limits::{LeftOut, Limits};
pub use linker::{Edge, Linker, PREDICTION, Predicted, RuleSet};
pub use memory::Memory;
pub use model::Model;
pub use pattern::{Layout, Pattern};
pub use records::{IdOrder, Records};
pub use refusal::Refusal;
