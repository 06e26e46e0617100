//! The local server as its users meet it: fresh folders, odd folders, several processes, crashes,
//! and every kind of user that may run it. Other processes are this test program itself.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

use std::env;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use karat_record::{Kind, Result};
use karat_store::local::{self, Durability, LocalPg, Origin, Status};
use tempfile::TempDir;

const PROJECT: &str = "KARAT_TEST_PROJECT";
const NOBODY: u32 = 65534;

fn root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A folder in /tmp that anybody may enter.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    mode(folder.path(), 0o755);
    folder
}

/// The same, owned by `nobody` if we may give it away.
fn folder_of_nobody() -> TempDir {
    let folder = folder();
    if root() {
        lchown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    folder
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn open(project: &Path) -> Result<LocalPg> {
    LocalPg::open(project, Durability::Throwaway)
}

/// Runs SQL with psql and gives its answer.
fn sql(url: &str, sql: &str) -> String {
    let mut psql = Command::new(local::psql(None).unwrap());
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url]);
    let output = psql.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What a running server's status says: process and users.
fn running(project: &Path) -> (u32, bool, Vec<u32>) {
    match local::status(project).unwrap() {
        Status::Running { pid, kept, users, .. } => (pid, kept, users),
        other => panic!("not running: {other:?}"),
    }
}

/// The processes that stand in a data folder.
fn processes_in(data: &Path) -> Vec<u32> {
    let here = |pid: &u32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data);
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).filter(here).collect()
}

/// The letter of a process's state, as ps shows it.
fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

fn signal(name: &str, pids: &[u32]) {
    let mut kill = Command::new("/bin/kill");
    kill.arg(format!("-{name}")).arg("--").args(pids.iter().map(u32::to_string));
    assert!(kill.stderr(Stdio::null()).status().unwrap().success());
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        sleep(Duration::from_millis(5));
    }
}

/// Another process that opens a project, says what it got, and leaves when told to.
struct Other {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Other {
    fn start(project: &Path, adapt: impl FnOnce(&mut Command)) -> Other {
        Other::start_program(&env::current_exe().unwrap(), project, adapt)
    }

    /// Under another user, who may be unable to reach the build folder: run a copy of it.
    fn start_as(uid: u32, project: &Path) -> Other {
        let program = folder();
        let copy = program.path().join("local");
        fs::copy(env::current_exe().unwrap(), &copy).unwrap();
        mode(&copy, 0o755);
        let mut other = Other::start_program(&copy, project, |command| {
            command.current_dir("/").env("HOME", "/nonexistent");
            if root() {
                command.uid(uid).gid(uid);
            }
        });
        // It has begun to run once it has said something.
        let mut line = String::new();
        other.said.read_line(&mut line).unwrap();
        other
    }

    fn start_program(program: &Path, project: &Path, adapt: impl FnOnce(&mut Command)) -> Other {
        let mut command = Command::new(program);
        adapt(&mut command);
        command.args(["a_folder_is_opened_used_and_left", "--exact", "--nocapture"]);
        command.env(PROJECT, project).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Other { child, said }
    }

