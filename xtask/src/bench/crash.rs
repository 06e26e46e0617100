//! Killing a load at random instants and starting it again: the table must end as an undisturbed
//! load leaves it, with nothing doubled and nothing lost.
//!
//! Arguments: `--rows N` (1,000,000), `--kills N` (200), `--in-a-row N` (10; then a load is let
//! end and compared), `--seed N` (1), `--route direct|staged|segments` (staged), `--segment KIB`
//! (4096), `--key` (the table has a primary key; for the staged route it has none, and the load
//! has).

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use super::command::Karat;
use super::load::{events, project};
use super::options::Options;

const RESET: &str = "truncate public.events; delete from karat.load; delete from karat.file";
/// What the table holds, whatever the order of its rows, and the books of all loads.
const STATE: &str =
    "select (select concat_ws(' ', count(*), sum(hashtextextended((t.id, t.account, t.city, t.note,
         t.amount, t.at, t.active, t.extra, t.karat_row)::text, 0))) from public.events t),
         (select concat_ws(' ', count(*), sum(read), sum(inserted), sum(rejected)) from karat.load),
         (select count(*) from karat.load_segment),
         (select count(*) from pg_class where relname like 'stage%')";
/// Where a load that was broken off goes on.
const BEHIND: &str = "select coalesce(max(byte_to), 0) from karat.load_segment";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let (rows, key) = (options.number("rows", 1_000_000)?, options.flag("key"));
    let (kills, in_a_row) = (options.number("kills", 200)?, options.number("in-a-row", 10)?);
    let mut state = options.number("seed", 1)?;
    let route = options.text("route", "staged");
    let segment = options.number("segment", 4096)?;
    let folder = root.join(format!("target/bench/crash_{route}{}", if key { "_key" } else { "" }));
    let karat = Karat::build(root, &folder)?;
    project(&folder, key)?;
    declare(&folder, route, key, segment)?;
    let csv = events(root, rows)?.display().to_string();
    let load = ["load", &csv, "--dataset", "events"];
    let _server = karat.server()?;
    karat.run(&["deploy"])?;
    karat.sql(RESET)?;
    let undisturbed = Duration::from_secs_f64(karat.run(&load)?.seconds);
    let expected = karat.sql(STATE)?;
    let (mut killed, mut ended, mut compared) = (0, 0, 0);
    let (mut resumed, mut skipped) = (0, 0);
    let since = Instant::now();
    while killed < kills {
        karat.sql(RESET)?;
        for _ in 0..in_a_row.min(kills - killed) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let instant = undisturbed.mul_f64((state >> 33) as f64 / f64::from(1_u32 << 31));
            let mut child = karat.spawn(&load)?;
            sleep(instant);
            child.kill()?;
            if child.wait()?.success() {
                ended += 1;
                break;
            }
            killed += 1;
            let behind: u64 = karat.sql(BEHIND)?.trim().parse()?;
            resumed += u64::from(behind > 0);
            skipped += behind;
        }
        karat.run(&load)?;
        let found = karat.sql(STATE)?;
        ensure!(found == expected, "after {killed} kills: {found} and not {expected}");
        compared += 1;
        println!("{killed} kills, {compared} times the same table, {resumed} reruns resumed");
    }
    println!(
        "{}",
        serde_json::json!({
            "bench": "crash", "rows": rows, "primary_key": key, "route": route,
            "segment_kib": segment, "kills": killed, "ended_before_the_kill": ended,
            "compared": compared, "reruns_resumed": resumed, "bytes_skipped": skipped,
            "file_bytes": fs::metadata(&csv)?.len(),
            "undisturbed_s": undisturbed.as_secs_f64(), "seconds": since.elapsed().as_secs_f64(),
        })
    );
    Ok(())
}

/// Declares the dataset so that its rows take that route.
fn declare(folder: &Path, route: &str, key: bool, segment: u64) -> Result<()> {
    let settings = match (route, key) {
        ("direct", false) => "mode = \"append\"\n",
        ("direct", true) => "key = [\"id\"]\n",
        ("staged", false) => "key = [\"id\"]\n",
        ("segments", false) => "mode = \"append\"\ncommit = \"segments\"\n",
        ("segments", true) => "key = [\"id\"]\nmode = \"append\"\ncommit = \"segments\"\n",
        _ => bail!("--route is direct, segments or, without --key, staged"),
    };
    let dataset = "files = \"none/*.csv\"\noptional = true\ntable = \"public.events\"\n";
    fs::write(folder.join("datasets/events.toml"), format!("{dataset}{settings}"))?;
    let resources = format!("name = \"bench\"\n[resources]\nsegment = \"{segment} KiB\"\n");
    Ok(fs::write(folder.join("karat.toml"), resources)?)
}
