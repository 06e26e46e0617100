//! What a first user sees when something is not as it should be: every answer as a whole, exit
//! code and both streams. Each failure says what, where and what next, and exits with 2.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod support;

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;

use insta::assert_snapshot;
use karat_testdb::TestDb;
use support::{SECRET, World};

const EMPTY: (&str, &str) = ("karat.toml", "name = \"shop\"\n");
const PEOPLE: &str = "files = \"data/people.csv\"\nkey = [\"id\"]\n";
const TABLE: &str = "create table public.people (\n    id text primary key,\n    name text\n);\n";
const PERSON: &str = "[[sources]]\ndataset = \"people\"\n\n[fields.name]\nfrom = \"name\"\n\n\
    [[tiers]]\nname = \"same name\"\nscore = 90\nwhen = [{ same = \"name\" }]\n";

/// A project that loads people into a declared table.
fn people(world: &World, csv: &str) {
    world.write(&[
        EMPTY,
        ("datasets/people.toml", PEOPLE),
        ("schema/people.sql", TABLE),
        ("data/people.csv", csv),
    ]);
}

fn report(world: &World) -> serde_json::Value {
    let text = fs::read_to_string(world.path("logs/deployment_report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

// --- No database -------------------------------------------------------------------------------

#[test]
fn no_postgresql_is_installed() {
    let mut world = World::new();
    world.write(&[EMPTY]);
    fs::create_dir(world.path("empty")).unwrap();
    world.set("KARAT_PG_BIN", &world.path("empty").display().to_string());
    assert_snapshot!("no_postgresql", world.run(&["run"]));
}

#[test]
fn the_url_cannot_be_read() {
    let mut shown = String::new();
    for url in [
        format!("postgresql://joe:{SECRET}@host:port/shop"),
        format!("mysql://joe:{SECRET}@127.0.0.1/shop"),
        format!("postgresql://joe:{SECRET}@/shop"),
        format!("postgresql://joe:p@{SECRET}@127.0.0.1:1/shop"),
    ] {
        let mut world = World::new();
        world.write(&[EMPTY]);
        world.set("DATABASE_URL", &url);
        shown += &world.run(&["run", "--log-file", "logs/karat.log"]);
    }
    assert_snapshot!("unreadable_url", shown);
}

#[test]
fn nobody_listens_at_the_url() {
    let mut world = World::new();
    world.write(&[EMPTY]);
    world.set("DATABASE_URL", &format!("postgresql://joe:p%40{SECRET}@127.0.0.1:1/shop"));
    let mut shown = world.run(&["run", "--log-file", "logs/karat.log"]);
    assert_eq!(report(&world)["status"], "failed");
    for command in [&["plan"][..], &["verify"], &["rejects", "list"], &["review", "list"]] {
        shown += &world.run(command);
    }
    shown += &world.run(&["run", "--database-url", "postgresql://joe@no-such-host.invalid/shop"]);
    assert_snapshot!("connection_refused", shown);
}

#[test]
fn the_database_or_the_user_does_not_exist() {
    let db = TestDb::new();
    let mut shown = String::new();
    let wrong = [("/t_", "/no_such_"), ("//karat@", &format!("//nobody_here:{SECRET}@"))];
    for (right, wrong) in wrong {
        let mut world = World::with_database(&db);
        world.write(&[EMPTY]);
        let url = db.url().replacen(right, wrong, 1);
        let name = url.split_once("@/").and_then(|(_, rest)| rest.split_once('?')).unwrap().0;
        world.show_as(name, "[NAME]");
        world.set("DATABASE_URL", &url);
        shown += &world.run(&["run"]);
    }
    assert_snapshot!("no_such_database_or_user", shown);
}

/// A server that refuses every password, as PostgreSQL does.
fn refusing_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut message = || {
                let mut length = [0; 4];
                stream.read_exact(&mut length).ok()?;
                let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
                stream.read_exact(&mut body).ok()?;
                let asks_for_tls = body == 80_877_103_u32.to_be_bytes();
                if asks_for_tls {
                    stream.write_all(b"N").ok()?;
                    return Some(());
                }
                let fields =
                    b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"joe\"\0\0";
                stream.write_all(b"E").ok()?;
                stream.write_all(&(fields.len() as u32 + 4).to_be_bytes()).ok()?;
                stream.write_all(fields).ok()?;
                None
            };
            while message().is_some() {}
        }
    });
    port
}

