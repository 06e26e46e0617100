//! Loads that commit by segments: whatever breaks them off, the next one goes on where they were
//! and ends where an undisturbed one ends.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use karat_testdb::TestDb;

/// Keys are found by a merge: rows go by the stage.
const STAGED: (&str, &str) = ("key = [\"id\"]\n", "");
/// The table refuses a double key: segments with one need a merge of their own.
const SEGMENTS: (&str, &str) =
    ("key = [\"id\"]\nmode = \"append\"\ncommit = \"segments\"\n", " primary key");
const ROUTES: [(&str, &str); 2] = [STAGED, SEGMENTS];

/// A project with one dataset in segments of 1 KiB, and its database.
struct Project {
    folder: tempfile::TempDir,
    db: TestDb,
}

impl Project {
    /// Deployed, and without a file to load yet.
    fn new((dataset, key): (&str, &str)) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), db: TestDb::new() };
        project.write("karat.toml", "name = \"t\"\n[resources]\nsegment = \"1 KiB\"\n");
        project.declare(dataset);
        let columns = "mail text, n smallint check (n < 900), note text";
        project
            .write("schema/d.sql", &format!("create table public.d (id bigint{key}, {columns});"));
        project.run(0);
        project.db.sql("create schema test");
        project
    }

    fn declare(&self, dataset: &str) {
        let columns = "[columns.mail]\nclean = [\"email\"]\n";
        let text = format!("files = \"d.csv\"\noptional = true\n{dataset}{columns}");
        self.write("datasets/d.toml", &text);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn karat(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--project").arg(self.folder.path()).arg("run").env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("DATABASE_URL", self.db.url());
        command
    }

    /// Runs to the end; what it said.
    fn run(&self, code: i32) -> String {
        let output = self.karat().output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    /// Has the server do something when a row is about to be written to one of Karat's tables.
    fn when(&self, event: &str, condition: &str, action: &str) {
        self.db.sql(&format!(
            "create function test.act() returns trigger language plpgsql as
             $$ begin perform {action}; return new; end $$;
             create trigger act before {event} for each row when ({condition})
             execute function test.act()"
        ));
    }

    fn leave_alone(&self) {
        self.db.sql("drop function test.act() cascade");
    }

    /// Runs, and has the server drop all of Karat's connections at an instant.
    fn break_off(&self, event: &str, condition: &str) {
        let kill = "pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'karat'
            order by pid = pg_backend_pid()";
        self.when(event, condition, kill);
        self.run(2);
        self.leave_alone();
    }

    fn break_off_at(&self, segment: usize) {
        self.break_off("insert on karat.load_segment", &format!("new.number = {segment}"));
    }

    /// Table, books and rejects.
    fn state(&self) -> String {
        self.db.sql(
            "select t::text from public.d t order by karat_row;
             select id, dataset, origin, sha256, finished_at is null, read, inserted, updated,
                    unchanged, duplicate, rejected, removed, findings
             from karat.load order by id;
             select load, line, byte, \"column\", rule, message, raw from karat.reject
             order by load, line, byte;
             select count(*) from karat.load_segment;
             select relname from pg_class where relname like 'stage%'",
        )
    }
}

/// Rows of which some do not fit, come again, or contradict an earlier one; with blank lines,
/// fields over several lines and a quote that never closes.
fn rows(count: usize) -> String {
    let mut text = "id,mail,n,note\r\n".to_owned();
    for at in 0..count {
        let id = if at % 37 == 36 { at - 30 } else { at };
        let mail = if at % 11 == 5 { "nobody".to_owned() } else { format!("a{id}@example.com") };
        let n = match at % 41 {
            7 => "x".to_owned(),
            8 => "999".to_owned(),
            _ => (id % 500).to_string(),
        };
        let note = match at % 37 {
            36 if at % 2 == 0 => format!("\"another\r\n{at}\""),
            _ => format!("\"note\r\n{}\"", id % 7),
        };
        let end = if at % 13 == 0 { "\r\n\r\n" } else { "\r\n" };
        write!(text, "{id},{mail},{n},{note}{end}").unwrap();
    }
    text + "999999,b@example.com,1,\"open\r\n"
}

const ROWS: usize = 300;

/// What an undisturbed load leaves.
fn undisturbed(route: (&str, &str), csv: &str) -> String {
    let project = Project::new(route);
    project.write("d.csv", csv);
    project.run(0);
    project.state()
}

#[test]
fn a_load_goes_on_behind_every_segment_as_if_nothing_had_been() {
    let csv = rows(ROWS);
    for route in ROUTES {
        let expected = undisturbed(route, &csv);
        let segments = csv.len() / 1024;
        for segment in (1..segments).step_by(4).chain([segments - 1]) {
            let project = Project::new(route);
            project.write("d.csv", &csv);
            project.break_off_at(segment);
            let said = project.run(0);
            assert_eq!(said.contains("resumed at byte"), segment > 1, "{segment}: {said}");
            assert_eq!(project.state(), expected, "{segment} {route:?}");
        }
    }
}

#[test]
fn a_load_that_is_broken_off_again_and_again_ends_the_same() {
    let csv = rows(ROWS);
    for route in ROUTES {
        let expected = undisturbed(route, &csv);
        let project = Project::new(route);
        project.write("d.csv", &csv);
        for segment in [2, 3, 7] {
            project.break_off_at(segment);
        }
        project.break_off("insert on karat.reject", "new.line > 500");
        project.break_off("insert or update on karat.load", "new.finished_at is not null");
        let said = project.run(0);
        assert!(said.contains("resumed at byte"), "{said}");
        assert_eq!(project.state(), expected, "{route:?}");
    }
}

#[test]
fn a_killed_process_leaves_what_the_next_one_goes_on_with() {
    let csv = rows(ROWS);
    for (route, seen) in ROUTES.into_iter().zip([false, true]) {
        let expected = undisturbed(route, &csv);
        let project = Project::new(route);
        project.write("d.csv", &csv);
        project.when("insert on karat.load_segment", "new.number = 5", "pg_sleep(1.5)");
        let mut karat = project.karat();
        let mut karat = karat.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let since = Instant::now();
        while project.db.sql("select count(*) from karat.load_segment") != "4" {
            assert!(since.elapsed() < Duration::from_secs(60), "no fourth segment");
            sleep(Duration::from_millis(5));
        }
        assert_eq!(
            project.db.sql("select count(*) > 0 from public.d"),
            if seen { "t" } else { "f" }
        );
        karat.kill().unwrap();
        assert!(!karat.wait().unwrap().success());
        project.leave_alone();
        let said = project.run(0);
        let place = said.split_once("resumed at byte ").unwrap().1;
        let byte: usize = place.split_once(' ').unwrap().0.parse().unwrap();
        let line = csv[..byte].lines().count() + 1;
        assert!(byte >= 4 * 1024 && place.contains(&format!("(row {line}) of d.csv")), "{said}");
        assert_eq!(project.state(), expected, "{route:?}");
    }
}

#[test]
fn what_is_not_the_same_any_more_begins_anew() {
    let csv = rows(ROWS);
    let other = csv.replacen("a1@example.com", "b1@example.com", 1);
    let longer = csv.replacen("a1@example.com", "longer@example.com", 1);
    for route in ROUTES {
        for (changed, why) in [(&other, "the file has changed"), (&longer, "are not the same")] {
            let project = Project::new(route);
            project.write("d.csv", &csv);
            project.break_off_at(4);
            project.write("d.csv", changed);
            let said = project.run(0);
            assert!(said.contains("begun anew") && said.contains(why), "{said}");
            assert_eq!(project.state(), undisturbed(route, changed), "{route:?}");
        }
        let project = Project::new(route);
        project.write("d.csv", &csv);
        project.break_off_at(4);
        let settings = format!("{}null = [\"note\"]\n", route.0);
        project.declare(&settings);
        let said = project.run(0);
        assert!(said.contains("begun anew") && said.contains("settings"), "{said}");
        assert_eq!(project.state(), undisturbed((&settings, route.1), &csv), "{route:?}");
    }
}

#[test]
fn a_stage_that_the_server_has_emptied_is_filled_anew() {
    let csv = rows(ROWS);
    let project = Project::new(STAGED);
    project.write("d.csv", &csv);
    project.break_off_at(4);
    project.db.sql("truncate karat.stage_1");
    let said = project.run(0);
    assert!(said.contains("begun anew") && said.contains("has lost its stage"), "{said}");
    assert_eq!(project.state(), undisturbed(STAGED, &csv));
}

#[test]
fn a_stage_whose_file_is_gone_is_dropped() {
    let project = Project::new(STAGED);
    project.write("d.csv", &rows(ROWS));
    project.break_off_at(4);
    std::fs::remove_file(project.folder.path().join("d.csv")).unwrap();
    project.run(0);
    let left = "select (select count(*) from karat.load) + (select count(*) from karat.reject),
                       to_regclass('karat.stage_1')";
    assert_eq!(project.db.sql(left), "0|");
}

#[test]
fn segments_leave_the_rows_that_a_load_as_a_whole_leaves() {
    let csv = rows(ROWS);
    let whole = ("key = [\"id\"]\nmode = \"append\"\n", " primary key");
    assert_eq!(undisturbed(SEGMENTS, &csv), undisturbed(whole, &csv));
}

#[test]
fn too_many_rejects_stop_a_load_at_their_segment() {
    let csv = rows(ROWS);
    let (dataset, key) = SEGMENTS;
    let project = Project::new((&format!("{dataset}rejects.most = 3\n"), key));
    project.write("d.csv", &csv);
    let said = project.run(2);
    assert!(said.contains("are loaded and stay") && said.contains("most = 3"), "{said}");
    let books = "select finished_at is null, read > 0, rejected <= 3,
            inserted = (select count(*) from public.d where karat_load = l.id),
            rejected = (select count(*) from karat.reject where load = l.id),
            read = inserted + unchanged + duplicate + rejected
        from karat.load l";
    assert_eq!(project.db.sql(books), "t|t|t|t|t|t");
    let before = project.state();
    project.run(2);
    assert_eq!(project.state(), before);
    project.declare(dataset);
    let said = project.run(0);
    assert!(said.contains("rows were taken back"), "{said}");
    assert_eq!(project.state(), undisturbed(SEGMENTS, &csv));
}

#[test]
fn only_appended_files_can_be_committed_by_segments() {
    let project = Project::new(STAGED);
    project.declare("key = [\"id\"]\ncommit = \"segments\"\n");
    let said = project.run(2);
    assert!(said.contains("can be committed by segments") && said.contains("hint: "), "{said}");
}
