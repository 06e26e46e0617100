//! One writer at a time: a lock held by a transaction of its own connection. The server frees
//! it when the process dies, and a transaction pooler cannot strand it.

use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Result};

use crate::address::Address;
use crate::session::Session;

/// Arbitrary, fixed for ever: every Karat asks for the same lock.
const KEY: i64 = 0x4B41_5241_5401;

/// How often it is asked for. Asking again and again instead of waiting in the server keeps
/// `create index concurrently` of others from waiting for us.
const POLL: Duration = Duration::from_millis(100);

/// Held while this process changes the database; dropping it frees it.
pub struct WriteLock {
    _session: Session,
}

impl WriteLock {
    /// Takes the lock, waiting up to `patience` for another Karat to end. `waiting` is called
    /// once, before the first wait.
    ///
    /// # Errors
    /// `Kind::Busy` when patience runs out, naming the process that holds the lock.
    pub async fn take(
        address: &Address,
        patience: Duration,
        waiting: impl FnOnce(&str),
    ) -> Result<WriteLock> {
        let session = Session::open(&address.apart()).await?;
        session.batch(include_str!("../queries/lock/begin.sql")).await?;
        let since = Instant::now();
        let mut waiting = Some(waiting);
        let take = format!("select pg_try_advisory_xact_lock({KEY})");
        loop {
            if session.simple(&take).await?.as_deref() == Some("t") {
                return Ok(WriteLock { _session: session });
            }
            let holder = holder(&session).await?;
            if let Some(waiting) = waiting.take() {
                waiting(&holder);
            }
            if since.elapsed() >= patience {
                let what = format!("another Karat is changing this database ({holder})");
                return Err(Problem::new(Kind::Busy, what)
                    .hint("wait for it to end, or end it; then run the same command again"));
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

async fn holder(session: &Session) -> Result<String> {
    let sql = include_str!("../queries/lock/holder.sql").replace("$1", &KEY.to_string());
    let answer = session.simple(&sql).await?;
    Ok(answer.unwrap_or_else(|| "it has just ended".to_owned()))
}
