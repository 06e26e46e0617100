//! How clusters hang together: who has many edges, and which edges hold parts together alone.

use crate::linkage::Edge;

/// The graph of the edges within clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// For each record.
    pub nodes: Vec<Node>,
    /// For each edge whether its cluster falls apart without it.
    pub bridges: Vec<bool>,
    /// Ascending by representative.
    pub clusters: Vec<ClusterShape>,
}

/// A record in the graph of its cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Node {
    /// How many edges it has.
    pub degree: u32,
    /// The share of the other records that it has an edge to (Freeman 1978); 0 if it is alone.
    pub centrality: f64,
}

/// A cluster as a graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterShape {
    pub representative: u32,
    pub nodes: u64,
    pub edges: u64,
    /// The share of its pairs of records that are edges; `None` for a single record.
    pub density: Option<f64>,
    /// From 0, where all records have as many edges, to 1, where one has an edge to every other
    /// and there are no more (Freeman 1978); `None` below three records.
    pub centralisation: Option<f64>,
}

/// Measures the clusters `of` records by the edges of `at_least` this weight, each pair given
/// once. Formulas as in Splink 5 (`graph_metrics.py`), but an edge that leads out of a cluster is
/// not counted, which differs where single best links were clustered.
pub fn shape(of: &[u32], edges: &[Edge], at_least: f64) -> Shape {
    let inner =
        |edge: &Edge| edge.weight >= at_least && of[edge.left as usize] == of[edge.right as usize];
    let adjacent = Adjacent::new(of.len(), edges, inner);
    let degrees: Vec<u32> = (0..of.len()).map(|record| adjacent.degree(record)).collect();
    let clusters = cluster_shapes(of, &degrees);
    let mut sizes = vec![0_u64; of.len()];
    clusters.iter().for_each(|shape| sizes[shape.representative as usize] = shape.nodes);
    let node = |(cluster, degree): (&u32, &u32)| {
        let others = sizes[*cluster as usize] - 1;
        let centrality = if others == 0 { 0.0 } else { f64::from(*degree) / others as f64 };
        Node { degree: *degree, centrality }
    };
    let nodes = of.iter().zip(&degrees).map(node).collect();
    Shape { nodes, bridges: Search::new(&adjacent, edges.len()).bridges(), clusters }
}

/// What the clusters add up to.
#[derive(Clone, Copy, Default)]
struct Totals {
    nodes: u64,
    degrees: u64,
    greatest: u64,
}

fn cluster_shapes(of: &[u32], degrees: &[u32]) -> Vec<ClusterShape> {
    let mut totals = vec![Totals::default(); of.len()];
    for (cluster, degree) in of.iter().zip(degrees) {
        let totals = &mut totals[*cluster as usize];
        totals.nodes += 1;
        totals.degrees += u64::from(*degree);
        totals.greatest = totals.greatest.max(u64::from(*degree));
    }
    let totals = totals.iter().enumerate().filter(|(_, totals)| totals.nodes > 0);
    totals.map(|(representative, totals)| cluster_shape(representative as u32, totals)).collect()
}

fn cluster_shape(representative: u32, totals: &Totals) -> ClusterShape {
    let Totals { nodes, degrees, greatest } = *totals;
    let n = nodes as f64;
    let density = (nodes > 1).then(|| degrees as f64 / (n * (n - 1.0)));
    let spread = (nodes * greatest - degrees) as f64;
    let centralisation = (nodes > 2).then(|| spread / ((n - 1.0) * (n - 2.0)));
    ClusterShape { representative, nodes, edges: degrees / 2, density, centralisation }
}

/// For each record its neighbours, each with the number of the edge.
struct Adjacent {
    starts: Vec<usize>,
    neighbours: Vec<(u32, u32)>,
}

impl Adjacent {
    fn new(records: usize, edges: &[Edge], keep: impl Fn(&Edge) -> bool) -> Adjacent {
        assert!(edges.len() < NO_EDGE as usize, "edge numbers fit 32 bits");
        let kept = || (0..).zip(edges).filter(|(_, edge)| keep(edge));
        let mut starts = vec![0; records + 1];
        for (_, edge) in kept() {
            starts[edge.left as usize + 1] += 1;
            starts[edge.right as usize + 1] += 1;
        }
        for record in 0..records {
            starts[record + 1] += starts[record];
        }
        let mut next = starts.clone();
        let mut neighbours = vec![(0, 0); starts[records]];
        for (i, edge) in kept() {
            for (record, other) in [(edge.left, edge.right), (edge.right, edge.left)] {
                neighbours[next[record as usize]] = (other, i);
                next[record as usize] += 1;
            }
        }
        Adjacent { starts, neighbours }
    }

    fn degree(&self, record: usize) -> u32 {
        (self.starts[record + 1] - self.starts[record]) as u32
    }
}

/// Depth-first search for bridges (Tarjan 1974), with a stack of its own: a long chain would
/// exhaust that of the thread.
struct Search<'a> {
    adjacent: &'a Adjacent,
    /// When a record was reached, from 1; 0 where it was not yet.
    reached: Vec<u32>,
    /// The earliest record that can be reached from there without going back over the same edge.
    low: Vec<u32>,
    clock: u32,
    bridges: Vec<bool>,
}

/// A record on the way from the root.
struct Step {
    record: u32,
    /// The edge that led here.
    by: u32,
    /// The next neighbour to look at.
    next: usize,
}

const NO_EDGE: u32 = u32::MAX;

