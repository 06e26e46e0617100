//! How many pairs one processor compares per second: each kernel by itself, beside the crates
//! strsim and rapidfuzz on the same pairs of generated surnames, and each comparison in the
//! engine, from records to weights. Prints one line of JSON.
//!
//! Usage: kernels PAIRS.

#![expect(clippy::print_stdout, reason = "a program that prints its result")]

#[path = "../generated/people.rs"]
mod people;

use std::hint::black_box;
use std::time::Instant;

use karat_resolve::condition::{Value, parse_condition, parse_rule};
use karat_resolve::linkage::model::{
    BlockingRule, Comparison, Level, LinkType, Model, Probability, Stop,
};
use karat_resolve::linkage::{Column, Known, Linker, Records};
use karat_resolve::text;
use rapidfuzz::distance;
use serde_json::{Map, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A measure of two texts, by whatever name.
type Measure = fn(&str, &str) -> f64;

/// A kernel with what the peers have for it.
struct Kernel {
    name: &'static str,
    ours: Measure,
    strsim: Option<Measure>,
    rapidfuzz: Option<Measure>,
}

const KERNELS: [Kernel; 5] = [
    Kernel {
        name: "levenshtein",
        ours: |a, b| f64::from(text::levenshtein(a.as_bytes(), b.as_bytes())),
        strsim: Some(|a, b| strsim::levenshtein(a, b) as f64),
        rapidfuzz: Some(|a, b| distance::levenshtein::distance(a.bytes(), b.bytes()) as f64),
    },
    Kernel {
        name: "damerau_levenshtein",
        ours: |a, b| f64::from(text::damerau_levenshtein(a.as_bytes(), b.as_bytes())),
        strsim: Some(|a, b| strsim::damerau_levenshtein(a, b) as f64),
        rapidfuzz: Some(|a, b| {
            distance::damerau_levenshtein::distance(a.bytes(), b.bytes()) as f64
        }),
    },
    Kernel {
        name: "jaro",
        ours: |a, b| text::jaro(a.as_bytes(), b.as_bytes()),
        strsim: Some(strsim::jaro),
        rapidfuzz: Some(|a, b| distance::jaro::similarity(a.bytes(), b.bytes())),
    },
    Kernel {
        name: "jaro_winkler",
        ours: |a, b| text::jaro_winkler(a.as_bytes(), b.as_bytes()),
        strsim: Some(strsim::jaro_winkler),
        rapidfuzz: Some(|a, b| distance::jaro_winkler::similarity(a.bytes(), b.bytes())),
    },
    Kernel {
        name: "jaccard",
        ours: |a, b| text::jaccard(a.as_bytes(), b.as_bytes()).unwrap_or(0.0),
        strsim: None,
        rapidfuzz: None,
    },
];

/// Comparisons as a model states them.
const COMPARISONS: [(&str, &str); 8] = [
    ("exact", "surname_l = surname_r"),
    ("levenshtein", "levenshtein(surname_l, surname_r) <= 2"),
    ("damerau_levenshtein", "damerau_levenshtein(surname_l, surname_r) <= 2"),
    ("jaro", "jaro_similarity(surname_l, surname_r) >= 0.9"),
    ("jaro_winkler", "jaro_winkler_similarity(surname_l, surname_r) >= 0.9"),
    ("jaccard", "jaccard(surname_l, surname_r) >= 0.9"),
    ("date_difference", "abs(day_l - day_r) <= 30"),
    ("array_intersect", "len(list_intersect(names_l, names_r)) >= 1"),
];

const RECORDS: usize = 100_000;
const ROUNDS: usize = 3;

/// Records of a block in the engine.
const BLOCK: usize = 200;

fn main() -> Result<()> {
    let pairs = std::env::args().nth(1).ok_or("usage: kernels PAIRS")?.parse()?;
    let (records, _) = people::generate(RECORDS, 1);
    let alone = alone(&records, pairs)?;
    let records = prepared(&records)?;
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut engine = Map::new();
    for (name, condition) in COMPARISONS {
        let rate = one.install(|| in_engine(&records, condition).map_err(|e| e.to_string()))?;
        engine.insert(name.to_owned(), rate.into());
    }
    println!("{}", json!({ "pairs": pairs, "kernels": alone, "engine_pairs_per_s": engine }));
    Ok(())
}

/// Pairs per second of each kernel and its peers, taken in turn; of several rounds the best.
fn alone(records: &Records, pairs: usize) -> Result<Map<String, serde_json::Value>> {
    let surnames = records.column("surname").ok_or("no surnames")?;
    let texts = surnames.values.texts().ok_or("surnames are texts")?;
    let there: Vec<u32> =
        surnames.ids.iter().copied().filter(|id| (*id as usize) < texts.len()).collect();
    // Strides that share no factor with the records pair each with ever others.
    let pair = |i: usize| {
        let (left, lap) = (i % there.len(), i / there.len());
        let right = (left * 7_919 + lap * 104_729 + 1) % there.len();
        (texts.text(there[left]), texts.text(there[right]))
    };
    let pairs: Vec<(&str, &str)> = (0..pairs).map(pair).collect();
    let mut found = Map::new();
    for kernel in KERNELS {
        let mut rates = [0.0_f64; 3];
        let all = [Some(kernel.ours), kernel.strsim, kernel.rapidfuzz];
        for _ in 0..ROUNDS {
            for (best, measure) in rates.iter_mut().zip(all) {
                *best = best.max(measure.map_or(0.0, |measure| rate(&pairs, measure)));
            }
        }
        let [ours, strsim, rapidfuzz] = rates.map(f64::round);
        let mut figures = json!({ "ours_pairs_per_s": ours });
        if strsim > 0.0 {
            figures["strsim_pairs_per_s"] = strsim.into();
            figures["rapidfuzz_pairs_per_s"] = rapidfuzz.into();
            let ratio = strsim.max(rapidfuzz) / ours;
            figures["ratio"] = ((ratio * 1000.0).round() / 1000.0).into();
        }
        found.insert(kernel.name.to_owned(), figures);
    }
    Ok(found)
}

fn rate(pairs: &[(&str, &str)], measure: Measure) -> f64 {
    let since = Instant::now();
    let sum: f64 = pairs.iter().map(|(a, b)| measure(a, b)).sum();
    black_box(sum);
    pairs.len() as f64 / since.elapsed().as_secs_f64()
}

/// The records with a day, a list of names, and a block.
fn prepared(records: &Records) -> Result<Records> {
    let text = |name: &str, record: usize| -> Result<Value> {
        let column = records.column(name).ok_or("a column of the generator is missing")?;
        Ok(column.values.value(column.ids[record]))
    };
    let (mut days, mut names, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
    for record in 0..records.len() {
        days.push(match text("birth_date", record)? {
            Value::Text(date) => Value::Integer(day(&date)),
            _ => Value::Null,
        });
        let list = vec![text("given_name", record)?, text("surname", record)?];
        names.push(Value::List(list));
        blocks.push(Value::Integer((record / BLOCK) as i64));
    }
    let mut records = records.clone();
    for (name, values) in [("day", days), ("names", names), ("block", blocks)] {
        records.columns.push((name.to_owned(), Column::of_values(&values)));
    }
    Ok(records)
}

/// About the days since the beginning of the calendar; good enough to be subtracted.
fn day(date: &str) -> i64 {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().unwrap_or(1));
    let mut next = || parts.next().unwrap_or(1);
    next() * 365 + next() * 30 + next()
}

/// Pairs per second of a model with this comparison alone, keeping no edge.
fn in_engine(records: &Records, condition: &str) -> Result<f64> {
    let level = |condition| Level {
        label: String::new(),
        condition,
        is_null: false,
        m: Probability::default(),
        u: Probability::default(),
        frequency: None,
    };
    let levels = vec![level(Some(parse_condition(condition)?)), level(None)];
    let mut comparison = Comparison { name: condition.to_owned(), description: None, levels };
    comparison.fill_defaults();
    let rule = BlockingRule { condition: parse_rule("l.block = r.block")?, explode: vec![] };
    let model = Model {
        link: LinkType::Dedupe,
        prior: 0.001,
        rules: vec![rule],
        comparisons: vec![comparison],
        stop: Stop::default(),
    };
    let linker = Linker::new(&model, records, &Known::default(), &[])?;
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        let since = Instant::now();
        let predicted = linker.predict(&model, f64::INFINITY, |_| {})?;
        best = best.max(predicted.compared as f64 / since.elapsed().as_secs_f64());
    }
    Ok(best.round())
}
