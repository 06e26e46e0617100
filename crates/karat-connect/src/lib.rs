//! Everything outside that is not our Postgres: files to read, and the vault that keeps them.

pub mod csv;
pub mod encoding;
pub mod packed;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod vault;
