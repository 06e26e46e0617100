//! How long pages take among a million jobs and a million entities, asked fifty times a second by
//! `hey`; again while a large file is uploaded; and what the first page brings along.
//!
//! Arguments: `--rows N` (2,150,000 records), `--jobs N` (1,000,000), `--seconds N` (10 for each
//! page), `--upload-mb N` (1000), `--keep` (use what is in the database).

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use super::command::{Karat, captured};
use super::incremental;
use super::options::Options;

/// Requests a second, and how many ask: each waits for its answer.
const RATE: u64 = 50;
const ASKERS: u64 = 10;

/// What the first page brings along.
const FIRST: [&str; 4] = ["/", "/assets/style.css", "/assets/back.js", "/assets/live.js"];

const PASSWORD: &str = "correct horse battery";

/// Jobs that have ended, but for a few.
const JOBS: &str = "
set session_replication_role = replica;
insert into karat.job (kind, state, attempt, created_at, started_at, finished_at, worker, result,
                       requested_by)
select 'run', case when i % 1000 = 0 then 'discarded' when i % 100 = 0 then 'cancelled'
                   else 'completed' end,
       1, t, t, t + interval '1 second', 'w', '{}', 'Eve'
from generate_series(1, {jobs}::bigint) i
cross join lateral (select now() - (({jobs} - i) * interval '1 second') as t) x;
analyze karat.job
";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let (rows, jobs) = (options.number("rows", 2_150_000)?, options.number("jobs", 1_000_000)?);
    let seconds = options.number("seconds", 10)?;
    let folder = root.join("target/bench/serve");
    incremental::project(&folder)?;
    let karat = Karat::build(root, &folder)?;
    let _server = karat.server()?;
    if !options.flag("keep") {
        karat.sql(incremental::EMPTY)?;
        // Every tenth row is another record of the person before.
        karat.sql(&incremental::rows(1, rows, "case when i % 10 = 9 then i - 1 else i end"))?;
        karat.run(&["resolve"])?;
        karat.sql(&JOBS.replace("{jobs}", &jobs.to_string()))?;
        karat.sql("vacuum analyze")?;
    }
    let served = Served::start(&karat)?;
    // Searching is quick as soon as the index of words is there, which a server makes when it begins.
    wait_for(
        &karat,
        "select 1 from pg_index i join pg_class c on c.oid = i.indexrelid \
                      where c.relname = 'golden_person_karat_words' and i.indisvalid",
    )?;
    let id = karat.sql("select id from golden_person offset 1000 limit 1")?;
    let pages = pages(id.trim(), jobs);
    let quiet = served.ask(&pages, seconds)?;
    let mb = options.number("upload-mb", 1000)?;
    let busy =
        if mb == 0 { Vec::new() } else { served.while_uploading(&folder, mb, &pages[..4])? };
    let first = served.first_bytes()?;
    println!(
        "{}",
        json!({
            "bench": "serve", "rate": RATE,
            "entities": karat.sql("select count(*) from golden_person")?.trim(),
            "jobs": karat.sql("select count(*) from karat.job")?.trim(),
            "worst_p99_ms": worst(&quiet), "worst_p99_ms_uploading": worst(&busy),
            "first_load_bytes": first, "peak_mb": served.peak_mb(),
        })
    );
    Ok(())
}

fn pages(id: &str, jobs: u64) -> Vec<String> {
    let some = jobs / 2;
    let pages = [
        "/",
        "/jobs",
        "/runs",
        "/runs/1",
        "/entities",
        "/entities/person",
        "/jobs?state=discarded",
        &format!("/jobs?before={some}"),
        &format!("/jobs/{some}"),
        &format!("/entities/person/{id}"),
        "/entities/person?q=people%3A77777",
        "/entities/person?q=mail77777",
        "/entities/person?q=City3",
        "/entities/person?q=Last777",
        "/review",
        "/review/decisions",
        "/datasets",
        "/datasets/people",
        "/quality",
        "/models/person",
        "/lineage",
        "/api",
        "/uploads",
        "/outputs",
        "/accounts",
        "/tokens",
        "/webhooks",
        "/metrics",
        "/api/v1/status",
        "/api/v1/jobs?limit=100",
        "/api/v1/runs?limit=100",
        "/api/v1/models/person",
        "/api/v1/reviews?limit=100",
        "/api/v1/audit?limit=100",
        &format!("/api/v1/entities/person/records/{id}"),
        "/api/v1/entities/person/records?limit=100",
    ];
    pages.map(str::to_owned).to_vec()
}

/// Waits until a query has a row.
fn wait_for(karat: &Karat, sql: &str) -> Result<()> {
    for _ in 0..600 {
        if !karat.sql(sql)?.trim().is_empty() {
            return Ok(());
        }
        sleep(Duration::from_millis(500));
    }
    bail!("it took too long: {sql}")
}

fn worst(asked: &[(String, f64)]) -> Option<f64> {
    asked.iter().map(|(_, p99)| *p99).max_by(f64::total_cmp)
}

