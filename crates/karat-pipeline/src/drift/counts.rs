//! What a resolution counts of what passes through it, in numbers that can be added up.

use std::collections::BTreeMap;

use karat_resolve::Column;
use karat_resolve::linkage::observe::{Observed, Stratum};
use karat_resolve::linkage::{Known, Shares, digest};
use serde::{Deserialize, Serialize};

use crate::project::Entity;
use crate::resolve::Records;
use crate::resolve::found::Found;

/// Counts of one resolution, or of several of parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// By source: of all its records, or of those of a part that came or were changed.
    pub sources: BTreeMap<String, OfSource>,
    /// By sources, `A` or `A B`, or all as one where there are many.
    pub pairs: BTreeMap<String, Stratum>,
    /// Independent records whose pairs were counted, about.
    pub drawn: u64,
    /// Pairs compared, and those that blocks too large to compare left out.
    pub compared: u64,
    pub left_out: u64,
    /// Clusters by how many records they have; of parts the change of it.
    pub sizes: BTreeMap<u64, i64>,
    /// Pairs that waited for a person, of all records.
    pub reviews: u64,
}

/// Records of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfSource {
    pub records: u64,
    /// Those without a text, by field that the source has.
    pub missing: BTreeMap<String, u64>,
    /// By field whose values' frequencies count.
    pub texts: BTreeMap<String, Texts>,
}

/// Texts of a field, one for each time that a record has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    pub all: u64,
    /// Those that the model's frequencies do not know.
    pub unseen: u64,
    /// Where frequencies were counted, how many texts of the source are different.
    pub distinct: Option<u64>,
}

/// What is counted where not all records are looked at for themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Of<'a> {
    /// The frequencies that the model keeps; none where they are counted now.
    pub terms: Option<&'a Known>,
    /// The records that are counted; none is all.
    pub marked: Option<&'a [bool]>,
}

impl Counts {
    /// Counts records and what the engine found of them.
    pub fn new(entity: &Entity, records: &Records, found: &Found, of: Of<'_>) -> Counts {
        let mut counts = Counts {
            compared: found.candidates,
            left_out: found.left_out,
            drawn: found.drawn,
            reviews: found.reviews.len() as u64,
            ..Counts::default()
        };
        counts.count_missing(entity, records, of.marked);
        counts.count_texts(entity, records, (found, of));
        counts.count_pairs(&records.sources, &found.observed);
        if of.marked.is_none() {
            let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
            found.of.iter().for_each(|root| *sizes.entry(*root).or_default() += 1);
            for size in sizes.into_values() {
                *counts.sizes.entry(size).or_default() += 1;
            }
        }
        counts
    }

    fn count_missing(&mut self, entity: &Entity, records: &Records, marked: Option<&[bool]>) {
        let sources = &records.frame.sources;
        let all = || (0..sources.len() as u32).filter(|r| is_marked(marked, *r));
        let mut counts = vec![0_u64; records.sources.len()];
        all().for_each(|record| counts[usize::from(sources[record as usize])] += 1);
        for (name, count) in records.sources.iter().zip(counts) {
            self.sources.entry(name.clone()).or_default().records = count;
        }
        for (field, texts) in entity.fields.iter().zip(&records.frame.columns) {
            let mut missing = vec![0_u64; records.sources.len()];
            for record in all().filter(|record| texts.of(*record).is_empty()) {
                missing[usize::from(sources[record as usize])] += 1;
            }
            for (source, count) in missing.into_iter().enumerate() {
                if !field.from[source].is_empty() {
                    let of = self.sources.entry(records.sources[source].clone()).or_default();
                    of.missing.insert(field.name.clone(), count);
                }
            }
        }
    }

    /// Texts of the fields whose frequencies count: unseen ones where frequencies are kept, else
    /// different ones.
    fn count_texts(&mut self, entity: &Entity, records: &Records, (found, of): (&Found, Of<'_>)) {
        let counted = found.reach.as_ref().and_then(|reach| reach.counted.as_ref());
        let Some(known) = of.terms.or(counted) else { return };
        let sources = records.sources.len();
        for (field, column) in entity.fields.iter().zip(&records.frame.columns) {
            let shares = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(&field.name));
            let Some((_, shares)) = shares else { continue };
            let unseen = of.terms.map(|_| unseen(column, shares));
            let mut met =
                vec![false; if unseen.is_none() { sources * column.distinct() } else { 0 }];
            let mut texts = vec![[0_u64; 2]; sources];
            let all = 0..records.frame.len() as u32;
            for record in all.filter(|record| is_marked(of.marked, *record)) {
                let source = usize::from(records.frame.sources[record as usize]);
                for text in column.of(record) {
                    let is_new = match &unseen {
                        Some(unseen) => unseen[*text as usize],
                        None => {
                            let at = source * column.distinct() + *text as usize;
                            !std::mem::replace(&mut met[at], true)
                        }
                    };
                    texts[source][0] += 1;
                    texts[source][1] += u64::from(is_new);
                }
            }
            for (source, [all, new]) in records.sources.iter().zip(texts) {
                let texts = match of.terms {
                    Some(_) => Texts { all, unseen: new, distinct: None },
                    None => Texts { all, unseen: 0, distinct: Some(new) },
                };
                let of = self.sources.entry(source.clone()).or_default();
                of.texts.insert(field.name.clone(), texts);
            }
        }
    }

    fn count_pairs(&mut self, sources: &[String], observed: &Observed) {
        for ((a, b), stratum) in observed.between() {
            let name = |at: usize| sources.get(at).map_or("", String::as_str);
            let between = match a == b {
                true => name(a).to_owned(),
                false => format!("{} {}", name(a), name(b)),
            };
            self.pairs.entry(between).or_default().add(stratum);
        }
    }

    /// Adds the counts of another part.
    pub fn add(&mut self, other: &Counts) {
        for (name, other) in &other.sources {
            let of = self.sources.entry(name.clone()).or_default();
            of.records += other.records;
            for (field, missing) in &other.missing {
                *of.missing.entry(field.clone()).or_default() += missing;
            }
            for (field, other) in &other.texts {
                let texts = of.texts.entry(field.clone()).or_default();
                texts.all += other.all;
                texts.unseen += other.unseen;
            }
        }
        for (name, other) in &other.pairs {
            self.pairs.entry(name.clone()).or_default().add(other);
        }
        self.drawn += other.drawn;
        self.compared += other.compared;
        self.left_out += other.left_out;
        self.change_sizes(&other.sizes);
    }

    /// Adds a change of the clusters' sizes.
    pub fn change_sizes(&mut self, change: &BTreeMap<u64, i64>) {
        for (size, n) in change {
            *self.sizes.entry(*size).or_default() += n;
        }
        self.sizes.retain(|_, n| *n != 0);
    }

    /// All its records.
    pub fn records(&self) -> u64 {
        self.sources.values().map(|of| of.records).sum()
    }
}

fn is_marked(marked: Option<&[bool]>, record: u32) -> bool {
    marked.is_none_or(|marked| marked[record as usize])
}

/// For each text whether frequencies that are kept do not know it.
fn unseen(column: &Column, shares: &Shares) -> Vec<bool> {
    let texts = 0..column.distinct() as u32;
    texts.map(|text| !shares.known.contains_key(&digest(column.text(text)))).collect()
}
