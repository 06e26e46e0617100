//! The audit: whoever changes golden records, decisions or audited datasets, by whatever means.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/entities.rs"]
mod entities;
#[path = "support/project.rs"]
mod project;

use std::process::Command;

use entities::{document, id_of};
use project::Project;
use serde_json::{Value as Json, json};

const LIST: &str = "id,name,email
1,Ann Lee,ann@x.org
2,Anne Lee,ann@x.org
3,Bob Ray,bob@x.org
";
const ENTITY: &str = r#"
auto = 80
sources = [{ dataset = "list" }]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [{ name = "same e-mail", score = 95, when = [{ same = "email" }] }]
"#;
const DATASET: &str = "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n";

fn people() -> Project {
    let project = Project::new(&[
        ("datasets/list.toml", DATASET),
        ("list.csv", LIST),
        ("entities/people.toml", ENTITY),
    ]);
    project.ends(0, &["run"]);
    project
}

/// Changes on record, the first first.
fn audited(project: &Project, arguments: &[&str]) -> Vec<Json> {
    let said = document(project, &[&["audit"], arguments].concat());
    let mut changes = said["changes"].as_array().unwrap().clone();
    changes.reverse();
    changes
}

/// What a command prints when a person types it.
fn as_ann(project: &Project, arguments: &[&str]) -> String {
    let mut command: Command = project.command(arguments);
    let output = command.env("USER", "ann").output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn direct_changes_of_golden_records_are_on_record() {
    let project = people();
    let (ann, bob) = (id_of(&project, "1"), id_of(&project, "3"));
    let made = audited(&project, &[]);
    assert_eq!(made.len(), 2, "the golden records that Karat made");
    let last = made[1]["number"].as_i64().unwrap();
    let sql = |sql: &str| project.db.sql(sql);
    sql(&format!("update golden_people set name = 'x' where id = '{ann}'"));
    sql("update golden_people set name = name");
    sql(&format!("delete from golden_people where id = '{bob}'"));
    sql("begin; set local karat.person = 'eve'; set local application_name = 'crm';
         insert into golden_people (id, name) values ('00000000-0000-8000-8000-000000000001', 'y');
         commit");
    sql("begin; delete from golden_people; rollback");
    sql("truncate golden_people");
    let found: Vec<Json> = audited(&project, &["--table", "golden_people"])
        .into_iter()
        .filter(|change| change["number"].as_i64().unwrap() > last)
        .collect();
    let told: Vec<_> = found
        .iter()
        .map(|c| (c["operation"].as_str().unwrap(), c["key"].as_str().unwrap(), &c["person"]))
        .collect();
    let stranger = "00000000-0000-8000-8000-000000000001";
    let (eve, nobody) = (json!("eve"), Json::Null);
    let mut truncated = vec![("truncate", ann.as_str(), &nobody), ("truncate", stranger, &nobody)];
    truncated.sort_by_key(|change| change.1);
    let mut expected = vec![
        ("update", ann.as_str(), &nobody),
        ("delete", bob.as_str(), &nobody),
        ("insert", stranger, &eve),
    ];
    expected.extend(truncated);
    assert_eq!(told, expected);
    assert_eq!(found[0]["before"], json!({ "name": "ann lee" }));
    assert_eq!(found[0]["after"], json!({ "name": "x" }), "only what changed");
    assert_eq!(found[1]["before"]["name"], "bob ray");
    assert_eq!(found[1]["after"], Json::Null);
    assert_eq!(found[2]["after"]["name"], "y");
    assert_eq!(found[2]["application"], "crm");
    for change in &found {
        assert_eq!(change["interface"], "sql");
        assert_eq!(change["login"], sql("select session_user").as_str());
        assert_eq!(change["run"], Json::Null);
    }
    let said = project.ends(0, &["audit", "--key", &ann, "--limit", "2"]);
    assert!(said.contains(&format!("update    public.golden_people  {ann}")), "{said}");
    assert!(said.contains("name  ann lee → x"), "{said}");
    assert!(said.contains("the last 2 changes; see more with --limit"), "{said}");
}

#[test]
fn what_karat_does_names_the_person_and_the_run() {
    let project = people();
    let ann = id_of(&project, "1");
    as_ann(&project, &["review", "set", "people", &ann, "--field", "name", "--value", "annie"]);
    as_ann(&project, &["resolve"]);
    project.write("list.csv", LIST.replace("3,Bob Ray,bob@x.org\n", ""));
    as_ann(&project, &["run"]);
    as_ann(&project, &["review", "refuse", "people", "list:1", "list:2"]);
    let found = audited(&project, &["--by", "ann"]);
    let told: Vec<String> = found
        .iter()
        .map(|change| {
            let word = |name: &str| change[name].as_str().unwrap().to_owned();
            [word("operation"), word("table"), word("interface")].join(" ")
        })
        .collect();
    let expected = [
        "insert karat.override cli",
        "update public.golden_people cli",
        "delete public.golden_people cli",
        "insert karat.decision cli",
    ];
    assert_eq!(told, expected);
    assert_eq!(found[0]["after"]["values"], json!(["annie"]));
    assert_eq!(found[0]["run"], Json::Null);
    assert_eq!(found[1]["before"]["name"], "ann lee");
    assert_eq!(found[1]["after"]["name"], "annie");
    let runs = project.db.sql("select id from karat.run where command <> 'x' order by id");
    let runs: Vec<&str> = runs.lines().collect();
    assert_eq!(found[1]["run"].to_string(), runs[1]);
    assert_eq!(found[2]["run"].to_string(), runs[2]);
    assert_eq!(found[3]["after"]["verdict"], "different");
}

#[test]
fn decisions_taken_back_and_waivers_are_on_record() {
    let project = people();
    project.write(
        "checks/list.toml",
        "table = \"list\"\nkey = [\"id\"]\n[[checks]]\nexpect = \"column_values_to_not_be_in_set\"\n\
         column = \"name\"\nvalue_set = [\"Bob Ray\"]\nseverity = \"warn\"\nname = \"no_bob\"\n",
    );
    project.ends(0, &["check"]);
    let before = audited(&project, &[]).len();
    as_ann(&project, &["check", "waive", "list.no_bob", "3", "--reason", "he is real"]);
    project.ends(0, &["check"]);
    as_ann(&project, &["check", "unwaive", "list.no_bob", "3"]);
    as_ann(&project, &["review", "accept", "people", "list:2", "list:3"]);
    as_ann(&project, &["review", "undo", "people", "list:2", "list:3"]);
    project.db.sql("update karat.decision set reason = 'mine'");
    let found = audited(&project, &[]).split_off(before);
    let states: Vec<_> = found[..2].iter().map(|change| &change["after"]["state"]).collect();
    assert_eq!(states, ["waived", "open"], "{found:#?}");
    assert_eq!(found[0]["key"], "list:no_bob:{\"id\": \"3\"}");
    assert_eq!(found[0]["after"]["reason"], "he is real");
    assert_eq!(found[2]["operation"], "insert");
    assert_eq!(found[3]["after"]["undone_by"], "ann");
    assert_eq!(
        (&found[4]["interface"], &found[4]["after"]["reason"]),
        (&json!("sql"), &json!("mine"))
    );
    assert_eq!(found.len(), 5);
}

#[test]
fn the_audit_cannot_be_changed() {
    let project = people();
    let before = project.db.sql("select count(*), sum(id) from karat.audit");
    for change in [
        "update karat.audit set person = 'nobody'",
        "delete from karat.audit",
        "truncate karat.audit",
        "truncate karat.audit cascade",
    ] {
        project.db.sql(&format!(
            "do $do$ begin execute $sql${change}$sql$; raise exception 'it could be changed';
             exception when insufficient_privilege then null; end $do$"
        ));
    }
    assert_eq!(project.db.sql("select count(*), sum(id) from karat.audit"), before);
}

#[test]
fn concurrent_writers_lose_nothing() {
    let project = people();
    let ids = [id_of(&project, "1"), id_of(&project, "3")];
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (project, id) = (&project, &ids[writer % 2]);
            scope.spawn(move || {
                for change in 0..5 {
                    project.db.sql(&format!(
                        "begin; set local karat.person = 'w{writer}';
                         update golden_people set name = 'w{writer} {change}' where id = '{id}';
                         {}",
                        if change == 3 { "rollback" } else { "commit" }
                    ));
                }
            });
        }
    });
    // Of each row the changes are a chain: what one left is what the next found.
    let broken = "select count(*) from (
        select before ->> 'name' as was, lag(after ->> 'name') over (partition by key order by id) as before_it
        from karat.audit where operation = 'update') c where was <> before_it";
    assert_eq!(project.db.sql(broken), "0");
    let found =
        "select count(*), count(distinct person) from karat.audit where operation = 'update'";
    assert_eq!(project.db.sql(found), "32|8");
    assert_eq!(
        project.db.sql("select count(*) from karat.audit where after ->> 'name' like '% 3'"),
        "0"
    );
}

