//! Clusters under a learned model, people's decisions and what sources promise.

use rayon::prelude::*;

use super::People;
use super::blocks::RuleReport;
use super::learned::Learned;
use super::weigh::Weigher;
use crate::agglomerate::{MOST_MET, cluster, groups, rest_weights};
use crate::cluster::Constraints;
use crate::linkage::model::{probability_of, weight_of};

/// The people found.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// For each record the smallest record number of its cluster.
    pub of: Vec<u32>,
    /// For each record the match weight, in bits, of its evidence with the rest of its cluster;
    /// NaN where it is alone. A decision can make it negative.
    pub weights: Vec<f32>,
    /// Pairs of clusters that people should look at, by their smallest records, with the
    /// probability that they are one: between `review` and `auto`, or more where only a source
    /// that lists everything once keeps them apart. Ascending.
    pub review: Vec<(u32, u32, f64)>,
    /// Decisions that could not be obeyed because they contradict others.
    pub contradictions: Vec<(u32, u32)>,
    /// Weak evidence (a probability below .99) that alone made one cluster of two groups of two or
    /// more records: a record of each, and its probability. Ascending.
    pub bridges: Vec<(u32, u32, f64)>,
    /// Pairs that took part in clustering.
    pub edges: u64,
    pub blocking: Vec<RuleReport>,
}

impl People<'_> {
    /// Clusters the records by a model that fits.
    pub fn resolve(&self, learned: &Learned, constraints: &Constraints) -> Resolved {
        let options = &self.plan.options;
        let weigher = Weigher::new(&self.table, learned);
        let review = weight_of(options.review) as f32;
        let least = options.edge.min(review);
        let pairs = self.scan(&weigher, least);
        let edges = pairs.len() as u64;
        let mut terms = self.terms(weight_of(options.auto) as f32);
        terms.review = review;
        let found = cluster(&weigher, terms, pairs, &self.renumbered(constraints));
        let weights = rest_weights(&weigher, terms, &found.of);
        let smallest = self.smallest(&found.of);
        let both = |a: u32, b: u32| (a.min(b), a.max(b));
        let probable = |(a, b, weight): &(u32, u32, f32)| {
            let (a, b) = both(smallest[*a as usize], smallest[*b as usize]);
            (a, b, probability_of(f64::from(*weight)))
        };
        let ascending = |found: &[(u32, u32, f32)]| {
            let mut pairs: Vec<(u32, u32, f64)> = found.iter().map(probable).collect();
            pairs.sort_unstable_by_key(|(a, b, _)| (*a, *b));
            pairs
        };
        let record = |number: &u32| self.table.records[*number as usize];
        let mut contradictions: Vec<(u32, u32)> =
            found.contradictions.iter().map(|(a, b)| both(record(a), record(b))).collect();
        contradictions.sort_unstable();
        let bridge = |(a, b, weight): &(u32, u32, f32)| {
            let (a, b) = both(record(a), record(b));
            (a, b, probability_of(f64::from(*weight)))
        };
        let mut bridges: Vec<(u32, u32, f64)> = found.bridges.iter().map(bridge).collect();
        bridges.sort_unstable_by_key(|(a, b, _)| (*a, *b));
        let numbers = self.table.numbers.iter();
        Resolved {
            weights: numbers.clone().map(|at| weights[*at as usize]).collect(),
            of: numbers.map(|at| smallest[found.of[*at as usize] as usize]).collect(),
            review: ascending(&found.reviews),
            bridges,
            contradictions,
            edges,
            blocking: self.blocks.reports.clone(),
        }
    }

    /// For each record of a cluster the one of it that says most for their being one, and the
    /// match weight of the two in bits; of a very large cluster those near it only. Each pair
    /// once, ascending.
    pub fn links(&self, learned: &Learned, of: &[u32]) -> Vec<(u32, u32, f32)> {
        let weigher = Weigher::new(&self.table, learned);
        let link = |cluster: &[u32], at: usize| {
            let near = 1..=(cluster.len() - 1).min(MOST_MET);
            let others = near.map(|step| cluster[(at + step) % cluster.len()]);
            let number = self.table.numbers[cluster[at] as usize];
            let weighed = others.map(|other| {
                let weight = weigher.weight(number, self.table.numbers[other as usize]);
                (weight, std::cmp::Reverse(other))
            });
            let best = weighed.max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            best.map(|(weight, other)| (cluster[at].min(other.0), cluster[at].max(other.0), weight))
        };
        let of_cluster =
            |cluster: &Vec<u32>| (0..cluster.len()).filter_map(|at| link(cluster, at)).collect();
        let found: Vec<Vec<(u32, u32, f32)>> = groups(of).par_iter().map(of_cluster).collect();
        let mut links: Vec<(u32, u32, f32)> = found.into_iter().flatten().collect();
        links.par_sort_unstable_by_key(|(a, b, _)| (*a, *b));
        links.dedup_by_key(|(a, b, _)| (*a, *b));
        links
    }

    /// Constraints in the table's numbers. What must be one stays in the order of records, because
    /// of two decisions that contradict each other the first is obeyed.
    fn renumbered(&self, constraints: &Constraints) -> Constraints {
        let number = |record: u32| self.table.numbers[record as usize];
        let renumber = |(a, b): &(u32, u32)| (number(*a), number(*b));
        let mut must: Vec<(u32, u32)> =
            constraints.must.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
        must.sort_unstable();
        Constraints {
            must: must.iter().map(renumber).collect(),
            cannot: constraints.cannot.iter().map(renumber).collect(),
            distinct: self.distinct(&constraints.distinct),
        }
    }

    /// For each source whether it lists everything once, by the plan or by what else is known.
    fn distinct(&self, known: &[bool]) -> Vec<bool> {
        let is = |promises: &[bool], source: usize| promises.get(source) == Some(&true);
        let sources = self.plan.distinct.len().max(known.len());
        (0..sources).map(|source| is(&self.plan.distinct, source) || is(known, source)).collect()
    }

    /// For each cluster, by its name, its smallest record.
    fn smallest(&self, of: &[u32]) -> Vec<u32> {
        let mut smallest = vec![u32::MAX; of.len()];
        for (cluster, record) in of.iter().zip(&self.table.records) {
            let smallest = &mut smallest[*cluster as usize];
            *smallest = (*smallest).min(*record);
        }
        smallest
    }
}
