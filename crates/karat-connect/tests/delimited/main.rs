//! Delimited files as they come, made here: for each a snapshot of what is read of it, or of why
//! it is refused, within bounded memory and time.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod archive;
mod files;
mod memory;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use karat_connect::csv::{Form, Row, Settings, open};
use karat_record::Result;

#[global_allocator]
static MEMORY: memory::Counting = memory::Counting;

/// What no file may need more of.
const MOST_MEMORY: usize = 256 * 1024 * 1024;

/// A second is what a file takes at most; without optimisation and beside others it is more.
const MOST_TIME: Duration = Duration::from_secs(10);

/// Rows that are shown from either end.
const SHOWN: usize = 3;

#[test]
fn every_file_is_read_or_refused_as_it_should_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut names = BTreeSet::new();
    for file in files::ALL {
        assert!(names.insert(file.name), "{} is there twice", file.name);
        let mut settings = Settings::default();
        (file.settings)(&mut settings);
        let path = folder.path().join("file");
        std::fs::write(&path, (file.bytes)()).unwrap();
        let (since, before) = (Instant::now(), memory::restart());
        let shown = read(&path, &settings);
        let (took, most) = (since.elapsed(), memory::most() - before);
        assert!(most < MOST_MEMORY, "{} takes {most} bytes", file.name);
        assert!(took < MOST_TIME, "{} takes {took:?}", file.name);
        insta::with_settings!({ description => file.about, omit_expression => true }, {
            insta::assert_snapshot!(file.name, shown);
        });
    }
}

/// What a file comes to, or the problem.
fn read(path: &Path, settings: &Settings) -> String {
    let mut shown = String::new();
    if let Err(problem) = read_into(&mut shown, path, settings) {
        let _ = writeln!(shown, "{problem}");
    }
    shown
}

fn read_into(shown: &mut String, path: &Path, settings: &Settings) -> Result<()> {
    let form = Form::find(path, "file", settings)?;
    let headers: Vec<String> = form.headers().iter().map(|name| short(name)).collect();
    let line = form.header_line().map_or("no line".to_owned(), |line| format!("line {line}"));
    let _ = writeln!(shown, "header on {line}: {}", list(&headers));
    for note in form.notes() {
        let _ = writeln!(shown, "note: {note}");
    }
    let mut reader = form.read(open(path)?)?;
    let (mut rows, mut first, mut last) = (0, Vec::new(), Vec::new());
    while let Some(row) = reader.next_row()? {
        rows += 1;
        if first.len() < SHOWN {
            first.push(row_of(&row));
        } else {
            last.push(row_of(&row));
            let many = last.len().saturating_sub(SHOWN);
            last.drain(..many);
        }
    }
    for note in reader.take_repaired().notes() {
        let _ = writeln!(shown, "note: {note}");
    }
    let _ = writeln!(shown, "{rows} rows");
    first.iter().for_each(|row| shown.push_str(row));
    if rows > 2 * SHOWN {
        shown.push_str("...\n");
    }
    last.iter().for_each(|row| shown.push_str(row));
    Ok(())
}

fn row_of(row: &Row<'_>) -> String {
    let place = format!("line {}, byte {}", row.line, row.byte);
    if let Some(finding) = &row.finding {
        let raw = short(&row.raw());
        return format!("{place}: {}: {} <{raw}>\n", finding.rule, finding.message);
    }
    let fields: Vec<String> = (0..row.width())
        .map(|at| match row.field(at) {
            Ok(text) => short(text.unwrap_or("(none)")),
            Err(_) => "(not UTF-8)".to_owned(),
        })
        .collect();
    format!("{place}: {}\n", list(&fields))
}

/// A text with its signs visible, and in the middle left out where it is long.
fn short(text: &str) -> String {
    let long = text.len() > 60;
    let begin: String = text.chars().take(if long { 20 } else { 60 }).collect();
    let begin = begin.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"");
    if long { format!("{begin}... ({} bytes)", text.len()) } else { begin }
}

fn list(texts: &[String]) -> String {
    match texts {
        [first, second, .., last] if texts.len() > 12 => {
            format!("{first} | {second} | ... | {last} ({} of them)", texts.len())
        }
        texts => texts.join(" | "),
    }
}
