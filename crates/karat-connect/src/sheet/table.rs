//! A table in a workbook: which sheets it is on, where its header is, and the rows below it.

use std::path::Path;

use karat_record::{Finding, Place, Problem, Result};

use crate::rows::{Row, RowReader};
use crate::sheet::{
    Book, Format, Settings, SheetRow, SheetRows, Sheets, number, open_book, problem,
};

/// The rows of one or more sheets.
pub struct Reader {
    book: Box<dyn Book + Send>,
    name: String,
    settings: Settings,
    headers: Vec<String>,
    notes: Vec<String>,
    /// The sheets, and for each the last row of its header.
    sheets: Vec<(usize, u64)>,
    /// Which of them is read now.
    at: usize,
    rows: Option<Box<dyn SheetRows + Send>>,
    row: SheetRow,
    read: Counts,
}

#[derive(Default)]
struct Counts {
    rows: u64,
    cells: u64,
}

/// The header of a sheet.
struct Header {
    names: Vec<String>,
    /// The row below which the data begin.
    last: u64,
    notes: Vec<String>,
}

impl Reader {
    /// Opens a workbook and reads its header.
    ///
    /// # Errors
    /// That it cannot be read, is beyond the limits, has no such sheet, no header, or several
    /// sheets of which none is chosen; that two columns have one name, or the sheets that are
    /// read together have different headers.
    pub fn open(path: &Path, format: Format, settings: Settings) -> Result<Reader> {
        let name = path.display().to_string();
        let book = open_book(path, format, &name, &settings.limits)?;
        let mut reader = Reader {
            book,
            name,
            settings,
            headers: Vec::new(),
            notes: Vec::new(),
            sheets: Vec::new(),
            at: 0,
            rows: None,
            row: SheetRow::default(),
            read: Counts::default(),
        };
        reader.choose()?;
        Ok(reader)
    }

    fn choose(&mut self) -> Result<()> {
        let mut found = Vec::new();
        for sheet in self.wanted()? {
            match self.header(sheet)? {
                Some(header) => found.push((sheet, header)),
                None if matches!(self.settings.sheets, Sheets::Only | Sheets::All) => {
                    self.notes.push(format!("sheet {:?} is empty", self.sheet(sheet)));
                }
                None => {
                    let what = format!("sheet {:?} is empty", self.sheet(sheet));
                    return Err(problem(&self.name, what).hint("choose another sheet"));
                }
            }
        }
        if found.is_empty() {
            let what = "no sheet has a header: all visible ones are empty";
            return Err(problem(&self.name, what).hint("a row must name the columns"));
        }
        if self.settings.sheets == Sheets::Only && found.len() > 1 {
            return Err(self.several(&found));
        }
        self.take(found)
    }

    /// The sheets to look into; hidden ones are noted, and read when chosen by name or number.
    fn wanted(&mut self) -> Result<Vec<usize>> {
        let sheets = self.book.sheets();
        let all = 0..sheets.len();
        let chosen = match &self.settings.sheets {
            Sheets::Name(name) => all.clone().find(|at| sheets[*at].name == *name),
            Sheets::Number(number) => number.checked_sub(1).filter(|at| all.contains(at)),
            Sheets::Only | Sheets::All => {
                let hidden = sheets.iter().filter(|sheet| !sheet.is_visible);
                let note = |name| format!("sheet {name:?} is hidden and not read");
                self.notes.extend(hidden.map(|sheet| note(&sheet.name)));
                return Ok(all.filter(|at| sheets[*at].is_visible).collect());
            }
        };
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        let hint = || format!("its sheets are: {}", names.join(", "));
        let missing = || problem(&self.name, "there is no such sheet").hint(hint());
        Ok(vec![chosen.ok_or_else(missing)?])
    }

