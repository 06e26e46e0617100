//! All rows of a file, with everything that a load asks of a row.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Seek, SeekFrom};
use std::path::Path;

use karat_connect::csv::{self, Form, Mark, Reader};
use karat_connect::raw::RawForm;
use karat_connect::source::{Records, Settings, Source};
use karat_record::Result;

/// Rows that are looked at once more behind a mark.
const MARKED: usize = 100;

pub fn rows(path: &Path, settings: &Settings) -> Result<()> {
    let source = Source::find(path, "input", settings)?;
    let raw = source.raw_form();
    assert_eq!(RawForm::from_json(&raw.to_json()).as_ref(), Some(&raw), "a form is kept as JSON");
    match &source {
        Source::Text(form) => text(form, path, &raw),
        Source::Records(file) => records(file, &raw),
    }
}

fn text(form: &Form, path: &Path, raw: &RawForm) -> Result<()> {
    let mut reader = form.read(csv::open(path)?)?;
    let mut marks = Vec::new();
    let mut seen = Vec::new();
    while let Some(row) = next(&mut reader, raw)? {
        if seen.len() < MARKED {
            marks.push(reader.mark());
            seen.push(row);
        }
    }
    if form.is_plain() && !marks.is_empty() {
        let at = marks.len() / 2;
        let behind = behind(form, path, raw, marks[at], seen.len() - at - 1)?;
        assert!(behind == seen[at + 1..], "rows behind a mark are not what they are in a whole");
    }
    drop(reader.take_repaired().notes());
    Ok(())
}

fn behind(form: &Form, path: &Path, raw: &RawForm, mark: Mark, most: usize) -> Result<Vec<u64>> {
    let mut file = csv::open(path)?;
    file.seek(SeekFrom::Start(mark.byte)).expect("a file can be read from anywhere");
    let mut reader = form.read_behind(mark, file);
    let mut seen = Vec::new();
    while seen.len() < most
        && let Some(row) = next(&mut reader, raw)?
    {
        seen.push(row);
    }
    Ok(seen)
}

/// The next row of delimited text as a number that stands for all of it.
fn next(reader: &mut Reader<'_>, form: &RawForm) -> Result<Option<u64>> {
    let Some(row) = reader.next_row()? else { return Ok(None) };
    let mut all = DefaultHasher::new();
    (row.line, row.byte, row.width()).hash(&mut all);
    for at in 0..row.width() {
        row.field(at).ok().hash(&mut all);
    }
    let raw = row.raw();
    raw.hash(&mut all);
    if let Some(finding) = &row.finding {
        (finding.rule, &finding.message).hash(&mut all);
        drop(form.cut(&raw));
    }
    Ok(Some(all.finish()))
}

fn records(file: &Records, form: &RawForm) -> Result<()> {
    let mut reader = file.open()?;
    let width = reader.headers().len();
    let mut texts = 0;
    while let Some(row) = reader.next_row()? {
        texts += (0..width).filter_map(|at| row.field(at)).map(str::len).sum::<usize>();
        if row.finding.is_some() {
            drop(form.cut(&row.raw()));
        }
    }
    std::hint::black_box(texts);
    assert!(reader.progress().is_none_or(|part| (0.0..=1.0).contains(&part)), "progress is a part");
    Ok(())
}
