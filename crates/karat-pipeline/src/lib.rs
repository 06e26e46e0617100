//! What happens, in which order: the project, its steps, and the runs that carry them out.

pub mod account;
pub mod audit;
pub mod base;
pub mod check;
pub mod context;
pub mod deploy;
pub mod detect;
pub mod drift;
pub mod evaluate;
pub mod lineage;
pub mod load;
pub mod model;
pub mod objective;
mod on_record;
pub mod outputs;
pub mod partial;
pub mod profile;
pub mod project;
pub mod queue;
pub mod rejects;
pub mod report;
pub mod resolve;
pub mod review;
pub mod run;
pub mod status;
pub mod study;
pub mod token;
pub mod upload;
pub mod webhook;

pub use karat_connect::vault::{hash_bytes, hex};
