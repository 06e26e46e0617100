//! XLS of Excel 97 and later: the cells of a sheet as a stream.
//! Source: Microsoft, "[MS-XLS] Excel Binary File Format (.xls) Structure".

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use karat_record::{Problem, Result};

use crate::sheet::archive::damaged;
use crate::sheet::biff::Records;
use crate::sheet::compound::{Compound, Stream};
use crate::sheet::number::{self, Epoch, Form};
use crate::sheet::styles::{Shared, Texts};
use crate::sheet::{Book, Limits, Sheet, SheetRow, SheetRows, problem};

/// The names of records.
mod record {
    pub const FORMULA: u16 = 0x06;
    pub const END: u16 = 0x0a;
    pub const DATE1904: u16 = 0x22;
    pub const PASSWORD: u16 = 0x2f;
    pub const SHEET: u16 = 0x85;
    pub const NUMBERS: u16 = 0xbd;
    pub const RICH_TEXT: u16 = 0xd6;
    pub const STYLE: u16 = 0xe0;
    pub const MERGED: u16 = 0xe5;
    pub const TEXTS: u16 = 0xfc;
    pub const SHARED_TEXT: u16 = 0xfd;
    pub const NUMBER: u16 = 0x203;
    pub const TEXT: u16 = 0x204;
    pub const TRUTH: u16 = 0x205;
    pub const RESULT: u16 = 0x207;
    pub const ARRAY: u16 = 0x221;
    pub const DATA_TABLE: u16 = 0x236;
    pub const SMALL_NUMBER: u16 = 0x27e;
    pub const FORMAT: u16 = 0x41e;
    pub const SHARED_FORMULA: u16 = 0x4bc;
    pub const BEGIN: u16 = 0x809;
}

/// Columns that the format has.
const COLUMNS: usize = 256;

/// The version of all programs since Excel 97.
const VERSION: u16 = 0x600;

pub(super) struct Workbook {
    stream: Stream,
    name: String,
    sheets: Vec<Sheet>,
    /// Where each sheet begins.
    places: Vec<u64>,
    shared: Arc<Shared>,
}

impl Workbook {
    pub(super) fn open(path: &Path, name: &str, limits: &Limits) -> Result<Workbook> {
        let compound = Compound::open(crate::csv::open(path)?);
        let compound = compound.ok_or_else(|| damaged(name, "its table of sectors"))?;
        let Some(stream) = compound.stream("Workbook") else {
            let what = if compound.stream("Book").is_some() {
                "the workbook is of a program older than Excel 97"
            } else {
                "the file is no workbook, or is damaged: it has no stream \"Workbook\""
            };
            return Err(problem(name, what).hint("open it and save it as XLSX"));
        };
        let mut book = Workbook {
            stream,
            name: name.to_owned(),
            sheets: Vec::new(),
            places: Vec::new(),
            shared: Arc::default(),
        };
        book.read(limits)?;
        if book.sheets.is_empty() {
            return Err(problem(name, "the file has no sheet").hint("check the path"));
        }
        Ok(book)
    }

    fn damaged(&self) -> Problem {
        damaged(&self.name, "its workbook stream")
    }

    /// Reads what all sheets share.
    fn read(&mut self, limits: &Limits) -> Result<()> {
        let mut records = self.records(0)?;
        let (mut shared, mut formats) = (Shared::default(), Vec::new());
        let mut codes = HashMap::new();
        loop {
            let read = match records.next() {
                None | Some(record::END) => break,
                Some(record::PASSWORD) => {
                    let what = "the file is protected with a password";
                    return Err(problem(&self.name, what).hint("save it without the password"));
                }
                Some(record::DATE1904) => records.short().map(|late| {
                    shared.epoch = if late == 1 { Epoch::Y1904 } else { Epoch::Y1900 };
                }),
                Some(record::FORMAT) => format(&mut records).map(|(id, code)| {
                    codes.insert(id, Form::of_code(&code));
                }),
                Some(record::STYLE) => style(&mut records).map(|id| formats.push(id)),
                Some(record::SHEET) => self.sheet(&mut records),
                Some(record::TEXTS) => {
                    self.texts(&mut records, &mut shared.texts, limits)?;
                    Some(())
                }
                Some(_) => Some(()),
            };
            read.ok_or_else(|| self.damaged())?;
        }
        let form = |id: &u16| codes.get(id).copied().unwrap_or_else(|| Form::of_id((*id).into()));
        shared.forms = formats.iter().map(form).collect();
        self.shared = Arc::new(shared);
        Ok(())
    }

