//! Objects one after another, each usually on a line: a broken one does not hide the next.

use std::io::{BufRead, BufReader, Read};

use karat_record::{Finding, Result};
use serde_json::value::RawValue;

use crate::json::origin::{Bytes, Origin};
use crate::json::{Raw, record};
use crate::packed::unreadable;

pub(super) struct Lines {
    input: BufReader<Bytes>,
    name: String,
    limit: usize,
    read: u64,
    /// The line that is read next, from 1.
    next: u64,
    /// Lines that belong together, and the first of them.
    chunk: Vec<u8>,
    first: u64,
    /// How much of the chunk is done.
    done: usize,
    is_too_long: bool,
}

impl Lines {
    pub(super) fn open(origin: &Origin, limit: usize) -> Result<Lines> {
        Ok(Lines {
            input: BufReader::with_capacity(256 * 1024, origin.open()?),
            name: origin.name.clone(),
            limit,
            read: 0,
            next: 1,
            chunk: Vec::new(),
            first: 1,
            done: 0,
            is_too_long: false,
        })
    }

    /// Bytes of text read so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Reads the next value; false at the end.
    pub(super) fn next(&mut self, raw: &mut Raw) -> Result<bool> {
        loop {
            let left = self.chunk.get(self.done..).unwrap_or_default();
            let blank = left.iter().take_while(|b| b.is_ascii_whitespace()).count();
            if blank < left.len() {
                self.done += blank;
                self.take(raw);
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Takes the value that begins in the chunk where it is not yet done.
    fn take(&mut self, raw: &mut Raw) {
        let (before, left) = self.chunk.split_at(self.done);
        let lines = before.iter().filter(|b| **b == b'\n').count() as u64;
        raw.at = self.first + lines;
        raw.finding = None;
        raw.text.clear();
        let mut end = self.chunk.len();
        match std::str::from_utf8(left) {
            _ if self.is_too_long => {
                let message = format!("is longer than {} bytes", self.limit);
                raw.finding = Some(Finding::new("json.long", message));
            }
            Err(_) => raw.finding = Some(Finding::new("json.text", "is not UTF-8 text")),
            Ok(text) => {
                let mut values =
                    serde_json::Deserializer::from_str(text.trim_end()).into_iter::<&RawValue>();
                match values.next() {
                    Some(Ok(value)) => {
                        raw.text.push_str(value.get());
                        end = self.done + values.byte_offset();
                    }
                    Some(Err(error)) => {
                        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
                        raw.finding = Some(record::syntax(&error, raw.at, self.done - start));
                    }
                    None => {}
                }
            }
        }
        if raw.finding.is_some() {
            raw.text.push_str(String::from_utf8_lossy(left).trim_end());
        }
        self.done = end;
    }

    /// Reads lines until brackets are closed or a line begins with a new object.
    fn fill(&mut self) -> Result<bool> {
        self.chunk.clear();
        (self.first, self.done, self.is_too_long) = (self.next, 0, false);
        let mut open = 0;
        loop {
            let from = self.chunk.len();
            if !self.line()? {
                return Ok(!self.chunk.is_empty());
            }
            if self.next == 2 && self.chunk.starts_with(b"\xef\xbb\xbf") {
                self.chunk.drain(..3);
            }
            open += opened(self.chunk.get(from..).unwrap_or_default());
            let following = self.input.fill_buf().map_err(|e| unreadable(&self.name, &e))?;
            if open <= 0 || following.first().is_none_or(|byte| *byte == b'{') {
                return Ok(true);
            }
        }
    }

    /// Adds a line to the chunk, as far as it may grow; false at the end of the file.
    fn line(&mut self) -> Result<bool> {
        let failed = |e| unreadable(&self.name, &e);
        let room = (self.limit + 1).saturating_sub(self.chunk.len()) as u64;
        let kept = self.input.by_ref().take(room).read_until(b'\n', &mut self.chunk);
        let mut read = kept.map_err(failed)? as u64;
        let is_whole = self.chunk.ends_with(b"\n");
        if self.chunk.len() > self.limit {
            self.is_too_long = true;
            self.chunk.truncate(self.limit.min(64 * 1024));
        }
        if !is_whole {
            read += self.input.skip_until(b'\n').map_err(failed)? as u64;
        }
        self.read += read;
        self.next += u64::from(read > 0);
        Ok(read > 0)
    }
}

/// Brackets that a line opens and does not close; no text goes over the end of a line.
fn opened(line: &[u8]) -> i64 {
    let (mut open, mut quoted, mut escaped) = (0, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => open -= 1,
            _ => {}
        }
    }
    open
}
