//! Rows from the whole of a file, few enough to look at each: all of a small file's.

use std::path::Path;

use karat_connect::csv::{self, Header};
use karat_connect::source::{Settings, Source};
use karat_record::Result;
use karat_rules::detect::Sample;
use karat_rules::profile::{ColumnProfile, hash};

/// How much of a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it, and rows are taken from everywhere.
    Whole,
    /// The first rows only.
    Beginning,
}

/// A sample, and how many rows it was taken from.
#[derive(Debug)]
pub struct Sampled {
    pub sample: Sample,
    pub rows: u64,
}

/// Rows of a sample; a profile keeps so many different values.
const ROWS: usize = 2048;

/// Bytes of a sample, and the rows that it has however large they are.
const BYTES: usize = 32 << 20;
const FEWEST: usize = 64;

/// Bytes beyond which a value is left out.
const LONGEST: usize = 16 << 10;

/// Reads a file as files of these settings are written.
///
/// # Errors
/// As reading it: no such file, no header.
pub fn sample(path: &Path, settings: &Settings, extent: Extent) -> Result<Sampled> {
    let name = path.display().to_string();
    let source = Source::find(path, &name, settings)?;
    let headers = source.headers().to_vec();
    let mut rows = Rows::new(headers.len(), extent);
    match &source {
        Source::Text(form) => {
            let mut reader = form.read(csv::open(path)?)?;
            while !rows.are_enough()
                && let Some(row) = reader.next_row()?
            {
                if row.finding.is_none() {
                    rows.add(row.line, |at| row.field(at).unwrap_or(None));
                }
            }
        }
        Source::Records(file) => {
            let mut reader = file.open()?;
            while !rows.are_enough()
                && let Some(row) = reader.next_row()?
            {
                if row.finding.is_none() {
                    rows.add(row.line, |at| row.field(at));
                }
            }
        }
    }
    let has_header = !matches!(settings.text.header, Header::None(_));
    let read = rows.read;
    Ok(Sampled { sample: Sample { headers, columns: rows.profiles(), has_header }, rows: read })
}

/// Rows that were kept. While there are too many, every second one goes, by a hash of its number:
/// the same rows of the same file, and none of them by a period that the file may have.
struct Rows {
    width: usize,
    extent: Extent,
    kept: Vec<Kept>,
    bytes: usize,
    read: u64,
    /// A row is kept if so many of its hash's bits are zero.
    zeros: u32,
}

struct Kept {
    hash: u64,
    line: u64,
    texts: Vec<Option<Box<str>>>,
    bytes: usize,
}

impl Rows {
    fn new(width: usize, extent: Extent) -> Rows {
        Rows { width, extent, kept: Vec::new(), bytes: 0, read: 0, zeros: 0 }
    }

    fn are_enough(&self) -> bool {
        self.extent == Extent::Beginning && self.kept.len() >= ROWS
    }

    fn add<'t>(&mut self, line: u64, text: impl Fn(usize) -> Option<&'t str>) {
        self.read += 1;
        let hash = hash(&self.read.to_string());
        if hash.trailing_zeros() < self.zeros {
            return;
        }
        let short = |text: &&str| text.len() <= LONGEST;
        let texts: Vec<Option<Box<str>>> =
            (0..self.width).map(|at| text(at).filter(short).map(Box::from)).collect();
        let bytes = texts.iter().flatten().map(|text| text.len()).sum();
        self.bytes += bytes;
        self.kept.push(Kept { hash, line, texts, bytes });
        while self.kept.len() > ROWS || self.bytes > BYTES && self.kept.len() > FEWEST {
            self.zeros += 1;
            self.kept.retain(|row| row.hash.trailing_zeros() >= self.zeros);
            self.bytes = self.kept.iter().map(|row| row.bytes).sum();
        }
    }

    fn profiles(self) -> Vec<ColumnProfile> {
        let mut profiles: Vec<ColumnProfile> = vec![ColumnProfile::default(); self.width];
        for row in &self.kept {
            for (profile, text) in profiles.iter_mut().zip(&row.texts) {
                profile.add(row.line, text.as_deref());
            }
        }
        profiles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: u64, extent: Extent) -> Vec<u64> {
        let mut rows = Rows::new(1, extent);
        for row in 1..=count {
            if !rows.are_enough() {
                rows.add(row, |_| Some("x"));
            }
        }
        rows.kept.iter().map(|row| row.line).collect()
    }

    #[test]
    fn all_rows_of_a_small_file_are_taken_and_some_from_everywhere_of_a_large_one() {
        assert_eq!(rows(2048, Extent::Whole), (1..=2048).collect::<Vec<_>>());
        let some = rows(1_000_000, Extent::Whole);
        assert!((800..=2048).contains(&some.len()), "{}", some.len());
        for tenth in 0..10 {
            let within = |row: &&u64| (**row - 1) / 100_000 == tenth;
            let share = some.iter().filter(within).count() as f64 / some.len() as f64;
            assert!((0.06..0.14).contains(&share), "{tenth}: {share}");
        }
        assert_eq!(rows(1_000_000, Extent::Beginning).last(), Some(&2048));
    }

    #[test]
    fn large_rows_do_not_fill_memory() {
        let mut rows = Rows::new(1, Extent::Whole);
        let text = "x".repeat(LONGEST);
        (1..=10_000).for_each(|row| rows.add(row, |_| Some(&text)));
        assert!(rows.bytes <= BYTES && rows.kept.len() >= FEWEST, "{}", rows.bytes);
    }
}
