//! The pages: who is let in, what they may do, and that what they do is what the commands do.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod api;
mod browser;
#[path = "../support/entities.rs"]
mod entities;
mod evidence;
mod measures;
mod mended;
mod outputs;
mod partial;
#[path = "../support/project.rs"]
mod project;
mod quality;
#[path = "../../../karat-connect/tests/bucket/s3.rs"]
mod s3;
mod security;
#[path = "../support/served.rs"]
mod served;
mod shared;
mod tls;
mod uploads;
mod webhooks;

use browser::Browser;
use project::Project;
use served::{PASSWORD, Served};

const PEOPLE: &str = "id,name,email
1,Ann Lee,ann@x.org
2,Ann Lee,ann@x.org
3,Bob Ray,bob@x.org
4,Bobby Ray,bob@y.org
5,Cid <Poe>,cid@x.org
x,Dan Fox,dan@x.org
";
const DATASET: &str = "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n\
     [columns]\nid = { type = \"integer\" }\n";
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
        ("datasets/list.toml", DATASET),
        ("list.csv", PEOPLE),
        ("entities/people.toml", ENTITY),
    ]);
    project.ends(0, &["run"]);
    project
}

/// Somebody whom Eve invites.
fn invited(served: &Served, eve: &mut Browser, name: &str, role: &str) -> Browser {
    let told = eve.post("/accounts/invite", &[("role", role)]).body;
    let link = told.split("/welcome/").nth(1).unwrap().split('<').next().unwrap();
    let mut browser = Browser::new(served);
    let given = [("name", name), ("password", PASSWORD)];
    assert_eq!(browser.post(&format!("/welcome/{link}"), &given).status, 303);
    browser
}

#[test]
fn the_first_admin_comes_in_by_a_link_that_works_once() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let link = served.first_link.clone().unwrap();
    let mut stranger = Browser::new(&served);
    assert!(stranger.page(&link).contains("You will be an admin"));
    let short = stranger.post(&link, &[("name", "Eve"), ("password", "short")]);
    assert!(short.status == 422 && short.body.contains("at least 12 characters"), "{short:?}");
    let mut eve = Browser::eve(&served);
    assert!(eve.page("/").contains("Eve"));
    assert_eq!(stranger.get(&link).status, 410);
    let again = stranger.post(&link, &[("name", "Mallory"), ("password", PASSWORD)]);
    assert!(again.status == 422 && again.body.contains("was used or has ended"), "{again:?}");
    assert_eq!(project.db.sql("select string_agg(name, ',') from karat.account"), "Eve");
    served.end();
    let again = Served::start(&project, &["--no-work"]);
    assert_eq!(again.first_link, None, "there is an admin");
    let mut eve = Browser::new(&again);
    let locked_out = Served::start(&project, &["--no-work", "--invite-admin"]);
    let link = locked_out.first_link.as_deref().unwrap();
    assert!(eve.page(link).contains("You will be an admin"));
    drop(locked_out);
    let entered = eve.post("/sign-in", &[("name", "eve"), ("password", PASSWORD)]);
    assert_eq!(entered.status, 303, "names have no capitals: {entered:?}");
    assert!(eve.page("/").contains("Eve"));
}

#[test]
fn who_is_not_signed_in_sees_nothing() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut stranger = Browser::new(&served);
    for path in ["/", "/entities/people", "/review", "/datasets", "/runs", "/accounts", "/runs/1"] {
        let answer = stranger.get(path);
        assert_eq!(answer.status, 303, "{path}");
        let to = format!("/sign-in?next={path}");
        assert_eq!(answer.header("location"), Some(to.as_str()));
    }
    assert_eq!(stranger.post("/review/undo", &[("entity", "people"), ("number", "1")]).status, 303);
    assert_eq!(stranger.get("/nothing").status, 404);
    let entered = [("name", "Eve"), ("password", PASSWORD), ("next", "//evil.example")];
    assert_eq!(stranger.post("/sign-in", &entered).header("location"), Some("/"));
    assert_eq!(eve.post("/sign-out", &[]).header("location"), Some("/sign-in"));
    assert_eq!(eve.get("/").status, 303);
}

