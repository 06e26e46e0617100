//! The engine at scale, without a database: generates people, trains the model of model.json,
//! predicts and clusters within a budget of memory, and prints what each stage took as one line
//! of JSON.
//!
//! Usage: generated RECORDS MEMORY_MB [SEED].

#![expect(clippy::print_stdout, reason = "a program that prints its result")]

mod people;
mod spill;

use std::time::Instant;

use karat_resolve::condition::parse_rule;
use karat_resolve::linkage::cluster::{EdgeStore, Parted, components};
use karat_resolve::linkage::evaluate::agreement;
use karat_resolve::linkage::model::{BlockingRule, Model, weight_of};
use karat_resolve::linkage::train::{Effort, Fixed, Sampling, set_from_sessions, set_u};
use karat_resolve::linkage::{
    Edge, Known, Limits, Linker, Memory, Predicted, Records, RuleSet, splink,
};
use serde_json::{Map, Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SURE: [&str; 2] = [
    "l.given_name = r.given_name and l.surname = r.surname and l.birth_date = r.birth_date",
    "l.email = r.email",
];
const SESSIONS: [&str; 2] = [
    "l.surname = r.surname and l.birth_date = r.birth_date",
    "l.given_name = r.given_name and l.postcode = r.postcode",
];

/// Edges from this probability on are kept, and from the second on they join records.
const KEPT: f64 = 0.5;
const JOINED: f64 = 0.9;

/// Records of the largest block that is compared.
const LARGEST_BLOCK: u32 = 1000;

/// Bytes for each record beside linker and edges: the truth, the store's 8, the clusters, and
/// those of a part.
const BESIDES: u64 = 4 + 8 + 4 + 4;

/// Times of stages, in seconds: on the wall, and of all processors.
struct Clock {
    last: Instant,
    worked: f64,
    stages: Map<String, Value>,
}

impl Clock {
    fn start() -> Clock {
        Clock { last: Instant::now(), worked: worked(), stages: Map::new() }
    }

    fn mark(&mut self, stage: &str) {
        let (wall, worked) = (self.last.elapsed().as_secs_f64(), worked());
        let seconds = json!({
            "wall": rounded(wall, 3), "processors": rounded(worked - self.worked, 2)
        });
        self.stages.insert(stage.to_owned(), seconds);
        (self.last, self.worked) = (Instant::now(), worked);
    }
}

fn main() -> Result<()> {
    let number = |nth: usize| std::env::args().nth(nth).map(|text| text.parse::<u64>());
    let usage = "usage: generated RECORDS MEMORY_MB [SEED]";
    let (records, megabytes) = (number(1).ok_or(usage)??, number(2).ok_or(usage)??);
    let seed = number(3).unwrap_or(Ok(1))?;
    let start = Instant::now();
    let mut clock = Clock::start();
    let (mut records, truth) = people::generate(records as usize, seed);
    clock.mark("generate");
    let mut model = splink::read(include_str!("model.json"))?.model;
    let sets = [rules(&SURE)?, rules(&SESSIONS[..1])?, rules(&SESSIONS[1..])?];
    let sets: Vec<&[BlockingRule]> = sets.iter().map(Vec::as_slice).collect();
    let needed = Linker::memory_to_prepare(&model, &records, &sets) + BESIDES * truth.len() as u64;
    if needed > megabytes << 20 {
        return Err(format!("{} MB are needed before any pair is compared", needed >> 20).into());
    }
    let limits = Limits {
        largest_block: Some(LARGEST_BLOCK),
        memory: Some(megabytes.saturating_mul(1 << 20)),
    };
    let mut linker = Linker::new(&model, &records, &Known::default(), &sets)?.limited(limits)?;
    // From here on the ids are all that is needed of the records.
    records.columns.clear();
    clock.mark("prepare");
    train(&mut model, &linker, &sets)?;
    (1..=sets.len()).for_each(|set| linker.forget(RuleSet(set)));
    clock.mark("train");
    let costs = linker.costs(RuleSet(0));
    clock.mark("costs");
    let memory = linker.memory();
    let (predicted, store) = predict(&model, &linker, &records)?;
    clock.mark("predict");
    drop(linker);
    let (clusters, parted) = cluster(store, truth.len())?;
    clock.mark("cluster");
    let total = start.elapsed().as_secs_f64();
    let candidates: Vec<u64> = costs.iter().map(|cost| cost.pairs).collect();
    let mut figures = figures((predicted, &parted, memory), (&clusters, &truth));
    figures.insert("candidates".into(), candidates.into());
    figures.insert("seconds".into(), rounded(total, 3).into());
    figures.insert("processor_seconds".into(), rounded(worked(), 2).into());
    figures.insert("stages".into(), clock.stages.into());
    figures.insert("peak_mb".into(), peak_mb().into());
    println!("{}", Value::Object(figures));
    Ok(())
}

fn rules(texts: &[&str]) -> Result<Vec<BlockingRule>> {
    let rule = |text: &&str| Ok(BlockingRule { condition: parse_rule(text)?, explode: vec![] });
    texts.iter().map(rule).collect()
}

/// The prior from rules that are surely right, u from random pairs, m from two sessions.
fn train(model: &mut Model, linker: &Linker, sets: &[&[BlockingRule]]) -> Result<()> {
    model.prior = linker.prior(RuleSet(1), 0.6).value;
    let sampling = Sampling { enough: 100, ..Sampling::default() };
    set_u(model, &linker.sample(sampling));
    let session =
        |set: usize| linker.session(model, (RuleSet(set), &sets[set - 1][0]), Effort::default());
    let sessions = [session(2)?, session(3)?];
    if let Some(session) = sessions.iter().find(|session| !session.converged) {
        return Err(format!("training on {} did not settle", session.rule).into());
    }
    set_from_sessions(model, &sessions, Fixed::default());
    Ok(())
}

/// Scores all candidates; what memory does not hold of the edges goes to a file.
fn predict(
    model: &Model,
    linker: &Linker,
    records: &Records,
) -> Result<(Predicted, EdgeStore<spill::Scratch>)> {
    let besides = records.bytes() + BESIDES * records.len() as u64;
    let memory = linker.memory_for_edges(besides)?;
    let mut store = EdgeStore::new(records.len(), memory, spill::Scratch::new()?);
    let add = |edges: &[Edge]| -> Result<()> { Ok(store.add(edges)?) };
    let predicted = linker.try_predict(model, weight_of(KEPT), add)?;
    Ok((predicted, store))
}

/// Clusters part by part; for each record the smallest of its cluster.
fn cluster(store: EdgeStore<spill::Scratch>, records: usize) -> Result<(Vec<u32>, Parted)> {
    let mut clusters: Vec<u32> = (0..records as u32).collect();
    let parted = store.into_parts(|edges, _| -> Result<()> {
        let found = components(records, edges, weight_of(JOINED));
        for (cluster, (record, found)) in clusters.iter_mut().zip((0..).zip(found)) {
            if found != record {
                *cluster = found;
            }
        }
        Ok(())
    })?;
    Ok((clusters, parted))
}

/// What was found, and how well.
fn figures(
    (predicted, parted, memory): (Predicted, &Parted, Memory),
    (clusters, truth): (&[u32], &[u32]),
) -> Map<String, Value> {
    let own = |of: &[u32]| (0..).zip(of).filter(|(record, of)| record == *of).count();
    let found = agreement(clusters, truth);
    let share = |share: f64| rounded(share, 5);
    let figures = json!({
        "records": clusters.len(),
        "pairs": predicted.compared, "left_out": predicted.left_out,
        "edges": parted.edges, "components": own(&parted.components), "clusters": own(clusters),
        "parts": parted.parts, "spilled_mb": megabytes(parted.spilled),
        "linker_mb": {
            "rows": megabytes(memory.rows), "values": megabytes(memory.values),
            "keys": megabytes(memory.keys), "blocks": megabytes(memory.blocks),
            "edges": megabytes(memory.edges), "total": megabytes(memory.total()),
        },
        "precision": share(found.pairs.precision()), "recall": found.pairs.recall().map(share),
        "f1": found.pairs.f1().map(share),
    });
    match figures {
        Value::Object(figures) => figures,
        _ => Map::new(),
    }
}

fn rounded(number: f64, places: i32) -> f64 {
    let unit = 10_f64.powi(places);
    (number * unit).round() / unit
}

fn megabytes(bytes: u64) -> f64 {
    rounded(bytes as f64 / f64::from(1 << 20), 1)
}

/// Seconds that processors worked for this process, where the kernel tells; it counts hundredths.
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let times = after_name.split_whitespace().skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The largest resident set of this process, where the kernel tells.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(megabytes(kilobytes << 10))
}
