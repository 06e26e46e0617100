//! The work of one attempt, as far as it does not depend on its kind.

use std::sync::Arc;
use std::time::Duration;

use karat_record::{Kind as Wrong, Problem, Reporter, Result};
use karat_store::queue::Attempt;
use karat_store::{Acting, Address, Interface, Tether};

use super::{Done, Kind, Task};
use crate::base::Base;
use crate::project::{self, Project};
use crate::run::first;

/// How often the server is asked to cancel what a stopped attempt is doing: a statement may begin
/// just when it is asked.
const AGAIN: Duration = Duration::from_secs(1);

/// How often, until the work is left as it is.
const TIMES: u32 = 10;

/// An attempt that begins.
pub struct Begun {
    pub kind: Option<Arc<dyn Kind>>,
    pub attempt: Attempt,
    pub project: project::Request,
    pub address: Address,
    pub tether: Tether,
    pub reporter: Arc<dyn Reporter>,
}

impl Begun {
    /// Does the work, until it ends or is stopped.
    pub async fn work(self) -> Result<Done> {
        let Begun { kind, attempt, project, mut address, tether, reporter } = self;
        let Some(kind) = kind else {
            return Err(Problem::new(Wrong::Internal, "a kind that is not known was begun"));
        };
        let project = Project::open(&project).map_err(|problems| first(&problems))?;
        let person = attempt.requested_by;
        address.acting = Acting { person, interface: Interface::Run, run: None };
        address.tether = Some(tether.clone());
        let task = Task { project, base: Base::at(address), args: attempt.args, reporter };
        tokio::select! {
            done = kind.work(&task) => done,
            problem = given_up(&tether) => Err(problem),
        }
    }
}

/// Ends a while after the attempt was stopped, if its work does not.
async fn given_up(tether: &Tether) -> Problem {
    tether.stopped().await;
    for _ in 0..TIMES {
        tether.cancel_statements().await;
        tokio::time::sleep(AGAIN).await;
    }
    Problem::new(Wrong::Stopped, "it did not stop when it was asked to, and was left")
}
