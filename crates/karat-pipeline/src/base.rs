//! The project's database, reachable: the one at an address, or the local server, started when
//! it does not run and stopped when its last user leaves.

use karat_record::Result;
use karat_store::Address;
use karat_store::local::{Durability, LocalPg};

use crate::project::{Database, Project};

/// Holding it keeps a local server running.
pub struct Base {
    pub address: Address,
    /// One line that says which database it is.
    pub shown: String,
    local: Option<LocalPg>,
}

impl Base {
    /// Makes the project's database reachable.
    ///
    /// # Errors
    /// A local server that cannot be started. An address is not tried here.
    pub fn open(project: &Project) -> Result<Base> {
        match &project.database {
            Database::At(address) => Ok(Base {
                shown: format!("using {}", address.shown()),
                address: (**address).clone(),
                local: None,
            }),
            Database::Local => {
                let local = LocalPg::open(&project.root, Durability::Safe)?;
                Ok(Base {
                    address: Address::parse(&local.url("postgres"))?,
                    shown: local.describe().to_string(),
                    local: Some(local),
                })
            }
        }
    }

    /// The database at an address that somebody else keeps reachable.
    pub fn at(address: Address) -> Base {
        Base { shown: format!("using {}", address.shown()), address, local: None }
    }

    /// The local server, where there is one.
    pub fn into_local(self) -> Option<LocalPg> {
        self.local
    }

    /// The local server, where there is one.
    pub fn local(&self) -> Option<&LocalPg> {
        self.local.as_ref()
    }
}
