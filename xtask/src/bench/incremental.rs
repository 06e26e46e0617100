//! New records among resolved ones, on the local server: `karat resolve` after one row came, after
//! a thousand, and over everything, each as a whole process. The peer of a part is the whole.
//!
//! Arguments: `--rows N` (1,000,000), `--rounds N` (5).

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::command::{Karat, Measured, best};
use super::options::Options;

const DATASET: &str = r#"files = "people.csv"
key = ["id"]
mode = "merge"
[columns]
id = { type = "integer" }
first = {}
last = {}
born = {}
email = {}
city = {}
"#;

const ENTITY: &str = r#"auto = 0.95
review = 0.5
link = "dedupe"
[[sources]]
dataset = "people"
[fields]
first = { from = "first" }
last = { from = "last" }
born = { from = "born" }
email = { from = "email" }
city = { from = "city" }
[[blocking]]
same = ["email"]
[[blocking]]
same = ["last", "born"]
[[blocking]]
same = ["first", "last", "city"]
[[comparisons]]
field = "first"
compare = "JaroWinklerAtThresholds"
thresholds = [0.9]
[[comparisons]]
field = "last"
compare = "NameComparison"
[[comparisons]]
field = "born"
compare = "ExactMatch"
[[comparisons]]
field = "email"
compare = "LevenshteinAtThresholds"
thresholds = [2]
[[comparisons]]
field = "city"
compare = "ExactMatch"
[training]
sessions = [["last", "born"], ["email"]]
prior = 0.000001
"#;

/// Rows of people with errors in some fields. At first a third are a second record of the one
/// before; later every other one is another record of somebody known.
const ROWS: &str = "
insert into people
select i, case when i % 7 = 0 then left(f, -1) else f end, case when i % 11 = 0 then l || 's' else l end,
       case when i % 13 = 0 then null else born end, case when i % 5 = 0 then null else email end, city
from (select i, 'F' || x.a % 3000 as f, 'Last' || (x.a / 7) % 30000 as l,
             (date '1930-01-01' + (x.a % 25000)::int)::text as born,
             'mail' || p || '@example.org' as email, 'City' || (x.a / 31) % 500 as city
      from (select i, {person} as p
            from generate_series({from}::bigint, {to}::bigint) i) g
      cross join lateral (select abs(hashint8extended(p, 7)) / 4 as a) x) r
";

/// No people yet.
pub(super) const EMPTY: &str = "
drop schema if exists karat cascade; drop table if exists people, golden_person;
create table people (id bigint primary key, first text, last text, born text, email text, city text)
";

/// The statement that adds people; `person` says who a row is of, by its number `i`.
pub(super) fn rows(from: u64, to: u64, person: &str) -> String {
    let rows = ROWS.replace("{person}", person).replace("{from}", &from.to_string());
    format!("{}; analyze people", rows.replace("{to}", &to.to_string()))
}

/// Writes the project.
pub(super) fn project(folder: &Path) -> Result<()> {
    for (path, text) in [
        ("karat.toml", "name = \"bench\"\n"),
        ("datasets/people.toml", DATASET),
        ("entities/person.toml", ENTITY),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(path, text)?;
    }
    Ok(())
}

pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let rows = options.number("rows", 1_000_000)?;
    let rounds = options.number("rounds", 5)?;
    let folder = root.join("target/bench/incremental");
    project(&folder)?;
    let karat = Karat::build(root, &folder)?;
    let _server = karat.server()?;
    karat.sql(EMPTY)?;
    let add = |from: u64, to: u64| -> Result<()> {
        let person = match from {
            1 => "case when i % 3 = 2 then i - 1 else i end".to_owned(),
            _ => format!("case when i % 2 = 0 then i * 7919 % {rows} else i end"),
        };
        karat.sql(&self::rows(from, to, &person)).map(drop)
    };
    add(1, rows)?;
    let (all, _) = resolve(&karat, &["resolve"])?;
    println!("{rows} records: {:.2} s", all.seconds);
    let mut next = rows + 1;
    let mut came = |records: u64| -> Result<(Measured, Value)> {
        let (mut runs, mut last) = (Vec::new(), Value::Null);
        for _ in 0..rounds {
            add(next, next + records - 1)?;
            next += records;
            let (measured, found) = resolve(&karat, &["resolve"])?;
            ensure!(found["part"]["changed"] == records, "not a part: {found}");
            runs.push(measured);
            last = found["part"].clone();
        }
        let best = best(&runs);
        println!("{records} more: {:.3} s, {last}", best.seconds);
        Ok((best, last))
    };
    let (one, _) = came(1)?;
    let (thousand, reached) = came(1000)?;
    let (nothing, _) = resolve(&karat, &["resolve"])?;
    let (whole, found) = resolve(&karat, &["resolve", "--full"])?;
    ensure!(found["published"]["updated"] == 0, "all at once says otherwise: {found}");
    println!(
        "{}",
        json!({
            "bench": "incremental", "rows": rows, "first_s": all.seconds,
            "one_s": one.seconds, "thousand_s": thousand.seconds, "reached": reached,
            "nothing_s": nothing.seconds, "peer_s": whole.seconds, "ours_s": thousand.seconds,
            "peak_mb": thousand.peak_mb, "peer_peak_mb": whole.peak_mb,
            "ratio": (thousand.seconds / whole.seconds * 1000.0).round() / 1000.0,
        })
    );
    Ok(())
}

/// What a resolution took, and its summary.
fn resolve(karat: &Karat, command: &[&str]) -> Result<(Measured, Value)> {
    let (measured, said) = karat.said(&[command, &["--format", "json"]].concat())?;
    let said: Value = serde_json::from_str(&said)?;
    Ok((measured, said["data"]["resolution"][0].clone()))
}
