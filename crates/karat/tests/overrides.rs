//! What people say golden fields are: obeyed, kept through merges and splits, explained, taken back.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/entities.rs"]
mod entities;
#[path = "support/project.rs"]
mod project;

use entities::{document, id_of};
use project::Project;
use serde_json::json;

const LIST: &str = "id,name,email,phone,born
1,Ann Lee,ann@x.org,030 1234,1980-01-02
2,Anne Lee,ann@x.org,030 9999,1980-01-02
3,Bob Ray,bob@x.org,0228 000,1990-05-05
";
const ENTITY: &str = r#"
auto = 80
sources = [{ dataset = "list" }]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [{ name = "same e-mail", score = 95, when = [{ same = "email" }] }]
[golden]
table = "golden"
origin = "origin"
field_confidence = "sure"
[golden.columns]
name = { field = "name", rule = "most_frequent" }
emails = { field = "email", rule = "union" }
phone = { from = "phone", rule = "longest" }
born = { from = "born" }
first = { from = "name", rule = "sql", sql = "min(value)" }
"#;
const GOLDEN: &str = "create table public.golden (
    id uuid primary key, name text, emails text[], phone varchar(12) check (phone <> '110'),
    born date not null, first text, origin jsonb, sure jsonb);";

fn people() -> Project {
    let project = Project::new(&[
        (
            "datasets/list.toml",
            "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n\
             [columns]\nborn = { type = \"date\" }\n",
        ),
        ("list.csv", LIST),
        ("entities/people.toml", ENTITY),
        ("schema/golden.sql", GOLDEN),
    ]);
    project.ends(0, &["run"]);
    project
}

fn set(project: &Project, id: &str, field: &str, values: &[&str]) -> String {
    let mut all = vec!["review", "set", "people", id, "--field", field, "--reason", "phoned"];
    values.iter().for_each(|value| all.extend(["--value", value]));
    document(project, &all)["decision"].to_string()
}

/// A golden column of the record with this key, after a resolution of what changed, which
/// resolving everything anew does not change.
fn golden(project: &Project, column: &str, key: &str) -> String {
    let all = "select string_agg(to_jsonb(g)::text, ' ' order by id) from golden g";
    project.ends(0, &["resolve"]);
    let found = project.db.sql(all);
    project.ends(0, &["resolve", "--full"]);
    assert_eq!(project.db.sql(all), found);
    let id = id_of(project, key);
    project.db.sql(&format!("select {column}::text from golden where id = '{id}'"))
}

#[test]
fn what_a_person_says_holds_until_it_is_taken_back() {
    let project = people();
    let ann = id_of(&project, "1");
    let name = set(&project, &ann, "name", &["  ÁNNA Lee "]);
    set(&project, &ann, "emails", &["Z@X.org", "a@x.org", "a@x.org"]);
    set(&project, &ann, "born", &["1981-01-02"]);
    assert_eq!(golden(&project, "name", "1"), "anna lee", "cleaned as the field is");
    assert_eq!(golden(&project, "emails", "1"), "{a@x.org,z@x.org}");
    assert_eq!(golden(&project, "born", "1"), "1981-01-02");
    assert_eq!(golden(&project, "origin -> 'overrides' -> 'name'", "1"), name);
    assert_eq!(golden(&project, "sure -> 'name'", "1"), "1.0");
    assert_eq!(golden(&project, "first", "1"), "Ann Lee", "expressions do not see it");
    // New records and another declaration change nothing about it.
    project.write("list.csv", LIST.replace("1980-01-02", "1999-09-09"));
    project.write("entities/people.toml", ENTITY.replace("95", "96"));
    project.ends(0, &["run"]);
    assert_eq!(golden(&project, "born", "1"), "1981-01-02");
    project.ends(0, &["review", "undo", "people", "--decision", &name]);
    assert_eq!(golden(&project, "name", "1"), "ann lee");
    project.ends(2, &["review", "undo", "people", "--decision", &name]);
    let decisions = document(&project, &["review", "decisions"])["decisions"].clone();
    let said: Vec<_> = decisions.as_array().unwrap().iter().map(|d| &d["field"]).collect();
    assert_eq!(said, ["born", "emails", "name"]);
    assert_eq!(decisions[2]["undone_by"], "unknown");
    let said = project.ends(0, &["review", "decisions"]);
    assert!(said.contains(&format!("{ann} emails = a@x.org; z@x.org, unknown: phoned")), "{said}");
}

