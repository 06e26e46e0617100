//! The queue on a real server: transitions, claims, fences, and what a million ended jobs cost.

use std::time::{Duration, Instant};

use karat_record::Kind;
use karat_testdb::TestDb;
use serde_json::json;

use super::*;
use crate::tether::Tether;
use crate::{Address, Table, own, table};

const LEASE: f64 = 20.0;

struct Queue {
    db: TestDb,
    address: Address,
    session: Session,
    kinds: Vec<String>,
}

impl Queue {
    async fn new() -> Queue {
        let db = TestDb::new();
        let mut address = Address::parse(&db.url()).unwrap();
        address.acting.person = Some("ann".to_owned());
        let session = Session::open(&address).await.unwrap();
        own::prepare(&session).await.unwrap();
        Queue { db, address, session, kinds: vec!["a".to_owned(), "b".to_owned()] }
    }

    async fn add(&self, order: Order) -> i64 {
        enqueue(&self.session, &order).await.unwrap().job()
    }

    async fn claim(&self, worker: &str) -> Option<Attempt> {
        let of = Of { queues: &None, kinds: &self.kinds };
        claim(&self.session, worker, LEASE, of).await.unwrap()
    }

    async fn claimed(&self, worker: &str) -> Claim {
        self.claim(worker).await.unwrap().claim
    }

    async fn state(&self, job: i64) -> State {
        find(&self.session, job).await.unwrap().state
    }

    async fn end(&self, claim: &Claim, as_: State) -> Option<State> {
        end(&self.session, claim, &End::of(as_), false).await.unwrap()
    }

    /// What a worker does of which nothing is heard for long, and what others do then.
    async fn rescue(&self, claim: &Claim) -> Option<State> {
        self.db.sql("update karat.lease set until = now() - interval '1 second'");
        let seen: Vec<Claim> =
            lost(&self.session).await.unwrap().into_iter().map(|lost| lost.claim).collect();
        assert_eq!(seen, std::slice::from_ref(claim));
        let again = End { is_failure: true, ..End::of(State::Retryable) };
        let state = end(&self.session, claim, &again, true).await.unwrap();
        ready(&self.session).await.unwrap();
        state
    }

    /// A session of an attempt.
    async fn tethered(&self, claim: &Claim) -> (Tether, Session) {
        let tether = Tether::new(claim.clone());
        let mut address = self.address.clone();
        address.tether = Some(tether.clone());
        (tether, Session::open(&address).await.unwrap())
    }

    async fn holds(&self, rows: i64) {
        let found: i64 = self.session.row("select count(*) from t", &[]).await.unwrap().get(0);
        assert_eq!(found, rows);
    }
}

fn order(kind: &str) -> Order {
    Order::new(kind, json!({ "n": 1 }))
}

/// What may follow each state; nothing else may.
const MAY: [(&str, &[&str]); 8] = [
    ("waiting", &["available", "scheduled", "cancelled"]),
    ("available", &["running", "cancelled"]),
    ("scheduled", &["available", "cancelled"]),
    ("running", &["completed", "retryable", "discarded", "cancelled", "available", "scheduled"]),
    ("retryable", &["available", "cancelled"]),
    ("completed", &[]),
    ("discarded", &["available", "waiting", "cancelled"]),
    ("cancelled", &["available", "waiting"]),
];

