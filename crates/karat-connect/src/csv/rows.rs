//! The rows of a text one after another, each whole in memory, with its line and its bytes.

use std::io::{self, Read};

use karat_record::{Kind, Place, Problem, Result};

use super::cut::{Cutter, Signs, blank};
use crate::packed::unreadable;

/// The most bytes of one row. A quote that swallows the rest of a large file ends here.
pub const LARGEST_ROW: usize = 64 * 1024 * 1024;

/// Quotes that no later one closes, before a file counts as one without quotes.
const MOST_OPEN: u32 = 100;

const BUFFER: usize = 256 * 1024;

/// Rows out of bytes.
pub struct Rows<R> {
    bytes: R,
    name: String,
    buffer: Vec<u8>,
    /// What is read and not cut yet.
    from: usize,
    to: usize,
    ended: bool,
    /// Where in the text the buffer begins, and on which line `from` stands.
    base: u64,
    line: u64,
    pub cutter: Cutter,
    row: At,
    open: u32,
}

/// A place between two rows, from which another reading can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the text before it.
    pub byte: u64,
    /// The line that begins there, from 1.
    pub line: u64,
    /// Quotes before it that never close.
    pub open: u32,
}

/// Where the row read last stands.
#[derive(Clone, Copy, Default)]
struct At {
    from: usize,
    to: usize,
    line: u64,
}

impl<R: Read> Rows<R> {
    /// Rows of what `bytes` reads; the text's first bytes are passed over up to byte `start`,
    /// which is on that line.
    pub fn new(bytes: R, name: &str, signs: Signs, start: (u64, u64)) -> Result<Rows<R>> {
        let mark = Mark { byte: start.0, line: start.1, open: 0 };
        let mut rows = Rows::behind(bytes, name, signs, mark);
        let skipped = io::copy(&mut rows.bytes.by_ref().take(start.0), &mut io::sink());
        skipped.map_err(|e| unreadable(name, &e))?;
        Ok(rows)
    }

    /// Rows of what `bytes` reads, which is the text from a mark on.
    pub fn behind(bytes: R, name: &str, signs: Signs, mark: Mark) -> Rows<R> {
        Rows {
            bytes,
            name: name.to_owned(),
            buffer: vec![0; BUFFER],
            from: 0,
            to: 0,
            ended: false,
            base: mark.byte,
            line: mark.line,
            cutter: Cutter::new(signs),
            row: At::default(),
            open: mark.open,
        }
    }

    /// Behind the row read last.
    #[inline]
    pub fn mark(&self) -> Mark {
        Mark { byte: self.base + self.from as u64, line: self.line, open: self.open }
    }

    /// Goes to the next row; false at the end.
    ///
    /// # Errors
    /// When the bytes cannot be read, or a row is too large.
    #[inline]
    pub fn advance(&mut self) -> Result<bool> {
        loop {
            let bytes = &self.buffer[self.from..self.to];
            if let Some(b'\n' | b'\r') = bytes.first() {
                let (passed, lines) = blank(bytes, self.ended);
                self.from += passed;
                self.line += lines;
            }
            let bytes = &self.buffer[self.from..self.to];
            if bytes.is_empty() && self.ended {
                return Ok(false);
            }
            // A line end that may be the first half of one waits for the other.
            let whole = !bytes.is_empty() && (bytes != b"\r" || self.ended);
            if let Some(length) = whole.then(|| self.cutter.row(bytes, self.ended)).flatten() {
                self.row = At { from: self.from, to: self.from + length, line: self.line };
                self.from += length;
                self.line += self.cutter.lines;
                if self.cutter.torn.is_some_and(|torn| torn.never) {
                    self.count_open()?;
                }
                return Ok(true);
            }
            self.fill()?;
        }
    }

    /// The bytes of the row, with its line end.
    #[inline]
    pub fn row(&self) -> &[u8] {
        &self.buffer[self.row.from..self.row.to]
    }

