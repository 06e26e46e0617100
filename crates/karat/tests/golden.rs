//! Golden values that explain themselves: every rule, conflicts, where each value is from, and what
//! happened to each id.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "support/project.rs"]
mod project;

use std::fmt::Write;

use agents_support::{Project as Example, done};
use insta::assert_snapshot;
use karat_testdb::TestDb;
use project::Project;
use serde_json::Value as Json;

const CRM: &str = "id,name,email,phone,city,updated
1,Ann Lee,ann@x.org,0301234,Berlin,2026-01-02
2,Bob Ray,bob@x.org,,Bonn,2026-02-01
3,Cid Poe,cid@x.org,0221555,Köln,2026-03-01
";
const WEB: &str = "id,name,email,phone,city,seen
7,Anne Lee,ann@x.org,0309999,Potsdam,2026-02-05
8,ANN LEE,ann@x.org,0301234,berlin,2025-02-05
9,Robert Ray,bob@x.org,0228000,Bonn,
";
const PEOPLE: &str = r#"
sources = [
  { dataset = "crm", trust = 2, changed = "updated" },
  { dataset = "web", trust = 1, changed = "seen", accuracy = 0.8 },
]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [{ name = "same e-mail", score = 95, when = [{ same = "email" }] }]

[golden]
table = "golden"
confidence = "confidence"
origin = "origin"
field_confidence = "field_confidence"

[golden.columns]
full_name = { from = "name" }
shown_name = { from = "name", rule = "longest" }
name = { field = "name", rule = "most_frequent" }
emails = { field = "email", rule = "union" }
phone = { from = "phone", rule = "first", order = ["web", "crm"] }
city = { from = "city", rule = "most_recent" }
first_phone = { from = "phone", rule = "sql", sql = "min(value) filter (where source = 'web')" }
"#;
const GOLDEN: &str = "create table public.golden (
    id uuid primary key, full_name text, shown_name text, name text, emails text[], phone text,
    city text, first_phone text, confidence smallint, origin jsonb, field_confidence jsonb);";

fn people() -> Project {
    let project = Project::new(&[
        (
            "datasets/crm.toml",
            "files = \"crm.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n\
             [columns]\nupdated = { type = \"date\" }\n",
        ),
        (
            "datasets/web.toml",
            "files = \"web.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n\
             [columns]\nseen = { type = \"date\" }\n",
        ),
        ("crm.csv", CRM),
        ("web.csv", WEB),
        ("entities/people.toml", PEOPLE),
        ("schema/golden.sql", GOLDEN),
    ]);
    project.ends(0, &["run"]);
    project
}

/// The id of a record's entity.
fn id_of(project: &Project, record: &str) -> String {
    let (source, key) = record.split_once(':').unwrap();
    let sql =
        format!("select id from karat.membership where (source, key) = ('{source}', '{key}')");
    project.db.sql(&sql)
}

/// What commands print, without the database's name, moments and what a hash is of.
fn shown(project: &Project, commands: &[&[&str]]) -> String {
    let mut all = String::new();
    for arguments in commands {
        let (code, said) = project.karat(arguments);
        let lines = said.lines().filter(|line| !line.starts_with("t · "));
        let said: Vec<String> = lines.map(without_moments).collect();
        writeln!(all, "$ karat {}\nexit {code}\n{}\n", arguments.join(" "), said.join("\n"))
            .unwrap();
    }
    all
}

/// `2026-11-21 20:00:00`, with a T or not and with decimals or not, as `[moment]`.
fn without_moments(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("20") {
        let found = &rest[at..];
        let form: String =
            found.chars().take(19).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        out.push_str(&rest[..at]);
        if ["0000-00-00 00:00:00", "0000-00-00T00:00:00"].contains(&form.as_str()) {
            out.push_str("[moment]");
            rest = found[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        } else {
            out.push_str("20");
            rest = &found[2..];
        }
    }
    out + rest
}

fn json(project: &Project, arguments: &[&str]) -> Json {
    let all = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&project.ends(0, &all)).unwrap()
}

