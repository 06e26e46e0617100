//! Connected components: whatever a chain of strong edges joins is one cluster.

use crate::linkage::Edge;

/// For each of `records` the smallest record that edges of `at_least` this weight lead to,
/// directly or through others. As records are numbered in the order of their ids, this names the
/// clusters as Splink does.
pub fn components(records: usize, edges: &[Edge], at_least: f64) -> Vec<u32> {
    let mut components = Components::new(records);
    components.add(edges, at_least);
    components.finish()
}

/// Components of edges that come in batches and are not kept.
pub struct Components(Sets);

impl Components {
    /// Every one of `records` for itself; takes 4 bytes for each.
    pub fn new(records: usize) -> Components {
        Components(Sets::new(records))
    }

    /// Joins what edges of `at_least` this weight connect.
    pub fn add(&mut self, edges: &[Edge], at_least: f64) {
        for edge in edges.iter().filter(|edge| edge.weight >= at_least) {
            self.0.join(edge.left, edge.right);
        }
    }

    /// For each record the smallest of its component.
    pub fn finish(self) -> Vec<u32> {
        self.0.into_representatives()
    }
}

/// The components for several ascending thresholds, in one pass from the highest down: clusters
/// of a lower threshold are unions of those of a higher one.
pub fn nested_components(records: usize, edges: &[Edge], at_least: &[f64]) -> Vec<Vec<u32>> {
    assert!(at_least.is_sorted(), "thresholds ascend");
    let (ends, order) = by_threshold(edges, at_least);
    let mut sets = Sets::new(records);
    let mut found: Vec<Vec<u32>> = vec![Vec::new(); at_least.len()];
    for (threshold, clusters) in found.iter_mut().enumerate().rev() {
        order[ends[threshold]..ends[threshold + 1]].iter().for_each(|(a, b)| sets.join(*a, *b));
        *clusters = sets.representatives();
    }
    found
}

/// The pairs of the edges that reach a threshold, in the order of the highest they reach, and
/// where those of each begin and end. Counting, because the order within does not matter.
fn by_threshold(edges: &[Edge], at_least: &[f64]) -> (Vec<usize>, Vec<(u32, u32)>) {
    // A weight that is no number reaches nothing.
    let reached = |edge: &Edge| at_least.partition_point(|threshold| *threshold <= edge.weight);
    let mut ends = vec![0; at_least.len() + 1];
    for edge in edges {
        let reached = reached(edge);
        ends[reached] += usize::from(reached > 0);
    }
    for threshold in 0..at_least.len() {
        ends[threshold + 1] += ends[threshold];
    }
    let mut next = ends.clone();
    let mut order = vec![(0, 0); ends[at_least.len()]];
    for edge in edges {
        let Some(threshold) = reached(edge).checked_sub(1) else { continue };
        order[next[threshold]] = (edge.left, edge.right);
        next[threshold] += 1;
    }
    (ends, order)
}

/// Disjoint sets of records (Galler and Fischer 1964), with path halving (Tarjan and van Leeuwen
/// 1984). A record's parent is never greater than itself, so a root is the smallest of its set.
pub(super) struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    pub fn new(records: usize) -> Sets {
        let records = u32::try_from(records).expect("record numbers fit 32 bits");
        Sets { parent: (0..records).collect() }
    }

    #[inline]
    fn root(&mut self, mut record: u32) -> u32 {
        loop {
            let parent = self.parent[record as usize];
            let above = self.parent[parent as usize];
            if parent == above {
                return parent;
            }
            self.parent[record as usize] = above;
            record = above;
        }
    }

    #[inline]
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The root of each record.
    pub fn into_representatives(mut self) -> Vec<u32> {
        for record in 0..self.parent.len() {
            // The parent comes before the record and has its root already.
            self.parent[record] = self.parent[self.parent[record] as usize];
        }
        self.parent
    }

    /// The root of each record: its parent comes before it and has its root already.
    pub fn representatives(&self) -> Vec<u32> {
        let mut roots: Vec<u32> = Vec::with_capacity(self.parent.len());
        for (record, parent) in self.parent.iter().enumerate() {
            let root = if *parent as usize == record { *parent } else { roots[*parent as usize] };
            roots.push(root);
        }
        roots
    }
}

#[cfg(test)]
mod tests {
    use super::super::random_pair;
    use super::*;
    use crate::linkage::train::random;

    const THRESHOLDS: [f64; 4] = [-1.0, 2.0, 2.5, 6.0];

    /// Edges between 1 to 40 records, with many equal weights.
    fn edges(seed: u64) -> (usize, Vec<Edge>) {
        let records = 2 + random::below(39, random::draw(seed, 1_000_000) as u32);
        let edge = |position| {
            let (left, right) = random_pair(records, seed, position);
            let weight = f64::from(random::below(10, random::draw(!seed, position) as u32)) - 2.0;
            Edge { left, right, weight, rule: 0 }
        };
        (records as usize, (0..u64::from(records) * (seed % 3)).map(edge).collect())
    }

    /// Spreads the smallest number over edges until nothing changes.
    fn slowly(records: usize, edges: &[Edge], at_least: f64) -> Vec<u32> {
        let mut of: Vec<u32> = (0..records as u32).collect();
        loop {
            let before = of.clone();
            for edge in edges.iter().filter(|edge| edge.weight >= at_least) {
                let least = of[edge.left as usize].min(of[edge.right as usize]);
                of[edge.left as usize] = least;
                of[edge.right as usize] = least;
            }
            if of == before {
                return of;
            }
        }
    }

    #[test]
    fn a_chain_is_one_cluster_named_by_its_smallest_record() {
        let edge = |left, right, weight| Edge { left, right, weight, rule: 0 };
        let edges = [edge(3, 4, 9.0), edge(1, 3, 5.0), edge(0, 2, 4.9)];
        assert_eq!(components(5, &edges, 5.0), [0, 1, 2, 1, 1]);
    }

    #[test]
    fn components_are_what_spreading_finds() {
        for seed in 0..500 {
            let (records, edges) = edges(seed);
            let nested = nested_components(records, &edges, &THRESHOLDS);
            for (threshold, nested) in THRESHOLDS.into_iter().zip(nested) {
                let expected = slowly(records, &edges, threshold);
                assert_eq!(components(records, &edges, threshold), expected);
                let mut batches = Components::new(records);
                edges.chunks(7).for_each(|batch| batches.add(batch, threshold));
                assert_eq!(batches.finish(), expected);
                assert_eq!(nested, expected);
            }
        }
    }

    #[test]
    fn a_higher_threshold_never_joins_more() {
        for seed in 0..200 {
            let (records, edges) = edges(seed);
            for pair in nested_components(records, &edges, &THRESHOLDS).windows(2) {
                for (record, high) in pair[1].iter().enumerate() {
                    assert_eq!(pair[0][record], pair[0][*high as usize]);
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_edges_does_not_matter() {
        for seed in 0..100 {
            let (records, mut edges) = edges(seed);
            let found = components(records, &edges, 3.0);
            edges.reverse();
            assert_eq!(components(records, &edges, 3.0), found);
        }
    }

    #[test]
    fn an_unknown_weight_joins_nothing() {
        let edges = [Edge { left: 0, right: 1, weight: f64::NAN, rule: 0 }];
        assert_eq!(components(2, &edges, f64::NEG_INFINITY), [0, 1]);
        assert_eq!(nested_components(2, &edges, &[f64::NEG_INFINITY]), [[0, 1]]);
        assert_eq!(nested_components(0, &[], &[]), Vec::<Vec<u32>>::new());
    }
}
