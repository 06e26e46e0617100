//! `cargo xtask fuzz`: changes small files until a reader panics, hangs or takes too much memory.
//!
//! Needs a nightly toolchain and a C++ compiler. Inputs and findings lie in cargo's target folder:
//! `fuzz/corpus/TARGET`, which the next run goes on with, and `fuzz/findings/TARGET`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::bench::command::target as target_folder;
use crate::bench::options::Options;

/// A target, the dictionary of its words, and what it reads.
type Target = (&'static str, Option<&'static str>, &'static str);

const ALL: &[Target] = &[
    ("delimited", Some("delimited"), "delimited text: dialect, encoding, rows"),
    ("packed", None, "gzip, zstd and zip"),
    ("xlsx", Some("xlsx"), "XLSX workbooks, whole and by their parts"),
    ("xls", None, "XLS workbooks, whole and by their records"),
    ("ods", Some("ods"), "ODS workbooks, whole and by their parts"),
    ("json_document", Some("json"), "a JSON document with an array of records"),
    ("json_lines", Some("json"), "JSON Lines"),
    ("parquet", None, "Parquet files"),
];

/// What cargo-fuzz, too, has the compiler put in, so that libFuzzer sees where an input goes.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0";

/// Seconds that one input may take.
const SLOWEST: u64 = 10;

/// MiB of the process. A target itself watches that reading allocates at most 256; the rest is
/// libFuzzer's own.
const MEMORY: u64 = 512;

/// Bytes of an input.
const LARGEST: u64 = 16 * 1024;

pub fn list() {
    println!("targets (--minutes N, 10 unless told; `all` runs one after another):");
    for (name, _, about) in ALL {
        println!("  {name:<16}  {about}");
    }
}

/// Runs one target or all; exit code 1 when there is a finding.
pub fn run(name: &str, root: &Path, arguments: &[String]) -> Result<ExitCode> {
    let options = Options::parse(arguments)?;
    let minutes = options.number("minutes", 10)?;
    let wanted: Vec<&Target> = ALL.iter().filter(|it| name == "all" || it.0 == name).collect();
    if wanted.is_empty() {
        bail!("unknown target `{name}`\nhint: `cargo xtask fuzz` lists them");
    }
    let built = build(root, &wanted)?;
    let mut code = ExitCode::SUCCESS;
    for target in wanted {
        if !fuzz(root, &built, target, minutes)? {
            code = ExitCode::from(1);
        }
    }
    Ok(code)
}

/// Builds targets; the folder that they are in.
fn build(root: &Path, targets: &[&Target]) -> Result<PathBuf> {
    let version = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say which machine it is for")?;
    let folder = target_folder(root).join("fuzz");
    let mut cargo = Command::new("rustup");
    // With --target, programs that run while building are left without coverage.
    cargo.args(["run", "nightly", "cargo", "build", "--release", "--target", host]);
    for (name, ..) in targets {
        cargo.args(["--bin", name]);
    }
    cargo.current_dir(root.join("fuzz")).env("CARGO_TARGET_DIR", &folder);
    let built = cargo.env("RUSTFLAGS", COVERAGE).status().context("cannot run rustup")?;
    ensure!(built.success(), "the targets cannot be built; is there a nightly toolchain?");
    Ok(folder.join(host).join("release"))
}

/// Runs a target for so long; whether it ends without a finding.
fn fuzz(root: &Path, built: &Path, target: &Target, minutes: u64) -> Result<bool> {
    let (name, words, _) = target;
    let folder = target_folder(root).join("fuzz");
    let (corpus, findings) = (folder.join("corpus").join(name), folder.join("findings").join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&findings)?;
    let log = folder.join(format!("{name}.log"));
    let mut fuzzer = Command::new(built.join(name));
    fuzzer.arg(&corpus).env("KARAT_FUZZ_SEEDS", &corpus);
    // The file that is read is written anew for each input: better in memory.
    if Path::new("/dev/shm").is_dir() {
        fuzzer.env("TMPDIR", "/dev/shm");
    }
    fuzzer.args([
        format!("-max_total_time={}", minutes * 60),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-timeout={SLOWEST}"),
        format!("-max_len={LARGEST}"),
        format!("-artifact_prefix={}/", findings.display()),
        "-print_final_stats=1".to_owned(),
    ]);
    if let Some(words) = words {
        let path = root.join("fuzz/dictionaries").join(format!("{words}.dict"));
        fuzzer.arg(format!("-dict={}", path.display()));
    }
    println!("{name}: {minutes} minutes; {}", log.display());
    let ended = fuzzer.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?);
    let ended = ended.status().with_context(|| format!("cannot run {name}"))?;
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let finding = said.lines().find_map(|line| line.split_once("Test unit written to "));
    println!(
        "{}",
        json!({
            "target": name, "minutes": minutes,
            "executions": figure(&said, "stat::number_of_executed_units:"),
            "coverage": figure(&said, "cov: "), "features": figure(&said, "ft: "),
            "peak_mb": figure(&said, "stat::peak_rss_mb:"),
            "slowest_s": figure(&said, "stat::slowest_unit_time_sec:"),
            "finding": finding.map(|(_, path)| path),
        })
    );
    ensure!(ended.success() || finding.is_some(), "{name} ended early; see {}", log.display());
    Ok(ended.success())
}

/// The last number behind a word.
fn figure(said: &str, word: &str) -> Option<u64> {
    said.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once(word)?;
        rest.split_whitespace().next()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_the_last_that_the_fuzzer_said() {
        let said = "#2 INITED cov: 7 ft: 8 corp: 1/1b\n#9 DONE   cov: 12 ft: 34 corp: 5/20b\n\
            stat::peak_rss_mb:              41\n";
        assert_eq!(figure(said, "cov: "), Some(12));
        assert_eq!(figure(said, "ft: "), Some(34));
        assert_eq!(figure(said, "stat::peak_rss_mb:"), Some(41));
        assert_eq!(figure(said, "stat::slowest_unit_time_sec:"), None);
    }

    #[test]
    fn every_target_is_declared_and_has_its_dictionary() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), ALL.len());
        for (name, words, _) in ALL {
            assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name}");
            let words = words.map(|words| root.join("dictionaries").join(words));
            assert!(words.is_none_or(|path| path.with_extension("dict").exists()), "{name}");
        }
    }
}
