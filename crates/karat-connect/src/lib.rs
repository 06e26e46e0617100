//! Everything outside that is not our Postgres: files to read and to write, and where they are kept.

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
pub mod storage;
pub mod vault;
pub mod webhook;
pub mod write;
