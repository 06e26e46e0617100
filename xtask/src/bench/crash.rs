//! Killing a load at random instants and starting it again: the table must end as an undisturbed
//! load leaves it, with nothing doubled and nothing lost.
//!
//! Arguments: `--rows N` (1,000,000), `--kills N` (200), `--in-a-row N` (10; then a load is let
//! end and compared), `--seed N` (1), `--key` (the table has a primary key).

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::command::Karat;
use super::load::{events, project};
use super::options::Options;

const RESET: &str = "truncate public.events; delete from karat.load; delete from karat.file";
/// What the table holds, whatever the order of its rows, and the books of all loads.
const STATE: &str =
    "select (select concat_ws(' ', count(*), sum(hashtextextended((t.id, t.account, t.city, t.note,
         t.amount, t.at, t.active, t.extra)::text, 0))) from public.events t),
         (select concat_ws(' ', count(*), sum(read), sum(inserted), sum(rejected)) from karat.load),
         (select count(*) from pg_class where relname like 'stage%')";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let (rows, key) = (options.number("rows", 1_000_000)?, options.flag("key"));
    let (kills, in_a_row) = (options.number("kills", 200)?, options.number("in-a-row", 10)?);
    let mut state = options.number("seed", 1)?;
    let folder = root.join(if key { "target/bench/crash_key" } else { "target/bench/crash" });
    let karat = Karat::build(root, &folder)?;
    project(&folder, key)?;
    let csv = events(root, rows)?.display().to_string();
    let load = ["load", &csv, "--dataset", "events"];
    let _server = karat.server()?;
    karat.run(&["deploy"])?;
    karat.sql(RESET)?;
    let undisturbed = Duration::from_secs_f64(karat.run(&load)?.seconds);
    let expected = karat.sql(STATE)?;
    let (mut killed, mut ended, mut compared) = (0, 0, 0);
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
            } else {
                killed += 1;
            }
        }
        karat.run(&load)?;
        let found = karat.sql(STATE)?;
        ensure!(found == expected, "after {killed} kills: {found} and not {expected}");
        compared += 1;
        println!("{killed} kills, {compared} times the same table");
    }
    println!(
        "{}",
        serde_json::json!({
            "bench": "crash", "rows": rows, "primary_key": key, "kills": killed,
            "ended_before_the_kill": ended, "compared": compared,
            "undisturbed_s": undisturbed.as_secs_f64(), "seconds": since.elapsed().as_secs_f64(),
        })
    );
    Ok(())
}
