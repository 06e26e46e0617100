//! Everything outside that is not our Postgres: files to read and to write, where they are kept,
//! and programs that are told what happens.

pub mod bucket;
pub mod csv;
pub mod encoding;
pub mod json;
pub mod kind;
pub mod packed;
pub mod parquet;
pub mod raw;
pub mod rows;
pub mod sheet;
mod shelf;
pub mod source;
pub mod storage;
mod tls;
pub mod vault;
pub mod webhook;
pub mod write;
