//! The matrix of distances between the beginnings of two texts, a column at a time and 64 rows
//! at once (Myers 1999). The measures differ in how a column follows from the one before.

use super::bytes::{short_word, strip};
use super::pattern::{Lanes, Table};

/// Up to 64 rows of one column, as differences between neighbours.
pub(super) trait Rows: Copy {
    /// What each row hands on to the one below it: one bit per row, or a single one in bit 0.
    type Carry: Copy;

    /// The column before the first byte, where each row is one above the row before.
    const FIRST: Self;
    /// What is handed on to the first row. There each column is one above the column before.
    const TOP: Self::Carry;

    /// Goes on to the next column, whose byte is in the rows `places`.
    fn advance(&mut self, places: u64, above: Self::Carry) -> Self::Carry;

    /// What one row hands on, as a single bit.
    fn handed_on_by(carry: Self::Carry, row: u32) -> Self::Carry;

    /// By how much the row is above the same row of the column before.
    fn growth(carry: Self::Carry, row: u32) -> i32;

    /// The sum of the differences of the rows in `mask`.
    fn sum(self, mask: u64) -> i32;
}

/// The last cell of the matrix.
#[inline]
pub(super) fn distance<R: Rows>(a: &[u8], b: &[u8]) -> u32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() <= COLUMNS && long.len() + COLUMNS - short.len() <= 16 {
        return in_columns::<R>(long, short);
    }
    let (short, long) = strip(a, b);
    if short.is_empty() {
        return long.len() as u32;
    }
    of_texts::<R>(short, long, u32::MAX)
}

/// Whether the last cell is at most `limit`, for texts that are stripped of what they have in
/// common at their ends.
#[inline]
pub(super) fn within<R: Rows>(short: &[u8], long: &[u8], limit: u32) -> bool {
    if short.is_empty() {
        return long.len() <= limit as usize;
    }
    of_texts::<R>(short, long, limit) <= limit
}

/// How many columns texts get that are not stripped. Always as many, because a loop whose end
/// the processor cannot foresee costs more than a column.
const COLUMNS: usize = 8;

/// Both texts get as many zero bytes at the end, which leaves the distance as it is and has to
/// keep the pattern within sixteen bytes.
#[inline]
fn in_columns<R: Rows>(pattern: &[u8], text: &[u8]) -> u32 {
    let lanes = Lanes::<1>::new(pattern);
    let last_row = pattern.len() + COLUMNS - text.len() - 1;
    let text = short_word(text);
    let mut rows = R::FIRST;
    for at in 0..COLUMNS {
        rows.advance(lanes.places((text >> (8 * at)) as u8), R::TOP);
    }
    (COLUMNS as i32 + rows.sum(u64::MAX >> (63 - last_row))) as u32
}

/// The distance, or some number above `limit` where it is above. Neither text is empty.
#[inline]
fn of_texts<R: Rows>(short: &[u8], long: &[u8], limit: u32) -> u32 {
    match long.len() {
        0..=16 => in_a_word::<R, 1>(long, short, limit),
        17..=32 => in_a_word::<R, 2>(long, short, limit),
        33..=64 => in_a_word::<R, 4>(long, short, limit),
        _ if short.len() <= 64 => in_a_word::<R, 4>(short, long, limit),
        _ => in_words::<R>(short, long, limit),
    }
}

#[inline]
fn in_a_word<R: Rows, const N: usize>(pattern: &[u8], text: &[u8], limit: u32) -> u32 {
    let lanes = Lanes::<N>::new(pattern);
    let last_row = pattern.len() as u32 - 1;
    let mut rows = R::FIRST;
    let mut distance = pattern.len() as i32;
    for (at, byte) in text.iter().enumerate() {
        let step = rows.advance(lanes.places(*byte), R::TOP);
        distance += R::growth(step, last_row);
        if out_of_reach(distance, text.len() - 1 - at, limit) {
            break;
        }
    }
    distance as u32
}

/// Whether the distance stays above `limit` though each of the columns to come took one off.
#[inline]
fn out_of_reach(distance: i32, columns: usize, limit: u32) -> bool {
    distance as usize > columns.saturating_add(limit as usize)
}

#[cold]
fn in_words<R: Rows>(pattern: &[u8], text: &[u8], limit: u32) -> u32 {
    let table = Table::new(pattern);
    let mut rows = vec![R::FIRST; table.words()];
    let last_row = (pattern.len() as u32 - 1) % 64;
    let mut distance = pattern.len() as i32;
    for (at, byte) in text.iter().enumerate() {
        let mut above = R::TOP;
        let mut step = above;
        for (rows, places) in rows.iter_mut().zip(table.places(*byte)) {
            step = rows.advance(*places, above);
            above = R::handed_on_by(step, 63);
        }
        distance += R::growth(step, last_row);
        if out_of_reach(distance, text.len() - 1 - at, limit) {
            break;
        }
    }
    distance as u32
}