    /// The line on which the row begins, from 1, and its first byte in the text.
    #[inline]
    pub fn place(&self) -> (u64, u64) {
        (self.row.line, self.base + self.row.from as u64)
    }

    /// Cutter and bytes of the row, to put other texts into it.
    pub fn parts(&mut self) -> (&mut Cutter, &[u8]) {
        (&mut self.cutter, &self.buffer[self.row.from..self.row.to])
    }

    /// Reads more behind what is there; makes room first.
    fn fill(&mut self) -> Result<()> {
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            self.base += self.from as u64;
            self.to -= self.from;
            self.from = 0;
        }
        if self.to == self.buffer.len() {
            if self.to >= LARGEST_ROW {
                return Err(self.too_large());
            }
            let mut larger = vec![0; (self.to * 2).min(LARGEST_ROW)];
            larger[..self.to].copy_from_slice(&self.buffer);
            self.buffer = larger;
        }
        loop {
            match self.bytes.read(&mut self.buffer[self.to..]) {
                Ok(read) => {
                    self.to += read;
                    self.ended = read == 0;
                    // A decoder hands out small pieces; a row is not cut anew for each.
                    if self.ended || self.to * 2 > self.buffer.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&self.name, &error)),
            }
        }
    }

    fn too_large(&mut self) -> Problem {
        self.cutter.row(&self.buffer[..self.to], true);
        let size = LARGEST_ROW / (1024 * 1024);
        match self.cutter.torn {
            Some(torn) => {
                let what = format!("a quote opens here that does not close within {size} MiB");
                let hint = "close it in the file; if quotes mean nothing there, write quote = \
                            \"none\" in the dataset's file";
                let place = Place::line(&self.name, self.line + torn.line);
                Problem::new(Kind::Input, what).at(place).hint(hint)
            }
            None => {
                let what = format!("a row is larger than {size} MiB");
                let hint = "check that the file is delimited text, and its delimiter";
                Problem::new(Kind::Input, what).at(Place::line(&self.name, self.line)).hint(hint)
            }
        }
    }

    fn count_open(&mut self) -> Result<()> {
        self.open += 1;
        if self.open <= MOST_OPEN {
            return Ok(());
        }
        let what = format!("more than {MOST_OPEN} quotes open and never close");
        let hint = "if quotes mean nothing in this file, write quote = \"none\" in the dataset's \
                    file";
        let place = Place::line(&self.name, self.row.line);
        Err(Problem::new(Kind::Input, what).at(place).hint(hint))
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut::line_ends;
    use super::*;

    /// Hands out one to so many bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 * 31 % 8191;
            self.0.take(1 + self.1 as u64).read(buffer).inspect(|read| self.0 = &self.0[*read..])
        }
    }

    #[test]
    fn rows_stand_where_they_say_however_the_bytes_come() {
        let mut text = Vec::new();
        for at in 0..40_000 {
            let end = ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n"][at % 5];
            text.extend_from_slice(format!("{at},\"a\r\nb\"\"{at}\",c{end}").as_bytes());
        }
        let signs = Signs { delimiter: b',', quote: Some(b'"') };
        let mut rows = Rows::new(Trickle(&text, 7), "t", signs, (0, 1)).unwrap();
        let mut expected = 0;
        while rows.advance().unwrap() {
            let (line, byte) = rows.place();
            let id = expected.to_string();
            assert_eq!(rows.cutter.field(rows.row(), 0), Some(id.as_bytes()));
            assert!(text[byte as usize..].starts_with(rows.row()));
            if expected % 997 == 0 {
                assert_eq!(line, line_ends(&text[..byte as usize]) + 1);
                let mark = rows.mark();
                let mut behind = Rows::behind(&text[mark.byte as usize..], "t", signs, mark);
                assert_eq!(behind.advance().unwrap(), rows.advance().unwrap());
                assert_eq!((behind.place(), behind.row()), (rows.place(), rows.row()));
                expected += 1;
            }
            expected += 1;
        }
        assert_eq!(expected, 40_000);
    }
}
