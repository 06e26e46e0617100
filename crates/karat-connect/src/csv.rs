//! Delimited text, read row by row. Each row knows its line and its bytes, so that a reject can
//! show exactly what stood there.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::str::Utf8Error;

use karat_record::{Kind, Place, Problem, Result};

/// How a delimited file is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// The byte between fields; found in the header line when not given.
    pub delimiter: Option<u8>,
}

/// The sign that begins UTF-8 files of some programs.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A delimited file, read once from front to back.
pub struct Reader<R> {
    rows: csv::Reader<R>,
    record: csv::ByteRecord,
    headers: Vec<String>,
    /// 1 when lines end in CR LF: the parser then counts a line one row late.
    late: u64,
}

/// One row.
pub struct Row<'a> {
    record: &'a csv::ByteRecord,
    /// All fields in a row, when they are UTF-8 as a whole: one check instead of one per field.
    text: Option<&'a str>,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Where it begins, in bytes.
    pub byte: u64,
    /// Where it ends, in bytes.
    pub end: u64,
}

impl Row<'_> {
    /// The text of a field; `None` past the end of the row.
    ///
    /// # Errors
    /// When its bytes are not UTF-8.
    #[inline]
    pub fn field(&self, at: usize) -> Result<Option<&str>, Utf8Error> {
        let Some(range) = self.record.range(at) else { return Ok(None) };
        // A border between fields may also fall inside what only together is a character.
        match self.text.and_then(|text| text.get(range)) {
            Some(text) => Ok(Some(text)),
            None => self.record.get(at).map(std::str::from_utf8).transpose(),
        }
    }

    /// The number of fields.
    pub fn width(&self) -> usize {
        self.record.len()
    }
}

impl<R: Read> Reader<R> {
    /// Opens what `bytes` reads from its beginning; `name` is what messages call it and
    /// `sample` its first bytes, to find the delimiter in.
    ///
    /// # Errors
    /// An empty file, a header that is no UTF-8, two columns of one name.
    pub fn new(bytes: R, name: &str, sample: &[u8], dialect: &Dialect) -> Result<Reader<R>> {
        let delimiter = dialect.delimiter.unwrap_or_else(|| sniff(sample));
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(true)
            .buffer_capacity(256 * 1024)
            .from_reader(bytes);
        let header = rows.byte_headers().map_err(|e| unreadable(name, &e))?.clone();
        let headers = headers(name, &header)?;
        let late = u64::from(first_line(sample).ends_with(b"\r"));
        Ok(Reader { rows, record: csv::ByteRecord::new(), headers, late })
    }

    /// The column names, trimmed.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    #[inline]
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        match self.rows.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let (before, byte) =
                    self.record.position().map_or((0, 0), |p| (p.line(), p.byte()));
                let after = self.rows.position();
                let (lines, end) = (after.line() - before, after.byte());
                let blank = if lines > 1 { lines - 1 - self.line_ends_inside(lines) } else { 0 };
                let line = before + blank + self.late;
                let text = std::str::from_utf8(self.record.as_slice()).ok();
                Ok(Some(Row { record: &self.record, text, line, byte, end }))
            }
            Err(error) => Err(unreadable("the file", &error)),
        }
    }

    /// Line ends inside the fields of the row read last, of at most `lines - 1`; the other
    /// lines that were passed were blank.
    fn line_ends_inside(&self, lines: u64) -> u64 {
        let ends = self.record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
        ends.min(lines - 1)
    }

    /// Where reading stands, in bytes.
    pub fn position(&self) -> u64 {
        self.rows.position().byte()
    }
}

fn unreadable(name: &str, error: &csv::Error) -> Problem {
    Problem::new(Kind::Input, format!("cannot read {name}: {error}"))
}

fn headers(name: &str, header: &csv::ByteRecord) -> Result<Vec<String>> {
    let at = || Place::line(name, 1);
    if header.iter().all(<[u8]>::is_empty) {
        let problem = Problem::new(Kind::Input, "the file is empty: it has no header line");
        return Err(problem.at(at()).hint("the first line must name the columns"));
    }
    let mut names: Vec<String> = Vec::new();
    for field in header {
        let text = std::str::from_utf8(field).map_err(|_| {
            Problem::new(Kind::Input, "the header is not UTF-8 text")
                .at(at())
                .hint("save the file as UTF-8; for example: iconv -f windows-1252 -t utf-8")
        })?;
        let text = text.trim();
        if names.iter().any(|known| known == text) {
            let what = format!("two columns are named {text:?}");
            return Err(Problem::new(Kind::Input, what).at(at()).hint("rename one of them"));
        }
        names.push(text.to_owned());
    }
    Ok(names)
}

