//! Rejected rows in a browser: looked at, mended, dismissed and downloaded, as by the command.

use crate::browser::{Answer, Browser};
use crate::project::Project;
use crate::served::Served;
use crate::uploads::ended;
use crate::{invited, people};

/// Where an answer sends a browser.
fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

const ROW: &str = "/datasets/list/rejects/1/7";

fn rejects(project: &Project) -> String {
    project.db.sql(
        "select concat_ws(' ', concat(load, ':', line), rule, state,
                          concat(replayed_by, ':', replayed_line))
         from karat.reject order by load, line",
    )
}

fn rows(project: &Project) -> String {
    project.db.sql("select id, name, email, karat_load, karat_row from list order by id")
}

/// A form that mends a row: where it stands now, and its cells.
fn form<'t>(at: (&'t str, &'t str), cells: [&'t str; 3]) -> [(&'t str, &'t str); 5] {
    let [id, name, email] = cells;
    [("load", at.0), ("line", at.1), ("cell-0", id), ("cell-1", name), ("cell-2", email)]
}

#[test]
fn a_row_is_mended_in_a_form_as_in_an_export() {
    let project = people();
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let dataset = eve.page("/datasets/list");
    assert!(dataset.contains(&format!("href=\"{ROW}\"")), "{dataset}");
    let page = eve.page(ROW);
    for text in ["list.csv:7", "is not a whole number", "value=\"Dan Fox\"", "value=\"x\""] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let at = location(&eve.post(ROW, &form(("1", "7"), ["6", "Dan \"D\", Fox", "dan@x.org"])));
    assert_eq!(ended(&project), "completed");
    let page = eve.page(&at);
    assert!(page.contains("It was loaded by load 2") && page.contains("loaded as row 2"), "{page}");
    assert!(!page.contains("/rejects/1/7\""), "there is nothing to mend: {page}");
    let by_page = (rows(&project), rejects(&project));
    assert!(by_page.0.ends_with("6|Dan \"D\", Fox|dan@x.org|2|2"), "{}", by_page.0);
    assert_eq!(by_page.1, "1:7 type.integer replayed 2:2");
    let by = "select requested_by || ' ' || kind from karat.job";
    assert_eq!(project.db.sql(by), "Eve replay");
    let origin = project.db.sql("select origin from karat.load where id = 2");
    assert!(project.path(&origin).exists(), "{origin}");
    served.end();
    // The same by an export.
    let other = people();
    other.ends(0, &["rejects", "export", "mend.csv"]);
    let text = std::fs::read_to_string(other.path("mend.csv")).unwrap();
    other.write("mend.csv", text.replace("x,Dan Fox", "6,\"Dan \"\"D\"\", Fox\""));
    other.ends(0, &["rejects", "replay", "mend.csv"]);
    assert_eq!((rows(&other), rejects(&other)), by_page);
    let books = "select read, inserted, rejected, replay, sha256 from karat.load where id = 2";
    assert_eq!(other.db.sql(books), project.db.sql(books), "the very same file");
}

#[test]
fn what_still_does_not_fit_is_told_and_can_be_mended_further() {
    let project = people();
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let unchanged = location(&eve.post(ROW, &form(("1", "7"), ["x", "Dan Fox", "dan@x.org"])));
    assert_eq!(ended(&project), "completed");
    let page = eve.page(&unchanged);
    assert!(page.contains("It does not fit yet: id is not a whole number"), "{page}");
    assert_eq!(rejects(&project), "1:7 type.integer open :", "nothing was loaded");
    let again = location(&eve.post(ROW, &form(("1", "7"), ["y", "Dan Fox", "dan@x.org"])));
    assert_eq!(ended(&project), "completed completed");
    let page = eve.page(&again);
    assert!(page.contains("It does not fit yet") && page.contains("value=\"y\""), "{page}");
    assert!(page.contains("rejected again as row 2 of load 2"), "{page}");
    // A page that was made before is refused, and what is there now can be mended.
    let old = eve.post(ROW, &form(("1", "7"), ["6", "Dan Fox", "dan@x.org"]));
    assert!(old.status == 422 && old.body.contains("changed since"), "{old:?}");
    let now = "/datasets/list/rejects/2/2";
    assert!(page.contains(&format!("action=\"{now}\"")), "{page}");
    location(&eve.post(now, &form(("2", "2"), ["6", "Dan Fox", "dan@x.org"])));
    assert_eq!(ended(&project), "completed completed completed");
    assert!(rows(&project).ends_with("6|Dan Fox|dan@x.org|3|2"), "{}", rows(&project));
    served.end();
}

