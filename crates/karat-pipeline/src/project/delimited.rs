//! What a dataset file says of how its delimited files are written. All of it can be left out:
//! what is not declared is found in the files.

use karat_connect::csv::{Header, Repair, Settings};
use karat_connect::encoding::Encoding;
use karat_connect::packed::Limits;

use super::section::{Section, one_of};

/// Reads the keys of delimited files.
pub fn read(section: &Section<'_>) -> Settings {
    Settings {
        delimiter: delimiter(section),
        quote: quote(section),
        header: header(section),
        number_duplicates: section.choice("header_duplicates", &DUPLICATES).unwrap_or(false),
        encoding: encoding(section),
        member: section.text("member"),
        limits: limits(section),
        repair: repair(section),
    }
}

/// Whether `columns` is a list of names, for files without a header, and no table.
pub fn names_columns(section: &Section<'_>) -> bool {
    section.has("columns") && !section.is_table("columns")
}

const DUPLICATES: [(&str, bool); 2] = [("refuse", false), ("number", true)];

const REPAIRS: [&str; 2] = ["control", "mojibake"];

fn delimiter(section: &Section<'_>) -> Option<u8> {
    let text = section.text("delimiter")?;
    match text.as_bytes() {
        [byte] if !matches!(byte, b'\n' | b'\r' | b'"') => Some(*byte),
        _ => {
            let hint = "write it as delimiter = \";\", or \"\\t\" for a tab";
            section.wrong("delimiter", "delimiter must be one sign", hint);
            None
        }
    }
}

fn quote(section: &Section<'_>) -> Option<Option<u8>> {
    let quotes = [("\"", Some(b'"')), ("'", Some(b'\'')), ("none", None)];
    section.choice("quote", &quotes)
}

fn encoding(section: &Section<'_>) -> Option<Encoding> {
    let name = section.text("encoding")?;
    let found = Encoding::named(&name);
    if found.is_none() {
        let hint = "common ones are utf-8, windows-1252, iso-8859-15, utf-16le, shift_jis, gbk";
        section.wrong("encoding", format!("there is no encoding {name:?}"), hint);
    }
    found
}

fn header(section: &Section<'_>) -> Header {
    let there = section.is_truth("header");
    let names = names_columns(section).then(|| section.texts("columns")).flatten();
    if names.is_some() && there != Some(false) {
        let hint = "say that there is none: header = false; or declare columns as tables: \
                    [columns.NAME]";
        section.wrong("columns", "a list of columns is for files without a header", hint);
    }
    match there {
        Some(false) => return Header::None(names.unwrap_or_default()),
        Some(true) => return Header::First,
        None => {}
    }
    match section.number("header", 1..LAST_LINE) {
        Some(line) => Header::Line(line as u64),
        None => Header::First,
    }
}

/// A header further down than this is none.
const LAST_LINE: i64 = 1001;

fn limits(section: &Section<'_>) -> Limits {
    let standard = Limits::default();
    let times = section.number("expand_times", 1..i64::MAX).map(|n| n as u64);
    let bytes = section.number("expand_bytes", 1..i64::MAX).map(|n| n as u64);
    Limits { times: times.unwrap_or(standard.times), bytes: bytes.unwrap_or(standard.bytes) }
}

fn repair(section: &Section<'_>) -> Repair {
    let names = section.texts("repair").unwrap_or_default();
    for name in names.iter().filter(|name| !REPAIRS.contains(&name.as_str())) {
        section.wrong("repair", format!("there is no repair {name:?}"), &one_of(name, &REPAIRS));
    }
    let asked = |name: &str| names.iter().any(|asked| asked == name);
    Repair { control: asked(REPAIRS[0]), mojibake: asked(REPAIRS[1]) }
}
