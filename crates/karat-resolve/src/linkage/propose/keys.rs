//! What blocking keys can be made of: whole columns, the first letters of texts, the year of
//! dates; and what a rule of such parts costs.

use rayon::prelude::*;

use crate::condition::{Comparison, Expr, Side, Value};
use crate::linkage::columns::{Column, Dictionary, MISSING};
use crate::linkage::derive::derive;
use crate::linkage::keys::{NO_KEY, combine};
use crate::linkage::model::BlockingRule;
use crate::linkage::records::Records;
use crate::linkage::refusal::Refusal;

/// A column and the keys that can be made of it, each finer than the one before: records that
/// agree on one agree on those before.
pub(super) struct Source {
    pub name: String,
    pub keys: Vec<Key>,
}

/// A key made of one column.
pub(super) struct Key {
    /// Over the left record.
    made_by: Expr,
    column: Column,
}

/// A rule as a conjunction: for each part the position of its column, and how fine a key of it
/// has to agree, from 1. Columns ascend.
pub(super) type Parts = Vec<(usize, u8)>;

/// How many first letters make a key.
const LETTERS: [i32; 2] = [2, 4];

impl Source {
    /// The keys of a column, those that tell no records apart left out; none for lists.
    pub fn new(records: &Records, name: &str) -> Result<Source, Refusal> {
        let whole = Expr::column(Side::Left, name);
        let missing = || Refusal::new(format!("there is no column {name}"));
        let column = records.column(name).ok_or_else(missing)?;
        let mut made_by = match Kind::of(column) {
            Kind::Other => return Ok(Source { name: name.to_owned(), keys: Vec::new() }),
            Kind::Dates => vec![Expr::call("year", vec![whole.clone()])],
            Kind::DateTexts => vec![letters(&whole, 4)],
            Kind::Texts => LETTERS.map(|count| letters(&whole, count)).to_vec(),
            Kind::Numbers => Vec::new(),
        };
        made_by.push(whole);
        let mut keys: Vec<Key> = Vec::new();
        for made_by in made_by {
            let column = derive(&made_by, records)?;
            // A key as fine as one before replaces it.
            keys.retain(|before| before.column.values.len() < column.values.len());
            if column.values.len() > 1 {
                keys.push(Key { made_by, column });
            }
        }
        Ok(Source { name: name.to_owned(), keys })
    }

    /// How fine the finest key is on which two records agree; 0 if none.
    #[inline]
    pub fn agreement(&self, left: u32, right: u32) -> u8 {
        let agrees = |key: &Key| {
            let value = key.column.ids[left as usize];
            value != MISSING && value == key.column.ids[right as usize]
        };
        self.keys.iter().rposition(agrees).map_or(0, |at| at as u8 + 1)
    }
}

fn letters(of: &Expr, count: i32) -> Expr {
    Expr::call("substr", vec![of.clone(), Expr::literal(1), Expr::literal(count)])
}

/// What a column's values are.
enum Kind {
    Texts,
    /// Texts that begin with year, month and day.
    DateTexts,
    Dates,
    Numbers,
    Other,
}

impl Kind {
    fn of(column: &Column) -> Kind {
        match &*column.values {
            Dictionary::Texts(texts) => {
                let dates = (0..texts.len() as u32).filter(|id| is_date(texts.bytes(*id))).count();
                if dates * 10 >= texts.len() * 9 { Kind::DateTexts } else { Kind::Texts }
            }
            Dictionary::Values(values) => match values.first() {
                Some(Value::Date(_) | Value::Timestamp(_)) => Kind::Dates,
                Some(Value::List(_) | Value::Struct(_) | Value::Null) | None => Kind::Other,
                Some(_) => Kind::Numbers,
            },
        }
    }
}

fn is_date(text: &[u8]) -> bool {
    let form = |(at, byte): (usize, &u8)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() >= 10 && text[..10].iter().enumerate().all(form)
}

/// What a rule costs, by the sizes of its blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    pub pairs: u64,
    pub largest_block: u32,
    /// Records that have a key.
    pub keyed: u64,
}

/// Sizes of rules over columns.
pub(super) struct Sizes<'a> {
    pub sources: &'a [Source],
    /// For each record the number of its source, where only pairs across sources count.
    pub across: Option<Vec<u32>>,
}

