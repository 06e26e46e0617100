//! Everything outside that is not our Postgres: files to read, and the vault that keeps them.

pub mod csv;
pub mod json;
pub mod kind;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod rows;
pub mod sheet;
pub mod vault;
