//! What conditions look at: per record a row of value numbers, per column its distinct values
//! with what measuring them needs. A row is contiguous, so that a pair costs two cache misses,
//! not two for every column.

use std::sync::Arc;

use rayon::prelude::*;

use super::columns::{Column, Dictionary, MISSING};
use super::keys::combine;
use super::memory::bytes_of;
use crate::condition::{Side, Value};
use crate::text::Signature;

/// A column of one of the two records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Operand {
    pub side: Side,
    pub column: u16,
}

/// The distinct values of one column, prepared.
#[derive(Debug)]
pub(crate) struct Values {
    pub dictionary: Arc<Dictionary>,
    /// Of texts that are measured: what can be said without looking at them.
    pub marks: Vec<Mark>,
    /// Of values that are subtracted.
    pub numbers: Vec<f64>,
    /// Of truth values.
    pub truths: Vec<bool>,
}

/// What most pairs of texts can be told apart by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub signature: Signature,
    /// The first four bytes.
    pub head: [u8; 4],
    pub length: u32,
}

impl Mark {
    fn of(text: &[u8]) -> Mark {
        let mut head = [0; 4];
        let n = text.len().min(4);
        head[..n].copy_from_slice(&text[..n]);
        Mark { signature: Signature::new(text), head, length: text.len() as u32 }
    }

    /// How many of the first four bytes two texts have in common at most.
    #[inline]
    pub fn prefix(&self, other: &Mark) -> usize {
        let differ = u32::from_le_bytes(self.head) ^ u32::from_le_bytes(other.head);
        differ.trailing_zeros() as usize / 8
    }
}

impl Values {
    pub fn new(dictionary: Arc<Dictionary>) -> Values {
        Values { dictionary, marks: Vec::new(), numbers: Vec::new(), truths: Vec::new() }
    }

    /// Prepares for text measures.
    pub fn sign(&mut self) {
        let Some(texts) = self.dictionary.texts() else { return };
        if self.marks.is_empty() {
            let mark = |id| Mark::of(texts.bytes(id));
            self.marks = (0..texts.len() as u32).into_par_iter().map(mark).collect();
        }
    }

    /// Prepares for subtraction; false if some value is not a number.
    pub fn number(&mut self) -> bool {
        let number = |id| self.dictionary.value(id).as_f64();
        let numbers: Option<Vec<f64>> = (0..self.dictionary.len() as u32).map(number).collect();
        let all = numbers.is_some();
        self.numbers = numbers.unwrap_or_default();
        all
    }

    /// Prepares for use as a condition.
    pub fn decide(&mut self) {
        let truth = |id| self.dictionary.value(id) == Value::Boolean(true);
        self.truths = (0..self.dictionary.len() as u32).map(truth).collect();
    }

    /// Bytes that they take.
    pub fn size(&self) -> u64 {
        let prepared = bytes_of(&self.marks) + bytes_of(&self.numbers) + bytes_of(&self.truths);
        self.dictionary.bytes() + prepared
    }

    /// The bytes of a text.
    #[inline]
    pub fn bytes(&self, id: u32) -> &[u8] {
        match &*self.dictionary {
            Dictionary::Texts(texts) => texts.bytes(id),
            Dictionary::Values(_) => &[],
        }
    }
}

/// Numbers in a cache line.
const LINE: usize = 16;

/// All that the conditions of a model look at.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub columns: Vec<Values>,
    /// `rows[r * columns.len() + c]` is the number of record `r`'s value in column `c`.
    rows: Vec<u32>,
}

impl Table {
    /// Lays the columns side by side.
    pub fn new(columns: Vec<Values>, ids: &[Column], records: usize) -> Table {
        let stride = ids.len();
        let mut rows = vec![MISSING; stride * records];
        if stride > 0 {
            rows.par_chunks_mut(stride).enumerate().for_each(|(record, row)| {
                for (place, column) in row.iter_mut().zip(ids) {
                    *place = column.ids[record];
                }
            });
        }
        Table { columns, rows }
    }

    /// Has a record's row on its way to the processor while something else is done.
    #[inline]
    pub fn call_up(&self, record: u32) {
        let row = self.row(record);
        for line in row.chunks(LINE) {
            std::hint::black_box(line[0]);
        }
    }

    /// Bytes of the rows.
    pub fn row_bytes(&self) -> u64 {
        bytes_of(&self.rows)
    }

    /// Keys by which records agree in columns.
    pub fn keys(&self, columns: &[u16]) -> Vec<u32> {
        let records = 0..(self.rows.len() / self.columns.len().max(1)) as u32;
        let of = |column: &u16| -> Vec<u32> {
            records.clone().map(|record| self.row(record)[*column as usize]).collect()
        };
        let parts: Vec<Vec<u32>> = columns.iter().map(of).collect();
        let parts: Vec<&[u32]> = parts.iter().map(Vec::as_slice).collect();
        combine(&parts)
    }

    /// The numbers of a record's values.
    #[inline]
    pub fn row(&self, record: u32) -> &[u32] {
        let stride = self.columns.len();
        &self.rows[record as usize * stride..][..stride]
    }
}
