//! XLSX: the cells of a sheet as a stream, whatever area the sheet claims to cover.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use karat_record::Result;
use quick_xml::events::{BytesStart, Event};

use crate::sheet::archive::Archive;
use crate::sheet::number::{self, Epoch, Form};
use crate::sheet::styles::{self, Run, Shared, Texts, unescape};
use crate::sheet::xml::{Xml, attribute, local, local_attribute};
use crate::sheet::{Book, Limits, Sheet, SheetRow, SheetRows, problem};

/// Rows and columns that the format has.
const ROWS: u64 = 1_048_576;
const COLUMNS: usize = 16_384;

pub(super) struct Workbook {
    archive: Archive,
    sheets: Vec<Sheet>,
    /// Where each sheet lies.
    parts: Vec<String>,
    shared: Arc<Shared>,
}

impl Workbook {
    pub(super) fn open(path: &Path, name: &str, limits: &Limits) -> Result<Workbook> {
        let archive = Archive::open(path, name, limits)?;
        let root = links(&archive, "_rels/.rels", "")?;
        let main = root.iter().find(|(_, link)| link.kind == "officeDocument");
        let main = main.map_or("xl/workbook.xml".to_owned(), |(_, link)| link.part.clone());
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let links = links(&archive, &format!("{folder}/_rels/{file}.rels"), folder)?;
        let mut book = Workbook {
            sheets: Vec::new(),
            parts: Vec::new(),
            shared: Arc::new(Shared {
                texts: Texts::read(&archive, &part_of(&links, folder, "sharedStrings"), limits)?,
                forms: styles::forms(&archive, &part_of(&links, folder, "styles"))?,
                epoch: Epoch::Y1900,
            }),
            archive,
        };
        book.read(&main, &links)?;
        if book.sheets.is_empty() {
            return Err(problem(name, "the file has no sheet").hint("check the path"));
        }
        Ok(book)
    }

    fn read(&mut self, main: &str, links: &HashMap<String, Link>) -> Result<()> {
        let mut xml = Xml::require(&self.archive, main)?;
        let mut buffer = Vec::new();
        loop {
            let event = xml.next(&mut buffer)?;
            let element = match event {
                Event::Start(element) => element,
                Event::Eof => return Ok(()),
                _ => continue,
            };
            match local(&element) {
                "workbookPr" => {
                    let late = attribute(&element, "date1904");
                    let late = late.is_some_and(|value| value == "1" || value == "true");
                    if let Some(shared) = Arc::get_mut(&mut self.shared).filter(|_| late) {
                        shared.epoch = Epoch::Y1904;
                    }
                }
                "sheet" => {
                    let name = attribute(&element, "name").unwrap_or_default();
                    let link = local_attribute(&element, "id").and_then(|id| links.get(&id));
                    let link = link.ok_or_else(|| xml.damaged())?;
                    // Charts are sheets, too, and have no cells.
                    if link.kind == "worksheet" {
                        let state = attribute(&element, "state");
                        let is_visible = state.is_none_or(|state| state == "visible");
                        self.sheets.push(Sheet { name, is_visible });
                        self.parts.push(link.part.clone());
                    }
                }
                _ => {}
            }
        }
    }
}

impl Book for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn SheetRows + Send>> {
        let xml = Xml::require(&self.archive, &self.parts[sheet])?;
        Ok(Box::new(Rows { xml, shared: Arc::clone(&self.shared), last: 0, room: Room::default() }))
    }

    fn merged(&mut self, sheet: usize, row: u64) -> Result<Vec<(usize, usize)>> {
        let mut xml = Xml::require(&self.archive, &self.parts[sheet])?;
        let (mut buffer, mut found) = (Vec::new(), Vec::new());
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) if local(&element) == "mergeCell" => {
                    let area = attribute(&element, "ref").unwrap_or_default();
                    let (from, to) = area.split_once(':').unwrap_or((&area, &area));
                    if let (Some(from), Some(to)) = (address(from), address(to))
                        && from.1 == row
                        && to.0 > from.0
                    {
                        found.push((from.0, to.0 - from.0 + 1));
                    }
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
        }
    }
}

