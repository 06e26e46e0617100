//! Connections that are used again, for a program that answers many small questions.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::Client;

/// What every session begins with.
pub(crate) const SESSION: &str = include_str!("../queries/own/session.sql");

/// Undoes what whoever had the connection may have left.
const CLEAN: &str = "rollback; discard temp; reset all;";

/// How long that may take; a connection that is not clean then is still busy, and ends.
const CLEAN_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that nobody uses now.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    clients: Arc<Mutex<Vec<Client>>>,
    most: usize,
}

impl Pool {
    pub(crate) fn new(most: usize) -> Pool {
        Pool { clients: Arc::default(), most }
    }

    /// A connection that is as good as a new one.
    pub(crate) fn take(&self) -> Option<Lent> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|client| !client.is_closed());
        let client = clients.pop()?;
        Some(Lent::new(client, Some(self.clone())))
    }

    /// Cleans a connection and keeps it. It is cleaned at once, so that it holds no lock.
    async fn keep(self, client: Client) {
        let clean = [CLEAN, SESSION].concat();
        if let Ok(Ok(())) = timeout(CLEAN_TIMEOUT, client.batch_execute(&clean)).await {
            let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            if clients.len() < self.most {
                clients.push(client);
            }
        }
    }
}

/// A connection that goes back to its pool, where it is of one; else it ends when it is dropped.
pub(crate) struct Lent {
    client: Option<Client>,
    pool: Option<Pool>,
}

impl Lent {
    pub(crate) fn new(client: Client, pool: Option<Pool>) -> Lent {
        Lent { client: Some(client), pool }
    }
}

impl Deref for Lent {
    type Target = Client;

    fn deref(&self) -> &Client {
        self.client.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(client), Some(pool)) = (self.client.take(), self.pool.take())
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(pool.keep(client));
        }
    }
}
