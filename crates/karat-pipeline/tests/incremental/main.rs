//! The law of resolution in parts: whatever happened to the records, in whatever order and in
//! however many steps, some of them broken off, resolving everything anew changes nothing.

mod crowd;
mod history;
mod shrink;
mod world;

use history::History;
use world::World;

/// Histories of each kind of entity.
const HISTORIES: u64 = 250;

fn the_law_holds(entity: &'static str) {
    let mut world = World::new(entity);
    let mut in_part = 0;
    for seed in 0..HISTORIES {
        let history = History::random(seed);
        match world.live(&history) {
            Ok(parts) => in_part += parts,
            Err(found) => {
                let (least, found) = shrink::shrink(&mut world, &history, found);
                panic!("history {seed} of {entity}: {found}\n{least}");
            }
        }
    }
    assert!(in_part > 3 * HISTORIES as usize, "only {in_part} resolutions were of a part");
}

#[test]
fn the_law_holds_for_weighed_evidence() {
    the_law_holds("people");
}

#[test]
fn the_law_holds_for_tiers_within_scopes() {
    the_law_holds("teams");
}
