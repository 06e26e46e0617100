//! Training a declared Fellegi-Sunter model on the records: u from random pairs, m by sessions of
//! expectation maximisation or from labels, the prior from sure rules.

use std::fmt::Write as _;

use karat_connect::vault::hash_text;
use karat_resolve::Constraints;
use karat_resolve::linkage::model::BlockingRule;
use karat_resolve::linkage::propose::{Options, Proposal, propose};
use karat_resolve::linkage::splink::{self, Settings};
use karat_resolve::linkage::train::{
    Basis as Found, Effort, Fixed, Sampling, Session as Trained, set_from_sessions, set_m, set_u,
};
use karat_resolve::linkage::{
    Column, Known, Linker, MISSING, Model as Weights, Records as Columns, Refusal, RuleSet,
};
use rustc_hash::FxHashMap;

use crate::model::{Basis, Frequencies, Trained as Kept, TrainingSession};
use crate::project::entity::Weighed;
use crate::project::model::Training;

/// What people decided about pairs, the lower number first.
type Decided = FxHashMap<(u32, u32), bool>;

/// Decisions below which they are left out: few say little, and are of few people.
const FEW: usize = 20;

/// Trains a model. One from a file is taken as it is.
pub(super) fn train(
    declared: &Weighed,
    columns: &Columns,
    constraints: Option<&Constraints>,
) -> Result<Kept, Refusal> {
    let model = &declared.declared.model;
    if declared.is_from_file {
        return Ok(kept(model, columns, Report::default()));
    }
    let training = &declared.declared.training;
    let constraints = constraints.filter(|_| training.decisions);
    let decided = constraints.map(decided).filter(|decided| decided.len() >= FEW);
    let decided = decided.unwrap_or_default();
    let (trained, report) = match training.sessions.is_empty() && training.labels.is_none() {
        true => by_itself(model, training, (columns, decided))?,
        false => as_declared(model, training, (columns, decided))?,
    };
    Ok(kept(&trained, columns, report))
}

/// Pairs that people decided in one way only.
fn decided(constraints: &Constraints) -> Decided {
    let mut decided: FxHashMap<(u32, u32), bool> =
        constraints.must.iter().map(|pair| (*pair, true)).collect();
    for pair in &constraints.cannot {
        if decided.remove(pair).is_none() {
            decided.insert(*pair, false);
        }
    }
    decided
}

/// What came of training.
#[derive(Default)]
struct Report {
    m: Vec<Vec<Found>>,
    u: Vec<Vec<Found>>,
    sessions: Vec<TrainingSession>,
    untrained: Vec<String>,
}

/// Trains with the sessions that the records suggest; the declared rules stay.
fn by_itself(
    model: &Weights,
    training: &Training,
    (columns, decided): (&Columns, Decided),
) -> Result<(Weights, Report), Refusal> {
    let proposal = proposal(model, training, columns)?;
    let prior = training.prior.unwrap_or(proposal.model.prior);
    let mut trained = Weights { rules: model.rules.clone(), prior, ..proposal.model };
    let again = if decided.is_empty() { &[][..] } else { &proposal.session_rules };
    let mut sets: Vec<&[_]> = vec![&training.sure];
    sets.extend(again.iter().map(std::slice::from_ref));
    let linker = Linker::new(&trained, columns, &Known::default(), &sets)?.with_decided(decided);
    if !training.sure.is_empty() {
        trained.prior = linker.prior(RuleSet(1), training.recall).value;
    }
    let counts = linker.sample(sampling(training));
    let mut estimated = trained.clone();
    let u = set_u(&mut estimated, &counts);
    let sessions = match again {
        [] => proposal.sessions,
        rules => sessions(&linker, &estimated, (rules, training))?,
    };
    let report = Report {
        u,
        m: set_from_sessions(&mut estimated, &sessions, Fixed::default()),
        sessions: sessions.iter().map(session).collect(),
        untrained: proposal.untrained,
    };
    Ok((if again.is_empty() { trained } else { estimated }, report))
}

/// Proposes blocking rules and sessions for a model.
pub(super) fn proposal(
    model: &Weights,
    training: &Training,
    columns: &Columns,
) -> Result<Proposal, Refusal> {
    let effort = Effort { seed: training.seed, ..Effort::default() };
    let options = Options { sampling: sampling(training), effort, ..Options::default() };
    propose(columns, model, &Known::default(), &options)
}

fn sampling(training: &Training) -> Sampling {
    Sampling { max_pairs: training.max_pairs, seed: training.seed, ..Sampling::default() }
}

/// Runs a session for each rule; their sets follow that of the sure rules.
fn sessions(
    linker: &Linker,
    model: &Weights,
    (rules, training): (&[BlockingRule], &Training),
) -> Result<Vec<Trained>, Refusal> {
    let effort = Effort { seed: training.seed, ..Effort::default() };
    let run = |(at, rule)| linker.session(model, (RuleSet(at + 2), rule), effort);
    rules.iter().enumerate().map(run).collect()
}

