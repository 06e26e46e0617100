//! What is in a column: one pass over its texts, in bounded memory. Everything counted is exact;
//! what is estimated says its error. Profiles of parts of a column merge into that of the whole.
//!
//! A profile holds at most about 20 MB: 18 for the values of a column in which none has come
//! twice yet (a million of them), half a megabyte otherwise.

mod distinct;
mod frequent;
mod hash;
mod kinds;
mod moments;
mod pair;
mod shape;
mod verdict;

pub use distinct::{Count, Distinct};
pub use frequent::{Frequent, Top};
pub use hash::hash;
pub use kinds::{ALL as KINDS, Fits, Kind, look};
pub use moments::{Bin, Moments};
pub use pair::Pair;
pub use verdict::{Evidence, Verdict};

use crate::clean::is_null_token;
use shape::shape;

/// Rows that are named of those that do not fit a kind.
const NAMED: usize = 5;

/// Bytes of a text that are kept of it.
const LONGEST: usize = 200;

/// What is in one column.
#[derive(Clone, Debug, Default)]
pub struct ColumnProfile {
    /// All rows.
    pub rows: u64,
    /// Rows that end before this column, or nulls of a database.
    pub missing: u64,
    /// Texts of nothing or blanks.
    pub empty: u64,
    /// Texts that stand for no value, such as `N/A`.
    pub tokens: u64,
    /// Values with a zero before other digits.
    pub leading_zeros: u64,
    /// Whole numbers of more than 15 digits, which floating point numbers cannot hold.
    pub long_numbers: u64,
    /// Characters of the shortest and of the longest value.
    pub lengths: Option<(u64, u64)>,
    /// The first and the last value in the order of characters.
    pub texts: Option<(Box<str>, Box<str>)>,
    pub distinct: Distinct,
    /// The most frequent values.
    pub values: Frequent,
    /// The most frequent shapes: `Aa9` for letters, small letters and digits, however many.
    pub shapes: Frequent,
    /// The values that are numbers.
    pub numbers: Moments,
    characters: u64,
    fits: [u64; KINDS.len()],
    /// Per kind the first rows that do not fit, in order.
    misfits: [Vec<u64>; KINDS.len()],
}

impl ColumnProfile {
    /// Adds the text of a row, `None` where there is none. Rows come in order; `row` is what a
    /// reader calls the row, such as its line. Returns the number that the text is, if it is one.
    pub fn add(&mut self, row: u64, text: Option<&str>) -> Option<f64> {
        self.rows += 1;
        let Some(text) = text else {
            self.missing += 1;
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.empty += 1;
            return None;
        }
        let key = hash(text);
        // Most values of most columns come again: what is known of them need not be found anew.
        let fits = match self.values.again(key) {
            Some(fits) => fits,
            None => {
                let fits = self.classify(text);
                self.values.insert(key, cut(text), fits);
                fits
            }
        };
        if fits.is_token {
            self.tokens += 1;
            return None;
        }
        self.distinct.add(key);
        self.shapes.add(fits.shape, || shape(text).into());
        self.vote(row, fits);
        if let Some(number) = fits.number {
            self.numbers.add(row, number);
        }
        fits.number
    }

    /// Values: rows that have something to say.
    pub fn present(&self) -> u64 {
        self.rows - self.absent()
    }

    /// Rows without value, tokens for no value among them.
    pub fn absent(&self) -> u64 {
        self.missing + self.empty + self.tokens
    }

    /// Characters of a value on average; `None` without values.
    pub fn mean_length(&self) -> Option<f64> {
        let present = self.present();
        (present > 0).then(|| self.characters as f64 / present as f64)
    }

    /// How many values are of a kind, and the first few rows whose values are not.
    pub fn evidence(&self, kind: Kind) -> Evidence {
        Evidence {
            kind,
            fits: self.fits[kind as usize],
            of: self.present(),
            misfits: self.misfits[kind as usize].clone(),
        }
    }

    /// Adds the profile of other rows of the same column.
    pub fn merge(&mut self, other: &ColumnProfile) {
        self.rows += other.rows;
        self.missing += other.missing;
        self.empty += other.empty;
        self.tokens += other.tokens;
        self.leading_zeros += other.leading_zeros;
        self.long_numbers += other.long_numbers;
        self.characters += other.characters;
        self.lengths = match (self.lengths, other.lengths) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (mine, theirs) => mine.or(theirs),
        };
        if let Some((low, high)) = &other.texts {
            self.widen(low);
            self.widen(high);
        }
        self.distinct.merge(&other.distinct);
        self.values.merge(&other.values);
        self.shapes.merge(&other.shapes);
        self.numbers.merge(&other.numbers);
        for at in 0..KINDS.len() {
            self.fits[at] += other.fits[at];
            self.misfits[at].extend(&other.misfits[at]);
            self.misfits[at].sort_unstable();
            self.misfits[at].truncate(NAMED);
        }
    }

    /// What a text is, seen for the first time.
    fn classify(&mut self, text: &str) -> Fits {
        let mut fits = look(text);
        fits.is_token = is_null_token(text);
        if !fits.is_token {
            fits.shape = hash(&shape(text));
            fits.characters = match text.is_ascii() {
                true => text.len() as u32,
                false => text.chars().count() as u32,
            };
            self.widen(text);
        }
        fits
    }

    fn widen(&mut self, text: &str) {
        match &mut self.texts {
            None => self.texts = Some((cut(text).into(), cut(text).into())),
            Some((low, high)) => {
                if cut(text) < &**low {
                    *low = cut(text).into();
                }
                if cut(text) > &**high {
                    *high = cut(text).into();
                }
            }
        }
    }

    fn vote(&mut self, row: u64, fits: Fits) {
        let length = u64::from(fits.characters);
        self.characters += length;
        let (low, high) = self.lengths.unwrap_or((length, length));
        self.lengths = Some((low.min(length), high.max(length)));
        self.leading_zeros += u64::from(fits.has_leading_zero);
        self.long_numbers += u64::from(fits.is_long);
        for at in 0..KINDS.len() {
            if fits.kinds & (1 << at) != 0 {
                self.fits[at] += 1;
            } else if self.misfits[at].len() < NAMED {
                self.misfits[at].push(row);
            }
        }
    }
}

/// The beginning of a text that is too long to keep.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

#[cfg(test)]
mod tests;