#[test]
fn the_password_is_wrong() {
    let mut world = World::new();
    let port = refusing_server();
    world.write(&[EMPTY]);
    world.show_as(&format!(":{port}/"), ":[PORT]/");
    world.show_as(&format!(":{port}"), ":[PORT]");
    world.set("DATABASE_URL", &format!("postgresql://joe:p%40{SECRET}@127.0.0.1:{port}/shop"));
    let log = ["run", "--log-file", "logs/karat.log", "--log-level", "debug"];
    assert_snapshot!("wrong_password", world.run(&log));
}

// --- Data files --------------------------------------------------------------------------------

#[test]
fn a_data_file_does_not_fit_its_declaration() {
    let cases = [
        ("column missing", "id,nom\n1,Ann\n"),
        ("column that the table lacks", "id,name,shoe_size\n1,Ann,37\n"),
        ("empty file", ""),
        ("header only", "id,name\n"),
        ("duplicate header", "id,name,name\n1,Ann,Bea\n"),
        ("no key column", "name\nAnn\n"),
        ("rows that do not fit", "id,name\n1,Ann\n2,Bea,Bob\n,Cid\n"),
    ];
    let mut shown = String::new();
    for (case, csv) in cases {
        let db = TestDb::new();
        let world = World::with_database(&db);
        people(&world, csv);
        let declared = format!("{PEOPLE}[columns]\nname = {{ header = \"name\" }}\n");
        world.write(&[("datasets/people.toml", &declared)]);
        shown += &format!("## {case}\n{}", world.run(&["run"]));
    }
    assert_snapshot!("data_files", shown);
}

#[test]
fn a_data_file_is_not_there() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,name\n1,Ann\n");
    fs::remove_file(world.path("data/people.csv")).unwrap();
    let mut shown = world.run(&["run"]);
    shown += &world.run(&["load", "data/people.csv"]);
    shown += &world.run(&["load", "other.csv"]);
    shown += &world.run(&["load", "other.csv", "--dataset", "peple"]);
    fs::create_dir(world.path("data/people.csv")).unwrap();
    shown += "## a folder in its place\n";
    shown += &world.run(&["run"]);
    shown += &world.run(&["load", "data/people.csv"]);
    assert_snapshot!("missing_data_file", shown);
}

/// A user without rights; root may read and write everything.
const NOBODY: u32 = 65534;

/// Makes all below a folder the unprivileged user's.
fn give_away(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            give_away(&path);
        }
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
}

/// Runs the command as a user without rights, who may be unable to reach the build folder.
fn unprivileged(world: &World, arguments: &[&str]) -> String {
    let folder = world.path("..");
    let program = folder.join("karat");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_karat"), &program).unwrap();
    }
    let mut command = world.karat_at(&program, arguments);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        if fs::metadata(&folder).unwrap().uid() == 0 {
            give_away(&folder);
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    world.end(command, arguments)
}

#[test]
fn a_data_file_may_not_be_read() {
    let world = World::new();
    people(&world, "id,name\n1,Ann\n");
    let mode = |mode| {
        fs::set_permissions(world.path("data/people.csv"), Permissions::from_mode(mode)).unwrap();
    };
    mode(0o000);
    let mut shown = unprivileged(&world, &["run"]);
    mode(0o600);
    shown += &unprivileged(&world, &["run"]);
    assert_snapshot!("unreadable_data_file", shown);
}

#[test]
fn the_project_folder_may_not_be_written() {
    let world = World::new();
    people(&world, "id,name\n1,Ann\n");
    let mode = |path, mode| {
        fs::set_permissions(world.path(path), Permissions::from_mode(mode)).unwrap();
    };
    mode("", 0o555);
    let mut shown = unprivileged(&world, &["run"]);
    shown += &unprivileged(&world, &["new", "below"]);
    shown += &unprivileged(&world, &["run", "--log-file", "karat.log"]);
    mode("", 0o755);
    world.write(&[("logs/keep", "")]);
    mode("logs", 0o555);
    shown += "## only the report's folder\n";
    shown += &unprivileged(&world, &["run"]);
    mode("logs", 0o755);
    assert_snapshot!("read_only_project", shown);
}

// --- Project files -----------------------------------------------------------------------------

