//! The records to link: their ids, their sources and their columns by name.

use rayon::prelude::*;

use super::columns::Column;
use super::memory::bytes_of;
use super::texts::Texts;

/// Records in the order of their ids. Record numbers are positions, from 0.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub ids: Texts,
    /// For each record the number of its source.
    pub sources: Vec<u16>,
    pub source_names: Vec<String>,
    pub columns: Vec<(String, Column)>,
}

/// What orders records of a table; the first of two records is the left one of their pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdOrder {
    /// As texts, byte by byte, the source before the id.
    Text,
    /// As whole numbers; ids that are none come last.
    Number,
}

impl Records {
    /// Puts records in order. Columns and `sources` are as long as `ids`.
    pub fn new(
        ids: Texts,
        sources: Vec<u16>,
        source_names: Vec<String>,
        columns: Vec<(String, Column)>,
        order: IdOrder,
    ) -> Records {
        let given = Records { ids, sources, source_names, columns };
        let order = given.order(order);
        if order.iter().enumerate().all(|(i, record)| i == *record as usize) {
            return given;
        }
        // One after another: what has been put in order makes room for the next.
        let Records { ids, sources, source_names, columns } = given;
        let reordered = |(name, column): (String, Column)| (name, column.reordered(&order));
        let columns = columns.into_iter().map(reordered).collect();
        let sources = order.iter().map(|r| sources[*r as usize]).collect();
        Records { ids: ids.reordered(&order), sources, source_names, columns }
    }

    /// Bytes that ids, sources and columns take.
    pub fn bytes(&self) -> u64 {
        let column = |column: &Column| bytes_of(&column.ids) + column.values.bytes();
        let columns: u64 = self.columns.iter().map(|(_, c)| column(c)).sum();
        self.ids.size() + bytes_of(&self.sources) + columns
    }

    fn order(&self, by: IdOrder) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        match by {
            IdOrder::Number => {
                let key =
                    |r: u32| (self.ids.text(r).parse().unwrap_or(i64::MAX), self.ids.bytes(r));
                order.par_sort_by(|a, b| key(*a).cmp(&key(*b)));
            }
            IdOrder::Text if self.source_names.len() < 2 => {
                order.par_sort_by(|a, b| self.ids.bytes(*a).cmp(self.ids.bytes(*b)));
            }
            IdOrder::Text => order.par_sort_by(|a, b| self.composite(*a).cmp(self.composite(*b))),
        }
        order
    }

    /// The bytes of source and id in one, as Splink joins them.
    fn composite(&self, record: u32) -> impl Iterator<Item = u8> {
        let source = self.source_names[self.sources[record as usize] as usize].bytes();
        source.chain(*b"-__-").chain(self.ids.bytes(record).iter().copied())
    }

    pub fn len(&self) -> usize {
        self.sources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// A column by its name; capitals do not matter.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, column)| column)
    }
}
