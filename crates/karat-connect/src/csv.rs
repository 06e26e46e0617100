//! Delimited text as it really is, read row by row. Each row knows its line and its bytes, so
//! that a reject can show exactly what stood there.

mod cut;
mod dialect;
mod form;
mod header;
mod repair;
mod rows;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;
use std::str::Utf8Error;

use karat_record::{Finding, Kind, Problem, Result};
use memchr::memmem;

use crate::raw::KEPT;

pub(crate) use cut::{Cutter, Signs};
pub use form::{Form, Settings};
pub use header::Header;
pub use repair::{Repair, Repaired};
pub use rows::{LARGEST_ROW, Mark};

/// A delimited file, read once from front to back.
pub struct Reader<'r> {
    rows: rows::Rows<Box<dyn Read + 'r>>,
    /// Bytes taken of the file as it came.
    taken: Rc<Cell<u64>>,
    width: usize,
    /// Empty fields that a row may have beyond its columns.
    spare: usize,
    headed: bool,
    /// Columns without a name, which have to be empty.
    nameless: Vec<usize>,
    /// The encoding that was decoded; signs that it does not know are U+FFFD now.
    decoded: Option<String>,
    repair: Repair,
    repaired: Repaired,
}

/// One row.
pub struct Row<'a> {
    raw: &'a [u8],
    cutter: &'a Cutter,
    /// Its bytes, when they are UTF-8 as a whole: one check instead of one per field.
    text: Option<&'a str>,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Where it begins, in bytes of the text: expanded, and as UTF-8 where it was decoded.
    pub byte: u64,
    /// What is wrong with the row as a whole; its fields then cannot be trusted.
    pub finding: Option<Finding>,
}

impl Row<'_> {
    /// The text of a field; `None` past the end of the row.
    ///
    /// # Errors
    /// When its bytes are not UTF-8.
    #[inline]
    pub fn field(&self, at: usize) -> Result<Option<&str>, Utf8Error> {
        let Some((from, to, loose)) = self.cutter.span(at) else { return Ok(None) };
        match self.text.filter(|_| !loose).and_then(|text| text.get(from..to)) {
            Some(text) => Ok(Some(text)),
            None => self.cutter.field(self.raw, at).map(std::str::from_utf8).transpose(),
        }
    }

    /// The number of fields.
    pub fn width(&self) -> usize {
        self.cutter.width()
    }

    /// The row as it stands in the text, without the line end. What is no UTF-8 is shown by
    /// replacement characters; of a very long row only the beginning.
    pub fn raw(&self) -> String {
        let bytes = &self.raw[..self.raw.len().min(KEPT)];
        String::from_utf8_lossy(bytes).trim_end_matches(['\r', '\n']).to_owned()
    }
}

impl Reader<'_> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    #[inline]
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        if !self.rows.advance()? {
            return Ok(None);
        }
        let row = self.rows.row();
        if self.repair.concerns(row) && std::str::from_utf8(row).is_ok() {
            self.mend();
        }
        let finding = self.finding();
        let (line, byte) = self.rows.place();
        let raw = self.rows.row();
        let text = std::str::from_utf8(raw).ok();
        Ok(Some(Row { raw, cutter: &self.rows.cutter, text, line, byte, finding }))
    }

    /// Bytes taken so far of the file as it came.
    pub fn position(&self) -> u64 {
        self.taken.get()
    }

    /// Behind the row read last.
    #[inline]
    pub fn mark(&self) -> Mark {
        self.rows.mark()
    }

    /// What was repaired since the last time.
    pub fn take_repaired(&mut self) -> Repaired {
        std::mem::take(&mut self.repaired)
    }

    fn mend(&mut self) {
        let (cutter, raw) = self.rows.parts();
        let mut texts = Vec::with_capacity(cutter.width());
        for at in 0..cutter.width() {
            let field = cutter.field(raw, at).unwrap_or_default();
            let field = String::from_utf8_lossy(field);
            texts.push(self.repair.text(&field, &mut self.repaired).into_owned());
        }
        cutter.replace(&texts);
    }

    /// What is wrong with the row as a whole.
    #[inline]
    fn finding(&self) -> Option<Finding> {
        let cutter = &self.rows.cutter;
        let usual = cutter.torn.is_none() && cutter.width() == self.width;
        if usual && self.nameless.is_empty() && self.decoded.is_none() {
            return None;
        }
        self.torn().or_else(|| self.wrong_width()).or_else(|| self.value_without_name()).or_else(
            || {
                let encoding = self.decoded.as_ref()?;
                memmem::find(self.rows.row(), "\u{fffd}".as_bytes())?;
                Some(Finding::new("encoding", format!("is not {encoding} text")))
            },
        )
    }

    fn torn(&self) -> Option<Finding> {
        let torn = self.rows.cutter.torn?;
        let line = self.rows.place().0 + torn.line;
        let how = if torn.never {
            "never closes"
        } else {
            "is followed on another line by one in the middle of a field"
        };
        Some(Finding::new("quote", format!("opens a quote on line {line} that {how}")))
    }

    fn wrong_width(&self) -> Option<Finding> {
        let (cutter, raw) = (&self.rows.cutter, self.rows.row());
        let width = cutter.width();
        let empty = |at: usize| cutter.field(raw, at).is_some_and(<[u8]>::is_empty);
        let spare = self.width..(self.width + self.spare + 1).min(width);
        if width == self.width
            || width > self.width && width <= self.width + self.spare && spare.clone().all(empty)
        {
            return None;
        }
        let whose = if self.headed { "the header" } else { "the table" };
        let mut what = format!("has {width} fields where {whose} has {}", self.width);
        // A blank behind a delimiter, as in running text.
        let in_text =
            |at: usize| cutter.field(raw, at).is_some_and(|field| field.starts_with(b" "));
        if width > self.width && (1..width).any(in_text) {
            what += "; a text with the delimiter in it may lack its quotes";
        }
        Some(Finding::new("width", what))
    }

    fn value_without_name(&self) -> Option<Finding> {
        let (cutter, raw) = (&self.rows.cutter, self.rows.row());
        let filled = |at: &&usize| {
            cutter.field(raw, **at).is_some_and(|field| !field.trim_ascii().is_empty())
        };
        let at = self.nameless.iter().find(filled)?;
        let what = format!("has a value in column {}, which has no name", at + 1);
        Some(Finding::new("header", what))
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    bytes: R,
    taken: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    fn new(bytes: R, before: u64) -> (Counted<R>, Rc<Cell<u64>>) {
        let taken = Rc::new(Cell::new(before));
        (Counted { bytes, taken: taken.clone() }, taken)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

/// Opens a file for reading.
///
/// # Errors
/// That it is missing, a folder, or may not be read.
pub fn open(path: &Path) -> Result<File> {
    let file = File::open(path).map_err(|e| {
        let problem = Problem::io("read", path, &e);
        match e.kind() {
            std::io::ErrorKind::NotFound => {
                problem.hint("check the path; it is relative to the project")
            }
            std::io::ErrorKind::PermissionDenied => {
                problem.hint(format!("let this user read it: chmod +r {}", path.display()))
            }
            _ => problem,
        }
    })?;
    let is_dir = file.metadata().is_ok_and(|m| m.is_dir());
    if is_dir {
        let what = format!("{} is a folder, not a file", path.display());
        return Err(Problem::new(Kind::Input, what));
    }
    Ok(file)
}