impl Sizes<'_> {
    /// The keys of all records by a rule.
    pub fn keys(&self, parts: &Parts) -> Vec<u32> {
        let ids = |(source, fine): &(usize, u8)| {
            self.sources[*source].keys[usize::from(*fine) - 1].column.ids.as_slice()
        };
        combine(&parts.iter().map(ids).collect::<Vec<_>>())
    }

    pub fn size(&self, keys: &[u32]) -> Size {
        let counts = counts(keys);
        let pairs = |counts: &[u32]| -> u64 {
            counts.iter().map(|n| u64::from(*n) * u64::from(n.saturating_sub(1)) / 2).sum()
        };
        let refused = match &self.across {
            Some(sources) => pairs(&self::counts(&combine(&[keys, sources]))),
            None => 0,
        };
        Size {
            pairs: pairs(&counts) - refused,
            largest_block: counts.iter().max().copied().unwrap_or(0),
            keyed: counts.iter().map(|n| u64::from(*n)).sum(),
        }
    }

    /// Sizes of many rules.
    pub fn all(&self, rules: &[Parts]) -> Vec<Size> {
        rules.par_iter().map(|parts| self.size(&self.keys(parts))).collect()
    }

    /// How many pairs the last of some rules finds that no rule before it does, by inclusion and
    /// exclusion over block sizes.
    pub fn added(&self, rules: &[Parts]) -> u64 {
        let Some((last, before)) = rules.split_last() else { return 0 };
        let before: Vec<Vec<u32>> = before.iter().map(|parts| self.keys(parts)).collect();
        self.outside(shared(self.keys(last)), &before)
    }

    /// Pairs that agree on `keys` and on none of the others.
    fn outside(&self, keys: Vec<u32>, others: &[Vec<u32>]) -> u64 {
        let pairs = self.size(&keys).pairs;
        let Some((other, rest)) = others.split_first() else { return pairs };
        if pairs == 0 {
            return 0;
        }
        let both = shared(combine(&[&keys, other]));
        self.outside(keys, rest) - self.outside(both, rest)
    }

    /// The rule as a condition.
    pub fn rule(&self, parts: &Parts) -> BlockingRule {
        let equal = |(source, fine): &(usize, u8)| {
            let left = self.sources[*source].keys[usize::from(*fine) - 1].made_by.clone();
            let right = crate::condition::mirror(&left);
            Expr::compare(Comparison::Equal, left, right)
        };
        BlockingRule { condition: Expr::all(parts.iter().map(equal).collect()), explode: vec![] }
    }
}

/// The keys without those that one record alone has.
fn shared(mut keys: Vec<u32>) -> Vec<u32> {
    let counts = counts(&keys);
    let alone = |key: &&mut u32| **key != NO_KEY && counts[**key as usize] == 1;
    keys.iter_mut().filter(alone).for_each(|key| *key = NO_KEY);
    keys
}

/// How many records have each key.
fn counts(keys: &[u32]) -> Vec<u32> {
    let known = || keys.iter().filter(|key| **key != NO_KEY);
    let mut counts = vec![0; known().max().map_or(0, |key| *key as usize + 1)];
    known().for_each(|key| counts[*key as usize] += 1);
    counts
}

/// All conjunctions of up to two keys of different columns, and those of three of which no two
/// alone cost up to `most` pairs; with their sizes.
pub(super) fn rules(sizes: &Sizes<'_>, most: u64) -> Vec<(Parts, Size)> {
    let columns = sizes.sources.len();
    let fine = |source: usize| 1..=sizes.sources[source].keys.len() as u8;
    let with = |rules: &[Parts]| -> Vec<Parts> {
        let extended = rules.iter().flat_map(|parts: &Parts| {
            let next = parts.last().map_or(0, |(source, _)| source + 1);
            let more = (next..columns).flat_map(|source| fine(source).map(move |at| (source, at)));
            more.map(|part| parts.iter().copied().chain([part]).collect())
        });
        extended.collect()
    };
    let ones = with(&[Vec::new()]);
    let twos = with(&ones);
    let (of_ones, of_twos) = (sizes.all(&ones), sizes.all(&twos));
    let dear = |parts: &Parts| twos.binary_search(parts).is_ok_and(|at| of_twos[at].pairs > most);
    let twos_dear: Vec<Parts> = twos.iter().filter(|parts| dear(parts)).cloned().collect();
    let mut threes = with(&twos_dear);
    threes.retain(|parts| dear(&vec![parts[0], parts[2]]) && dear(&parts[1..].to_vec()));
    let of_threes = sizes.all(&threes);
    let sized = ones.into_iter().zip(of_ones).chain(twos.into_iter().zip(of_twos));
    sized.chain(threes.into_iter().zip(of_threes)).filter(|(_, size)| size.pairs > 0).collect()
}
