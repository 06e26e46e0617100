//! What a worker does all the time: it claims, keeps, ends and rescues.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use karat_record::{Kind as Wrong, Problem, Result};
use karat_store::queue::{self as store, Attempt, End, State};
use karat_store::{Session, Tether, own};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::ending::{self, Why};
use super::pace::drawn;
use super::progress::Progress;
use super::work::Begun;
use super::worker::{Event, Stop, Tally, Until, Worker};
use super::{Done, name};
use crate::base::Base;
use crate::project::Project;

/// Within how many seconds something has to be due for a worker to wait for it that ends when
/// nothing is left.
const SOON: f64 = 60.0;

/// So many refused statements in a row end a worker.
const REFUSALS: u32 = 3;

/// A worker that runs.
pub struct Control {
    worker: Worker,
    name: String,
    /// The names of the kinds that it knows.
    kinds: Vec<String>,
    /// Where jobs run.
    jobs: Handle,
    stop: Stop,
    session: Option<Arc<Session>>,
    /// By job and attempt: the worker may begin a job again while an attempt that it lost ends.
    running: BTreeMap<Number, Running>,
    /// Attempts that are over, to be put on record.
    over: Vec<(Running, End)>,
    tell: UnboundedSender<Ended>,
    ended: UnboundedReceiver<Ended>,
    tally: Tally,
    rescued: Option<Instant>,
    tidied: Option<Instant>,
    leaving: Option<Instant>,
    turns: u64,
    is_away: bool,
    /// Statements one after the other that the server refused.
    refused: u32,
    /// Nothing is left to be done for one that does not wait for more.
    is_idle: bool,
}

/// An attempt that goes on.
struct Running {
    attempt: Attempt,
    tether: Tether,
    progress: Arc<Progress>,
    since: Instant,
    kept: Instant,
    looked: Instant,
    why: Option<Why>,
}

/// Job and attempt.
type Number = (i64, i32);

/// An attempt that is over, and its outcome.
type Ended = (Number, Result<Done>);

impl Control {
    pub fn new(worker: Worker, jobs: Handle, stop: Stop) -> Control {
        let (tell, ended) = unbounded_channel();
        let kinds = worker.kinds.iter().map(|kind| kind.name().to_owned()).collect();
        Control {
            worker,
            name: name::worker(),
            kinds,
            jobs,
            stop,
            session: None,
            running: BTreeMap::new(),
            over: Vec::new(),
            tell,
            ended,
            tally: Tally::default(),
            rescued: None,
            tidied: None,
            leaving: None,
            turns: 0,
            is_away: false,
            refused: 0,
            is_idle: false,
        }
    }

    pub async fn run(mut self) -> Result<Tally> {
        loop {
            self.heed_stop();
            match self.turn().await {
                Ok(()) => self.back(),
                Err(problem) if self.passes(&problem) => self.away(&problem).await,
                Err(problem) => {
                    self.running.values().for_each(|running| running.tether.stop());
                    return Err(problem);
                }
            }
            self.expire();
            if self.is_over() {
                return Ok(self.tally);
            }
            self.rest().await;
        }
    }

    /// Whether the worker waits for a problem to pass. What the server says of a statement may be
    /// meant for this one alone, such as that somebody cancelled it.
    fn passes(&mut self, problem: &Problem) -> bool {
        self.refused += u32::from(problem.kind == Wrong::Sql);
        ending::may_pass(problem.kind) || problem.kind == Wrong::Sql && self.refused < REFUSALS
    }

    /// Whether nothing is left to do for a worker that is to end.
    fn is_over(&self) -> bool {
        // What cannot be put on record is rescued by others.
        let is_recorded = self.over.is_empty() || self.is_away;
        let is_enough = match self.worker.until {
            Until::Stopped => false,
            Until::Idle | Until::Once => self.is_idle && !self.is_away,
        };
        self.running.is_empty() && is_recorded && (self.leaving.is_some() || is_enough)
    }

