//! One pass over a file on a thread of its own: every row goes through the writer, and the file's
//! bytes through the hash and into the vault.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_connect::csv::{self, Form, Mark, Reader, Repaired};
use karat_connect::rows::{self, RowReader};
use karat_connect::source::{Records, Source};
use karat_connect::vault::{Intake, Vault};
use karat_record::{Finding, Kind, Problem, Reporter, Result, Stage};
use karat_store::copy::Chunk;
use karat_store::load::Segment;
use tokio::sync::mpsc::Sender;

use super::arrival::Rows;
use super::maker::Raw;
use super::part::{self, Cut, Part};
use super::writer::{Standing, Writer};

pub struct Pass {
    pub path: PathBuf,
    pub source: Source,
    pub vault: Option<Vault>,
    pub reporter: Arc<dyn Reporter>,
    pub stage: Stage,
    /// Bytes of the file after which a segment ends; `None`: it is one.
    pub segment: Option<u64>,
    /// What a load that goes on has behind it.
    pub behind: Option<Behind>,
}

/// What a pass leaves.
pub struct Poured {
    pub writer: Writer,
    /// Hash and size of the file as it came, unless the pass stopped early.
    pub hashed: Option<(String, u64)>,
    /// Since the last cut.
    pub repaired: Repaired,
}

/// A file of which the first bytes are known.
pub struct Behind {
    mark: Mark,
    intake: Intake,
    /// Bytes from the mark on that were read already.
    ahead: Vec<u8>,
    /// Rows before the mark.
    rows: u64,
}

impl Behind {
    /// Reads what was read before, into hash and vault; `None` when it is not the same.
    pub fn open(path: &Path, vault: Option<&Vault>, last: &Segment) -> Result<Option<Behind>> {
        let mut intake = intake(path, vault)?;
        let mark = part::behind(last);
        let mut ahead = Vec::new();
        let known = &last.hashed;
        let beyond = known.0.saturating_sub(mark.byte);
        let read = intake
            .pass_over(mark.byte)
            .and_then(|()| intake.by_ref().take(beyond).read_to_end(&mut ahead));
        read.map_err(|e| Problem::io("read", path, &e))?;
        let same = intake.so_far() == *known;
        Ok(same.then_some(Behind { mark, intake, ahead, rows: last.read }))
    }

    pub fn mark(&self) -> Mark {
        self.mark
    }
}

fn intake(path: &Path, vault: Option<&Vault>) -> Result<Intake> {
    let file = csv::open(path)?;
    match vault {
        Some(vault) => vault.intake(file),
        None => Ok(Intake::hashing(file)),
    }
}

/// Reads from an intake that can be asked for its hash meanwhile.
struct Tap<'a>(&'a RefCell<Intake>);

impl Read for Tap<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

/// Delimited text behind so many rows.
struct Text<'a> {
    reader: Reader<'a>,
    rows: u64,
    /// Of the file as it came.
    size: u64,
    intake: &'a RefCell<Intake>,
}

impl Pass {
    /// Sends all rows; stops early when nobody takes them any more.
    pub fn run(mut self, mut writer: Writer, parts: &Sender<Part>) -> Result<Poured> {
        let behind = self.behind.take();
        let size = csv::open(&self.path)?.metadata();
        let size = size.map_err(|e| Problem::io("read", &self.path, &e))?.len();
        self.reporter.started(&self.stage, Some(size));
        let (intake, from) = match behind {
            Some(Behind { mark, intake, ahead, rows }) => (intake, Some((mark, ahead, rows))),
            None => (intake(&self.path, self.vault.as_ref())?, None),
        };
        let intake = RefCell::new(intake);
        let (mut sent, repaired) = match &self.source {
            Source::Text(form) => {
                let (reader, rows) = match from {
                    Some((mark, ahead, rows)) => {
                        let bytes = io::Cursor::new(ahead).chain(Tap(&intake));
                        (form.read_behind(mark, bytes), rows)
                    }
                    None => (form.read(Tap(&intake))?, 0),
                };
                self.text(Text { reader, rows, size, intake: &intake }, &mut writer, parts)?
            }
            Source::Records(records) => {
                let sent = self.records(records, size, &mut writer, parts)?;
                (sent, Repaired::default())
            }
        };
        let mut intake = intake.into_inner();
        sent = sent && writer.finish().is_none_or(|chunk| send(parts, chunk));
        if !sent {
            return Ok(Poured { writer, hashed: None, repaired });
        }
        // An archive may go on behind the member that was read; a workbook is read elsewhere.
        intake.pass_over(u64::MAX).map_err(|e| Problem::io("read", &self.path, &e))?;
        let hashed = Some(intake.finish(self.vault.as_ref())?);
        Ok(Poured { writer, hashed, repaired })
    }

    fn text(
        &self,
        text: Text<'_>,
        writer: &mut Writer,
        parts: &Sender<Part>,
    ) -> Result<(bool, Repaired)> {
        let Text { mut reader, mut rows, size, intake } = text;
        let mut from = reader.mark();
        let end = |from: Mark| self.segment.map_or(u64::MAX, |bytes| from.byte + bytes);
        let mut until = end(from);
        loop {
            let to = reader.mark();
            if to.byte >= until && to.byte < size {
                let hashed = intake.borrow().so_far();
                let (counts, repaired) = (writer.cut(), reader.take_repaired());
                rows += counts.read;
                let cut = Box::new(Cut { from, to, hashed, counts, repaired });
                let left = writer.finish().is_none_or(|chunk| send(parts, chunk));
                if !left || parts.blocking_send(Part::Cut(cut)).is_err() {
                    return Ok((false, repaired));
                }
                (from, until) = (to, end(to));
            }
            let sent = match next_of_text(&mut reader, writer)? {
                Next::Chunk(chunk) => send(parts, chunk),
                Next::Row => continue,
                Next::End => return Ok((true, reader.take_repaired())),
            };
            self.reporter.progress(&self.stage, reader.position(), rows + writer.read);
            if !sent {
                return Ok((false, reader.take_repaired()));
            }
        }
    }

