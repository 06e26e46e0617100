//! A model over records: from there on everything is numbers.

use std::convert::Infallible;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::candidates::{Candidates, Cost, Rules};
use super::compare::Comparer;
use super::compile::{Compiler, is_plain};
use super::explain::{Named, named};
use super::frequency::{Known, Table as Frequencies, frequency_columns};
use super::limits::{BlockPairs, LeftOut, Limits};
use super::look::Scratch;
use super::model::{BlockingRule, Comparison, Level, LinkType, Model};
use super::observe::{Observed, Watch};
use super::pattern::{Layout, Pattern};
use super::records::Records;
use super::refusal::Refusal;
use super::score::Scorer;
use super::test::Test;
use crate::condition::{Expr, Side};

/// Records, with the conditions of a model ready to be asked of their pairs.
pub struct Linker {
    pub(super) comparer: Comparer,
    /// Set 0 is the model's own.
    pub(super) sets: Vec<Rules>,
    pub(super) limits: Limits,
    pub(super) sources: Vec<u16>,
    pub(super) source_count: usize,
    pub(super) watch: Watch,
    /// What people decided about pairs, which training takes as it is.
    pub(super) decided: FxHashMap<(u32, u32), bool>,
    /// For each record a number that it keeps among other records; empty: its position.
    pub(super) identities: Vec<u64>,
    pub(super) across: bool,
    /// For each comparison and level the columns that it says agree, if that is all it says.
    pub(super) exact: Vec<Vec<Option<Exact>>>,
    /// For each comparison the columns that it names; they share their values with the records.
    pub(super) named: Vec<Named>,
}

/// Columns by their position in the rows.
pub(super) type Exact = Vec<u16>;

/// Some blocking rules that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSet(pub usize);

/// The rules by which a model predicts.
pub const PREDICTION: RuleSet = RuleSet(0);

/// A scored pair; `left < right`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    pub left: u32,
    pub right: u32,
    pub weight: f64,
    /// The first blocking rule that found the pair.
    pub rule: u32,
}

impl Linker {
    /// Prepares a model for records; the probabilities may be unknown still. `more` are sets of
    /// rules besides the model's own: set 1 and on.
    pub fn new(
        model: &Model,
        records: &Records,
        known: &Known,
        more: &[&[BlockingRule]],
    ) -> Result<Linker, Refusal> {
        let mut compiler = Compiler::new(records);
        let mut comparisons = Vec::with_capacity(model.comparisons.len());
        let mut exact = Vec::with_capacity(model.comparisons.len());
        for comparison in &model.comparisons {
            let mut tests = Vec::with_capacity(comparison.levels.len());
            for level in &comparison.levels {
                let test = match &level.condition {
                    Some(condition) => compiler.condition(condition),
                    None => Ok(Test::Always),
                };
                let place = || format!("comparison {}, level {:?}", comparison.name, level.label);
                tests.push(test.map_err(|refusal| refusal.at(place))?);
            }
            let place = || format!("comparison {}", comparison.name);
            comparisons.push(compiler.program(tests).map_err(|refusal| refusal.at(place))?);
            exact.push(exact_levels(comparison, &mut compiler)?);
        }
        let mut sets = Vec::with_capacity(more.len() + 1);
        for rules in [model.rules.as_slice()].iter().chain(more) {
            let plain = rules.iter().filter(|rule| is_plain(rule)).count();
            let mut set = Rules::new(plain, records.len());
            for (i, rule) in rules.iter().enumerate() {
                let ready = compiler.rule(rule);
                set.add(ready.map_err(|refusal| refusal.at(|| place(i, rule)))?);
            }
            sets.push(set);
        }
        let mut frequencies = Vec::new();
        for name in frequency_columns(model) {
            let at = compiler.operand(&Expr::column(Side::Left, &name))?;
            frequencies.push(Frequencies::new(&name, at.column, compiler.column(at), known));
        }
        let layout = Layout::new(&model.comparisons)
            .ok_or_else(|| Refusal::new("the levels have more combinations than fit 64 bits"))?;
        let (table, measures, values) = compiler.finish();
        let comparer = Comparer { table, measures, values, comparisons, layout, frequencies };
        let across = model.link == LinkType::Link;
        let (sources, limits) = (records.sources.clone(), Limits::default());
        let named = named(model, records);
        let source_count = sources.iter().max().map_or(0, |source| usize::from(*source) + 1);
        Ok(Linker {
            comparer,
            sets,
            limits,
            sources,
            source_count,
            watch: Watch::default(),
            decided: FxHashMap::default(),
            identities: Vec::new(),
            across,
            exact,
            named,
        })
    }

