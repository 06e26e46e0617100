//! `karat outputs` as typed.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};
use karat_pipeline::outputs::Aggregate;

#[derive(Debug, Subcommand)]
pub enum Outputs {
    /// List the files in force, or those of one run
    #[command(after_help = "Example: karat outputs list --run 12")]
    List {
        /// Only what this run made
        #[arg(long, value_name = "N")]
        run: Option<i64>,
    },
    /// Copy files out of storage
    #[command(after_help = "Examples:\n  karat outputs get CT_Analysis.csv\n  \
        karat outputs get --to out\n  karat outputs get manifest.json --to -")]
    Get {
        /// Names of files, or of outputs with all their files, instead of all
        names: Vec<String>,
        /// The folder to copy to; - is standard output
        #[arg(long, value_name = "DIR", default_value = ".")]
        to: PathBuf,
    },
    /// Make outputs now
    #[command(after_help = "Example: karat outputs build analysis --agg median --to out")]
    Build(Build),
    /// Print a link to a file that is good for a while, for whoever has it
    #[command(
        after_help = "Example: karat outputs link CT_Analysis.csv --base https://data.example.org"
    )]
    Link {
        /// The file
        name: String,
        /// For how many seconds, at most 604800, a week
        #[arg(long = "for", value_name = "SECONDS", default_value_t = 3600)]
        seconds: u32,
        /// Show it in the browser instead of saving it
        #[arg(long)]
        inline: bool,
        /// The address of karat serve
        #[arg(long, value_name = "URL", default_value = "")]
        base: String,
    },
    /// Have all links that were ever made end now
    Revoke,
    /// Forget what earlier runs made, and remove files that nobody has on record; what is in force stays
    #[command(after_help = "Example: karat outputs prune --keep 30 --dry-run")]
    Prune {
        /// How many runs that made outputs stay
        #[arg(long, value_name = "RUNS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        keep: u32,
        /// Say what would go, and touch nothing
        #[arg(long)]
        dry_run: bool,
        /// Agree to change a protected environment
        #[arg(long)]
        yes: bool,
    },
    /// Compare files with their hashes, and lineage with the input files that are kept
    #[command(after_help = "Example: karat outputs verify --format json")]
    Verify {
        /// Names of files, or of outputs with all their files, instead of all
        names: Vec<String>,
    },
}

#[derive(Debug, Group)]
pub struct Build {
    /// Names of outputs, instead of all; what they are made from is made with them
    pub names: Vec<String>,
    /// What the pivots named make of several values, instead of what they declare: mean, median, sum, first,
    /// min, max, count
    #[arg(long, value_name = "AGGREGATE", value_parser = aggregate)]
    pub agg: Option<Aggregate>,
    /// Copy the files to this folder, too
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Make what has not changed, too
    #[arg(long)]
    pub anew: bool,
    /// Agree to change a protected environment
    #[arg(long)]
    pub yes: bool,
}

fn aggregate(name: &str) -> Result<Aggregate, String> {
    let found = Aggregate::ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, aggregate)| *aggregate).ok_or_else(|| {
        let names: Vec<&str> = Aggregate::ALL.iter().map(|(name, _)| *name).collect();
        format!("the aggregates are {}", names.join(", "))
    })
}