#[test]
fn a_project_file_is_wrong() {
    let cases: [(&str, &[(&str, &str)]); 9] = [
        ("syntax", &[("karat.toml", "name = \"shop\nregion = \"US\"\n")]),
        ("unknown key", &[("karat.toml", "name = \"shop\"\nregoin = \"US\"\n")]),
        ("wrong type", &[("karat.toml", "name = \"shop\"\nrls = \"yes\"\n")]),
        ("size", &[("karat.toml", "name = \"shop\"\n\n[resources]\nmemory = \"4 gigs\"\n")]),
        ("size of a number", &[("karat.toml", "name = \"shop\"\nresources.memory = 4\n")]),
        ("no name", &[("karat.toml", "region = \"US\"\n")]),
        ("plain url", &[("karat.toml", "name = \"shop\"\nurl = \"postgresql://joe@h/shop\"\n")]),
        ("unknown dataset", &[EMPTY, ("entities/person.toml", PERSON)]),
        (
            "no key",
            &[
                EMPTY,
                ("datasets/people.toml", "files = \"data/people.csv\"\n"),
                ("entities/person.toml", PERSON),
            ],
        ),
    ];
    let mut shown = String::new();
    for (case, files) in cases {
        let world = World::new();
        world.write(files);
        shown += &format!("## {case}\n{}", world.run(&["run"]));
    }
    assert_snapshot!("project_files", shown);
}

#[test]
fn a_url_in_a_project_file_is_not_repeated() {
    let world = World::new();
    let lines = [
        format!("url = \"postgresql://joe:{SECRET}@h/shop\""),
        format!("url = \"postgresql://joe:{SECRET}@h/shop"),
        format!("url = {{ env = \"DATABASE_URL\", url = \"postgresql://joe:{SECRET}@h/shop\" }}"),
    ];
    let mut shown = String::new();
    for line in lines {
        world.write(&[("karat.toml", &format!("name = \"shop\"\n{line}\n"))]);
        shown += &world.run(&["run"]);
    }
    world.write(&[EMPTY, (".env", &format!("DATABASE_URL:{SECRET}\n"))]);
    shown += &world.run(&["run"]);
    assert_snapshot!("secret_in_project_file", shown);
}

#[test]
fn everything_wrong_with_a_project_is_said_at_once() {
    let world = World::new();
    world.write(&[
        ("karat.toml", "nmae = \"shop\"\nconnections = 99\n"),
        ("datasets/people.toml", "file = \"data/people.csv\"\nmode = \"merg\"\n"),
        ("datasets/orders.toml", "files = \"data/*.csv\"\n[columns.mail]\nclean = [\"emial\"]\n"),
        ("entities/person.toml", &PERSON.replace("same = \"name\"", "same = \"nmae\"")),
    ]);
    let shown = world.run(&["run"]) + &world.run(&["config", "show"]);
    assert_snapshot!("many_problems", shown);
}

// --- Schema files ------------------------------------------------------------------------------

#[test]
fn a_schema_file_is_wrong() {
    let cases = [
        ("syntax", "create table public.a (\n    id text,\n    nme text nut null\n);\n"),
        ("table that is not there", "create view public.b as\n    select * from public.missing;\n"),
        ("only the server finds it", "create table public.c (id text default nosuch());\n"),
        (
            "default that does not fit",
            "create table public.d (n integer);\nalter table public.d add m integer[] default 'broken';\n",
        ),
        ("type that is not there", "create table public.e (\n    id text,\n    mood feeling\n);\n"),
        ("column twice", "create table public.f (\n    id text,\n    id text\n);\n"),
        ("transaction", "begin;\ncreate table public.g (id text);\ncommit;\n"),
    ];
    let mut shown = String::new();
    for (case, sql) in cases {
        let db = TestDb::new();
        let world = World::with_database(&db);
        people(&world, "id,name\n1,Ann\n");
        world.write(&[("schema/z.sql", sql)]);
        let before = db.dump(&["--exclude-schema=karat"]);
        shown += &format!("## {case}\n{}", world.run(&["run"]));
        assert_eq!(before, db.dump(&["--exclude-schema=karat"]), "{case}");
        assert_eq!(report(&world)["status"], "failed", "{case}");
    }
    assert_snapshot!("schema_files", shown);
}

#[test]
fn a_changed_table_needs_a_migration() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,name\n1,Ann\n");
    let mut shown = world.run(&["run"]);
    let changed = TABLE.replace("name text\n", "name text not null,\n    born date\n");
    world.write(&[("schema/people.sql", &changed)]);
    shown += &world.run(&["plan"]);
    shown += &world.run(&["run"]);
    shown += &world.run(&["verify"]);
    let migration = "alter table public.people alter name set not null;\n\
        alter table public.people add born date;\n";
    world.write(&[("schema/migrations/0001_people_born.sql", migration)]);
    shown += &world.run(&["plan"]);
    shown += &world.run(&["run"]);
    shown += &world.run(&["verify"]);
    assert_snapshot!("changed_table", shown);
}

