//! Where the columns of a file and those of its table are not the same: what the dataset's contract
//! says to that. The table is changed later, in the load's transaction.

use karat_record::{Kind, Place, Problem, Result, Type};
use karat_store::Session;
use karat_store::load::{SchemaChange, Target, is_reserved};

use super::maker::Maker;
use super::plan;
use crate::project::contract::{NewColumns, Types};
use crate::project::dataset::{Column, Dataset, From};

/// How a file and a table were brought together.
pub struct Fit {
    /// The columns that are loaded.
    pub columns: Vec<Column>,
    /// Columns of the file that must hold no value.
    barred: Vec<Column>,
    pub changes: Vec<SchemaChange>,
    /// What did not fit may change the table.
    may_widen: bool,
    notes: Vec<String>,
}

impl Fit {
    /// Describes in `target` the table that the load needs. `wider` are types that an attempt has
    /// found to be needed.
    ///
    /// # Errors
    /// A column to add to a table that Karat did not make. What a contract does not allow is
    /// refused later, with all else that does not fit together.
    pub async fn new(
        session: &Session,
        dataset: &Dataset,
        columns: Vec<Column>,
        target: &mut Target,
        wider: &[(String, Type)],
    ) -> Result<Fit> {
        let contract = dataset.contract;
        let evolves = contract.new_columns == NewColumns::Evolve || contract.types == Types::Evolve;
        let own = evolves && target.is_own(session).await?;
        let mut fit = Fit {
            columns: Vec::new(),
            barred: Vec::new(),
            changes: Vec::new(),
            may_widen: own && contract.types == Types::Evolve,
            notes: Vec::new(),
        };
        for column in columns {
            let known =
                is_reserved(&column.name) || target.columns.iter().any(|c| c.name == column.name);
            if known { fit.take(column) } else { fit.meet(dataset, column, target, own)? }
        }
        for (column, kind) in wider {
            fit.change(target, column, *kind);
        }
        Ok(fit)
    }

    fn take(&mut self, column: Column) {
        if let From::Missing(header) = &column.from {
            self.notes.push(format!(
                "the file has no column {header:?}: {:?} is null in its rows",
                column.name
            ));
        }
        self.columns.push(column);
    }

    /// Does with a new column what the contract says. What the dataset itself declares is wanted.
    fn meet(
        &mut self,
        dataset: &Dataset,
        column: Column,
        target: &mut Target,
        own: bool,
    ) -> Result<()> {
        let declared = dataset.columns.iter().any(|c| c.name == column.name);
        match dataset.contract.new_columns {
            NewColumns::Evolve if own => {
                self.change(target, &column.name, plan::standard_type(&column));
                self.take(column);
            }
            NewColumns::Evolve => return Err(not_own(dataset, target, &column)),
            NewColumns::Quarantine if !declared => self.barred.push(column),
            NewColumns::Ignore if !declared => self.notes.push(format!(
                "column {:?} is not loaded: {} does not have it",
                column.name, target.table
            )),
            _ => self.take(column),
        }
        Ok(())
    }

    fn change(&mut self, target: &mut Target, column: &str, kind: Type) {
        match self.changes.iter_mut().find(|change| change.column == column) {
            Some(change) => change.after = kind.sql(),
            None => self.changes.push(target.to_hold(column, kind)),
        }
        target.expect(column, kind);
    }

    /// The inputs that must hold no value, with the headers that they stand under.
    pub fn barred(&self, inputs: impl Fn(&From) -> Option<usize>) -> Vec<(String, usize)> {
        let barred = self.barred.iter().filter_map(|column| match &column.from {
            From::Header(header) => Some((header.clone(), inputs(&column.from)?)),
            _ => None,
        });
        barred.collect()
    }

    /// The types that an attempt was found to need, where the table may be changed for them.
    pub fn too_narrow(&self, maker: &Maker) -> Option<Vec<(String, Type)>> {
        let wider = maker.wider();
        (self.may_widen && !wider.is_empty()).then_some(wider)
    }

    /// Changes the table inside the load's open transaction.
    pub async fn apply(&self, session: &Session, load: i64) -> Result<()> {
        for change in &self.changes {
            change.make(session, load).await.map_err(|problem| {
                let what = format!("{}: {}", change.ddl(), problem.what);
                let hint = "make the change by hand, or leave it out of [contract]";
                Problem::new(problem.kind, what).hint(hint)
            })?;
        }
        Ok(())
    }

    /// What is to be told of it. `wider` are types that would hold what did not fit.
    pub fn notes(&self, target: &Target, wider: &[(String, Type)]) -> Vec<String> {
        let changed = self.changes.iter().map(SchemaChange::told);
        let would = wider.iter().map(|(column, kind)| {
            format!(
                "{:?} would hold more as {}; {} is not changed, because it is not a table that \
                 Karat made: {}",
                column,
                kind.sql(),
                target.table,
                target.to_hold(column, *kind).ddl()
            )
        });
        self.notes.iter().cloned().chain(changed).chain(would).collect()
    }
}

fn not_own(dataset: &Dataset, target: &Target, column: &Column) -> Problem {
    let table = &target.table;
    let what = format!(
        "table {table} has no column {:?}, and new_columns = \"evolve\" changes only tables that \
         Karat made",
        column.name
    );
    let ddl = target.to_hold(&column.name, plan::standard_type(column)).ddl();
    Problem::new(Kind::Input, what)
        .at(Place::file(format!("datasets/{}.toml", dataset.name)))
        .hint(format!("declare it in the schema: {ddl}"))
}
