//! Spreadsheets, read row by row: XLSX, XLS and ODS as streams.

mod archive;
mod biff;
mod compound;
mod number;
mod ods;
mod styles;
mod table;
mod xls;
mod xlsx;
mod xml;

use std::path::Path;

use karat_record::{Finding, Kind, Place, Problem, Result};

use crate::rows::{Fields, LONGEST};

pub use crate::sheet::table::Reader;

/// How a workbook is to be read.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub sheets: Sheets,
    /// The row number of the header, from 1; the first row that is not empty when not given.
    pub header: Option<u64>,
    pub limits: Limits,
}

/// Which sheets of a workbook are to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sheets {
    /// The only one that is visible and not empty.
    #[default]
    Only,
    Name(String),
    /// Counted from 1, in the order of the workbook.
    Number(usize),
    /// All that are visible and have the header that most of them have, one after another. A row's
    /// line then has its sheet in front: `SHEET` times the sheet's number, from 1, and the row's.
    All,
}

/// By how much the lines of one sheet are ahead of those of the sheet before; beyond any row.
pub const SHEET: u64 = 10_000_000;

/// What a workbook may ask of the machine.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of all parts together, unpacked.
    pub expanded: u64,
    /// How many times a part may expand that is larger than `small` bytes.
    pub ratio: u64,
    pub small: u64,
    pub parts: usize,
    /// Bytes of texts that cells share, unpacked; they are held in memory.
    pub shared: u64,
    /// Cells of a workbook.
    pub cells: u64,
    pub rows: u64,
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            expanded: 8 << 30,
            ratio: 300,
            small: 8 << 20,
            parts: 10_000,
            shared: 128 << 20,
            cells: 200_000_000,
            rows: 5_000_000,
            columns: 16_384,
        }
    }
}

/// How a workbook is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Xls,
    Ods,
}

/// What a workbook can be asked for, whatever its format.
trait Book {
    fn sheets(&self) -> &[Sheet];

    /// The rows of a sheet, from its beginning.
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn SheetRows + Send>>;

    /// The columns that merged cells of a row cover: the first and the number.
    fn merged(&mut self, sheet: usize, row: u64) -> Result<Vec<(usize, usize)>>;
}

struct Sheet {
    name: String,
    is_visible: bool,
}

/// Rows of a sheet; empty ones may be left out.
trait SheetRows {
    /// Reads the next row in place of the former one; false at the end.
    fn next(&mut self, row: &mut SheetRow) -> Result<bool>;

    fn progress(&self) -> f64;
}

/// One row of a sheet.
#[derive(Clone, Default)]
struct SheetRow {
    /// From 1.
    number: u64,
    fields: Fields,
    finding: Option<Finding>,
    /// Cells that stood in the file, empty ones too.
    cells: u64,
}

impl SheetRow {
    fn begin(&mut self, number: u64) {
        self.number = number;
        self.fields.clear();
        self.finding = None;
        self.cells = 0;
    }

    /// Takes a cell's text.
    fn set(&mut self, column: usize, text: &str) {
        if self.fields.bytes() + text.len() > LONGEST {
            let what = format!("is too long: a row may have {LONGEST} bytes");
            self.refuse(column, "row.long", &what);
        } else if !text.is_empty() {
            self.fields.set(column, text);
        }
    }

    /// Takes what is wrong with a cell; its text, if set, stays for people to see.
    fn refuse(&mut self, column: usize, rule: &'static str, what: &str) {
        let number = self.number;
        self.finding.get_or_insert_with(|| number::finding(rule, column, number, what));
    }

    fn is_empty(&self) -> bool {
        self.fields.width() == 0 && self.finding.is_none()
    }
}

fn open_book(
    path: &Path,
    format: Format,
    name: &str,
    limits: &Limits,
) -> Result<Box<dyn Book + Send>> {
    Ok(match format {
        Format::Xlsx => Box::new(xlsx::Workbook::open(path, name, limits)?),
        Format::Xls => Box::new(xls::Workbook::open(path, name, limits)?),
        Format::Ods => Box::new(ods::Document::open(path, name, limits)?),
    })
}

fn problem(name: &str, what: impl Into<String>) -> Problem {
    Problem::new(Kind::Input, what).at(Place::file(name))
}
