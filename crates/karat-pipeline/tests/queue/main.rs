//! Workers with kinds of work of their own, on a real queue, at a pace that suits tests.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use karat_pipeline::base::Base;
use karat_pipeline::project;
use karat_pipeline::queue::{
    self, Done, Event, Job, Kind, Order, Pace, State, Stop, Tally, Task, Until, Work, Worker,
};
use karat_record::{Kind as Wrong, Problem, Quiet, Result, Stage};
use karat_store::lock::WriteLock;
use karat_store::{Address, Session};
use karat_testdb::TestDb;
use serde_json::json;
use tokio::task::JoinHandle;

/// A project with a queue.
struct World {
    db: TestDb,
    folder: tempfile::TempDir,
    address: Address,
    session: Session,
    events: Arc<Mutex<Vec<String>>>,
}

impl World {
    async fn new() -> World {
        let (db, folder) = (TestDb::new(), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("karat.toml"), "name = \"t\"\n").unwrap();
        let address = Address::parse(&db.url()).unwrap();
        let session = queue::open(&address).await.unwrap();
        World { db, folder, address, session, events: Arc::default() }
    }

    fn worker(&self, kind: Does, until: Until) -> Worker {
        let events = self.events.clone();
        let short = Duration::from_millis(20);
        Worker {
            project: project::Request {
                root: self.folder.path().to_owned(),
                ..project::Request::default()
            },
            base: Base::at(self.address.clone()),
            slots: 3,
            queues: None,
            until,
            kinds: vec![Arc::new(kind)],
            pace: Pace { poll: short, look: short, beat: short, rescue: short, ..Pace::default() },
            reporter: Arc::new(Quiet),
            watch: Arc::new(move |event| events.lock().unwrap().push(said(event))),
        }
    }

    fn start(&self, kind: Does, until: Until) -> (Stop, JoinHandle<Tally>) {
        let stop = Stop::default();
        let worker = self.worker(kind, until).run(stop.clone());
        (stop, tokio::spawn(async move { worker.await.unwrap() }))
    }

    async fn add(&self, order: Order) -> i64 {
        queue::enqueue(&self.session, &order).await.unwrap().job()
    }

    async fn job(&self, job: i64) -> Job {
        queue::find(&self.session, job).await.unwrap()
    }

    async fn until(&self, job: i64, state: State) {
        self.becomes(job, |job| job.state == state || job.state.is_final()).await;
        let is = self.job(job).await;
        assert_eq!(is.state, state, "job {job}: {:?}", is.error);
    }

