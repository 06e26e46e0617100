//! Digests of blocking keys: numbers that equal keys share in whatever set of records they are
//! met, so that what is kept of a record tells with which others it is to be compared.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::candidates::Rules;
use super::columns::{Column, MISSING, bytes_of};
use super::compile::split;
use super::derive::derive;
use super::keys::Groups;
use super::linker::{Linker, PREDICTION};
use super::model::{BlockingRule, Model};
use super::records::Records;
use super::refusal::Refusal;
use super::train::random::draw;
use crate::condition::{self, Expr};

/// For each blocking rule of a model the digest of each record's key. Two records with one key by
/// a rule have one digest; records of different keys have one only by a rare accident.
#[derive(Debug)]
pub struct BlockDigests {
    /// By rule, then by record; `NONE` where the rule finds the record with no other.
    rules: Vec<Vec<u64>>,
}

/// The digest of no key.
const NONE: u64 = 0;

impl BlockDigests {
    /// The digests of all records; none where some rule asks for no equal key, or makes the key of
    /// its two sides otherwise, or looks into lists.
    ///
    /// # Errors
    /// A column or an expression that the records do not have.
    pub fn new(model: &Model, records: &Records) -> Result<Option<BlockDigests>, Refusal> {
        let mut rules = Vec::with_capacity(model.rules.len());
        for (at, rule) in model.rules.iter().enumerate() {
            let Some(parts) = parts(rule) else { return Ok(None) };
            let columns: Result<Vec<Column>, Refusal> =
                parts.into_iter().map(|part| derive(part, records)).collect();
            rules.push(of_rule(at as u64, &columns?, records.len()));
        }
        Ok(Some(BlockDigests { rules }))
    }

    /// Digests that were made by the caller, for each rule those of all records; 0 is none.
    pub fn of_rules(rules: Vec<Vec<u64>>) -> BlockDigests {
        BlockDigests { rules }
    }

    /// The digests of a record, each rule's once.
    pub fn of(&self, record: u32) -> impl Iterator<Item = u64> + '_ {
        let of_rule = move |rule: &Vec<u64>| rule[record as usize];
        self.rules.iter().map(of_rule).filter(|digest| *digest != NONE)
    }

    /// The digests of blocks of more than `largest` records, ascending, with how many those are.
    pub fn large(&self, largest: u32) -> Vec<(u64, u64)> {
        let mut large = Vec::new();
        for rule in &self.rules {
            let mut digests: Vec<u64> = rule.iter().copied().filter(|d| *d != NONE).collect();
            digests.par_sort_unstable();
            let blocks = digests.chunk_by(|a, b| a == b);
            let counted = blocks.map(|block| (block[0], block.len() as u64));
            large.extend(counted.filter(|(_, records)| *records > u64::from(largest)));
        }
        large.sort_unstable();
        large
    }
}

/// What a rule asks to be the same in both records; none where keys do not tell all candidates.
fn parts(rule: &BlockingRule) -> Option<Vec<&Expr>> {
    let (keys, _) = split(&rule.condition);
    let mirrored = |(left, right): &(&Expr, &Expr)| **left == condition::mirror(right);
    let tells_all = !keys.is_empty() && rule.explode.is_empty() && keys.iter().all(mirrored);
    tells_all.then(|| keys.into_iter().map(|(left, _)| left).collect())
}

fn of_rule(rule: u64, columns: &[Column], records: usize) -> Vec<u64> {
    let values: Vec<Vec<u64>> = columns.iter().map(of_values).collect();
    let of_record = |record: usize| {
        let mut digest = draw(rule, columns.len() as u64);
        for (column, values) in columns.iter().zip(&values) {
            match column.ids[record] {
                MISSING => return NONE,
                id => digest = draw(digest, values[id as usize]),
            }
        }
        digest.max(NONE + 1)
    };
    (0..records).into_par_iter().map(of_record).collect()
}

/// A digest of each distinct value of a column.
fn of_values(column: &Column) -> Vec<u64> {
    let of = |id: u32| match column.values.texts() {
        Some(texts) => digest(texts.text(id)),
        None => {
            let mut bytes = Vec::new();
            bytes_of(&column.values.value(id), &mut bytes);
            of_bytes(&bytes)
        }
    };
    (0..column.values.len() as u32).into_par_iter().map(of).collect()
}

/// A digest of a text that is the same everywhere and always.
pub fn digest(text: &str) -> u64 {
    of_bytes(text.as_bytes())
}

/// FNV-1a (Fowler, Noll and Vo), spread over all bits.
fn of_bytes(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    draw(bytes.iter().fold(0xcbf2_9ce4_8422_2325, step), bytes.len() as u64)
}

impl Linker {
    /// The same without the blocks of these digests, which are too large among all records even if
    /// they are not among these.
    pub fn without_blocks(mut self, digests: &BlockDigests, gone: &FxHashSet<u64>) -> Linker {
        if !gone.is_empty() {
            let rules: &mut Rules = &mut self.sets[PREDICTION.0];
            for (at, digests) in digests.rules.iter().enumerate() {
                let groups = rules.groups(at).0;
                let is_gone = |key| first(&groups, key).is_some_and(|r| gone.contains(&digests[r]));
                let marked: Vec<bool> = (0..groups.len() as u32).map(is_gone).collect();
                rules.forget_keys(at, &marked);
            }
        }
        self
    }
}

fn first(groups: &Groups, key: u32) -> Option<usize> {
    groups.of(key).first().map(|record| *record as usize)
}