    fn several(&self, found: &[(usize, Header)]) -> Problem {
        let one = |(sheet, header): &(usize, Header)| {
            let first: Vec<&str> = header.names.iter().take(3).map(String::as_str).collect();
            format!(
                "{:?} ({} columns: {})",
                self.sheet(*sheet),
                header.names.len(),
                first.join(", ")
            )
        };
        let all: Vec<String> = found.iter().map(one).collect();
        let what = format!("the file has several sheets: {}", all.join("; "));
        problem(&self.name, what).hint("choose one by name or number, or all of them")
    }

    fn take(&mut self, found: Vec<(usize, Header)>) -> Result<()> {
        for (sheet, header) in found {
            if self.headers.is_empty() {
                self.headers = header.names;
                self.notes.extend(header.notes);
            } else if self.headers != header.names {
                let (first, other) = (self.sheet(self.sheets[0].0), self.sheet(sheet));
                let what = format!("sheets {first:?} and {other:?} have different headers");
                return Err(problem(&self.name, what).hint("read one of them, or make them equal"));
            }
            self.sheets.push((sheet, header.last));
        }
        Ok(())
    }

    fn sheet(&self, at: usize) -> &str {
        &self.book.sheets()[at].name
    }

    /// The header of a sheet; `None` when the sheet is empty.
    fn header(&mut self, sheet: usize) -> Result<Option<Header>> {
        let mut rows = self.book.rows(sheet)?;
        let mut row = SheetRow::default();
        if !self.first(sheet, &mut *rows, &mut row)? {
            return Ok(None);
        }
        loop {
            self.check_header(sheet, &row)?;
            let mut below = SheetRow::default();
            let has_below = next_filled(&mut *rows, &mut below)?;
            let width = row.fields.width();
            let has_gaps = (0..width).any(|at| row.fields.get(at).is_none());
            // To find merged cells may take as long as to read the sheet.
            let merged = if has_below && (has_gaps || below.fields.width() > width) {
                self.book.merged(sheet, row.number)?
            } else {
                Vec::new()
            };
            if merged.is_empty() {
                return self.named(sheet, names_of(&row), row.number).map(Some);
            }
            if width == 1 && self.settings.header.is_none() {
                let note = "is one cell over several columns: a title, no header";
                let sheet = self.sheet(sheet);
                self.notes.push(format!("row {} of sheet {sheet:?} {note}", row.number));
                row = below;
                continue;
            }
            self.check_header(sheet, &below)?;
            let names = grouped(names_of(&row), &names_of(&below), &merged);
            return self.named(sheet, names, below.number).map(Some);
        }
    }

    /// Reads to the row in which a header is to be; false when the sheet is empty.
    fn first(&self, sheet: usize, rows: &mut dyn SheetRows, row: &mut SheetRow) -> Result<bool> {
        let declared = self.settings.header;
        loop {
            if !next_filled(rows, row)? {
                return Ok(false);
            }
            match declared {
                Some(number) if row.number < number => {}
                Some(number) if row.number > number => {
                    let what = format!("row {number} of sheet {:?} is empty", self.sheet(sheet));
                    let problem = problem(&self.name, what);
                    return Err(problem.hint("declare the row in which its header is"));
                }
                _ => return Ok(true),
            }
        }
    }

    fn check_header(&self, sheet: usize, row: &SheetRow) -> Result<()> {
        let Some(finding) = &row.finding else { return Ok(()) };
        let what = format!("the header of sheet {:?}: {}", self.sheet(sheet), finding.message);
        Err(problem(&self.name, what).hint("mend it, or declare another row as header"))
    }