#[test]
fn a_golden_record_says_where_each_value_is_from_and_what_it_beat() {
    let project = people();
    let (ann, bob, cid) =
        (id_of(&project, "crm:1"), id_of(&project, "web:9"), id_of(&project, "crm:3"));
    let explain = |id| ["explain", "people", "--id", id];
    assert_snapshot!(
        "explain",
        shown(
            &project,
            &[
                &explain(&ann),
                &explain(&bob),
                &explain(&cid),
                &[&explain(&ann)[..], &["--field", "city"]].concat(),
                &[&explain(&ann)[..], &["--field", "towns"]].concat(),
                &[&explain(&bob)[..], &["--field", "phone", "--format", "json"]].concat(),
                &explain("4711"),
                &explain("00000000-0000-8000-8000-000000000000"),
            ]
        )
    );
    let golden = "select row_to_json(g) from (select full_name, shown_name, name, emails, phone,
                  city, first_phone, confidence, field_confidence from golden order by full_name) g";
    assert_snapshot!("golden", project.db.sql(golden));
    project.write("web.csv", WEB.replace("Potsdam", "Ulm"));
    project.ends(0, &["run", "load"]);
    let said = project.ends(0, &[&explain(&ann)[..], &["--field", "city"]].concat());
    assert!(said.contains("Ulm") && said.contains("note: records, decisions"), "{said}");
}

#[test]
fn conflicts_are_counted_and_listed() {
    let project = people();
    let conflicts = ["resolve", "people", "--conflicts"];
    assert_snapshot!(
        "conflicts",
        shown(
            &project,
            &[
                &conflicts,
                &[&conflicts[..], &["--limit", "1"]].concat(),
                &[&conflicts[..], &["--field", "city"]].concat(),
                &[&conflicts[..], &["--field", "emails"]].concat(),
                &[&conflicts[..], &["--field", "city", "--format", "json"]].concat(),
                &["resolve", "--conflicts"],
                &["resolve", "nobody", "--conflicts"],
            ]
        )
    );
    project.write("entities/people.toml", PEOPLE.replace("= 95", "= 96"));
    let run = json(&project, &["run"]);
    let counted = &run["data"]["resolution"][0]["conflicts"];
    let listed = json(&project, &conflicts);
    for field in listed["fields"].as_array().unwrap() {
        assert_eq!(counted[field["field"].as_str().unwrap()], field["entities"], "{counted}");
    }
    assert_eq!(counted.as_object().unwrap().len(), listed["fields"].as_array().unwrap().len());
}

#[test]
fn an_id_tells_its_life_and_leads_to_what_goes_on() {
    let project = people();
    let (ann, bob) = (id_of(&project, "crm:1"), id_of(&project, "crm:2"));
    let first = project.db.sql(
        "select to_char(max(since), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
                                from karat.membership",
    );
    // web:7 has an address of its own, Cid is gone.
    project.write("web.csv", WEB.replace("7,Anne Lee,ann@x.org", "7,Anne Lee,anne@y.org"));
    project.write("crm.csv", CRM.replace("3,Cid Poe,cid@x.org,0221555,Köln,2026-03-01\n", ""));
    let cid = id_of(&project, "crm:3");
    project.ends(0, &["run"]);
    let anne = id_of(&project, "web:7");
    assert_ne!(anne, ann);
    // A person says that Anne is Ann, and that the two Rays are two.
    let decide = |verb, a, b, why| {
        project.ends(0, &["review", verb, "people", a, b, "--reason", why]);
    };
    decide("accept", "web:7", "crm:1", "phoned");
    decide("refuse", "crm:2", "web:9", "father and son");
    project.ends(0, &["run"]);
    assert_eq!(id_of(&project, "web:7"), ann);
    assert_eq!(project.db.sql(&format!("select karat.current_id('{anne}')")), ann);
    let history = |id| ["resolve", "people", "--history", id];
    assert_snapshot!(
        "history",
        shown(
            &project,
            &[
                &history(&ann),
                &history(&anne),
                &history(&bob),
                &history(&cid),
                &[&history(&anne)[..], &["--format", "json"]].concat(),
                &[&history(&ann)[..], &["--as-of", &first]].concat(),
                &[&history(&cid)[..], &["--as-of", "2000-01-01"]].concat(),
                &["explain", "people", "--id", &cid],
                &["explain", "people", "--id", &anne, "--field", "phone"],
            ]
        )
        .replace(&first, "[first]")
    );
    // Who died may come back.
    project.write("crm.csv", CRM);
    project.ends(0, &["run"]);
    let said = project.ends(0, &history(&cid));
    assert!(said.contains("revived") && said.contains("today: these records"), "{said}");
    laws(&project);
}

