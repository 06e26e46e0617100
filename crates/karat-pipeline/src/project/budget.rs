//! How many rejected rows a load may have: beyond that the file itself is wrong, and nothing of it
//! is loaded.

use karat_record::{Kind, Place, Problem, Result};
use karat_store::load::Books;

use super::section::Section;

/// The bounds of a dataset; each holds by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// Rows.
    pub most: Option<u64>,
    /// Of the rows read, from 0 to 1.
    pub share: Option<f64>,
}

impl Budget {
    /// Reads `[rejects]`.
    pub fn read(section: &Section<'_>) -> Budget {
        let most = section.number("most", 0..i64::MAX).map(|most| most as u64);
        let share = section.share("share");
        section.done();
        Budget { most, share }
    }

    /// # Errors
    /// More rows were rejected than allowed. `why` are the most frequent reasons.
    pub fn check(&self, books: &Books, dataset: &str, file: &str, why: &str) -> Result<()> {
        let Some(what) = self.exceeded(books, dataset) else { return Ok(()) };
        let what = format!("{what}; nothing was loaded");
        let hint = format!("most often: {why}; mend the file, or allow more in [rejects]");
        Err(Problem::new(Kind::Input, what).at(Place::file(file)).hint(hint))
    }

    /// What is too much, if anything.
    pub fn exceeded(&self, books: &Books, dataset: &str) -> Option<String> {
        let (read, rejected) = (books.read, books.rejected);
        let bound = match self {
            Budget { most: Some(most), .. } if rejected > *most => format!("most = {most}"),
            Budget { share: Some(share), .. } if rejected as f64 > share * read as f64 => {
                format!("share = {share}")
            }
            _ => return None,
        };
        Some(format!(
            "{rejected} of {read} rows did not fit, more than datasets/{dataset}.toml allows \
             ({bound})"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bound_holds_by_itself() {
        let books = |read, rejected| Books { read, rejected, ..Books::default() };
        let check = |most, share, read, rejected| {
            Budget { most, share }.check(&books(read, rejected), "d", "d.csv", "").is_ok()
        };
        assert!(check(None, None, 9, 9));
        assert!(check(Some(2), None, 9, 2) && !check(Some(2), None, 9, 3));
        assert!(check(None, Some(0.1), 10, 1) && !check(None, Some(0.1), 10, 2));
        assert!(!check(Some(0), Some(1.0), 10, 1));
        assert!(check(Some(0), Some(0.0), 0, 0));
    }
}