    fn sheet(&mut self, records: &mut Records) -> Option<()> {
        const WORKSHEET: u8 = 0;
        let (place, state, kind) = (records.long()?, records.byte()?, records.byte()?);
        let length = usize::from(records.byte()?);
        let name = records.text(length)?;
        if kind == WORKSHEET {
            self.sheets.push(Sheet { name, is_visible: state & 3 == 0 });
            self.places.push(place.into());
        }
        Some(())
    }

    /// The texts that cells share. How many there are is not believed.
    fn texts(&self, records: &mut Records, texts: &mut Texts, limits: &Limits) -> Result<()> {
        let count = records.long().and_then(|_| records.long()).ok_or_else(|| self.damaged())?;
        for _ in 0..count {
            let Some(length) = records.short() else { return Ok(()) };
            let text = records.text(length.into()).ok_or_else(|| self.damaged())?;
            texts.push(&text);
            if texts.bytes() > limits.shared {
                let what = format!("its cells share more than {} bytes of texts", limits.shared);
                return Err(problem(&self.name, what).hint("export it as delimited text"));
            }
        }
        Ok(())
    }

    /// The records of a part of the stream, behind the one that begins it.
    fn records(&self, place: u64) -> Result<Records> {
        let mut records = Records::new(self.stream.from(place));
        if records.next() != Some(record::BEGIN) {
            return Err(self.damaged());
        }
        match records.short() {
            Some(VERSION) => Ok(records),
            _ => {
                let what = "the workbook is of a program older than Excel 97";
                Err(problem(&self.name, what).hint("open it and save it as XLSX"))
            }
        }
    }
}

fn format(records: &mut Records) -> Option<(u16, String)> {
    let (id, length) = (records.short()?, records.short()?);
    Some((id, records.text(length.into())?))
}

/// The format of a style.
fn style(records: &mut Records) -> Option<u16> {
    records.short()?;
    records.short()
}

