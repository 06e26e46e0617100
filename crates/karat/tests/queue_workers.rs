//! Sixty jobs, four workers of which two are killed, and a server that goes away: every job ends
//! once, and what it does is done once.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use karat_pipeline::project::{self, Project};
use karat_pipeline::queue::{self, Order};
use karat_pipeline::run::{Request, Step};
use karat_store::local::{Durability, LocalPg};
use karat_store::{Address, Session};

/// Jobs that only have to be done.
const PLAIN: usize = 55;
/// Those that are held up until the test lets them go.
const FIRST: usize = 101;
const SECOND: usize = 102;
const THIRD: usize = 103;
/// That the table never takes, for a reason that might pass.
const FAILS: usize = 104;
const CANCELLED: usize = 105;

/// A row waits while its number is in the table `gate`.
const SCHEMA: &str = "
create table public.gate (id int primary key);
create table public.d (id int not null, name text);
create function public.hold() returns trigger language plpgsql as $$
begin
    while exists (select 1 from public.gate g where g.id = new.id) loop
        perform pg_sleep(0.05);
    end loop;
    if new.id = 104 then
        raise exception 'somebody is in the way' using errcode = 'serialization_failure';
    end if;
    return new;
end $$;
create trigger hold before insert on public.d for each row execute function public.hold();
";

/// What is waited for at most: much longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(300);

/// A project, and a server of its own that can be stopped.
struct World {
    folder: tempfile::TempDir,
    home: tempfile::TempDir,
    url: String,
}

