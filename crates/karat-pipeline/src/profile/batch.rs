//! Some thousand rows, column by column, on their way from a reader to the profiles.

use karat_rules::profile::hash;

/// Rows of a batch.
const ROWS: usize = 8192;

/// Rows in order.
pub struct Batch {
    /// What the reader calls each row.
    pub rows: Vec<u64>,
    /// A hash of each row as a whole.
    pub hashes: Vec<u64>,
    pub columns: Vec<Cells>,
}

/// The texts of one column.
#[derive(Default)]
pub struct Cells {
    text: String,
    /// Where each text ends; `None` where the row has none.
    ends: Vec<Option<usize>>,
}

impl Batch {
    pub fn new(columns: usize) -> Batch {
        Batch {
            rows: Vec::with_capacity(ROWS),
            hashes: Vec::with_capacity(ROWS),
            columns: (0..columns).map(|_| Cells::default()).collect(),
        }
    }

    /// Adds a row; `text` gives the text of each column.
    pub fn add<'t>(&mut self, row: u64, text: impl Fn(usize) -> Option<&'t str>) {
        let mut whole = 0_u64;
        for (at, cells) in self.columns.iter_mut().enumerate() {
            let text = text(at);
            let own = text.map_or(1, hash);
            whole = (whole.rotate_left(7) ^ own).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            cells.text.push_str(text.unwrap_or(""));
            cells.ends.push(text.map(|_| cells.text.len()));
        }
        self.rows.push(row);
        self.hashes.push(whole);
    }

    pub fn is_full(&self) -> bool {
        self.rows.len() >= ROWS
    }
}

impl Cells {
    /// The texts, in the order of the rows.
    pub fn texts(&self) -> impl Iterator<Item = Option<&str>> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let text = end.map(|end| &self.text[from..end]);
            from = end.unwrap_or(from);
            text
        })
    }
}