/// `karat serve`, until it is dropped, and the cookie of its first admin.
struct Served {
    child: Child,
    url: String,
    cookie: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Served {
    fn start(karat: &Karat) -> Result<Served> {
        let options = ["serve", "--listen", "127.0.0.1:0", "--no-work", "--invite-admin"];
        let mut child = karat.start(&[&options[..], &["--upload-limit", "4000"]].concat())?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let (mut url, mut link) = (String::new(), String::new());
        while link.is_empty() {
            let line = lines.next().context("it does not serve")??;
            if let Some((_, rest)) = line.split_once("serving ") {
                url = rest.split(';').next().unwrap_or(rest).trim().to_owned();
            }
            link = line.split_once("/welcome/").map_or(String::new(), |(_, link)| link.to_owned());
        }
        let mut served = Served { child, url, cookie: String::new() };
        let name = format!("name=bench-{}", served.child.id());
        let password = format!("password={PASSWORD}");
        let said = served.curl(&[
            "-si",
            "-H",
            &format!("Origin: {}", served.url),
            "--data-urlencode",
            &name,
            "--data-urlencode",
            &password,
            &format!("{}/welcome/{}", served.url, link.trim()),
        ])?;
        let cookie = said.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.context("nobody was let in")?;
        served.cookie = cookie.split(';').next().unwrap_or(cookie).to_owned();
        Ok(served)
    }

    fn curl(&self, arguments: &[&str]) -> Result<String> {
        captured(Command::new("curl").args(arguments)).map(|(_, said)| said)
    }

    /// Asks a page again and again, each time when its turn has come and the answer before is there.
    fn asker(&self, page: &str, seconds: u64) -> Result<Child> {
        let rate = RATE / ASKERS;
        let asker = Command::new("hey")
            .args(["-c", "1", "-n", &(seconds * rate).to_string(), "-q", &rate.to_string()])
            .args(["-disable-redirects", "-o", "csv", "-H", &format!("Cookie: {}", self.cookie)])
            .arg(format!("{}{page}", self.url))
            .stdout(Stdio::piped())
            .spawn();
        asker.context("hey has to be installed")
    }

    /// Asks each page again and again; its 99th percentile in milliseconds.
    fn ask(&self, pages: &[String], seconds: u64) -> Result<Vec<(String, f64)>> {
        let mut asked = Vec::new();
        for page in pages {
            let mut askers = Vec::new();
            for _ in 0..ASKERS {
                askers.push(self.asker(page, seconds)?);
                // Requests come one by one, and not all at one moment.
                sleep(Duration::from_secs(1) / RATE as u32);
            }
            let mut times = Vec::new();
            for asker in askers {
                let said = asker.wait_with_output()?;
                for line in String::from_utf8(said.stdout)?.lines().skip(1) {
                    let cells: Vec<&str> = line.split(',').collect();
                    let status = cells.get(6).copied().unwrap_or_default();
                    ensure!(["200", "303"].contains(&status), "{page} answers {line}");
                    times.push(cells[0].parse::<f64>()? * 1000.0);
                }
            }
            ensure!(!times.is_empty(), "{page} was not answered");
            times.sort_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
            let (p50, p99, most) = (at(0.5), at(0.99), at(1.0));
            println!("{page:<50} p50 {p50:6.1} ms, p99 {p99:6.1} ms, most {most:6.1} ms");
            asked.push((page.clone(), (p99 * 10.0).round() / 10.0));
        }
        Ok(asked)
    }

    /// Asks pages while a file comes at 100 MB a second.
    fn while_uploading(
        &self,
        folder: &Path,
        mb: u64,
        pages: &[String],
    ) -> Result<Vec<(String, f64)>> {
        let path = folder.join("large.bin");
        let mut file = fs::File::create(&path)?;
        let piece: Vec<u8> = (0..1_000_000_u32).map(|i| (i % 251) as u8).collect();
        for _ in 0..mb {
            file.write_all(&piece)?;
        }
        drop(file);
        let mut upload = Command::new("curl")
            .args(["-s", "--limit-rate", "100M", "-H", &format!("Cookie: {}", self.cookie)])
            .args(["-H", "Content-Type: application/octet-stream", "-T"])
            .arg(&path)
            .args(["-X", "POST", &format!("{}/api/v1/uploads?name=large.bin", self.url)])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        println!("while {mb} MB come at 100 MB/s:");
        let asked = self.ask(pages, (mb / 100 / pages.len() as u64).max(1));
        upload.wait()?;
        fs::remove_file(&path)?;
        asked
    }

    /// Bytes that a browser gets with the first page.
    fn first_bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for path in FIRST {
            let cookie = format!("Cookie: {}", self.cookie);
            let url = format!("{}{path}", self.url);
            let of = ["-s", "--compressed", "-o", "/dev/null", "-w", "%{size_download}"];
            let said = self.curl(&[&of[..], &["-H", &cookie, &url]].concat())?;
            bytes += said.trim().parse::<u64>()?;
        }
        Ok(bytes)
    }

    /// The largest resident set of the server so far.
    fn peak_mb(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kb: f64 = line.split_whitespace().next()?.parse().ok()?;
        Some((kb / 1024.0).round())
    }
}
