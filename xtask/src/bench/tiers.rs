//! Tiered resolution of the agents example at growing sizes: how the time grows with the records.
//!
//! Arguments: `--sizes AxB,AxB,...` (10250x10000,20500x20000,41000x40000,83000x80000).

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::command::Karat;
use super::options::Options;

/// Seconds that the SQL functions of documents 000 and 001 took for the same work on two cores,
/// by size.
const ORIGINAL: [(&str, f64); 2] = [("41000x40000", 116.0), ("83000x80000", 431.0)];

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let sizes = options.text("sizes", "10250x10000,20500x20000,41000x40000,83000x80000");
    let folder = root.join("target/bench/tiers");
    fs::create_dir_all(&folder)?;
    let mut measured = Vec::new();
    for size in sizes.split(',') {
        let project = folder.join(size);
        if project.exists() {
            fs::remove_dir_all(&project)?;
        }
        let karat = Karat::build(root, &project)?;
        karat.new_example("agents", size)?;
        let whole = karat.run(&["run"])?;
        let report = fs::read_to_string(project.join("logs/deployment_report.json"))?;
        let report: Value = serde_json::from_str(&report)?;
        let found = report.pointer("/data_pipeline/resolution/0").context("a resolution")?;
        let original = ORIGINAL.iter().find(|(s, _)| *s == size).map(|(_, seconds)| *seconds);
        let seconds = found["seconds"].as_f64().context("seconds")?;
        println!("{size}: resolve {seconds:.2} s, of that comparing {} s", found["engine_seconds"]);
        measured.push(json!({
            "size": size,
            "records": found["records"],
            "ours_s": seconds,
            "engine_s": found["engine_seconds"],
            "microseconds_per_record": seconds * 1e6 / found["records"].as_f64().unwrap_or(1.0),
            "peer_s": original,
            "ratio": original.map(|original| seconds / original),
            "run_s": whole.seconds,
            "peak_mb": whole.peak_mb,
        }));
    }
    let last = measured.last().cloned().unwrap_or_default();
    println!(
        "{}",
        json!({
            "bench": "tiers", "ours_s": last["ours_s"], "peer_s": last["peer_s"],
            "ratio": last["ratio"], "peak_mb": last["peak_mb"], "sizes": measured,
        })
    );
    Ok(())
}
