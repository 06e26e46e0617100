//! Two runs at once on one database: one waits for the other and finds nothing left to do.

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "agents_support/state.rs"]
mod state;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use agents_support::{Project, done, done_already};
use karat_store::Address;
use karat_store::lock::WriteLock;
use karat_testdb::TestDb;
use state::{assert_same, assert_tidy, state};

const SIZE: &str = "300x300";
const SEED: u64 = 8;

fn start(run: &mut Command) -> Child {
    run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("karat starts")
}

fn end(run: Child) -> String {
    done_already(&run.wait_with_output().expect("karat ends"))
}

#[test]
fn two_runs_at_once_leave_what_one_leaves() {
    let alone = TestDb::new();
    let project = Project::of("agents", SIZE, SEED);
    done(&mut project.karat(&alone.url(), &["run"]));
    let expected = state(&alone);
    for round in 0..8 {
        let db = TestDb::new();
        let (one, other) = (Project::of("agents", SIZE, SEED), Project::of("agents", SIZE, SEED));
        // Two people in one folder, or in two checkouts.
        let second = if round % 2 == 0 { &one } else { &other };
        let runs = [&one, second].map(|project| start(&mut project.karat(&db.url(), &["run"])));
        let said = runs.map(end);
        let idle = said.iter().filter(|said| said.contains("nothing to do")).count();
        let busy = said.iter().filter(|said| said.contains("done in")).count();
        assert_eq!((idle, busy), (1, 1), "round {round}: {said:#?}");
        let when = format!("round {round}: {said:#?}");
        assert_same(&state(&db), &expected, &when);
        assert_tidy(&db, &when);
        assert_eq!(db.sql("select count(*) from karat.run where status = 'done'"), "2", "{when}");
    }
}

#[test]
fn runs_that_have_something_to_do_each_do_it_one_after_the_other() {
    let db = TestDb::new();
    let project = Project::of("agents", SIZE, SEED);
    done(&mut project.karat(&db.url(), &["run"]));
    let before = state(&db);
    for round in 0..4 {
        db.sql(
            "delete from public.new_unified_agents where agent_id = any (array(
                select agent_id from public.new_unified_agents order by agent_id limit 9))",
        );
        let runs = [0; 3].map(|_| start(&mut project.karat(&db.url(), &["run", "resolve"])));
        let said = runs.map(end);
        let busy = said.iter().filter(|said| said.contains("done in")).count();
        assert_eq!(busy, 1, "round {round}: {said:#?}");
        let when = format!("round {round}");
        assert_same(&state(&db), &before, &when);
        assert_tidy(&db, &when);
    }
}

#[test]
fn a_run_that_has_to_wait_says_for_whom_and_then_does_its_work() {
    let db = TestDb::new();
    let project = Project::of("agents", SIZE, SEED);
    let runtime = tokio::runtime::Runtime::new().expect("threads can be had");
    let address = Address::parse(&db.url()).expect("the address of a test is right");
    let lock = runtime.block_on(WriteLock::take(&address, Duration::ZERO, |_| {}));
    let mut run = start(&mut project.karat(&db.url(), &["run"]));
    let lines = BufReader::new(run.stdout.take().expect("it is piped")).lines();
    let mut lines = lines.map(|line| line.expect("it is text"));
    let waiting = lines.find(|line| line.contains("waiting for another Karat to end"));
    let problem = waiting.is_none().then(|| run.stderr.take().map(std::io::read_to_string));
    let waiting = waiting.unwrap_or_else(|| panic!("{problem:?}"));
    assert!(waiting.contains("server process "), "{waiting}");
    assert_eq!(db.sql("select to_regnamespace('karat') is null"), "t", "nothing is done yet");
    drop(lock);
    let rest: Vec<String> = lines.collect();
    assert!(rest.iter().any(|line| line.contains("done in")), "{rest:#?}");
    assert!(run.wait().expect("karat ends").success());
}
