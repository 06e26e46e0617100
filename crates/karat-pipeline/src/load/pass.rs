//! One pass over a file on a thread of its own: every row goes through the writer, and the file's
//! bytes through the hash and into the vault.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_connect::csv::{self, Form, Reader, Repaired};
use karat_connect::rows::{self, RowReader};
use karat_connect::source::{Records, Source};
use karat_connect::vault::{Intake, Vault};
use karat_record::{Finding, Problem, Reporter, Result, Stage};
use karat_store::copy::Chunk;
use tokio::sync::mpsc::Sender;

use super::maker::Raw;
use super::writer::{Standing, Writer};

pub struct Pass {
    pub path: PathBuf,
    pub source: Source,
    pub vault: Option<Vault>,
    pub reporter: Arc<dyn Reporter>,
    pub stage: Stage,
}

/// What a pass leaves.
pub struct Poured {
    pub writer: Writer,
    /// Hash and size of the file as it came, unless the pass stopped early.
    pub hashed: Option<(String, u64)>,
    pub repaired: Repaired,
}

impl Pass {
    /// Sends all rows; stops early when nobody takes chunks any more.
    pub fn run(&self, mut writer: Writer, chunks: &Sender<Chunk>) -> Result<Poured> {
        let file = csv::open(&self.path)?;
        let size = file.metadata().map(|m| m.len()).ok();
        self.reporter.started(&self.stage, size);
        let mut intake = match &self.vault {
            Some(vault) => vault.intake(file)?,
            None => Intake::hashing(file),
        };
        let (mut sent, repaired) = match &self.source {
            Source::Text(form) => self.text(form, &mut intake, &mut writer, chunks)?,
            Source::Records(records) => {
                let sent = self.records(records, size.unwrap_or(0), &mut writer, chunks)?;
                (sent, Repaired::default())
            }
        };
        sent = sent && writer.finish().is_none_or(|chunk| chunks.blocking_send(chunk).is_ok());
        if !sent {
            return Ok(Poured { writer, hashed: None, repaired });
        }
        // An archive may go on behind the member that was read; a workbook is read elsewhere.
        io::copy(&mut intake, &mut io::sink()).map_err(|e| Problem::io("read", &self.path, &e))?;
        let hashed = Some(intake.finish(self.vault.as_ref())?);
        Ok(Poured { writer, hashed, repaired })
    }

    fn text(
        &self,
        form: &Form,
        intake: &mut Intake,
        writer: &mut Writer,
        chunks: &Sender<Chunk>,
    ) -> Result<(bool, Repaired)> {
        let mut reader = form.read(intake)?;
        loop {
            let sent = match next_of_text(&mut reader, writer)? {
                Next::Chunk(chunk) => chunks.blocking_send(chunk).is_ok(),
                Next::Row => continue,
                Next::End => return Ok((true, reader.repaired())),
            };
            self.reporter.progress(&self.stage, reader.position(), writer.read);
            if !sent {
                return Ok((false, reader.repaired()));
            }
        }
    }

    fn records(
        &self,
        records: &Records,
        size: u64,
        writer: &mut Writer,
        chunks: &Sender<Chunk>,
    ) -> Result<bool> {
        let mut reader = records.open()?;
        loop {
            let sent = match next_record(reader.as_mut(), writer)? {
                Next::Chunk(chunk) => chunks.blocking_send(chunk).is_ok(),
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
        Source::Text(form) => {
            let mut reader = form.read(csv::open(path)?)?;
            while let Some(row) = reader.next_row()? {
                if wanted(row.line as i64) {
                    found.push((row.line as i64, Some(row.byte as i64), row.raw()));
                }
            }
        }
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