#[test]
fn an_account_is_locked_after_wrong_passwords_and_nobody_learns_which_names_are_there() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    drop(Browser::eve(&served));
    let mut stranger = Browser::new(&served);
    let mut guesser = Browser::new(&served);
    let mut wrong = |name| guesser.post("/sign-in", &[("name", name), ("password", "guess")]);
    let (of_eve, of_nobody) = (wrong("Eve"), wrong("Nobody"));
    assert_eq!((of_eve.status, of_nobody.status), (403, 403));
    assert_eq!(of_eve.body.replace("Eve", "Nobody"), of_nobody.body);
    for _ in 0..4 {
        assert_eq!(wrong("eve").status, 403);
    }
    let locked = stranger.post("/sign-in", &[("name", "Eve"), ("password", PASSWORD)]);
    assert!(locked.status == 429 && locked.body.contains("Try again in"), "{locked:?}");
    project.db.sql("update karat.account set locked_until = now() + interval '1 hour'");
    (0..4).for_each(|_| assert_eq!(wrong("nobody").status, 403));
    let (of_eve, of_nobody) = (wrong("Eve"), wrong("Nobody"));
    assert_eq!((of_eve.status, of_nobody.status), (429, 429), "a lock tells nothing");
    project.db.sql("update karat.account set locked_until = now()");
    let entered = stranger.post("/sign-in", &[("name", "Eve"), ("password", PASSWORD)]);
    assert_eq!(entered.status, 303, "{entered:?}");
    assert_eq!(project.db.sql("select failures from karat.account"), "0");
}

#[test]
fn roles_hold_and_the_last_admin_stays() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut vic = invited(&served, &mut eve, "Vic", "viewer");
    let mut oz = invited(&served, &mut eve, "Oz", "operator");
    let decision = [("entity", "people"), ("a", "list:3"), ("b", "list:4"), ("verdict", "same")];
    assert!(!vic.page("/review").contains("/review/decide"));
    assert_eq!(vic.post("/review/decide", &decision).status, 403);
    assert_eq!((vic.get("/accounts").status, oz.get("/accounts").status), (403, 403));
    assert_eq!(oz.post("/accounts/invite", &[("role", "admin")]).status, 403);
    assert_eq!(oz.post("/review/decide", &decision).status, 303);
    let account =
        |name: &str| project.db.sql(&format!("select id from karat.account where name = '{name}'"));
    let (of_eve, of_oz) = (account("Eve"), account("Oz"));
    let last = eve.post("/accounts/change", &[("account", &of_eve), ("role", "viewer")]);
    assert!(last.status == 422 && last.body.contains("last admin"), "{last:?}");
    let gone = eve.post("/accounts/change", &[("account", &of_oz), ("role", "disabled")]);
    assert_eq!(gone.status, 303);
    assert_eq!(oz.get("/").header("location"), Some("/sign-in?next=/"), "his session ended");
    let taken = eve.post("/accounts/invite", &[("role", "viewer")]).body;
    let link = taken.split("/welcome/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut stranger = Browser::new(&served);
    let given = [("name", "VIC"), ("password", PASSWORD)];
    let taken = stranger.post(&format!("/welcome/{link}"), &given);
    assert!(taken.body.contains("somebody has this name already"), "{taken:?}");
}

#[test]
fn a_form_of_another_site_changes_nothing() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let decision = [("entity", "people"), ("a", "list:3"), ("b", "list:4"), ("verdict", "same")];
    let refused = eve.post_from("https://evil.example", "/review/decide", &decision);
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(project.db.sql("select count(*) from karat.decision"), "0");
    let page = eve.get("/");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.body.contains("style=") && !page.body.contains("<script>"), "nothing is inline");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "private, no-store"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let cookie = eve.post("/sign-in", &[("name", "Eve"), ("password", PASSWORD)]);
    let cookie = cookie.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[test]
