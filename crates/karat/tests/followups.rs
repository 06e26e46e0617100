//! The walks through the examples' follow-ups: new, corrected, removed and contradictory rows, and
//! a reviewer's decisions, against what is true of each.

#[path = "agents_support/mod.rs"]
mod agents_support;

use std::collections::HashMap;
use std::fs;

use agents_support::{Project, done};
use karat_testdb::TestDb;

/// An example that follows its README.
struct Walk {
    db: TestDb,
    project: Project,
    example: &'static str,
    size: &'static str,
}

/// What is true of two records from a batch on.
struct Case {
    batch: u8,
    what: String,
    a: String,
    b: String,
    is: String,
}

impl Walk {
    fn new(example: &'static str, size: &'static str) -> Walk {
        let walk =
            Walk { db: TestDb::new(), project: Project::of(example, size, 1), example, size };
        walk.karat(&["run"]);
        walk
    }

    fn karat(&self, arguments: &[&str]) -> String {
        done(&mut self.project.karat(&self.db.url(), arguments))
    }

    /// Writes a later batch over the files, and runs.
    fn batch(&self, batch: u8) -> String {
        let root = self.project.root.display().to_string();
        let number = batch.to_string();
        let new =
            ["new", &root, "--example", self.example, "--size", self.size, "--batch", &number];
        self.karat(&new);
        self.karat(&["run"])
    }

    /// Does what the script of the reviewer says; the pairs that it refuses.
    fn decide(&self) -> Vec<(String, String)> {
        let script = fs::read_to_string(self.project.root.join("decisions.sh")).expect("a script");
        let mut refused = Vec::new();
        for line in script.lines().filter_map(|line| line.strip_prefix("karat ")) {
            let (command, reason) = line.split_once(" --reason ").expect("a reason");
            let words: Vec<&str> = command.split(' ').collect();
            let reason = reason.trim_matches('"');
            self.karat(&[&words[..], &["--reason", reason]].concat());
            if words[1] == "refuse" {
                refused.push((words[3].to_owned(), words[4].to_owned()));
            }
        }
        refused
    }

    /// The entity of each record, as SOURCE:KEY.
    fn entities(&self) -> HashMap<String, String> {
        let rows = self.db.sql("select source || ':' || key, id from karat.membership");
        let pair = |row: &str| row.split_once('|').map(|(a, b)| (a.to_owned(), b.to_owned()));
        rows.lines().filter_map(pair).collect()
    }

    fn cases(&self) -> Vec<Case> {
        let path = self.project.root.join("truth/followups.csv");
        let text = fs::read_to_string(path).expect("the truth of the follow-ups");
        let case = |line: &str| {
            let mut fields = line.split(',').map(str::to_owned);
            let mut next = || fields.next().expect("five columns");
            let (batch, what, a, b, is) = (next(), next(), next(), next(), next());
            Case { batch: batch.parse().expect("a number"), what, a, b, is }
        };
        text.lines().skip(1).map(case).collect()
    }
}

#[test]
fn the_agents_follow_ups_end_as_they_should() {
    let walk = Walk::new("agents", "1500x1500");
    let mut before = walk.entities();
    for batch in 2..=5 {
        let said = walk.batch(batch);
        assert!(said.contains("changed records"), "a part is resolved: {said}");
        if batch == 5 {
            walk.decide();
            walk.karat(&["run"]);
        }
        let now = walk.entities();
        let cases: Vec<Case> = walk.cases().into_iter().filter(|c| c.batch == batch).collect();
        assert!(cases.len() >= 2, "batch {batch}");
        for Case { what, a, b, is, .. } in cases {
            let told = format!("batch {batch}, {what}: {a} {b}");
            match is.as_str() {
                "gone" => assert!(!now.contains_key(&a), "{told}"),
                "apart" => assert_ne!(now[&a], now[&b], "{told}"),
                _ => assert_eq!(now[&a], now[&b], "{told}"),
            }
            // Whoever was there before keeps the id, or it leads to the present one.
            let current = format!("select karat.current_id('{}')", before[&b]);
            assert_eq!(walk.db.sql(&current), now[&b], "{told}");
        }
        // An id that is no more leads somewhere, or its records are gone.
        let lost = "select count(*) from karat.entity e
             where e.retired_at is not null and e.continued_by is null
             and exists (select from karat.membership m
                         join karat.history h on h.source = m.source and h.key = m.key
                         where h.entity_id = e.id and h.event = 'moved' and h.at = e.retired_at)";
        assert_eq!(walk.db.sql(lost), "0");
        before = now;
    }
    let events =
        walk.db.sql("select string_agg(distinct event, ' ' order by event) from karat.event");
    for event in ["created", "joined", "left", "merged"] {
        assert!(events.contains(event), "{events}");
    }
    let decided = walk.karat(&["evaluate", "agents", "--decisions"]);
    assert!(decided.contains("decisions of people"), "{decided}");
    let full = walk.db.sql(ENTITIES);
    walk.karat(&["resolve", "agents", "--full"]);
    assert_eq!(walk.db.sql(ENTITIES), full, "part by part as all at once");
}

const ENTITIES: &str = "select md5(string_agg(members, ' ' order by members))
    from (select string_agg(source || key, ' ' order by source, key) as members
          from karat.membership group by id) e";

#[test]
fn the_customers_second_month_ends_as_it_should() {
    let walk = Walk::new("customers", "1200");
    let before = walk.entities();
    walk.batch(2);
    let refused = walk.decide();
    assert!(refused.len() >= 5, "{refused:?}");
    walk.karat(&["run"]);
    let now = walk.entities();
    for (a, b) in &refused {
        assert_ne!(now[a], now[b], "{a} {b}");
    }
    let script = fs::read_to_string(walk.project.root.join("decisions.sh")).expect("a script");
    let accepted = script.lines().filter(|line| line.contains(" accept "));
    for line in accepted {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(now[words[4]], now[words[5]], "{line}");
    }
    let mut same = 0;
    for (record, id) in &now {
        let Some(was) = before.get(record) else { continue };
        same += usize::from(was == id);
        let leads = walk.db.sql(&format!("select karat.current_id('{was}') is not null"));
        assert_eq!(leads, "t", "{record}");
    }
    assert!(same * 100 >= now.len() * 85, "{same} of {} records keep their id", now.len());
    let found = walk.karat(&["evaluate", "customers", "--decisions"]);
    assert!(found.contains("probability from"), "{found}");
}
