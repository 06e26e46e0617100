//! Pairs per second and processor of each comparison kernel, against the crates strsim and
//! rapidfuzz in the same run. Runs the example `kernels` of karat-pipeline.
//!
//! Arguments: `--pairs N` (1,000,000).

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::command::{captured, example, last_line};
use super::options::Options;

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let pairs = Options::parse(arguments)?.number("pairs", 1_000_000)?;
    let program = example(root, "karat-pipeline", "kernels")?;
    let (measured, said) = captured(Command::new(program).arg(pairs.to_string()))?;
    let figures = last_line(&said)?;
    println!(
        "{}",
        serde_json::json!({
            "bench": "kernels", "ours_s": measured.seconds, "peak_mb": measured.peak_mb,
            "figures": figures,
        })
    );
    Ok(())
}
