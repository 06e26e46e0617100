//! Profiles a table of the database by the texts of its values.

use karat_record::{Kind, Problem, Result};
use karat_store::load::Target;
use karat_store::{Address, Session, Table, table as store};

use super::Profile;
use super::batch::Batch;
use super::gather::Gather;

/// Reads the table, one that Karat loads, in the order in which its rows were loaded; rows are
/// counted from 1.
///
/// # Errors
/// No such table; a table that Karat did not load; what the server says.
pub async fn table(address: &Address, table: &Table) -> Result<Profile> {
    let session = Session::open(address).await?;
    let Some(target) = Target::find(&session, table).await? else {
        let problem = Problem::new(Kind::Usage, format!("there is no file or table {table}"));
        return Err(problem.hint("name a file, or a table as schema.table"));
    };
    let names: Vec<String> = target.columns.iter().map(|column| column.name.clone()).collect();
    let mut rows = store::read_texts(&session, &target, &names).await?;
    let mut gather = Gather::new(names.clone());
    let mut batch = Batch::new(names.len());
    let mut count = 0;
    while let Some(row) = rows.next_texts().await? {
        count += 1;
        batch.add(count, |at| row.get(at));
        if batch.is_full() {
            gather.add(&batch);
            batch = Batch::new(names.len());
        }
    }
    gather.add(&batch);
    Ok(gather.profile(&table.to_string(), "row"))
}
