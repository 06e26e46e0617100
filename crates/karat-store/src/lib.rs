//! Our Postgres: the only place with SQL and the only one that names the driver.

pub mod acting;
pub mod address;
pub mod audit;
pub mod lock;
pub mod name;
pub mod own;
mod problem;
pub mod session;
mod tls;

pub use acting::{Acting, Interface};
pub use address::Address;
pub use name::Table;
pub use session::Session;
pub mod check;
pub mod copy;
pub mod deploy;
pub mod detection;
pub mod drift;
pub mod load;
pub mod local;
pub mod metric;
pub mod model;
pub mod objective;
pub mod output;
pub mod overrides;
pub mod rejects;
pub mod resolution;
pub mod review;
pub mod run;
pub mod schema;
pub mod status;
pub mod sync;
pub mod table;
mod trigger;
pub mod unmapped;
