//! CSV, byte-exact, or made safe for spreadsheet programs.

use std::borrow::Cow;
use std::io::{BufWriter, Write};

use karat_record::{Problem, Result};

use super::{Cells, Column, RowWriter};
use crate::storage::Draft;

/// Signs with which spreadsheet programs begin a formula, their wide forms too.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Signs at which a program that expects another delimiter would begin a new cell.
const SEPARATORS: [char; 6] = [',', ';', '|', '\t', '\n', '\r'];

/// A CSV file in the making.
pub struct Writer {
    out: BufWriter<Draft>,
    columns: Vec<Column>,
    for_excel: bool,
    line: String,
}

impl Writer {
    pub fn begin(draft: Draft, columns: Vec<Column>, for_excel: bool) -> Result<Writer> {
        let out = BufWriter::with_capacity(1 << 16, draft);
        let mut writer = Writer { out, columns, for_excel, line: String::new() };
        if for_excel {
            writer.line.push('\u{feff}');
        }
        let names: Vec<String> = writer.columns.iter().map(|column| column.name.clone()).collect();
        for (at, name) in names.iter().enumerate() {
            writer.field(at, name, Cells::Text);
        }
        writer.end_line()?;
        Ok(writer)
    }

    fn field(&mut self, at: usize, text: &str, cells: Cells) {
        if at > 0 {
            self.line.push(',');
        }
        let is_text = matches!(cells, Cells::Text | Cells::Json);
        let text = match self.for_excel && is_text {
            true => harmless(text),
            false => Cow::Borrowed(text),
        };
        if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
            self.line.push('"');
            self.line.push_str(&text.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(&text);
        }
    }

    fn end_line(&mut self) -> Result<()> {
        self.line.push_str(if self.for_excel { "\r\n" } else { "\n" });
        let written = self.out.write_all(self.line.as_bytes());
        self.line.clear();
        written.map_err(|e| Problem::io("write", self.out.get_ref().path(), &e))
    }
}

impl RowWriter for Writer {
    fn row(&mut self, cells: &[Option<&str>]) -> Result<()> {
        for (at, cell) in cells.iter().enumerate() {
            match cell {
                Some(text) => self.field(at, text, self.columns[at].cells),
                None if at > 0 => self.line.push(','),
                // A line without anything would be no row.
                None if cells.len() == 1 => self.line.push_str("\"\""),
                None => {}
            }
        }
        self.end_line()
    }

    fn finish(mut self: Box<Self>) -> Result<Draft> {
        let flushed = self.out.flush();
        flushed.map_err(|e| Problem::io("write", self.out.get_ref().path(), &e))?;
        let (draft, _) = self.out.into_parts();
        Ok(draft)
    }
}

/// A text with an apostrophe wherever a cell may begin with a formula's sign: at its beginning, and
/// behind what another program may take for a delimiter. A number is no formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if is_number(text) || !text.contains(FORMULA) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 2);
    let mut begins = true;
    for letter in text.chars() {
        if begins && FORMULA.contains(&letter) {
            safe.push('\'');
        }
        safe.push(letter);
        begins = SEPARATORS.contains(&letter) || letter == '"';
    }
    Cow::Owned(safe)
}

/// Digits with a sign and a point at most.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain && digits.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Storage;
    use crate::write::{Format, begin};

    fn written(format: Format, rows: &[[Option<&str>; 2]]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::local(folder.path().to_owned());
        let column = |name: &str, cells| Column { name: name.to_owned(), cells };
        let columns = vec![column("name", Cells::Text), column("=n", Cells::Number)];
        let mut writer = begin(&storage, format, columns).unwrap();
        rows.iter().for_each(|row| writer.row(row).unwrap());
        let kept = storage.keep(writer.finish().unwrap()).unwrap();
        std::fs::read_to_string(storage.path(&kept.sha256)).unwrap()
    }

    const ROWS: [[Option<&str>; 2]; 5] = [
        [Some("=1+1"), Some("-5")],
        [Some("a,\"b\"\nc"), None],
        [Some(""), Some("0")],
        [None, None],
        [Some("-12.5"), Some("1.50")],
    ];

    #[test]
    fn raw_csv_is_what_the_database_has() {
        let expected = "name,=n\n=1+1,-5\n\"a,\"\"b\"\"\nc\",\n\"\",0\n,\n-12.5,1.50\n";
        assert_eq!(written(Format::Csv, &ROWS), expected);
    }

    #[test]
    fn for_excel_no_text_is_a_formula_and_numbers_stay() {
        let expected = "\u{feff}name,'=n\r\n'=1+1,-5\r\n\"a,\"\"b\"\"\nc\",\r\n\"\",0\r\n,\r\n\
                        -12.5,1.50\r\n";
        assert_eq!(written(Format::ExcelCsv, &ROWS), expected);
    }

    #[test]
    fn no_cell_of_whatever_delimiter_begins_a_formula() {
        let pieces = ["a", "=", "+1", "-", "@x", ";", ",", "\t", "\r", "\n", "|", "\"", "＝", "7"];
        let mut state = 7_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..6 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let safe = harmless(&text);
            for delimiter in SEPARATORS {
                let mut cells = safe.split(delimiter).map(|cell| cell.trim_start_matches('"'));
                let is_formula =
                    |cell: &str| cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
                assert!(is_number(&text) || !cells.any(is_formula), "{text:?}: {safe:?}");
            }
            let without: String = safe.chars().filter(|c| *c != '\'').collect();
            assert_eq!(without, text, "nothing else is changed");
        }
    }
}