/// What holds of every history: replayed, it gives the memberships; every id leads somewhere or
/// says that nothing is left; and nobody is in two entities at once.
fn laws(project: &Project) {
    let replayed = "
        select source, key, entity_id from (
          select distinct on (source, key, entity_id) source, key, entity_id, event
          from karat.event where event in ('joined', 'left')
          order by source, key, entity_id, at desc, event desc) last
        where event = 'joined' order by 1, 2, 3";
    let members = "select source, key, id from karat.membership order by 1, 2, 3";
    assert_eq!(project.db.sql(replayed), project.db.sql(members));
    let lost = "select id from karat.entity
        where retired_at is null and karat.current_id(id) is distinct from id
           or continued_by is not null
              and karat.current_id(id) is distinct from karat.current_id(continued_by)
           or continued_by not in (select id from karat.entity)
           or karat.current_id(id) not in (select id from karat.membership)";
    assert_eq!(project.db.sql(lost), "");
    let twice = "
        with stay as (
          select source, key, id, since, null::timestamptz as until from karat.membership
          union all
          select source, key, entity_id, since, at from karat.history
          where event in ('moved', 'removed'))
        select a.source, a.key from stay a join stay b using (source, key)
        where (a.id, a.since) < (b.id, b.since)
          and a.since < coalesce(b.until, 'infinity') and b.since < coalesce(a.until, 'infinity')";
    assert_eq!(project.db.sql(twice), "");
}

#[test]
fn histories_of_many_runs_replay_to_what_is() {
    let project = Project::new(&[
        ("datasets/web.toml", "files = \"web.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n"),
        ("web.csv", "id,email\n1,a\n"),
        (
            "entities/people.toml",
            "sources = [{ dataset = \"web\" }]\nfields.email = { from = \"email\" }\n\
             tiers = [{ name = \"same\", score = 95, when = [{ same = \"email\" }] }]\n",
        ),
    ]);
    let mut draw = 7_u64;
    let mut below = |n: u64| {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (draw >> 33) % n
    };
    let mut kept: Vec<(String, String)> = Vec::new();
    for _ in 0..8 {
        let mut csv = "id,email\n".to_owned();
        for record in (0..40).filter(|_| below(5) > 0).collect::<Vec<_>>() {
            writeln!(csv, "{record},e{}", below(12)).unwrap();
        }
        project.write("web.csv", &csv);
        project.ends(0, &["run"]);
        laws(&project);
        let moment =
            "select to_char(max(at), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from karat.event";
        let members = "select id || ' ' || source || ':' || key from karat.membership
                       order by id, source collate \"C\", key collate \"C\"";
        kept.push((project.db.sql(moment), project.db.sql(members)));
    }
    // As of each run, the members are those that it left.
    for (moment, members) in kept.iter().step_by(3) {
        let ids: Vec<&str> = members.lines().filter_map(|l| Some(l.split_once(' ')?.0)).collect();
        let id = ids[ids.len() / 2];
        let expected: Vec<&str> =
            members.lines().filter_map(|line| line.strip_prefix(id)).map(str::trim).collect();
        let then = json(&project, &["resolve", "people", "--history", id, "--as-of", moment]);
        assert_eq!(then["records"], serde_json::json!(expected), "{id} as of {moment}");
    }
}

#[test]
fn every_golden_value_has_an_origin_whose_value_it_is() {
    let project = people();
    let ids = project.db.sql("select id from golden order by id");
    let mut values = 0;
    for id in ids.lines() {
        let found = json(&project, &["explain", "people", "--id", id]);
        for field in found["fields"].as_array().unwrap() {
            let column = field["field"].as_str().unwrap();
            let golden = project.db.sql(&format!(
                "select coalesce(to_jsonb(array[]::text[] || {column}), '[null]') from golden
                 where id = '{id}'"
            ));
            let golden: Vec<Json> = serde_json::from_str(&golden).unwrap();
            let explained = field["values"].as_array().unwrap();
            assert_eq!(golden.iter().filter(|v| !v.is_null()).count(), explained.len());
            for (value, golden) in explained.iter().zip(&golden) {
                assert_eq!(&value["value"], golden, "{column} of {id}");
                in_file(&project, value);
                values += 1;
            }
            for lost in field["beaten"].as_array().unwrap() {
                in_file(&project, lost);
                assert_ne!(lost["why"], "");
            }
        }
    }
    assert_eq!(values, 3 * 7 - 1, "Cid has no phone in the web");
}

