//! Values that alias tables lack, with what they may have been meant to be.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use karat_connect::raw::line;
use karat_record::{Kind, Problem, Result};
use karat_rules::alias::folded;
use karat_store::{Session, unmapped};
use serde::Serialize;

use crate::project::Project;
use crate::project::alias::Alias;

/// A value that stands in a column and not in its alias table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    pub dataset: String,
    pub column: String,
    /// The alias table.
    pub alias: String,
    pub value: String,
    /// In how many rows at least and at most; the same where all were counted.
    pub least: u64,
    pub most: u64,
    /// The canonical value that is most like it, where one is like it.
    pub nearest: Option<String>,
}

/// Values that the last loads found in no alias table, and that are in none now; by dataset and
/// column, the most frequent first.
pub async fn missing(
    project: &Project,
    session: &Session,
    dataset: Option<&str>,
) -> Result<Vec<Missing>> {
    let found = unmapped::list(session, dataset).await?;
    let missing = found.into_iter().filter_map(|found| {
        let alias = alias(project, &found.dataset, &found.column)?;
        if alias.table.canonical(&found.value).is_some() {
            return None;
        }
        Some(Missing {
            nearest: alias.nearest(&found.value).map(str::to_owned),
            alias: alias.name.clone(),
            dataset: found.dataset,
            column: found.column,
            value: found.value,
            least: found.least,
            most: found.most,
        })
    });
    Ok(missing.collect())
}

fn alias<'p>(project: &'p Project, dataset: &str, column: &str) -> Option<&'p Alias> {
    let columns = &project.dataset(dataset)?.columns;
    columns.iter().find(|c| c.name == column)?.alias.as_ref()
}

/// Writes values of one alias table to a new CSV file whose column canonical is to be filled in;
/// how many.
///
/// # Errors
/// Values of several tables, and a file that exists already.
pub fn write(path: &Path, values: &[Missing]) -> Result<usize> {
    if let Some(other) = values.iter().find(|value| value.alias != values[0].alias) {
        let what = format!("values of aliases/{} and aliases/{}", values[0].alias, other.alias);
        let problem = Problem::new(Kind::Usage, format!("{what} are missing"));
        return Err(problem.hint("write a file for each: --alias NAME"));
    }
    // Spellings that the table does not tell apart are one line.
    let mut lines: BTreeMap<String, (&Missing, u64)> = BTreeMap::new();
    for value in values {
        let key = folded(&value.value);
        // Signs alone can be no alias.
        if key.is_empty() {
            continue;
        }
        let line = lines.entry(key).or_insert((value, 0));
        line.1 += value.least;
        if value.least > line.0.least {
            line.0 = value;
        }
    }
    let mut lines: Vec<(&Missing, u64)> = lines.into_values().collect();
    lines.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.value.cmp(&b.value)));
    put(path, &lines).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let what = format!("{} exists already", path.display());
            Problem::new(Kind::Usage, what).hint("name a new file, or remove that one")
        }
        _ => Problem::io("write", path, &error),
    })?;
    Ok(lines.len())
}

fn put(path: &Path, lines: &[(&Missing, u64)]) -> io::Result<()> {
    let mut text = line(["alias", "canonical", "rows", "nearest"]) + "\n";
    for (value, rows) in lines {
        let nearest = value.nearest.as_deref().unwrap_or_default();
        text += &line([&value.value, "", &rows.to_string(), nearest]);
        text.push('\n');
    }
    File::create_new(path)?.write_all(text.as_bytes())
}
