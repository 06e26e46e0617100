//! What an export says of each record: as it was at first, and what a month made of it.

use super::calendar::{EXPORTED, MONTH, OPENED};
use super::chances::{Chance, Source};
use super::dice::{Dice, Tally};
use super::history::{Visit, return_visit, visits};
use super::people::Registry;
use super::person::Household;
use super::random::Random;
use super::rows::{Row, Setting, row};
use super::shown::shown;

/// Which export: the first, or the one a month later, with everything that is new, changed, gone
/// or contradicts itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Batch {
    #[default]
    First,
    Second,
}

/// Makes rows, household by household.
pub struct Export {
    pub batch: Batch,
    pub registry: Registry,
    pub tally: Tally,
}

impl Export {
    pub fn new(seed: u64, batch: Batch) -> Export {
        Export { batch, registry: Registry::new(seed), tally: Tally::new() }
    }

    /// The household of that number and what it left at the company before the first export; or
    /// between the exports, where `new`. Must be asked for in order.
    pub fn household(&mut self, number: u64, new: bool) -> (Household, Vec<Visit>) {
        let seed = self.registry.seed;
        let mut household = self.registry.household(number, &mut self.tally);
        let random = Random::new(seed, number * 256 + 255);
        let mut dice = Dice::new(random, Source::Customers, &mut self.tally);
        let time = if new { (EXPORTED + 1, EXPORTED + MONTH - 1) } else { (OPENED, EXPORTED) };
        let visits = visits(&mut dice, seed, &household, time);
        // Whoever books, moves: all of the household, on the day of the first job.
        let jobs = visits.iter().filter(|visit| visit.source == Source::Bookings);
        household.moved = jobs.map(|visit| visit.job_day).min().or(household.moved);
        (household, visits)
    }

    /// The rows of one visit: one in the first export; none, one or two in the second.
    pub fn rows(&mut self, household: &Household, visit: &Visit) -> Vec<Row> {
        let first = household.number * 256 + 1 + visit.slot;
        if self.batch == Batch::First {
            return vec![self.row(household, visit, first)];
        }
        let seed = self.registry.seed;
        let mut fate = Dice::new(Random::new(seed, first + 128), visit.source, &mut self.tally);
        if fate.roll(Chance::Removed) {
            return Vec::new();
        }
        let changed = fate.roll(Chance::Changed);
        let twice = fate.roll(Chance::Contradicted);
        let next = changed.then(|| changed_visit(&mut fate.random, visit));
        let other = changed_visit(&mut fate.random, visit);
        let mut rows = match &next {
            // Drawn anew: what is typed again has other faults.
            Some(next) => vec![self.row(household, next, first ^ 1 << 60)],
            None => vec![self.row(household, visit, first)],
        };
        if twice {
            rows.push(self.row(household, &other, first ^ 1 << 61));
        }
        rows
    }

    /// What somebody of the household left between the exports, where they came back.
    pub fn return_visit(&mut self, household: &Household, place: usize) -> Option<Visit> {
        let stream = (household.number * 256 + 240 + place as u64) ^ 1 << 60;
        let random = Random::new(self.registry.seed, stream);
        let mut dice = Dice::new(random, Source::Leads, &mut self.tally);
        let back = dice.roll(Chance::CameBack);
        let seed = self.registry.seed;
        back.then(|| return_visit(&mut dice.random, seed, household.number, place))
    }

    fn row(&mut self, household: &Household, visit: &Visit, stream: u64) -> Row {
        let seed = self.registry.seed;
        let today = if self.batch == Batch::First { EXPORTED } else { EXPORTED + MONTH };
        let mut dice = Dice::new(Random::new(seed, stream), visit.source, &mut self.tally);
        let shown = shown(&mut dice, seed, household, visit);
        row(&mut dice, Setting { seed, today }, (household, visit), shown)
    }
}

/// A customer has a new number, a booking costs more, a lead is for a later day.
fn changed_visit(random: &mut Random, visit: &Visit) -> Visit {
    let day = EXPORTED + random.between(1, MONTH as usize - 1) as i32;
    let mut next = visit.clone();
    match visit.source {
        Source::Customers => (next.changed, next.new_phone) = (day.max(visit.changed), true),
        Source::Bookings => next.cost += random.between(20, 400),
        Source::Leads => {
            next.status = if visit.status < 3 { 4 } else { visit.status };
            next.job_day += random.between(7, 60) as i32;
        }
    }
    next
}
