//! Pivots as SQL: which codes there are, one value for each cell, and the rows behind each cell.

use karat_record::{Kind, Problem, Result};

use super::{kind_of, rows::condition};
use crate::copy::{ColumnType, Rows};
use crate::load::{LOAD, ROW, Target};
use crate::name::Ident;
use crate::session::Session;
use crate::table::TextRows;

/// What becomes of several values of one cell. Missing ones never count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    Mean,
    Median,
    Sum,
    /// By load and row.
    First,
    Min,
    Max,
    Count,
}

impl Aggregate {
    /// Each with its name in project files and on the command line.
    pub const ALL: [(&'static str, Aggregate); 7] = [
        ("mean", Aggregate::Mean),
        ("median", Aggregate::Median),
        ("sum", Aggregate::Sum),
        ("first", Aggregate::First),
        ("min", Aggregate::Min),
        ("max", Aggregate::Max),
        ("count", Aggregate::Count),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Aggregate::ALL.iter().find(|(_, it)| *it == self).map_or("", |(name, _)| name)
    }

    /// What its value is of, for values of a type; none where it cannot be made of those.
    pub fn of(self, kind: &ColumnType) -> Option<ColumnType> {
        use ColumnType::{Date, Float4, Float8, Int2, Int4, Int8, Numeric, Text, Timestamp};
        let is_number = matches!(kind, Int2 | Int4 | Int8 | Float4 | Float8 | Numeric(_));
        match self {
            Aggregate::Count => Some(Int8),
            Aggregate::First => Some(kind.clone()),
            Aggregate::Mean | Aggregate::Median | Aggregate::Sum => {
                is_number.then_some(Numeric(None))
            }
            Aggregate::Min | Aggregate::Max => {
                (is_number || matches!(kind, Date | Timestamp | Text(_))).then(|| kind.clone())
            }
        }
    }

    /// The aggregate of the expression `x`; `order` says what comes first. Floating point numbers
    /// are added up as the decimals that they are written as: sums of these do not depend on the
    /// order of rows.
    fn sql(self, x: &str, kind: &ColumnType, order: &str) -> String {
        let number = match kind {
            ColumnType::Float4 | ColumnType::Float8 => format!("{x}::text::numeric"),
            _ => format!("{x}::numeric"),
        };
        let collated = match kind {
            ColumnType::Text(_) => format!("{x} collate \"C\""),
            _ => x.to_owned(),
        };
        match self {
            Aggregate::Mean => format!("trim_scale(avg({number}))"),
            // The lower and the upper of the two in the middle, which are one where there is one.
            Aggregate::Median => format!(
                "trim_scale((percentile_disc(0.5) within group (order by {number}) \
                 + percentile_disc(0.5) within group (order by {number} desc)) / 2)"
            ),
            Aggregate::Sum => format!("sum({number})"),
            Aggregate::First => {
                format!("(array_agg({x} order by {order}) filter (where {x} is not null))[1]")
            }
            Aggregate::Min => format!("min({collated})"),
            Aggregate::Max => format!("max({collated})"),
            Aggregate::Count => format!("count({x})"),
        }
    }
}

/// A table of values by rows and columns, made of another table.
#[derive(Clone, Copy, Debug)]
pub struct Pivot<'a> {
    pub target: &'a Target,
    /// SQL that rows have to fulfil.
    pub condition: Option<&'a str>,
    /// The column of whose values each has a pivot of its own.
    pub group: Option<&'a str>,
    /// The columns that make a row.
    pub rows: &'a [String],
    /// The column whose values are the columns.
    pub columns: &'a str,
    pub value: &'a str,
    pub aggregate: Aggregate,
}

/// A value of the column whose values are the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// None where the group's column has no value, or there are no groups.
    pub group: Option<String>,
    /// None where the column has no value.
    pub code: Option<String>,
    pub records: u64,
    /// Records that have a value.
    pub filled: u64,
}

