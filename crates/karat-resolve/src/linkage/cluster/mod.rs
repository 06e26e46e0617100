//! Clusters of records from scored pairs, and the shape of the graph that they hang together by.
//! A cluster bears the number of one of its records, which for components is the smallest.

mod agglomerative;
mod connected;
mod graph;
mod one_to_one;
mod parts;
mod store;

pub use agglomerative::{Clustered, Merge};
pub use connected::{Components, components, nested_components};
pub use graph::{ClusterShape, Node, Shape, shape};
pub use one_to_one::{BestLinks, Ranking, Ties, best_links};
pub use store::{EdgeStore, Parted, Spill};

/// Two distinct records, the lower first.
#[cfg(test)]
fn random_pair(records: u32, seed: u64, position: u64) -> (u32, u32) {
    use super::train::random::{below, draw};
    let bits = draw(seed, position);
    let a = below(records, bits as u32);
    let b = below(records - 1, (bits >> 32) as u32);
    let b = b + u32::from(b >= a);
    (a.min(b), a.max(b))
}