    /// The same with a number for each record, by which ties between merges of equal weight are
    /// broken: records that keep their numbers are clustered alike wherever they stand.
    pub fn with_identities(mut self, identities: Vec<u64>) -> Linker {
        self.identities = identities;
        self
    }

    /// The number by which a record breaks ties.
    pub fn identity(&self, record: u32) -> u64 {
        self.identities.get(record as usize).copied().unwrap_or(u64::from(record))
    }

    /// The same within limits. Blocks that are too large lose their keys, in all sets of rules;
    /// `left_out` names them. Refuses if the linker alone takes more memory than it may.
    pub fn limited(mut self, limits: Limits) -> Result<Linker, Refusal> {
        self.limits = limits;
        self.memory_for_edges(0)?;
        if let Some(largest) = limits.largest_block {
            let pairs = BlockPairs { sources: self.across.then_some(self.sources.as_slice()) };
            for rules in &mut self.sets {
                let left_out = rules.limit(largest, &pairs);
                rules.left_out.extend(left_out);
            }
        }
        Ok(self)
    }

    /// The blocks beyond the limit, whose rules find no pairs by them, ascending by rule.
    pub fn left_out(&self, rules: RuleSet) -> &[LeftOut] {
        &self.sets[rules.0].left_out
    }

    /// Forgets the keys of a set of rules that is needed no more; it has no rules from then on.
    pub fn forget(&mut self, rules: RuleSet) {
        self.sets[rules.0] = Rules::default();
    }

    fn candidates(&self, rules: RuleSet) -> Candidates<'_> {
        Candidates {
            rules: &self.sets[rules.0],
            across: self.across,
            sources: &self.sources,
            comparer: &self.comparer,
        }
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// What each blocking rule costs, before any pair is compared.
    pub fn costs(&self, rules: RuleSet) -> Vec<Cost> {
        let candidates = self.candidates(rules);
        (0..candidates.rules.len()).into_par_iter().map(|rule| candidates.cost(rule)).collect()
    }

    /// How many pairs of records there are at all.
    pub fn possible_pairs(&self) -> u64 {
        let n = self.len() as u64;
        if !self.across {
            return n * n.saturating_sub(1) / 2;
        }
        let mut counts = vec![0_u64; self.sources.iter().max().map_or(0, |s| *s as usize + 1)];
        self.sources.iter().for_each(|source| counts[*source as usize] += 1);
        (n * n - counts.iter().map(|c| c * c).sum::<u64>()) / 2
    }

    /// Visits all candidate pairs on several threads. Each unit of work starts with what `start`
    /// makes; the results come in an order that depends on neither threads nor time.
    pub(super) fn scan<S: Send>(
        &self,
        rules: RuleSet,
        start: impl Fn() -> S + Sync,
        pair: impl Fn(&mut S, Found, &mut Scratch) + Sync,
        mut done: impl FnMut(Vec<S>),
    ) {
        let done = |found| {
            done(found);
            Ok::<(), Infallible>(())
        };
        let Ok(()) = self.try_scan(rules, start, pair, done);
    }

