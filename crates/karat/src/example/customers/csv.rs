//! Writes CSV files (RFC 4180) row by row.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

use super::random::Random;

/// So many rows wait to be written, so that neighbours in the file are strangers.
const WINDOW: usize = 8192;

/// A CSV file in the making.
pub struct Csv {
    out: BufWriter<File>,
    line_end: &'static str,
    /// Rows that wait; none where the order stays.
    waiting: Vec<String>,
    shuffled: Option<Random>,
    pub rows: usize,
}

impl Csv {
    /// A file as spreadsheet programs write it: byte order mark and CRLF.
    pub fn spreadsheet(path: &Path, header: &[&str]) -> Result<Csv> {
        Csv::begin(path, "\u{feff}", "\r\n", header)
    }

    /// A file as programs write it: neither.
    pub fn plain(path: &Path, header: &[&str]) -> Result<Csv> {
        Csv::begin(path, "", "\n", header)
    }

    fn begin(path: &Path, mark: &str, line_end: &'static str, header: &[&str]) -> Result<Csv> {
        let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
        write!(out, "{mark}{}{line_end}", line(header))?;
        Ok(Csv { out, line_end, waiting: Vec::new(), shuffled: None, rows: 0 })
    }

    /// Its rows come in random order, within a window.
    pub fn shuffled(self, random: Random) -> Csv {
        Csv { shuffled: Some(random), ..self }
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, fields: &[S]) -> Result<()> {
        self.rows += 1;
        let mut line = line(fields);
        if let Some(random) = &mut self.shuffled {
            if self.waiting.len() < WINDOW {
                self.waiting.push(line);
                return Ok(());
            }
            std::mem::swap(&mut self.waiting[random.below(WINDOW)], &mut line);
        }
        self.write(&line)
    }

    /// Writes what waits.
    pub fn finish(mut self) -> Result<usize> {
        let mut waiting = std::mem::take(&mut self.waiting);
        if let Some(random) = &mut self.shuffled {
            random.shuffle(&mut waiting);
        }
        for line in &waiting {
            self.write(line)?;
        }
        self.out.flush()?;
        Ok(self.rows)
    }

    fn write(&mut self, line: &str) -> Result<()> {
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(self.line_end.as_bytes())
    }
}

fn line<S: AsRef<str>>(fields: &[S]) -> String {
    let mut text = String::with_capacity(192);
    for (place, field) in fields.iter().map(AsRef::as_ref).enumerate() {
        if place > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text
}
