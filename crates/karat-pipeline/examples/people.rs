//! The model for people without a database: learns and resolves the records of a Parquet file
//! whose column `cluster` is the truth, and prints accuracy, seconds and memory as one line of
//! JSON.
//!
//! Usage: people DATA.parquet [half=0|1] [auto=P] [ROLE=COLUMN...]
//!
//! Without roles the columns are those of the historical figures. A half has the clusters whose
//! first number is even or odd, so that what was chosen on one can be measured on the other.

#![expect(clippy::print_stdout, reason = "a program that prints its result")]

use std::path::Path;
use std::time::Instant;

use karat_connect::parquet::File;
use karat_resolve::Constraints;
use karat_resolve::linkage::evaluate::agreement;
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Column, IdOrder, Records, TextColumn};
use karat_resolve::people::{Field, People, Plan, ROLES, Role};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const HISTORICAL: [(Role, &str); 7] = [
    (Role::FullName, "full_name"),
    (Role::GivenName, "first_name"),
    (Role::Surname, "surname"),
    (Role::Date, "dob"),
    (Role::Postcode, "postcode_fake"),
    (Role::Place, "birth_place"),
    (Role::Category, "occupation"),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: people DATA.parquet [half=0|1] [ROLE=COLUMN...]")?;
    let arguments: Vec<String> = arguments.collect();
    let plan = plan(&arguments)?;
    let data = read(Path::new(&path), &plan, value(&arguments, "half"))?;
    let read_mb = peak_mb();
    let start = Instant::now();
    let people = People::new(&data, &plan)?;
    let prepared = start.elapsed().as_secs_f64();
    let learned = people.learn();
    let learnt = start.elapsed().as_secs_f64();
    let resolved = people.resolve(&learned, &Constraints::default());
    let total = start.elapsed().as_secs_f64();
    let (peak_mb, truth) = (peak_mb(), data.column("cluster").ok_or("no cluster")?.ids.to_vec());
    let found = agreement(&resolved.of, &truth);
    let blocked = people.candidates_within(&truth) as f64 / found.pairs.positives() as f64;
    println!(
        "{}",
        serde_json::json!({
            "records": data.len(), "total_s": total, "prepare_s": prepared,
            "learn_s": learnt - prepared, "resolve_s": total - learnt,
            "threads": rayon::current_num_threads(), "read_mb": read_mb, "peak_mb": peak_mb,
            "candidates": people.candidates(), "kept": learned.pairs, "edges": resolved.edges,
            "blocking_recall": blocked, "precision": found.pairs.precision(),
            "recall": found.pairs.recall(), "f1": found.pairs.f1(),
            "b_cubed_f1": found.b_cubed.f1(), "lambda": learned.lambda, "rho": learned.rho,
        })
    );
    Ok(())
}

fn plan(arguments: &[String]) -> Result<Plan> {
    let pairs = arguments.iter().filter_map(|argument| argument.split_once('='));
    let field = |(key, column)| {
        let (role, _) = ROLES.iter().find(|(_, name)| *name == key)?;
        Some(Field::new(*role, column))
    };
    let mut fields: Vec<Field> = pairs.filter_map(field).collect();
    if fields.is_empty() {
        fields = HISTORICAL.map(|(role, column)| Field::new(role, column)).to_vec();
    }
    let mut plan = Plan::new(fields);
    if let Some(auto) = value(arguments, "auto") {
        plan.options.auto = auto.parse()?;
    }
    Ok(plan)
}

fn value<'a>(arguments: &'a [String], key: &str) -> Option<&'a str> {
    let mut pairs = arguments.iter().filter_map(|argument| argument.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// The records, with ids that say nothing of their place in the file.
fn read(path: &Path, plan: &Plan, half: Option<&str>) -> Result<Records> {
    let file = File::open(path)?;
    let position = |name: &str| {
        let found = file.columns().iter().position(|column| column.name == name);
        found.ok_or_else(|| format!("there is no column {name}"))
    };
    let half: Option<u64> = half.map(str::parse).transpose()?;
    let mut kept = Vec::new();
    let is_kept = |cluster: Option<&str>| half.is_none_or(|half| parity(cluster) == half);
    file.texts(position("cluster")?, &mut |cluster| kept.push(is_kept(cluster)))?;
    let mut names: Vec<&str> = vec!["cluster"];
    names.extend(plan.fields.iter().flat_map(|field| &field.columns).map(String::as_str));
    let mut columns: Vec<(String, Column)> = Vec::new();
    for name in names {
        let (mut column, mut kept) = (TextColumn::default(), kept.iter());
        file.texts(position(name)?, &mut |text| {
            if kept.next() == Some(&true) {
                column.push(text);
            }
        })?;
        columns.push((name.to_owned(), column.finish()));
    }
    let mut ids = Texts::default();
    let places = kept.iter().zip(1_u64..).filter(|(kept, _)| **kept);
    places.for_each(|(_, place)| ids.push(&format!("{:016x}", mixed(place))));
    let sources = vec![0; ids.len()];
    Ok(Records::new(ids, sources, vec!["all".into()], columns, IdOrder::Text))
}

/// Of the first number in a cluster's name, whether it is odd.
fn parity(cluster: Option<&str>) -> u64 {
    let from_number = cluster.unwrap_or_default().trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = from_number.find(|c: char| !c.is_ascii_digit()).unwrap_or(from_number.len());
    from_number[..end].parse::<u64>().unwrap_or_default() & 1
}

/// A number in an order that looks random (the finalizer of splitmix64).
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ number >> 31
}

/// The most memory that the process has held so far, on Linux.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}
