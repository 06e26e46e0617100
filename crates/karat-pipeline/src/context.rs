//! What every step works with.

use std::sync::Arc;

use karat_record::{Reporter, Result};
use karat_store::{Address, Session, Tether};

use crate::project::Project;

/// The project, its database, and who is told.
pub struct Context<'a> {
    pub project: &'a Project,
    pub address: &'a Address,
    pub reporter: Arc<dyn Reporter>,
    /// The run that the work belongs to.
    pub run: Option<i64>,
}

impl Context<'_> {
    /// A new connection to the project's database, its changes attributed to the run.
    pub async fn connect(&self) -> Result<Session> {
        Session::open(self.address).await.map(|session| session.within(self.run))
    }

    /// Passes unless the job that the work is part of was asked to end. To be called where nothing
    /// is half done.
    ///
    /// # Errors
    /// `Kind::Stopped`.
    pub fn boundary(&self) -> Result<()> {
        self.address.tether.as_ref().map_or(Ok(()), Tether::boundary)
    }
}
