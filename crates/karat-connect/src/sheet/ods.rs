//! ODS: the cells of a sheet as a stream; rows and cells that stand for many are not spread out.

use std::collections::HashSet;
use std::path::Path;

use karat_record::Result;
use quick_xml::events::{BytesStart, Event};

use crate::sheet::archive::Archive;
use crate::sheet::number::{Epoch, Form, text as number};
use crate::sheet::xml::{Xml, attribute, local};
use crate::sheet::{Book, Limits, Sheet, SheetRow, SheetRows, problem};

const CONTENT: &str = "content.xml";
/// Rows and columns that spreadsheet programs have.
const ROWS: u64 = 1_048_576;
const COLUMNS: usize = 16_384;
/// Blanks that one mark may stand for.
const BLANKS: usize = 32_767;

pub(super) struct Document {
    archive: Archive,
    sheets: Vec<Sheet>,
}

impl Document {
    pub(super) fn open(path: &Path, name: &str, limits: &Limits) -> Result<Document> {
        let archive = Archive::open(path, name, limits)?;
        let mut xml = Xml::require(&archive, CONTENT)?;
        let (mut buffer, mut sheets) = (Vec::new(), Vec::new());
        let (mut style, mut hidden) = (String::new(), HashSet::new());
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) => match local(&element) {
                    "style" => style = attribute(&element, "style:name").unwrap_or_default(),
                    "table-properties" if is_hidden(&element) => {
                        hidden.insert(style.clone());
                    }
                    "table" => {
                        let name = attribute(&element, "table:name").unwrap_or_default();
                        let style = attribute(&element, "table:style-name").unwrap_or_default();
                        sheets.push(Sheet { name, is_visible: !hidden.contains(&style) });
                    }
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        if sheets.is_empty() {
            return Err(problem(name, "the file has no sheet").hint("check the path"));
        }
        Ok(Document { archive, sheets })
    }

    fn stream(&self, sheet: usize) -> Result<Rows> {
        let mut xml = Xml::require(&self.archive, CONTENT)?;
        let (mut buffer, mut at) = (Vec::new(), 0);
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) if local(&element) == "table" => {
                    if at == sheet {
                        return Ok(Rows::new(xml));
                    }
                    at += 1;
                }
                Event::Eof => return Err(xml.damaged()),
                _ => {}
            }
        }
    }
}

impl Book for Document {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn SheetRows + Send>> {
        Ok(Box::new(self.stream(sheet)?))
    }

    fn merged(&mut self, sheet: usize, row: u64) -> Result<Vec<(usize, usize)>> {
        let mut rows = self.stream(sheet)?;
        let mut read = SheetRow::default();
        while rows.next(&mut read)? {
            if read.number >= row {
                return Ok(rows.merged);
            }
        }
        Ok(Vec::new())
    }
}

struct Rows {
    xml: Xml,
    buffer: Vec<u8>,
    value: String,
    /// The row read last, and how many more times it stands there.
    held: SheetRow,
    times: u64,
    /// The number of the next row.
    number: u64,
    merged: Vec<(usize, usize)>,
}

impl SheetRows for Rows {
    fn next(&mut self, row: &mut SheetRow) -> Result<bool> {
        while self.times == 0 {
            let mut buffer = std::mem::take(&mut self.buffer);
            let read = self.read(&mut buffer);
            self.buffer = buffer;
            if !read? {
                return Ok(false);
            }
        }
        self.times -= 1;
        row.clone_from(&self.held);
        row.number = self.number;
        self.number += 1;
        Ok(true)
    }

    fn progress(&self) -> f64 {
        self.xml.progress()
    }
}

impl Rows {
    fn new(xml: Xml) -> Rows {
        Rows {
            xml,
            buffer: Vec::new(),
            value: String::new(),
            held: SheetRow::default(),
            times: 0,
            number: 1,
            merged: Vec::new(),
        }
    }

    /// Reads a row's element into `held`; false at the end of the sheet.
    fn read(&mut self, buffer: &mut Vec<u8>) -> Result<bool> {
        loop {
            match self.xml.next(buffer)? {
                Event::Start(element) if local(&element) == "table-row" => {
                    let times = repeated(&element, "table:number-rows-repeated");
                    self.held.begin(self.number);
                    self.merged.clear();
                    self.cells(buffer)?;
                    if self.held.is_empty() {
                        self.number = self.number.saturating_add(times);
                    } else if self.number.saturating_add(times - 1) > ROWS {
                        return Err(self.xml.damaged());
                    } else {
                        self.times = times;
                    }
                    return Ok(true);
                }
                Event::End(element) if element.local_name().into_inner() == "table" => {
                    self.xml.finish()?;
                    return Ok(false);
                }
                Event::Eof => return Err(self.xml.damaged()),
                _ => {}
            }
        }
    }

