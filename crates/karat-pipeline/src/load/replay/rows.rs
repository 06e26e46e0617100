//! The rows of a mended export on their way into the table.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use karat_connect::raw::RawForm;
use karat_record::{Finding, Kind, Problem, Reporter, Result, Stage};
use karat_store::rejects::Found;
use tokio::sync::mpsc::Sender;

use super::mended::Mended;
use crate::load::arrival::Rows;
use crate::load::maker::Raw;
use crate::load::part::Part;
use crate::load::writer::{Standing, Writer};

/// The rows that mend open rejects; the others are passed over.
pub struct MendedRows(pub Arc<Rejected>);

pub struct Rejected {
    pub mended: Mended,
    /// The rejects that rows mend, by their line in the file.
    pub open: HashMap<i64, Found>,
    /// How raw rows of loads are written.
    pub forms: BTreeMap<i64, RawForm>,
    pub reporter: Arc<dyn Reporter>,
    pub stage: Stage,
}

/// The signs that stand in raw rows for bytes that are no text.
const SIGNS: [char; 2] = ['\u{fffd}', '\u{2400}'];

/// What stands in a cell whose formula has no value.
const ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

struct Cells {
    fields: Vec<Option<String>>,
    /// The row was rejected for a cell with an error.
    had_error: bool,
}

impl Raw for Cells {
    fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
        let text = self.fields.get(input).and_then(Option::as_deref);
        let is_left =
            |text: &str| text.contains(SIGNS) || self.had_error && ERRORS.contains(&text.trim());
        if text.is_some_and(is_left) {
            let message = "still has a sign in place of what was no text; write what belongs there";
            return Err(Finding::new("replay.sign", message));
        }
        Ok(text)
    }
}

impl Rejected {
    fn pour(&self, mut writer: Writer, parts: &Sender<Part>) -> Result<Writer> {
        self.reporter.started(&self.stage, None);
        let mut wanted = true;
        self.mended.each(&mut |texts| {
            let row = texts.line as i64;
            let Some(found) = self.open.get(&row).filter(|_| wanted) else { return Ok(()) };
            let mut fields = texts.fields;
            let raw = self.mended.raw(&fields);
            let had_error = found.rule.starts_with("cell.");
            let standing = Standing { row, byte: None, raw: || raw };
            match self.cut(&mut fields, found) {
                Err(finding) => writer.refuse(None::<&Cells>, finding, standing)?,
                Ok(()) => {
                    let chunk = writer.row(&Cells { fields, had_error }, standing)?;
                    wanted =
                        chunk.is_none_or(|chunk| parts.blocking_send(Part::Chunk(chunk)).is_ok());
                }
            }
            Ok(())
        })?;
        if wanted && writer.read != self.open.len() as u64 {
            return Err(Problem::new(Kind::Input, "the file changed while it was read"));
        }
        if let Some(chunk) = writer.finish() {
            // When nobody takes chunks any more, the copy's own problem says why.
            drop(parts.blocking_send(Part::Chunk(chunk)));
        }
        Ok(writer)
    }

    /// Cuts a row that was exported uncut, where its text may have been mended.
    fn cut(&self, fields: &mut [Option<String>], found: &Found) -> Result<(), Finding> {
        let Some(raw) = self.mended.uncut(fields) else { return Ok(()) };
        let Some(form) = self.forms.get(&found.written_in()) else {
            let message = "is of a load that kept no header; fill its columns in";
            return Err(Finding::new("header", message));
        };
        let cut = form.cut(raw)?;
        self.mended.fill(fields, form.headers(), cut);
        Ok(())
    }
}

impl Rows for MendedRows {
    async fn pour(&mut self, writer: Writer, parts: Sender<Part>) -> Result<Writer> {
        let rejected = self.0.clone();
        let work = tokio::task::spawn_blocking(move || rejected.pour(writer, &parts)).await;
        work.map_err(|e| Problem::new(Kind::Internal, format!("reading ended: {e}")))?
    }

    async fn raws(&mut self, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
        let mut found = Vec::new();
        self.0.mended.each(&mut |texts| {
            if rows.binary_search(&(texts.line as i64)).is_ok() {
                found.push((texts.line as i64, None, self.0.mended.raw(&texts.fields)));
            }
            Ok(())
        })?;
        Ok(found)
    }
}
