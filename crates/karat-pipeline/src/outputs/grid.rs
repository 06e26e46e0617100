//! The rows of a pivot as they come from the database: the cells of one row at a time.

use karat_record::Result;
use karat_store::Session;
use karat_store::output::Pivot as Statement;
use karat_store::table::{TextRow, TextRows};

use super::shape::Shape;

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridRow {
    /// Which of the shapes it belongs to.
    pub shape: usize,
    pub keys: Vec<Option<String>>,
    /// One for each column of the shape.
    pub cells: Vec<Option<String>>,
}

/// Reads the rows of a pivot's files, one file after another.
pub struct Grid<'a> {
    rows: TextRows,
    shapes: &'a [Shape],
    /// The number of columns that make a row.
    width: usize,
    begun: Option<GridRow>,
}

impl<'a> Grid<'a> {
    pub async fn open(
        session: &Session,
        statement: &Statement<'_>,
        shapes: &'a [Shape],
    ) -> Result<Grid<'a>> {
        let rows = statement.read(session).await?;
        Ok(Grid { rows, shapes, width: statement.rows.len(), begun: None })
    }

    /// The next row; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<GridRow>> {
        while let Some(row) = self.rows.next_texts().await? {
            let Some(shape) = shape_of(self.shapes, &row) else { continue };
            let Some(code) = row.get(self.width + 1) else { continue };
            let Some(place) = self.shapes[shape].place(code) else { continue };
            let value = row.get(self.width + 2).map(str::to_owned);
            let is_same = self.begun.as_ref().is_some_and(|begun| {
                begun.shape == shape
                    && keys(&row, self.width).eq(begun.keys.iter().map(Option::as_deref))
            });
            if let (true, Some(begun)) = (is_same, &mut self.begun) {
                begun.cells[place] = value;
                continue;
            }
            let mut next = GridRow {
                shape,
                keys: keys(&row, self.width).map(|key| key.map(str::to_owned)).collect(),
                cells: vec![None; self.shapes[shape].columns.len()],
            };
            next.cells[place] = value;
            if let Some(ended) = self.begun.replace(next) {
                return Ok(Some(ended));
            }
        }
        Ok(self.begun.take())
    }
}

/// The columns that make a row, behind that of the group.
pub fn keys(row: &TextRow, width: usize) -> impl Iterator<Item = Option<&str>> {
    (1..=width).map(|at| row.get(at))
}

/// The shape that a row of the database belongs to, by its group.
pub fn shape_of(shapes: &[Shape], row: &TextRow) -> Option<usize> {
    shapes.iter().position(|shape| shape.group.as_deref() == row.get(0))
}
