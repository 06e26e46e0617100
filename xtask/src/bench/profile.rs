//! Profiling a CSV file: `karat profile` against DuckDB's SUMMARIZE of the same file, in turn.
//! Ours also counts kinds, shapes, frequent values and rows that come again; neither keeps the
//! rows.
//!
//! Arguments: `--rows N` (1,000,000), `--rounds N` (3), `--python PROGRAM` (one with DuckDB;
//! without it only ours is measured).

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::command::{Karat, best, captured};
use super::load::generate;
use super::options::Options;

/// Reads all columns of the file named by the first argument, and prints how many there are.
const PEER: &str = "import duckdb, sys\n\
    rows = duckdb.sql(f\"summarize from read_csv('{sys.argv[1]}')\").fetchall()\n\
    print(len(rows))";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let rows = options.number("rows", 1_000_000)?;
    let rounds = options.number("rounds", 3)?;
    let python = options.text("python", "");
    let csv = root.join(format!("target/bench/events_{rows}.csv"));
    if let Some(folder) = csv.parent().filter(|_| !csv.exists()) {
        fs::create_dir_all(folder)?;
        generate(&csv, rows)?;
    }
    let karat = Karat::build(root, root)?;
    let path = csv.display().to_string();
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        ours.push(karat.run(&["profile", &path])?);
        print!("round {round}: ours {:.2} s", ours[ours.len() - 1].seconds);
        if !python.is_empty() {
            let (measured, said) = captured(Command::new(python).args(["-c", PEER, &path]))?;
            ensure!(said.trim() == "8", "DuckDB sees {} columns instead of 8", said.trim());
            peer.push(measured);
            print!("; DuckDB {:.2} s", measured.seconds);
        }
        println!();
    }
    let ours = best(&ours);
    let peer = (!peer.is_empty()).then(|| best(&peer));
    let ratio = peer.map(|peer| (ours.seconds / peer.seconds * 1000.0).round() / 1000.0);
    println!(
        "{}",
        serde_json::json!({
            "bench": "profile", "rows": rows, "bytes": fs::metadata(&csv)?.len(),
            "ours_s": ours.seconds, "peak_mb": ours.peak_mb,
            "peer_s": peer.map(|peer| peer.seconds),
            "peer_peak_mb": peer.map(|peer| peer.peak_mb), "ratio": ratio,
            "rows_per_s": (rows as f64 / ours.seconds) as u64,
        })
    );
    Ok(())
}