fn as_declared(
    model: &Weights,
    training: &Training,
    (columns, decided): (&Columns, Decided),
) -> Result<(Weights, Report), Refusal> {
    let mut model = model.clone();
    let mut sets: Vec<&[_]> = vec![&training.sure];
    sets.extend(training.sessions.iter().map(std::slice::from_ref));
    let linker = Linker::new(&model, columns, &Known::default(), &sets)?.with_decided(decided);
    if training.prior.is_none() && !training.sure.is_empty() {
        model.prior = linker.prior(RuleSet(1), training.recall).value;
    }
    let mut report =
        Report { u: set_u(&mut model, &linker.sample(sampling(training))), ..Report::default() };
    if let Some(labels) = &training.labels {
        let pairs = labelled(columns, labels)?;
        report.m = set_m(&mut model, &linker.count_levels_of(&pairs));
        return Ok((model, report));
    }
    let sessions = sessions(&linker, &model, (&training.sessions, training))?;
    report.m = set_from_sessions(&mut model, &sessions, Fixed::default());
    report.sessions = sessions.iter().map(session).collect();
    let is_trained = |c: usize| sessions.iter().any(|s| s.comparisons[c].is_some());
    let untrained = (0..model.comparisons.len()).filter(|c| !is_trained(*c));
    report.untrained = untrained.map(|c| model.comparisons[c].name.clone()).collect();
    Ok((model, report))
}

fn session(session: &Trained) -> TrainingSession {
    TrainingSession {
        rule: session.rule.clone(),
        pairs: session.pairs,
        decided: session.decided,
        rounds: session.rounds,
        converged: session.converged,
    }
}

/// Pairs of one label, up to the next few of each record, so that one large group does not decide.
fn labelled(columns: &Columns, name: &str) -> Result<Vec<(u32, u32)>, Refusal> {
    let labels =
        columns.column(name).ok_or_else(|| Refusal::new(format!("there is no column {name}")))?;
    let mut records: Vec<(u32, u32)> = labels
        .ids
        .iter()
        .enumerate()
        .filter(|(_, label)| **label != MISSING)
        .map(|(record, label)| (*label, record as u32))
        .collect();
    records.sort_unstable();
    let mut pairs = Vec::new();
    for group in records.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, a)) in group.iter().enumerate() {
            pairs.extend(group[at + 1..].iter().take(NEXT).map(|(_, b)| (*a, *b)));
        }
    }
    Ok(pairs)
}

/// Records of its label that a record is paired with.
const NEXT: usize = 16;

fn kept(model: &Weights, columns: &Columns, report: Report) -> Kept {
    let at = |bases: &[Vec<Found>], c: usize, l: usize| {
        bases.get(c).and_then(|levels| levels.get(l)).copied().unwrap_or_default()
    };
    let basis = |(c, comparison): (usize, &karat_resolve::linkage::model::Comparison)| {
        let of_level = |l| {
            let (m, u) = (at(&report.m, c, l), at(&report.u, c, l));
            let known = |error: f64| error.is_finite().then_some(error);
            Basis {
                m_sessions: m.count,
                m_error: known(m.error),
                u_pairs: u.count,
                u_error: known(u.error),
            }
        };
        (0..comparison.levels.len()).map(of_level).collect()
    };
    let splink = splink::write(model, &Settings::default());
    Kept {
        basis: model.comparisons.iter().enumerate().map(basis).collect(),
        frequencies: frequencies(model, columns),
        splink: serde_json::from_str(&splink).unwrap_or_default(),
        sessions: report.sessions,
        untrained: report.untrained,
    }
}

fn frequencies(model: &Weights, columns: &Columns) -> Vec<Frequencies> {
    let levels = model.comparisons.iter().flat_map(|comparison| &comparison.levels);
    let mut names: Vec<&str> =
        levels.filter_map(|level| Some(level.frequency.as_ref()?.column.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    let of = |name: &str| columns.column(name).map(|column| frequency(name, column));
    names.into_iter().filter_map(of).collect()
}

fn frequency(name: &str, column: &Column) -> Frequencies {
    let counts = column.counts();
    let mut lines: Vec<String> = counts
        .iter()
        .enumerate()
        .map(|(value, count)| format!("{}\t{count}", column.values.value(value as u32)))
        .collect();
    lines.sort_unstable();
    let mut text = String::new();
    lines.iter().for_each(|line| _ = writeln!(text, "{line}"));
    Frequencies {
        column: name.to_owned(),
        records: counts.iter().map(|count| u64::from(*count)).sum(),
        values: counts.len() as u64,
        digest: hash_text(&text),
    }
}
