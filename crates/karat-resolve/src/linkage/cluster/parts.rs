//! Clusters by all evidence within a stated memory: part by part, each of whole components.

use super::{Clustered, EdgeStore, Merge, Parted, Spill};
use crate::cluster::Constraints;
use crate::linkage::model::Model;
use crate::linkage::{Edge, Linker, Refusal};

/// Bytes of an edge while its part is clustered, beside those in the store: the pair, its place in
/// the component and in two lists of neighbours, and its merges in the queue.
const OF_EDGE: u64 = 96;

/// Bytes that the sums of a comparison's evidence take for each edge.
const OF_COMPARISON: u64 = 8;

/// Bytes of a record while parts are clustered: components and edges of the store, clusters and
/// their weights of the whole and of a part, and its place in the component.
const OF_RECORD: u64 = 8 + 2 * (4 + 4) + 16;

impl Linker {
    /// Bytes that are needed before any edge is kept, where the caller holds `besides` bytes.
    pub fn memory_to_cluster(&self, besides: u64) -> u64 {
        self.memory().total() + besides + OF_RECORD * self.len() as u64
    }

    /// A store for the edges of a prediction that leaves memory to cluster them under constraints,
    /// where the caller holds `besides` bytes. Records that decisions make one share a part.
    /// Refuses if the limit leaves nothing for edges.
    pub fn edge_store<S: Spill>(
        &self,
        besides: u64,
        constraints: &Constraints,
        spill: S,
    ) -> Result<EdgeStore<S>, Refusal> {
        let memory = self.memory_for_edges(besides + OF_RECORD * self.len() as u64)?;
        let held = size_of::<Edge>() as u64;
        let needed = held + OF_EDGE + OF_COMPARISON * self.layout().len() as u64;
        let mut store = EdgeStore::new(self.len(), memory / needed * held, spill);
        constraints.must.iter().for_each(|(a, b)| store.join(*a, *b));
        Ok(store)
    }

    /// Clusters what is in a store, as `cluster` does with all edges at once. `seen` is given the
    /// edges of each part with, for each record that they touch, the smallest of its cluster.
    pub fn cluster_parts<S: Spill, E: From<S::Error> + From<Refusal>>(
        &self,
        model: &Model,
        store: EdgeStore<S>,
        (terms, constraints): (&Merge, &Constraints),
        mut seen: impl FnMut(&[Edge], &[u32]),
    ) -> Result<(Clustered, Parted), E> {
        let mut whole = Clustered {
            of: (0..self.len() as u32).collect(),
            weights: vec![f32::NAN; self.len()],
            ..Clustered::default()
        };
        let mut is_done = vec![false; self.len()];
        let mut cluster = |edges: &[Edge], is_in: &dyn Fn(u32) -> bool| -> Result<(), Refusal> {
            let must = constraints.must.iter().copied().filter(|(a, _)| is_in(*a)).collect();
            let constraints = Constraints { must, ..constraints.clone() };
            let part = self.cluster(model, edges, terms, &constraints)?;
            seen(edges, &part.of);
            for record in (0..self.len()).filter(|record| is_in(*record as u32)) {
                whole.of[record] = part.of[record];
                whole.weights[record] = part.weights[record];
            }
            whole.review.extend(part.review);
            whole.contradictions.extend(part.contradictions);
            whole.bridges.extend(part.bridges);
            Ok(())
        };
        let parted = store.into_parts(|edges, components| -> Result<(), E> {
            let mut is_here = vec![false; self.len()];
            edges.iter().for_each(|edge| is_here[components[edge.left as usize] as usize] = true);
            is_done.iter_mut().zip(&is_here).for_each(|(done, here)| *done |= here);
            Ok(cluster(edges, &|record| is_here[components[record as usize] as usize])?)
        })?;
        // What only decisions hold together has no edge in any part.
        let is_left = |record: u32| !is_done[parted.components[record as usize] as usize];
        if constraints.must.iter().any(|(a, _)| is_left(*a)) {
            cluster(&[], &is_left)?;
        }
        whole.review.sort_unstable_by_key(|(a, b, _)| (*a, *b));
        whole.contradictions.sort_unstable();
        whole.bridges.sort_unstable_by_key(|(a, b, _)| (*a, *b));
        Ok((whole, parted))
    }
}