#[test]
fn the_last_one_counts_and_no_value_is_a_value() {
    let project = people();
    let bob = id_of(&project, "3");
    set(&project, &bob, "phone", &["0228 111"]);
    let last = set(&project, &bob, "phone", &["0228 222"]);
    assert_eq!(golden(&project, "phone", "3"), "0228 222");
    project.ends(0, &["review", "undo", "people", "--decision", &last]);
    assert_eq!(golden(&project, "phone", "3"), "0228 111");
    project.ends(0, &["review", "set", "people", &bob, "--field", "phone", "--none"]);
    assert_eq!(golden(&project, "phone", "3"), "");
    let said = project.ends(0, &["explain", "people", "--id", &bob, "--field", "phone"]);
    assert!(said.contains("no value: a person says that there is none"), "{said}");
    assert!(said.contains("not  0228 000  list:3"), "{said}");
}

#[test]
fn it_follows_a_merge_and_stays_with_its_id_at_a_split() {
    let project = people();
    let (ann, bob) = (id_of(&project, "1"), id_of(&project, "3"));
    let first = set(&project, &ann, "phone", &["111"]);
    let second = set(&project, &bob, "phone", &["222"]);
    let name = set(&project, &bob, "name", &["bobby"]);
    let merge = document(&project, &["review", "merge", "people", &ann, &bob]);
    assert_eq!(golden(&project, "phone", "1"), "222", "the latest decision wins");
    assert_eq!(golden(&project, "name", "1"), "bobby");
    assert_eq!(id_of(&project, "3"), ann);
    let explained = document(&project, &["explain", "people", "--id", &bob, "--field", "phone"]);
    let field = &explained["fields"][0];
    assert_eq!(field["rule"], "override");
    assert_eq!(field["override"]["decision"].to_string(), second);
    assert_eq!(field["override"]["id"], json!(bob), "said of the id that was merged away");
    assert_eq!(field["override"]["author"], "unknown");
    assert_eq!(field["override"]["reason"], "phoned");
    assert_eq!(field["values"][0]["value"], "222");
    assert_eq!(field["overruled"][0]["decision"].to_string(), first);
    let beaten: Vec<_> =
        field["beaten"].as_array().unwrap().iter().map(|lost| lost["value"].clone()).collect();
    assert_eq!(beaten, ["030 1234", "030 9999", "0228 000"]);
    let said = project.ends(0, &["explain", "people", "--id", &bob, "--field", "phone"]);
    assert!(said.contains(&format!("(override: decision {second} by unknown, 20")), "{said}");
    let line = said.lines().find(|line| line.contains("not  111")).unwrap();
    assert!(line.contains(&format!("  decision {first} by unknown, 20")), "{said}");
    let conflicts = document(&project, &["resolve", "people", "--conflicts", "--field", "phone"]);
    let values = conflicts["conflicts"][0]["values"].clone();
    assert_eq!(values[0]["value"], "222");
    assert_eq!(values[0]["chosen"], true);
    assert_eq!(values[1]["override"]["decision"].to_string(), first);
    let said = project.ends(0, &["resolve", "people", "--conflicts", "--field", "phone"]);
    let line = said.lines().find(|line| line.contains("golden  222")).unwrap();
    assert!(line.contains(&format!("  decision {second} by unknown, 20")), "{said}");
    // Taken back where it was merged to, and the other counts again.
    project.ends(0, &["review", "undo", "people", "--decision", &second]);
    assert_eq!(golden(&project, "phone", "1"), "111");
    let merge = merge["decision"].to_string();
    project.ends(0, &["review", "undo", "people", "--decision", &merge]);
    assert_eq!(golden(&project, "phone", "3"), "0228 000");
    assert_eq!(golden(&project, "name", "3"), "bobby");
    assert_eq!(golden(&project, "name", "1"), "ann lee");
    project.ends(0, &["review", "undo", "people", "--decision", &name]);
    assert_eq!(golden(&project, "name", "3"), "bob ray");
}