/// The row of the file that a value's origin names holds it, but for what cleaning does.
fn in_file(project: &Project, value: &Json) {
    let place = &value["from"]["place"];
    let text = std::fs::read_to_string(project.path(place["origin"].as_str().unwrap())).unwrap();
    let line = text.lines().nth(place["row"].as_u64().unwrap() as usize - 1).unwrap();
    let wanted = value["value"].as_str().unwrap().to_lowercase();
    assert!(line.to_lowercase().contains(&wanted), "{wanted} in {line}");
    let key = value["from"]["record"].as_str().unwrap().split_once(':').unwrap().1;
    assert!(line.starts_with(&format!("{key},")), "{key} in {line}");
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let project = people();
    let broken = |from: &str, to: &str| {
        project.write("entities/people.toml", PEOPLE.replace(from, to));
        shown(&project, &[&["resolve", "people"]])
    };
    let sql = "min(value) filter (where source = 'web')";
    let all = [
        broken("order = [\"web\", \"crm\"]", "order = [\"web\"]"),
        broken("order = [\"web\", \"crm\"]", "order = [\"web\", \"cmr\"]"),
        broken(", order = [\"web\", \"crm\"]", ""),
        broken(sql, "1) from golden; drop table golden; select (2"),
        broken(sql, "value"),
        broken(sql, "min(length(value))"),
        broken(sql, "min(value::date)::text"),
        broken("accuracy = 0.8", "accuracy = 1.0"),
    ];
    assert!(!all[6].contains("0301234"), "a value stands in an error: {}", all[6]);
    assert_snapshot!("refused", all.concat());
    assert_eq!(project.db.sql("select count(*) from golden"), "3");
}

/// Golden values, with the record that the metadata names, that are not what stands there.
const STRAYS: &str = "
    with value as (
        select g.agent_id, c.name, c.value,
               g.source_metadata -> 'records'
                   -> (g.source_metadata -> 'fields' -> c.name ->> 0)::int as record
        from public.new_unified_agents g,
             lateral (values ('full_name', g.full_name), ('designation', g.designation),
                             ('source_team_id', g.source_team_id::text)) c (name, value)
        where c.value is not null)
    select v.agent_id, v.name
    from value v
    left join public.new_agents a
        on v.record ->> 'source' = 'agents' and a.supabase_uuid::text = v.record ->> 'key'
    left join public.unified_company_member m
        on v.record ->> 'source' = 'members'
       and m.research_uuid || ':' || m.source_position = v.record ->> 'key'
    where v.value is distinct from
          case v.name when 'full_name' then coalesce(a.full_name, m.member_name)
                      when 'designation' then m.member_designation::text
                      else coalesce(a.team_id, m.team_id)::text end";

#[test]
fn generated_golden_values_lead_back_to_their_files() {
    let (example, db) = (Example::of("agents", "200x200", 5), TestDb::new());
    let karat = |arguments: &[&str]| done(&mut example.karat(&db.url(), arguments));
    karat(&["run"]);
    assert_eq!(db.sql(STRAYS), "");
    let designated = "select agent_id from public.new_unified_agents
                      where designation is not null order by agent_id limit 4";
    let file = std::fs::read_to_string(example.root.join("data/raw_company_info.csv")).unwrap();
    for id in db.sql(designated).lines() {
        let found = karat(&["explain", "agents", "--id", id, "--format", "json"]);
        let found: Json = serde_json::from_str(&found).unwrap();
        let fields = found["fields"].as_array().unwrap();
        let designation = fields.iter().find(|field| field["field"] == "designation").unwrap();
        // Members are made from the list in a company's row: the row is the company's.
        let from = &designation["values"][0]["from"];
        assert_eq!(from["place"]["origin"], "companies");
        let company = from["made_from"]["record"].as_str().unwrap();
        let place = &from["made_from"]["place"];
        assert_eq!(place["origin"], "data/raw_company_info.csv");
        let row = file.lines().nth(place["row"].as_u64().unwrap() as usize - 1).unwrap();
        assert!(row.contains(company.split_once(':').unwrap().1), "{company} in {row}");
    }
}
