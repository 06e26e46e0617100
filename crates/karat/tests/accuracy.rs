//! What the example's resolution gets right, measured against the generator's truth.

#[path = "agents_support/mod.rs"]
mod agents_support;

use std::collections::{BTreeMap, HashMap, HashSet};

use agents_support::{Project, done};
use karat_testdb::TestDb;

/// A source and a key in it.
type Record = (String, String);

/// What the database says.
struct Found {
    /// The entity of each record.
    entity: HashMap<Record, String>,
    /// Pairs that wait for a decision, the smaller record first.
    review: HashSet<(Record, Record)>,
}

impl Found {
    fn read(db: &TestDb) -> Found {
        let fields = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let rows = |sql: &str| db.sql(sql).lines().map(fields).collect::<Vec<_>>();
        let record = |row: &[String]| (row[0].clone(), row[1].clone());
        let members = rows("select concat_ws(e'\\t', source, key, id) from karat.membership");
        let pairs = rows(
            "select concat_ws(e'\\t', source_a, key_a, source_b, key_b)
             from karat.evidence where verdict = 'review'",
        );
        Found {
            entity: members.iter().map(|row| (record(row), row[2].clone())).collect(),
            review: pairs.iter().map(|row| sorted(record(row), record(&row[2..]))).collect(),
        }
    }

    fn merged(&self, a: &Record, b: &Record) -> bool {
        self.entity[a] == self.entity[b]
    }

    fn found(&self, a: &Record, b: &Record) -> bool {
        self.merged(a, b) || self.review.contains(&sorted(a.clone(), b.clone()))
    }
}

fn sorted(a: Record, b: Record) -> (Record, Record) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The rows of a file whose values have neither quotes nor commas.
fn rows(project: &Project, path: &str) -> Vec<[String; 3]> {
    let text = std::fs::read_to_string(project.root.join(path)).expect("the truth is there");
    let row = |line: &str| {
        let values: Vec<String> = line.split(',').map(str::to_owned).collect();
        values.try_into().expect("three values in a row")
    };
    text.lines().skip(1).map(row).collect()
}

/// `n` of `of`.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    n: usize,
    of: usize,
}

impl Share {
    fn count(&mut self, yes: bool) {
        self.n += usize::from(yes);
        self.of += 1;
    }

    fn value(self) -> f64 {
        self.n as f64 / self.of as f64
    }
}

/// Pairs of records in one entity that are one person.
fn precision(found: &Found, people: &HashMap<Record, String>) -> Share {
    let mut entities: HashMap<&str, Vec<&Record>> = HashMap::new();
    for (record, entity) in &found.entity {
        entities.entry(entity).or_default().push(record);
    }
    let mut right = Share::default();
    for records in entities.values() {
        for (at, a) in records.iter().enumerate() {
            records[at + 1..].iter().for_each(|b| right.count(people[*a] == people[*b]));
        }
    }
    right
}

/// True pairs that were merged or put to review, by what they share.
fn recall(found: &Found, project: &Project) -> BTreeMap<String, Share> {
    let mut kinds: BTreeMap<String, Share> = BTreeMap::new();
    for [agent, member, kind] in rows(project, "truth/pairs.csv") {
        let (agent, member) = (("agents".to_owned(), agent), ("members".to_owned(), member));
        kinds.entry(kind).or_default().count(found.found(&agent, &member));
    }
    kinds
}

/// Members whom no agent's record knows, and who are in an entity with somebody else.
fn strangers_taken(found: &Found, people: &HashMap<Record, String>) -> Share {
    let known: HashSet<&str> =
        people.iter().filter(|(r, _)| r.0 == "agents").map(|(_, p)| p.as_str()).collect();
    let mut others: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (record, entity) in &found.entity {
        others.entry(entity).or_default().insert(&people[record]);
    }
    let mut taken = Share::default();
    for (record, person) in people.iter().filter(|(r, _)| r.0 == "members") {
        if !known.contains(person.as_str()) {
            taken.count(others[found.entity[record].as_str()].len() > 1);
        }
    }
    taken
}

fn check(seed: u64) {
    let (db, project) = (TestDb::new(), Project::of("agents", "2000x2000", seed));
    done(&mut project.karat(&db.url(), &["run"]));
    let found = Found::read(&db);
    let people: HashMap<Record, String> = rows(&project, "truth/truth.csv")
        .into_iter()
        .map(|[source, key, person]| ((source, key), person))
        .collect();

    // The primary key of karat.membership keeps a record from being in two.
    let (members, truth) = (found.entity.keys(), people.keys());
    let (members, truth): (HashSet<_>, HashSet<_>) = (members.collect(), truth.collect());
    assert_eq!(members, truth, "every record is in an entity, and nothing else is");
    let golden = "select count(*) from karat.membership m
                  full join public.new_unified_agents g on g.agent_id = m.id
                  where m.id is null or g.agent_id is null";
    assert_eq!(db.sql(golden), "0", "golden records without records, or the other way around");

    let right = precision(&found, &people);
    let kinds = recall(&found, &project);
    let taken = strangers_taken(&found, &people);
    let all = format!("seed {seed}: precision {right:?}, recall {kinds:?}, taken {taken:?}");
    assert!(right.of > 500 && taken.of > 300, "{all}");
    assert!(right.value() >= 0.995, "{all}");
    assert!(taken.value() <= 0.005, "{all}");
    for (kind, least) in [("email", 1.0), ("phone", 0.99), ("name", 1.0), ("typo", 0.95)] {
        assert!(kinds[kind].of > 30 && kinds[kind].value() >= least, "{kind}: {all}");
    }
}

#[test]
fn what_is_merged_is_one_person_and_who_is_known_is_found() {
    check(1);
}

#[test]
fn another_seed_gives_as_good_an_answer() {
    check(2);
}
