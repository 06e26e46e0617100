//! Proposes blocking rules and training sessions for a model, without labels: what each rule
//! would cost, by the sizes of its blocks, and how many of the matches it would find, by a model
//! trained on the way and by what each rule finds of the matches that others found.

mod choose;
mod keys;
mod mixture;
mod pool;
mod sessions;

use super::frequency::Known;
use super::linker::{Linker, RuleSet};
use super::model::{BlockingRule, LinkType, Model};
use super::records::Records;
use super::refusal::Refusal;
use super::train::{Effort, Fixed, Sampling, Session, columns, set_from_sessions, set_u};
use choose::Choice;
use keys::{Parts, Size, Sizes, Source};
use mixture::States;
use pool::Matches;

/// What is asked of a proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The columns that keys are made of; none stands for all that the model's comparisons name.
    /// One that says what others say together, such as a full name beside its parts, should be
    /// left out: columns are taken to err independently.
    pub columns: Vec<String>,
    /// Pairs per record that the chosen rules may find, summed over the rules.
    pub max_pairs: f64,
    pub max_rules: usize,
    /// The recall that a rule has to add, as a share of all matches.
    pub least_gain: f64,
    /// How u is estimated.
    pub sampling: Sampling,
    /// How m is.
    pub effort: Effort,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            columns: Vec::new(),
            max_pairs: 50.0,
            max_rules: 8,
            least_gain: 0.002,
            sampling: Sampling { enough: 100, ..Sampling::default() },
            effort: Effort::default(),
        }
    }
}

/// A blocking rule that could be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub rule: BlockingRule,
    /// The pairs that it finds.
    pub pairs: u64,
    /// Records in its largest block.
    pub largest_block: u32,
    /// The share of records that have a key.
    pub keyed: f64,
    /// The share of all matches that it finds, as estimated.
    pub recall: f64,
}

/// A blocking rule to be taken, after those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its position among the candidates.
    pub candidate: usize,
    /// The pairs that it finds and no rule before it does.
    pub added_pairs: u64,
    /// The share of all matches that it and those before it find, as estimated.
    pub cumulative: f64,
}

/// What is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The model with the chosen rules, and trained: u on random pairs, m by the sessions, the
    /// prior from all expected matches.
    pub model: Model,
    /// All rules that were considered.
    pub candidates: Vec<Candidate>,
    pub chosen: Vec<Chosen>,
    /// What training went through, one session for each rule.
    pub sessions: Vec<Session>,
    /// The rules of the sessions.
    pub session_rules: Vec<BlockingRule>,
    /// The comparisons that no session trained.
    pub untrained: Vec<String>,
    /// How many pairs are expected to match.
    pub matches: f64,
}

/// The most ways to agree that are looked at one by one.
const MOST_STATES: usize = 50_000;

/// Proposes blocking rules for a model over records. Probabilities that the model holds as fixed
/// stay; its own rules and prior do not count.
pub fn propose(
    records: &Records,
    model: &Model,
    known: &Known,
    options: &Options,
) -> Result<Proposal, Refusal> {
    let sources = sources(records, model, options)?;
    let numbers = || records.sources.iter().map(|source| u32::from(*source)).collect();
    let across = (model.link == LinkType::Link).then(numbers);
    let sizes = Sizes { sources: &sources, across };
    let budget = (options.max_pairs * records.len() as f64) as u64;
    let rules = keys::rules(&sizes, budget);
    let named: Vec<Vec<String>> = model.comparisons.iter().map(columns).collect();
    let of_sessions = sessions::sessions(&rules, &sources, &named, records.len());
    let written = |at: &usize| sizes.rule(&rules[*at].0);
    let session_rules: Vec<BlockingRule> = of_sessions.iter().map(written).collect();
    let probes = probes(&rules, sources.len(), records.len() as u64 * PROBED);
    let probe_rules: Vec<BlockingRule> = probes.iter().map(written).collect();
    let mut sets = vec![probe_rules.as_slice()];
    sets.extend(session_rules.iter().map(std::slice::from_ref));
    let bare = Model { rules: Vec::new(), ..model.clone() };
    let linker = Linker::new(&bare, records, known, &sets)?;
    let (mut model, sessions) = train(&linker, &bare, &session_rules, options)?;
    let states = States::new(sources.iter().map(|source| source.keys.len() + 1).collect());
    let probes: Vec<&Parts> = probes.iter().map(|at| &rules[*at].0).collect();
    let matches = Matches::estimate(&linker, &model, (&sources, &states), &probes)?;
    model.prior = matches.prior;
    let choice = Choice { states: &matches.states, rules: &rules };
    let best = choice.best(budget, (options.least_gain, options.max_rules));
    model.rules = best.iter().map(written).collect();
    let trained = |c: usize| sessions.iter().any(|session| session.comparisons[c].is_some());
    let untrained = (0..model.comparisons.len()).filter(|c| !trained(*c));
    Ok(Proposal {
        untrained: untrained.map(|c| model.comparisons[c].name.clone()).collect(),
        model,
        candidates: candidates(&choice, &sizes, records.len()),
        chosen: chosen(&choice, &sizes, &best),
        sessions,
        session_rules,
        matches: matches.expected,
    })
}

