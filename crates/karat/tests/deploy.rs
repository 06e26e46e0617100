//! Deployments over time: replacing, migrating, drifting, waiting; and what each role may do.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use std::ops::Deref;
use std::process::{Command, Stdio};
use std::time::Duration;

struct Project(project::Project);

impl Deref for Project {
    type Target = project::Project;

    fn deref(&self) -> &project::Project {
        &self.0
    }
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        Project(project::Project::new(files))
    }

    /// Deploys and says what was done.
    fn deploy(&self) -> String {
        let said = self.ends(0, &["deploy"]);
        let line = said.lines().find(|line| line.trim().starts_with("deploy"));
        line.unwrap_or_default()
            .split("  ")
            .filter(|p| !p.is_empty())
            .nth(1)
            .unwrap_or("")
            .to_owned()
    }
}

#[test]
fn a_second_deployment_is_nothing_and_says_so() {
    let project = Project::new(&[("schema/a.sql", "create table a (x int);")]);
    assert_eq!(project.deploy(), "1 made");
    assert_eq!(project.deploy(), "unchanged, 1 objects are as declared");
    assert_eq!(project.db.sql("select count(*) from karat.deployment"), "1");
    let (code, plan) = project.karat(&["plan"]);
    assert!(code == 0 && plan.contains("nothing to do"), "{plan}");
}

#[test]
fn a_changed_view_takes_its_dependants_along() {
    let project = Project::new(&[
        ("schema/a.sql", "create table a (x int);"),
        ("schema/v.sql", "create view v as select x from a;"),
        ("schema/w.sql", "create view w as select * from v; grant select on w to public;"),
    ]);
    project.deploy();
    project.write("schema/v.sql", "create view v as select 'n' || x as name, x from a;");
    assert_eq!(project.deploy(), "1 replaced, 3 kept");
    assert_eq!(
        project.db.sql(
            "select string_agg(attname, ',' order by attnum) from pg_attribute
        where attrelid = 'w'::regclass and attnum > 0"
        ),
        "name,x"
    );
    assert_eq!(project.db.sql("select has_table_privilege('public', 'w', 'select')"), "t");
    assert_eq!(project.deploy(), "unchanged, 4 objects are as declared");
}

#[test]
fn functions_triggers_policies_and_indexes_are_replaced_when_they_change() {
    let function =
        "create function f() returns trigger language plpgsql as $$ begin return new; end $$;";
    let project = Project::new(&[
        ("schema/a.sql", "create table a (x int); create index a_x on a (x);"),
        ("schema/f.sql", function),
        ("schema/t.sql", "create trigger t before insert on a for each row execute function f();"),
        (
            "schema/p.sql",
            "alter table a enable row level security; create policy p on a using (x > 0);",
        ),
    ]);
    assert_eq!(project.deploy(), "6 made");
    project.write("schema/f.sql", function.replace("return new", "new.x := 7; return new"));
    project.write(
        "schema/t.sql",
        "create trigger t before insert or update on a for each row execute function f();",
    );
    project.write(
        "schema/p.sql",
        "alter table a enable row level security; create policy p on a using (x > 1);",
    );
    project.write("schema/a.sql", "create table a (x int); create index a_x on a (x desc);");
    assert_eq!(project.deploy(), "4 replaced, 2 kept");
    assert_eq!(project.db.sql("insert into a values (1); select x from a"), "7");
    assert!(project.db.sql("select pg_get_indexdef('a_x'::regclass)").contains("DESC"));
}

#[test]
fn migrations_run_once_in_order_and_new_databases_do_not_need_them() {
    let project = Project::new(&[("schema/a.sql", "create table a (x int);")]);
    project.deploy();
    project.write("schema/a.sql", "create table a (x int, y text not null default 'n');");
    project.write("schema/migrations/0001_y.sql", "alter table a add column y text;");
    project.write(
        "schema/migrations/0002_y.sql",
        "update a set y = 'n'; alter table a alter y set not null, alter y set default 'n';",
    );
    assert_eq!(project.deploy(), "1 taken over, 2 migrations run");
    assert_eq!(project.deploy(), "unchanged, 1 objects are as declared");
    project.write("schema/migrations/0001_y.sql", "alter table a add column y varchar;");
    let (code, said) = project.karat(&["deploy"]);
    assert!(code == 2 && said.contains("was changed after it had run"), "{said}");
    project.write("schema/migrations/0001_y.sql", "alter table a add column y text;");
    let fresh = Project::new(&[]);
    for file in ["schema/a.sql", "schema/migrations/0001_y.sql", "schema/migrations/0002_y.sql"] {
        fresh.write(file, std::fs::read_to_string(project.path(file)).unwrap());
    }
    assert_eq!(fresh.deploy(), "1 made");
    assert_eq!(fresh.db.sql("select count(*) from karat.migration where skipped"), "2");
}

