//! How much memory linking takes, known before the first pair is compared.

use super::candidates::UNIT;
use super::linker::{Edge, Linker, PREDICTION};
use super::model::{BlockingRule, Model};
use super::records::Records;
use super::refusal::Refusal;
use super::table::Mark;
use super::train::columns;

/// Bytes that a linker takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Rows of value numbers and the source, for each record.
    pub rows: u64,
    /// Distinct values, which the records share, and what measuring them needs.
    pub values: u64,
    /// Blocking keys, of all sets of rules.
    pub keys: u64,
    /// The blocks of a rule while its pairs are visited, at most.
    pub blocks: u64,
    /// Edges on their way from a prediction to the caller, at most.
    pub edges: u64,
}

impl Memory {
    /// All of it, in bytes.
    pub fn total(&self) -> u64 {
        self.rows + self.values + self.keys + self.blocks + self.edges
    }
}

/// Units for each thread whose results are held at once.
const UNITS: usize = 32;

/// Bytes of the edges of a unit, at most, and of their room to grow.
const OF_UNIT: u64 = 2 * UNIT as u64 * size_of::<Edge>() as u64;

/// The share of all memory that edges on their way may take: one in so many.
const OF_MEMORY: u64 = 16;

/// Bytes of a part of a block and of a unit of work, where a block has two records.
const OF_PAIR_OF_KEYS: u64 = 12;

/// Bytes for each record while keys of several columns are made: pairs to sort, and two columns.
const OF_SORTED: u64 = 16 + 2 * 4;

impl Linker {
    /// Bytes that records and linker take together while the linker is made, estimated from the
    /// columns that are compared, as they stand, and from the number of rules.
    pub fn memory_to_prepare(model: &Model, records: &Records, more: &[&[BlockingRule]]) -> u64 {
        let mut names: Vec<String> = model.comparisons.iter().flat_map(columns).collect();
        names.sort();
        names.dedup();
        let compared: Vec<_> = names.iter().filter_map(|name| records.column(name)).collect();
        let distinct: u64 = compared.iter().map(|column| column.values.len() as u64).sum();
        let rules = model.rules.len() + more.iter().map(|rules| rules.len()).sum::<usize>();
        let of_record = 4 * (compared.len() + rules) as u64 + 2 + OF_SORTED;
        let marks = distinct * size_of::<Mark>() as u64;
        records.bytes() + records.len() as u64 * of_record + marks
    }

    /// What the linker takes while it predicts.
    pub fn memory(&self) -> Memory {
        let values = self.comparer.table.columns.iter().map(|values| values.size());
        let frequencies = self.comparer.frequencies.iter().map(|table| table.bytes());
        let most_keys = self.sets[PREDICTION.0].most_keys(self.len());
        Memory {
            rows: self.comparer.table.row_bytes() + bytes_of(&self.sources),
            values: values.chain(frequencies).sum(),
            keys: self.sets.iter().map(|rules| rules.bytes()).sum(),
            // Keys, starts and records of groups, and their parts.
            blocks: 3 * 4 * most_keys + OF_PAIR_OF_KEYS * most_keys / 2,
            edges: self.units_at_once() as u64 * OF_UNIT,
        }
    }

    /// Bytes that the limit leaves for edges where the caller holds `besides` bytes of its own;
    /// everything where there is no limit. Refuses if nothing is left.
    pub fn memory_for_edges(&self, besides: u64) -> Result<u64, Refusal> {
        let Some(limit) = self.limits.memory else { return Ok(u64::MAX) };
        let taken = self.memory().total() + besides;
        let left = limit.checked_sub(taken).filter(|left| *left > 0);
        left.ok_or_else(|| {
            Refusal::new(format!(
                "{} MB are needed before any edge is kept, and {} MB allowed",
                taken.div_ceil(1 << 20),
                limit >> 20
            ))
        })
    }

    /// How many units of work have their results held at once.
    pub(super) fn units_at_once(&self) -> usize {
        let threads = rayon::current_num_threads();
        let fit = self.limits.memory.map_or(u64::MAX, |memory| memory / OF_MEMORY / OF_UNIT);
        (UNITS * threads).min(usize::try_from(fit).unwrap_or(usize::MAX)).max(threads)
    }
}

/// Bytes of a list's elements.
pub(super) fn bytes_of<T>(list: &[T]) -> u64 {
    size_of_val(list) as u64
}
