//! Runs as jobs: ordered, looked at, worked on, handed back, cancelled and begun anew.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod support;

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use support::Project;

const GATED: &str = "
create table public.gate (id int primary key);
create table public.a (id int);
create table public.b (id int);
create function public.hold() returns trigger language plpgsql as $$
begin
    while exists (select 1 from public.gate g) loop
        perform pg_sleep(0.05);
    end loop;
    return null;
end $$;
create trigger hold before insert on public.a for each statement execute function public.hold();
";

fn project() -> Project {
    Project::new(&[
        ("schema/d.sql", GATED),
        ("datasets/a.toml", "files = \"a.csv\"\nmode = \"append\"\n"),
        ("datasets/b.toml", "files = \"b.csv\"\nmode = \"append\"\n"),
        ("a.csv", "id\n1\n"),
        ("b.csv", "id\n2\n"),
    ])
}

fn json(said: &str) -> serde_json::Value {
    serde_json::from_str(said).unwrap_or_else(|e| panic!("{e}: {said}"))
}

fn work(project: &Project) -> Child {
    let mut command = project.command(&["work"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn tell(worker: &Child, signal: &str) {
    let told = Command::new("kill").args([signal, &worker.id().to_string()]).status().unwrap();
    assert!(told.success());
}

#[test]
fn a_run_that_is_ordered_is_done_by_a_worker_and_once() {
    let project = project();
    assert!(project.ends(2, &["jobs", "list"]).contains("nothing was put into the queue"));
    let ordered = json(&project.ends(0, &["run", "--queue", "--format", "json"]));
    assert_eq!(ordered, serde_json::json!({ "jobs": [1] }));
    assert_eq!(project.db.sql("select count(*) from karat.run"), "0");
    project.ends(0, &["run", "load", "--queue", "--after", "1"]);
    let listed = project.ends(0, &["jobs", "list"]);
    assert!(listed.contains("available") && listed.contains("waiting"), "{listed}");
    let worked = json(&project.ends(0, &["work", "--until-idle", "--format", "json"]));
    assert_eq!((&worked["completed"], &worked["put_back"]), (&2.into(), &0.into()));
    let first = json(&project.ends(0, &["jobs", "show", "1", "--format", "json"]));
    assert_eq!((&first["state"], &first["runs"]), (&"completed".into(), &serde_json::json!([1])));
    assert_eq!(first["result"]["changed"], true);
    let second = json(&project.ends(0, &["jobs", "show", "2", "--format", "json"]));
    assert_eq!(second["result"]["changed"], false, "{second}");
    assert_eq!(project.db.sql("select count(*) from public.a, public.b"), "1");
    let shown = project.ends(0, &["jobs", "show", "1"]);
    assert!(shown.contains("asked for") && shown.contains("through cli"), "{shown}");
    assert!(project.ends(2, &["jobs", "show", "9"]).contains("there is no job 9"));
    assert!(project.ends(2, &["jobs", "retry", "1"]).contains("it is completed"));
    let page = json(&project.ends(0, &["jobs", "list", "--limit", "1", "--format", "json"]));
    assert_eq!((&page["last"], &page["more"]), (&2.into(), &true.into()));
    let rest = project.ends(0, &["jobs", "list", "--before", "2", "--format", "json"]);
    assert_eq!(json(&rest)["jobs"][0]["id"], 1);
}

#[test]
fn a_run_that_cannot_go_well_is_given_up_and_begun_anew_when_it_is_mended() {
    let project = project();
    std::fs::remove_file(project.path("b.csv")).unwrap();
    project.ends(0, &["run", "--queue"]);
    let worked = project.ends(1, &["work", "--until-idle"]);
    assert!(worked.contains("no file matches") && worked.contains("1 given up"), "{worked}");
    let shown = project.ends(0, &["jobs", "show", "1"]);
    assert!(shown.contains("discarded") && shown.contains("hint: put the file there"), "{shown}");
    assert!(project.ends(1, &["status", "--check"]).contains("1 job was given up"));
    project.write("b.csv", "id\n2\n");
    assert!(project.ends(0, &["jobs", "retry", "1"]).contains("job 1 is available now"));
    project.ends(0, &["work", "--once"]);
    let states = "select state, attempt, failures from karat.job";
    assert_eq!(project.db.sql(states), "completed|2|0");
    assert_eq!(project.db.sql("select count(*) from public.a, public.b"), "1");
}

#[test]
fn steps_that_are_jobs_go_on_behind_the_one_that_was_mended() {
    let project = project();
    std::fs::remove_file(project.path("b.csv")).unwrap();
    let ordered = project.ends(0, &["run", "--queue", "--by-step", "--format", "json"]);
    assert_eq!(json(&ordered), serde_json::json!({ "jobs": [1, 2, 3] }));
    let states = "select string_agg(state, ' ' order by id) from karat.job";
    assert_eq!(project.db.sql(states), "available waiting waiting");
    project.ends(1, &["work", "--until-idle"]);
    assert_eq!(project.db.sql(states), "completed discarded cancelled");
    project.write("b.csv", "id\n2\n");
    project.ends(0, &["jobs", "retry", "2"]);
    assert_eq!(project.db.sql(states), "completed waiting waiting");
    project.ends(0, &["work", "--until-idle"]);
    assert_eq!(project.db.sql(states), "completed completed completed");
    assert!(!project.ends(0, &["status"]).contains("given up"));
}

#[test]
fn a_worker_that_is_told_to_end_hands_its_run_back_between_two_datasets() {
    let project = project();
    project.ends(0, &["run", "deploy"]);
    project.db.sql("insert into public.gate values (1)");
    project.ends(0, &["run", "--queue", "--attempts", "1"]);
    let worker = work(&project);
    let held = "select count(*) from pg_stat_activity where query like 'copy%' \
                and datname = current_database() and wait_event = 'PgSleep'";
    project.db.eventually(held, "1");
    tell(&worker, "-TERM");
    // It goes on with what is half done, and does not begin the next.
    sleep(Duration::from_millis(200));
    project.db.sql("delete from public.gate");
    let ended = worker.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success() && said.contains("job 1: handed back"), "{said}");
    let states = "select state, attempt, failures from karat.job";
    assert_eq!(project.db.sql(states), "available|1|0");
    let loaded = "select (select count(*) from public.a), (select count(*) from public.b)";
    assert_eq!(project.db.sql(loaded), "1|0");
    project.ends(0, &["work", "--until-idle"]);
    assert_eq!(project.db.sql(states), "completed|2|0");
    assert_eq!(project.db.sql(loaded), "1|1");
}

#[test]
fn a_run_is_cancelled_in_the_middle_of_a_statement() {
    let project = project();
    project.ends(0, &["run", "deploy"]);
    project.db.sql("insert into public.gate values (1)");
    project.ends(0, &["run", "--queue"]);
    let mut worker = work(&project);
    project.db.eventually("select state from karat.job", "running");
    let held = "select count(*) from pg_stat_activity where query like 'copy%' \
                and datname = current_database() and wait_event = 'PgSleep'";
    project.db.eventually(held, "1");
    assert!(project.ends(0, &["jobs", "cancel", "1"]).contains("stops at its next chance"));
    project.db.eventually("select state from karat.job", "cancelled");
    project.db.eventually(held, "0");
    assert_eq!(project.db.sql("select count(*) from public.a"), "0");
    let closed = "select status, error from karat.run order by id desc limit 1";
    assert_eq!(project.db.sql(closed), "abandoned|it was cancelled");
    tell(&worker, "-INT");
    assert!(worker.wait().unwrap().success());
}

#[test]
fn a_run_of_somebody_else_is_waited_for_and_costs_no_attempt() {
    let project = project();
    project.ends(0, &["run", "deploy"]);
    project.db.sql("insert into public.gate values (1)");
    project.ends(0, &["run", "--queue", "--attempts", "1"]);
    let typed = project.command(&["run"]).stdout(Stdio::null()).spawn().unwrap();
    let held = "select count(*) from pg_stat_activity where query like 'copy%' \
                and datname = current_database() and wait_event = 'PgSleep'";
    project.db.eventually(held, "1");
    let worker = work(&project);
    project.db.eventually("select state from karat.job", "scheduled");
    assert!(project.ends(0, &["jobs", "list"]).contains("scheduled"));
    project.db.sql("delete from public.gate");
    project.db.eventually("select state from karat.job", "completed");
    assert!(typed.wait_with_output().unwrap().status.success());
    tell(&worker, "-TERM");
    assert!(worker.wait_with_output().unwrap().status.success());
    let counted = "select failures, attempt > 1 from karat.job";
    assert_eq!(project.db.sql(counted), "0|t");
    assert_eq!(project.db.sql("select count(*) from public.a, public.b"), "1");
}