    /// The next thing it says; the test harness around it says things too.
    fn says(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.said.read_line(&mut line).unwrap(), 0, "it ended without a word");
            if let Some(said) = line.trim_end().strip_prefix("other: ") {
                return said.to_owned();
            }
        }
    }

    fn leaves(mut self) -> String {
        self.child.stdin.take().unwrap().write_all(b"leave\n").unwrap();
        let said = self.says();
        assert!(self.child.wait().unwrap().success());
        said
    }

    fn dies(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The other process's side of `Other`.
fn be_another(project: &Path) {
    let say = |text: String| println!("\nother: {}", text.replace('\n', " | "));
    match open(project) {
        Ok(pg) => {
            assert_eq!(sql(&pg.url("postgres"), "select 1"), "1");
            say(format!("{:?} {}", pg.describe().origin, pg.describe().pid));
            std::io::stdin().read_line(&mut String::new()).unwrap();
            say(format!("stopped {}", pg.close().unwrap()));
        }
        Err(problem) => say(format!("{:?}: {problem}", problem.kind)),
    }
}

#[test]
fn a_folder_is_opened_used_and_left() {
    if let Some(project) = env::var_os(PROJECT) {
        return be_another(Path::new(&project));
    }
    let project = folder();
    assert_eq!(local::status(project.path()).unwrap(), Status::Absent);
    let pg = LocalPg::open(project.path(), Durability::Safe).unwrap();
    assert_eq!(pg.describe().origin, Origin::Created);
    let line = pg.describe().to_string();
    assert!(
        line.starts_with("using PostgreSQL 1") && line.ends_with("in .karat/pg/data"),
        "{line}"
    );
    sql(&pg.url("postgres"), "create table t as select 7 as n");
    assert_eq!(sql(&pg.url("postgres"), "show fsync"), "on");
    assert_eq!(sql(&pg.url("postgres"), "show listen_addresses"), "");
    let socket = fs::metadata(&pg.describe().socket).unwrap();
    assert_eq!(socket.mode() & 0o777, 0o700);
    assert_ne!(socket.uid(), 0);
    assert_eq!(running(project.path()), (pg.describe().pid, false, vec![std::process::id()]));
    let data = pg.describe().data.clone();
    assert!(pg.close().unwrap());
    assert_eq!(local::status(project.path()).unwrap(), Status::Stopped);
    until("all of it is gone", || processes_in(&data).is_empty());

    let pg = open(project.path()).unwrap();
    assert_eq!(pg.describe().origin, Origin::Started);
    assert_eq!(sql(&pg.url("postgres"), "select n from t"), "7");
    assert_eq!(sql(&pg.url("postgres"), "show fsync"), "off");
    drop(pg);
    assert_eq!(local::status(project.path()).unwrap(), Status::Stopped);
}

#[test]
fn database_names_and_odd_folders_fit_into_a_connection_string() {
    let scratch = folder();
    let long = format!("{0}/{0}", "long".repeat(25));
    for name in
        [&long, "a, b", "it's \"quoted\"", "größe-資料", "100%&?=#", "back\\slash", "l\nine"]
    {
        let project = scratch.path().join(name);
        fs::create_dir_all(&project).unwrap();
        let pg = open(&project).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        sql(&pg.url("postgres"), "create database \"My db/ä?\"");
        assert_eq!(sql(&pg.url("My db/ä?"), "select current_database()"), "My db/ä?");
        let (data, socket) = (pg.describe().data.clone(), pg.describe().socket.clone());
        // initdb refuses a path with a line break, so its data is elsewhere; else only the socket.
        let moved = !data.starts_with(&project);
        assert_eq!(moved, name.contains('\n'));
        assert!(!socket.starts_with(&project), "{name}");
        assert!(pg.close().unwrap());
        fs::remove_dir_all(socket).unwrap();
        if moved {
            fs::remove_dir_all(data.parent().unwrap()).unwrap();
        }
    }
}

#[test]
fn a_project_that_only_root_can_reach_has_its_data_elsewhere_for_good() {
    let home = env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_dir());
    let project = tempfile::tempdir_in(home.unwrap_or_else(env::temp_dir)).unwrap();
    let parent = folder();
    let project = if root() { project } else { parent };
    mode(project.path(), 0o700);
    let pg = open(project.path()).unwrap();
    let data = pg.describe().data.clone();
    sql(&pg.url("postgres"), "create table t as select 7 as n");
    assert!(pg.close().unwrap());
    let location = project.path().join(".karat/pg/location");
    assert_eq!(location.exists(), root());
    if !root() {
        return assert!(data.starts_with(project.path()));
    }
    assert!(data.starts_with("/var/lib/karat"));

    // A changed mode bit must not make a second, empty cluster.
    mode(project.path(), 0o755);
    let pg = open(project.path()).unwrap();
    assert_eq!(sql(&pg.url("postgres"), "select n from t"), "7");
    assert!(pg.close().unwrap());

    fs::remove_dir_all(data.parent().unwrap()).unwrap();
    let problem = open(project.path()).err().unwrap();
    assert_eq!(problem.kind, Kind::Connection);
    assert!(problem.what.contains("location says the data is in"), "{problem}");
}

