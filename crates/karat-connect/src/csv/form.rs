//! How one delimited file is written: what its dataset declares, and for the rest what its first
//! bytes show. Found once, for any number of readings.

use std::cell::Cell;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use karat_record::{Kind, Place, Problem, Result};

use super::cut::Signs;
use super::dialect::{self, first_rows, offset_of_line};
use super::header::{Columns, Header, columns};
use super::repair::{Repair, Repaired};
use super::rows::{Mark, Rows};
use super::{Counted, Reader, open};
use crate::encoding::{self, Encoding};
use crate::packed::{Limits, Packing, unreadable};

/// How a delimited file is declared to be written; what is not declared is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The byte between fields.
    pub delimiter: Option<u8>,
    /// The byte around fields; `Some(None)`: quotes mean nothing.
    pub quote: Option<Option<u8>>,
    pub header: Header,
    /// Equal names in the header get numbers, instead of being refused.
    pub number_duplicates: bool,
    pub encoding: Option<Encoding>,
    /// Which member of a zip archive.
    pub member: Option<String>,
    /// How much a packed file may expand to.
    pub limits: Limits,
    pub repair: Repair,
}

/// How one file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    name: String,
    packing: Packing,
    encoding: Encoding,
    signs: Signs,
    columns: Columns,
    /// The byte at which the header or first row begins, and its line.
    start: (u64, u64),
    repair: Repair,
    notes: Vec<String>,
}

/// Bytes in which encoding, dialect and header are looked for.
const SAMPLE: u64 = 1024 * 1024;

/// The sign that begins UTF-8 files of some programs, and after decoding those of others.
const BOM: &[u8] = b"\xef\xbb\xbf";

impl Form {
    /// Looks at the beginning of a file; `name` is what messages call it.
    ///
    /// # Errors
    /// A file that cannot be read or expanded, an empty one, and a header that cannot be used.
    pub fn find(path: &Path, name: &str, settings: &Settings) -> Result<Form> {
        let file = open(path)?;
        let packing = Packing::find(&file, name, settings.member.as_deref(), &settings.limits)?;
        let mut raw = Vec::new();
        let read = packing.unpack(&file).take(SAMPLE).read_to_end(&mut raw);
        read.map_err(|e| unreadable(name, &e))?;
        let whole = (raw.len() as u64) < SAMPLE;
        let mut notes = Vec::new();
        notes.extend(packing.name().map(|packing| format!("expanded from {packing}")));
        let encoding = match settings.encoding {
            Some(declared) => declared,
            None => {
                let found = encoding::find(&raw, whole);
                let name = found.encoding.name();
                notes.extend(found.evidence.map(|why| format!("read as {name} (evidence: {why})")));
                found.encoding
            }
        };
        let mut sample = Vec::new();
        let decoded = encoding.decode(Box::new(raw.as_slice())).read_to_end(&mut sample);
        decoded.map_err(|e| unreadable(name, &e))?;
        let start = start(name, &sample, &settings.header)?;
        let table = &sample[start.0 as usize..];
        let found = dialect::find(table, whole, settings.delimiter, settings.quote);
        notes.extend(found.notes);
        let rows = first_rows(table, whole, found.signs, start.1);
        let mut columns = columns(name, &rows, &settings.header, settings.number_duplicates)?;
        let mut repaired = Repaired::default();
        for name in &mut columns.names {
            *name = settings.repair.text(name, &mut repaired).into_owned();
        }
        notes.append(&mut columns.notes);
        let (name, repair) = (name.to_owned(), settings.repair);
        Ok(Form { name, packing, encoding, signs: found.signs, columns, start, repair, notes })
    }

    /// The column names, trimmed; an empty one is of a column that has no values either.
    pub fn headers(&self) -> &[String] {
        &self.columns.names
    }

    /// The bytes between and around fields.
    pub(crate) fn signs(&self) -> Signs {
        self.signs
    }

    /// The line of the header; `None` where the file has none.
    pub fn header_line(&self) -> Option<u64> {
        self.columns.line
    }

    /// What was found that is not plain UTF-8 with commas, a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Reads the rows of the file, whose bytes as they came `bytes` reads from the beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read<'r, R: Read + 'r>(&self, bytes: R) -> Result<Reader<'r>> {
        let (bytes, taken) = Counted::new(bytes, 0);
        let text = self.encoding.decode(self.packing.unpack(bytes));
        let mut rows = Rows::new(text, &self.name, self.signs, self.start)?;
        if self.columns.line.is_some() {
            rows.advance()?;
        }
        Ok(self.reader(rows, taken))
    }

    /// Reads the rows of a plain file behind a mark; `bytes` reads the file from there on.
    pub fn read_behind<'r, R: Read + 'r>(&self, mark: Mark, bytes: R) -> Reader<'r> {
        let (bytes, taken) = Counted::new(bytes, mark.byte);
        let bytes: Box<dyn Read + 'r> = Box::new(bytes);
        self.reader(Rows::behind(bytes, &self.name, self.signs, mark), taken)
    }

    /// Whether the text is the file's bytes as they are, so that a mark is a place in the file.
    pub fn is_plain(&self) -> bool {
        self.packing.name().is_none() && self.encoding.is_utf8()
    }

    /// How the file is written, in a text that differs where its rows would be read differently.
    pub fn fingerprint(&self) -> String {
        let Form { packing, encoding, signs, columns, start, repair, .. } = self;
        format!("{packing:?} {encoding:?} {signs:?} {columns:?} {start:?} {repair:?}")
    }

    fn reader<'r>(&self, rows: Rows<Box<dyn Read + 'r>>, taken: Rc<Cell<u64>>) -> Reader<'r> {
        Reader {
            rows,
            taken,
            width: self.columns.names.len(),
            spare: self.columns.spare,
            headed: self.columns.line.is_some(),
            nameless: nameless(&self.columns.names),
            decoded: (!self.encoding.is_utf8()).then(|| self.encoding.name()),
            repair: self.repair,
            repaired: Repaired::default(),
        }
    }
}

fn nameless(names: &[String]) -> Vec<usize> {
    (0..names.len()).filter(|at| names[*at].is_empty()).collect()
}

/// Where the table begins: byte and line.
fn start(name: &str, sample: &[u8], header: &Header) -> Result<(u64, u64)> {
    let mark = if sample.starts_with(BOM) { BOM.len() as u64 } else { 0 };
    match header {
        Header::Line(line) if *line > 1 => match offset_of_line(sample, *line) {
            Some(at) => Ok((at as u64, *line)),
            None => {
                let what = format!("there is no line {line} for the header");
                let hint = "mend header = ... in the dataset's file";
                Err(Problem::new(Kind::Input, what).at(Place::file(name)).hint(hint))
            }
        },
        _ => Ok((mark, 1)),
    }
}
