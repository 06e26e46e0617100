//! `cargo xtask bench`: one benchmark per file, ours and the peer's in turn on the same data.

mod checks;
mod clean;
pub mod command;
mod crash;
mod incremental;
mod kernels;
mod load;
pub mod options;
mod profile;
mod python;
mod resolve;
mod scale;
mod serve;
mod tiers;

use std::path::Path;

use anyhow::{Result, bail};

/// Name, what it measures, and the run: the folder of the workspace and the arguments after the
/// name. A run prints its figures as one JSON object on the last line.
pub type Bench = (&'static str, &'static str, fn(&Path, &[String]) -> Result<()>);

pub const ALL: &[Bench] = &[
    ("checks", "a suite of every expectation, against Great Expectations", checks::run),
    (
        "clean",
        "customers with cleaning and checks, against psql's \\copy of them as text",
        clean::run,
    ),
    ("crash", "a load that is killed at random instants and started again", crash::run),
    (
        "incremental",
        "a few new records among many resolved ones, against resolving all",
        incremental::run,
    ),
    ("kernels", "comparing two values, against strsim and rapidfuzz", kernels::run),
    ("load", "a CSV, XLSX or Parquet file, against psql's \\copy of the CSV", load::run),
    ("profile", "what is in a CSV file, against DuckDB's SUMMARIZE", profile::run),
    ("resolve", "probabilistic resolution of a Parquet file, against Splink", resolve::run),
    ("scale", "millions of generated records within a stated memory", scale::run),
    ("serve", "the pages among a million jobs and entities, asked by hey", serve::run),
    ("tiers", "tiered resolution as the records grow", tiers::run),
];

pub fn list() {
    println!("benches:");
    for (name, about, _) in ALL {
        println!("  {name:<16}  {about}");
    }
}

pub fn run(name: &str, root: &Path, arguments: &[String]) -> Result<()> {
    match ALL.iter().find(|bench| bench.0 == name) {
        Some((_, _, bench)) => bench(root, arguments),
        None => bail!("unknown bench `{name}`\nhint: `cargo xtask bench` lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bench_has_its_own_name_and_says_what_it_measures() {
        let mut names: Vec<&str> = ALL.iter().map(|bench| bench.0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().all(|(_, about, _)| !about.is_empty()));
    }

    #[test]
    fn an_unknown_bench_is_an_error_that_names_it() {
        let error = run("nonsense", Path::new("."), &[]).unwrap_err();
        assert!(error.to_string().starts_with("unknown bench `nonsense`"));
    }
}
