//! What the table itself demands of its rows. Staged rows that break a check, a reference or a
//! unique column are found by one query per demand before any of them is written, so that one bad
//! row costs itself and not its file.

use karat_record::Result;

use super::merge::{KEPT, Merge, Mode};
use super::target::{LOAD, ROW, Target};
use crate::name::{Ident, Table, list};
use crate::session::Session;

/// A row that the table would not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub row: i64,
    pub columns: Vec<String>,
    /// `table.check`, `table.reference` or `table.unique`.
    pub rule: &'static str,
    pub message: String,
}

/// A demand of the table that a query can test.
struct Demand {
    columns: Vec<String>,
    kind: Kind,
}

enum Kind {
    Check { name: String, condition: String },
    Reference { table: Table, columns: Vec<String> },
    Unique,
}

impl Demand {
    fn rule(&self) -> &'static str {
        match self.kind {
            Kind::Check { .. } => "table.check",
            Kind::Reference { .. } => "table.reference",
            Kind::Unique => "table.unique",
        }
    }

    fn message(&self) -> String {
        match &self.kind {
            Kind::Check { name, .. } => format!("breaks the check {name:?} of the table"),
            Kind::Reference { table, .. } => format!("refers to a row that {table} does not have"),
            Kind::Unique => "another row has the same value".to_owned(),
        }
    }
}

impl Merge<'_> {
    /// Marks staged rows that the table would not take, so that they are not written, and says
    /// which; each by the first demand that it breaks. A row stays staged as a sign that its
    /// record still exists.
    ///
    /// Demands on columns that are not loaded cannot be tested before the row stands in the
    /// table: there the server refuses the load.
    pub async fn screen(&self, session: &Session, mode: Mode) -> Result<Vec<Misfit>> {
        let mut misfits = Vec::new();
        for demand in self.demands(session).await? {
            let condition = match &demand.kind {
                Kind::Check { condition, .. } => self.breaks_check(&demand, condition),
                Kind::Reference { table, columns } => self.dangles(&demand, table, columns),
                Kind::Unique => self.repeats(&demand, mode),
            };
            let stage = self.stage.table();
            let statement = format!(
                "update {stage} u set {KEPT} = false where u.{ROW} in \
                 (select s.{ROW} from {stage} s where s.{KEPT} and {condition}) returning u.{ROW}"
            );
            let misfit = |row: &tokio_postgres::Row| Misfit {
                row: row.get(0),
                columns: demand.columns.clone(),
                rule: demand.rule(),
                message: demand.message(),
            };
            misfits.extend(session.rows(&statement, &[]).await?.iter().map(misfit));
        }
        misfits.sort_by_key(|misfit| misfit.row);
        Ok(misfits)
    }

    /// The demands on columns that are all staged, but for the key: that is what merges.
    async fn demands(&self, session: &Session) -> Result<Vec<Demand>> {
        let sql = include_str!("../../queries/load/demands.sql");
        let Target { table, unique, .. } = self.target;
        let rows = session.rows(sql, &[&table.schema, &table.name]).await?;
        let demand = |row: &tokio_postgres::Row| Demand {
            columns: row.get("columns"),
            kind: match row.get::<_, &str>("kind") {
                "c" => Kind::Check { name: row.get("name"), condition: row.get("condition") },
                _ => Kind::Reference {
                    table: Table::new(
                        row.get::<_, String>("other_schema"),
                        row.get::<_, String>("other_table"),
                    ),
                    columns: row.get("other_columns"),
                },
            },
        };
        let unique = unique
            .iter()
            .map(|unique| Demand { columns: unique.columns.clone(), kind: Kind::Unique });
        let mut demands: Vec<Demand> = rows.iter().map(demand).chain(unique).collect();
        demands.retain(|demand| {
            let staged = demand.columns.iter().all(|c| self.stage.columns().contains(c));
            let holds_key = !self.key.is_empty()
                && self.key.iter().all(|k| demand.columns.contains(k))
                && matches!(demand.kind, Kind::Unique);
            staged && !holds_key
        });
        Ok(demands)
    }

    /// The columns of a check stand bare in it: they are given under their names and types.
    fn breaks_check(&self, demand: &Demand, condition: &str) -> String {
        let columns = demand.columns.iter().map(|c| format!("{} as {}", self.cast(c), Ident(c)));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("exists (select 1 from (select {columns}) given where not ({condition}))")
    }

    fn dangles(&self, demand: &Demand, table: &Table, columns: &[String]) -> String {
        let given = self.all_given(demand);
        let pairs = || demand.columns.iter().zip(columns);
        let found = pairs().map(|(c, other)| format!("o.{} = {}", Ident(other), self.cast(c)));
        let found = found.collect::<Vec<_>>().join(" and ");
        let mut dangles = format!("{given} and not exists (select 1 from {table} o where {found})");
        let in_stage = columns.iter().all(|c| self.stage.columns().contains(c));
        if *table == self.target.table && in_stage {
            let stage = self.stage.table();
            let found = pairs().map(|(c, other)| format!("o.{} = s.{}", Ident(other), Ident(c)));
            let found = found.collect::<Vec<_>>().join(" and ");
            dangles +=
                &format!(" and not exists (select 1 from {stage} o where o.{KEPT} and {found})");
        }
        dangles
    }

    /// A row repeats an earlier one of the file, or one of the table that keeps its value. Both
    /// are lists of rows that do not depend on the row in question, so that each is made once.
    fn repeats(&self, demand: &Demand, mode: Mode) -> String {
        let given = self.all_given(demand);
        let (stage, target) = (self.stage.table(), &self.target.table);
        let columns = list("s.", demand.columns.iter().map(String::as_str));
        let numbered = format!(
            "select s.{ROW} as row, row_number() over (partition by {columns} order by s.{ROW}) \
             from {stage} s where s.{KEPT} and {given}"
        );
        let same = demand.columns.iter().map(|c| format!("t.{} = {}", Ident(c), self.cast(c)));
        let same = same.collect::<Vec<_>>().join(" and ");
        let other = match (self.key.is_empty(), mode) {
            (true, _) => String::new(),
            // What the file does not have goes before anything is written.
            (false, mode) if mode.is_complete() => {
                format!(" and t.{LOAD} is null and not ({})", self.matched("t", "s"))
            }
            (false, _) => format!(
                " and not ({}) and not exists (select 1 from {stage} k where k.{KEPT} and {})",
                self.matched("t", "s"),
                self.matched("t", "k"),
            ),
        };
        let current = self.target.and_current("t");
        format!(
            "(s.{ROW} in (select row from ({numbered}) given (row, n) where n > 1) or \
             s.{ROW} in (select s.{ROW} from {stage} s join {target} t on {same}{other}{current} \
             where s.{KEPT}))"
        )
    }

    fn all_given(&self, demand: &Demand) -> String {
        let given = demand.columns.iter().map(|c| format!("s.{} is not null", Ident(c)));
        given.collect::<Vec<_>>().join(" and ")
    }
}
