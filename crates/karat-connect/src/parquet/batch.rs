//! A column's values in batches, from one row group after another.

use std::sync::Arc;

use karat_record::Result;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::DataType;
use parquet::file::metadata::RowGroupMetaData;

use crate::parquet::budget::Share;
use crate::parquet::column::{Leaf, Levels};
use crate::parquet::pages::Pages;
use crate::parquet::text::{AsText, Wrong};
use crate::parquet::{File, List, guard};

/// Rows: enough to make a batch's own cost vanish, few enough for the second-level cache.
const ROWS: usize = 4096;

/// Some rows of a column.
pub(super) struct Batch<'a, V> {
    /// Those that are not null.
    pub(super) values: &'a [V],
    /// How far each place is there: at the highest level a value follows. Empty when no value
    /// can be null.
    defined: &'a [i16],
    /// 0 where a row begins. Empty when the column has no lists.
    repeated: &'a [i16],
    /// The first row, from 0.
    pub(super) row: u64,
    pub(super) rows: u64,
}

impl<V> Batch<'_, V> {
    /// Is there a value in a row, counted from the first one of the batch?
    #[inline]
    pub(super) fn is_defined(&self, row: u64, leaf: &Leaf) -> bool {
        self.defined.get(row as usize).is_none_or(|level| *level == leaf.defined())
    }
}

/// Calls `each` with all rows, batch by batch.
pub(super) fn each<T: DataType>(
    file: &File,
    leaf: &Leaf,
    each: &mut dyn FnMut(&Batch<'_, T::T>) -> Result<()>,
) -> Result<()> {
    let mut row = 0;
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for group in file.metadata.row_groups() {
        let (mut reader, share) = open::<T>(file, leaf, group)?;
        let end = row + group.num_rows().unsigned_abs();
        while row < end {
            values.clear();
            defined.clear();
            repeated.clear();
            share.settle();
            let (rows, _, _) = guard::run(&file.name, || {
                reader.read_records(ROWS, Some(&mut defined), Some(&mut repeated), &mut values)
            })?;
            let rows = rows as u64;
            if rows == 0 || rows > end - row {
                return Err(guard::damaged(&file.name));
            }
            each(&Batch { values: &values, defined: &defined, repeated: &repeated, row, rows })?;
            row += rows;
        }
    }
    Ok(())
}

/// Opens a column of a row group; and its share of the file's budget.
pub(super) fn open<T: DataType>(
    file: &File,
    leaf: &Leaf,
    group: &RowGroupMetaData,
) -> Result<(ColumnReaderImpl<T>, Arc<Share>)> {
    let chunk = group.columns().get(leaf.at).ok_or_else(|| guard::damaged(&file.name))?;
    guard::check_compression(chunk, &file.name)?;
    let share = Share::new(&file.budget);
    guard::run(&file.name, || {
        let pages = Pages::open(&file.bytes, chunk, leaf, &share)?;
        Ok(ColumnReaderImpl::new(Arc::clone(&leaf.description), Box::new(pages)))
    })
    .map(|reader| (reader, share))
}

/// The lists of a batch. Their texts lie in one string, so that none needs one of its own.
#[derive(Default)]
pub(super) struct Lists {
    texts: String,
    /// Where each item ends in `texts`; `None` is null.
    items: Vec<Option<usize>>,
    /// Where each list ends in `items`; `None` is null.
    lists: Vec<Option<usize>>,
    room: String,
}

impl Lists {
    pub(super) fn len(&self) -> u64 {
        self.lists.len() as u64
    }

    /// Takes the lists of a batch in place of the former ones.
    ///
    /// # Errors
    /// When a value has no text; with its row, counted from the first one of the batch.
    pub(super) fn fill<V: AsText>(
        &mut self,
        batch: &Batch<'_, V>,
        leaf: &Leaf,
    ) -> Result<(), (u64, Wrong)> {
        self.texts.clear();
        self.items.clear();
        self.lists.clear();
        let mut values = batch.values.iter();
        for (repeated, defined) in batch.repeated.iter().zip(batch.defined) {
            self.begin(*repeated, *defined, leaf.list);
            if *defined < leaf.list.item {
                continue;
            }
            let value = if *defined == leaf.defined() { values.next() } else { None };
            self.push(value, leaf).map_err(|wrong| (self.len().saturating_sub(1), wrong))?;
        }
        Ok(())
    }

    fn begin(&mut self, repeated: i16, defined: i16, levels: Levels) {
        if repeated == 0 {
            self.lists.push((defined >= levels.list).then_some(self.items.len()));
        }
    }

    fn push(&mut self, value: Option<&impl AsText>, leaf: &Leaf) -> Result<(), Wrong> {
        let end = match value {
            None => None,
            Some(value) => {
                self.texts.push_str(value.as_text(leaf.form, &mut self.room)?);
                Some(self.texts.len())
            }
        };
        self.items.push(end);
        if let Some(Some(end)) = self.lists.last_mut() {
            *end = self.items.len();
        }
        Ok(())
    }

    /// Calls `each` with every list.
    pub(super) fn each(&self, each: &mut dyn FnMut(Option<List<'_>>)) {
        let mut from = 0;
        let text = |end: &Option<usize>| {
            end.map(|end| &self.texts[std::mem::replace(&mut from, end)..end])
        };
        let items: Vec<Option<&str>> = self.items.iter().map(text).collect();
        let mut from = 0;
        for list in &self.lists {
            each(list.map(|end| &items[std::mem::replace(&mut from, end)..end]));
        }
    }
}