fn first_line(sample: &[u8]) -> &[u8] {
    sample.split(|b| *b == b'\n').next().unwrap_or(sample)
}

/// The most frequent of the usual delimiters in the first line, outside quotes.
fn sniff(sample: &[u8]) -> u8 {
    let line = first_line(sample);
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line {
        quoted ^= *byte == b'"';
        let count = counts.iter_mut().find(|(delimiter, _)| !quoted && delimiter == byte);
        if let Some((_, n)) = count {
            *n += 1;
        }
    }
    // On a draw the earlier one: a comma.
    counts.iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(delimiter, _)| *delimiter)
}

/// The bytes of one row as they stand in the file, without line ends around it. Invalid UTF-8 is
/// shown by replacement characters.
pub fn raw_row(file: &File, from: u64, to: u64) -> String {
    const LONGEST: u64 = 64 * 1024;
    let mut bytes = vec![0; (to - from).min(LONGEST) as usize];
    let read = file.read_at(&mut bytes, from).unwrap_or(0);
    bytes.truncate(read);
    let bytes = bytes.strip_prefix(BOM).unwrap_or(&bytes);
    String::from_utf8_lossy(bytes).trim_matches(['\r', '\n']).to_owned()
}

/// Bytes in which the delimiter is looked for.
const SAMPLE: u64 = 64 * 1024;

/// The first bytes of a file.
///
/// # Errors
/// As `open`.
pub fn sample(path: &Path) -> Result<Vec<u8>> {
    let mut sample = Vec::new();
    let read = open(path)?.take(SAMPLE).read_to_end(&mut sample);
    read.map_err(|e| Problem::io("read", path, &e))?;
    Ok(sample)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, u64, Vec<String>)> {
        let mut reader =
            Reader::new(text.as_bytes(), "t.csv", text.as_bytes(), &Dialect::default()).unwrap();
        let mut found = Vec::new();
        while let Some(row) = reader.next_row().unwrap() {
            let fields = row.record.iter().map(|f| String::from_utf8_lossy(f).into_owned());
            found.push((row.line, row.byte, fields.collect()));
        }
        found
    }

    #[test]
    fn rows_know_their_line_and_byte_with_bom_crlf_and_quoted_line_ends() {
        let found = rows("\u{feff}a,b\r\n1,\"x\r\ny\"\r\n2,z\r\n");
        assert_eq!(found[0].0, 2);
        assert_eq!(found[1].0, 4);
        assert_eq!(found[1].2, ["2", "z"]);
    }

    #[test]
    fn blank_lines_count_as_lines_and_not_as_rows() {
        for end in ["\n", "\r\n"] {
            let text = ["a", "", "1", "\"x\ny\"", "", "", "2", ""].join(end);
            let lines: Vec<u64> = rows(&text).iter().map(|row| row.0).collect();
            assert_eq!(lines, [3, 4, 8], "{end:?}");
        }
    }

    #[test]
    fn a_row_can_be_shown_as_it_stands_in_the_file() {
        let text = "\u{feff}a,b\r\n1,\"x\"\"y\"\r\n2,z\r\n";
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), text).unwrap();
        let file = open(path.path()).unwrap();
        let mut reader =
            Reader::new(text.as_bytes(), "t", text.as_bytes(), &Dialect::default()).unwrap();
        let from = reader.next_row().unwrap().unwrap().byte;
        let to = reader.position();
        assert_eq!(raw_row(&file, from, to), "1,\"x\"\"y\"");
    }

    #[test]
    fn the_delimiter_is_found_in_the_header() {
        for (text, delimiter) in
            [("a;b;c,d", b';'), ("a\tb", b'\t'), ("a", b','), ("\"x;y;z\",b", b','), ("a|b", b'|')]
        {
            assert_eq!(sniff(text.as_bytes()), delimiter, "{text}");
        }
    }

    #[test]
    fn blanks_around_header_names_go_and_two_equal_names_are_refused() {
        let open = |text: &str| {
            Reader::new(text.as_bytes(), "t", text.as_bytes(), &Dialect::default())
                .map(|r| r.headers().to_vec())
        };
        assert_eq!(open("a, b\n").unwrap(), ["a", "b"]);
        assert!(open("a, a\n").unwrap_err().what.contains("two columns"));
        assert!(open("").unwrap_err().what.contains("empty"));
    }
}