    /// Asks attempts to end when the worker is to.
    fn heed_stop(&mut self) {
        let now = self.stop.now.is_cancelled();
        if !now && !self.stop.leave.is_cancelled() {
            return;
        }
        let since = *self.leaving.get_or_insert_with(Instant::now);
        let now = now || since.elapsed() > self.worker.pace.grace;
        for running in self.running.values_mut() {
            running.why.get_or_insert(Why::Leaving);
            if now { running.tether.stop() } else { running.tether.end() }
        }
    }

    async fn turn(&mut self) -> Result<()> {
        self.turns += 1;
        let session = self.session().await?;
        let session = &*session;
        self.record(session).await?;
        self.keep(session).await?;
        self.maintain(session).await?;
        if self.leaving.is_none() {
            self.begin(session).await?;
        }
        Ok(())
    }

    async fn session(&mut self) -> Result<Arc<Session>> {
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let session = Session::open(&self.worker.base.address).await?;
        let session = self.session.insert(Arc::new(session));
        Ok(session.clone())
    }

    /// Puts on record what is over.
    async fn record(&mut self, session: &Session) -> Result<()> {
        while let Some((running, end)) = self.over.last() {
            let attempt = &running.attempt;
            let state = store::end(session, &attempt.claim, end, false).await?;
            let (problem, took) = (end.problem.as_ref(), running.since.elapsed());
            self.tell(&Event::Ended { attempt, state, problem, took });
            self.tally.count(state);
            self.over.pop();
        }
        Ok(())
    }

    /// Keeps the leases of what runs, and stops what has to.
    async fn keep(&mut self, session: &Session) -> Result<()> {
        let pace = self.worker.pace;
        for running in self.running.values_mut() {
            let claim = &running.attempt.claim;
            let news = running.progress.news();
            let is_due = running.looked.elapsed() >= pace.look;
            let in_force = if running.kept.elapsed() >= pace.beat || (is_due && news.is_some()) {
                let at = Instant::now();
                match store::beat(session, claim, pace.lease.as_secs_f64(), news.as_ref()).await {
                    Ok(in_force) => {
                        running.kept = at;
                        in_force
                    }
                    Err(problem) => {
                        news.into_iter().for_each(|news| running.progress.keep(news));
                        return Err(problem);
                    }
                }
            } else if is_due {
                store::look(session, claim).await?
            } else {
                news.into_iter().for_each(|news| running.progress.keep(news));
                continue;
            };
            running.looked = Instant::now();
            match in_force {
                Some(true) => running.stop(Why::Cancelled),
                Some(false) => {}
                None => running.stop(Why::Lost),
            }
        }
        Ok(())
    }

    /// Stops what took too long, and what nobody could keep: it is somebody else's by now.
    fn expire(&mut self) {
        for running in self.running.values_mut() {
            let limit = running.attempt.time_limit.map(Duration::from_secs_f64);
            if limit.is_some_and(|limit| running.since.elapsed() > limit) {
                running.stop(Why::TooLong);
            }
            if running.kept.elapsed() > self.worker.pace.lease {
                running.stop(Why::Lost);
            }
        }
    }

    /// What every worker does for all: it does not matter which of them is first.
    async fn maintain(&mut self, session: &Session) -> Result<()> {
        let pace = self.worker.pace;
        let is_due = |last: Option<Instant>, every| last.is_none_or(|at| at.elapsed() >= every);
        if is_due(self.tidied, pace.tidy) {
            self.tidied = Some(Instant::now());
            if !own::is_ready(session).await? {
                let problem = Problem::new(Wrong::Usage, "there is no queue in this database");
                return Err(problem.hint("karat run makes it"));
            }
            store::tidy(session, store::Retention::default()).await?;
        }
        if is_due(self.rescued, pace.rescue) {
            self.rescued = Some(Instant::now());
            for lost in store::lost(session).await? {
                let end = ending::lost(&lost.claim, (lost.failures, lost.max_attempts));
                if let Some(state) = store::end(session, &lost.claim, &end, true).await? {
                    store::end_orphans(session, &lost.claim).await?;
                    self.tally.discarded += u64::from(state == State::Discarded);
                    self.tell(&Event::Rescued(&lost, state));
                }
            }
        }
        store::ready(session).await
    }

