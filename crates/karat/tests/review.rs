//! What people decide about pairs and whole entities: obeyed, listed, taken back.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/entities.rs"]
mod entities;
#[path = "support/project.rs"]
mod project;

use entities::{document, id_of};
use project::Project;

const PEOPLE: &str = "id,name,email
1,Ann Lee,ann@x.org
2,Ann Lee,ann@x.org
3,Bob Ray,bob@x.org
4,Bobby Ray,bob@y.org
5,Cid Poe,cid@x.org
";
const ENTITY: &str = r#"
auto = 80
sources = [{ dataset = "list" }]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [
  { name = "same e-mail", score = 95, when = [{ same = "email" }] },
  { name = "similar name", score = 60, when = [{ similar = "name", at_least = 0.8 }] },
]
"#;

fn people() -> Project {
    let project = Project::new(&[
        ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n"),
        ("list.csv", PEOPLE),
        ("entities/people.toml", ENTITY),
    ]);
    project.ends(0, &["run"]);
    project
}

/// Groups of records, in order.
fn groups(project: &Project) -> String {
    project.db.sql(
        "select string_agg(records, ' ' order by records)
         from (select string_agg(key, '+' order by key) as records
               from karat.membership group by id) g",
    )
}

fn resolved(project: &Project) -> String {
    project.ends(0, &["resolve"]);
    groups(project)
}

#[test]
fn entities_are_merged_and_split_and_that_is_taken_back() {
    let project = people();
    assert_eq!(groups(&project), "1+2 3 4 5");
    let (ann, bob, cid) = (id_of(&project, "1"), id_of(&project, "3"), id_of(&project, "5"));
    let merge = ["review", "merge", "people", &ann, &bob, &cid, "--reason", "one family office"];
    let merged = document(&project, &merge);
    assert_eq!(resolved(&project), "1+2+3+5 4");
    let all = id_of(&project, "1");
    // An id that was merged away leads to what goes on.
    let split = ["review", "split", "people", &bob, "list:3", "list:5"];
    document(&project, &split);
    assert_eq!(resolved(&project), "1+2 3 4 5");
    assert_eq!(id_of(&project, "1"), all, "the id stays with the majority");
    let decisions = document(&project, &["review", "decisions"])["decisions"].clone();
    let told: Vec<_> = decisions.as_array().unwrap().iter().map(|act| &act["pairs"]).collect();
    assert_eq!(told, [4, 3], "{decisions}");
    let number = decisions[0]["number"].to_string();
    project.ends(0, &["review", "undo", "people", "--decision", &number]);
    assert_eq!(resolved(&project), "1+2+3+5 4", "the merge is in force again");
    let number = merged["decision"].to_string();
    project.ends(0, &["review", "undo", "people", "--decision", &number]);
    assert_eq!(resolved(&project), "1+2 3 4 5");
    project.ends(2, &["review", "undo", "people", "--decision", &number]);
}

#[test]
fn people_are_asked_of_weak_evidence_that_alone_holds_two_groups_together() {
    let project = Project::new(&[
        ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n"),
        (
            "list.csv",
            "id,name,email,phone\n1,Ann Lee,ann@x.org,\n2,Ann Lee,ann@x.org,500\n\
             3,Bea Lee,bea@x.org,500\n4,Bea Lee,bea@x.org,\n5,Ann Lee,ann@x.org,\n",
        ),
        (
            "entities/people.toml",
            "auto = 80\nsources = [{ dataset = \"list\" }]\n\
             fields.email = { from = \"email\", clean = [\"email\"] }\n\
             fields.phone = { from = \"phone\" }\n\
             tiers = [{ name = \"same e-mail\", score = 100, when = [{ same = \"email\" }] },\n\
             { name = \"same phone\", score = 85, when = [{ same = \"phone\" }] }]\n",
        ),
    ]);
    project.ends(0, &["run"]);
    assert_eq!(groups(&project), "1+2+3+4+5");
    let waiting = document(&project, &["review", "list"]);
    assert_eq!(waiting["total"], 1, "{waiting}");
    let pair = &waiting["pairs"][0];
    assert_eq!((&pair["reason"], &pair["tier"]), (&"bridge".into(), &"same phone".into()));
    assert_eq!(pair["records"], serde_json::json!([5, 0]), "of one entity");
    project.ends(0, &["review", "accept", "people", "list:2", "list:3"]);
    assert_eq!(resolved(&project), "1+2+3+4+5");
    assert_eq!(document(&project, &["review", "list"])["total"], 0);
    project.ends(0, &["review", "undo", "people", "list:2", "list:3"]);
    resolved(&project);
    assert_eq!(document(&project, &["review", "list"])["total"], 1);
    project.ends(0, &["review", "refuse", "people", "list:2", "list:3"]);
    assert_eq!(resolved(&project), "1+2+5 3+4");
    assert_eq!(document(&project, &["review", "list"])["total"], 0);
}

#[test]
fn what_cannot_be_told_is_asked_no_more() {
    let project = people();
    let list = |more: &[&str]| document(&project, &[&["review", "list"], more].concat());
    let waiting = list(&[]);
    assert_eq!((&waiting["total"], &waiting["unsure"]), (&1.into(), &0.into()), "{waiting}");
    assert_eq!(waiting["pairs"][0]["records"], serde_json::json!([1, 1]));
    project.ends(0, &["review", "unsure", "people", "list:4", "list:3", "--reason", "no phone"]);
    assert_eq!(list(&[])["total"], 0);
    assert_eq!(list(&["--unsure"])["total"], 1);
    assert_eq!(resolved(&project), "1+2 3 4 5", "nothing follows from it");
    project.ends(0, &["review", "accept", "people", "list:3", "list:4"]);
    assert_eq!(resolved(&project), "1+2 3+4 5");
}

#[test]
fn what_cannot_be_done_is_refused_with_what_can() {
    let project = people();
    let ann = id_of(&project, "1");
    let split = |records: &[&str]| {
        project.ends(2, &[&["review", "split", "people", ann.as_str()], records].concat())
    };
    assert!(split(&["list:3"]).contains("list:3 is no record of entity"));
    assert!(split(&["list:1", "list:2"]).contains("no record would stay"));
    let nobody = "00000000-0000-8000-8000-000000000000";
    let said = project.ends(2, &["review", "merge", "people", &ann, nobody]);
    assert!(said.contains("people has no entity"), "{said}");
}
