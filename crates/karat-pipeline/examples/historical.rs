//! The engine without a database: reads the historical figures (Parquet), trains the model of
//! historical.json, predicts and clusters, and prints what each stage took as one line of JSON.
//!
//! Usage: historical DATA.parquet; or historical DATA.parquet score RULE, which only compares and
//! scores the pairs of a blocking rule; or historical DATA.parquet propose PAIRS, which proposes
//! blocking rules of so many pairs per record and holds them against the truth.

#![expect(clippy::print_stdout, reason = "a program that prints its result")]

use std::path::Path;
use std::time::Instant;

use karat_connect::parquet::File;
use karat_resolve::Constraints;
use karat_resolve::condition::parse_rule;
use karat_resolve::linkage::cluster::{Merge, components};
use karat_resolve::linkage::evaluate::{Agreement, agreement};
use karat_resolve::linkage::model::{BlockingRule, Model, weight_of};
use karat_resolve::linkage::propose::{Options, propose};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::train::{Effort, Fixed, Sampling, set_from_sessions, set_u};
use karat_resolve::linkage::{
    Column, Edge, IdOrder, Known, Linker, Records, RuleSet, TextColumn, splink,
};
use rayon::prelude::*;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SURE: [&str; 3] = [
    "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
    "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname \
     and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
    "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
];
const SESSIONS: [&str; 2] =
    ["l.first_name = r.first_name and l.surname = r.surname", "l.dob = r.dob"];

const WANTED: [&str; 7] =
    ["cluster", "first_name", "surname", "dob", "postcode_fake", "birth_place", "occupation"];

/// Times of stages, in seconds.
struct Clock {
    last: Instant,
    stages: serde_json::Map<String, serde_json::Value>,
}

impl Clock {
    fn mark(&mut self, stage: &str) {
        let seconds = (self.last.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.stages.insert(stage.to_owned(), seconds.into());
        self.last = Instant::now();
    }
}

fn main() -> Result<()> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: historical DATA.parquet [score RULE | propose PAIRS]")?;
    let (what, of) = (std::env::args().nth(2), std::env::args().nth(3).unwrap_or_default());
    match what.as_deref() {
        Some("score") => return scoring(Path::new(&path), &of),
        Some("propose") => return proposing(Path::new(&path), of.parse()?),
        _ => {}
    }
    let start = Instant::now();
    let mut clock = Clock { last: start, stages: serde_json::Map::new() };
    let (records, truth) = read(Path::new(&path))?;
    clock.mark("read");
    let mut model = splink::read(include_str!("historical.json"))?.model;
    let sets = [rules(&SURE)?, rules(&SESSIONS[..1])?, rules(&SESSIONS[1..])?];
    let sets: Vec<&[BlockingRule]> = sets.iter().map(Vec::as_slice).collect();
    let linker = Linker::new(&model, &records, &Known::default(), &sets)?;
    clock.mark("prepare");
    model.prior = linker.prior(RuleSet(1), 0.6).value;
    clock.mark("prior");
    let sampling = Sampling { enough: 100, ..Sampling::default() };
    let counts = linker.sample(sampling);
    set_u(&mut model, &counts);
    clock.mark("u");
    let session =
        |set: usize| linker.session(&model, (RuleSet(set), &sets[set - 1][0]), Effort::default());
    let sessions = [session(2)?, session(3)?];
    set_from_sessions(&mut model, &sessions, Fixed::default());
    clock.mark("em");
    let mut edges = Vec::new();
    let predicted =
        linker.predict(&model, weight_of(0.01), |found| edges.extend_from_slice(found))?;
    clock.mark("predict");
    let clusters = components(records.len(), &edges, weight_of(0.95));
    clock.mark("cluster");
    let total = start.elapsed().as_secs_f64();
    let mut by_evidence = serde_json::Map::new();
    for auto in [0.95, 0.5] {
        let start = Instant::now();
        let terms = Merge { auto: weight_of(auto), review: weight_of(auto), seed: 1 };
        let found = linker.cluster(&model, &edges, &terms, &Constraints::default())?;
        let mut figures = figures(&agreement(&found.of, &truth));
        figures["seconds"] = start.elapsed().as_secs_f64().into();
        by_evidence.insert(format!("at_{auto}"), figures);
    }
    println!(
        "{}",
        serde_json::json!({
            "total_s": total, "stages": clock.stages,
            "records": records.len(), "compared": predicted.compared, "kept": predicted.kept,
            "sampled": counts.pairs,
            "rounds": sessions.iter().map(|s| s.rounds).collect::<Vec<_>>(),
            "converged": sessions.iter().map(|s| s.converged).collect::<Vec<_>>(),
            "clusters_at_0_95": figures(&agreement(&clusters, &truth)),
            "clusters_by_evidence": by_evidence,
        })
    );
    Ok(())
}

fn figures(found: &Agreement) -> serde_json::Value {
    serde_json::json!({
        "precision": found.pairs.precision(), "recall": found.pairs.recall(),
        "f1": found.pairs.f1(), "b_cubed_f1": found.b_cubed.f1(),
    })
}