#[test]
fn the_database_is_newer_than_the_binary() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,name\n1,Ann\n");
    world.run(&["run"]);
    db.sql("insert into karat.version values (999)");
    let before = db.dump(&[]);
    let mut shown = String::new();
    for command in [&["run"][..], &["plan"], &["verify"], &["rejects", "list"]] {
        shown += &world.run(command);
    }
    assert_eq!(before, db.dump(&[]));
    assert_snapshot!("newer_database", shown);
}

// --- The command line --------------------------------------------------------------------------

#[test]
fn project_environment_and_files_have_to_be_there() {
    let world = World::new();
    let mut shown = world.run(&["run"]);
    shown += &world.run(&["run", "--project", "nowhere"]);
    world.write(&[EMPTY]);
    shown += &world.run(&["run", "--env", "prod"]);
    shown += &world.run(&["run", "--env-file", ".env.prod"]);
    let environments = "name = \"shop\"\n[environments.prod]\nenv_file = \".env.prod\"\n\
        protected = true\n[environments.test]\nurl = { env = \"TEST_URL\" }\n";
    world.write(&[("karat.toml", environments)]);
    shown += &world.run(&["run", "--env", "prd"]);
    shown += &world.run(&["run", "--env", "prod"]);
    shown += &world.run(&["run", "--env", "test"]);
    assert_snapshot!("missing_project_or_environment", shown);
}

#[test]
fn a_protected_environment_is_changed_only_on_demand() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,name\n1,Ann\n");
    let main = "name = \"shop\"\n[environments.prod]\nprotected = true\n";
    world.write(&[("karat.toml", main), ("entities/person.toml", PERSON)]);
    let before = db.dump(&[]);
    let mut shown = String::new();
    for command in [
        &["run"][..],
        &["deploy"],
        &["load", "data/people.csv"],
        &["resolve", "person"],
        &["resolve", "persn"],
    ] {
        shown += &world.run(&[command, &["--env", "prod"]].concat());
    }
    assert_eq!(before, db.dump(&[]));
    shown += &world.run(&["run", "--env", "prod", "--yes"]);
    assert_snapshot!("protected_environment", shown);
}

#[test]
fn what_is_typed_wrong_is_named() {
    let world = World::new();
    world.write(&[EMPTY]);
    let mut shown = String::new();
    for arguments in [
        &[][..],
        &["rum"],
        &["run", "lode"],
        &["run", "--form", "load"],
        &["load"],
        &["new"],
        &["new", ".", "--size", "5x5"],
        &["new", "."],
        &["new", "made", "--example", "agents", "--size", "many"],
        &["run", "--format", "xml"],
        &["review", "accept", "person"],
        &["review", "accept", "person", "a", "b"],
        &["rejects", "list", "--limit", "lots"],
        &["rejects", "list", "--dataset", "peple"],
        &["review", "list", "--entity", "person"],
    ] {
        shown += &world.run(arguments);
    }
    assert_snapshot!("typed_wrong", shown);
}

/// The help without the options of every command.
fn without_common(help: &str) -> String {
    let (before, rest) = help.split_once("Options of every command:").unwrap();
    let end = rest.find("\nExample").unwrap_or(rest.trim_end().len());
    format!("{before}Options of every command: ...\n{}", &rest[end..])
}

#[test]
fn every_command_explains_itself() {
    let world = World::new();
    let mut shown = String::new();
    for command in [
        &[][..],
        &["new"],
        &["run"],
        &["plan"],
        &["deploy"],
        &["verify"],
        &["load"],
        &["detect"],
        &["resolve"],
        &["check"],
        &["check", "show"],
        &["check", "waive"],
        &["check", "import"],
        &["objectives"],
        &["lineage"],
        &["work"],
        &["jobs"],
        &["jobs", "list"],
        &["rejects"],
        &["rejects", "list"],
        &["rejects", "show"],
        &["rejects", "summary"],
        &["rejects", "export"],
        &["rejects", "replay"],
        &["rejects", "dismiss"],
        &["rejects", "unmapped"],
        &["review"],
        &["review", "list"],
        &["review", "accept"],
        &["db"],
        &["db", "psql"],
        &["config", "show"],
        &["completions"],
    ] {
        let help = world.run(&[command, &["--help"]].concat());
        shown += &if command.is_empty() { help } else { without_common(&help) };
    }
    assert_snapshot!("help", shown);
}