fn a_pair_is_decided_taken_back_and_attributed() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let queue = eve.page("/review");
    for text in
        ["list:3", "list:4", "bob ray", "bob<mark>by</mark> ray", "similar name", "data-key=\"y\""]
    {
        assert!(queue.contains(text), "{text}: {queue}");
    }
    let decided = eve.post(
        "/review/decide",
        &[
            ("entity", "people"),
            ("a", "list:3"),
            ("b", "list:4"),
            ("verdict", "same"),
            ("reason", "he said"),
        ],
    );
    let after = eve.page(decided.header("location").unwrap());
    assert!(after.contains("Noted as decision") && after.contains("Nothing to review"), "{after}");
    let decision = "select verdict || ' ' || decided_by || ' ' || reason from karat.decision";
    assert_eq!(project.db.sql(decision), "same Eve he said");
    let audited = "select distinct person || ' ' || interface from karat.audit
                   where relation = 'karat.decision'";
    assert_eq!(project.db.sql(audited), "Eve page");
    assert!(eve.page("/review/decisions").contains("he said"));
    let number = project.db.sql("select id from karat.decision");
    let undone = eve.post("/review/undo", &[("entity", "people"), ("number", &number)]);
    assert_eq!(undone.status, 303);
    assert!(eve.page("/review").contains("list:3"), "it waits again");
    assert_eq!(eve.post("/review/undo", &[("entity", "people"), ("number", &number)]).status, 422);
}

#[test]
fn what_searches_need_is_made_once_there_is_much_to_search() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    // As if a run had come upon many people after the server began.
    project.db.sql(
        "insert into golden_people (id, name)
         select gen_random_uuid(), 'Nobody ' || i from generate_series(1, 21000) i;
         analyze golden_people; update karat.resolution set resolved_at = clock_timestamp()",
    );
    let is_made = "select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid
                   where c.relname = 'golden_people_karat_words' and i.indisvalid";
    project.db.eventually(is_made, "1");
    let found = eve.page("/entities/people?q=nobody+20999");
    assert!(found.contains("1 found") && found.contains("Nobody 20999"), "{found}");
}

#[test]
fn every_page_tells_what_is_there() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let home = eve.page("/");
    assert!(
        home.contains("href=\"/datasets/list\"")
            && home.contains("1 to review")
            && home.contains("1 rejected rows are open"),
        "{home}"
    );
    assert_eq!(eve.get("/entities").header("location"), Some("/entities/people"));
    let found = eve.page("/entities/people?q=CID");
    assert!(found.contains("1 found") && found.contains("&#60;poe&#62;"), "{found}");
    let id = project.db.sql("select id from karat.membership where key = '1'");
    let to = format!("/entities/people/{id}");
    assert_eq!(eve.get("/entities/people?q=list:1").header("location"), Some(to.as_str()));
    let golden = eve.page(&to);
    for text in [id.as_str(), "ann@x.org", "list:1", "list.csv, row 2, load", "2 records"] {
        assert!(golden.contains(text), "{text}: {golden}");
    }
    let nobody = "/entities/people/00000000-0000-8000-8000-000000000001";
    assert_eq!(eve.get(nobody).status, 422);
    assert_eq!(eve.get("/entities/cats").status, 404);
    assert!(eve.page("/datasets").contains("list.csv"));
    let dataset = eve.page("/datasets/list");
    assert!(dataset.contains("Rejected rows") && dataset.contains("Dan Fox"), "{dataset}");
    let runs = eve.page("/runs");
    assert!(runs.contains("check-golden") && runs.contains("state done"), "{runs}");
    assert!(eve.page("/runs/1").contains("resolve"));
    assert_eq!(eve.get("/runs/99").status, 404);
    assert!(eve.page("/accounts").contains("Invite somebody"));
    assert_eq!(eve.page("/health/live"), "live\n");
    assert_eq!(eve.page("/health/ready"), "ready\n");
}

#[test]
fn others_reach_it_only_over_tls() {
    let project = people();
    let refused = project.ends(2, &["serve", "--listen", "0.0.0.0:0"]);
    assert!(refused.contains("--public https://"), "{refused}");
    let wrong = project.ends(2, &["serve", "--listen", "127.0.0.1:0", "--public", "karat"]);
    assert!(wrong.contains("https://karat.example.com"), "{wrong}");
}
