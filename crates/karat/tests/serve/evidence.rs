//! What people see of entities and of rejected rows, and do with them: evidence, splits, merges,
//! fields, mended rows; each the same as by the command.

use std::fmt::Write as _;

use crate::browser::{Answer, Browser};
use crate::entities::{document, id_of};
use crate::project::Project;
use crate::served::Served;
use crate::{invited, people};

/// Where an answer sends a browser.
fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

/// The parts of a page between two texts, without what is around numbers.
fn part<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("no {from}: {page}"));
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

/// Decisions in force without their numbers, and overrides.
fn decisions(project: &Project) -> String {
    project.db.sql(
        "select string_agg(told, E'\\n' order by told) from (
             select concat_ws(' ', source_a, key_a, source_b, key_b, verdict, reason,
                              (act = min(id) over (partition by act))::text) as told
             from karat.decision where undone_at is null
             union all
             select concat_ws(' ', entity_id, field, \"values\", reason)
             from karat.override where undone_at is null) d",
    )
}

/// Takes back what the page says was just decided.
fn taken_back(eve: &mut Browser, at: &str) {
    let page = eve.page(at);
    let notice = part(&page, "role=\"status\"", "</form>");
    let number = part(notice, "name=\"number\" value=\"", "\"").to_owned();
    let back = part(notice, "name=\"back\" value=\"", "\"").to_owned();
    let fields = [("entity", "people"), ("number", &number), ("back", &back)];
    let to = location(&eve.post("/review/undo", &fields));
    assert_eq!(to, format!("/entities/people/{back}#decisions"));
    let again = eve.page(at);
    assert!(!again.contains("Noted as decision"), "it is no longer in force: {again}");
}

#[test]
fn a_pair_is_shown_with_the_tiers_that_hold_and_what_they_ask() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let page = eve.page("/review");
    let tiers = part(&page, "What speaks for and against it", "</table>");
    let held = part(tiers, "similar name</th>", "</tr>");
    assert!(held.contains(">yes</td>") && held.contains("name alike by 0.8 or more"), "{held}");
    let other = part(tiers, "same e-mail</th>", "</tr>");
    assert!(other.contains(">no</td>") && other.contains("not so</span> same email"), "{other}");
    assert!(page.contains("bob<mark>by</mark> ray") && page.contains(">bob ray</span>"), "{page}");
    // A domain differs in a letter, which alone is marked.
    assert!(page.contains("bob<mark>by</mark> ray") && page.contains("@<mark>"), "{page}");
}

/// People of whom every third is listed twice, the second time with a slip.
fn slips() -> String {
    let mut list = "id,first,last,born,email\n".to_owned();
    let firsts = ["Ann", "Bob", "Cid", "Dora", "Emil", "Frida", "Gus"];
    let lasts = ["Lee", "Ray", "Poe", "Moor", "Stone", "Fields", "Hill", "Brook", "Ward"];
    let mut id = 0;
    for n in 0..240 {
        let (first, last) = (firsts[n * 5 % 7], lasts[n * 7 % 9]);
        let (year, month) = (1950 + n * 11 % 50, 1 + n * 5 % 12);
        let mut line = |last: &str, email: &str| {
            id += 1;
            writeln!(list, "{id},{first},{last},{year}-{month:02}-11,{email}").unwrap();
        };
        line(last, &format!("p{n}@x.org"));
        if n % 3 == 0 {
            line(&last.replace('e', "ee"), if n % 2 == 0 { "" } else { "other@y.org" });
        }
    }
    list
}

const WEIGHED: &str = r#"
sources = [{ dataset = "list" }]
auto = 0.999999
review = 0.01
fields.first = { from = "first" }
fields.last = { from = "last" }
fields.born = { from = "born" }
fields.email = { from = "email" }
blocking = [{ same = ["born"] }, { same = ["first", "last"] }]
comparisons = [
  { field = "first", compare = "ExactMatch" },
  { field = "last", compare = "JaroWinklerAtThresholds", thresholds = [0.85], term_frequency_adjustments = true },
  { field = "born", compare = "ExactMatch" },
  { field = "email", compare = "ExactMatch" },
]
[training]
sessions = [["born"], ["first", "last"]]
sure = [["first", "last", "born"]]
"#;

