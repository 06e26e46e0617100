//! Connections that are used again, for a program that answers many small questions.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::tether::Canceller;

/// What every session begins with.
pub(crate) const SESSION: &str = include_str!("../queries/own/session.sql");

/// Undoes what whoever had the connection may have left.
const CLEAN: &str = "rollback; discard temp; reset all;";

/// How long that may take; a connection that is not clean then is busy with a statement whose
/// answer nobody waits for: that is cancelled, and the connection ends.
const CLEAN_TIMEOUT: Duration = Duration::from_millis(500);

/// How long cancelling may take.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(15);

/// Connections that nobody uses now.
#[derive(Clone)]
pub(crate) struct Pool {
    clients: Arc<Mutex<Vec<(Client, Canceller)>>>,
    most: usize,
}

impl Pool {
    /// Keeps so many connections while nobody uses them.
    pub(crate) fn new(most: usize) -> Pool {
        Pool { clients: Arc::default(), most }
    }

    /// A connection that is as good as a new one.
    pub(crate) fn take(&self) -> Option<(Client, Canceller)> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|(client, _)| !client.is_closed());
        clients.pop()
    }

    /// Cleans a connection and keeps it. It is cleaned at once, so that it holds no lock.
    async fn keep(self, client: Client, canceller: Canceller) {
        let clean = [CLEAN, SESSION].concat();
        match timeout(CLEAN_TIMEOUT, client.batch_execute(&clean)).await {
            Ok(Ok(())) => {
                let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
                if clients.len() < self.most {
                    clients.push((client, canceller));
                }
            }
            Ok(Err(_)) => {}
            Err(_) => drop(timeout(CANCEL_TIMEOUT, canceller.cancel()).await),
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("most", &self.most).finish_non_exhaustive()
    }
}

/// A connection that goes back to its pool, where it is of one; else it ends when it is dropped.
pub(crate) struct Lent {
    client: Option<Client>,
    pub canceller: Canceller,
    pool: Option<Pool>,
}

impl Lent {
    pub(crate) fn new((client, canceller): (Client, Canceller), pool: Option<Pool>) -> Lent {
        Lent { client: Some(client), canceller, pool }
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
            runtime.spawn(pool.keep(client, self.canceller.clone()));
        }
    }
}
