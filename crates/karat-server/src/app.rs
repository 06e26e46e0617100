//! What every answer is made with.

use std::sync::Arc;

use karat_pipeline::account::Person;
use karat_pipeline::context::Context;
use karat_pipeline::project::{Entity, Project};
use karat_record::{Reporter, Result};
use karat_store::{Acting, Address, Interface, Session};

use crate::failure::Failure;

/// Connections that are kept while nobody asks anything.
const IDLE: usize = 8;

/// The project, its database, and how the server is reached.
pub struct App {
    pub project: Project,
    address: Address,
    reporter: Arc<dyn Reporter>,
    url: String,
    /// Bytes that an upload may have.
    pub upload_limit: u64,
}

impl App {
    pub fn new(
        project: Project,
        address: Address,
        (url, upload_limit): (&str, u64),
        reporter: Arc<dyn Reporter>,
    ) -> App {
        let (address, url) = (address.pooled(IDLE), url.to_owned());
        App { project, address, reporter, url, upload_limit }
    }

    /// Whether browsers see pages come over TLS.
    pub fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// What people type to get here.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection for what nobody is signed in for.
    pub async fn session(&self) -> Result<Session> {
        Session::open(&self.address).await
    }

    /// The address for what a person does.
    pub fn address(&self, person: &str) -> Address {
        let mut address = self.address.clone();
        address.acting =
            Acting { person: Some(person.to_owned()), interface: Interface::Page, run: None };
        address
    }

    /// A connection for what a person does.
    pub async fn acting(&self, person: &Person) -> Result<Session> {
        Session::open(&self.address(&person.name)).await
    }

    /// What the pipeline works with, at an address of `address`.
    pub fn context<'a>(&'a self, address: &'a Address) -> Context<'a> {
        Context { project: &self.project, address, reporter: self.reporter.clone(), run: None }
    }

    /// A declared entity.
    pub fn entity(&self, name: &str) -> Result<&Entity, Failure> {
        let found = self.project.entities.iter().find(|entity| entity.name == name);
        found.ok_or(Failure::NotThere)
    }
}