    fn named(&self, sheet: usize, mut names: Vec<String>, last: u64) -> Result<Header> {
        let mut notes = Vec::new();
        if names.len() > self.settings.limits.columns {
            let what = format!("sheet {:?} has {} columns", self.sheet(sheet), names.len());
            return Err(problem(&self.name, what).hint("remove those that are not needed"));
        }
        for (at, name) in names.iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
            let letters = number::letters(at);
            *name = format!("column {letters}");
            notes.push(format!("column {letters} of sheet {:?} has no header", self.sheet(sheet)));
        }
        for (at, name) in names.iter().enumerate() {
            if let Some(first) = names[..at].iter().position(|known| known == name) {
                let (first, second) = (number::letters(first), number::letters(at));
                let what = format!("two columns are named {name:?}: {first} and {second}");
                let place = Place::line(self.place(sheet), last);
                return Err(problem(&self.name, what).at(place).hint("rename one of them"));
            }
        }
        Ok(Header { names, last, notes })
    }

    fn place(&self, sheet: usize) -> String {
        format!("{} [{}]", self.name, self.sheet(sheet))
    }

    /// Reads on to the next row below the headers; false at the end of the last sheet.
    fn advance(&mut self) -> Result<bool> {
        while let Some((sheet, last)) = self.sheets.get(self.at).copied() {
            if self.rows.is_none() {
                self.rows = Some(self.book.rows(sheet)?);
            }
            let Some(rows) = &mut self.rows else { continue };
            while rows.next(&mut self.row)? {
                self.read.cells += self.row.cells;
                if self.row.number > last && !self.row.is_empty() {
                    self.count(sheet)?;
                    return Ok(true);
                }
            }
            self.rows = None;
            self.at += 1;
        }
        Ok(false)
    }

    fn count(&mut self, sheet: usize) -> Result<()> {
        let limits = &self.settings.limits;
        self.read.rows += 1;
        if self.read.rows > limits.rows || self.read.cells > limits.cells {
            let what = format!("more than {} rows or {} cells", limits.rows, limits.cells);
            let place = Place::line(self.place(sheet), self.row.number);
            return Err(problem(&self.name, what).at(place).hint("split the file"));
        }
        let width = self.headers.len();
        if self.row.fields.width() > width && self.row.finding.is_none() {
            let at = self.row.fields.width() - 1;
            let what = "stands in a column without a header";
            self.row.finding = Some(number::finding("row.wide", at, self.row.number, what));
        }
        Ok(())
    }
}

impl RowReader for Reader {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        if !self.advance()? {
            return Ok(None);
        }
        let sheet = self.sheets.get(self.at).map(|(sheet, _)| self.sheet(*sheet));
        let finding: Option<&Finding> = self.row.finding.as_ref();
        let (line, fields) = (self.row.number, &self.row.fields);
        Ok(Some(Row { line, sheet, finding, fields, raw: None }))
    }

    fn progress(&self) -> Option<f64> {
        let of_sheet = self.rows.as_ref().map_or(0.0, |rows| rows.progress());
        Some(((self.at as f64 + of_sheet) / self.sheets.len().max(1) as f64).min(1.0))
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn next_filled(rows: &mut dyn SheetRows, row: &mut SheetRow) -> Result<bool> {
    while rows.next(row)? {
        if !row.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn names_of(row: &SheetRow) -> Vec<String> {
    let name = |at| row.fields.get(at).unwrap_or_default();
    let name = |at| name(at).split_whitespace().collect::<Vec<_>>().join(" ");
    (0..row.fields.width()).map(name).collect()
}

/// Names below titles that span several columns: `Group / Name`.
fn grouped(groups: Vec<String>, below: &[String], merged: &[(usize, usize)]) -> Vec<String> {
    let group = |at: usize| {
        let over = |(from, number): &&(usize, usize)| (*from..from + number).contains(&at);
        let from = merged.iter().find(over).map_or(at, |(from, _)| *from);
        groups.get(from).map_or("", String::as_str)
    };
    let name = |at: usize| match (group(at), below.get(at).map_or("", String::as_str)) {
        (group, "") => group.to_owned(),
        ("", name) => name.to_owned(),
        (group, name) => format!("{group} / {name}"),
    };
    (0..below.len().max(groups.len())).map(name).collect()
}
