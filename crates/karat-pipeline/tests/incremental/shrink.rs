//! Finds the smallest part of a history that still breaks the law.

use crate::history::History;
use crate::world::World;

/// Leaves out events as long as what is left breaks the law; what is left, and how it does.
pub fn shrink(world: &mut World, history: &History, found: String) -> (History, String) {
    let (mut least, mut found) = (history.clone(), found);
    let mut size = least.0.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at + size <= least.0.len() {
            let mut fewer = least.clone();
            fewer.0.drain(at..at + size);
            match world.live(&fewer) {
                Err(still) => (least, found) = (fewer, still),
                Ok(_) => at += size,
            }
        }
        size /= 2;
    }
    (least, found)
}
