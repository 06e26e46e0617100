//! More edges than memory holds, clustered part by part: what is in one connected component has
//! nothing to do with any other, so edges are sorted into parts of whole components outside
//! memory, and each part is read back and clustered by itself.

use super::connected::Sets;
use crate::linkage::{Edge, Refusal};

/// Bytes outside memory, by position. The engine does no IO: the caller says where they go.
pub trait Spill {
    type Error;

    /// Puts bytes at a position, over what is there or beyond the end.
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Gets bytes that were written.
    fn read(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

/// Edges on their way to be clustered, at most so many of them in memory.
pub struct EdgeStore<S> {
    sets: Sets,
    /// For each record of how many edges it is the left one.
    degrees: Vec<u32>,
    held: Vec<Edge>,
    /// How many may be held.
    most: usize,
    spill: S,
    /// Edges in the spill.
    spilled: u64,
}

/// What became of the edges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// For each record the smallest of its connected component.
    pub components: Vec<u32>,
    pub edges: u64,
    pub parts: u32,
    /// The most bytes that the spill held; 0 where memory held everything.
    pub spilled: u64,
}

/// Bytes of an edge in the spill.
const SIZE: usize = 20;

/// Bytes written or read at once.
const CHUNK: usize = 1 << 20;

impl<S: Spill> EdgeStore<S> {
    /// A store for edges between so many records that takes `memory` bytes for edges, and 8 for
    /// each record.
    pub fn new(records: usize, memory: u64, spill: S) -> EdgeStore<S> {
        let most = usize::try_from(memory).unwrap_or(usize::MAX) / size_of::<Edge>();
        let (sets, degrees) = (Sets::new(records), vec![0; records]);
        EdgeStore { sets, degrees, held: Vec::new(), most: most.max(1), spill, spilled: 0 }
    }

    /// Keeps two records in one part, whatever edges there are.
    pub fn join(&mut self, a: u32, b: u32) {
        self.sets.join(a, b);
    }

    /// Adds edges, each pair once.
    pub fn add(&mut self, edges: &[Edge]) -> Result<(), S::Error> {
        for edge in edges {
            self.sets.join(edge.left, edge.right);
            let degree = &mut self.degrees[edge.left as usize];
            *degree = degree.saturating_add(1);
            if self.held.len() == self.most {
                self.empty()?;
            }
            if self.held.len() == self.held.capacity() {
                self.held.reserve_exact(self.held.len().max(1024).min(self.most - self.held.len()));
            }
            self.held.push(*edge);
        }
        Ok(())
    }

    /// Moves the held edges to the spill.
    fn empty(&mut self) -> Result<(), S::Error> {
        let mut bytes = Vec::with_capacity(CHUNK);
        for edges in self.held.chunks(CHUNK / SIZE) {
            bytes.clear();
            edges.iter().for_each(|edge| bytes.extend_from_slice(&encoded(edge)));
            self.spill.write(self.spilled * SIZE as u64, &bytes)?;
            self.spilled += edges.len() as u64;
        }
        self.held.clear();
        Ok(())
    }

    /// Hands out the edges in parts of whole components, as many at once as memory is for, those
    /// of a part in the order in which they came, and with them for each record the smallest of
    /// its component. Refuses a component that alone is too large.
    pub fn into_parts<E: From<S::Error> + From<Refusal>>(
        mut self,
        mut take: impl FnMut(&[Edge], &[u32]) -> Result<(), E>,
    ) -> Result<Parted, E> {
        if self.spilled == 0 {
            let components = self.sets.into_representatives();
            take(&self.held, &components)?;
            let edges = self.held.len() as u64;
            return Ok(Parted { components, edges, parts: 1, spilled: 0 });
        }
        self.empty()?;
        self.held = Vec::new();
        let components = std::mem::replace(&mut self.sets, Sets::new(0)).into_representatives();
        let starts = self.assign(&components)?;
        self.sort_into_parts(&components, &starts)?;
        for part in starts.windows(2) {
            take(self.load(part[0], part[1])?, &components)?;
        }
        let spilled = 2 * self.spilled * SIZE as u64;
        let parts = starts.len() as u32 - 1;
        Ok(Parted { components, edges: self.spilled, parts, spilled })
    }