/// Compares and scores the pairs of one rule, keeping none: what the engine does per second.
fn scoring(path: &Path, rule: &str) -> Result<()> {
    let (records, _) = read(path)?;
    let mut model = splink::read(include_str!("historical.json"))?.model;
    model.rules = rules(&[rule])?;
    let linker = Linker::new(&model, &records, &Known::default(), &[])?;
    let start = Instant::now();
    let predicted = linker.predict(&model, f64::INFINITY, |_| {})?;
    let seconds = start.elapsed().as_secs_f64();
    let threads = rayon::current_num_threads();
    let rate = predicted.compared as f64 / seconds;
    println!(
        "{}",
        serde_json::json!({
            "pairs": predicted.compared, "seconds": seconds, "threads": threads,
            "pairs_per_s": rate.round(), "pairs_per_s_per_thread": (rate / threads as f64).round(),
        })
    );
    Ok(())
}

/// Proposes blocking rules, one line of JSON each: what is estimated and what is so.
fn proposing(path: &Path, max_pairs: f64) -> Result<()> {
    let (records, truth) = read(path)?;
    let model = splink::read(include_str!("historical.json"))?.model;
    let columns = WANTED[1..].iter().map(|name| (*name).to_owned()).collect();
    let options = Options { columns, max_pairs, ..Options::default() };
    let start = Instant::now();
    let found = propose(&records, &model, &Known::default(), &options)?;
    let seconds = start.elapsed().as_secs_f64();
    let entities = agreement(&truth, &truth).pairs.true_positives as f64;
    let recall = |rules: &[BlockingRule]| -> Result<f64> {
        let model = Model { rules: rules.to_vec(), ..found.model.clone() };
        let linker = Linker::new(&model, &records, &Known::default(), &[])?;
        let same = |edge: &&Edge| truth[edge.left as usize] == truth[edge.right as usize];
        let mut matches = 0;
        linker.predict(&model, f64::NEG_INFINITY, |edges| {
            matches += edges.iter().filter(same).count();
        })?;
        Ok(matches as f64 / entities)
    };
    for (at, (chosen, rule)) in found.chosen.iter().zip(&found.model.rules).enumerate() {
        let candidate = &found.candidates[chosen.candidate];
        println!(
            "{}",
            serde_json::json!({
                "rule": rule.to_string(), "pairs": candidate.pairs, "added": chosen.added_pairs,
                "largest_block": candidate.largest_block, "keyed": candidate.keyed,
                "recall": candidate.recall, "true_recall": recall(std::slice::from_ref(rule))?,
                "cumulative": chosen.cumulative,
                "true_cumulative": recall(&found.model.rules[..=at])?,
            })
        );
    }
    let sessions: Vec<String> = found.session_rules.iter().map(|rule| rule.to_string()).collect();
    println!(
        "{}",
        serde_json::json!({
            "seconds": seconds, "candidates": found.candidates.len(), "sessions": sessions,
            "untrained": found.untrained, "matches": found.matches, "true_matches": entities,
        })
    );
    Ok(())
}

fn rules(texts: &[&str]) -> Result<Vec<BlockingRule>> {
    let rule = |text: &&str| Ok(BlockingRule { condition: parse_rule(text)?, explode: vec![] });
    texts.iter().map(rule).collect()
}

/// The records, and for each the number of its true cluster.
fn read(path: &Path) -> Result<(Records, Vec<u32>)> {
    let file = File::open(path)?;
    let names: Vec<String> = file.columns().iter().map(|column| column.name.clone()).collect();
    let position = |name: &str| names.iter().position(|n| n == name).ok_or(format!("no {name}"));
    let mut ids = Texts::default();
    file.texts(position("unique_id")?, &mut |text| ids.push(text.unwrap_or_default()))?;
    let positions = WANTED.map(position);
    let mut columns = WANTED
        .par_iter()
        .zip(positions)
        .map(|(name, position)| {
            let mut column = TextColumn::default();
            let position = position.map_err(|problem| problem.to_string())?;
            file.texts(position, &mut |text| column.push(text)).map_err(|p| p.to_string())?;
            Ok(((*name).to_owned(), column.finish()))
        })
        .collect::<std::result::Result<Vec<(String, Column)>, String>>()?;
    let concat = concat(&columns[1].1, &columns[2].1);
    columns.push(("first_name_surname_concat".to_owned(), concat));
    let n = ids.len();
    let records = Records::new(ids, vec![0; n], vec!["all".into()], columns, IdOrder::Text);
    let truth = records.column("cluster").map(|c| c.ids.to_vec()).unwrap_or_default();
    Ok((records, truth))
}

/// First name and surname in one; missing where either is.
fn concat(first: &Column, last: &Column) -> Column {
    let mut both = TextColumn::default();
    let mut text = String::new();
    let (Some(firsts), Some(lasts)) = (first.values.texts(), last.values.texts()) else {
        return both.finish();
    };
    for (a, b) in first.ids.iter().zip(last.ids.iter()) {
        let missing = *a as usize >= firsts.len() || *b as usize >= lasts.len();
        if missing {
            both.push(None);
            continue;
        }
        text.clear();
        text.push_str(firsts.text(*a));
        text.push(' ');
        text.push_str(lasts.text(*b));
        both.push(Some(&text));
    }
    both.finish()
}