#[test]
fn what_a_field_does_not_take_is_refused() {
    let project = people();
    let ann = id_of(&project, "1");
    let refused = |field: &str, values: &[&str], why: &str| {
        let mut all = vec!["review", "set", "people", &ann, "--field", field];
        values.iter().for_each(|value| all.extend(["--value", value]));
        let said = project.ends(2, &all);
        assert!(said.contains(why) && said.contains("hint: "), "{said}");
    };
    refused("born", &["yesterday"], "born does not take a value that is not a date");
    refused("emails", &["nobody"], "emails does not take a value that ");
    refused("name", &["  "], "name does not take a value that is blank");
    refused("phone", &["1", "2"], "phone takes one value, and there are 2");
    refused("phone", &["1234567890123"], "phone does not take a value that ");
    refused("phone", &["110"], "the golden table refuses: ");
    refused("phones", &["1"], "people has no golden column \"phones\"");
    let none = ["review", "set", "people", &ann, "--field", "born", "--none"];
    assert!(project.ends(2, &none).contains("the golden table refuses: null value"));
    let nobody = "00000000-0000-8000-8000-000000000000";
    let said = project.ends(2, &["review", "set", "people", nobody, "--field", "phone", "--none"]);
    assert!(said.contains("no golden record of people has or had this id"), "{said}");
    assert_eq!(project.db.sql("select count(*) from karat.override"), "0");
}

#[test]
fn a_table_that_is_not_watched_is_brought_up_to_date_too() {
    let project = people();
    // Where Karat may make no triggers it compares digests.
    project.db.sql(
        "drop table golden cascade;
         do $$ declare t record; begin
             for t in select tgname from pg_trigger where tgrelid = 'list'::regclass loop
                 execute format('drop trigger %I on list', t.tgname);
             end loop;
         end $$;
         create function forbid() returns event_trigger language plpgsql as
             $$ begin raise exception 'no triggers here'; end $$;
         create event trigger forbid on ddl_command_start when tag in ('CREATE TRIGGER')
             execute function forbid()",
    );
    let said = project.ends(0, &["run"]);
    assert!(said.contains("changes of public.golden are not audited: no triggers here"), "{said}");
    let ann = id_of(&project, "1");
    set(&project, &ann, "phone", &["111"]);
    assert_eq!(golden(&project, "phone", "1"), "111");
}

const TEAMS: &str = r#"
auto = 80
scope = "team"
sources = [{ dataset = "list" }]
fields.name = { from = "name" }
fields.email = { from = "email" }
tiers = [{ name = "same e-mail", score = 95, when = [{ same = "email" }] }]
"#;

#[test]
fn an_id_that_comes_back_takes_its_override_along() {
    let list = |first: &str| format!("id,name,email,team\n{first}2,Bob,b,red\n3,Bob,b,red\n");
    let project = Project::new(&[
        ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n"),
        ("list.csv", &list("1,Ann,a,red\n")),
        ("entities/people.toml", TEAMS),
    ]);
    project.ends(0, &["run"]);
    let (ann, bob) = (id_of(&project, "1"), id_of(&project, "2"));
    set(&project, &ann, "name", &["said"]);
    let names = |first: &str| {
        project.write("list.csv", list(first));
        project.ends(0, &["run"]);
        let names = "select string_agg(name, ' ' order by name) from golden_people";
        let found = project.db.sql(names);
        project.ends(0, &["resolve", "--full"]);
        assert_eq!(project.db.sql(names), found);
        found
    };
    assert_eq!(names("1,Ann,a,red\n"), "Bob said");
    assert_eq!(names("1,Ann,b,red\n"), "said", "merged into Bob, it counts there");
    assert_eq!(id_of(&project, "1"), bob);
    assert_eq!(names(""), "said", "the id still leads there");
    // Of the other team, where nothing of Bob's is looked at.
    assert_eq!(names("1,Cid,c,blue\n"), "Bob said");
    assert_eq!(id_of(&project, "1"), ann);
}