#[test]
fn config_show_says_where_each_setting_is_from() {
    let mut world = World::new();
    people(&world, "");
    world.write(&[("entities/person.toml", PERSON)]);
    let url = format!("DATABASE_URL=postgresql://joe:p%40{SECRET}@db.example.com/shop\n");
    world.write(&[(".env", &url)]);
    let mut shown = world.run(&["config", "show"]);
    world.set("DATABASE_URL", &format!("postgresql://ann:{SECRET}@127.0.0.1:6543/other"));
    world.set("ENABLE_RLS", "false");
    world.set("SUPABASE_SERVICE_ROLE_KEY", SECRET);
    shown += &world.run(&["config", "show"]);
    shown += &world.run(&["config", "show", "--database-url", "postgresql://cid@db2/third"]);
    assert_snapshot!("config_show", shown);
}

// --- JSON --------------------------------------------------------------------------------------

/// Standard output as the one JSON document that it has to be.
fn document(world: &World, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
    let output = world.karat(&[arguments, &["--format", "json"]].concat()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    let document = serde_json::from_str(&text);
    (output.status.code(), document.unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text:?}")))
}

#[test]
fn with_format_json_standard_output_is_one_document() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,name\n1,Ann\n2,Bea,Bob\n");
    world.write(&[("entities/person.toml", PERSON)]);
    for (arguments, key) in [
        (&["config", "show"][..], "settings"),
        (&["rejects", "list"], "rejects"),
        (&["plan"], "steps"),
        (&["run", "--dry-run"], "steps"),
        (&["run"], "deployment"),
        (&["run"], "report"),
        (&["verify"], "verification"),
        (&["deploy"], "deployment"),
        (&["load", "data/people.csv"], "data"),
        (&["resolve"], "data"),
        (&["rejects", "list"], "total"),
        (&["review", "list"], "pairs"),
        (&["db", "status"], "status"),
        (&["new", "made"], "project"),
    ] {
        let (code, document) = document(&world, arguments);
        assert_eq!(code, Some(0), "{arguments:?} {document}");
        assert!(document.get(key).is_some(), "{arguments:?} {document}");
    }
}

#[test]
fn with_format_json_failures_are_one_document_too() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,nom\n1,Ann\n");
    let refused = ["--database-url", "postgresql://joe:s3cr3t@127.0.0.1:1/shop"];
    let mut failing = vec![vec!["run"], vec!["load", "other.csv"], vec!["resolve", "persn"]];
    for command in [&["run"][..], &["plan"], &["verify"], &["rejects", "list"], &["review", "list"]]
    {
        failing.push([command, &refused].concat());
        failing.push([command, &["--project", "nowhere"]].concat());
    }
    for arguments in failing {
        let (code, document) = document(&world, &arguments);
        assert_eq!((code, &document["status"]), (Some(2), &"failed".into()), "{arguments:?}");
        let problem = &document["problems"][0];
        assert!(problem["what"].is_string() && problem["hint"].is_string(), "{document}");
    }
}

// --- The happy path ----------------------------------------------------------------------------

#[test]
fn a_new_project_runs_at_once() {
    let world = World::new();
    let mut shown = world.run(&["new", "shop"]);
    shown += &world.run(&["--project", "shop", "run"]);
    shown += &world.run(&["--project", "shop", "run"]);
    shown += &world.run(&["--project", "shop", "plan"]);
    shown += &world.run(&["--project", "shop", "verify"]);
    shown += &world.run(&["--project", "shop", "rejects", "list"]);
    shown += &world.run(&["--project", "shop", "review", "list"]);
    shown += &world.run(&["--project", "shop", "resolve"]);
    shown += &world.run(&["--project", "shop", "db", "status"]);
    assert_snapshot!("new_project", shown);
}

#[test]
fn a_first_project_of_ones_own() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    people(&world, "id,name\n1,Ann\n2,Bea\n3,Ann\n");
    world.write(&[("entities/person.toml", PERSON)]);
    let mut shown = world.run(&["run", "--dry-run"]);
    shown += &world.run(&["run"]);
    shown += &world.run(&["run"]);
    assert_snapshot!("first_project", shown);
}