#[test]
fn a_table_that_was_replaced_is_audited_again() {
    let project = people();
    let count = |project: &Project| {
        project.db.sql("update golden_people set name = 'direct' where name <> 'direct'");
        project.db.sql("select count(*) from karat.audit where after ->> 'name' = 'direct'")
    };
    project.db.sql(
        "alter table golden_people rename to old_people;
         create table golden_people (like old_people including all);
         insert into golden_people select * from old_people",
    );
    project.ends(0, &["deploy"]);
    assert_eq!(count(&project), "2");
    project.db.sql("drop table golden_people");
    project.ends(0, &["run"]);
    assert_eq!(count(&project), "4");
    let triggers = "select string_agg(tgname, ' ' order by tgname) from pg_trigger
                    where tgrelid = 'golden_people'::regclass and tgname like 'karat_audit_%'";
    let before = project.db.sql(triggers);
    for gone in before.split(' ').take(2) {
        project.db.sql(&format!("drop trigger {gone} on golden_people"));
    }
    project.ends(0, &["run"]);
    assert_eq!(project.db.sql(triggers), before);
    // The old one keeps being audited under its new name.
    project.db.sql("delete from old_people");
    assert_eq!(audited(&project, &["--table", "old_people"]).len(), 2);
}

#[test]
fn a_dataset_is_audited_when_it_asks() {
    let project = people();
    let direct = || project.db.sql("update list set name = name || '!' where id = '3'");
    let count = || audited(&project, &["--table", "list"]).len();
    direct();
    assert_eq!(count(), 0, "nobody asked");
    project.write("datasets/list.toml", format!("audit = true\n{DATASET}"));
    project.ends(0, &["run"]);
    direct();
    let found = audited(&project, &["--table", "list", "--limit", "1"]);
    assert_eq!((&found[0]["key"], &found[0]["interface"]), (&json!("3"), &json!("sql")));
    assert_eq!(found[0]["after"]["name"], "Bob Ray!");
    // A load says how many rows it changed; which, its own columns say.
    project.write("list.csv", LIST.replace("Lee", "Leigh"));
    project.ends(0, &["run"]);
    let found = audited(&project, &["--table", "list"]);
    let loads: Vec<_> = found.iter().filter(|change| change["interface"] == "cli").collect();
    assert!(!loads.is_empty() && loads.iter().all(|load| load["before"].is_null()), "{found:#?}");
    project.write("datasets/list.toml", DATASET);
    project.ends(0, &["run"]);
    let before = count();
    direct();
    assert_eq!(count(), before, "nobody asks any more");
    project.write("entities/people.toml", format!("audit = true\n{ENTITY}"));
    project.ends(0, &["run"]);
    direct();
    assert_eq!(count(), before + 1, "the entity asks for its sources");
    project
        .write("datasets/notes.toml", "files = \"notes.csv\"\nmode = \"append\"\naudit = true\n");
    let said = project.ends(2, &["run"]);
    assert!(said.contains("an audit tells rows apart by their key"), "{said}");
}

