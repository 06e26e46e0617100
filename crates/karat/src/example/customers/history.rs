//! What somebody did at the company: the records they left, without any fault yet.

use super::calendar::EXPORTED;
use super::chances::Chance;
use super::chances::Source;
use super::dice::Dice;
use super::person::Household;
use super::random::Random;
use super::scramble::number;

/// What people leave, and how often: customers, bookings, leads.
const HISTORIES: [(usize, [bool; 3]); 7] = [
    (500, [false, false, true]),
    (100, [true, false, false]),
    (40, [false, true, false]),
    (120, [true, true, false]),
    (60, [true, false, true]),
    (140, [true, true, true]),
    (40, [false, true, true]),
];

/// One record to be.
#[derive(Clone)]
pub struct Visit {
    pub source: Source,
    /// Place of the person in the household.
    pub place: usize,
    /// Distinct among the records of a household, below 128.
    pub slot: u64,
    /// When it was made, and when somebody last changed it.
    pub day: i32,
    pub changed: i32,
    /// The quote's number, where there is a quote.
    pub quote: Option<u64>,
    /// The day that the people move, for bookings and leads.
    pub job_day: i32,
    /// The booking is the second typing of the first.
    pub again: bool,
    /// Dollars.
    pub cost: usize,
    /// What is drawn of it from lists: the same for a job that is typed twice.
    pub detail: u64,
    /// A lead's status: a place in `rows::LEAD_STATUS`.
    pub status: usize,
    /// The phone number is a new one.
    pub new_phone: bool,
}

/// What a household left at the company from day `from` to day `to`.
pub fn visits(
    dice: &mut Dice<'_>,
    seed: u64,
    household: &Household,
    (from, to): (i32, i32),
) -> Vec<Visit> {
    let mut all = Vec::new();
    for place in 0..household.people.len() {
        let start = dice.random.between(from as usize, to as usize) as i32;
        let draft = Draft { seed, household: household.number, place, to };
        all.extend(draft.visits(dice, start));
    }
    all
}

/// One more lead of somebody known, between two exports.
pub fn return_visit(random: &mut Random, seed: u64, household: u64, place: usize) -> Visit {
    let draft = Draft { seed, household, place, to: EXPORTED + 27 };
    let day = EXPORTED + random.between(1, 20) as i32;
    draft.lead(random, 12, day)
}

/// Of whom, and until when.
struct Draft {
    seed: u64,
    household: u64,
    place: usize,
    to: i32,
}

impl Draft {
    fn visits(&self, dice: &mut Dice<'_>, start: i32) -> Vec<Visit> {
        let weights = HISTORIES.map(|(weight, _)| weight);
        let [customer, booking, lead] = HISTORIES[dice.random.weighted(&weights)].1;
        let mut out = Vec::new();
        if booking {
            let day = self.later(&mut dice.random, start, 25);
            let first = self.booking(&mut dice.random, 0, day);
            if dice.roll(Chance::BookedAgain) {
                out.push(self.second_booking(dice, &first));
            }
            out.insert(0, first);
        }
        if customer {
            let day = self.later(&mut dice.random, start, 10);
            out.push(self.customer(&mut dice.random, 4, day));
            if dice.roll(Chance::EnteredAgain) {
                let day = self.later(&mut dice.random, day, 900);
                out.push(self.customer(&mut dice.random, 5, day));
            }
        }
        if lead {
            let mut first = self.lead(&mut dice.random, 8, start);
            let quote = out.first().filter(|_| booking).and_then(|visit| visit.quote);
            if booking && dice.roll(Chance::Converted) {
                (first.quote, first.status) = (quote, 3);
            }
            out.push(first);
            if dice.roll(Chance::AskedAgain) {
                let day = self.later(&mut dice.random, start, 700);
                out.push(self.lead(&mut dice.random, 9, day));
            }
        }
        out
    }

    /// A day up to `days` after `day`, if the time lasts so long.
    fn later(&self, random: &mut Random, day: i32, days: usize) -> i32 {
        (day + random.below(days + 1) as i32).min(self.to)
    }

    fn visit(&self, random: &mut Random, source: Source, (slot, day): (u64, i32)) -> Visit {
        Visit {
            source,
            place: self.place,
            slot: self.place as u64 * 16 + slot,
            day,
            changed: day,
            quote: None,
            job_day: day + random.between(5, 60) as i32,
            again: false,
            cost: 150 + random.skewed(60) * 10 + random.skewed(9000),
            detail: random.bits(),
            status: 0,
            new_phone: false,
        }
    }

    fn quote(&self, slot: u64) -> Option<u64> {
        // Beside the record's own number: a quote is not its lead.
        Some(number(self.seed, self.household, self.place as u64 * 16 + slot + 2))
    }

    fn customer(&self, random: &mut Random, slot: u64, day: i32) -> Visit {
        let mut visit = self.visit(random, Source::Customers, (slot, day));
        visit.changed = random.between(day as usize, self.to.max(day) as usize) as i32;
        visit
    }

    fn booking(&self, random: &mut Random, slot: u64, day: i32) -> Visit {
        let mut visit = self.visit(random, Source::Bookings, (slot, day));
        visit.quote = self.quote(slot);
        visit
    }

    fn second_booking(&self, dice: &mut Dice<'_>, first: &Visit) -> Visit {
        if dice.roll(Chance::SameJob) {
            let dollars = dice.random.below(first.cost / 20 + 1);
            let slot = first.slot + 1;
            return Visit { slot, again: true, cost: first.cost + dollars, ..first.clone() };
        }
        let day = self.later(&mut dice.random, first.job_day.min(self.to) + 30, 1200);
        self.booking(&mut dice.random, 1, day)
    }

    fn lead(&self, random: &mut Random, slot: u64, day: i32) -> Visit {
        let mut visit = self.visit(random, Source::Leads, (slot, day));
        // New, in progress, opportunity, (booked,) lost, bad: only recent ones are open.
        let weights = if day > EXPORTED - 30 { [3, 3, 3, 0, 1, 1] } else { [0, 0, 1, 0, 6, 2] };
        visit.status = random.weighted(&weights);
        visit.quote = matches!(visit.status, 2 | 4).then(|| self.quote(slot)).flatten();
        visit
    }
}
