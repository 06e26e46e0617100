//! Which column of a file is which of its dataset: by name or alias, whatever their case, blanks
//! and punctuation. What is not there, and what would fit twice, is refused by name.

use karat_record::{Kind, Problem, Result};
use karat_rules::detect::names::{self, Clash, Naming};

use crate::project::contract::MissingColumns;
use crate::project::dataset::{Column, Dataset, From};

/// The declared columns, each with the header that the file has for it, or with none where the
/// contract lets it be missing.
///
/// # Errors
/// A column that no header fits, one that several fit, and a header that fits several.
pub fn columns(dataset: &Dataset, headers: &[String]) -> Result<Vec<Column>> {
    let mut columns = dataset.columns.clone();
    let of_file: Vec<usize> =
        (0..columns.len()).filter(|at| naming(&columns[*at]).is_some()).collect();
    let named: Vec<Naming<'_>> = dataset.columns.iter().filter_map(naming).collect();
    let seen: Vec<&str> = headers.iter().map(|header| seen(dataset, header)).collect();
    let (claimed, clashes) = names::claim(&named, &seen);
    if let Some(clash) = clashes.first() {
        return Err(refused(
            &of_file.iter().map(|at| &columns[*at]).collect::<Vec<_>>(),
            headers,
            clash,
        ));
    }
    for (at, claimed) in of_file.into_iter().zip(claimed) {
        columns[at].from = match claimed {
            Some(header) => From::Header(headers[header].clone()),
            None => without(dataset, &columns[at])
                .ok_or_else(|| missing(dataset, &columns[at], headers))?,
        };
    }
    Ok(columns)
}

/// What a column that the file lacks is made from, where the contract lets it be.
fn without(dataset: &Dataset, column: &Column) -> Option<From> {
    let needed = column.required || dataset.key.contains(&column.name);
    let header = naming(column)?.header;
    let may = dataset.contract.missing_columns == MissingColumns::Null && !needed;
    may.then(|| From::Missing(header.to_owned()))
}

fn naming(column: &Column) -> Option<Naming<'_>> {
    let From::Header(header) = &column.from else { return None };
    Some(Naming { header, aliases: &column.aliases, is_implied: false })
}

/// A header that is not loaded is no column, unless it is one's to the letter.
fn seen<'h>(dataset: &Dataset, header: &'h String) -> &'h str {
    let is_column = || dataset.columns.iter().any(|c| c.from == From::Header(header.clone()));
    if dataset.ignore.contains(header) && !is_column() { "" } else { header }
}

fn missing(dataset: &Dataset, column: &Column, headers: &[String]) -> Problem {
    let header = naming(column).map_or("", |naming| naming.header);
    let fits = |header: &&String| column.patterns.iter().any(|p| names::fits(p, header));
    let hint = match headers.iter().find(fits) {
        Some(like) => format!(
            "if {like:?} is that column, add aliases = [{like:?}] to [columns.{}] in \
             datasets/{}.toml",
            column.name, dataset.name
        ),
        None => format!(
            "its header has: {}; mend the file or datasets/{}.toml",
            headers.join(", "),
            dataset.name
        ),
    };
    Problem::new(Kind::Input, format!("the file has no column {header:?}")).hint(hint)
}

fn refused(columns: &[&Column], headers: &[String], clash: &Clash) -> Problem {
    let header = |at: &usize| format!("{:?}", headers[*at]);
    let what = match clash {
        Clash::Headers(column, found) => {
            let found = found.iter().map(header).collect::<Vec<_>>().join(" and ");
            format!("{found} could each be the column {}", columns[*column].name)
        }
        Clash::Columns(at, found) => {
            let found: Vec<&str> = found.iter().map(|c| columns[*c].name.as_str()).collect();
            format!("{} could be each of the columns {}", header(at), found.join(" and "))
        }
    };
    let hint = "rename one in the file, or leave it out: ignore = [...] in the dataset's file";
    Problem::new(Kind::Input, what).hint(hint)
}
