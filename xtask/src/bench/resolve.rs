//! Probabilistic resolution, the whole job: read Parquet, train, predict, cluster. Ours is the
//! example `historical` of karat-pipeline; the peer is a Python script that runs Splink on DuckDB
//! with the same model and prints its figures as one JSON object on its last line. The ratio is of
//! the job as each program times it itself (`total_s`); `process_ratio` also counts what a process
//! does before and after, where ours clusters twice more, by all evidence.
//!
//! Arguments: `--data FILE.parquet` (the labelled historical figures, or a scaled set of them),
//! `--peer SCRIPT.py`, `--rounds N` (3), `--python PROGRAM` (one with Splink; by default a virtual
//! environment with pinned versions is made in bench/venv of cargo's target folder, and reused).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::command::{Measured, best, captured, example, last_line, target};
use super::options::Options;
use super::python::{SPLINK, environment};

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let (data, peer) = (options.text("data", ""), options.text("peer", ""));
    ensure!(!data.is_empty(), "--data FILE.parquet is missing");
    let rounds = options.number("rounds", 3)?;
    let ours = example(root, "karat-pipeline", "historical")?;
    let python = match options.text("python", "") {
        "" if !peer.is_empty() => {
            environment("python3", &target(root).join("bench/venv"), &SPLINK)?
        }
        given => PathBuf::from(given),
    };
    let (mut our_runs, mut peer_runs) = (Vec::new(), Vec::new());
    let (mut our_figures, mut peer_figures) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let (measured, said) = captured(Command::new(&ours).arg(data))?;
        our_figures.push(last_line(&said)?);
        our_runs.push(measured);
        print!("round {round}: ours {:.2} s, {:.0} MB", measured.seconds, measured.peak_mb);
        if !peer.is_empty() {
            let (measured, said) = captured(Command::new(&python).args([peer, data]))?;
            peer_figures.push(last_line(&said)?);
            peer_runs.push(measured);
            print!("; peer {:.2} s, {:.0} MB", measured.seconds, measured.peak_mb);
        }
        println!();
    }
    let (ours, peer): (Measured, Measured) = (best(&our_runs), best(&peer_runs));
    let job = |figures: &[Value]| {
        figures.iter().filter_map(|f| f["total_s"].as_f64()).fold(f64::INFINITY, f64::min)
    };
    let (our_job, peer_job) = (job(&our_figures), job(&peer_figures));
    let ratio =
        |ours: f64, peer: f64| peer.is_finite().then(|| (ours / peer * 1000.0).round() / 1000.0);
    println!(
        "{}",
        serde_json::json!({
            "bench": "resolve", "ours_s": our_job, "peak_mb": ours.peak_mb,
            "peer_s": peer_job, "peer_peak_mb": peer.peak_mb, "ratio": ratio(our_job, peer_job),
            "our_process_s": ours.seconds, "peer_process_s": peer.seconds,
            "process_ratio": ratio(ours.seconds, peer.seconds),
            "ours": our_figures.last(), "peer": peer_figures.last(),
        })
    );
    Ok(())
}
