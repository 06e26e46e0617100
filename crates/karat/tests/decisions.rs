//! What people decide is measured against, and learned from.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod status_support;
mod support;

use karat_testdb::TestDb;
use serde_json::Value as Json;
use status_support::{FILES, People, Shift};
use support::World;

fn ok(world: &World, arguments: &[&str]) -> String {
    let output = world.karat(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn decisions_are_measured_against_and_learned_from() {
    let db = TestDb::new();
    let (world, mut people) = (World::with_database(&db), People::new(7));
    world.write(&FILES);
    let entity = FILES[3].1.replace("recall = 0.6", "recall = 0.6\ndecisions = true");
    let [crm, web] = people.batch(2500, Shift::Nothing);
    let files = [("data/crm.csv", crm.as_str()), ("data/web.csv", web.as_str())];
    world.write(&[&files[..], &[("entities/people.toml", entity.as_str())]].concat());
    ok(&world, &["run"]);
    let nobody = world.run(&["evaluate", "people", "--decisions"]);
    assert!(nobody.contains("nobody decided") && nobody.contains("exit 2"), "{nobody}");

    // A reviewer who knows who is who decides all that waits.
    let waiting = db.sql(
        "select source_a || ':' || key_a, source_b || ':' || key_b from karat.evidence
         where verdict = 'review' order by 1, 2",
    );
    let mut told = [0_u64; 2];
    for pair in waiting.lines() {
        let (a, b) = pair.split_once('|').unwrap();
        let owner = |record: &str| {
            let id: usize = record.split_once(':').unwrap().1.parse().unwrap();
            people.owners[id - 1]
        };
        let same = owner(a) == owner(b);
        told[usize::from(same)] += 1;
        ok(&world, &["review", if same { "accept" } else { "refuse" }, "people", a, b]);
    }
    let decided = told[0] + told[1];
    assert!(decided >= 20, "enough to learn from: {told:?}");

    let json = ok(&world, &["evaluate", "people", "--decisions", "--format", "json"]);
    let found: Json = serde_json::from_str(&json).unwrap();
    let found = &found["decisions"];
    assert_eq!(found["decisions"]["different"], told[0]);
    assert_eq!(found["decisions"]["same"], told[1]);
    let count = |what: &str| {
        let of = |verdict: &str| found[what][verdict].as_u64().unwrap();
        of("same") + of("different")
    };
    assert_eq!(count("to_review"), decided, "without the decisions they wait");
    assert_eq!(count("merged") + count("apart"), 0);
    let all = found["from"].as_array().unwrap().last().unwrap();
    let share = all["decisions"]["share"].as_f64().unwrap_or_default();
    let (low, high) = (all["decisions"]["low"].as_f64(), all["decisions"]["high"].as_f64());
    assert!(low.unwrap() <= share && share <= high.unwrap(), "{all}");

    let trained = ok(&world, &["train", "people"]);
    assert!(trained.contains("decided by people"), "{trained}");
    ok(&world, &["resolve", "people"]);
    let plain = FILES[3].1;
    world.write(&[("entities/people.toml", plain)]);
    let trained = ok(&world, &["train", "people"]);
    assert!(!trained.contains("decided by people"), "not unless the file says so: {trained}");
}