    /// Gives each component a part, which takes the place of its degree; returns where in the
    /// order of parts the edges of each begin, and the end of the last.
    fn assign(&mut self, components: &[u32]) -> Result<Vec<u64>, Refusal> {
        for (record, root) in components.iter().enumerate() {
            if *root as usize != record {
                let edges = std::mem::take(&mut self.degrees[record]);
                let sum = &mut self.degrees[*root as usize];
                *sum = sum.saturating_add(edges);
            }
        }
        let (mut starts, mut edges) = (vec![0], 0);
        for degree in &mut self.degrees {
            let more = u64::from(*degree);
            if more > self.most as u64 {
                return Err(Refusal::new(format!(
                    "a component has {more} edges, and memory is for {}: it takes a higher \
                     threshold or more memory",
                    self.most
                )));
            }
            if edges + more - starts[starts.len() - 1] > self.most as u64 {
                starts.push(edges);
            }
            edges += more;
            *degree = starts.len() as u32 - 1;
        }
        starts.push(edges);
        Ok(starts)
    }

    /// Copies the edges to where their part begins, behind all edges as they came.
    fn sort_into_parts(&mut self, components: &[u32], starts: &[u64]) -> Result<(), S::Error> {
        let parts = starts.len() - 1;
        let room = (self.most * size_of::<Edge>() / parts).min(CHUNK) / SIZE;
        let room = room.max(1) * SIZE;
        let mut buffers: Vec<Vec<u8>> = vec![Vec::new(); parts];
        let mut next: Vec<u64> = starts[..parts].to_vec();
        let mut bytes = Vec::new();
        let mut from = 0;
        while from < self.spilled {
            let count = (CHUNK / SIZE).min(self.most).min((self.spilled - from) as usize);
            bytes.resize(count * SIZE, 0);
            self.spill.read(from * SIZE as u64, &mut bytes)?;
            from += count as u64;
            for edge in bytes.chunks_exact(SIZE) {
                let component = components[decoded(edge).left as usize];
                let part = self.degrees[component as usize] as usize;
                buffers[part].extend_from_slice(edge);
                if buffers[part].len() >= room {
                    self.append(&mut buffers[part], &mut next[part])?;
                }
            }
        }
        for (buffer, next) in buffers.iter_mut().zip(&mut next) {
            self.append(buffer, next)?;
        }
        Ok(())
    }

    fn append(&mut self, buffer: &mut Vec<u8>, next: &mut u64) -> Result<(), S::Error> {
        self.spill.write((self.spilled + *next) * SIZE as u64, buffer)?;
        *next += (buffer.len() / SIZE) as u64;
        buffer.clear();
        Ok(())
    }

    /// Reads a part back.
    fn load(&mut self, from: u64, to: u64) -> Result<&[Edge], S::Error> {
        self.held.clear();
        self.held.reserve_exact((to - from) as usize);
        let mut bytes = Vec::new();
        let mut at = from;
        while at < to {
            let count = (CHUNK / SIZE).min((to - at) as usize);
            bytes.resize(count * SIZE, 0);
            self.spill.read((self.spilled + at) * SIZE as u64, &mut bytes)?;
            self.held.extend(bytes.chunks_exact(SIZE).map(decoded));
            at += count as u64;
        }
        Ok(&self.held)
    }
}

fn encoded(edge: &Edge) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    bytes[..4].copy_from_slice(&edge.left.to_le_bytes());
    bytes[4..8].copy_from_slice(&edge.right.to_le_bytes());
    bytes[8..16].copy_from_slice(&edge.weight.to_le_bytes());
    bytes[16..].copy_from_slice(&edge.rule.to_le_bytes());
    bytes
}

fn decoded(bytes: &[u8]) -> Edge {
    let number =
        |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("an edge has its size"));
    let weight = bytes[8..16].try_into().expect("an edge has its size");
    Edge { left: number(0), right: number(4), weight: f64::from_le_bytes(weight), rule: number(16) }
}

#[cfg(test)]
mod tests {
    use super::super::{components, random_pair};
    use super::*;
    use crate::linkage::train::random::{below, draw};

    #[derive(Default)]
    struct InMemory {
        bytes: Vec<u8>,
        fails_from: Option<u64>,
    }

    #[derive(Debug, PartialEq)]
    enum Failure {
        Full,
        Refused(String),
    }

    impl From<Refusal> for Failure {
        fn from(refusal: Refusal) -> Failure {
            Failure::Refused(refusal.to_string())
        }
    }

