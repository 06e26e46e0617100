//! A suite of every expectation that both know, on the same table of the local server: `karat
//! check`, with the rows that fail collected by their keys, against Great Expectations, which
//! counts only. Both must find the same: what holds, and how many values are unexpected. Compared
//! are whole processes; how long the peer takes to validate alone, once it has started and seen the
//! table, is told beside it.
//!
//! Arguments: `--rows N` (1,000,000), `--rounds N` (3), `--python PROGRAM` (one with Great
//! Expectations; by default a virtual environment with pinned versions is made in bench/gx of
//! cargo's target folder, and reused), `--without-rows` (our table has no key, so that no failing
//! row is collected).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::command::{Karat, best, captured, last_line, target};
use super::options::Options;
use super::python::{GREAT_EXPECTATIONS, environment};

const PEER: &str = "tests/peers/great_expectations";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let rows = options.number("rows", 1_000_000)?;
    let rounds = options.number("rounds", 3)?;
    let python = match options.text("python", "") {
        "" => environment("python3", &target(root).join("bench/gx"), &GREAT_EXPECTATIONS)?,
        given => PathBuf::from(given),
    };
    let folder = root.join("target/bench/checks");
    let karat = Karat::build(root, &folder)?;
    if folder.join("checks").exists() {
        fs::remove_dir_all(folder.join("checks"))?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("karat.toml"), "name = \"bench\"\n")?;
    let peer = root.join(PEER);
    let suite = peer.join("suite.json").display().to_string();
    karat.said(&["check", "import", &suite, "--table", "gx_orders"])?;
    if !options.flag("without-rows") {
        let file = folder.join("checks/orders.toml");
        let checks = fs::read_to_string(&file)?;
        fs::write(&file, format!("key = [\"id\"]\n{checks}"))?;
    }
    let _server = karat.server()?;
    let table = fs::read_to_string(peer.join("table.sql"))?.replace(":rows", &rows.to_string());
    karat.sql(&table)?;
    let url = sqlalchemy(&karat.url()?);
    let (mut ours, mut theirs, mut validating) = (Vec::new(), Vec::new(), f64::INFINITY);
    for round in 1..=rounds {
        let (measured, said) = karat.said(&["check", "--fail-on", "never", "--format", "json"])?;
        let (process, answer) =
            captured(Command::new(&python).arg(peer.join("run.py")).args([&url, &suite]))?;
        let peer = last_line(&answer)?;
        compare(&suite, &serde_json::from_str(&said)?, &peer)?;
        let seconds = peer["seconds"].as_f64().context("the peer's seconds")?;
        println!(
            "round {round}: ours {:.2} s, Great Expectations {:.2} s, {seconds:.2} s of it to validate",
            measured.seconds, process.seconds
        );
        ours.push(measured);
        theirs.push(process);
        validating = validating.min(seconds);
    }
    let (ours, theirs) = (best(&ours), best(&theirs));
    let ratio = |peer: f64| (ours.seconds / peer * 1000.0).round() / 1000.0;
    println!(
        "{}",
        json!({
            "bench": "checks", "rows": rows, "collects_rows": !options.flag("without-rows"),
            "ours_s": ours.seconds, "peer_s": theirs.seconds, "peer_validation_s": validating,
            "peak_mb": ours.peak_mb, "ratio": ratio(theirs.seconds),
            "ratio_to_validation": ratio(validating),
        })
    );
    Ok(())
}

/// The address of a server that listens on a socket only, as SQLAlchemy reads it.
fn sqlalchemy(url: &str) -> String {
    url.replacen("postgresql://", "postgresql+psycopg2://", 1)
}

/// Every expectation has to hold for both or neither, with the same number of unexpected values.
fn compare(suite: &str, ours: &Value, peer: &Value) -> Result<()> {
    let declared: Value = serde_json::from_str(&fs::read_to_string(suite)?)?;
    let declared = declared["expectations"].as_array().context("a suite")?;
    let ours = ours["validation_results"][0]["results"].as_array().context("our results")?;
    let peer = peer["results"].as_array().context("the peer's results")?;
    ensure!(ours.len() == declared.len() && peer.len() == declared.len(), "not all were run");
    let mut differing = Vec::new();
    for (expectation, (ours, peer)) in declared.iter().zip(ours.iter().zip(peer)) {
        let (found, wanted) = (unexpected(expectation, &ours["result"]), &peer["unexpected"]);
        if ours["success"] != peer["success"] || found != wanted.as_u64() {
            let success = &ours["success"];
            differing.push(format!("{expectation}: ours {success} {found:?}, peer {peer}"));
        }
    }
    ensure!(differing.is_empty(), "not the same:\n{}", differing.join("\n"));
    Ok(())
}

/// Our number of unexpected values. Of a set of distinct values we show the values, and Great
/// Expectations counts those that are not in the set.
fn unexpected(expectation: &Value, result: &Value) -> Option<u64> {
    let sets = ["distinct_values_to_be_in_set", "distinct_values_to_equal_set"];
    let kind = expectation["type"].as_str().unwrap_or_default();
    if !sets.iter().any(|name| kind.ends_with(name)) {
        return result["unexpected_count"].as_u64();
    }
    let known = expectation["kwargs"]["value_set"].as_array()?;
    let values = result["observed_value"].as_array()?;
    Some(values.iter().filter(|value| !known.contains(value)).count() as u64)
}
