//! Dice that follow the table of rates and keep count of what they rolled.

use super::chances::{Chance, ODDS, Source};
use super::random::Random;

/// How often each thing could have been so, and how often it was, by source.
pub struct Tally {
    pub asked: Vec<[u64; 3]>,
    pub happened: Vec<[u64; 3]>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally { asked: vec![[0; 3]; ODDS.len()], happened: vec![[0; 3]; ODDS.len()] }
    }
}

/// The dice of one household, or of one record.
pub struct Dice<'t> {
    pub random: Random,
    pub source: Source,
    /// What is wrong with the record: a bit for each [`Chance`] that is a fault.
    pub faults: u128,
    tally: &'t mut Tally,
}

impl Dice<'_> {
    pub fn new(random: Random, source: Source, tally: &mut Tally) -> Dice<'_> {
        Dice { random, source, faults: 0, tally }
    }

    /// Whether it is so, in a case where it could be.
    pub fn roll(&mut self, chance: Chance) -> bool {
        let (place, source) = (chance as usize, self.source as usize);
        let odds = &ODDS[place];
        let so = self.random.chance(odds.per_mille[source]);
        self.tally.asked[place][source] += 1;
        self.tally.happened[place][source] += u64::from(so);
        if so && odds.fault {
            self.faults |= 1 << place;
        }
        so
    }
}

/// The names of the faults in a set of them.
pub fn fault_names(faults: u128) -> impl Iterator<Item = &'static str> {
    let places = (0..ODDS.len()).filter(move |place| faults >> place & 1 == 1);
    places.map(|place| ODDS[place].name)
}
