//! A mended export: its rows, and which rejected row each of them is.

use std::io::Read;
use std::path::{Path, PathBuf};

use karat_connect::csv::{self, Repair};
use karat_connect::raw;
use karat_connect::source::{Settings, Source, Texts};
use karat_record::{Kind, Place, Problem, Result};

/// The columns that an export puts before those of the file, and behind them.
pub const BEFORE: [&str; 5] =
    ["karat_load", "karat_line", "karat_column", "karat_rule", "karat_message"];
pub const BEHIND: &str = "karat_raw";

/// Whether a column is one that an export adds.
pub fn is_ours(header: &str) -> bool {
    BEFORE.contains(&header) || header == BEHIND
}

/// A file that `karat rejects export` wrote and a person mended.
#[derive(Clone)]
pub struct Mended {
    pub path: PathBuf,
    /// The file as messages name it.
    pub shown: String,
    pub source: Source,
    load: usize,
    line: usize,
    raw: Option<usize>,
    /// The columns of the file that the rows were rejected from.
    own: Vec<usize>,
}

/// Which rejected row a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its line in the mended file.
    pub row: i64,
    pub load: i64,
    pub line: i64,
}

impl Mended {
    /// Looks at a mended file; `repair` is what its dataset asks for.
    ///
    /// # Errors
    /// A file that cannot be read, or is no export.
    pub fn open(path: &Path, shown: &str, repair: Repair) -> Result<Mended> {
        let text = csv::Settings { delimiter: delimiter(path)?, repair, ..Default::default() };
        let source = Source::find(path, shown, &Settings { text, ..Settings::default() })?;
        let headers = source.headers();
        let at = |name: &str| headers.iter().position(|header| header == name);
        let (Some(load), Some(line)) = (at("karat_load"), at("karat_line")) else {
            let what = "this is no export of rejects: karat_load and karat_line are missing";
            let problem = Problem::new(Kind::Input, what).at(Place::file(shown));
            return Err(problem.hint("write one with karat rejects export FILE, and mend it"));
        };
        let own = (0..headers.len()).filter(|at| !is_ours(&headers[*at]));
        let own = own.filter(|at| !headers[*at].is_empty()).collect();
        let raw = at(BEHIND);
        let (path, shown) = (path.to_owned(), shown.to_owned());
        Ok(Mended { path, shown, load, line, raw, own, source })
    }

    /// The names of the file's own columns.
    pub fn headers(&self) -> Vec<String> {
        self.own.iter().map(|at| self.source.headers()[*at].clone()).collect()
    }

    /// Which rejected row each row is.
    ///
    /// # Errors
    /// The first row that does not say so, or is broken as a row.
    pub fn places(&self) -> Result<Vec<Named>> {
        let mut places = Vec::new();
        self.each(&mut |texts| {
            let place = Place::line(&self.shown, texts.line);
            if let Some(finding) = &texts.finding {
                let what = format!("the row {}", finding.message);
                return Err(Problem::new(Kind::Input, what).at(place).hint("mend the row"));
            }
            let number = |at: usize| texts.fields.get(at)?.as_ref()?.trim().parse::<i64>().ok();
            let (Some(load), Some(line)) = (number(self.load), number(self.line)) else {
                let what = "the row does not say which rejected row it is";
                let hint = "karat_load and karat_line must stay as they were exported; load new \
                            rows with karat load";
                return Err(Problem::new(Kind::Input, what).at(place).hint(hint));
            };
            places.push(Named { row: texts.line as i64, load, line });
            Ok(())
        })?;
        Ok(places)
    }

    /// Calls `take` with every row, the fields in the order of the source's headers.
    pub fn each(&self, take: &mut dyn FnMut(Texts) -> Result<()>) -> Result<()> {
        self.source.each(&self.path, take)
    }

    /// The raw text of a row that was exported uncut and is not filled in.
    pub fn uncut<'t>(&self, fields: &'t [Option<String>]) -> Option<&'t str> {
        let filled = |at: &usize| !blank(&fields[*at]);
        let raw = fields.get(self.raw?)?.as_deref().filter(|raw| !raw.trim().is_empty());
        raw.filter(|_| !self.own.iter().any(filled))
    }

    /// Puts the fields of a row that was cut into their columns.
    pub fn fill(&self, fields: &mut [Option<String>], headers: &[String], cut: Vec<String>) {
        for (header, text) in headers.iter().zip(cut) {
            let at = self.own.iter().find(|at| self.source.headers()[**at] == *header);
            if let Some(at) = at {
                fields[*at] = Some(text);
            }
        }
    }

    /// The row as a line of delimited text: the file's own columns.
    pub fn raw(&self, fields: &[Option<String>]) -> String {
        if let Some(raw) = self.uncut(fields) {
            return raw.to_owned();
        }
        raw::line(self.own.iter().map(|at| fields[*at].as_deref().unwrap_or_default()))
    }
}

fn blank(field: &Option<String>) -> bool {
    field.as_ref().is_none_or(|text| text.trim().is_empty())
}

/// The byte behind the first column's name, which says how a program wrote the file again.
fn delimiter(path: &Path) -> Result<Option<u8>> {
    let mut first = Vec::new();
    let read = csv::open(path)?.take(64).read_to_end(&mut first);
    read.map_err(|e| Problem::io("read", path, &e))?;
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    let quoted = text.strip_prefix(b"\"").unwrap_or(text);
    let behind = quoted.strip_prefix(BEFORE[0].as_bytes()).unwrap_or_default();
    let behind = behind.strip_prefix(b"\"").unwrap_or(behind);
    Ok(behind.first().copied().filter(|byte| b",;\t|".contains(byte)))
}