#[test]
fn a_row_that_cannot_be_cut_is_mended_as_it_stood() {
    let project = Project::new(&[
        ("datasets/d.toml", "files = \"d.csv\"\ndelimiter = \";\"\nkey = [\"id\"]\n"),
        ("d.csv", "id;name\n1;Ann\n2\n\"3;two\r\nlines\n"),
    ]);
    project.ends(0, &["run"]);
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let page = eve.page("/datasets/d/rejects/1/3");
    assert!(page.contains("name=\"raw\"") && page.contains("has 1 field"), "{page}");
    let mend = [("load", "1"), ("line", "3"), ("raw", "2;\"Bob\r\nRay\"")];
    location(&eve.post("/datasets/d/rejects/1/3", &mend));
    assert_eq!(ended(&project), "completed");
    assert_eq!(
        project.db.sql("select replace(name, E'\\n', '|') from d where id = '2'"),
        "Bob|Ray"
    );
    served.end();
}

#[test]
fn a_row_is_dismissed_with_a_reason() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let dismiss = format!("{ROW}/dismiss");
    assert_eq!(eve.post(&dismiss, &[("reason", "  ")]).status, 422);
    assert_eq!(location(&eve.post(&dismiss, &[("reason", "a header")])), ROW);
    let state = "select concat_ws(' ', state, reason, decided_by) from karat.reject";
    assert_eq!(project.db.sql(state), "dismissed a header Eve");
    let page = eve.page(ROW);
    assert!(page.contains("dismissed by Eve: a header") && !page.contains("Mend it"), "{page}");
    assert_eq!(eve.post(&dismiss, &[("reason", "again")]).status, 422);
    let late = eve.post(ROW, &form(("1", "7"), ["6", "Dan Fox", ""]));
    assert!(late.status == 422 && late.body.contains("the row is dismissed"), "{late:?}");
    assert_eq!(project.db.sql("select count(*) from karat.job"), "0");
    assert_eq!(eve.get("/datasets/list/rejects.csv").status, 422, "none is open");
}

#[test]
fn all_open_rows_are_downloaded_as_the_command_writes_them() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let answer = eve.get("/datasets/list/rejects.csv");
    assert_eq!(answer.status, 200, "{answer:?}");
    let named = answer.header("content-disposition").unwrap();
    assert!(named.starts_with("attachment") && named.contains("rejects-of-list.csv"), "{named}");
    project.ends(0, &["rejects", "export", "mend.csv", "--dataset", "list"]);
    assert_eq!(answer.body, std::fs::read_to_string(project.path("mend.csv")).unwrap());
    assert_eq!(eve.get("/datasets/list/rejects.csv?load=1").body, answer.body);
    assert_eq!(eve.get("/datasets/list/rejects.csv?load=99").status, 422);
    assert_eq!(eve.get("/datasets/cats/rejects.csv").status, 404);
}

#[test]
fn who_may_not_mend_cannot_and_nonsense_loses_nothing() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut vic = invited(&served, &mut eve, "Vic", "viewer");
    let good = form(("1", "7"), ["6", "Dan Fox", "dan@x.org"]);
    let page = vic.page(ROW);
    assert!(page.contains("Dan Fox") && !page.contains("<form class=\"mend\""), "{page}");
    assert_eq!(vic.post(ROW, &good).status, 403);
    assert_eq!(vic.post(&format!("{ROW}/dismiss"), &[("reason", "x")]).status, 403);
    for path in ["list/rejects/1/8", "list/rejects/9/7", "list/rejects/x/7", "cats/rejects/1/7"] {
        let path = format!("/datasets/{path}");
        assert_eq!(eve.get(&path).status, 404, "{path}");
        assert_eq!(eve.post(&path, &good).status, 404, "{path}");
        assert_eq!(eve.post(&format!("{path}/dismiss"), &[("reason", "x")]).status, 404, "{path}");
    }
    for wrong in [&good[..2], &good[..4], &[("load", "1"), ("line", "7"), ("raw", "6,D,")]] {
        assert_eq!(eve.post(ROW, wrong).status, 422, "{wrong:?}");
    }
    assert_eq!(eve.post(ROW, &good[2..]).status, 422, "it does not say where it stood");
    assert!(!eve.page(&format!("{ROW}?job=77")).contains("Job 77"));
    assert_eq!(project.db.sql("select count(*) from karat.job"), "0");
    assert_eq!(rejects(&project), "1:7 type.integer open :");
}
