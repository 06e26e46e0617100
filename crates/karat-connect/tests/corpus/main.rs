//! Files of every kind and of every nastiness, and what is read of each.

#[expect(clippy::unwrap_used, reason = "helpers of tests are tests")]
#[path = "../delimited/archive.rs"]
mod archive;
mod compound;
mod json;
mod mutations;
mod ods;
mod xls;
mod xlsx;
mod zipped;

use std::fmt::Write;
use std::path::Path;

use karat_connect::kind::FileKind;
use karat_connect::rows::RowReader;
use karat_connect::sheet::Format;
use karat_connect::{json as json_reader, sheet};
use karat_record::Result;

/// How a file is to be read.
#[derive(Default)]
pub struct Settings {
    pub sheet: sheet::Settings,
    pub json: json_reader::Settings,
}

/// Opens a file as what it is.
fn open(path: &Path, settings: Settings) -> Result<Box<dyn RowReader>> {
    let (kind, _) = FileKind::of(path)?;
    Ok(match kind {
        FileKind::Xlsx => Box::new(sheet::Reader::open(path, Format::Xlsx, settings.sheet)?),
        FileKind::Xls => Box::new(sheet::Reader::open(path, Format::Xls, settings.sheet)?),
        FileKind::Ods => Box::new(sheet::Reader::open(path, Format::Ods, settings.sheet)?),
        _ => {
            let name = path.display().to_string();
            Box::new(json_reader::Form::find(path, &name, settings.json)?.read()?)
        }
    })
}

/// What is read of a file, for people.
pub fn describe(bytes: &[u8], settings: Settings) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    describe_at(&path, bytes, settings).replace(&format!("{}/", folder.path().display()), "")
}

/// As `describe`, with the file at a path.
pub fn describe_at(path: &Path, bytes: &[u8], settings: Settings) -> String {
    // A file that is written anew may have to reach the disk; a new one need not.
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).expect("room for a file");
    let mut text = String::new();
    if let Err(problem) = read(path, settings, &mut text) {
        let _ = writeln!(text, "refused: {problem}");
    }
    text
}

fn read(path: &Path, settings: Settings, text: &mut String) -> Result<()> {
    let mut reader = open(path, settings)?;
    let headers = reader.headers().to_vec();
    let _ = writeln!(text, "headers: {}", headers.join(" | "));
    for note in reader.notes() {
        let _ = writeln!(text, "note: {note}");
    }
    while let Some(row) = reader.next_row()? {
        let sheet = row.sheet.map(|sheet| format!("{sheet}:")).unwrap_or_default();
        let _ = write!(text, "{sheet}{}: ", row.line);
        if let Some(finding) = row.finding {
            let _ =
                writeln!(text, "[{}] {} <- {}", finding.rule, finding.message, short(&row.raw()));
            continue;
        }
        let fields = (0..headers.len()).map(|at| row.field(at).map_or("-".to_owned(), short));
        let _ = writeln!(text, "{}", fields.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}

fn short(text: &str) -> String {
    const SHOWN: usize = 80;
    let shown: String = text.chars().take(SHOWN).collect();
    let rest = text.chars().count().saturating_sub(SHOWN);
    let shown = shown.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'");
    if rest == 0 { shown } else { format!("{shown}... and {rest} more") }
}

/// Compares what is read of a file with its snapshot.
#[macro_export]
macro_rules! check {
    ($bytes:expr) => {
        $crate::check!($bytes, $crate::Settings::default())
    };
    ($bytes:expr, $settings:expr) => {
        insta::assert_snapshot!($crate::describe(&$bytes, $settings))
    };
}
