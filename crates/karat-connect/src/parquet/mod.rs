//! Parquet files, read column by column: each value as the text it would be in a delimited file.

mod batch;
mod budget;
mod bytes;
mod column;
mod footer;
mod form;
mod guard;
mod header;
mod lengths;
mod pages;
mod rows;
mod text;
mod thrift;
mod time;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use karat_record::{Kind, Problem, Result};
use parquet::basic::Type as Physical;
use parquet::data_type as stored;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::Length;

use crate::parquet::batch::Batch;
use crate::parquet::budget::Budget;
use crate::parquet::bytes::Bytes;
use crate::parquet::column::Leaf;
use crate::parquet::text::{AsText, Wrong};

pub use crate::parquet::column::{Column, Shape};
pub use crate::parquet::rows::Rows;

/// The values of a list; `None` is null.
pub type List<'a> = &'a [Option<&'a str>];

/// A Parquet file with its footer read. Threads may share it: every call reads for itself.
pub struct File {
    name: String,
    bytes: Arc<Bytes>,
    metadata: ParquetMetaData,
    columns: Vec<Column>,
    leaves: Vec<Leaf>,
    rows: u64,
    budget: Arc<Budget>,
}

/// Calls a method for the type in which the values of a leaf are stored.
macro_rules! for_stored_type {
    ($leaf:expr, $file:ident.$method:ident($($argument:expr),*)) => {
        match $leaf.physical_type() {
            Physical::BOOLEAN => $file.$method::<stored::BoolType>($($argument),*),
            Physical::INT32 => $file.$method::<stored::Int32Type>($($argument),*),
            Physical::INT64 => $file.$method::<stored::Int64Type>($($argument),*),
            Physical::INT96 => $file.$method::<stored::Int96Type>($($argument),*),
            Physical::FLOAT => $file.$method::<stored::FloatType>($($argument),*),
            Physical::DOUBLE => $file.$method::<stored::DoubleType>($($argument),*),
            Physical::BYTE_ARRAY => $file.$method::<stored::ByteArrayType>($($argument),*),
            Physical::FIXED_LEN_BYTE_ARRAY => {
                $file.$method::<stored::FixedLenByteArrayType>($($argument),*)
            }
        }
    };
}

impl File {
    /// Opens a file and reads its footer, no value yet.
    ///
    /// # Errors
    /// That it cannot be read, is no Parquet file, is cut off, damaged or encrypted, has two
    /// columns of one name, or has no column that is a value or a list of values.
    pub fn open(path: &Path) -> Result<File> {
        let name = path.display().to_string();
        let bytes = Bytes::new(crate::csv::open(path)?, path)?;
        guard::check_ends(&bytes, &name)?;
        guard::check_footer(&bytes, &name)?;
        let metadata = guard::run(&name, || ParquetMetaDataReader::new().parse_and_finish(&bytes))?;
        let rows = guard::rows(&metadata, &name)?;
        let (columns, leaves) = column::all(metadata.file_metadata().schema_descr());
        column::check(&columns, &name)?;
        let budget = Budget::of(bytes.len());
        Ok(File { name, bytes: Arc::new(bytes), metadata, columns, leaves, rows, budget })
    }

    /// The columns, in the order of the file.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Calls `each` with every value of a column, in the order of the rows; `None` is null.
    ///
    /// # Errors
    /// When the column is no column of values, or cannot be read to its end; `each` has then
    /// had some of the values.
    pub fn texts(&self, column: usize, each: &mut dyn FnMut(Option<&str>)) -> Result<()> {
        let leaf = self.leaf(column, Shape::Value)?;
        for_stored_type!(leaf, self.flat(column, leaf, each))
    }

    /// Calls `each` with every list of a column, in the order of the rows; `None` is null in
    /// place of a list.
    ///
    /// # Errors
    /// When the column is no column of lists, or cannot be read to its end; `each` has then
    /// had some of the lists.
    pub fn lists(&self, column: usize, each: &mut dyn FnMut(Option<List<'_>>)) -> Result<()> {
        let leaf = self.leaf(column, Shape::List)?;
        for_stored_type!(leaf, self.nested(column, leaf, each))
    }

    fn flat<T>(&self, column: usize, leaf: &Leaf, each: &mut dyn FnMut(Option<&str>)) -> Result<()>
    where
        T: stored::DataType<T: AsText>,
    {
        let mut room = String::new();
        batch::each::<T>(self, leaf, &mut |batch: &Batch<'_, T::T>| {
            let mut values = batch.values.iter();
            for at in 0..batch.rows {
                if !batch.is_defined(at, leaf) {
                    each(None);
                    continue;
                }
                let value = values.next().ok_or_else(|| guard::damaged(&self.name))?;
                let text = value.as_text(leaf.form, &mut room);
                each(Some(text.map_err(|wrong| self.wrong(column, batch.row + at, wrong))?));
            }
            Ok(())
        })
    }

    fn nested<T>(
        &self,
        column: usize,
        leaf: &Leaf,
        each: &mut dyn FnMut(Option<List<'_>>),
    ) -> Result<()>
    where
        T: stored::DataType<T: AsText>,
    {
        let mut all = batch::Lists::default();
        batch::each::<T>(self, leaf, &mut |batch: &Batch<'_, T::T>| {
            let filled = all.fill(batch, leaf);
            filled.map_err(|(row, wrong)| self.wrong(column, batch.row + row, wrong))?;
            if all.len() != batch.rows {
                return Err(guard::damaged(&self.name));
            }
            all.each(each);
            Ok(())
        })
    }

    fn leaf(&self, column: usize, shape: Shape) -> Result<&Leaf> {
        let what = || format!("there is no column {column} in {}", self.name);
        let (Some(known), Some(leaf)) = (self.columns.get(column), self.leaves.get(column)) else {
            return Err(Problem::new(Kind::Internal, what()));
        };
        if known.shape == shape { Ok(leaf) } else { Err(column::refusal(known, &self.name)) }
    }

    /// `row` counts from 0, the message from 1.
    fn wrong(&self, column: usize, row: u64, wrong: Wrong) -> Problem {
        let name = self.columns.get(column).map_or("", |column| column.name.as_str());
        let what = format!("column {name:?}, row {}: the value {}", row + 1, wrong.what());
        guard::problem(&self.name, what).hint(wrong.hint())
    }
}
