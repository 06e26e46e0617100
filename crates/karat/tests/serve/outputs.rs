//! Links to outputs: good until they end, for whom they were made, and for nothing else.

use crate::browser::{Answer, Browser};
use crate::project::Project;
use crate::served::Served;

const DATASET: &str = "files = \"readings.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n\
     [columns]\nid = { type = \"integer\" }\nday = { type = \"date\" }\nvalue = { type = \"numeric\" }\n\
     station = {}\ncode = {}\n";
const READINGS: &str = "id,station,day,code,value\n1,CT,2026-01-01,a,1.5\n2,CT,2026-01-02,a,2.5\n\
     3,CT,2026-01-01,b,7\n";
const PIVOT: &str = "kind = \"pivot\"\ndataset = \"readings\"\nrows = [\"day\"]\ncolumns = \"code\"\n\
     value = \"value\"\naggregate = \"mean\"\nfile = \"by day.csv\"\n";
const DASHBOARD: &str = "kind = \"dashboard\"\ntitle = \"Gauges\"\nof = [\"analysis\"]\n";

fn readings() -> Project {
    let project = Project::new(&[
        ("datasets/readings.toml", DATASET),
        ("readings.csv", READINGS),
        ("outputs/analysis.toml", PIVOT),
        ("outputs/board.toml", DASHBOARD),
    ]);
    project.ends(0, &["run"]);
    project
}

/// The first link of a page that has a text in it.
fn link(page: &str, text: &str) -> String {
    let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut found = links.filter(|link| link.starts_with("/d/") && link.contains(text));
    found.next().unwrap_or_else(|| panic!("no link with {text}: {page}")).replace("&#38;", "&")
}

fn is_refused(answer: &Answer) {
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.body.contains("This link is not good"), "{answer:?}");
}

#[test]
fn a_link_is_good_for_its_file_its_person_and_its_time() {
    let project = readings();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let page = eve.page("/outputs");
    let ids = project.db.sql("select id from karat.output where name = 'by day.csv'");
    let save = link(&page, &ids);
    let file = eve.get(&save);
    assert_eq!(
        (file.status, file.body.as_str()),
        (200, "day,a,b\n2026-01-01,1.5,7\n2026-01-02,2.5,\n")
    );
    let attached = file.header("content-disposition").unwrap();
    assert_eq!(attached, "attachment; filename*=UTF-8''by%20day.csv");
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(file.header("cache-control"), Some("private, no-store"));
    let sha256 = project.db.sql("select sha256 from karat.output where name = 'by day.csv'");
    assert_eq!(file.header("etag"), Some(format!("\"{sha256}\"").as_str()));
    let part = eve.get_with(&save, &[("range", "bytes=4-6")]);
    assert_eq!((part.status, part.body.as_str()), (206, "a,b"), "{part:?}");
    // Nobody else, nothing else, no other way.
    is_refused(&Browser::new(&served).get(&save));
    let other = project.db.sql("select id from karat.output where name <> 'by day.csv' limit 1");
    is_refused(&eve.get(&save.replace(&ids, &other)));
    is_refused(&eve.get(&save.replace("/d/", "/d/0")));
    is_refused(&eve.get(&save.replace("exp=", "exp=9")));
    is_refused(&eve.get(&save.replace("attachment", "inline")));
    is_refused(&eve.get(&save.replace("kid=", "kid=9")));
    is_refused(&eve.get(&save[..save.len() - 1]));
    is_refused(&eve.get(save.split('?').next().unwrap()));
    assert_eq!(eve.post(&save, &[]).status, 405);
    // A key that is retired takes its links along.
    project.db.sql("update karat.link_key set retires_at = now() - interval '1 second'");
    is_refused(&eve.get(&save));
    let fetched = "select string_agg(distinct person || ' ' || name, ',') from karat.download";
    assert_eq!(project.db.sql(fetched), "Eve by day.csv");
    served.end();
}

#[test]
fn a_link_to_share_is_for_whoever_has_it_and_a_dashboard_is_confined() {
    let project = readings();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let id = project.db.sql("select id from karat.output where kind = 'dashboard'");
    let shared = eve.post("/outputs/share", &[("id", &id)]);
    assert_eq!(shared.status, 200, "{shared:?}");
    let at = shared.body.split(&served.host).nth(1).unwrap().split('<').next().unwrap();
    let at = at.replace("&#38;", "&");
    let mut stranger = Browser::new(&served);
    assert_eq!(stranger.get(&at).status, 200);
    let by = "select count(*) from karat.download where person is null";
    assert_eq!(project.db.sql(by), "1");
    let board = link(&eve.page("/outputs"), "disp=inline");
    let board = eve.get(&board);
    assert!(board.status == 200 && board.body.contains("Gauges"), "{board:?}");
    let policy = board.header("content-security-policy").unwrap();
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!board.body.contains("<script") && !board.body.contains("src=\"http"), "{board:?}");
    assert_eq!(eve.post("/outputs/share", &[("id", "nothing")]).status, 404);
    served.end();
}
