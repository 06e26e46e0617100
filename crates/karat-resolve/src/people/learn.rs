//! Learning the model from the records themselves: cluster, estimate from the clusters, and again
//! (recipe, section 3).

use rayon::prelude::*;

use super::People;
use super::dependence::Dependence;
use super::household::Household;
use super::learned::{Learned, LearnedField};
use super::random_pairs::{LevelCounts, RandomPairs, shares};
use super::table::Table;
use super::weigh::Weigher;
use crate::agglomerate::{MOST_MET, Terms, Weighed, cluster, groups};
use crate::cluster::Constraints;

/// A model that changes less than this is as good as settled.
const SETTLED: f64 = 0.02;

impl People<'_> {
    /// Learns the model.
    pub fn learn(&self) -> Learned {
        let (table, plan) = (&self.table, self.plan);
        let mut learned = first_model(table);
        learned.blocking.clone_from(&self.blocks.reports);
        if table.len < 2 || table.possible_pairs() == 0 {
            return learned;
        }
        let options = &plan.options;
        let random =
            RandomPairs::new(table, &mut learned, plan.seed, options.random_pairs as usize);
        random.estimate(table, &mut learned);
        let dependence =
            Dependence::new(table, plan.seed.wrapping_add(1), options.dependence_pairs as usize);
        let promised = Constraints { distinct: plan.distinct.clone(), ..Constraints::default() };
        let mut live: Vec<Weighed> = Vec::new();
        for round in 1..options.rounds.max(2) {
            let weigher = Weigher::new(table, &learned).without_households();
            if round == 1 {
                live = self.scan(&weigher, options.edge - options.slack);
                learned.pairs = live.len() as u64;
            } else {
                let weigh = |pair: &mut Weighed| pair.weight = weigher.weight(pair.a, pair.b);
                live.par_iter_mut().for_each(weigh);
            }
            self.estimate_household(&mut learned, &live);
            let weigher = Weigher::new(table, &learned);
            let stop = if round == 1 { options.first_stop } else { 0.0 };
            let edges = reweigh(&weigher, &live, options.edge);
            if round + 1 == options.rounds {
                live = Vec::new();
            }
            let of = cluster(&weigher, self.terms(stop), edges, &promised).of;
            self.estimate_m(&mut learned, &of);
            random.estimate(table, &mut learned);
            let weigher = Weigher::new(table, &learned);
            learned.rho = dependence.estimate(&weigher, &of, options.missed);
            learned.rounds = round + 1;
        }
        learned
    }

    pub(super) fn terms(&self, stop: f32) -> Terms {
        Terms {
            stop,
            review: f32::INFINITY,
            largest_evidence: self.plan.options.largest_evidence,
            seed: self.plan.seed,
        }
    }

    /// Sets m and lambda from clusters.
    fn estimate_m(&self, learned: &mut Learned, of: &[u32]) {
        let clusters = groups(of);
        let parts: Vec<(LevelCounts, u64)> =
            clusters.par_chunks(CLUSTERS_AT_ONCE).map(|part| self.count(part)).collect();
        let mut counts = LevelCounts::new(&self.table);
        parts.iter().for_each(|(part, _)| counts.add(part));
        let pairs: u64 = parts.iter().map(|(_, pairs)| pairs).sum();
        let before = learned.clone();
        for (field, counts) in learned.fields.iter_mut().zip(&counts.levels) {
            shares(&mut field.m, counts, 1.0);
            field.matches = counts[..field.m.len()].to_vec();
        }
        shares(&mut learned.name.m, &counts.words, 1.0);
        learned.name.matches = counts.words[..learned.name.m.len()].to_vec();
        if let Some(household) = &mut learned.household {
            shares(&mut household.names_m, &counts.relations, 1.0);
        }
        let expected = pairs as f64 + self.table.len as f64 / 1000.0;
        learned.lambda = (expected / self.table.possible_pairs() as f64).min(LARGEST_LAMBDA);
        learned.clusters = clusters.len() as u64;
        learned.change = change(&before, learned);
        learned.converged = learned.change < SETTLED;
    }

    /// Counts the levels of the pairs within clusters, and these pairs.
    fn count(&self, clusters: &[Vec<u32>]) -> (LevelCounts, u64) {
        let mut counts = LevelCounts::new(&self.table);
        let mut pairs = 0;
        for records in clusters {
            let n = records.len();
            pairs += (n * (n - 1) / 2) as u64;
            // In a very large cluster each record meets the next few only, round in a circle.
            let meets = (n - 1).min(MOST_MET);
            let weight = if meets == n - 1 { 1.0 } else { 0.5 } / meets as f64;
            for (at, a) in records.iter().enumerate() {
                let others = match meets == n - 1 {
                    true => &records[at + 1..],
                    false => &records.repeat(2)[at + 1..=at + meets],
                };
                others.iter().for_each(|b| counts.count(&self.table, (*a, *b), weight));
            }
        }
        (counts, pairs)
    }
}

/// Clusters that a thread counts at once, which fixes the order of sums.
const CLUSTERS_AT_ONCE: usize = 1024;

/// The model must leave room for two records to be two people.
const LARGEST_LAMBDA: f64 = 0.5;

/// What is expected before any data is seen: one duplicate per two records.
fn first_model(table: &Table) -> Learned {
    let field = |compared: &super::table::Compared| {
        let levels = compared.values.levels();
        LearnedField {
            name: compared.name.clone(),
            levels: levels.iter().map(|(label, _)| (*label).to_owned()).collect(),
            m: levels.iter().map(|(_, m)| *m).collect(),
            u: vec![1.0 / levels.len() as f64; levels.len()],
            matches: vec![0.0; levels.len()],
        }
    };
    let name = LearnedField {
        name: "name".to_owned(),
        levels: ["absent", "the same", "misspelt", "a beginning"].map(str::to_owned).to_vec(),
        m: vec![0.15, 0.65, 0.10, 0.10],
        u: vec![0.95, 0.01, 0.01, 0.03],
        matches: vec![0.0; 4],
    };
    let lambda = table.len as f64 / 2.0 / table.possible_pairs().max(1) as f64;
    let lambda = lambda.clamp(f64::MIN_POSITIVE, LARGEST_LAMBDA);
    Learned {
        fields: table.compared.iter().map(field).collect(),
        name: if table.names.is_some() { name } else { LearnedField::default() },
        lambda,
        household: Household::expected(table, lambda),
        rho: vec![vec![0.0; table.width]; table.width],
        rounds: 0,
        change: 0.0,
        converged: false,
        pairs: 0,
        clusters: 0,
        blocking: Vec::new(),
    }
}

fn reweigh(weigher: &Weigher<'_>, live: &[Weighed], least: f32) -> Vec<Weighed> {
    let again = |pair: &Weighed| {
        let weight = weigher.weight(pair.a, pair.b);
        (weight >= least).then_some(Weighed { weight, ..*pair })
    };
    live.par_iter().filter_map(again).collect()
}

/// The largest difference of an m probability.
fn change(before: &Learned, after: &Learned) -> f64 {
    let all = |learned: &Learned| {
        let fields = learned.fields.iter().chain([&learned.name]);
        fields.flat_map(|field| field.m.clone()).collect::<Vec<f64>>()
    };
    all(before).iter().zip(all(after)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}