struct Link {
    kind: String,
    part: String,
}

/// What a part refers to, by the names it uses.
fn links(archive: &Archive, part: &str, folder: &str) -> Result<HashMap<String, Link>> {
    let mut found = HashMap::new();
    let Some(mut xml) = Xml::open(archive, part.trim_start_matches('/')) else { return Ok(found) };
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) if local(&element) == "Relationship" => {
                let [id, kind, target] = ["Id", "Type", "Target"]
                    .map(|name| attribute(&element, name).unwrap_or_default());
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.insert(id, Link { kind, part: resolve(folder, &target) });
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// The part that a reference means: from the root, or from the folder of what refers to it.
fn resolve(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn part_of(links: &HashMap<String, Link>, folder: &str, kind: &str) -> String {
    let link = links.values().filter(|link| link.kind == kind).map(|link| &link.part).min();
    link.cloned().unwrap_or_else(|| resolve(folder, &format!("{kind}.xml")))
}

/// Column from 0 and row from 1 of an address such as `C5`.
fn address(text: &str) -> Option<(usize, u64)> {
    let text = text.as_bytes();
    let letters = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (name, digits) = text.split_at(letters);
    if name.is_empty() || name.len() > 3 {
        return None;
    }
    let add = |sum: usize, b: &u8| sum * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1;
    let column = name.iter().fold(0, add) - 1;
    let row: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (column < COLUMNS && (1..=ROWS).contains(&row)).then_some((column, row))
}

struct Rows {
    xml: Xml,
    shared: Arc<Shared>,
    last: u64,
    room: Room,
}

/// Memory that is used again for each cell.
#[derive(Default)]
struct Room {
    buffer: Vec<u8>,
    value: String,
}

/// A cell as its element says.
struct Cell {
    column: usize,
    kind: Kind,
    form: Form,
    has_formula: bool,
    has_value: bool,
}

/// What the value of a cell is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Boolean,
    Error,
    Text,
    Iso,
}

impl SheetRows for Rows {
    fn next(&mut self, row: &mut SheetRow) -> Result<bool> {
        let mut buffer = std::mem::take(&mut self.room.buffer);
        let read = self.next_in(row, &mut buffer);
        self.room.buffer = buffer;
        read
    }

    fn progress(&self) -> f64 {
        self.xml.progress()
    }
}

impl Rows {
    fn next_in(&mut self, row: &mut SheetRow, buffer: &mut Vec<u8>) -> Result<bool> {
        loop {
            match self.xml.next(buffer)? {
                Event::Start(element) if local(&element) == "row" => {
                    let number = match attribute(&element, "r") {
                        Some(number) => number.parse().map_err(|_| self.xml.damaged())?,
                        None => self.last + 1,
                    };
                    // Rows stand in their order; else the same place would be there twice.
                    if number <= self.last || number > ROWS {
                        return Err(self.xml.damaged());
                    }
                    self.last = number;
                    row.begin(number);
                    self.cells(row, buffer)?;
                    return Ok(true);
                }
                Event::End(element) if element.local_name().into_inner() == "sheetData" => {
                    self.xml.finish()?;
                    return Ok(false);
                }
                Event::Eof => return Ok(false),
                _ => {}
            }
        }
    }

    fn cells(&mut self, row: &mut SheetRow, buffer: &mut Vec<u8>) -> Result<()> {
        let mut next = 0;
        loop {
            match self.xml.next(buffer)? {
                Event::Start(element) if local(&element) == "c" => {
                    let mut cell = self.cell(&element, next)?;
                    next = cell.column + 1;
                    row.cells += 1;
                    self.value(&mut cell, buffer)?;
                    self.put(&cell, row);
                }
                Event::End(element) if element.local_name().into_inner() == "row" => return Ok(()),
                Event::Eof => return Err(self.xml.damaged()),
                _ => {}
            }
        }
    }

    fn cell(&self, element: &BytesStart<'_>, next: usize) -> Result<Cell> {
        let mut cell = Cell {
            column: next,
            kind: Kind::Number,
            form: Form::Number,
            has_formula: false,
            has_value: false,
        };
        let mut style = 0_usize;
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| self.xml.damaged())?;
            let value = attribute.value.as_ref();
            match attribute.key.into_inner() {
                "r" => cell.column = address(value).ok_or_else(|| self.xml.damaged())?.0,
                "s" => style = value.parse().map_err(|_| self.xml.damaged())?,
                "t" => cell.kind = kind(value).ok_or_else(|| self.xml.damaged())?,
                _ => {}
            }
        }
        cell.form = self.shared.forms.get(style).copied().unwrap_or_default();
        if cell.column >= COLUMNS { Err(self.xml.damaged()) } else { Ok(cell) }
    }

    /// Reads to the end of a cell; its value is then in the room.
    fn value(&mut self, cell: &mut Cell, buffer: &mut Vec<u8>) -> Result<()> {
        self.room.value.clear();
        let (mut run, mut inside) = (Run::default(), false);
        let inline = cell.kind == Kind::Text;
        loop {
            let event = self.xml.next(buffer)?;
            match &event {
                Event::Start(element) => match local(element) {
                    "v" => (inside, cell.has_value) = (true, true),
                    "is" => cell.has_value = true,
                    "f" => cell.has_formula = true,
                    _ => {}
                },
                Event::End(element) => match element.local_name().into_inner() {
                    "v" => inside = false,
                    "c" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(self.xml.damaged()),
                _ => {}
            }
            if (run.visit(&event) && inline) || inside {
                self.xml.text(&event, &mut self.room.value)?;
            }
        }
    }

    fn put(&self, cell: &Cell, row: &mut SheetRow) {
        let (value, at) = (self.room.value.as_str(), cell.column);
        if cell.has_formula && !cell.has_value {
            return row.refuse(at, "cell.formula", "is a formula whose result is not in the file");
        }
        if value.is_empty() && cell.kind != Kind::Error {
            return;
        }
        let mut wrong = |rule, what: &str| {
            row.set(at, value);
            row.refuse(at, rule, what);
        };
        match cell.kind {
            Kind::Number => match number::text(value, cell.form, self.shared.epoch) {
                Ok(text) => row.set(at, &text),
                Err(what) => wrong("cell.number", what),
            },
            Kind::Shared => {
                match value.trim().parse().ok().and_then(|n| self.shared.texts.get(n)) {
                    Some(text) => row.set(at, text),
                    None => wrong("cell.text", "refers to a text that is not in the file"),
                }
            }
            Kind::Boolean => match value.trim() {
                "1" | "true" | "TRUE" => row.set(at, "true"),
                "0" | "false" | "FALSE" => row.set(at, "false"),
                _ => wrong("cell.boolean", "is neither true nor false"),
            },
            Kind::Error => wrong("cell.error", &format!("is an error: {}", known(value))),
            Kind::Text => row.set(at, &unescape(value)),
            Kind::Iso => row.set(at, value),
        }
    }
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "n" => Kind::Number,
        "s" => Kind::Shared,
        "b" => Kind::Boolean,
        "e" => Kind::Error,
        "str" | "inlineStr" => Kind::Text,
        "d" => Kind::Iso,
        _ => return None,
    })
}

/// An error as the program shows it; any other text could be a value.
fn known(error: &str) -> &str {
    const ALL: [&str; 14] = [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#CONNECT!",
    ];
    ALL.iter().find(|known| **known == error).copied().unwrap_or("of an unknown kind")
}
