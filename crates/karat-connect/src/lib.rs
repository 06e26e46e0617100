//! Everything outside that is not our Postgres: files to read, and the vault that keeps them.

pub mod csv;
pub mod encoding;
pub mod json;
pub mod kind;
pub mod packed;
pub mod parquet;
pub mod raw;
pub mod rows;
pub mod sheet;
pub mod source;
pub mod vault;
