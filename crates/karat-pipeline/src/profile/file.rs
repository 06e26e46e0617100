//! Profiles a delimited file: one thread reads while the others count.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use karat_connect::csv::{self, Form, Settings};
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
    let form = Form::find(path, &name, &Settings::default())?;
    let mut gather = Gather::new(form.headers().to_vec());
    let (sender, receiver) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| read(&form, csv::open(path)?, sender));
        receiver.iter().for_each(|batch| gather.add(&batch));
        let stopped = |_| Problem::new(Kind::Internal, "reading the file stopped by itself");
        reading.join().map_err(stopped)?
    })?;
    Ok(gather.profile(&name, "line"))
}

/// Sends all rows in batches.
fn read(form: &Form, file: File, sender: SyncSender<Batch>) -> Result<()> {
    let mut reader = form.read(file)?;
    let columns = form.headers().len();
    let mut batch = Batch::new(columns);
    while let Some(row) = reader.next_row()? {
        batch.add(row.line, |at| row.field(at).unwrap_or(Some(UNREADABLE)));
        if batch.is_full() {
            let full = std::mem::replace(&mut batch, Batch::new(columns));
            if sender.send(full).is_err() {
                return Ok(());
            }
        }
    }
    // Whoever counts is gone only when it failed, which is told there.
    drop(sender.send(batch));
    Ok(())
}