    impl Spill for &mut InMemory {
        type Error = Failure;

        fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Failure> {
            let (at, end) = (at as usize, at as usize + bytes.len());
            if self.fails_from.is_some_and(|limit| end as u64 > limit) {
                return Err(Failure::Full);
            }
            self.bytes.resize(self.bytes.len().max(end), 0);
            self.bytes[at..end].copy_from_slice(bytes);
            Ok(())
        }

        fn read(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), Failure> {
            bytes.copy_from_slice(&self.bytes[at as usize..at as usize + bytes.len()]);
            Ok(())
        }
    }

    const RECORDS: u32 = 400;

    /// Small components, of which some edges are strong.
    fn edges(seed: u64) -> Vec<Edge> {
        let edge = |position| {
            let (a, b) = random_pair(8, seed, position);
            let group = below(RECORDS / 8, draw(!seed, position) as u32) * 8;
            let weight = f64::from(below(1000, draw(seed ^ 5, position) as u32)) / 100.0;
            Edge { left: group + a, right: group + b, weight, rule: position as u32 }
        };
        (0..500).map(edge).collect()
    }

    fn store<'a>(
        edges: &[Edge],
        most: u64,
        spill: &'a mut InMemory,
    ) -> EdgeStore<&'a mut InMemory> {
        let memory = most * size_of::<Edge>() as u64;
        let mut store = EdgeStore::new(RECORDS as usize, memory, spill);
        edges.chunks(37).try_for_each(|edges| store.add(edges)).expect("the spill has room");
        store
    }

    #[test]
    fn a_tiny_budget_gives_the_same_clusters_as_memory_does() {
        for seed in 0..30 {
            let edges = edges(seed);
            let expected = components(RECORDS as usize, &edges, 7.0);
            for most in [60, 100, 499, 500, 10_000] {
                let mut spill = InMemory::default();
                let store = store(&edges, most, &mut spill);
                let mut of: Vec<u32> = (0..RECORDS).collect();
                let mut seen = Vec::new();
                let parted = store.into_parts(|part, roots| {
                    assert!(
                        part.iter().all(|edge| {
                            roots[edge.left as usize] == roots[edge.right as usize]
                        })
                    );
                    assert!(part.len() as u64 <= most);
                    assert!(part.is_sorted_by_key(|edge| edge.rule), "in the order they came");
                    seen.extend_from_slice(part);
                    for (record, cluster) in (0..).zip(components(RECORDS as usize, part, 7.0)) {
                        if cluster != record {
                            of[record as usize] = cluster;
                        }
                    }
                    Ok::<(), Failure>(())
                });
                let parted = parted.expect("no component is too large");
                assert_eq!(of, expected);
                assert_eq!(parted.components, components(RECORDS as usize, &edges, 0.0));
                seen.sort_by_key(|edge| edge.rule);
                assert_eq!(seen, edges, "every edge is handed out once");
                assert_eq!(parted.edges, 500);
                assert_eq!(parted.spilled, spill.bytes.len() as u64);
                assert_eq!(parted.parts > 1, most < 500);
                assert_eq!(parted.spilled > 0, most < 500);
            }
        }
    }

    #[test]
    fn a_component_that_does_not_fit_is_refused() {
        let chain: Vec<Edge> =
            (0..30).map(|left| Edge { left, right: left + 1, weight: 1.0, rule: 0 }).collect();
        let mut spill = InMemory::default();
        let refused = store(&chain, 29, &mut spill).into_parts(|_, _| Ok::<(), Failure>(()));
        let Err(Failure::Refused(what)) = refused else { panic!("{refused:?}") };
        assert!(what.starts_with("a component has 30 edges, and memory is for 29"), "{what}");
    }

    #[test]
    fn a_full_spill_and_a_failing_clusterer_end_it() {
        let edges = edges(1);
        let mut spill = InMemory { fails_from: Some(15_000), ..InMemory::default() };
        let failed = store(&edges, 100, &mut spill).into_parts(|_, _| Ok::<(), Failure>(()));
        assert_eq!(failed, Err(Failure::Full));
        let mut spill = InMemory::default();
        let failed = store(&edges, 100, &mut spill).into_parts(|_, _| Err::<(), _>(Failure::Full));
        assert_eq!(failed, Err(Failure::Full));
    }
}
