//! Which records are the same, and what is true of them. Pure and deterministic: the answer
//! depends neither on the order of the records nor on the number of threads. Knows no column by
//! name, no SQL, no clock.
//!
//! Data flows `Frame` → candidate pairs (`block`) → `Pair`s with their evidence (`tiers`) →
//! clusters under constraints (`cluster`) → stable identities (`identity`) and golden values
//! (`survive`) with how likely they are right (`confidence`).

mod agglomerate;
pub mod block;
pub mod bridge;
pub mod cluster;
pub mod condition;
pub mod confidence;
pub mod drift;
pub mod explanation;
pub mod frame;
pub mod identity;
pub mod linkage;
pub mod measure;
pub mod people;
pub mod survive;
pub mod text;
pub mod tiers;

pub use cluster::{Clusters, Constraints};
pub use explanation::Explanation;
pub use frame::{Column, ColumnBuilder, Frame};
pub use tiers::{Condition, Pair, Plan, Reason, Tier, Verdict};
