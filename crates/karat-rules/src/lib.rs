//! What is applied to data, one rule per file: reading text as typed values, cleaning it, and
//! recognising what carries no evidence; and what a check is. Pure: a bad value is a finding, never an error.

pub mod alias;
pub mod anomaly;
pub mod check;
pub mod clean;
pub mod detect;
pub mod fold;
pub mod objective;
pub mod profile;
pub mod read;