#[test]
fn eight_processes_at_once_share_one_server_and_the_last_stops_it() {
    let project = folder();
    let mut others: Vec<Other> = (0..8).map(|_| Other::start(project.path(), |_| {})).collect();
    let said: Vec<String> = others.iter_mut().map(Other::says).collect();
    let (pid, _, users) = running(project.path());
    assert_eq!(users.len(), 8);
    let count = |origin| said.iter().filter(|s| **s == format!("{origin} {pid}")).count();
    assert_eq!((count("Created"), count("Adopted")), (1, 7), "{said:?}");
    let last = others.pop().unwrap();
    for other in others {
        assert_eq!(other.leaves(), "stopped false");
    }
    assert_eq!(last.leaves(), "stopped true");
    assert_eq!(local::status(project.path()).unwrap(), Status::Stopped);
}

#[test]
fn threads_of_one_process_count_as_users_too() {
    let project = folder();
    let first = open(project.path()).unwrap();
    let second = open(project.path()).unwrap();
    assert_eq!(second.describe().origin, Origin::Adopted);
    assert!(!first.close().unwrap());
    assert_eq!(sql(&second.url("postgres"), "select 1"), "1");
    assert!(second.close().unwrap());
}

#[test]
fn a_server_whose_starter_was_killed_is_adopted() {
    let project = folder();
    let mut other = Other::start(project.path(), |_| {});
    let said = other.says();
    other.dies();
    let pg = open(project.path()).unwrap();
    assert_eq!(said, format!("Created {}", pg.describe().pid));
    assert_eq!(pg.describe().origin, Origin::Adopted);
    assert!(pg.close().unwrap());
}

#[test]
fn ctrl_c_in_the_terminal_does_not_reach_the_server() {
    let project = folder();
    let mut other = Other::start(project.path(), |command| {
        command.process_group(0);
    });
    other.says();
    let mut kill = Command::new("/bin/kill");
    assert!(
        kill.args(["-INT", "--", &format!("-{}", other.child.id())]).status().unwrap().success()
    );
    assert!(!other.child.wait().unwrap().success());
    let pg = open(project.path()).unwrap();
    assert_eq!(pg.describe().origin, Origin::Adopted);
    assert!(pg.close().unwrap());
}

#[test]
fn a_killed_server_is_started_again_even_while_its_zombie_is_left() {
    let project = folder();
    let mut other = Other::start(project.path(), |_| {});
    other.says();
    let (postmaster, ..) = running(project.path());
    let data = project.path().canonicalize().unwrap().join(".karat/pg/data");
    // A stopped parent does not reap: the postmaster stays as a zombie that answers kill(pid, 0).
    signal("STOP", &[other.child.id()]);
    until("the parent stands still", || state(other.child.id()) == Some('T'));
    signal("KILL", &processes_in(&data));
    until("all are dead", || processes_in(&data).is_empty());
    until("the postmaster is a zombie", || state(postmaster) == Some('Z'));
    assert!(data.join("postmaster.pid").exists());
    assert_eq!(local::status(project.path()).unwrap(), Status::Stopped);

    let pg = open(project.path()).unwrap();
    assert_eq!(pg.describe().origin, Origin::Started);
    assert_eq!(sql(&pg.url("postgres"), "select 1"), "1");
    assert!(!pg.close().unwrap(), "the stopped process is still a user");
    signal("CONT", &[other.child.id()]);
    // It came to a server that is gone; as the last user it stops the one that is there.
    assert_eq!(other.leaves(), "stopped true");
}

