//! A table in a workbook: which sheets it is on, where its header is, and the rows below it.

use std::collections::HashMap;
use std::path::Path;

use karat_record::{Finding, Place, Problem, Result};

use crate::raw::line;
use crate::rows::{Fields, Row, RowReader};
use crate::sheet::{
    Book, Format, SHEET, Settings, SheetRow, SheetRows, Sheets, number, open_book, problem,
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
    /// The sheets that are not read with the others, the next one to be told last.
    others: Vec<Other>,
    told: Option<Other>,
    /// Which of `sheets` is read now.
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

/// A sheet that is not read with the others, as a row that is rejected.
struct Other {
    sheet: usize,
    row: u64,
    fields: Fields,
    raw: String,
    finding: Finding,
}

/// Why a sheet has no header that can be used.
enum Obstacle {
    /// Nothing of the file can be read.
    File(Problem),
    /// Only this sheet is not as it should be.
    Sheet(Problem),
}

impl From<Problem> for Obstacle {
    fn from(problem: Problem) -> Obstacle {
        Obstacle::File(problem)
    }
}

impl From<Obstacle> for Problem {
    fn from(obstacle: Obstacle) -> Problem {
        match obstacle {
            Obstacle::File(problem) | Obstacle::Sheet(problem) => problem,
        }
    }
}

type Looked<T> = std::result::Result<T, Obstacle>;

/// The header of a sheet.
struct Header {
    names: Vec<String>,
    /// The row below which the data begin.
    last: u64,
    notes: Vec<String>,
}

impl Reader {
    /// The names of all sheets where all are read, else of the one that is.
    pub fn sheets(&self) -> Vec<String> {
        match (&self.settings.sheets, self.sheets.as_slice()) {
            (Sheets::All, _) => self.book.sheets().iter().map(|s| s.name.clone()).collect(),
            (_, [(one, _), ..]) => vec![self.sheet(*one).to_owned()],
            (_, []) => Vec::new(),
        }
    }

    /// Opens a workbook and reads its header.
    ///
    /// # Errors
    /// That it cannot be read, is beyond the limits, has no such sheet, no header, or several
    /// sheets of which none is chosen; that two columns have one name. Where all sheets are read,
    /// one whose header is another or cannot be used is no error, but a row with a finding.
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
            others: Vec::new(),
            told: None,
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
        let all = self.settings.sheets == Sheets::All;
        for sheet in self.wanted()? {
            match self.header(sheet) {
                Ok(Some(header)) => found.push((sheet, header)),
                Ok(None) if all || self.settings.sheets == Sheets::Only => {
                    self.notes.push(format!("sheet {:?} is empty", self.sheet(sheet)));
                }
                Ok(None) => {
                    let what = format!("sheet {:?} is empty", self.sheet(sheet));
                    return Err(problem(&self.name, what).hint("choose another sheet"));
                }
                Err(Obstacle::Sheet(problem)) if all => self.leave(sheet, 1, "", &problem.what),
                Err(obstacle) => return Err(obstacle.into()),
            }
        }
        if found.is_empty() {
            let what = match self.others.first() {
                Some(other) => format!("no sheet can be read: {}", other.finding.message),
                None => "no sheet has a header: all visible ones are empty".to_owned(),
            };
            return Err(problem(&self.name, what).hint("a row must name the columns"));
        }
        if self.settings.sheets == Sheets::Only && found.len() > 1 {
            return Err(self.several(&found));
        }
        self.take(found);
        Ok(())
    }

    /// Has a sheet that is not read told as a row.
    fn leave(&mut self, sheet: usize, row: u64, raw: &str, why: &str) {
        let message = format!("sheet {:?} is not read: {why}", self.sheet(sheet));
        let finding = Finding::new("sheet.header", message);
        let (fields, raw) = (Fields::default(), raw.to_owned());
        self.others.push(Other { sheet, row, fields, raw, finding });
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

    /// Takes the sheets that have the header of most; of two such headers the one with more
    /// columns, or else the first.
    fn take(&mut self, found: Vec<(usize, Header)>) {
        let votes = |names: &[String]| found.iter().filter(|(_, h)| h.names == names).count();
        let mut best: Option<(usize, &Header)> = None;
        for (_, header) in &found {
            let votes = votes(&header.names);
            let weight = (votes, header.names.len());
            if best.is_none_or(|(most, other)| weight > (most, other.names.len())) {
                best = Some((votes, header));
            }
        }
        self.headers = best.map(|(_, header)| header.names.clone()).unwrap_or_default();
        for (sheet, header) in found {
            if self.headers == header.names {
                self.notes.extend(header.notes);
                self.sheets.push((sheet, header.last));
            } else {
                let raw = line(header.names.iter().map(String::as_str));
                let why = "its columns are not those of the other sheets";
                self.leave(sheet, header.last, &raw, why);
            }
        }
        self.others.sort_by_key(|other| std::cmp::Reverse(other.sheet));
    }

    fn sheet(&self, at: usize) -> &str {
        &self.book.sheets()[at].name
    }

    /// The header of a sheet; `None` when the sheet is empty.
    fn header(&mut self, sheet: usize) -> Looked<Option<Header>> {
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
    fn first(&self, sheet: usize, rows: &mut dyn SheetRows, row: &mut SheetRow) -> Looked<bool> {
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
                    let hint = "declare the row in which its header is";
                    return Err(Obstacle::Sheet(problem.hint(hint)));
                }
                _ => return Ok(true),
            }
        }
    }

    fn check_header(&self, sheet: usize, row: &SheetRow) -> Looked<()> {
        let Some(finding) = &row.finding else { return Ok(()) };
        let what = format!("the header of sheet {:?}: {}", self.sheet(sheet), finding.message);
        let problem = problem(&self.name, what);
        Err(Obstacle::Sheet(problem.hint("mend it, or declare another row as header")))
    }

    fn named(&self, sheet: usize, mut names: Vec<String>, last: u64) -> Looked<Header> {
        let mut notes = Vec::new();
        if names.len() > self.settings.limits.columns {
            let what = format!("sheet {:?} has {} columns", self.sheet(sheet), names.len());
            let problem = problem(&self.name, what);
            return Err(Obstacle::Sheet(problem.hint("remove those that are not needed")));
        }
        for (at, name) in names.iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
            let letters = number::letters(at);
            *name = format!("column {letters}");
            notes.push(format!("column {letters} of sheet {:?} has no header", self.sheet(sheet)));
        }
        if let Some((first, second)) = twice(&names) {
            let name = &names[first];
            let (first, second) = (number::letters(first), number::letters(second));
            let what = format!("two columns are named {name:?}: {first} and {second}");
            let place = Place::line(self.place(sheet), last);
            let problem = problem(&self.name, what).at(place);
            return Err(Obstacle::Sheet(problem.hint("rename one of them")));
        }
        Ok(Header { names, last, notes })
    }

    /// What a row is called; where all sheets are read, the sheet comes in front.
    fn number(&self, sheet: usize, row: u64) -> u64 {
        let all = self.settings.sheets == Sheets::All;
        if all { (sheet as u64 + 1) * SHEET + row } else { row }
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
        if let Some(other) = self.others.pop() {
            let other = self.told.insert(other);
            let sheet = self.book.sheets().get(other.sheet).map(|sheet| sheet.name.as_str());
            let line = (other.sheet as u64 + 1) * SHEET + other.row;
            let (finding, raw) = (Some(&other.finding), Some(other.raw.as_str()));
            return Ok(Some(Row { line, sheet, finding, fields: &other.fields, raw }));
        }
        if !self.advance()? {
            return Ok(None);
        }
        let at = self.sheets.get(self.at).map_or(0, |(sheet, _)| *sheet);
        let finding: Option<&Finding> = self.row.finding.as_ref();
        let (line, fields) = (self.number(at, self.row.number), &self.row.fields);
        Ok(Some(Row { line, sheet: Some(self.sheet(at)), finding, fields, raw: None }))
    }

    fn progress(&self) -> Option<f64> {
        let of_sheet = self.rows.as_ref().map_or(0.0, |rows| rows.progress());
        Some(((self.at as f64 + of_sheet) / self.sheets.len().max(1) as f64).min(1.0))
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The first two names that are equal.
fn twice(names: &[String]) -> Option<(usize, usize)> {
    let mut known = HashMap::new();
    names.iter().enumerate().find_map(|(at, name)| Some((known.insert(name, at)?, at)))
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
