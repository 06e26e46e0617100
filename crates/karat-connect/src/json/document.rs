//! The elements of one array in a JSON document, each kept alone.

use karat_record::{Finding, Result};

use crate::json::origin::Origin;
use crate::json::scan::{Kept, Scanner};
use crate::json::{Raw, problem};

pub(super) struct Document {
    input: Scanner,
    kept: Kept,
    /// Objects that the array is in.
    depth: usize,
    /// Elements read.
    count: u64,
    is_done: bool,
}

impl Document {
    /// Opens a document at the array to which `names` lead.
    pub(super) fn open(origin: &Origin, names: &[String], limit: usize) -> Result<Document> {
        let mut input = Scanner::open(origin)?;
        let mut kept = Kept { room: limit, ..Kept::default() };
        for name in names {
            if !enter(&mut input, name, &mut kept)? {
                let what = format!("there is no {name:?} where the records should be");
                let hint = "check the names that lead to the array of records";
                return Err(problem(&origin.name, what).hint(hint));
            }
        }
        if !input.takes(b'[')? {
            let what = "there is no array where the records should be";
            let hint = "declare the names that lead to it, such as data.items";
            return Err(problem(&origin.name, what).hint(hint));
        }
        Ok(Document { input, kept, depth: names.len(), count: 0, is_done: false })
    }

    /// Bytes of text read so far.
    pub(super) fn read(&self) -> u64 {
        self.input.read()
    }

    /// Reads the next element; false at the end.
    pub(super) fn next(&mut self, raw: &mut Raw) -> Result<bool> {
        if self.is_done {
            return Ok(false);
        }
        if self.input.takes(b']')? {
            self.is_done = true;
            self.finish()?;
            return Ok(false);
        }
        if self.count > 0 {
            self.input.expect(b',')?;
        }
        self.kept.clear();
        self.input.value(Some(&mut self.kept))?;
        self.count += 1;
        raw.at = self.count;
        raw.finding = None;
        raw.text.clear();
        match std::str::from_utf8(&self.kept.bytes) {
            Ok(text) if !self.kept.is_cut => raw.text.push_str(text),
            cut => {
                let finding = if cut.is_err() && !self.kept.is_cut {
                    Finding::new("json.text", "is not UTF-8 text")
                } else {
                    let message = format!("is longer than {} bytes", self.kept.room);
                    Finding::new("json.long", message)
                };
                let shown = self.kept.bytes.len().min(64 * 1024);
                raw.text.push_str(&String::from_utf8_lossy(&self.kept.bytes[..shown]));
                raw.finding = Some(finding);
            }
        }
        Ok(true)
    }

    /// Reads what follows the array: a document that is cut off there is not whole.
    fn finish(&mut self) -> Result<()> {
        for _ in 0..self.depth {
            while self.input.takes(b',')? {
                self.input.name(&mut self.kept)?;
                self.input.value(None)?;
            }
            self.input.expect(b'}')?;
        }
        if self.input.peek()?.is_some() { Err(self.input.broken()) } else { Ok(()) }
    }
}

/// Goes into an object up to the value of a name; false when it has none of that name.
fn enter(input: &mut Scanner, name: &str, kept: &mut Kept) -> Result<bool> {
    if !input.takes(b'{')? || input.takes(b'}')? {
        return Ok(false);
    }
    loop {
        if input.name(kept)? == name {
            return Ok(true);
        }
        input.value(None)?;
        if !input.takes(b',')? {
            return Ok(false);
        }
    }
}