#[test]
fn a_table_made_by_other_means_is_taken_over_only_if_it_is_as_declared() {
    let project = Project::new(&[(
        "schema/a.sql",
        "create table a (id bigserial primary key, x int check (x > 0));",
    )]);
    project.db.sql("create table a (id bigserial primary key, x int check (x > 0))");
    assert_eq!(project.deploy(), "1 taken over");
    let other = Project::new(&[("schema/a.sql", "create table a (x int);")]);
    other.db.sql("create table a (x bigint)");
    let (code, said) = other.karat(&["deploy"]);
    assert!(code == 2 && said.contains("it is        column x bigint"), "{said}");
}

#[test]
fn verify_tells_what_is_missing_extra_different_invalid_and_disabled() {
    let project = Project::new(&[(
        "schema/a.sql",
        "create table a (x int); create table b (x int); create index a_x on a (x);
         create function f() returns trigger language plpgsql as $$ begin return new; end $$;
         create trigger t before insert on a for each row execute function f();",
    )]);
    project.deploy();
    assert_eq!(project.karat(&["verify"]).0, 0);
    project.db.sql(
        "drop table b; create table public.extra (x int); alter table a add column y int;
         alter table a disable trigger t;
         update pg_index set indisvalid = false where indexrelid = 'a_x'::regclass",
    );
    let (code, said) = project.karat(&["verify"]);
    assert_eq!(code, 1, "{said}");
    for expected in [
        "missing    table public.b",
        "extra      table public.extra",
        "different  table public.a",
        "+ y integer",
        "disabled   trigger t",
        "invalid    index public.a_x",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
}

#[test]
fn an_index_can_be_built_concurrently_and_a_broken_one_is_built_again() {
    let project = Project::new(&[
        ("schema/a.sql", "create table a (x int);"),
        ("schema/i.sql", "create index concurrently a_x on a (x);"),
    ]);
    assert_eq!(project.deploy(), "2 made");
    project.db.sql("update pg_index set indisvalid = false where indexrelid = 'a_x'::regclass");
    assert_eq!(project.deploy(), "1 replaced, 1 kept");
    assert_eq!(
        project.db.sql("select indisvalid from pg_index where indexrelid = 'a_x'::regclass"),
        "t"
    );
}

#[test]
fn a_deployment_waits_for_a_lock_and_tries_again() {
    let project = Project::new(&[("schema/a.sql", "create table a (x int);")]);
    project.deploy();
    project.write("schema/i.sql", "create index a_x on a (x);");
    let mut holder = Command::new(karat_store::local::psql(None).unwrap())
        .args(["-Xq", &project.db.url(), "-c", "begin; lock table a; select pg_sleep(4); commit"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let held = "select exists (select 1 from pg_locks where relation = 'a'::regclass and granted
        and mode = 'AccessExclusiveLock')";
    while project.db.sql(held) != "t" {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(project.deploy(), "1 made, 1 kept");
    holder.wait().unwrap();
}

#[test]
fn a_lost_server_is_told_as_such() {
    let project = Project::new(&[(
        "schema/a.sql",
        "create table a (x int); select pg_terminate_backend(pg_backend_pid());",
    )]);
    let (code, said) = project.karat(&["deploy"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("nothing was left half done") || said.contains("terminating"), "{said}");
    assert_eq!(project.db.sql("select to_regclass('public.a') is null"), "t");
}

#[test]
fn each_role_of_the_example_may_do_what_it_should_and_no_more() {
    let project = Project::new(&[]);
    let dir = project.path("p");
    let new = ["new", &dir.display().to_string(), "--example", "agents", "--size", "40x40"];
    assert_eq!(project.karat(&new).0, 0);
    let run = Command::new(env!("CARGO_BIN_EXE_karat"))
        .args(["--project", &dir.display().to_string(), "run"])
        .env("DATABASE_URL", project.db.url())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let may = |role: &str, statement: &str| {
        let sql = format!("begin; set local role {role}; {statement}; rollback");
        let url = project.db.url();
        let psql = karat_store::local::psql(None).unwrap();
        let output =
            Command::new(psql).args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", &sql, &url]).output();
        let output = output.unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    for table in [
        "bronze.company_info_raw",
        "public.new_agents",
        "public.unified_company_member",
        "public.new_unified_agents",
        "public.unified_merge_logs",
    ] {
        let count = format!("select count(*) > 0 from {table}");
        let delete =
            format!("with d as (delete from {table} returning 1) select count(*) > 0 from d");
        for role in ["karat_reader", "karat_writer", "karat_service"] {
            assert_eq!(may(role, &count).as_deref(), Some("t"), "{role} reads {table}");
        }
        assert_eq!(may("karat_reader", &delete), None, "a reader deletes from {table}");
        assert_eq!(
            may("karat_writer", &delete).as_deref(),
            Some("t"),
            "a writer cannot in {table}"
        );
        assert_eq!(may("karat_writer", &format!("truncate {table} cascade")), None);
        assert_eq!(may("pg_monitor", &count), None, "a stranger reads {table}");
    }
}
