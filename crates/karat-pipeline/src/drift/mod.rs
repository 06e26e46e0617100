//! Drift: whether an entity's records are still like those that its model was first used on.

mod counts;
mod judge;
mod keep;
mod pairs;
mod weights;

pub use counts::{Counts, Of};
pub use judge::{Advice, Drift, Moved, Now, Sizes, judge};
pub use keep::{part, read, whole};
pub use pairs::Comparison;
pub use weights::{Weights, weights};