const ROLES: &str = r#"
sources = [{ dataset = "list" }]
auto = 0.999999
review = 0.01
fields.first = { from = "first", role = "given_name" }
fields.last = { from = "last", role = "surname" }
fields.born = { from = "born", role = "date" }
fields.email = { from = "email", role = "email" }
"#;

#[test]
fn a_weighed_pair_is_shown_with_the_weights_of_the_command() {
    for (declared, list) in [(WEIGHED, slips()), (ROLES, slips())] {
        let project = Project::new(&[
            ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n"),
            ("list.csv", &list),
            ("entities/people.toml", declared),
        ]);
        project.ends(0, &["run"]);
        let served = Served::start(&project, &["--no-work"]);
        let mut eve = Browser::eve(&served);
        let waiting = document(&project, &["review", "list"]);
        let pair = &waiting["pairs"][0];
        let record = |side: &str| {
            format!("{}:{}", pair[side][0].as_str().unwrap(), pair[side][1].as_str().unwrap())
        };
        let (a, b) = (record("a"), record("b"));
        let told = document(&project, &["explain", "people", &a, &b]);
        let page = eve.page("/review");
        let why = part(&page, "What speaks for and against it", "</figure>");
        let number = |value: f64| format!("{:.3}", value.abs());
        let weight = told["weight"].as_f64().unwrap();
        let total = part(why, ">total</th>", "</tr>");
        assert!(total.contains(&number(weight)), "{weight}: {total}");
        for part in told["parts"].as_array().unwrap() {
            let row = format!(">{}</th>", part["comparison"].as_str().unwrap());
            let row = self::part(why, &row, "</tr>");
            let sum = part["weight"].as_f64().unwrap() + part["adjustment"].as_f64().unwrap();
            assert!(row.contains(&number(sum)), "{part}: {row}");
        }
        let probability = format!("match probability {:.4}", told["probability"].as_f64().unwrap());
        assert!(why.contains(&probability), "{probability}: {why}");
        assert_eq!(why.matches("<svg").count(), 2, "wide and narrow");
        if declared == ROLES {
            continue;
        }
        // What the resolution weighed, with all records before it.
        let kept = project.db.sql(&format!(
            "select weight from karat.evidence
             where source_a || ':' || key_a = '{a}' and source_b || ':' || key_b = '{b}'"
        ));
        let kept: f64 = kept.parse().unwrap();
        assert!((kept - weight).abs() < 1e-4, "{kept} is kept, and {weight} told");
    }
}

#[test]
fn weak_evidence_that_alone_holds_groups_leads_to_the_entity_and_stands_out_there() {
    let project = Project::new(&[
        ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n"),
        (
            "list.csv",
            "id,name,email,phone\n1,Ann Lee,ann@x.org,\n2,Ann Lee,ann@x.org,500\n\
             3,Bea Lee,bea@x.org,500\n4,Bea Lee,bea@x.org,\n5,<b>,ann@x.org,\n",
        ),
        (
            "entities/people.toml",
            "auto = 80\nsources = [{ dataset = \"list\" }]\n\
             fields.name = { from = \"name\" }\n\
             fields.email = { from = \"email\", clean = [\"email\"] }\n\
             fields.phone = { from = \"phone\" }\n\
             tiers = [{ name = \"same e-mail\", score = 100, when = [{ same = \"email\" }] },\n\
             { name = \"same phone\", score = 85, when = [{ same = \"phone\" }] }]\n",
        ),
    ]);
    project.ends(0, &["run"]);
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let id = id_of(&project, "1");
    let queue = eve.page("/review");
    let there = format!("/entities/people/{id}#evidence");
    assert!(queue.contains("holds two groups") && queue.contains(&there), "{queue}");
    let page = eve.page(&format!("/entities/people/{id}"));
    let held = part(&page, "What holds them together", "</figure>");
    assert_eq!(held.matches("<path").count(), 2 * 5, "each drawn wide and narrow: {held}");
    assert_eq!(held.matches("<path class=\"k-l-s1\" stroke=\"#b8480a\" stroke-dash").count(), 2);
    assert!(held.contains("<td dir=\"auto\">same phone; asked: bridge</td>"), "{held}");
    assert!(!page.contains("style="), "nothing is inline");
    // What a person decides holds it, too.
    project.ends(0, &["review", "accept", "people", "list:2", "list:3"]);
    project.ends(0, &["resolve"]);
    let page = eve.page(&format!("/entities/people/{id}"));
    let number = project.db.sql("select id from karat.decision");
    assert!(page.contains(&format!("<td dir=\"auto\">decision {number}</td>")), "{page}");
    let alone = project.db.sql("select count(*) from karat.evidence where verdict = 'merged'");
    assert_eq!(alone, "5", "{page}");
}

