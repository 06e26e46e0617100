//! Millions of generated records within a stated memory: train, predict, cluster. Runs the
//! example `generated` of karat-pipeline, whose figures it prints. There is no peer.
//!
//! Arguments: `--records N` (10,000,000), `--memory-mb N` (4096), `--seed N` (1).

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::command::{captured, example, last_line};
use super::options::Options;

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let records = options.number("records", 10_000_000)?;
    let memory_mb = options.number("memory-mb", 4096)?;
    let seed = options.number("seed", 1)?;
    let program = example(root, "karat-pipeline", "generated")?;
    let given = [records, memory_mb, seed].map(|number| number.to_string());
    let (measured, said) = captured(Command::new(program).args(given))?;
    let figures = last_line(&said)?;
    println!(
        "{}",
        serde_json::json!({
            "bench": "scale", "records": records, "ours_s": measured.seconds,
            "records_per_s": (records as f64 / measured.seconds).round(),
            "memory_mb": memory_mb, "peak_mb": measured.peak_mb, "figures": figures,
        })
    );
    ensure!(
        measured.peak_mb <= memory_mb as f64,
        "{} MB were taken, and {memory_mb} MB allowed",
        measured.peak_mb
    );
    Ok(())
}
