//! The bytes of a JSON document, value by value, without keeping what nobody asks for.

use std::io::{BufRead, BufReader};

use karat_record::{Kind, Place, Problem, Result};

use crate::json::origin::{Bytes, Origin};
use crate::json::problem;
use crate::packed::unreadable;

/// How deep brackets may lie in one another before reading stops.
const DEEPEST: usize = 10_000;

pub(super) struct Scanner {
    input: BufReader<Bytes>,
    name: String,
    read: u64,
    line: u64,
    column: u32,
}

/// A value, or as much of it as there was room for.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    /// The most bytes to keep.
    pub(super) room: usize,
    pub(super) is_cut: bool,
}

impl Kept {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.is_cut = false;
    }

    fn push(&mut self, byte: u8) {
        if self.bytes.len() < self.room {
            self.bytes.push(byte);
        } else {
            self.is_cut = true;
        }
    }
}

impl Scanner {
    /// Opens a file behind the sign that some programs put before UTF-8.
    pub(super) fn open(origin: &Origin) -> Result<Scanner> {
        let input = BufReader::with_capacity(256 * 1024, origin.open()?);
        let name = origin.name.clone();
        let mut scanner = Scanner { input, name, read: 0, line: 1, column: 1 };
        if scanner.buffer()?.starts_with(b"\xef\xbb\xbf") {
            scanner.input.consume(3);
        }
        Ok(scanner)
    }

    /// Bytes of text read so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    fn buffer(&mut self) -> Result<&[u8]> {
        self.input.fill_buf().map_err(|e| unreadable(&self.name, &e))
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        Ok(self.buffer()?.first().copied())
    }

    fn bump(&mut self, byte: u8) {
        self.input.consume(1);
        self.read += 1;
        self.column = self.column.saturating_add(1);
        if byte == b'\n' {
            (self.line, self.column) = (self.line + 1, 1);
        }
    }

    /// The next byte that is no blank, not taken.
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        while let Some(byte) = self.byte()? {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(Some(byte));
            }
            self.bump(byte);
        }
        Ok(None)
    }

    /// Takes a byte if it comes next, blanks aside.
    pub(super) fn takes(&mut self, byte: u8) -> Result<bool> {
        let comes = self.peek()? == Some(byte);
        if comes {
            self.bump(byte);
        }
        Ok(comes)
    }

    /// Takes a byte.
    ///
    /// # Errors
    /// When it does not come next.
    pub(super) fn expect(&mut self, byte: u8) -> Result<()> {
        if self.takes(byte)? { Ok(()) } else { Err(self.broken()) }
    }

    /// The name of a member and the colon behind it.
    pub(super) fn name(&mut self, kept: &mut Kept) -> Result<String> {
        kept.clear();
        if self.peek()? != Some(b'"') {
            return Err(self.broken());
        }
        self.value(Some(kept))?;
        self.expect(b':')?;
        serde_json::from_slice(&kept.bytes).map_err(|_| self.broken())
    }

    /// Goes over one value. Its brackets and quotes are checked, nothing else.
    pub(super) fn value(&mut self, mut kept: Option<&mut Kept>) -> Result<()> {
        let mut open: Vec<u8> = Vec::new();
        let (mut quoted, mut escaped) = (false, false);
        let mut is_first = true;
        self.peek()?;
        while let Some(byte) = self.byte()? {
            let is_bare = open.is_empty() && !quoted;
            let ends = byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}' | b':');
            if is_bare && ends {
                return if is_first { Err(self.broken()) } else { Ok(()) };
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' if !quoted => open.push(b'}'),
                b'[' if !quoted => open.push(b']'),
                b'}' | b']' if !quoted && open.pop() != Some(byte) => return Err(self.broken()),
                _ => {}
            }
            if open.len() > DEEPEST {
                return Err(self.problem(format!("more than {DEEPEST} brackets are open")));
            }
            if let Some(kept) = &mut kept {
                kept.push(byte);
            }
            self.bump(byte);
            is_first = false;
            if open.is_empty() && !quoted && matches!(byte, b'}' | b']' | b'"') {
                return Ok(());
            }
        }
        if open.is_empty() && !quoted && !is_first { Ok(()) } else { Err(self.broken()) }
    }

    fn problem(&self, what: String) -> Problem {
        let mut place = Place::line(&self.name, self.line);
        place.column = Some(self.column);
        Problem::new(Kind::Input, what).at(place)
    }

    /// That the document is none at the place reached.
    pub(super) fn broken(&mut self) -> Problem {
        match self.byte() {
            Ok(None) => {
                let what = "the file is cut off: its brackets are not closed";
                problem(&self.name, what).hint("copy or export it again")
            }
            Ok(Some(_)) => {
                let what = "the file is no JSON from here on".to_owned();
                self.problem(what).hint("mend it there, or export it again")
            }
            Err(problem) => problem,
        }
    }
}