#[test]
fn of_many_records_there_is_the_table_alone() {
    let mut list = "id,name,email\n".to_owned();
    (0..31).for_each(|id| writeln!(list, "{id},Ann Lee,ann@x.org").unwrap());
    let project = Project::new(&[
        ("datasets/list.toml", "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n"),
        ("list.csv", &list),
        (
            "entities/people.toml",
            "auto = 80\nsources = [{ dataset = \"list\" }]\n\
             fields.email = { from = \"email\", clean = [\"email\"] }\n\
             tiers = [{ name = \"same e-mail\", score = 95, when = [{ same = \"email\" }] }]\n",
        ),
    ]);
    project.ends(0, &["run"]);
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let at = format!("/entities/people/{}", id_of(&project, "1"));
    let page = eve.page(&at);
    assert!(!page.contains("<svg") && page.contains("<td dir=\"auto\">same e-mail</td>"), "{page}");
    project.write("list.csv", list.replace("30,Ann Lee,ann@x.org\n", ""));
    project.ends(0, &["run"]);
    assert!(eve.page(&at).contains("<svg"), "30 are drawn");
}

#[test]
fn records_are_split_off_as_by_the_command() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let id = id_of(&project, "1");
    let split = format!("/entities/people/{id}/split");
    let given = [("record", "list:2"), ("reason", " twins ")];
    let at = location(&eve.post(&split, &given));
    let by_page = decisions(&project);
    assert_eq!(by_page, "list 1 list 2 different twins true");
    let page = eve.page(&at);
    assert!(page.contains("the next run obeys it") && page.contains("twins"), "{page}");
    let author = "select distinct d.decided_by || ' ' || a.interface from karat.decision d
                  join karat.audit a on a.relation = 'karat.decision'";
    assert_eq!(project.db.sql(author), "Eve page");
    taken_back(&mut eve, &at);
    assert_eq!(decisions(&project), "");
    project.ends(0, &["review", "split", "people", &id, "list:2", "--reason", "twins"]);
    assert_eq!(decisions(&project), by_page);
    project.ends(0, &["resolve"]);
    assert_ne!(id_of(&project, "1"), id_of(&project, "2"));
}

#[test]
fn entities_are_merged_as_by_the_command() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let (ann, cid) = (id_of(&project, "1"), id_of(&project, "5"));
    let merge = format!("/entities/people/{ann}/merge");
    let at = location(&eve.post(&merge, &[("other", &cid), ("reason", "married")]));
    let by_id = decisions(&project);
    assert_eq!(by_id.lines().count(), 2, "{by_id}");
    taken_back(&mut eve, &at);
    let at = location(&eve.post(&merge, &[("other", "list:5"), ("reason", "married")]));
    assert_eq!(decisions(&project), by_id, "a record leads to its entity");
    taken_back(&mut eve, &at);
    project.ends(0, &["review", "merge", "people", &ann, &cid, "--reason", "married"]);
    assert_eq!(decisions(&project), by_id);
    project.ends(0, &["resolve"]);
    assert_eq!(id_of(&project, "1"), id_of(&project, "5"));
    let itself = eve.post(&merge, &[("other", "list:5")]);
    assert!(itself.status == 422 && itself.body.contains("of one entity already"), "{itself:?}");
    let said = project.ends(2, &["review", "merge", "people", &ann, &ann]);
    assert!(said.contains("of one entity already"), "{said}");
}

