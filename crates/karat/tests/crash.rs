//! A run that is killed at any instant, and started again, ends where an undisturbed one ends.

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "agents_support/random.rs"]
mod random;
#[path = "agents_support/state.rs"]
mod state;

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use agents_support::{Project, done};
use karat_testdb::TestDb;
use random::Random;
use state::{assert_same, assert_tidy, state};

const SIZE: &str = "300x300";
const SEED: u64 = 7;
/// Over all databases.
const KILLS: usize = 50;
/// In one database; then a run is let end.
const IN_A_ROW: usize = 6;

#[test]
fn a_killed_run_that_is_started_again_leaves_what_an_undisturbed_one_leaves() {
    let undisturbed = TestDb::new();
    let project = Project::of("agents", SIZE, SEED);
    let since = Instant::now();
    done(&mut project.karat(&undisturbed.url(), &["run"]));
    let duration = since.elapsed();
    let expected = state(&undisturbed);
    let mut random = Random(20_261_121);
    let mut kills = 0;
    while kills < KILLS {
        let (db, project) = (TestDb::new(), Project::of("agents", SIZE, SEED));
        let mut instants = Vec::new();
        while instants.len() < IN_A_ROW.min(KILLS - kills) {
            let instant = duration * random.below(1000) as u32 / 1000;
            if !is_killed_after(&project, &db, instant) {
                break;
            }
            instants.push(instant);
        }
        kills += instants.len();
        let when = format!("after kills at {instants:?}");
        let last = done(&mut project.karat(&db.url(), &["run"]));
        assert_same(&state(&db), &expected, &format!("{when}\n{last}"));
        assert_tidy(&db, &when);
        assert_unlocked(&db, &when);
    }
}

/// Starts a run and kills it; false when it had ended by itself.
fn is_killed_after(project: &Project, db: &TestDb, instant: Duration) -> bool {
    let mut run = project.karat(&db.url(), &["run"]);
    let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("karat starts");
    sleep(instant);
    run.kill().expect("an unreaped child can be killed");
    let ended = run.wait().expect("a child can be waited for");
    assert!(ended.code().is_none_or(|code| code == 0), "{ended}");
    !ended.success()
}

/// The server frees the locks of a connection a moment after it ends.
fn assert_unlocked(db: &TestDb, when: &str) {
    let held = "select count(*) from pg_locks where locktype = 'advisory' and database =
                (select oid from pg_database where datname = current_database())";
    let since = Instant::now();
    while db.sql(held) != "0" {
        assert!(since.elapsed() < Duration::from_secs(30), "an advisory lock stays, {when}");
        sleep(Duration::from_millis(20));
    }
}

/// The begun copy of a killed run stands for each such copy: no run can be killed at will in the
/// few milliseconds in which it makes one.
#[test]
fn a_copy_that_a_killed_run_began_does_not_stay() {
    let (db, project) = (TestDb::new(), Project::of("agents", SIZE, SEED));
    let vault = project.root.join(".karat/files");
    std::fs::create_dir_all(&vault).expect("a folder can be made");
    // No process can have this number.
    let begun = vault.join(".incoming-2147483647");
    std::fs::write(&begun, "half a file").expect("a file can be written");
    done(&mut project.karat(&db.url(), &["run"]));
    assert!(!begun.exists(), "{} stays for ever", begun.display());
}