impl World {
    fn new(server: &LocalPg, home: tempfile::TempDir) -> World {
        let folder = tempfile::tempdir().unwrap();
        let world = World { folder, home, url: server.url("postgres") };
        world.write("karat.toml", "name = \"t\"\n");
        world.write("schema/d.sql", SCHEMA);
        world
            .write("datasets/d.toml", "files = \"no/*.csv\"\noptional = true\nmode = \"append\"\n");
        let done = world.karat(&["run"]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        world
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn karat(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--project").arg(self.folder.path()).args(arguments).env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("DATABASE_URL", &self.url).env("USER", "ann");
        command
    }

    fn worker(&self) -> Child {
        let mut command = self.karat(&["work", "--workers", "1"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// What psql answers, if it can ask.
    fn asked(&self, sql: &str) -> Option<String> {
        let mut psql = Command::new(karat_store::local::psql(None).unwrap());
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url]);
        let output = psql.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    }

    fn sql(&self, sql: &str) -> String {
        self.asked(sql).unwrap_or_else(|| panic!("{sql}"))
    }

    fn until(&self, sql: &str, expected: &str) {
        let since = Instant::now();
        let mut last = None;
        while last.as_deref() != Some(expected) {
            let jobs = || self.sql("select id, state, attempt, error from karat.job order by id");
            assert!(since.elapsed() < PATIENCE, "{sql}: {last:?}\n{}", jobs());
            sleep(Duration::from_millis(20));
            last = self.asked(sql);
        }
    }

    /// Orders the load of a file with one row. Every other job goes without its lane, so that
    /// workers meet at the lock of the database itself.
    async fn order(&self, session: &Session, project: &Project, n: usize, priority: i16) -> i64 {
        let path = self.folder.path().join(format!("{n}.csv"));
        std::fs::write(&path, format!("id,name\n{n},row {n}\n")).unwrap();
        let request = Request {
            steps: vec![Step::Load],
            command: "load".to_owned(),
            entities: Vec::new(),
            effort: Default::default(),
            files: vec![("d".to_owned(), path)],
            report: None,
            checks: Default::default(),
        };
        let mut order = queue::run::order(project, &request).unwrap();
        if n.is_multiple_of(2) || n == FIRST {
            order.lane = None;
        }
        let order = Order { priority, max_attempts: if n == FAILS { 2 } else { 5 }, ..order };
        queue::enqueue(session, &order).await.unwrap().job()
    }
}

/// The worker that has begun this job not long ago, and so is in the midst of it.
fn holder(world: &World, workers: &[Child], job: i64) -> usize {
    let since = Instant::now();
    loop {
        assert!(since.elapsed() < PATIENCE, "nobody begins job {job}");
        let sql = format!(
            "select split_part(j.worker, ':', 2) from karat.job j where j.id = {job} \
             and j.state = 'running' and j.started_at > now() - interval '2 seconds'"
        );
        let process = world.sql(&sql);
        let place = workers.iter().position(|worker| worker.id().to_string() == process);
        if let Some(place) = place {
            return place;
        }
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn every_job_ends_once_whoever_is_killed_and_whatever_goes_away() {
    let home = tempfile::tempdir().unwrap();
    let server = LocalPg::open(home.path(), Durability::Throwaway).unwrap();
    let world = World::new(&server, home);
    let jobs = order_all(&world);
    let [first, second, third, cancelled] = jobs;
    world.sql(&format!("insert into public.gate values ({FIRST}), ({SECOND}), ({THIRD})"));
    let stopped = world.karat(&["jobs", "cancel", &cancelled.to_string()]).status().unwrap();
    assert!(stopped.success());
    let mut workers: Vec<Child> = (0..4).map(|_| world.worker()).collect();

    // One is killed while it loads, another while it waits for the first.
    let loading = holder(&world, &workers, first);
    let waiting = holder(&world, &workers, second);
    let killed = Instant::now();
    workers[loading].kill().unwrap();
    workers[waiting].kill().unwrap();
    world.sql(&format!("delete from public.gate where id in ({FIRST}, {SECOND})"));
    let taken =
        format!("select count(*) from karat.job where id in ({first}, {second}) and failures = 1");
    world.until(&taken, "2");
    let took = killed.elapsed();
    assert!(took < Duration::from_secs(30), "taken over after {took:?}");

    // The server goes away under a job, and comes back.
    let running = format!("select state from karat.job where id = {third}");
    world.until(&running, "running");
    drop(stop(server));
    sleep(Duration::from_secs(10));
    let server = LocalPg::open(world.home.path(), Durability::Throwaway).unwrap();
    world.sql(&format!("delete from public.gate where id = {THIRD}"));

    let open = "select count(*) from karat.job where finished_at is null";
    world.until(open, "0");
    end(workers, &[loading, waiting]);
    assert_all_is_done_once(&world, &jobs);
    drop(server);
}

fn order_all(world: &World) -> [i64; 4] {
    let root = world.folder.path().to_owned();
    let project = Project::open(&project::Request { root, ..Default::default() }).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let session = queue::open(&Address::parse(&world.url).unwrap()).await.unwrap();
        let add = async |n, priority| world.order(&session, &project, n, priority).await;
        for n in 1..=PLAIN {
            add(n, 0).await;
        }
        let jobs = [add(FIRST, 9).await, add(SECOND, 8).await, add(THIRD, 7).await];
        add(FAILS, 1).await;
        [jobs[0], jobs[1], jobs[2], add(CANCELLED, -1).await]
    })
}

/// Stops the server as a crash does.
fn stop(server: LocalPg) -> LocalPg {
    let process = i32::try_from(server.describe().pid).unwrap();
    let quit = Command::new("kill").args(["-QUIT", &process.to_string()]).status().unwrap();
    assert!(quit.success());
    while Path::new(&format!("/proc/{process}")).exists() {
        sleep(Duration::from_millis(20));
    }
    server
}

/// Those that live end when they are told to.
fn end(workers: Vec<Child>, killed: &[usize]) {
    for (place, mut worker) in workers.into_iter().enumerate() {
        if !killed.contains(&place) {
            let told = Command::new("kill").args(["-TERM", &worker.id().to_string()]).status();
            assert!(told.unwrap().success());
        }
        let ended = worker.wait().unwrap();
        assert_eq!(ended.success(), !killed.contains(&place), "worker {place}: {ended}");
    }
}

fn assert_all_is_done_once(world: &World, [first, second, third, cancelled]: &[i64; 4]) {
    let states = "select string_agg(state || ' ' || n, ', ' order by state)
                  from (select state, count(*) as n from karat.job group by state) s";
    assert_eq!(world.sql(states), "cancelled 1, completed 58, discarded 1");
    let is = world.sql(&format!("select state from karat.job where id = {cancelled}"));
    assert_eq!(is, "cancelled");
    let rows = "select count(*), count(distinct id), min(id), max(id) from public.d";
    assert_eq!(world.sql(rows), "58|58|1|103");
    let books = "select count(*), count(distinct origin), sum(inserted) from karat.load
                 where dataset = 'd' and finished_at is not null";
    assert_eq!(world.sql(books), "58|58|58");
    let fails = "select failures, jsonb_array_length(errors) from karat.job
                 where state = 'discarded'";
    assert_eq!(world.sql(fails), "2|2");
    let again =
        format!("select min(attempt) >= 2 from karat.job where id in ({first}, {second}, {third})");
    assert_eq!(world.sql(&again), "t");
    assert_eq!(world.sql("select count(*) from karat.lease"), "0");
    assert_eq!(world.sql("select count(*) from karat.run where status = 'running'"), "0");
}
