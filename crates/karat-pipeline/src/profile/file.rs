//! Profiles a file: one thread reads while the others count.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use karat_connect::csv::{self, Form};
use karat_connect::source::{Records, Settings, Source};
use karat_record::{Kind, Problem, Result};

use super::Profile;
use super::batch::Batch;
use super::gather::Gather;

/// Batches that may wait for those who count.
const WAITING: usize = 4;

/// What stands for the text of a field that is no UTF-8.
const UNREADABLE: &str = "\u{fffd}";

/// Reads the file to its end. Rows are called by their lines.
///
/// # Errors
/// As reading it: no such file, no header, two columns of one name.
pub fn file(path: &Path) -> Result<Profile> {
    let name = path.display().to_string();
    let source = Source::find(path, &name, &Settings::default())?;
    let columns = source.headers().len();
    let mut gather = Gather::new(source.headers().to_vec());
    let (sender, receiver) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        let batches = Batches { batch: Batch::new(columns), columns, sender };
        let reading = scope.spawn(|| match &source {
            Source::Text(form) => text(form, csv::open(path)?, batches),
            Source::Records(file) => records(file, batches),
        });
        receiver.iter().for_each(|batch| gather.add(&batch));
        let stopped = |_| Problem::new(Kind::Internal, "reading the file stopped by itself");
        reading.join().map_err(stopped)?
    })?;
    Ok(gather.profile(&name, "line"))
}

/// Rows on their way to those who count.
struct Batches {
    batch: Batch,
    columns: usize,
    sender: SyncSender<Batch>,
}

impl Batches {
    /// Adds a row; whether anybody counts on.
    fn add<'t>(&mut self, row: u64, text: impl Fn(usize) -> Option<&'t str>) -> bool {
        self.batch.add(row, text);
        if !self.batch.is_full() {
            return true;
        }
        let full = std::mem::replace(&mut self.batch, Batch::new(self.columns));
        self.sender.send(full).is_ok()
    }

    fn end(self) {
        // Whoever counts is gone only when it failed, which is told there.
        drop(self.sender.send(self.batch));
    }
}

fn text(form: &Form, file: File, mut batches: Batches) -> Result<()> {
    let mut reader = form.read(file)?;
    while let Some(row) = reader.next_row()? {
        if !batches.add(row.line, |at| row.field(at).unwrap_or(Some(UNREADABLE))) {
            return Ok(());
        }
    }
    batches.end();
    Ok(())
}

fn records(file: &Records, mut batches: Batches) -> Result<()> {
    let mut reader = file.open()?;
    while let Some(row) = reader.next_row()? {
        if !batches.add(row.line, |at| row.field(at)) {
            return Ok(());
        }
    }
    batches.end();
    Ok(())
}
