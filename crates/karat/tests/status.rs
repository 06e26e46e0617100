//! `karat status`: how things stand, and drift: a change of what comes in is named, and no change
//! is no drift.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod status_support;
mod support;

use karat_testdb::TestDb;
use serde_json::Value as Json;
use status_support::{FILES, People, Shift};
use support::World;

/// A project that was run once.
struct Case {
    world: World,
    db: TestDb,
    people: People,
}

impl Case {
    fn new(seed: u64, records: usize) -> Case {
        let db = TestDb::new();
        let (world, people) = (World::with_database(&db), People::new(seed));
        let mut case = Case { world, db, people };
        case.world.write(&FILES);
        case.load(records, Shift::Nothing);
        case
    }

    /// Loads so many records more and resolves them.
    fn load(&mut self, records: usize, shift: Shift) {
        let [crm, web] = self.people.batch(records, shift);
        self.world.write(&[("data/crm.csv", crm.as_str()), ("data/web.csv", web.as_str())]);
        self.ok(&["run"]);
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.world.karat(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    fn status(&self) -> Json {
        serde_json::from_str(&self.ok(&["status", "--format", "json"])).unwrap()
    }

    /// What moved, each with what it is about; without what only shifts.
    fn moved(&self) -> Vec<(String, String)> {
        let status = self.status();
        let moved = status["entities"][0]["drift"]["moved"].as_array().unwrap().iter();
        let moved = moved.filter(|moved| moved["is_shift"] == false);
        let text = |json: &Json| json.as_str().unwrap().to_owned();
        moved.map(|moved| (text(&moved["what"]), text(&moved["advice"]))).collect()
    }

    fn has_moved(&self, what: &str, advice: &str) -> bool {
        self.moved().iter().any(|(w, a)| w.contains(what) && a == advice)
    }
}

#[test]
fn a_source_that_leaves_out_addresses_is_named() {
    let mut case = Case::new(1, 2500);
    assert_eq!(case.moved(), []);
    case.load(450, Shift::NoEmail);
    assert!(case.db.sql("select summary->>'part' is not null from karat.resolution") == "t");
    assert!(case.has_moved("email is missing in web", "source"), "{:?}", case.moved());
    assert!(!case.has_moved("crm", "source"), "{:?}", case.moved());
    let shown = case.ok(&["status"]);
    assert!(shown.contains("karat profile public.web"), "{shown}");
    assert_eq!(case.world.karat(&["status", "--check"]).output().unwrap().status.code(), Some(1));
    // The same, if all of it is resolved at once.
    case.ok(&["resolve", "people", "--full"]);
    case.load(800, Shift::NoEmail);
    case.ok(&["resolve", "people", "--full"]);
    assert!(case.has_moved("email is missing in web", "source"), "{:?}", case.moved());
}

#[test]
fn another_spelling_is_named() {
    let mut case = Case::new(2, 2500);
    case.load(450, Shift::Towns);
    assert!(
        case.has_moved("town in web has texts that were not there before", "source"),
        "{:?}",
        case.moved()
    );
}

#[test]
fn a_model_that_no_longer_fits_is_to_be_trained_and_then_fits() {
    let mut case = Case::new(3, 2500);
    case.load(900, Shift::Slips);
    assert!(case.has_moved("likely matches", "train"), "{:?}", case.moved());
    let needs = case.status()["needs"].to_string();
    assert!(needs.contains("karat train people"), "{needs}");
    case.ok(&["train", "people"]);
    case.ok(&["resolve", "people"]);
    assert_eq!(case.moved(), []);
}

/// Alarms of projects that get batches in which nothing drifted, one project a seed.
fn alarms(seeds: std::ops::Range<u64>, batches: &[(usize, Shift)]) -> Vec<String> {
    let mut alarms = Vec::new();
    for seed in seeds {
        let mut case = Case::new(seed, 1200);
        for (records, shift) in batches {
            case.load(*records, *shift);
            let moved = case.moved();
            if !moved.is_empty() {
                alarms.push(format!("seed {seed}, {records} {shift:?}: {moved:?}"));
            }
        }
        assert_eq!(case.status()["entities"][0]["drift"]["is_judged"], true);
    }
    alarms
}

#[test]
fn no_change_is_no_drift() {
    assert_eq!(alarms(100..120, &[(200, Shift::Nothing), (400, Shift::Nothing)]), [""; 0]);
}

#[test]
fn one_source_alone_or_more_duplicates_are_no_drift() {
    assert_eq!(alarms(210..216, &[(500, Shift::OneList)]), [""; 0]);
    assert_eq!(alarms(310..316, &[(500, Shift::Known)]), [""; 0]);
}

#[test]
fn status_says_what_is_there_and_what_needs_somebody() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    world.write(&FILES);
    let empty = world.run(&["status"]);
    assert!(empty.contains("nothing was loaded here yet") && empty.contains("exit 0"), "{empty}");

    let mut case = Case::new(4, 1500);
    let status = case.status();
    let of = |path: &str| status.pointer(path).unwrap().clone();
    let count = |sql: &str| case.db.sql(sql).parse::<u64>().unwrap();
    assert_eq!(of("/datasets/0/rows"), count("select count(*) from public.crm"));
    assert_eq!(of("/datasets/1/rows"), count("select count(*) from public.web"));
    assert_eq!(of("/entities/0/resolution/records"), 1500);
    assert_eq!(
        of("/entities/0/resolution/entities"),
        count("select count(distinct id) from karat.membership")
    );
    assert_eq!(of("/entities/0/resolution/how"), "whole");
    assert_eq!(of("/entities/0/resolution/waiting_changes"), 0);
    assert_eq!(of("/entities/0/model/records"), 1500);
    let waiting = count("select count(*) from karat.evidence where verdict = 'review'");
    assert_eq!(of("/entities/0/resolution/waiting_reviews"), waiting);
    assert!(waiting > 0, "some pairs are not clear");

    let pair = case.db.sql(
        "select source_a || ':' || key_a || ' ' || source_b || ':' || key_b from karat.evidence
         where verdict = 'review' order by 1 limit 1",
    );
    let (a, b) = pair.split_once(' ').unwrap();
    case.ok(&["review", "unsure", "people", a, b]);
    let now = case.status();
    assert_eq!(now["entities"][0]["resolution"]["waiting_reviews"], waiting - 1);

    case.load(10, Shift::Nothing);
    let status = case.status();
    assert_eq!(status["entities"][0]["resolution"]["how"], "part");
    case.db.sql("update public.web set first = 'else' where id = (select min(id) from public.web)");
    let status = case.status();
    assert_eq!(status["entities"][0]["resolution"]["waiting_changes"], 1);
    assert!(status["needs"].to_string().contains("1 changes wait"), "{status:#}");
    let shown = case.ok(&["status"]);
    for expected in ["dataset", "pairs to review", "drift:", "needs you", "karat resolve people"] {
        assert!(shown.contains(expected), "no {expected:?} in:\n{shown}");
    }
}
