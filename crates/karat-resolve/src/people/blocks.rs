//! Blocks: records that share a key. The rules follow from the roles of the fields (recipe,
//! section 1). A block that is too large is split by further attributes, and what is too large
//! then is dropped and counted, so that pairs grow as records do.

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashSet};
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

use super::attributes::{Attribute, Attributes};
use super::plan::Role;
use super::table::Table;
use crate::linkage::MISSING;

/// What a blocking rule did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleReport {
    pub rule: String,
    /// Blocks whose records are compared, and their pairs, however many rules find them.
    pub blocks: u64,
    pub pairs: u64,
    /// Blocks that were too large and were split.
    pub split: u64,
    /// Parts that were too large still and were dropped, and their pairs.
    pub dropped: u64,
    pub dropped_pairs: u64,
}

/// All blocks of a table, each set of records once.
pub(super) struct Blocks {
    /// Block `b` has the records `members[starts[b]..starts[b + 1]]`, ascending.
    starts: Vec<u32>,
    members: Vec<u32>,
    /// Record `r` is in the blocks `blocks[of[r]..of[r + 1]]`.
    of: Vec<u32>,
    blocks: Vec<u32>,
    pub reports: Vec<RuleReport>,
}

/// How a rule makes the keys of a record.
enum Keying<'a> {
    Whole(Attribute<'a>),
    Both(&'a Attribute<'a>, &'a Attribute<'a>),
    /// Two parts of one dictionary in either order.
    Either(&'a Attribute<'a>, &'a Attribute<'a>),
    Words,
    WordPairs,
}

/// Roles of which a whole value is a key.
const TELLING: [Role; 6] =
    [Role::Date, Role::Postcode, Role::Email, Role::Identifier, Role::Phone, Role::Address];

/// Shorter words are initials and particles.
const SHORTEST_WORD: usize = 3;

impl Blocks {
    pub fn new(table: &Table, largest: usize) -> Blocks {
        let attributes = Attributes::new(table);
        let splitting = attributes.splitting();
        let mut blocks = Blocks {
            starts: vec![0],
            members: Vec::new(),
            of: Vec::new(),
            blocks: Vec::new(),
            reports: Vec::new(),
        };
        let mut known = FxHashSet::default();
        for (name, keying) in rules(table, &attributes) {
            let entries = keying.entries(table);
            blocks.add(name, &entries, (&splitting, largest), &mut known);
        }
        drop(known);
        blocks.members.shrink_to_fit();
        blocks.index(table.len);
        blocks
    }

    /// Adds the blocks of a rule.
    fn add(
        &mut self,
        rule: String,
        entries: &[(u64, u32)],
        (splitting, largest): (&[&Attribute<'_>], usize),
        known: &mut FxHashSet<u64>,
    ) {
        let runs: Vec<&[(u64, u32)]> =
            entries.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).collect();
        let made: Vec<Made> = runs
            .par_chunks(RUNS_AT_ONCE)
            .map(|runs| {
                let mut made = Made::default();
                runs.iter().for_each(|run| made.take(run, splitting, largest));
                made
            })
            .collect();
        let mut report = RuleReport { rule, ..RuleReport::default() };
        for made in &made {
            report.split += made.split;
            report.dropped += made.dropped;
            report.dropped_pairs += made.dropped_pairs;
            let mut from = 0;
            for length in &made.lengths {
                let records = &made.members[from..from + *length as usize];
                from += *length as usize;
                report.blocks += 1;
                report.pairs += pairs_of(records.len());
                if known.insert(FxBuildHasher.hash_one(records)) {
                    self.members.extend_from_slice(records);
                    self.starts.push(self.members.len() as u32);
                }
            }
        }
        self.reports.push(report);
    }

    /// Notes for each record its blocks: a counting sort.
    fn index(&mut self, records: usize) {
        let mut of = vec![0_u32; records + 1];
        self.members.iter().for_each(|record| of[*record as usize + 1] += 1);
        for record in 0..records {
            of[record + 1] += of[record];
        }
        let mut next = of.clone();
        let mut blocks = vec![0; self.members.len()];
        for block in 0..self.starts.len() - 1 {
            let range = self.starts[block] as usize..self.starts[block + 1] as usize;
            for record in &self.members[range] {
                let place = &mut next[*record as usize];
                blocks[*place as usize] = block as u32;
                *place += 1;
            }
        }
        (self.of, self.blocks) = (of, blocks);
    }

    /// The records after this one that share a block with it, ascending, each once.
    pub fn later(&self, record: u32, found: &mut Vec<u32>) {
        found.clear();
        let range = self.of[record as usize] as usize..self.of[record as usize + 1] as usize;
        for block in &self.blocks[range] {
            let block = *block as usize;
            let members =
                &self.members[self.starts[block] as usize..self.starts[block + 1] as usize];
            let later = members.iter().rev().take_while(|other| **other > record);
            found.extend(later);
        }
        found.sort_unstable();
        found.dedup();
    }
}

/// Keys whose blocks are made at once by one thread.
const RUNS_AT_ONCE: usize = 1024;

fn pairs_of(records: usize) -> u64 {
    let n = records as u64;
    n * (n - 1) / 2
}

/// Blocks made from some keys of a rule.
#[derive(Default)]
struct Made {
    lengths: Vec<u32>,
    members: Vec<u32>,
    split: u64,
    dropped: u64,
    dropped_pairs: u64,
    scratch: Vec<(u32, u32)>,
}

impl Made {
    /// Makes the records of one key a block, or splits them.
    fn take(&mut self, run: &[(u64, u32)], splitting: &[&Attribute<'_>], largest: usize) {
        if run.len() <= largest {
            self.lengths.push(run.len() as u32);
            self.members.extend(run.iter().map(|(_, record)| record));
            return;
        }
        self.split += 1;
        for attribute in splitting {
            let mut scratch = std::mem::take(&mut self.scratch);
            scratch.clear();
            let parts = |&(_, record): &(u64, u32)| attribute.of(record).map(move |p| (p, record));
            scratch.extend(run.iter().flat_map(parts));
            scratch.sort_unstable();
            scratch.chunk_by(|a, b| a.0 == b.0).for_each(|part| self.take_part(part, largest));
            self.scratch = scratch;
        }
    }

    fn take_part(&mut self, part: &[(u32, u32)], largest: usize) {
        if part.len() > largest {
            self.dropped += 1;
            self.dropped_pairs += pairs_of(part.len());
        } else if part.len() > 1 {
            self.lengths.push(part.len() as u32);
            self.members.extend(part.iter().map(|(_, record)| record));
        }
    }
}

impl Keying<'_> {
    /// The keys of all records with the records, in order.
    fn entries(&self, table: &Table) -> Vec<(u64, u32)> {
        let mut entries: Vec<(u64, u32)> = match self {
            Keying::Words | Keying::WordPairs => {
                let keys = |record: u32| self.word_keys(table, record);
                let entry = |record| keys(record).into_iter().map(move |key| (key, record));
                (0..table.len as u32).into_par_iter().flat_map_iter(entry).collect()
            }
            _ => {
                let entry = |record: u32| self.keys(record).map(move |key| (key, record));
                (0..table.len as u32).into_par_iter().flat_map_iter(entry).collect()
            }
        };
        entries.par_sort_unstable();
        entries
    }

