//! The generator of the example project "customers": three lists of invented people who move,
//! and the truth.
//!
//! `customers.csv` is the export of a customer system, `bookings.csv` the jobs that were booked,
//! `leads.csv` what came in by web forms. Somebody has 1.7 records on average. Who lives together
//! shares an address, mostly a surname, and often a landline or a mailbox: that is what makes it
//! hard. All rates are in `chances.rs`. Names are random pairs from lists; addresses, mailboxes
//! and numbers cannot belong to anybody.

mod address;
mod calendar;
mod chances;
mod contacts;
mod csv;
mod decisions;
mod dice;
mod export;
mod given_names;
mod history;
mod names;
mod people;
mod person;
mod places;
mod rows;
mod scramble;
mod shown;
mod slips;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

use super::{name_lists, random};
use chances::Source;
use csv::Csv;
use decisions::Decisions;
use dice::{Tally, fault_names};
pub use export::Batch;
use export::Export;
use places::BRANCHES;
use random::Random;
use rows::{Row, columns};

/// How much to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Records of the first export, in all three files together.
    pub records: usize,
    /// The second export has fewer and more: see [`Batch`].
    pub batch: Batch,
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted { records: 5000, batch: Batch::First }
    }
}

/// What was generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows of each file.
    pub customers: usize,
    pub bookings: usize,
    pub leads: usize,
    /// People behind them, and the households they live in.
    pub people: usize,
    pub households: usize,
}

/// Of 1000 records of the first export, so many more come from new people by the second.
const NEW_RECORDS: usize = 50;

/// Writes `customers.csv`, `bookings.csv`, `leads.csv` and `branches.csv` to `data` below `dir`,
/// and `people.csv` and `faults.csv` to `truth`. The same seed gives the same bytes; the second
/// batch goes over the first one's files, and `decisions.sh` beside them. Memory does not grow with the size but for a few bytes
/// per mailbox.
///
/// # Errors
/// If a file or folder cannot be written.
pub fn generate(dir: &Path, wanted: Wanted, seed: u64) -> io::Result<Written> {
    written(dir, wanted, seed).map(|(written, _)| written)
}

fn written(dir: &Path, wanted: Wanted, seed: u64) -> io::Result<(Written, Tally)> {
    let mut files = Files::create(dir, seed)?;
    let mut export = Export::new(seed, wanted.batch);
    let more = if wanted.batch == Batch::Second { wanted.records * NEW_RECORDS / 1000 } else { 0 };
    let mut number = 0;
    for (records, new) in [(wanted.records, false), (more, true)] {
        let mut left = records;
        while left > 0 {
            let (household, visits) = export.household(number, new);
            let visits = &visits[..visits.len().min(left)];
            left -= visits.len();
            number += 1;
            for visit in visits {
                files.take(&export.rows(&household, visit))?;
            }
            if wanted.batch == Batch::Second && !new {
                for place in 0..household.people.len() {
                    if let Some(visit) = export.return_visit(&household, place) {
                        files.take(&export.rows(&household, &visit))?;
                    }
                }
            }
        }
    }
    if wanted.batch == Batch::Second {
        fs::write(dir.join("decisions.sh"), files.decisions.script())?;
    }
    Ok((files.finish()?, export.tally))
}

/// The files in the making.
struct Files {
    sources: [Csv; 3],
    people: Csv,
    faults: Csv,
    written: Written,
    /// Households whose people were counted come one after the other.
    household: Option<u64>,
    known: Vec<u64>,
    decisions: Decisions,
}

/// Who each record is of: the last three columns are named as those of the golden table.
const TRUTH: [&str; 7] =
    ["source", "key", "person", "household", "first_name", "last_name", "date_of_birth"];

impl Files {
    fn create(dir: &Path, seed: u64) -> io::Result<Files> {
        let (data, truth) = (dir.join("data"), dir.join("truth"));
        fs::create_dir_all(&data)?;
        fs::create_dir_all(&truth)?;
        branches(&data.join("branches.csv"))?;
        let path = |source: Source| data.join(format!("{}.csv", source.name()));
        let random = |stream: u64| Random::new(seed, stream | 1 << 62);
        let [customers, bookings, leads] = Source::ALL;
        Ok(Files {
            sources: [
                Csv::spreadsheet(&path(customers), columns(customers))?.shuffled(random(1)),
                Csv::plain(&path(bookings), columns(bookings))?.shuffled(random(2)),
                Csv::plain(&path(leads), columns(leads))?.shuffled(random(3)),
            ],
            people: Csv::plain(&truth.join("people.csv"), &TRUTH)?,
            faults: Csv::plain(&truth.join("faults.csv"), &["source", "key", "fault"])?,
            written: Written::default(),
            household: None,
            known: Vec::new(),
            decisions: Decisions::default(),
        })
    }

    /// Writes the rows of one record; the first one's truth is the record's.
    fn take(&mut self, rows: &[Row]) -> io::Result<()> {
        for (place, row) in rows.iter().enumerate() {
            self.sources[row.source as usize].row(&row.fields)?;
            if place > 0 {
                continue;
            }
            self.count(row);
            self.decisions.look(row);
            let (person, household) = (row.person.to_string(), row.household.to_string());
            let source = row.source.name();
            let [given, family, born] = row.truth.each_ref().map(String::as_str);
            self.people.row(&[source, &row.key, &person, &household, given, family, born])?;
            for fault in fault_names(row.faults) {
                self.faults.row(&[source, &row.key, fault])?;
            }
        }
        Ok(())
    }

    fn count(&mut self, row: &Row) {
        if self.household != Some(row.household) {
            self.household = Some(row.household);
            self.written.households += 1;
            self.known.clear();
        }
        if !self.known.contains(&row.person) {
            self.known.push(row.person);
            self.written.people += 1;
        }
    }

    fn finish(mut self) -> io::Result<Written> {
        let [customers, bookings, leads] = self.sources;
        self.written.customers = customers.finish()?;
        self.written.bookings = bookings.finish()?;
        self.written.leads = leads.finish()?;
        self.people.finish()?;
        self.faults.finish()?;
        Ok(self.written)
    }
}

/// Every way to write a branch, and the branch: each stands for itself too.
fn branches(path: &Path) -> io::Result<()> {
    let mut file = Csv::plain(path, &["alias", "branch"])?;
    for (name, others) in &BRANCHES {
        file.row(&[name, name])?;
        for other in *others {
            file.row(&[other, name])?;
        }
    }
    file.finish().map(drop)
}