#[test]
fn a_recycled_process_number_is_not_taken_for_the_server() {
    let project = folder();
    let pg = open(project.path()).unwrap();
    let file = pg.describe().data.join("postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    let old = pg.describe().pid.to_string();
    assert!(pg.close().unwrap());
    // Our own number: whoever signals it ends this test.
    fs::write(&file, text.replacen(&old, &std::process::id().to_string(), 1)).unwrap();
    assert!(!local::stop(project.path()).unwrap());
    let pg = open(project.path()).unwrap();
    assert_eq!(pg.describe().origin, Origin::Started);
    assert!(pg.close().unwrap());
}

#[test]
fn backends_that_outlive_their_postmaster_are_waited_for() {
    let project = folder();
    let pg = open(project.path()).unwrap();
    let data = pg.describe().data.clone();
    let mut psql = Command::new(local::psql(None).unwrap());
    let work = "select count(*) from generate_series(1, 6000000) where random() < 2";
    psql.args(["-X", "-c", work, &pg.url("postgres")]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut psql = psql.spawn().unwrap();
    let active = "select count(*) from pg_stat_activity where query like '%generate%random%' \
                  and pid <> pg_backend_pid()";
    until("it works", || sql(&pg.url("postgres"), active) == "1");
    signal("KILL", &[pg.describe().pid]);
    until("the postmaster is dead", || !processes_in(&data).contains(&pg.describe().pid));
    assert!(!processes_in(&data).is_empty(), "the backend ended too early to show anything");
    let again = open(project.path()).unwrap();
    assert_eq!(again.describe().origin, Origin::Started);
    psql.wait().unwrap();
    assert!(!pg.close().unwrap());
    assert!(again.close().unwrap());
}

#[test]
fn a_kept_server_stays_until_it_is_stopped() {
    let project = folder();
    open(project.path()).unwrap().keep().unwrap();
    let (pid, kept, _) = running(project.path());
    assert!(kept);
    let pg = open(project.path()).unwrap();
    assert_eq!((pg.describe().pid, pg.describe().origin), (pid, Origin::Adopted));
    let problem = local::stop(project.path()).unwrap_err();
    assert_eq!(problem.kind, Kind::Busy);
    assert!(problem.what.contains(&format!("({})", std::process::id())), "{problem}");
    assert!(!pg.close().unwrap());
    assert_eq!(running(project.path()).0, pid);
    assert!(local::stop(project.path()).unwrap());
    assert!(!local::stop(project.path()).unwrap());
    assert_eq!(local::status(project.path()).unwrap(), Status::Stopped);
    // Its mark does not count for the next one.
    assert!(open(project.path()).unwrap().close().unwrap());
}

#[test]
fn an_ordinary_user_needs_nothing_else() {
    let project = folder_of_nobody();
    let mut other = Other::start_as(NOBODY, project.path());
    let said = other.says();
    assert!(said.starts_with("Created"), "{said}");
    assert_eq!(other.leaves(), "stopped true");
    let owner = fs::metadata(project.path()).unwrap().uid();
    // Root after the user: the server still runs as the user, and the user can go on.
    let pg = open(project.path()).unwrap();
    assert_eq!(fs::metadata(format!("/proc/{}", pg.describe().pid)).unwrap().uid(), owner);
    let mut other = Other::start_as(NOBODY, project.path());
    assert!(other.says().starts_with("Adopted"));
    assert!(!pg.close().unwrap());
    assert_eq!(other.leaves(), "stopped true");
}

#[test]
fn what_root_makes_in_a_users_project_is_the_users() {
    let project = folder_of_nobody();
    assert!(open(project.path()).unwrap().close().unwrap());
    let mut other = Other::start_as(NOBODY, project.path());
    let said = other.says();
    assert!(said.starts_with("Started"), "{said}");
    assert_eq!(other.leaves(), "stopped true");
}

#[test]
fn data_of_another_user_is_refused() {
    let project = folder();
    assert!(open(project.path()).unwrap().close().unwrap());
    let mut other = Other::start_as(NOBODY, project.path());
    let said = other.says();
    if root() {
        assert!(said.starts_with("Permission: the data in"), "{said}");
        assert!(said.contains("belongs to postgres (uid"), "{said}");
        other.child.wait().unwrap();
    } else {
        assert_eq!(other.leaves(), "stopped true");
    }
}

#[test]
fn a_user_without_an_account_can_have_a_server() {
    let project = folder();
    if root() {
        lchown(project.path(), Some(12345), Some(12345)).unwrap();
    }
    let mut other = Other::start_as(12345, project.path());
    let said = other.says();
    assert!(said.starts_with("Created"), "{said}");
    assert_eq!(other.leaves(), "stopped true");
}

#[test]
fn root_that_may_not_look_into_processes_recognises_a_server_all_the_same() {
    let project = folder();
    let restricted = |project: &Path| {
        // As in a container: without CAP_SYS_PTRACE.
        let program = Path::new(if root() { "/usr/bin/setpriv" } else { "/usr/bin/env" });
        let exe = env::current_exe().unwrap();
        Other::start_program(program, project, |command| {
            if root() {
                command.args(["--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]);
            }
            command.arg(exe);
        })
    };
    let mut other = restricted(project.path());
    assert!(other.says().starts_with("Created"));
    assert_eq!(other.leaves(), "stopped true");

    let mut other = restricted(project.path());
    assert!(other.says().starts_with("Started"));
    let (pid, ..) = running(project.path());
    other.dies();
    let data = project.path().canonicalize().unwrap().join(".karat/pg/data");
    // A server that does not answer: only its processes show that it lives.
    let socket = data.with_file_name("sock").join(".s.PGSQL.5432");
    fs::rename(&socket, socket.with_extension("away")).unwrap();
    let mut other = restricted(project.path());
    sleep(Duration::from_millis(500));
    assert!(data.join("postmaster.pid").exists());
    fs::rename(socket.with_extension("away"), &socket).unwrap();
    assert_eq!(other.says(), format!("Adopted {pid}"));
    assert_eq!(other.leaves(), "stopped true");
}

#[test]
fn a_strict_umask_and_postgres_variables_change_nothing() {
    let project = folder();
    let exe = env::current_exe().unwrap();
    let mut other = Other::start_program(Path::new("/bin/sh"), project.path(), |command| {
        command.args(["-c", r#"umask 077; exec "$0" "$@""#]).arg(exe);
        command.env("PGDATA", "/nonexistent").env("PGPORT", "1").env("PGHOST", "/nonexistent");
        command.env("PG_COLOR", "always").env("LC_ALL", "xx_XX").env("TZ", "Nowhere/Nothing");
    });
    let said = other.says();
    assert!(said.starts_with("Created"), "{said}");
    assert_eq!(other.leaves(), "stopped true");
    assert_eq!(fs::metadata(project.path().join(".karat")).unwrap().mode() & 0o777, 0o755);
}

#[test]
fn a_read_only_project_is_a_question_of_permission() {
    let project = folder_of_nobody();
    mode(project.path(), 0o555);
    let mut other = Other::start_as(NOBODY, project.path());
    let said = other.says();
    other.child.wait().unwrap();
    assert!(said.starts_with("Permission: cannot make "), "{said}");
    assert!(said.contains(".karat: permission denied") && said.contains("hint: "), "{said}");
    mode(project.path(), 0o755);
}

#[test]
fn data_of_another_major_version_is_refused_and_left_alone() {
    let project = folder();
    let pg = open(project.path()).unwrap();
    let data = pg.describe().data.clone();
    assert!(pg.close().unwrap());
    fs::write(data.join("PG_VERSION"), "13\n").unwrap();
    let problem = open(project.path()).err().unwrap();
    assert_eq!(problem.kind, Kind::Connection);
    assert!(problem.what.contains("was made by PostgreSQL 13, and only "), "{problem}");
    assert!(problem.hint.unwrap().starts_with("install PostgreSQL 13"));
    assert_eq!(fs::read_to_string(data.join("PG_VERSION")).unwrap(), "13\n");
    assert!(!data.join("postmaster.pid").exists());
}

#[test]
fn a_wrong_folder_of_programs_is_named() {
    let project = folder();
    let empty = folder();
    let mut other = Other::start(project.path(), |command| {
        command.env("KARAT_PG_BIN", empty.path());
    });
    let said = other.says();
    let named = format!("Connection: KARAT_PG_BIN names {}, but there is", empty.path().display());
    assert!(said.starts_with(&named), "{said}");
    other.child.wait().unwrap();
    assert_eq!(local::status(project.path()).unwrap(), Status::Absent);
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let project = folder();
    let pg = open(project.path()).unwrap();
    let data = pg.describe().data.clone();
    assert!(pg.close().unwrap());
    fs::write(data.join("postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let problem = open(project.path()).err().unwrap();
    assert_eq!(problem.kind, Kind::Connection);
    assert!(problem.what.contains("did not start: "), "{problem}");
    assert!(problem.what.contains("postgresql.conf"), "{problem}");
}

#[test]
fn what_a_killed_maker_left_is_cleared_away() {
    let project = folder();
    let left = project.path().join(".karat/pg/data.new-1/base");
    fs::create_dir_all(&left).unwrap();
    let pg = open(project.path()).unwrap();
    assert_eq!(pg.describe().origin, Origin::Created);
    assert!(pg.close().unwrap());
    assert!(!left.exists());
}