impl Pivot<'_> {
    /// The type of the cells.
    ///
    /// # Errors
    /// A column that the table lacks, values that cannot be aggregated so, and `first` of a table
    /// whose rows do not say which came first.
    pub fn cells(&self) -> Result<ColumnType> {
        for column in self.group.into_iter().chain([self.columns]) {
            kind_of(self.target, column)?;
        }
        self.rows.iter().try_for_each(|column| kind_of(self.target, column).map(drop))?;
        if self.aggregate == Aggregate::First && !self.target.is_traced() {
            let what = format!("no load is known of the rows of {}", self.target.table);
            let hint = "aggregate = \"first\" needs a table that Karat loads";
            return Err(Problem::new(Kind::Project, what).hint(hint));
        }
        let (kind, name) = (kind_of(self.target, self.value)?, self.aggregate.name());
        let wrong = || {
            let what = format!("there is no {name} of column {:?}, which is no number", self.value);
            Problem::new(Kind::Project, what).hint("write aggregate = \"first\" or \"count\"")
        };
        self.aggregate.of(kind).ok_or_else(wrong)
    }

    /// The codes of each group, by group and code.
    pub async fn codes(&self, session: &Session) -> Result<Vec<Code>> {
        let (group, code) = (self.group_text(), text(self.columns));
        let sql = format!(
            "select g, c, records, filled \
             from (select {group} as g, {code} as c, count(*) as records, count(t.{}) as filled \
                   from {} t where {} group by 1, 2) f \
             order by g collate \"C\", c collate \"C\"",
            Ident(self.value),
            self.target.table,
            condition(self.target, self.condition),
        );
        let code = |row: &tokio_postgres::Row| Code {
            group: row.get(0),
            code: row.get(1),
            records: row.get::<_, i64>(2) as u64,
            filled: row.get::<_, i64>(3) as u64,
        };
        Ok(session.rows(&sql, &[]).await?.iter().map(code).collect())
    }

    /// One text row for each cell with records: group, the row's columns, code, value; by group and
    /// row.
    pub async fn read(&self, session: &Session) -> Result<TextRows> {
        let kind = kind_of(self.target, self.value)?;
        let value = format!("t.{}", Ident(self.value));
        let value = self.aggregate.sql(&value, kind, &format!("t.{LOAD}, t.{ROW}"));
        let mut by: Vec<String> = self.rows.iter().map(|c| format!("t.{}", Ident(c))).collect();
        by.extend(self.group.map(|group| format!("t.{}", Ident(group))));
        by.push(format!("t.{}", Ident(self.columns)));
        let sql = format!(
            "copy (select {}, ({value})::text from {} t where {} group by {} order by {}) \
             to stdout (format binary)",
            self.selected(),
            self.target.table,
            condition(self.target, self.condition),
            by.join(", "),
            self.order()?,
        );
        Ok(TextRows::new(Rows::open(session, &sql).await?))
    }

    /// One text row for each record with a value: group, the row's columns, code, value, load, row;
    /// in the order of `read`, and by load and row.
    ///
    /// # Errors
    /// A table whose rows do not say where they came from.
    pub async fn contributions(&self, session: &Session) -> Result<TextRows> {
        if !self.target.is_traced() {
            let what = format!("no load is known of the rows of {}", self.target.table);
            let hint = "lineage needs a table that a dataset is loaded into";
            return Err(Problem::new(Kind::Project, what).hint(hint));
        }
        let sql = format!(
            "copy (select {}, {}, t.{LOAD}::text, t.{ROW}::text from {} t \
             where {} and t.{} is not null order by {}, t.{LOAD}, t.{ROW}) \
             to stdout (format binary)",
            self.selected(),
            text(self.value),
            self.target.table,
            condition(self.target, self.condition),
            Ident(self.value),
            self.order()?,
        );
        Ok(TextRows::new(Rows::open(session, &sql).await?))
    }

    /// The loads that its rows came with.
    pub async fn loads(&self, session: &Session) -> Result<Vec<i64>> {
        let sql = format!(
            "select distinct t.{LOAD} from {} t where {} and t.{LOAD} is not null order by 1",
            self.target.table,
            condition(self.target, self.condition),
        );
        Ok(session.rows(&sql, &[]).await?.iter().map(|row| row.get(0)).collect())
    }

    fn group_text(&self) -> String {
        self.group.map_or_else(|| "null::text".to_owned(), text)
    }

    /// Group, the row's columns and code, as texts.
    fn selected(&self) -> String {
        let mut columns = vec![self.group_text()];
        columns.extend(self.rows.iter().map(|column| text(column)));
        columns.push(text(self.columns));
        columns.join(", ")
    }

    /// By group, row and code; texts by their bytes, whatever the database's collation.
    fn order(&self) -> Result<String> {
        let of = |column: &str| order(self.target, column);
        let mut order: Vec<String> = self.group.into_iter().map(of).collect::<Result<_>>()?;
        for column in self.rows {
            order.push(of(column)?);
        }
        order.push(of(self.columns)?);
        Ok(order.join(", "))
    }
}

fn text(column: &str) -> String {
    format!("t.{}::text", Ident(column))
}

/// What a column is ordered by.
pub(super) fn order(target: &Target, column: &str) -> Result<String> {
    Ok(match kind_of(target, column)? {
        ColumnType::Text(_) => format!("t.{} collate \"C\"", Ident(column)),
        _ => format!("t.{}", Ident(column)),
    })
}

/// The values of cells, recomputed from values that came from elsewhere: `cells` says to which cell
/// each of `values` belongs, in the order in which they came. By cell.
pub async fn recompute(
    session: &Session,
    (aggregate, declared): (Aggregate, &str),
    kind: &ColumnType,
    (cells, values): (&[i64], &[String]),
) -> Result<Vec<(i64, Option<String>)>> {
    let value = aggregate.sql("u.v", kind, "u.n");
    let sql = format!(
        "select u.c, ({value})::text \
         from (select c, v::{declared} as v, n \
               from unnest($1::bigint[], $2::text[]) with ordinality as g (c, v, n)) u \
         group by u.c order by u.c"
    );
    let rows = session.rows(&sql, &[&cells, &values]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
