//! Pivots as files: one for each group, written row by row.

use karat_connect::write::{Cells, Column, RowWriter, begin};
use karat_record::Result;
use karat_store::copy::ColumnType;
use serde_json::json;

use super::grid::Grid;
use super::make::{Made, Maker, Ready};
use super::shape::{Shape, row_names};

/// Writes the files of a pivot, those without rows too. One is open at a time: the rows come file by
/// file.
pub async fn make(maker: &Maker<'_>, ready: &Ready<'_>) -> Result<Vec<Made>> {
    let statement = ready.statement();
    let mut grid = Grid::open(maker.session, &statement, &ready.shapes).await?;
    let mut made: Vec<Option<Made>> = ready.shapes.iter().map(|_| None).collect();
    let mut open: Option<(usize, Open)> = None;
    while let Some(row) = grid.next().await? {
        let mut file = match open.take() {
            Some((at, file)) if at == row.shape => file,
            other => {
                if let Some((at, file)) = other {
                    made[at] = Some(file.finish(maker, ready, &ready.shapes[at])?);
                }
                Open::begin(maker, ready, &ready.shapes[row.shape])?
            }
        };
        file.row(&row.keys, &row.cells)?;
        open = Some((row.shape, file));
    }
    if let Some((at, file)) = open {
        made[at] = Some(file.finish(maker, ready, &ready.shapes[at])?);
    }
    let whole = |(shape, made): (&Shape, Option<Made>)| match made {
        Some(made) => Ok(made),
        None => Open::begin(maker, ready, shape)?.finish(maker, ready, shape),
    };
    ready.shapes.iter().zip(made).map(whole).collect()
}

/// A file of a pivot in the making.
struct Open {
    writer: Box<dyn RowWriter>,
    rows: u64,
    filled: u64,
}

impl Open {
    fn begin(maker: &Maker<'_>, ready: &Ready<'_>, shape: &Shape) -> Result<Open> {
        let cells = cells_of(&ready.statement().cells()?);
        let kind = |name: &String| ready.target.column(name).map(|column| cells_of(&column.kind));
        let keys = ready.pivot.rows.iter().map(|name| kind(name).unwrap_or(Cells::Text));
        let named = row_names(ready.pivot).into_iter().zip(keys);
        let mut columns: Vec<Column> = named.map(|(name, cells)| Column { name, cells }).collect();
        columns.extend(shape.columns.iter().map(|(name, _)| Column { name: name.clone(), cells }));
        let writer = begin(&maker.storage, ready.pivot.file.format, columns)?;
        Ok(Open { writer, rows: 0, filled: 0 })
    }

    fn row(&mut self, keys: &[Option<String>], cells: &[Option<String>]) -> Result<()> {
        self.rows += 1;
        self.filled += cells.iter().flatten().count() as u64;
        let row: Vec<Option<&str>> = keys.iter().chain(cells).map(Option::as_deref).collect();
        self.writer.row(&row)
    }

    fn finish(self, maker: &Maker<'_>, ready: &Ready<'_>, shape: &Shape) -> Result<Made> {
        let codes: serde_json::Map<String, serde_json::Value> =
            shape.columns.iter().map(|(name, code)| (name.clone(), json!(code))).collect();
        let detail = json!({
            "table": ready.target.table.to_string(),
            "group": shape.group,
            "rows": ready.pivot.rows,
            "columns": codes,
            "value": ready.pivot.value,
            "aggregate": ready.aggregate.name(),
            "condition": ready.pivot.condition,
            "filled": self.filled,
        });
        Ok(Made {
            name: shape.file.clone(),
            content: maker.storage.keep(self.writer.finish()?)?,
            content_type: ready.pivot.file.format.content_type(),
            rows: Some(self.rows),
            detail,
        })
    }
}

/// What the cells of a column of the database hold.
pub fn cells_of(kind: &ColumnType) -> Cells {
    match kind {
        ColumnType::Boolean => Cells::Boolean,
        ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8 => Cells::Integer,
        ColumnType::Float4 | ColumnType::Float8 | ColumnType::Numeric(None) => Cells::Number,
        ColumnType::Numeric(Some((precision, scale))) => Cells::Decimal(*precision, *scale),
        ColumnType::Date => Cells::Date,
        ColumnType::Timestamp => Cells::Timestamp,
        ColumnType::Json | ColumnType::Jsonb => Cells::Json,
        ColumnType::Text(_) | ColumnType::Uuid | ColumnType::TextArray | ColumnType::Other(_) => {
            Cells::Text
        }
    }
}