#[test]
fn what_karat_makes_in_large_numbers_is_counted() {
    let project = people();
    let rows: Vec<String> = (0..10_001).map(|n| format!("n{n},Name {n},n{n}@x.org")).collect();
    project.write("list.csv", format!("id,name,email\n{}\n", rows.join("\n")));
    project.ends(0, &["run"]);
    let found = audited(&project, &["--table", "golden_people", "--limit", "3"]);
    let told: Vec<_> =
        found.iter().map(|change| (&change["operation"], &change["counted"])).collect();
    let (delete, insert, none) = (json!("delete"), json!("insert"), Json::Null);
    assert_eq!(told, [(&delete, &none), (&delete, &none), (&insert, &json!(10_001))]);
    let said = project.ends(0, &["audit", "--limit", "1"]);
    assert!(said.contains("insert  public.golden_people  10,001 rows"), "{said}");
    // What others make is listed, however much it is.
    project.db.sql("create table copied as select * from golden_people");
    project.db.sql("truncate golden_people; insert into golden_people select * from copied");
    let found = "select operation, count(*), count(distinct key) from karat.audit
                 where interface = 'sql' group by 1 order by 1";
    assert_eq!(project.db.sql(found), "insert|10001|10001\ntruncate|10001|10001");
}

#[test]
fn versions_of_a_row_are_told_apart() {
    let dataset = DATASET.replace("snapshot", "history");
    let project = Project::new(&[
        ("datasets/list.toml", &format!("audit = true\n{dataset}")),
        ("list.csv", LIST),
    ]);
    project.ends(0, &["run"]);
    project.write("list.csv", LIST.replace("Bob", "Rob"));
    project.ends(0, &["run"]);
    let versions = "select string_agg(name, ' ' order by karat_from) from list where id = '3'";
    assert_eq!(project.db.sql(versions), "Bob Ray Rob Ray");
    project
        .db
        .sql("set timezone = 'Asia/Tokyo'; update list set name = upper(name) where id = '3'");
    let found: Vec<Json> = audited(&project, &["--table", "list", "--limit", "2"]);
    let told: Vec<_> = found.iter().map(|c| (&c["before"]["name"], &c["after"]["name"])).collect();
    assert_eq!(told[0], (&json!("Bob Ray"), &json!("BOB RAY")));
    assert_eq!(told[1], (&json!("Rob Ray"), &json!("ROB RAY")));
    let keys: Vec<&str> = found.iter().map(|change| change["key"].as_str().unwrap()).collect();
    let is_utc = |key: &&str| key.starts_with("3:20") && key.ends_with("+00");
    assert!(keys.iter().all(is_utc) && keys[0] < keys[1], "{keys:?}");
}

/// Keys of changes have to be those that Karat itself reads, or nobody finds the changed rows.
#[test]
fn a_session_of_other_habits_changes_rows_of_the_same_keys() {
    let project = Project::new(&[
        ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"day\", \"at\"]\nmode = \"merge\"\n"),
        ("list.csv", "day,at,email\n2026-01-02,2026-01-02T03:04:05Z,a@x.org\n"),
        (
            "schema/list.sql",
            "create table public.list (day date, at timestamptz, email text, primary key (day, at));",
        ),
        (
            "entities/people.toml",
            "auto = 80\nsources = [{ dataset = \"list\" }]\nfields.email = { from = \"email\" }\n\
             tiers = [{ name = \"same e-mail\", score = 95, when = [{ same = \"email\" }] }]\n",
        ),
    ]);
    project.ends(0, &["run"]);
    project.db.sql(
        "set datestyle = 'German'; set timezone = 'Asia/Tokyo';
         update public.list set email = 'b@x.org'",
    );
    let known = "select count(*) from karat.change c join karat.membership m
                 on m.source = c.source and m.key = c.key";
    assert_eq!(project.db.sql(known), "1");
}