    /// The same, up to the first error.
    fn try_scan<S: Send, E>(
        &self,
        rules: RuleSet,
        start: impl Fn() -> S + Sync,
        pair: impl Fn(&mut S, Found, &mut Scratch) + Sync,
        mut done: impl FnMut(Vec<S>) -> Result<(), E>,
    ) -> Result<(), E> {
        let candidates = self.candidates(rules);
        let at_once = self.units_at_once();
        for rule in 0..candidates.rules.len() {
            let blocks = candidates.blocks(rule);
            for units in blocks.units.chunks(at_once) {
                let visit = |unit| {
                    let mut found = start();
                    let mut scratch = self.comparer.scratch();
                    candidates.visit(
                        rule,
                        (&blocks, unit),
                        &mut scratch,
                        |left, right, scratch| {
                            pair(&mut found, Found { left, right, rule: rule as u32 }, scratch);
                        },
                    );
                    found
                };
                done(units.par_iter().map(visit).collect())?;
            }
        }
        Ok(())
    }

    /// Scores all candidate pairs and hands on those of at least a weight, in batches.
    pub fn predict(
        &self,
        model: &Model,
        at_least: f64,
        mut take: impl FnMut(&[Edge]),
    ) -> Result<Predicted, Refusal> {
        self.try_predict(model, at_least, |edges| {
            take(edges);
            Ok(())
        })
    }

    /// The same where handing on may fail, which ends it.
    pub fn try_predict<E: From<Refusal>>(
        &self,
        model: &Model,
        at_least: f64,
        mut take: impl FnMut(&[Edge]) -> Result<(), E>,
    ) -> Result<Predicted, E> {
        let scorer = Scorer::new(model, &self.comparer.frequencies)?;
        let left_out = self.left_out(PREDICTION).iter().map(|block| block.pairs).sum();
        let mut predicted = Predicted { left_out, ..Predicted::default() };
        let pair = |unit: &mut Unit, found: Found, scratch: &mut Scratch| {
            unit.pairs += 1;
            let Found { left, right, rule } = found;
            let weight = match self.is_watched(left, right) {
                false => scorer.weight(&self.comparer, (left, right), scratch),
                true => {
                    let counts = (&scorer, &mut unit.observed, &mut unit.reached);
                    self.weight_counted(counts, (left, right), scratch)
                }
            };
            match weight {
                Some(weight) if weight >= at_least => {
                    unit.edges.push(Edge { left, right, weight, rule });
                }
                _ => {}
            }
        };
        let done = |units: Vec<Unit>| -> Result<(), E> {
            for unit in units {
                predicted.compared += unit.pairs;
                predicted.kept += unit.edges.len() as u64;
                predicted.observed.add(&unit.observed);
                take(&unit.edges)?;
            }
            Ok(())
        };
        self.try_scan(PREDICTION, Unit::default, pair, done)?;
        Ok(predicted)
    }

    /// The levels that a pair reaches, whether or not a rule finds it.
    pub fn pattern(&self, left: u32, right: u32) -> Pattern {
        self.comparer.pattern(left, right, &mut self.comparer.scratch())
    }

    pub fn layout(&self) -> &Layout {
        &self.comparer.layout
    }
}

/// What a unit of work found.
#[derive(Default)]
struct Unit {
    pairs: u64,
    edges: Vec<Edge>,
    observed: Observed,
    /// Room for the levels of a pair.
    reached: Vec<u32>,
}

/// A candidate pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub left: u32,
    pub right: u32,
    pub rule: u32,
}

/// What a prediction went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predicted {
    /// Pairs compared.
    pub compared: u64,
    /// Pairs handed on.
    pub kept: u64,
    /// Pairs in blocks beyond the limit, counted for each rule; those that another rule finds in
    /// a smaller block were compared all the same.
    pub left_out: u64,
    /// Counts of the pairs that are watched.
    pub observed: Observed,
}

fn exact_levels(
    comparison: &Comparison,
    compiler: &mut Compiler<'_>,
) -> Result<Vec<Option<Exact>>, Refusal> {
    let mut column = |name: &String| {
        compiler.operand(&Expr::column(Side::Left, name)).map(|operand| operand.column)
    };
    let of = |level: &Level| match level.exact_columns() {
        Some(names) => names.iter().map(&mut column).collect::<Result<_, _>>().map(Some),
        None => Ok(None),
    };
    comparison.levels.iter().map(of).collect()
}

fn place(i: usize, rule: &BlockingRule) -> String {
    format!("blocking rule {}, {rule}", i + 1)
}
