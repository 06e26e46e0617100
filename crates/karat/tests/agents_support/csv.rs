//! CSV files as lists of rows, to edit them in tests.

use std::path::Path;

/// A file of the example: its header and its rows.
pub struct Csv {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Csv {
    pub fn read(path: &Path) -> Csv {
        let text = std::fs::read_to_string(path).expect("the file is there");
        let mut rows = parse(text.trim_start_matches('\u{feff}'));
        Csv { header: rows.remove(0), rows }
    }

    pub fn write(&self, path: &Path) {
        let mut text = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let fields = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
            // Where nothing is quoted, nothing stands: quoted emptiness is a text of its own.
            let fields = fields.map(|field| if field == "\"\"" { String::new() } else { field });
            text.push_str(&fields.collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        std::fs::write(path, text).expect("the file can be written");
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> usize {
        self.header.iter().position(|h| h == name).expect("the column is there")
    }

    /// The row that has the key in its first column.
    pub fn row(&mut self, key: &str) -> &mut Vec<String> {
        self.rows.iter_mut().find(|row| row[0] == key).expect("the row is there")
    }
}

/// The rows of a text with quotes as RFC 4180 has them.
fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            letter => field.push(letter),
        }
    }
    rows
}
