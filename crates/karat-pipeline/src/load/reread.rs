//! Reading rows of a kept file again, as their load read them: cleaned, typed, and as the texts
//! that say the same of equal values.

use std::path::Path;

use karat_connect::source::{Source, Texts};
use karat_record::{Finding, Result};
use karat_store::copy::{Encoder, canonical};
use karat_store::load::Target;

use super::maker::{Maker, Raw};
use super::plan;
use crate::project::Project;
use crate::project::dataset::{Dataset, From};

impl Raw for Texts {
    fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
        Ok(self.fields.get(input).and_then(Option::as_deref))
    }
}

/// What a row says in some columns; `None` where it does not fit, so that no load has taken it.
pub type Values = Option<Vec<Option<String>>>;

/// Calls `take` with the rows of a file that `wanted` asks for, and what they say in `columns` of
/// `target`.
///
/// # Errors
/// A file that does not fit its dataset any more.
pub fn reread(
    (project, dataset, target): (&Project, &Dataset, &Target),
    (source, path, name): (&Source, &Path, &str),
    columns: &[String],
    wanted: impl Fn(u64) -> bool,
    mut take: impl FnMut(u64, Values),
) -> Result<()> {
    let headers = source.headers().to_vec();
    let declared = plan::for_file(dataset, source, name)?;
    let inputs = |from: &From| match from {
        From::Header(header) => headers.iter().position(|h| h == header),
        _ => None,
    };
    let made = plan::made(dataset, &declared, target, inputs)?;
    let places: Vec<Option<usize>> =
        columns.iter().map(|name| made.iter().position(|made| made.name == *name)).collect();
    let mut maker = Maker::new(made, dataset.nulls.clone(), &project.region);
    let mut encoder = Encoder::default();
    source.each(path, &mut |row: Texts| {
        if wanted(row.line) {
            let value = |at: &Option<usize>| match at {
                // The file has no such column: the load has left it missing.
                None => Some(None),
                Some(at) => {
                    maker.column(*at, &row, &mut encoder).ok()?;
                    canonical(&maker.columns[*at].kind, &encoder.take())
                }
            };
            let values = places.iter().map(value).collect();
            take(row.line, if row.finding.is_none() { values } else { None });
        }
        Ok(())
    })
}