impl<'a> Search<'a> {
    fn new(adjacent: &'a Adjacent, edges: usize) -> Search<'a> {
        let records = adjacent.starts.len() - 1;
        let (reached, low) = (vec![0; records], vec![0; records]);
        Search { adjacent, reached, low, clock: 0, bridges: vec![false; edges] }
    }

    fn bridges(mut self) -> Vec<bool> {
        let mut path = Vec::new();
        for root in 0..self.reached.len() {
            if self.reached[root] == 0 {
                path.push(self.reach(root as u32, NO_EDGE));
                self.walk(&mut path);
            }
        }
        self.bridges
    }

    fn walk(&mut self, path: &mut Vec<Step>) {
        while let Some(step) = path.last_mut() {
            let record = step.record as usize;
            if step.next == self.adjacent.starts[record + 1] {
                let done = path.pop().expect("the path has a last step");
                if let Some(before) = path.last() {
                    self.leave(done, before.record as usize);
                }
                continue;
            }
            let (other, edge) = self.adjacent.neighbours[step.next];
            step.next += 1;
            if edge == step.by {
                continue;
            }
            match self.reached[other as usize] {
                0 => path.push(self.reach(other, edge)),
                time => self.low[record] = self.low[record].min(time),
            }
        }
    }

    fn reach(&mut self, record: u32, by: u32) -> Step {
        self.clock += 1;
        self.reached[record as usize] = self.clock;
        self.low[record as usize] = self.clock;
        Step { record, by, next: self.adjacent.starts[record as usize] }
    }

    fn leave(&mut self, done: Step, before: usize) {
        let low = self.low[done.record as usize];
        self.low[before] = self.low[before].min(low);
        self.bridges[done.by as usize] = low > self.reached[before];
    }
}

#[cfg(test)]
mod tests {
    use super::super::{components, random_pair};
    use super::*;
    use crate::linkage::train::random;

    fn edge(left: u32, right: u32) -> Edge {
        Edge { left, right, weight: 1.0, rule: 0 }
    }

    fn measure(records: usize, edges: &[Edge]) -> Shape {
        shape(&components(records, edges, 0.0), edges, 0.0)
    }

    #[test]
    fn two_triangles_hang_together_by_one_edge() {
        let triangles = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5)];
        let found = measure(7, &triangles.map(|(a, b)| edge(a, b)));
        assert_eq!(found.bridges, [false, false, false, true, false, false, false]);
        assert_eq!(found.nodes[2], Node { degree: 3, centrality: 0.6 });
        assert_eq!(found.nodes[6], Node::default());
        let cluster = found.clusters[0];
        assert_eq!((cluster.nodes, cluster.edges), (6, 7));
        assert_eq!(cluster.density, Some(14.0 / 30.0));
        assert_eq!(cluster.centralisation, Some((6.0 * 3.0 - 14.0) / 20.0));
        let single = found.clusters[1];
        assert_eq!((single.representative, single.nodes, single.edges), (6, 1, 0));
        assert_eq!((single.density, single.centralisation), (None, None));
    }

    #[test]
    fn a_star_is_all_centre_and_a_ring_has_none() {
        let star = measure(5, &[edge(0, 1), edge(0, 2), edge(0, 3), edge(0, 4)]);
        assert_eq!(star.clusters[0].centralisation, Some(1.0));
        assert_eq!(star.bridges, [true; 4]);
        let ring = measure(4, &[edge(0, 1), edge(1, 2), edge(2, 3), edge(0, 3)]);
        assert_eq!(ring.clusters[0].centralisation, Some(0.0));
        assert_eq!(ring.bridges, [false; 4]);
    }

    #[test]
    fn edges_out_of_a_cluster_and_weak_ones_do_not_count() {
        let weak = Edge { weight: -1.0, ..edge(0, 1) };
        let found = shape(&[0, 0, 2], &[weak, edge(1, 2), edge(0, 1)], 0.0);
        assert_eq!(found.bridges, [false, false, true]);
        assert_eq!(found.nodes.iter().map(|node| node.degree).collect::<Vec<_>>(), [1, 1, 0]);
    }

    #[test]
    fn a_bridge_is_an_edge_without_which_there_are_more_components() {
        for seed in 0..500 {
            let records = 3 + random::below(12, random::draw(seed, 1_000_000) as u32);
            let pairs = (0..u64::from(records)).map(|i| random_pair(records, seed, i));
            let mut edges: Vec<Edge> = pairs.map(|(left, right)| edge(left, right)).collect();
            edges.sort_by_key(|edge| (edge.left, edge.right));
            edges.dedup();
            let whole = components(records as usize, &edges, 0.0);
            let found = measure(records as usize, &edges);
            for i in 0..edges.len() {
                let mut fewer = edges.clone();
                fewer.remove(i);
                let apart = components(records as usize, &fewer, 0.0) != whole;
                assert_eq!(found.bridges[i], apart, "seed {seed}, edge {i}");
            }
            for cluster in &found.clusters {
                let inner = |edge: &&Edge| whole[edge.left as usize] == cluster.representative;
                assert_eq!(cluster.edges, edges.iter().filter(inner).count() as u64);
            }
        }
    }

    #[test]
    fn a_chain_of_a_million_records_is_all_bridges() {
        let edges: Vec<Edge> = (1..1_000_000).map(|record| edge(record - 1, record)).collect();
        assert!(measure(1_000_000, &edges).bridges.iter().all(|bridge| *bridge));
    }

    #[test]
    fn two_edges_between_the_same_records_are_no_bridges() {
        assert_eq!(measure(2, &[edge(0, 1), edge(0, 1)]).bridges, [false, false]);
    }
}