impl Book for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn SheetRows + Send>> {
        Ok(Box::new(Rows {
            records: self.records(self.places[sheet])?,
            name: self.name.clone(),
            shared: Arc::clone(&self.shared),
            cells: VecDeque::new(),
            last: 0,
            inside: 0,
        }))
    }

    fn merged(&mut self, sheet: usize, row: u64) -> Result<Vec<(usize, usize)>> {
        let mut records = self.records(self.places[sheet])?;
        let (mut found, mut inside) = (Vec::new(), 0);
        while let Some(name) = records.next() {
            match name {
                record::BEGIN => inside += 1,
                record::END if inside == 0 => break,
                record::END => inside -= 1,
                record::MERGED if inside == 0 => {
                    let count = records.short().ok_or_else(|| self.damaged())?;
                    for _ in 0..count {
                        let Some([first, _, from, to]) = area(&mut records) else { break };
                        if u64::from(first) + 1 == row && to > from {
                            found.push((usize::from(from), usize::from(to - from) + 1));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }
}

fn area(records: &mut Records) -> Option<[u16; 4]> {
    Some([records.short()?, records.short()?, records.short()?, records.short()?])
}

struct Rows {
    records: Records,
    name: String,
    shared: Arc<Shared>,
    /// Cells that are read and not in a row yet, with their row from 1.
    cells: VecDeque<(u64, Cell)>,
    last: u64,
    /// Charts in the sheet that have begun and not ended.
    inside: u32,
}

struct Cell {
    column: usize,
    value: Value,
}

enum Value {
    Number(f64, Form),
    Text(String),
    Shared(u32),
    Truth(bool),
    Error(u8),
}

/// Where a cell is: row from 1, column, style.
type Place = (u64, usize, u16);

impl SheetRows for Rows {
    fn next(&mut self, row: &mut SheetRow) -> Result<bool> {
        while self.cells.is_empty() {
            if !self.read()? {
                return Ok(false);
            }
        }
        let number = self.cells.front().map_or(0, |(number, _)| *number);
        // Rows stand in their order; else the same place would be there twice.
        if number <= self.last {
            return Err(damaged(&self.name, "the order of its rows"));
        }
        self.last = number;
        row.begin(number);
        loop {
            while let Some((_, cell)) = self.cells.pop_front_if(|(other, _)| *other == number) {
                row.cells += 1;
                self.put(cell, row);
            }
            if !self.cells.is_empty() || !self.read()? {
                return Ok(true);
            }
        }
    }

    fn progress(&self) -> f64 {
        self.records.progress()
    }
}

impl Rows {
    /// Reads a record; false at the end of the sheet.
    fn read(&mut self) -> Result<bool> {
        let Some(name) = self.records.next() else { return Ok(false) };
        match name {
            record::BEGIN => self.inside += 1,
            record::END if self.inside == 0 => return Ok(false),
            record::END => self.inside -= 1,
            _ if self.inside > 0 => {}
            name => {
                let read = self.cell(name);
                read.ok_or_else(|| damaged(&self.name, "its workbook stream"))?;
            }
        }
        Ok(true)
    }

    fn cell(&mut self, name: u16) -> Option<()> {
        let value = match name {
            record::NUMBERS => return self.numbers(),
            record::NUMBER | record::SMALL_NUMBER | record::SHARED_TEXT | record::TEXT => name,
            record::RICH_TEXT | record::TRUTH | record::FORMULA => name,
            _ => return Some(()),
        };
        let place = self.place()?;
        let records = &mut self.records;
        let value = match value {
            record::NUMBER => Value::Number(f64::from_le_bytes(records.bytes()?), self.form(place)),
            record::SMALL_NUMBER => Value::Number(small(records.long()?), self.form(place)),
            record::SHARED_TEXT => Value::Shared(records.long()?),
            record::TRUTH => {
                let [value, is_error] = records.bytes()?;
                if is_error == 0 { Value::Truth(value != 0) } else { Value::Error(value) }
            }
            record::FORMULA => self.formula(place)?,
            _ => {
                let length = records.short()?;
                Value::Text(records.text(length.into())?)
            }
        };
        self.push(place.0, Cell { column: place.1, value })
    }

    fn push(&mut self, row: u64, cell: Cell) -> Option<()> {
        let has_room = cell.column < COLUMNS;
        has_room.then(|| self.cells.push_back((row, cell)))
    }

    fn place(&mut self) -> Option<Place> {
        let records = &mut self.records;
        let (row, column) = (records.short()?, records.short()?);
        Some((u64::from(row) + 1, column.into(), records.short()?))
    }

    fn form(&self, (_, _, style): Place) -> Form {
        self.shared.forms.get(usize::from(style)).copied().unwrap_or_default()
    }

    /// Numbers in cells side by side.
    fn numbers(&mut self) -> Option<()> {
        let (row, first) = (self.records.short()?, self.records.short()?);
        let (row, mut column) = (u64::from(row) + 1, usize::from(first));
        // The last column stands behind the last number.
        while self.records.left() >= 6 {
            let form = self.records.short().map(|style| self.form((row, column, style)))?;
            let value = Value::Number(small(self.records.long()?), form);
            self.push(row, Cell { column, value })?;
            column += 1;
        }
        Some(())
    }

    /// The value that was kept with a formula; a text follows in a record of its own.
    fn formula(&mut self, place: Place) -> Option<Value> {
        let kept: [u8; 8] = self.records.bytes()?;
        Some(match kept {
            [0, .., 0xff, 0xff] => loop {
                match self.records.next()? {
                    record::RESULT => {
                        let length = self.records.short()?;
                        break Value::Text(self.records.text(length.into())?);
                    }
                    // What the formula shares with others stands between.
                    record::ARRAY | record::DATA_TABLE | record::SHARED_FORMULA => {}
                    _ => return None,
                }
            },
            [1, _, truth, .., 0xff, 0xff] => Value::Truth(truth != 0),
            [2, _, error, .., 0xff, 0xff] => Value::Error(error),
            [3, .., 0xff, 0xff] => Value::Text(String::new()),
            number => Value::Number(f64::from_le_bytes(number), self.form(place)),
        })
    }

    fn put(&self, cell: Cell, row: &mut SheetRow) {
        let at = cell.column;
        match cell.value {
            Value::Number(value, _) if !value.is_finite() => {
                row.refuse(at, "cell.number", "is no number");
            }
            Value::Number(value, Form::Number) => row.set(at, &number::shortest(value)),
            Value::Number(value, form) => match number::date(value, form, self.shared.epoch) {
                Ok(text) => row.set(at, &text),
                Err(what) => {
                    row.set(at, &number::shortest(value));
                    row.refuse(at, "cell.number", what);
                }
            },
            Value::Text(text) => row.set(at, &text),
            Value::Shared(text) => match self.shared.texts.get(text as usize) {
                Some(text) => row.set(at, text),
                None => {
                    let what = "refers to a text that is not in the file";
                    row.refuse(at, "cell.text", what);
                }
            },
            Value::Truth(truth) => row.set(at, if truth { "true" } else { "false" }),
            Value::Error(error) => {
                row.set(at, known(error));
                row.refuse(at, "cell.error", &format!("is an error: {}", known(error)));
            }
        }
    }
}

/// A number in four bytes: a whole one or the upper half of a double, and whether it counts
/// hundredths.
fn small(stored: u32) -> f64 {
    let number = if stored & 2 != 0 {
        f64::from(stored.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(stored & !3) << 32)
    };
    if stored & 1 != 0 { number / 100.0 } else { number }
}

fn known(error: u8) -> &'static str {
    match error {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "of an unknown kind",
    }
}
