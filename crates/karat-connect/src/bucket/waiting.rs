//! Waiting for a network where the caller is not asynchronous, or may be anything.

use std::future::Future;
use std::sync::OnceLock;
use std::sync::mpsc::channel;

use karat_record::{Kind, Problem, Result};
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::task::{JoinSet, block_in_place};

/// Threads that speak to stores: one may wait for a disk.
const THREADS: usize = 2;

/// The runtime of all stores of this process. It is no caller's, so that waiting for it cannot stop
/// what is waited for, whatever the caller runs on.
fn own() -> Result<&'static Handle> {
    static OWN: OnceLock<Option<Runtime>> = OnceLock::new();
    let begin = || {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("storage").enable_all().build().ok()
    };
    let runtime = OWN.get_or_init(begin).as_ref().map(Runtime::handle);
    runtime.ok_or_else(|| Problem::new(Kind::Internal, "no thread for storage can be started"))
}

/// Does a work and waits for it. Other tasks of the caller's runtime go on, where it has several
/// threads.
///
/// # Errors
/// When no thread can be started.
pub fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T> {
    let (send, receive) = channel();
    // Nobody takes an answer whose asker is gone.
    own()?.spawn(async move { drop(send.send(work.await)) });
    let shared = |caller: Handle| caller.runtime_flavor() == RuntimeFlavor::MultiThread;
    let answer = match Handle::try_current().is_ok_and(shared) {
        true => block_in_place(|| receive.recv()),
        false => receive.recv(),
    };
    answer.map_err(|_| broken())
}

/// The same for callers that are asynchronous. Given up, the work ends.
///
/// # Errors
/// When no thread can be started.
pub async fn come<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T> {
    let mut works = JoinSet::new();
    works.spawn_on(work, own()?);
    let ended = works.join_next().await.and_then(Result::ok);
    ended.ok_or_else(broken)
}

fn broken() -> Problem {
    Problem::new(Kind::Internal, "the work of a store broke off")
}