#[test]
fn a_field_is_set_as_by_the_command() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let id = id_of(&project, "3");
    let set = format!("/entities/people/{id}/set");
    let said =
        [("field", "name"), ("values", "  RÓB Ray\r\n\r\n"), ("reason", "he said"), ("x", "y")];
    let at = location(&eve.post(&set, &said));
    let by_page = decisions(&project);
    assert!(by_page.contains("name {\"rob ray\"} he said"), "{by_page}");
    assert!(eve.page(&at).contains("said by Eve"), "{at}");
    taken_back(&mut eve, &at);
    let command = ["review", "set", "people", &id, "--field", "name", "--reason", "he said"];
    project.ends(0, &[&command[..], &["--value", "  RÓB Ray"]].concat());
    assert_eq!(decisions(&project), by_page);
    let none = [("field", "email"), ("values", ""), ("none", "true")];
    let at = location(&eve.post(&set, &none));
    assert!(eve.page(&at).contains("without a value"));
    assert_eq!(project.db.sql("select max(cardinality(\"values\")) from karat.override"), "1");
    for refused in [
        [("field", "name"), ("values", "")],
        [("field", "name"), ("values", "a\nb")],
        [("field", "age"), ("values", "7")],
    ] {
        let answer = eve.post(&set, &refused);
        assert_eq!(answer.status, 422, "{refused:?}: {answer:?}");
    }
    let both = eve.post(&set, &[("field", "name"), ("values", "a"), ("none", "true")]);
    assert_eq!(both.status, 422, "{both:?}");
}

#[test]
fn who_may_not_decide_cannot_and_nonsense_leaves_nothing() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut vic = invited(&served, &mut eve, "Vic", "viewer");
    let id = id_of(&project, "1");
    let forms: [(&str, &[(&str, &str)]); 3] = [
        ("split", &[("record", "list:2")]),
        ("merge", &[("other", "list:5")]),
        ("set", &[("field", "name"), ("values", "x")]),
    ];
    let page = vic.page(&format!("/entities/people/{id}"));
    let nobody = "00000000-0000-8000-8000-000000000001";
    for (what, fields) in forms {
        assert!(!page.contains(&format!("/{what}\"")), "no form for a viewer");
        let at = |entity: &str, id: &str| format!("/entities/{entity}/{id}/{what}");
        assert_eq!(vic.post(&at("people", &id), fields).status, 403, "{what}");
        assert_eq!(Browser::new(&served).post(&at("people", &id), fields).status, 303, "{what}");
        assert_eq!(eve.post(&at("cats", &id), fields).status, 404, "{what}");
        for wrong in ["nonsense", nobody] {
            let refused = eve.post(&at("people", wrong), fields);
            assert_eq!(refused.status, 422, "{what} {wrong}: {refused:?}");
        }
        let evil = eve.post_from("https://evil.example", &at("people", &id), fields);
        assert_eq!(evil.status, 403, "{what}: {evil:?}");
    }
    let mut refused = |what: &str, fields: &[(&str, &str)]| {
        let answer = eve.post(&format!("/entities/people/{id}/{what}"), fields);
        assert_eq!(answer.status, 422, "{what} {fields:?}: {answer:?}");
    };
    refused("split", &[]);
    refused("split", &[("record", "list:3")]);
    refused("split", &[("record", "nothing")]);
    refused("split", &[("record", "list:1"), ("record", "list:2")]);
    refused("merge", &[("other", nobody)]);
    refused("merge", &[("other", "list:77")]);
    refused("merge", &[("other", "")]);
    refused("merge", &[]);
    refused("set", &[("values", "x")]);
    assert_eq!(decisions(&project), "");
    assert_eq!(eve.get(&format!("/entities/people/{id}?done=77")).status, 200);
    assert!(!eve.page(&format!("/entities/people/{id}?done=77")).contains("Noted as"));
}
