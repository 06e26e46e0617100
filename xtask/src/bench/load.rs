//! Loading a file of events: `karat load` against `psql \copy` of the same rows as CSV into the
//! same table, in turn, on the local server.
//!
//! Arguments: `--form csv|xlsx|parquet` (csv: the very file that psql copies), `--rows N`
//! (1,000,000), `--key` (the table has a primary key), `--rounds N` (5).

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::command::{Karat, Measured, best, example};
use super::options::Options;

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let rows = options.number("rows", 1_000_000)?;
    let rounds = options.number("rounds", 5)?;
    let key = options.flag("key");
    // Tables with and without key are different projects, so that neither deploys over the other.
    let folder = root.join(if key { "target/bench/load_key" } else { "target/bench/load" });
    let karat = Karat::build(root, &folder)?;
    project(&folder, key)?;
    let csv = events(root, rows)?;
    let form = options.text("form", "csv");
    let file = formed(root, &csv, form)?;
    let _server = karat.server()?;
    karat.run(&["deploy"])?;
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        karat.sql("truncate public.events")?;
        let copy = format!(
            "\\copy public.events (id, account, city, note, amount, at, active, \
             extra) from '{}' with (format csv, header)",
            csv.display()
        );
        peer.push(karat.psql(&copy)?);
        karat.sql("truncate public.events; delete from karat.load; delete from karat.file")?;
        let path = file.display().to_string();
        ours.push(karat.run(&["load", &path, "--dataset", "events"])?);
        println!(
            "round {}: ours {:.2} s, psql {:.2} s",
            round + 1,
            ours[ours.len() - 1].seconds,
            peer[peer.len() - 1].seconds
        );
        let loaded = karat.sql("select count(*) from public.events")?;
        ensure!(loaded.trim() == rows.to_string(), "{} of {rows} rows", loaded.trim());
    }
    let (ours, peer): (Measured, Measured) = (best(&ours), best(&peer));
    println!(
        "{}",
        serde_json::json!({
            "bench": "load", "form": form, "rows": rows, "primary_key": key,
            "bytes": fs::metadata(&file)?.len(), "peer_bytes": fs::metadata(&csv)?.len(),
            "ours_s": ours.seconds, "peer_s": peer.seconds,
            "ratio": (ours.seconds / peer.seconds * 1000.0).round() / 1000.0,
            "rows_per_s": (rows as f64 / ours.seconds) as u64,
            "peak_mb": ours.peak_mb,
        })
    );
    Ok(())
}

/// A project with one dataset, whose files are named on the command line.
pub(super) fn project(folder: &Path, key: bool) -> Result<()> {
    for (name, text) in [
        ("karat.toml", "name = \"bench\"\n".to_owned()),
        (
            "schema/events.sql",
            format!(
                "create table public.events (id bigint{}, account text, city text, note text, \
                 amount double precision, at timestamptz, active boolean, extra jsonb);\n",
                if key { " primary key" } else { "" }
            ),
        ),
        (
            "datasets/events.toml",
            format!(
                "files = \"none/*.csv\"\noptional = true\ntable = \"public.events\"\n{}",
                if key { "key = [\"id\"]\n" } else { "mode = \"append\"\n" }
            ),
        ),
    ] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// A file of so many events; made once.
pub(super) fn events(root: &Path, rows: u64) -> Result<PathBuf> {
    let csv = root.join(format!("target/bench/events_{rows}.csv"));
    if !csv.exists() {
        generate(&csv, rows)?;
    }
    Ok(csv)
}

/// The rows of a CSV file of events in another form; made once.
fn formed(root: &Path, csv: &Path, form: &str) -> Result<PathBuf> {
    ensure!(["csv", "xlsx", "parquet"].contains(&form), "--form is csv, xlsx or parquet");
    let file = csv.with_extension(form);
    if !file.exists() {
        let program = example(root, "karat-connect", "forms")?;
        let made = Command::new(program).args([csv, &file]).status()?;
        ensure!(made.success(), "{} cannot be made", file.display());
    }
    Ok(file)
}

/// Rows that look like events of accounts, from a seed that never changes.
pub fn generate(path: &Path, rows: u64) -> Result<()> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    writeln!(out, "id,account,city,note,amount,at,active,extra")?;
    let cities = ["Ankara", "Berlin", "São Paulo", "New York", "Lagos", "Kyoto"];
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for id in 0..rows {
        let (day, second) = (1 + random(28), random(86_400));
        writeln!(
            out,
            "{id},acct-{:06},{},\"note {} of the day, {}\",{}.{:02},2025-{:02}-{day:02} \
             {:02}:{:02}:{:02}.{:03}+00,{},\"{{\"\"v\"\": {}, \"\"tag\"\": \"\"t{}\"\"}}\"",
            random(50_000),
            cities[random(6) as usize],
            random(1000),
            random(1_000_000),
            random(10_000),
            random(100),
            1 + random(12),
            second / 3600,
            second / 60 % 60,
            second % 60,
            random(1000),
            ["true", "false"][random(2) as usize],
            random(1000),
            random(20),
        )?;
    }
    Ok(out.flush()?)
}