    /// The keys that a record has by its attributes: where it has several values, one for each.
    fn keys(&self, record: u32) -> impl Iterator<Item = u64> + '_ {
        let (a, b, either) = match self {
            Keying::Whole(whole) => (Some(whole), None, false),
            Keying::Both(a, b) => (Some(*a), Some(*b), false),
            Keying::Either(a, b) => (Some(*a), Some(*b), true),
            Keying::Words | Keying::WordPairs => (None, None, false),
        };
        let alone = b.is_none().then_some(0);
        let second = b.into_iter().flat_map(move |b| b.of(record)).chain(alone);
        let key = move |a: u32, b: u32| {
            let (a, b) = if either { (a.min(b), a.max(b)) } else { (a, b) };
            u64::from(a) << 32 | u64::from(b)
        };
        let first = a.into_iter().flat_map(move |a| a.of(record));
        first.flat_map(move |a| second.clone().map(move |b| key(a, b)))
    }

    fn word_keys(&self, table: &Table, record: u32) -> Vec<u64> {
        let name = table.row(record)[table.width - 1];
        let Some(names) = table.names.as_ref().filter(|_| name != MISSING) else {
            return Vec::new();
        };
        let long = |word: &&u32| names.bytes(**word).len() >= SHORTEST_WORD;
        let words: Vec<u64> =
            names.words(name).iter().filter(long).map(|w| u64::from(*w)).collect();
        if let Keying::Words = self {
            return words;
        }
        let with_later = |at: usize| words[at + 1..].iter().map(move |w| (at, w));
        (0..words.len()).flat_map(with_later).map(|(at, w)| words[at] << 32 | w).collect()
    }
}

/// The rules of a plan.
fn rules<'a>(table: &'a Table, parts: &'a Attributes<'a>) -> Vec<(String, Keying<'a>)> {
    let mut rules = Vec::new();
    for (at, compared) in table.compared.iter().enumerate() {
        if TELLING.contains(&compared.role) {
            rules.push((compared.name.clone(), Keying::Whole(Attribute::whole(table, at))));
        }
    }
    let (given, surname) = (&parts.given, &parts.surname);
    let mut both = |name: &str, a, b| rules.push((name.to_owned(), Keying::Both(a, b)));
    both("given name 3, surname 4", &given.first[2], &surname.first[3]);
    both("given name 1, surname", &given.first[0], &surname.whole);
    both("given name, surname 2", &given.whole, &surname.first[1]);
    both("given name -3, surname -3", &given.last3, &surname.last3);
    both("given name 2, surname -4", &given.first[1], &surname.last4);
    both("place, year", &parts.place, &parts.year);
    both("place, given name", &parts.place, &given.whole);
    both("place, surname", &parts.place, &surname.whole);
    both("place, category", &parts.place, &parts.category);
    both("category, surname", &parts.category, &surname.whole);
    both("category, year", &parts.category, &parts.year);
    let either = Keying::Either(&given.first[3], &surname.first[3]);
    rules.push(("given name 4, surname 4, either way".to_owned(), either));
    if table.names.is_some() {
        rules.push(("two words of the name".to_owned(), Keying::WordPairs));
        rules.push(("a word of the name".to_owned(), Keying::Words));
    }
    rules
}