    fn records(
        &self,
        records: &Records,
        size: u64,
        writer: &mut Writer,
        parts: &Sender<Part>,
    ) -> Result<bool> {
        let mut reader = records.open()?;
        loop {
            let sent = match next_record(reader.as_mut(), writer)? {
                Next::Chunk(chunk) => send(parts, chunk),
                Next::Row => continue,
                Next::End => return Ok(true),
            };
            let read = size as f64 * reader.progress().unwrap_or(0.0);
            self.reporter.progress(&self.stage, read as u64, writer.read);
            if !sent {
                return Ok(false);
            }
        }
    }
}

/// Whether somebody takes it.
fn send(parts: &Sender<Part>, chunk: Chunk) -> bool {
    parts.blocking_send(Part::Chunk(chunk)).is_ok()
}

/// Rows of a plain file from a mark (`None`: from the first) up to a byte at which a row begins.
#[derive(Clone)]
pub struct Range {
    pub path: PathBuf,
    pub form: Form,
    pub from: Option<Mark>,
    pub to: u64,
}

impl Range {
    fn reader(&self) -> Result<Reader<'static>> {
        let mut file = csv::open(&self.path)?;
        let Some(mark) = self.from else { return self.form.read(file) };
        let sought = file.seek(SeekFrom::Start(mark.byte));
        sought.map_err(|e| Problem::io("read", &self.path, &e))?;
        Ok(self.form.read_behind(mark, file))
    }

    fn send(&self, writer: &mut Writer, parts: &Sender<Part>) -> Result<()> {
        let mut reader = self.reader()?;
        while reader.mark().byte < self.to {
            let sent = match next_of_text(&mut reader, writer)? {
                Next::Chunk(chunk) => send(parts, chunk),
                Next::Row => true,
                Next::End => break,
            };
            if !sent {
                return Ok(());
            }
        }
        if let Some(chunk) = writer.finish() {
            // When nobody takes it any more, the copy's own problem says why.
            send(parts, chunk);
        }
        Ok(())
    }
}

impl Rows for Range {
    async fn pour(&mut self, mut writer: Writer, parts: Sender<Part>) -> Result<Writer> {
        let range = self.clone();
        let work =
            tokio::task::spawn_blocking(move || range.send(&mut writer, &parts).map(|()| writer));
        work.await.map_err(|e| Problem::new(Kind::Internal, format!("reading ended: {e}")))?
    }

    async fn raws(&mut self, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
        raws_of(&mut self.reader()?, rows)
    }
}

enum Next {
    Chunk(Chunk),
    Row,
    End,
}

/// A row of delimited text as raw texts.
struct TextRow<'a>(csv::Row<'a>);

impl Raw for TextRow<'_> {
    #[inline]
    fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
        self.0.field(input).map_err(|_| {
            Finding::new("encoding", "is not UTF-8 text; encoding = \"...\" says what it is")
        })
    }
}

#[inline]
fn next_of_text(reader: &mut Reader<'_>, writer: &mut Writer) -> Result<Next> {
    let Some(mut row) = reader.next_row()? else { return Ok(Next::End) };
    let finding = row.finding.take();
    let row = TextRow(row);
    let raw = || row.0.raw();
    let standing = Standing { row: row.0.line as i64, byte: Some(row.0.byte as i64), raw };
    if let Some(finding) = finding {
        writer.refuse(None::<&TextRow<'_>>, finding, standing)?;
        return Ok(Next::Row);
    }
    Ok(writer.row(&row, standing)?.map_or(Next::Row, Next::Chunk))
}

impl Raw for rows::Row<'_> {
    #[inline]
    fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
        Ok(self.field(input))
    }
}

fn next_record(reader: &mut dyn RowReader, writer: &mut Writer) -> Result<Next> {
    let Some(row) = reader.next_row()? else { return Ok(Next::End) };
    let standing = Standing { row: row.line as i64, byte: None, raw: || row.raw() };
    if let Some(finding) = row.finding {
        // What stands in the other fields may still say which record it is.
        writer.refuse(Some(&row), finding.clone(), standing)?;
        return Ok(Next::Row);
    }
    Ok(writer.row(&row, standing)?.map_or(Next::Row, Next::Chunk))
}

/// The rows of these numbers, in order, as they stand in the file: number, byte, raw text.
pub fn raws(source: &Source, path: &Path, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
    let mut found = Vec::with_capacity(rows.len());
    let wanted = |line: i64| rows.binary_search(&line).is_ok();
    match source {
        Source::Text(form) => found = raws_of(&mut form.read(csv::open(path)?)?, rows)?,
        Source::Records(records) => {
            let mut reader = records.open()?;
            while let Some(row) = reader.next_row()? {
                if wanted(row.line as i64) {
                    found.push((row.line as i64, None, row.raw()));
                }
            }
        }
    }
    Ok(found)
}

fn raws_of(reader: &mut Reader<'_>, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
    let mut found = Vec::with_capacity(rows.len());
    while found.len() < rows.len()
        && let Some(row) = reader.next_row()?
    {
        if rows.binary_search(&(row.line as i64)).is_ok() {
            found.push((row.line as i64, Some(row.byte as i64), row.raw()));
        }
    }
    Ok(found)
}
