//! Loading customers with names, addresses of mail, phone numbers, dates and states cleaned, and
//! checking them: `karat load` and `karat check` against `psql \copy` of the same file into
//! columns of text, in turn, on the local server.
//!
//! Arguments: `--rows N` (1,000,000), `--rounds N` (5), `--key` (our table has a primary key).

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use super::command::{Karat, best};
use super::options::Options;

/// Our table; the peer's has the same columns, all of them text.
const COLUMNS: [(&str, &str, &str); 16] = [
    ("customer_id", "text", ""),
    ("first_name", "text", "person_name"),
    ("middle_initial", "text", "person_name"),
    ("last_name", "text", "person_name"),
    ("date_of_birth", "date", "date_month_first"),
    ("email", "text", "email"),
    ("secondary_email", "text", "email"),
    ("phone", "text", "phone"),
    ("secondary_phone", "text", "phone"),
    ("address", "text", ""),
    ("unit", "text", ""),
    ("city", "text", ""),
    ("state", "text", "us_state"),
    ("zip", "text", ""),
    ("created_at_utc", "timestamptz", ""),
    ("updated_at_utc", "timestamptz", ""),
];

const CHECKS: &str = "\
[[checks]]
expect = \"column_values_to_be_unique\"
column = \"customer_id\"
severity = \"block\"

[[checks]]
expect = \"column_values_to_not_be_null\"
column = \"last_name\"
mostly = 0.95

[[checks]]
expect = \"column_values_to_not_be_null\"
column = \"email\"
mostly = 0.95

[[checks]]
expect = \"column_values_to_match_regex\"
column = \"email\"
regex = \"^[^@ ]+@[^@ ]+[.][a-z]+$\"

[[checks]]
expect = \"column_values_to_match_regex\"
column = \"phone\"
regex = \"^[+][1-9][0-9]{7,14}$\"

[[checks]]
expect = \"column_value_lengths_to_equal\"
column = \"state\"
value = 2

[[checks]]
expect = \"column_values_to_be_between\"
column = \"date_of_birth\"
min_value = \"1900-01-01\"
max_value = \"2026-01-01\"

[[checks]]
expect = \"column_pair_values_A_to_be_greater_than_B\"
column_A = \"updated_at_utc\"
column_B = \"created_at_utc\"
or_equal = true
";

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let rows = options.number("rows", 1_000_000)?;
    let rounds = options.number("rounds", 5)?;
    let key = options.flag("key");
    // Tables with and without key are different projects, so that neither deploys over the other.
    let folder = root.join(if key { "target/bench/clean_key" } else { "target/bench/clean" });
    let karat = Karat::build(root, &folder)?;
    project(&folder, key)?;
    let csv = customers(root, rows)?.display().to_string();
    let _server = karat.server()?;
    karat.run(&["deploy"])?;
    let columns = COLUMNS.map(|(name, _, _)| format!("{name} text")).join(", ");
    let (mut ours, mut peer, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        karat.sql(&format!(
            "drop table if exists public.raw; create table public.raw ({columns})"
        ))?;
        peer.push(
            karat.psql(&format!("\\copy public.raw from '{csv}' with (format csv, header)"))?,
        );
        karat.sql("drop table public.raw; truncate public.customers")?;
        karat.sql("delete from karat.load; delete from karat.file; checkpoint")?;
        ours.push(karat.run(&["load", &csv, "--dataset", "customers"])?);
        checks.push(karat.run(&["check"])?);
        let [ours, peer, check] = [&ours, &peer, &checks].map(|runs| runs[runs.len() - 1].seconds);
        println!("round {round}: ours {ours:.2} s, psql {peer:.2} s; checked in {check:.2} s");
        let kept = karat.sql("select count(*) from public.customers")?;
        let rejected = karat.sql("select sum(rejected) from karat.load")?;
        let (kept, rejected): (u64, u64) = (kept.trim().parse()?, rejected.trim().parse()?);
        ensure!(kept + rejected == rows, "{kept} rows and {rejected} rejects of {rows}");
    }
    let (ours, peer, checks) = (best(&ours), best(&peer), best(&checks));
    println!(
        "{}",
        serde_json::json!({
            "bench": "clean", "rows": rows, "primary_key": key, "bytes": fs::metadata(&csv)?.len(),
            "ours_s": ours.seconds, "peer_s": peer.seconds,
            "ratio": (ours.seconds / peer.seconds * 1000.0).round() / 1000.0,
            "rows_per_s": (rows as f64 / ours.seconds) as u64, "peak_mb": ours.peak_mb,
            "check_s": checks.seconds,
        })
    );
    Ok(())
}

fn project(folder: &Path, key: bool) -> Result<()> {
    let typed = COLUMNS.map(|(name, kind, _)| {
        format!("{name} {kind}{}", if key && name == "customer_id" { " primary key" } else { "" })
    });
    let cleaned = COLUMNS.iter().filter(|(_, _, rule)| !rule.is_empty());
    let cleaned: String = cleaned
        .map(|(name, _, rule)| format!("[columns.{name}]\nclean = [\"{rule}\"]\n"))
        .collect();
    let arriving = if key { "key = [\"customer_id\"]" } else { "mode = \"append\"" };
    for (name, text) in [
        ("karat.toml", "name = \"bench\"\n".to_owned()),
        (
            "schema/customers.sql",
            format!("create table public.customers ({});\n", typed.join(", ")),
        ),
        (
            "datasets/customers.toml",
            format!("files = \"none/*.csv\"\noptional = true\n{arriving}\n{cleaned}"),
        ),
        ("checks/customers.toml", format!("key = [\"customer_id\"]\n{CHECKS}")),
    ] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// A file of so many customers of the example, as messy as it makes them; made once.
fn customers(root: &Path, rows: u64) -> Result<PathBuf> {
    let csv = root.join(format!("target/bench/customers_{rows}.csv"));
    if csv.exists() {
        return Ok(csv);
    }
    let example = root.join("target/bench/customers_example");
    if example.exists() {
        fs::remove_dir_all(&example)?;
    }
    // Somewhat more than a quarter of the example's records are customers.
    let size = (rows * 4).to_string();
    Karat::build(root, &example)?.new_example("customers", &size)?;
    let mut lines = BufReader::new(fs::File::open(example.join("data/customers.csv"))?).lines();
    let mut out = BufWriter::new(fs::File::create(&csv)?);
    for line in lines.by_ref().take(rows as usize + 1) {
        writeln!(out, "{}", line?)?;
    }
    out.flush()?;
    ensure!(lines.next().is_some(), "the example holds fewer than {rows} customers");
    fs::remove_dir_all(&example)?;
    Ok(csv)
}
