//! `karat rejects` as typed.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Rejects {
    /// List rejected rows, the latest load first
    #[command(after_help = "Example: karat rejects list --dataset agents --limit 100")]
    List {
        #[command(flatten)]
        which: Which,
        /// Those that are no longer open, too
        #[arg(long)]
        all: bool,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show all about one rejected row, or where a row of a replay came from
    #[command(after_help = "Example: karat rejects show 12 4031")]
    Show {
        /// The load
        load: i64,
        /// The line in its file, as karat rejects list shows it
        line: i64,
    },
    /// Count rejected rows by dataset, column and rule
    #[command(after_help = "Example: karat rejects summary --all")]
    Summary {
        /// Those that are no longer open, too
        #[arg(long)]
        all: bool,
    },
    /// Write open rejected rows to a CSV file, to be mended and replayed
    #[command(after_help = "Example: karat rejects export mend.csv --dataset agents")]
    Export {
        /// The file to write; it must not exist
        file: PathBuf,
        #[command(flatten)]
        which: Which,
    },
    /// Load a mended export
    #[command(after_help = "Example: karat rejects replay mend.csv")]
    Replay {
        /// A file that karat rejects export wrote: CSV or XLSX
        file: PathBuf,
        /// Overwrite what later loads have brought
        #[arg(long)]
        overwrite: bool,
        /// Agree to change a protected environment
        #[arg(long)]
        yes: bool,
    },
    /// Say that rejected rows need no mending
    #[command(after_help = "Example: karat rejects dismiss 12 4031 4032 --reason 'test data'")]
    Dismiss {
        /// The load
        load: i64,
        /// Its lines, instead of all that are open
        lines: Vec<i64>,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List values that alias tables lack, the most frequent first
    #[command(after_help = "Examples:\n  karat rejects unmapped leads\n  \
        karat rejects unmapped --alias branches --csv missing.csv")]
    Unmapped {
        /// Of this dataset only
        dataset: Option<String>,
        /// Of this alias table only
        #[arg(long, value_name = "NAME")]
        alias: Option<String>,
        /// Write them to a new CSV file, to be filled in and put into the alias table
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// List at most so many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
}

/// Which rejected rows.
#[derive(Debug, Group)]
pub struct Which {
    /// Of this dataset only
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
    /// Of this load only; may be given several times
    #[arg(long = "load", value_name = "LOAD")]
    pub loads: Vec<i64>,
    /// Of this rule only
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,
}
