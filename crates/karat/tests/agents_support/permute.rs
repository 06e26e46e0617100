//! Random orders.

use crate::random::Random;

/// Fisher and Yates.
pub fn permute<T>(items: &mut [T], random: &mut Random) {
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last + 1));
    }
}