    /// Waits until something is true of a job: much longer than it should take.
    async fn becomes(&self, job: i64, holds: impl Fn(&Job) -> bool) {
        let since = Instant::now();
        loop {
            let is = self.job(job).await;
            if holds(&is) {
                return;
            }
            assert!(since.elapsed() < Duration::from_secs(120), "{is:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn said(event: &Event<'_>) -> String {
    match event {
        Event::Began(attempt) => format!("began {}", attempt.claim.job),
        Event::Ended { attempt, state, .. } => format!("{} {state:?}", attempt.claim.job),
        Event::Rescued(lost, state) => format!("rescued {} {state:?}", lost.claim.job),
        Event::Away(_) => "away".to_owned(),
        Event::Back => "back".to_owned(),
    }
}

/// Work that a function does.
struct Does(Box<dyn Fn(&Task) -> Work<'static> + Send + Sync>);

impl Kind for Does {
    fn name(&self) -> &'static str {
        "test"
    }

    fn work<'a>(&'a self, task: &'a Task) -> Work<'a> {
        (self.0)(task)
    }
}

fn does(work: impl Fn(&Task) -> Work<'static> + Send + Sync + 'static) -> Does {
    Does(Box::new(work))
}

fn order() -> Order {
    Order::new("test", json!({}))
}

/// Work that never ends by itself.
fn endless() -> Does {
    does(|_| Box::pin(std::future::pending()))
}

/// Work that looks every now and then whether it is to end.
fn in_steps() -> Does {
    does(|task| {
        let tether = task.base.address.tether.clone().unwrap();
        Box::pin(async move {
            loop {
                tether.boundary()?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn three_workers_do_each_of_many_jobs_once() {
    let world = World::new().await;
    let done: Arc<Mutex<BTreeMap<u64, u32>>> = Arc::default();
    for n in 0..60 {
        world.add(Order::new("test", json!({ "n": n }))).await;
    }
    let workers = [0; 3].map(|_| {
        let done = done.clone();
        world.start(
            does(move |task| {
                let n = task.args["n"].as_u64().unwrap();
                *done.lock().unwrap().entry(n).or_default() += 1;
                Box::pin(async move { Ok(Done::Completed(json!({ "n": n }))) })
            }),
            Until::Idle,
        )
    });
    let mut completed = 0;
    for (_, worker) in workers {
        completed += worker.await.unwrap().completed;
    }
    assert_eq!(completed, 60);
    assert_eq!(*done.lock().unwrap(), (0..60).map(|n| (n, 1)).collect());
    assert_eq!(world.job(7).await.result, Some(json!({ "n": 6 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_is_tried_again_and_one_that_cannot_be_mended_is_not() {
    let world = World::new().await;
    let (busy, wrong, panics) = (world.add(order()).await, world.add(order()).await, 3);
    world.add(Order::new("test", json!({ "panic": true }))).await;
    let tries = AtomicU32::new(0);
    let kind = does(move |task| {
        assert!(task.args["panic"].is_null(), "a defect of the work");
        let problem = match tries.fetch_add(1, Ordering::Relaxed) {
            0 => Problem::new(Wrong::Busy, "a lock is held"),
            _ => Problem::new(Wrong::Input, "there is no file"),
        };
        Box::pin(async move { Err(problem) })
    });
    let mut worker = world.worker(kind, Until::Stopped);
    worker.slots = 1;
    let stop = Stop::default();
    let working = tokio::spawn(worker.run(stop.clone()));
    world.until(wrong, State::Discarded).await;
    world.until(panics, State::Discarded).await;
    // The first is tried again by itself a second later, and ends as the second did.
    world.until(busy, State::Discarded).await;
    stop.leave.cancel();
    let tally = working.await.unwrap().unwrap();
    assert_eq!((tally.retryable, tally.discarded), (1, 3));
    let shown = world.job(busy).await;
    let kinds = [&shown.errors[0]["kind"], &shown.errors[1]["kind"]];
    assert_eq!(kinds, [&json!("busy"), &json!("input")]);
    assert_eq!((shown.attempt, shown.failures), (2, 2));
    assert_eq!(world.job(panics).await.errors[0]["kind"], "internal");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_place_is_taken_comes_again_and_uses_up_no_attempt() {
    let world = World::new().await;
    let job = world.add(Order { max_attempts: 1, ..order() }).await;
    let tries = AtomicU32::new(0);
    let kind = does(move |_| {
        let done = match tries.fetch_add(1, Ordering::Relaxed) {
            0 => Done::NotYet("another run goes on".to_owned()),
            _ => Done::Completed(json!(null)),
        };
        Box::pin(async move { Ok(done) })
    });
    let (_, worker) = world.start(kind, Until::Idle);
    let tally = worker.await.unwrap();
    assert_eq!((tally.put_back, tally.completed), (1, 1));
    let shown = world.job(job).await;
    assert_eq!((shown.attempt, shown.failures), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_to_end_hands_back_what_it_does_at_the_next_boundary() {
    let world = World::new().await;
    let job = world.add(Order { max_attempts: 1, ..order() }).await;
    let (stop, worker) = world.start(in_steps(), Until::Stopped);
    world.until(job, State::Running).await;
    stop.leave.cancel();
    assert_eq!(worker.await.unwrap().put_back, 1);
    let shown = world.job(job).await;
    assert_eq!((shown.state, shown.attempt, shown.failures), (State::Available, 1, 0));
    assert_eq!(world.db.sql("select count(*) from karat.lease"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_cancelled_and_its_worker_goes_on() {
    let world = World::new().await;
    let job = world.add(order()).await;
    let (stop, worker) = world.start(in_steps(), Until::Stopped);
    world.until(job, State::Running).await;
    assert_eq!(queue::cancel(&world.session, job).await.unwrap(), State::Running);
    world.until(job, State::Cancelled).await;
    let next = world.add(order()).await;
    world.until(next, State::Running).await;
    stop.now.cancel();
    let tally = worker.await.unwrap();
    assert_eq!((tally.cancelled, tally.put_back), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_takes_longer_than_it_may_is_stopped() {
    let world = World::new().await;
    let job = world.add(Order { time_limit: Some(0.05), max_attempts: 1, ..order() }).await;
    let (_, worker) = world.start(in_steps(), Until::Idle);
    assert_eq!(worker.await.unwrap().discarded, 1);
    let error = world.job(job).await.error.unwrap();
    assert_eq!(error, "it took longer than the 0.05 s that it may take");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_stops_and_another_one_takes_the_job() {
    let world = World::new().await;
    let job = world.add(order()).await;
    let mut deaf = world.worker(in_steps(), Until::Once);
    // It says nothing of itself, but looks, and would never rescue its own.
    deaf.pace.beat = Duration::from_secs(3600);
    deaf.pace.rescue = Duration::from_secs(3600);
    let deaf = tokio::spawn(deaf.run(Stop::default()));
    world.until(job, State::Running).await;
    world.db.sql("update karat.lease set until = now()");
    let quick = does(|_| Box::pin(async { Ok(Done::Completed(json!("second"))) }));
    let other = Stop::default();
    let taking = tokio::spawn(world.worker(quick, Until::Stopped).run(other.clone()));
    world.until(job, State::Completed).await;
    other.leave.cancel();
    assert_eq!(deaf.await.unwrap().unwrap(), Tally { lost: 1, ..Tally::default() });
    assert_eq!(taking.await.unwrap().unwrap().completed, 1);
    let shown = world.job(job).await;
    assert_eq!((shown.result, shown.attempt, shown.failures), (Some(json!("second")), 2, 1));
    let events = world.events.lock().unwrap();
    assert!(events.contains(&format!("rescued {job} Retryable")), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_held_that_does_not_answer_is_freed_for_the_next() {
    let world = World::new().await;
    let job = world.add(order()).await;
    let holding = |patience| {
        move |task: &Task| {
            let address = task.base.address.clone();
            let held = async move { WriteLock::take(&address, patience, |_| {}).await };
            Box::pin(held) as Pin<Box<dyn Future<Output = Result<WriteLock>> + Send>>
        }
    };
    let first = holding(Duration::ZERO);
    let mut deaf = world.worker(
        does(move |task| {
            let held = first(task);
            Box::pin(async move {
                let _held = held.await?;
                std::future::pending().await
            })
        }),
        Until::Once,
    );
    let long = Duration::from_secs(3600);
    deaf.pace = Pace { beat: long, look: long, rescue: long, lease: long, ..deaf.pace };
    let deaf = tokio::spawn(deaf.run(Stop::default()));
    world.until(job, State::Running).await;
    let locks = "select count(*) from pg_locks where locktype = 'advisory' and database = \
                 (select oid from pg_database where datname = current_database())";
    let since = Instant::now();
    while world.db.sql(locks) != "1" {
        assert!(since.elapsed() < Duration::from_secs(120), "the lock is not taken");
    }
    world.db.sql("update karat.lease set until = now()");
    let second = holding(Duration::from_secs(120));
    let next = does(move |task| {
        let held = second(task);
        Box::pin(async move { held.await.map(|_| Done::Completed(json!("held"))) })
    });
    let (stop, worker) = world.start(next, Until::Stopped);
    world.until(job, State::Completed).await;
    stop.leave.cancel();
    assert_eq!(worker.await.unwrap().completed, 1);
    deaf.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_outlives_its_connection_and_not_its_queue() {
    let world = World::new().await;
    let kind = does(|_| Box::pin(async { Ok(Done::Completed(json!(1))) }));
    let worker = tokio::spawn(world.worker(kind, Until::Stopped).run(Stop::default()));
    let job = world.add(order()).await;
    world.until(job, State::Completed).await;
    world.db.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'karat' and pid <> pg_backend_pid()
           and datname = current_database()",
    );
    let session = Session::open(&world.address).await.unwrap();
    let job = queue::enqueue(&session, &order()).await.unwrap().job();
    let since = Instant::now();
    while queue::find(&session, job).await.unwrap().state != State::Completed {
        assert!(since.elapsed() < Duration::from_secs(120), "the worker does not come back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let events = world.events.lock().unwrap().join(" ");
    assert!(events.contains("away") && events.contains("back"), "{events}");
    world.db.sql("alter table karat.job rename to gone");
    let ended = worker.await.unwrap().unwrap_err();
    assert!(ended.what.contains("karat.job"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_work_is_can_be_seen_while_it_runs() {
    let world = World::new().await;
    let job = world.add(order()).await;
    let kind = does(|task| {
        let stage = Stage::new("load", "agents");
        task.reporter.started(&stage, Some(100));
        task.reporter.progress(&stage, 40, 7);
        Box::pin(std::future::pending())
    });
    let mut worker = world.worker(kind, Until::Stopped);
    worker.pace.beat = Duration::from_secs(5);
    let stop = Stop::default();
    let working = tokio::spawn(worker.run(stop.clone()));
    let said = json!({ "note": "load agents", "done": 40, "of": 100, "rows": 7 });
    world.becomes(job, |job| job.progress.as_ref() == Some(&said)).await;
    drop(working);
    drop(stop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_ends_by_itself_when_that_is_wanted() {
    let world = World::new().await;
    let done = || does(|_| Box::pin(async { Ok(Done::Completed(json!(1))) }));
    let (_, none) = world.start(endless(), Until::Once);
    assert_eq!(none.await.unwrap(), Tally::default());
    let (first, second) = (world.add(order()).await, world.add(order()).await);
    world.add(Order { delay: 3600.0, ..order() }).await;
    world.add(Order::new("unknown", json!({}))).await;
    let (_, once) = world.start(done(), Until::Once);
    assert_eq!(once.await.unwrap().completed, 1);
    let states = (world.job(first).await.state, world.job(second).await.state);
    assert_eq!(states, (State::Completed, State::Available));
    let (_, idle) = world.start(done(), Until::Idle);
    assert_eq!(idle.await.unwrap().completed, 1, "what is due in an hour is not waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_broken_for_a_while_costs_its_jobs_a_while() {
    let world = World::new().await;
    let job = world.add(order()).await;
    let file = world.folder.path().join("karat.toml");
    std::fs::write(&file, "name = \"half of it").unwrap();
    let kind = does(|_| Box::pin(async { Ok(Done::Completed(json!(1))) }));
    let (_, worker) = world.start(kind, Until::Idle);
    world.becomes(job, |job| job.failures > 0).await;
    std::fs::write(&file, "name = \"t\"\n").unwrap();
    assert_eq!(worker.await.unwrap().completed, 1);
    assert_eq!(world.job(job).await.errors[0]["kind"], "project");
}
