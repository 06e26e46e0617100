//! Workbooks as fuzz inputs: whole files, or their parts, which are then put together, so that
//! neither packing nor checksums keep changes from what reads the parts.

use karat_connect::csv::Header;
use karat_connect::sheet::Sheets;
use karat_connect::source::Settings;

use crate::archive::zip;
use crate::compound::compound;
use crate::{declared, read};

/// Between the parts of a workbook; no XML has this byte.
pub const NEXT: u8 = 0xff;

/// Reads an input as a workbook of that name; `whole` puts one together.
pub fn read_book(name: &str, input: &[u8], whole: fn(&[u8]) -> Vec<u8>) {
    let ([how], rest) = declared(input);
    let mut settings = Settings::default();
    settings.sheets = match how >> 1 & 3 {
        0 => Sheets::Only,
        1 => Sheets::All,
        2 => Sheets::Number(1),
        _ => Sheets::Name("Data".to_owned()),
    };
    if how & 8 != 0 {
        settings.text.header = Header::Line(2);
    }
    if how & 1 == 0 {
        read(name, rest, &settings);
    } else {
        read(name, &whole(rest), &settings);
    }
}

/// An old workbook whose stream is the input.
pub fn stored(input: &[u8]) -> Vec<u8> {
    compound("Workbook", &input[..input.len().min(32 * 1024)])
}

/// Each part is a name, the end of a line, and bytes.
pub fn zipped(input: &[u8]) -> Vec<u8> {
    let parts: Vec<(String, &[u8])> = input
        .split(|byte| *byte == NEXT)
        .map(|part| {
            let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
            let (name, bytes) = part.split_at(end);
            (String::from_utf8_lossy(name).into_owned(), bytes.get(1..).unwrap_or_default())
        })
        .collect();
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, part)| (name.as_str(), *part)).collect();
    zip(0, &parts)
}
