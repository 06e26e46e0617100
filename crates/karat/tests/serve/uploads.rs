//! Files handed over in a browser: kept once, recognised, loaded by a job; what is too large, or
//! never becomes whole, leaves nothing.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::browser::{Answer, Browser};
use crate::project::Project;
use crate::served::Served;

const DATASET: &str = "files = \"none/*.csv\"\noptional = true\nkey = [\"id\"]\nmode = \"merge\"\n\
     [columns]\nid = { type = \"integer\" }\nname = {}\nemail = { clean = [\"email\"] }\n";
const ENTITY: &str = r#"
sources = [{ dataset = "list" }]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [{ name = "same e-mail", score = 95, when = [{ same = "email" }] }]
"#;
const LIST: &str =
    "id,name,email\n1,Ann Lee,ann@x.org\n2,Anne Lee,ann@x.org\n3,Bob Ray,bob@x.org\n";

fn people() -> Project {
    Project::new(&[("datasets/list.toml", DATASET), ("entities/people.toml", ENTITY)])
}

/// The files in a folder and below, but for links to others of them.
fn kept(project: &Project) -> Vec<PathBuf> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path().is_dir() {
                true => below(&entry.path(), found),
                false => found.push(entry.path()),
            }
        }
    }
    let mut found = Vec::new();
    below(&project.path(".karat/files"), &mut found);
    found
}

/// Waits until every job has ended; their states.
pub fn ended(project: &Project) -> String {
    let since = Instant::now();
    let open = "select count(*) from karat.job where finished_at is null";
    while project.db.sql(open) != "0" {
        let jobs = || {
            project
                .db
                .sql("select string_agg(state || ' ' || coalesce(error, ''), '; ') from karat.job")
        };
        assert!(since.elapsed() < Duration::from_secs(300), "{}", jobs());
        thread::sleep(Duration::from_millis(50));
    }
    project.db.sql("select coalesce(string_agg(state, ' ' order by id), '') from karat.job")
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

#[test]
fn a_file_is_recognised_loaded_and_resolved() {
    let project = people();
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let at = location(&eve.upload("people of march.csv", LIST.as_bytes()));
    assert_eq!(ended(&project), "completed");
    let page = eve.page(&at);
    for text in ["people of march.csv", "Loaded into", "completed", "What it was taken for"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(project.db.sql("select count(*) from golden_people"), "2");
    let origin = project.db.sql("select origin from karat.load");
    assert!(origin.ends_with("/people of march.csv"), "{origin}");
    let by = "select requested_by || ' ' || interface from karat.job";
    assert_eq!(project.db.sql(by), "Eve page");
    let told = project.ends(0, &["jobs", "show", "1"]);
    assert!(told.contains("completed") && told.contains("Eve"), "{told}");
    assert!(eve.page("/jobs").contains("completed"));
    let job = eve.page("/jobs/1");
    assert!(job.contains("/runs/1") && !job.contains("live.js"), "{job}");
    assert_eq!(eve.get("/jobs/77").status, 404);
    served.end();
}

#[test]
fn the_same_bytes_are_kept_once_and_loaded_once() {
    let project = people();
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    for name in ["a.csv", "a.csv", "a.csv", "renamed.csv"] {
        location(&eve.upload(name, LIST.as_bytes()));
    }
    thread::scope(|scope| {
        for _ in 0..8 {
            let mut eve = eve.clone();
            scope.spawn(move || location(&eve.upload("a.csv", LIST.as_bytes())));
        }
    });
    location(&eve.upload("a.csv", LIST.replace("Bob Ray", "Rob Ray").as_bytes()));
    assert_eq!(ended(&project), "completed completed");
    assert_eq!(kept(&project).len(), 2, "{:?}", kept(&project));
    assert_eq!(project.db.sql("select count(*) from karat.upload"), "13");
    assert_eq!(project.db.sql("select count(*) from karat.upload where job = 1"), "12");
    assert_eq!(project.db.sql("select name from list where id = 3"), "Rob Ray");
    assert!(eve.page("/uploads").contains("came 12 times"));
    // On demand they are processed again, and nothing is another for it.
    let again = eve.post("/uploads/1", &[("dataset", "list"), ("again", "true")]);
    assert_eq!(location(&again), "/jobs/3");
    assert_eq!(ended(&project), "completed completed completed");
    assert_eq!(project.db.sql("select count(*) from list"), "3");
    served.end();
}

#[test]
fn a_file_that_could_be_anything_waits_for_somebody_to_choose() {
    let project = people();
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let strange = "ID,Wer,Post\n7,Cid Poe,cid@x.org\n";
    let at = location(&eve.upload("strange.csv", strange.as_bytes()));
    let page = eve.page(&at);
    assert!(page.contains("Choose where its rows go") && page.contains(">list</option>"), "{page}");
    assert_eq!(project.db.sql("select count(*) from karat.job"), "0");
    let no_such = eve.post(&at, &[("dataset", "cats")]);
    assert_eq!(no_such.status, 422, "{no_such:?}");
    let empty = eve.upload("empty.csv", b"");
    assert!(empty.status == 422 && empty.body.contains("without bytes"), "{empty:?}");
    let chosen = location(&eve.post(&at, &[("dataset", "list")]));
    assert_eq!(chosen, "/jobs/1");
    let state = ended(&project);
    // Its columns are not those of the dataset: the load says so, and nothing was loaded.
    assert_eq!(state, "discarded", "{}", eve.page("/jobs/1"));
    assert!(eve.page("/jobs/1").contains("Begin again"));
    served.end();
}

#[test]
fn what_is_too_large_or_breaks_off_leaves_nothing() {
    let project = people();
    let served = Served::start(&project, &["--upload-limit", "1"]);
    let mut eve = Browser::eve(&served);
    let large = eve.upload("large.csv", &vec![b'x'; 3_000_000]);
    assert!(large.status == 413 && large.body.contains("larger than 1.0 MB"), "{large:?}");
    eve.upload_half(&vec![b'x'; 500_000]);
    let since = Instant::now();
    while !kept(&project).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(60), "{:?}", kept(&project));
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(project.db.sql("select count(*) from karat.upload"), "0");
    let mut stranger = Browser::new(&served);
    let refused = stranger.upload("list.csv", LIST.as_bytes());
    assert_eq!(refused.status, 303);
    assert!(refused.header("location").unwrap().starts_with("/sign-in"), "{refused:?}");
    assert!(kept(&project).is_empty());
    served.end();
}