    /// Begins jobs while there is room for them.
    async fn begin(&mut self, session: &Session) -> Result<()> {
        let lease = self.worker.pace.lease.as_secs_f64();
        while self.running.len() < self.worker.slots && !self.is_idle {
            let of = store::Of { queues: &self.worker.queues, kinds: &self.kinds };
            let since = Instant::now();
            let Some(attempt) = store::claim(session, &self.name, lease, of).await? else {
                if self.running.is_empty() {
                    self.is_idle = match self.worker.until {
                        Until::Stopped => false,
                        Until::Idle => !store::is_pending(session, of, SOON).await?,
                        Until::Once => true,
                    };
                }
                return Ok(());
            };
            self.is_idle = self.worker.until == Until::Once;
            self.tell(&Event::Began(&attempt));
            self.start(attempt, since);
        }
        Ok(())
    }

    fn start(&mut self, attempt: Attempt, since: Instant) {
        let tether = Tether::new(attempt.claim.clone());
        let progress = Arc::new(Progress::new(self.worker.reporter.clone()));
        let known = self.worker.kinds.iter().find(|kind| kind.name() == attempt.kind);
        let begun = Begun {
            kind: known.cloned(),
            attempt: attempt.clone(),
            project: self.worker.project.clone(),
            address: self.worker.base.address.clone(),
            tether: tether.clone(),
            reporter: progress.clone(),
        };
        let number = (attempt.claim.job, attempt.claim.attempt);
        let (tell, jobs) = (self.tell.clone(), self.jobs.clone());
        let why = None;
        let running = Running { attempt, tether, progress, since, kept: since, looked: since, why };
        self.running.insert(number, running);
        self.jobs.spawn(async move {
            let outcome = jobs.spawn(begun.work()).await;
            let outcome = outcome.unwrap_or_else(|_| {
                Err(Problem::new(Wrong::Internal, "the work broke off in the middle"))
            });
            // Nobody listens any more where the worker ended without waiting.
            drop(tell.send((number, outcome)));
        });
    }

    /// Takes note of an attempt that is over.
    fn take(&mut self, (number, outcome): Ended) {
        let Some(running) = self.running.remove(&number) else { return };
        match ending::of(&running.attempt, running.why, outcome) {
            Some(end) => self.over.push((running, end)),
            None => {
                let (attempt, took) = (&running.attempt, running.since.elapsed());
                self.tell(&Event::Ended { attempt, state: None, problem: None, took });
                self.tally.count(None);
            }
        }
    }

    /// Waits until something ends, the worker is to end, or it is time to look again.
    async fn rest(&mut self) {
        let poll = self.worker.pace.poll;
        let seed = self
            .name
            .bytes()
            .fold(self.turns, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let pause = poll.mul_f64(0.8 + 0.4 * drawn(seed));
        let (leave, now) = (self.stop.leave.clone(), self.stop.now.clone());
        let is_leaving = self.leaving.is_some();
        tokio::select! {
            ended = self.ended.recv() => ended.into_iter().for_each(|ended| self.take(ended)),
            () = leave.cancelled(), if !is_leaving => {}
            () = now.cancelled(), if !is_leaving => {}
            () = tokio::time::sleep(pause) => {}
        }
        while let Ok(ended) = self.ended.try_recv() {
            self.take(ended);
        }
    }

    /// The database cannot be reached: a local server is started again.
    async fn away(&mut self, problem: &Problem) {
        self.session = None;
        if !self.is_away {
            self.is_away = true;
            self.tell(&Event::Away(problem));
        }
        if self.worker.base.local().is_none() {
            return;
        }
        if let Ok(project) = Project::open(&self.worker.project)
            && let Ok(Ok(base)) = tokio::task::spawn_blocking(move || Base::open(&project)).await
            && base.local().is_some()
        {
            let acting = self.worker.base.address.acting.clone();
            self.worker.base = base;
            self.worker.base.address.acting = acting;
        }
    }

    fn back(&mut self) {
        self.refused = 0;
        if self.is_away {
            self.is_away = false;
            self.tell(&Event::Back);
        }
    }

    fn tell(&self, event: &Event<'_>) {
        (self.worker.watch)(event);
    }
}

impl Running {
    fn stop(&mut self, why: Why) {
        self.why = self.why.max(Some(why));
        self.tether.stop();
    }
}