    fn cells(&mut self, buffer: &mut Vec<u8>) -> Result<()> {
        let mut column = 0_usize;
        loop {
            match self.xml.next(buffer)? {
                Event::Start(element) if is_cell(local(&element)) => {
                    let cell = Cell::of(&element);
                    self.held.cells += 1;
                    self.text(buffer)?;
                    let end = column.saturating_add(cell.times);
                    if cell.spanned > 1 {
                        self.merged.push((column, cell.spanned));
                    }
                    if !cell.is_empty(&self.value) {
                        if end > COLUMNS {
                            return Err(self.xml.damaged());
                        }
                        self.held.cells += cell.times as u64 - 1;
                        (column..end).for_each(|at| cell.put(&self.value, at, &mut self.held));
                    }
                    column = end;
                }
                Event::End(element) if element.local_name().into_inner() == "table-row" => {
                    return Ok(());
                }
                Event::Eof => return Err(self.xml.damaged()),
                _ => {}
            }
        }
    }

    /// Reads to the end of a cell; its paragraphs are then in `value`.
    fn text(&mut self, buffer: &mut Vec<u8>) -> Result<()> {
        self.value.clear();
        let (mut paragraphs, mut inside, mut comment) = (0, false, false);
        loop {
            let event = self.xml.next(buffer)?;
            match &event {
                Event::Start(element) => match local(element) {
                    "annotation" => comment = true,
                    "p" if !comment => {
                        inside = true;
                        self.value.push_str(if paragraphs > 0 { "\n" } else { "" });
                        paragraphs += 1;
                    }
                    "s" if inside => {
                        let blanks = repeated(element, "text:c").min(BLANKS as u64);
                        self.value.push_str(&" ".repeat(blanks as usize));
                    }
                    "tab" if inside => self.value.push('\t'),
                    "line-break" if inside => self.value.push('\n'),
                    _ => {}
                },
                Event::End(element) => match element.local_name().into_inner() {
                    "annotation" => comment = false,
                    "p" => inside = false,
                    name if is_cell(name) => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(self.xml.damaged()),
                _ if inside => self.xml.text(&event, &mut self.value)?,
                _ => {}
            }
        }
    }
}

fn is_hidden(properties: &BytesStart<'_>) -> bool {
    attribute(properties, "table:display").as_deref() == Some("false")
}

fn is_cell(name: &str) -> bool {
    matches!(name, "table-cell" | "covered-table-cell")
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u64 {
    attribute(element, name).and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
}

/// A cell as its element says.
struct Cell {
    kind: String,
    stored: Option<String>,
    is_error: bool,
    has_formula: bool,
    times: usize,
    spanned: usize,
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Cell {
        let kind = attribute(element, "office:value-type").unwrap_or_default();
        let stored = match kind.as_str() {
            "float" | "percentage" | "currency" => "office:value",
            "date" => "office:date-value",
            "time" => "office:time-value",
            "boolean" => "office:boolean-value",
            _ => "office:string-value",
        };
        let marked = attribute(element, "calcext:value-type");
        Cell {
            stored: attribute(element, stored),
            is_error: marked.as_deref() == Some("error"),
            has_formula: attribute(element, "table:formula").is_some(),
            times: repeated(element, "table:number-columns-repeated") as usize,
            spanned: repeated(element, "table:number-columns-spanned") as usize,
            kind,
        }
    }

    fn is_empty(&self, text: &str) -> bool {
        self.kind.is_empty() && text.is_empty() && !self.has_formula && !self.is_error
    }

    fn put(&self, text: &str, column: usize, row: &mut SheetRow) {
        let stored = self.stored.as_deref();
        if self.is_error {
            row.set(column, text);
            return row.refuse(column, "cell.error", "is an error");
        }
        if self.has_formula && self.kind.is_empty() {
            let what = "is a formula whose result is not in the file";
            return row.refuse(column, "cell.formula", what);
        }
        match (self.kind.as_str(), stored) {
            ("float" | "percentage" | "currency", Some(stored)) => {
                match number(stored, Form::Number, Epoch::Y1900) {
                    Ok(text) => row.set(column, &text),
                    Err(what) => {
                        row.set(column, stored);
                        row.refuse(column, "cell.number", what);
                    }
                }
            }
            // Some programs write nine digits behind the point of a second.
            ("date", Some(stored)) if stored.contains('.') => {
                row.set(column, stored.trim_end_matches('0').trim_end_matches('.'));
            }
            ("string", None) | ("", _) => row.set(column, text),
            (_, Some(stored)) => row.set(column, stored),
            (_, None) => row.refuse(column, "cell.value", "has a type and no value"),
        }
    }
}
