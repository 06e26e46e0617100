//! What ties sessions to an attempt at a job: the token that each of their transactions shows when
//! it commits, and the string by which the attempt is stopped.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use karat_record::{Kind, Problem, Result};
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::sync::CancellationToken;

use crate::name::quoted;

/// An attempt at a job, by one worker. No two are alike, whatever crashes between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub job: i64,
    pub attempt: i32,
    /// The process that made it; no other has its name, before or after.
    pub worker: String,
}

impl Claim {
    /// The statement that fails unless the attempt is in force, and keeps it so until the
    /// transaction ends.
    pub(crate) fn fence(&self) -> String {
        let Claim { job, attempt, worker } = self;
        format!("select karat.fence({job}, {attempt}, {})", quoted(worker))
    }

    /// What its sessions are called to whoever looks at the server.
    pub(crate) fn application(&self) -> String {
        format!("karat job {} attempt {}", self.job, self.attempt)
    }
}

/// Ties the sessions of an attempt together. Clones are the same tether.
#[derive(Clone)]
pub struct Tether(Arc<Inner>);

struct Inner {
    claim: Claim,
    ending: CancellationToken,
    stopped: CancellationToken,
    sessions: Mutex<BTreeMap<u64, Canceller>>,
    next: AtomicU64,
}

impl Tether {
    /// The tether of an attempt that begins.
    pub fn new(claim: Claim) -> Tether {
        Tether(Arc::new(Inner {
            claim,
            ending: CancellationToken::new(),
            stopped: CancellationToken::new(),
            sessions: Mutex::default(),
            next: AtomicU64::new(0),
        }))
    }

    /// The attempt.
    pub fn claim(&self) -> &Claim {
        &self.0.claim
    }

    /// Asks it to end where nothing is half done.
    pub fn end(&self) {
        self.0.ending.cancel();
    }

    /// Asks it to end at once: its sessions send nothing more.
    pub fn stop(&self) {
        self.0.ending.cancel();
        self.0.stopped.cancel();
    }

    /// Whether it was asked to end at once.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.is_cancelled()
    }

    /// Waits until it is asked to end at once.
    pub async fn stopped(&self) {
        self.0.stopped.cancelled().await;
    }

    /// Passes unless it was asked to end at once.
    ///
    /// # Errors
    /// `Kind::Stopped`.
    pub fn check(&self) -> Result<()> {
        if self.is_stopped() { Err(stopped()) } else { Ok(()) }
    }

    /// Passes unless it was asked to end, be it at once or not. To be called where nothing is half
    /// done.
    ///
    /// # Errors
    /// `Kind::Stopped`.
    pub fn boundary(&self) -> Result<()> {
        if self.0.ending.is_cancelled() { Err(stopped()) } else { Ok(()) }
    }

    /// Has the server cancel what its sessions are doing at this moment.
    pub async fn cancel_statements(&self) {
        let sessions: Vec<Canceller> = self.lock().values().cloned().collect();
        for session in sessions {
            session.cancel().await;
        }
    }

    /// Ties a session, until what is returned is dropped.
    pub(crate) fn tie(&self, canceller: Canceller) -> Tied {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(number, canceller);
        Tied { tether: self.clone(), number }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Canceller>> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tether {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tether").field(&self.0.claim).finish()
    }
}

fn stopped() -> Problem {
    Problem::new(Kind::Stopped, "it was asked to stop")
}

/// A session's place at its tether.
pub(crate) struct Tied {
    pub tether: Tether,
    number: u64,
}

impl Drop for Tied {
    fn drop(&mut self) {
        self.tether.lock().remove(&self.number);
    }
}

/// Cancels the statement that a session waits for.
#[derive(Clone)]
pub(crate) struct Canceller {
    pub token: CancelToken,
    pub tls: Option<MakeRustlsConnect>,
}

impl Canceller {
    /// Asks the server; that it cannot be reached changes nothing, because it is asked again.
    pub async fn cancel(&self) {
        match &self.tls {
            Some(tls) => drop(self.token.cancel_query(tls.clone()).await),
            None => drop(self.token.cancel_query(NoTls).await),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tether() -> Tether {
        Tether::new(Claim { job: 7, attempt: 2, worker: "it's".to_owned() })
    }

    #[test]
    fn one_that_is_asked_to_end_goes_on_to_the_next_boundary() {
        let tether = tether();
        assert!(tether.check().is_ok() && tether.boundary().is_ok());
        tether.end();
        assert!(tether.check().is_ok());
        assert_eq!(tether.boundary().unwrap_err().kind, Kind::Stopped);
        tether.stop();
        assert_eq!(tether.check().unwrap_err().kind, Kind::Stopped);
    }

    #[test]
    fn a_worker_cannot_end_the_quotes_of_its_name() {
        assert_eq!(tether().claim().fence(), "select karat.fence(7, 2, 'it''s')");
    }
}