#[tokio::test]
async fn the_database_allows_the_declared_transitions_and_no_other() {
    let queue = Queue::new().await;
    let job = queue.add(order("a")).await;
    for (from, next) in MAY {
        for to in State::ALL.map(State::name) {
            let put = |state: &str, attempt: &str| {
                format!(
                    "update karat.job set state = '{state}', attempt = {attempt}, worker = 'w', \
                     parents = '{{1}}', started_at = now(), finished_at = case when '{state}' in \
                     ('completed', 'discarded', 'cancelled') then now() end where id = {job}"
                )
            };
            let batch = format!(
                "begin; set local session_replication_role = replica; {}; \
                 set local session_replication_role = origin; {}; commit",
                put(from, "3"),
                put(to, if to == "running" && from != to { "attempt + 1" } else { "attempt" }),
            );
            let done = queue.session.batch(&batch).await;
            let expected = from == to || next.contains(&to);
            assert_eq!(done.is_ok(), expected, "{from} to {to}: {done:?}");
            if done.is_err() {
                queue.session.rollback().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn an_attempt_is_counted_when_it_begins_and_at_no_other_time() {
    let queue = Queue::new().await;
    let job = queue.add(order("a")).await;
    for wrong in ["attempt = 1", "state = 'running', worker = 'w', started_at = now()"] {
        let sql = format!("update karat.job set {wrong} where id = {job}");
        assert!(queue.session.batch(&sql).await.is_err(), "{wrong}");
    }
    let born = "insert into karat.job (kind, state, finished_at) values ('a', 'completed', now())";
    assert!(queue.session.batch(born).await.is_err());
}

#[tokio::test]
async fn jobs_are_claimed_by_priority_then_age_and_each_by_one_worker() {
    let queue = Queue::new().await;
    let low = queue.add(Order { priority: -1, ..order("a") }).await;
    let first = queue.add(order("a")).await;
    let second = queue.add(order("b")).await;
    let high = queue.add(Order { priority: 9, ..order("b") }).await;
    queue.add(order("unknown to this worker")).await;
    queue.add(Order { delay: 60.0, ..order("a") }).await;
    let mut found = Vec::new();
    while let Some(attempt) = queue.claim("w").await {
        assert_eq!((attempt.claim.attempt, &attempt.args), (1, &json!({ "n": 1 })));
        assert_eq!(attempt.requested_by.as_deref(), Some("ann"));
        found.push(attempt.claim.job);
    }
    assert_eq!(found, [high, first, second, low]);
}

#[tokio::test]
async fn many_claim_at_once_and_no_job_is_claimed_twice() {
    let queue = Queue::new().await;
    for _ in 0..40 {
        queue.add(order("a")).await;
    }
    let workers = (0..6).map(|n| {
        let (address, kinds) = (queue.address.clone(), queue.kinds.clone());
        tokio::spawn(async move {
            let session = Session::open(&address).await.unwrap();
            let (name, mut found) = (format!("w{n}"), Vec::new());
            let of = Of { queues: &None, kinds: &kinds };
            while let Some(attempt) = claim(&session, &name, LEASE, of).await.unwrap() {
                found.push(attempt.claim.job);
            }
            found
        })
    });
    let workers: Vec<_> = workers.collect();
    let mut found = Vec::new();
    for worker in workers {
        found.extend(worker.await.unwrap());
    }
    found.sort_unstable();
    assert_eq!(found, (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn jobs_of_one_lane_run_one_after_the_other_and_let_others_pass() {
    let queue = Queue::new().await;
    let lane = || Order { lane: Some("run".to_owned()), ..order("a") };
    let (one, two, free) =
        (queue.add(lane()).await, queue.add(lane()).await, queue.add(order("b")).await);
    let claim = queue.claimed("w").await;
    assert_eq!(claim.job, one);
    assert_eq!(queue.claimed("w").await.job, free);
    assert_eq!(queue.claim("w").await, None);
    assert_eq!(queue.end(&claim, State::Completed).await, Some(State::Completed));
    assert_eq!(queue.claimed("w").await.job, two);
}

#[tokio::test]
async fn whoever_lost_the_lease_can_commit_nothing_and_the_next_can() {
    let queue = Queue::new().await;
    queue.session.batch("create table t (x int)").await.unwrap();
    let job = queue.add(order("a")).await;
    let old = queue.claimed("old").await;
    let (_, stale) = queue.tethered(&old).await;
    stale.begin().await.unwrap();
    stale.execute("insert into t values (1)", &[]).await.unwrap();
    assert_eq!(queue.rescue(&old).await, Some(State::Retryable));
    assert_eq!(queue.claimed("new").await, Claim { job, attempt: 2, worker: "new".to_owned() });
    assert_eq!(stale.commit().await.unwrap_err().kind, Kind::Stopped);
    drop(stale);
    queue.holds(0).await;
    assert_eq!(beat(&queue.session, &old, LEASE, None).await.unwrap(), None);
    assert_eq!(look(&queue.session, &old).await.unwrap(), None);
    assert_eq!(queue.end(&old, State::Completed).await, None);
    // Nor has a token any worth that a crash of the server gave to two workers.
    let new = Claim { job, attempt: 2, worker: "new".to_owned() };
    let twin = Claim { worker: "twin".to_owned(), ..new.clone() };
    assert_eq!(queue.end(&twin, State::Completed).await, None);
    let (_, live) = queue.tethered(&new).await;
    live.begin().await.unwrap();
    live.execute("insert into t values (2)", &[]).await.unwrap();
    live.commit().await.unwrap();
    queue.holds(1).await;
    assert_eq!(queue.end(&new, State::Completed).await, Some(State::Completed));
    let shown = find(&queue.session, job).await.unwrap();
    assert_eq!((shown.attempt, shown.failures), (2, 1));
}

#[tokio::test]
async fn a_rescue_waits_for_what_is_just_committing_and_spares_who_was_heard_again() {
    let queue = Queue::new().await;
    queue.add(order("a")).await;
    let claim = queue.claimed("w").await;
    queue.db.sql("update karat.lease set until = now() - interval '1 second'");
    assert_eq!(lost(&queue.session).await.unwrap().len(), 1);
    assert_eq!(beat(&queue.session, &claim, LEASE, None).await.unwrap(), Some(false));
    let late = end(&queue.session, &claim, &End::of(State::Retryable), true).await.unwrap();
    assert_eq!(late, None, "it was heard between being seen as lost and being taken");
    let (_, session) = queue.tethered(&claim).await;
    session.begin().await.unwrap();
    session.batch(&claim.fence()).await.unwrap();
    queue.db.sql("update karat.lease set until = now() - interval '1 second'");
    let rescuer = Session::open(&queue.address).await.unwrap();
    let taken = tokio::spawn(async move {
        end(&rescuer, &claim, &End::of(State::Retryable), true).await.unwrap()
    });
    let blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' \
                   and datname = current_database()";
    while queue.db.sql(blocked) != "1" {
        assert!(!taken.is_finished(), "it did not wait");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    session.batch("commit").await.unwrap();
    assert_eq!(taken.await.unwrap(), Some(State::Retryable));
}

#[tokio::test]
async fn heartbeats_do_not_disturb_a_transaction_that_sees_all_as_it_was() {
    let queue = Queue::new().await;
    queue.session.batch("create table t (x int)").await.unwrap();
    queue.add(order("a")).await;
    let claim = queue.claimed("w").await;
    let (_, session) = queue.tethered(&claim).await;
    session.begin_still().await.unwrap();
    session.execute("insert into t values (1)", &[]).await.unwrap();
    for done in 0..3 {
        let progress = json!({ "note": "load agents", "done": done });
        let kept = beat(&queue.session, &claim, LEASE, Some(&progress)).await.unwrap();
        assert_eq!(kept, Some(false));
    }
    session.commit().await.unwrap();
    queue.holds(1).await;
    let shown = find(&queue.session, claim.job).await.unwrap();
    assert_eq!(shown.progress, Some(json!({ "note": "load agents", "done": 2 })));
}

#[tokio::test]
async fn an_attempt_that_is_stopped_has_its_statement_cancelled_and_sends_nothing_more() {
    let queue = Queue::new().await;
    queue
        .session
        .batch("create view slow as select 1 as x where pg_sleep(600)::text <> ''")
        .await
        .unwrap();
    queue.add(order("a")).await;
    let claim = queue.claimed("w").await;
    let (tether, session) = queue.tethered(&claim).await;
    let since = Instant::now();
    let slow = tokio::spawn(async move {
        let counted = table::count(&session, &Table::new("public", "slow")).await;
        (counted.unwrap_err(), session.begin().await.unwrap_err())
    });
    let asleep = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' \
                  and datname = current_database()";
    while queue.db.sql(asleep) != "1" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tether.stop();
    tether.cancel_statements().await;
    let (cancelled, after) = slow.await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(300), "{cancelled}");
    assert_eq!(after.kind, Kind::Stopped);
    let mut address = queue.address.clone();
    address.tether = Some(tether);
    assert_eq!(Session::open(&address).await.err().unwrap().kind, Kind::Stopped);
}

#[tokio::test]
async fn an_order_is_part_of_the_transaction_that_makes_it() {
    let queue = Queue::new().await;
    queue.session.begin().await.unwrap();
    let job = queue.add(order("a")).await;
    queue.session.rollback().await.unwrap();
    assert_eq!(find(&queue.session, job).await.unwrap_err().kind, Kind::Usage);
    queue.session.begin().await.unwrap();
    let job = queue.add(order("a")).await;
    queue.session.commit().await.unwrap();
    assert_eq!(queue.state(job).await, State::Available);
}

#[tokio::test]
async fn a_unique_key_is_of_one_job_until_that_has_ended() {
    let queue = Queue::new().await;
    let unique = || Order { unique_key: Some("k".to_owned()), ..order("a") };
    let orders = (0..8).map(|_| {
        let address = queue.address.clone();
        let order = unique();
        tokio::spawn(async move {
            let session = Session::open(&address).await.unwrap();
            enqueue(&session, &order).await.unwrap()
        })
    });
    let orders: Vec<_> = orders.collect();
    let mut made = Vec::new();
    for order in orders {
        made.push(order.await.unwrap());
    }
    let job = made[0].job();
    assert!(made.iter().all(|enqueued| enqueued.job() == job), "{made:?}");
    assert_eq!(made.iter().filter(|made| matches!(made, Enqueued::New(_))).count(), 1);
    let claim = queue.claimed("w").await;
    assert_eq!(enqueue(&queue.session, &unique()).await.unwrap(), Enqueued::Known(job));
    queue.end(&claim, State::Discarded).await;
    let next = enqueue(&queue.session, &unique()).await.unwrap();
    assert!(matches!(next, Enqueued::New(_)));
    let refused = retry(&queue.session, job).await.unwrap_err();
    assert!(refused.what.contains("unique key"), "{refused}");
}

#[tokio::test]
async fn a_job_waits_for_all_its_parents_and_is_cancelled_when_one_is_lost() {
    let queue = Queue::new().await;
    let (one, two) = (queue.add(order("a")).await, queue.add(order("a")).await);
    let child = queue.add(Order { parents: vec![two, one, one], ..order("b") }).await;
    let orphan = queue.add(Order { parents: vec![two], delay: 90.0, ..order("b") }).await;
    let none = enqueue(&queue.session, &Order { parents: vec![999], ..order("b") }).await;
    assert_eq!(none.unwrap_err().kind, Kind::Usage);
    let first = queue.claimed("w").await;
    queue.end(&first, State::Completed).await;
    ready(&queue.session).await.unwrap();
    assert_eq!(queue.state(child).await, State::Waiting);
    let second = queue.claimed("w").await;
    queue.end(&second, State::Discarded).await;
    ready(&queue.session).await.unwrap();
    let shown = find(&queue.session, child).await.unwrap();
    assert_eq!((shown.state, shown.error.is_some()), (State::Cancelled, true));
    let grandchild = queue.add(Order { parents: vec![child], ..order("b") }).await;
    cancel(&queue.session, orphan).await.unwrap_err();
    ready(&queue.session).await.unwrap();
    assert_eq!(queue.state(grandchild).await, State::Cancelled);
    let unwanted = queue.add(Order { parents: vec![two], ..order("b") }).await;
    cancel(&queue.session, unwanted).await.unwrap();
    // The parent is mended, and all wait again that nobody cancelled.
    assert_eq!(retry(&queue.session, two).await.unwrap(), State::Available);
    for (job, state) in [(child, State::Waiting), (orphan, State::Waiting)] {
        assert_eq!(queue.state(job).await, state);
    }
    assert_eq!(queue.state(grandchild).await, State::Waiting);
    assert_eq!(queue.state(unwanted).await, State::Cancelled);
    let second = queue.claimed("w").await;
    queue.end(&second, State::Completed).await;
    ready(&queue.session).await.unwrap();
    assert_eq!(queue.claimed("w").await.job, child);
}

#[tokio::test]
async fn what_waits_is_cancelled_at_once_and_what_runs_is_told() {
    let queue = Queue::new().await;
    let (one, two) = (queue.add(order("a")).await, queue.add(order("a")).await);
    let claim = queue.claimed("w").await;
    assert_eq!(cancel(&queue.session, one).await.unwrap(), State::Running);
    assert_eq!(cancel(&queue.session, two).await.unwrap(), State::Cancelled);
    assert_eq!(look(&queue.session, &claim).await.unwrap(), Some(true));
    // It would have gone on, were it not cancelled.
    let again = End { delay: Some(1.0), is_failure: true, ..End::of(State::Retryable) };
    let became = end(&queue.session, &claim, &again, false).await.unwrap();
    assert_eq!(became, Some(State::Cancelled));
    let given_up = queue.add(order("a")).await;
    let third = queue.claimed("w").await;
    queue.end(&third, State::Discarded).await;
    assert_eq!(cancel(&queue.session, given_up).await.unwrap(), State::Cancelled);
    let refused = cancel(&queue.session, two).await.unwrap_err();
    assert!(refused.what.contains("it is cancelled"), "{refused}");
    let shown = find(&queue.session, one).await.unwrap();
    assert_eq!(shown.cancel_asked_by.as_deref(), Some("ann"));
    assert_eq!(retry(&queue.session, one).await.unwrap(), State::Available);
    assert_eq!(find(&queue.session, one).await.unwrap().failures, 0);
}

#[tokio::test]
async fn the_runs_of_an_attempt_that_broke_off_are_closed_with_it() {
    let queue = Queue::new().await;
    let job = queue.add(order("a")).await;
    let claim = queue.claimed("w").await;
    let (_, session) = queue.tethered(&claim).await;
    let (run, _) = crate::run::begin(&session, "run").await.unwrap();
    crate::run::step_begin(&session, run, "load").await.unwrap();
    assert_eq!(find(&queue.session, job).await.unwrap().runs, [run]);
    queue.rescue(&claim).await;
    let closed = queue
        .db
        .sql("select r.status, s.status from karat.run r join karat.step s on s.run = r.id");
    assert_eq!(closed, "abandoned|failed");
}

#[tokio::test]
async fn jobs_that_ended_long_ago_are_forgotten_unless_one_waits_for_them() {
    let queue = Queue::new().await;
    let jobs = [State::Completed, State::Discarded, State::Cancelled, State::Completed];
    for state in jobs {
        queue.add(order("a")).await;
        let claim = queue.claimed("w").await;
        queue.end(&claim, state).await;
    }
    queue.add(Order { parents: vec![4], ..order("b") }).await;
    queue.db.sql("update karat.job set finished_at = now() - interval '30 days' where id <= 4");
    tidy(&queue.session, Retention::default()).await.unwrap();
    let left = queue.db.sql("select string_agg(id::text, ' ' order by id) from karat.job");
    assert_eq!(left, "2 4 5");
}

#[tokio::test]
async fn pages_follow_one_another_whatever_comes_meanwhile() {
    let queue = Queue::new().await;
    for _ in 0..5 {
        queue.add(order("a")).await;
    }
    let page = |before| Wanted { before, limit: 2, ..Wanted::default() };
    let ids = |jobs: Vec<Job>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(list(&queue.session, &page(None)).await.unwrap()), [5, 4]);
    queue.add(order("b")).await;
    assert_eq!(ids(list(&queue.session, &page(Some(4))).await.unwrap()), [3, 2]);
    let of = Wanted { kind: Some("b"), state: Some(State::Available), ..page(None) };
    assert_eq!(ids(list(&queue.session, &of).await.unwrap()), [6]);
}

#[tokio::test]
async fn a_claim_looks_at_no_job_that_has_ended() {
    let queue = Queue::new().await;
    queue.db.sql(
        "set session_replication_role = replica;
         insert into karat.job (kind, state, attempt, worker, started_at, finished_at)
         select 'a', 'completed', 1, 'w', now(), now() from generate_series(1, 100000);
         analyze karat.job",
    );
    queue.add(order("a")).await;
    let statements = [
        ("claim", include_str!("../../queries/queue/claim.sql")),
        ("ready", include_str!("../../queries/queue/ready.sql")),
    ];
    for (name, sql) in statements {
        let sql = sql.replace("$1", "'w'").replace("$2", "20").replace("$3", "null");
        let explain =
            format!("explain (analyze, buffers, format json) {}", sql.replace("$4", "'{a}'"));
        let plan: serde_json::Value = serde_json::from_str(&queue.db.sql(&explain)).unwrap();
        let blocks = plan[0]["Plan"]["Shared Hit Blocks"].as_u64().unwrap()
            + plan[0]["Plan"]["Shared Read Blocks"].as_u64().unwrap();
        assert!(blocks < 150, "{name} looks at {blocks} blocks: {plan:#}");
    }
}