/// The columns that keys are made of, with so few keys that all ways to agree can be looked at.
fn sources(records: &Records, model: &Model, options: &Options) -> Result<Vec<Source>, Refusal> {
    let mut names = options.columns.clone();
    if names.is_empty() {
        names = model.comparisons.iter().flat_map(columns).collect();
        names.sort();
        names.dedup();
    }
    let sources: Result<Vec<Source>, Refusal> =
        names.iter().map(|name| Source::new(records, name)).collect();
    let mut sources = sources?;
    sources.retain(|source| !source.keys.is_empty());
    let states = |sources: &[Source]| {
        sources.iter().try_fold(1_usize, |all, source| all.checked_mul(source.keys.len() + 1))
    };
    while states(&sources).is_none_or(|states| states > MOST_STATES) {
        let richest = sources.iter_mut().rev().max_by_key(|source| source.keys.len());
        match richest {
            Some(source) if source.keys.len() > 1 => drop(source.keys.remove(0)),
            _ => {
                return Err(Refusal::new("so many columns have too many combinations; name fewer"));
            }
        }
    }
    match sources.is_empty() {
        true => Err(Refusal::new("no column can be made a blocking key")),
        false => Ok(sources),
    }
}

/// Pairs per record that a probing rule finds at most.
const PROBED: u64 = 10;

/// Positions of rules to find a sample of matches by: for each column the widest rule of up to
/// `most` pairs that uses it, and the widest that does not, so that its errors can be seen.
fn probes(rules: &[(Parts, Size)], columns: usize, most: u64) -> Vec<usize> {
    let widest = |column: usize, with: bool| {
        let uses = |parts: &Parts| parts.iter().any(|(source, _)| *source == column);
        let fits = |at: &usize| rules[*at].1.pairs <= most && uses(&rules[*at].0) == with;
        (0..rules.len()).filter(fits).max_by_key(|at| (rules[*at].1.pairs, std::cmp::Reverse(*at)))
    };
    let both = (0..columns).flat_map(|column| [widest(column, true), widest(column, false)]);
    let mut probes: Vec<usize> = both.flatten().collect();
    probes.sort_unstable();
    probes.dedup();
    probes
}

/// Trains a model by sessions, set 2 of the linker and on.
fn train(
    linker: &Linker,
    model: &Model,
    rules: &[BlockingRule],
    options: &Options,
) -> Result<(Model, Vec<Session>), Refusal> {
    let mut model = model.clone();
    model.comparisons.iter_mut().for_each(|comparison| comparison.fill_defaults());
    // One duplicate per two records, until more is known.
    let possible = linker.possible_pairs().max(1) as f64;
    model.prior = (linker.len() as f64 / 2.0 / possible).clamp(f64::MIN_POSITIVE, 0.5);
    set_u(&mut model, &linker.sample(options.sampling));
    let session = |(at, rule): (usize, &BlockingRule)| {
        linker.session(&model, (RuleSet(at + 2), rule), options.effort)
    };
    let sessions: Vec<Session> = rules.iter().enumerate().map(session).collect::<Result<_, _>>()?;
    set_from_sessions(&mut model, &sessions, Fixed::default());
    Ok((model, sessions))
}

fn candidates(choice: &Choice<'_>, sizes: &Sizes<'_>, records: usize) -> Vec<Candidate> {
    let candidate = |(parts, size): &(Parts, Size)| Candidate {
        rule: sizes.rule(parts),
        pairs: size.pairs,
        largest_block: size.largest_block,
        keyed: size.keyed as f64 / records as f64,
        recall: choice.recall(parts),
    };
    choice.rules.iter().map(candidate).collect()
}

fn chosen(choice: &Choice<'_>, sizes: &Sizes<'_>, best: &[usize]) -> Vec<Chosen> {
    let rules: Vec<Parts> = best.iter().map(|at| choice.rules[*at].0.clone()).collect();
    let chosen = |(at, candidate): (usize, &usize)| Chosen {
        candidate: *candidate,
        added_pairs: sizes.added(&rules[..=at]),
        cumulative: choice.joint_recall(&rules[..=at]),
    };
    best.iter().enumerate().map(chosen).collect()
}
