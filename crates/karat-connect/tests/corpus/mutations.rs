//! Small valid files with bytes changed, taken out and put in: whatever comes, nothing panics.

use crate::compound;
use crate::zipped::{Workbook, ods, texts};
use crate::{Settings, describe_at};

/// A generator of numbers that are the same in every run. Source: S. Vigna, splitmix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    const PARTS: [&[u8]; 8] = [b"<", b"</row>", b"\"", b"999999999", b"{", b"]", b"\xff", b"&#0;"];
    for _ in 0..=numbers.next(4) {
        let at = numbers.next(bytes.len());
        match numbers.next(4) {
            0 => bytes[at] = numbers.next(256) as u8,
            1 => bytes[at] ^= 1 << numbers.next(8),
            2 => drop(bytes.drain(at..(at + 1 + numbers.next(8)).min(bytes.len()))),
            _ => drop(bytes.splice(at..at, PARTS[numbers.next(PARTS.len())].iter().copied())),
        }
        if bytes.is_empty() {
            bytes.push(b' ');
        }
    }
}

/// Reads as many mutations of `text`, made a file by `pack`; counts those that have headers.
fn survive(number: u64, seed: u64, text: &[u8], pack: impl Fn(Vec<u8>) -> Vec<u8>) -> usize {
    let mut numbers = Numbers(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    let mut read = 0;
    for _ in 0..number {
        let mut mutation = text.to_vec();
        mutate(&mut mutation, &mut numbers);
        let described = describe_at(&path, &pack(mutation), Settings::default());
        read += usize::from(described.starts_with("headers"));
    }
    read
}

const ROWS: &str = "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>45351.5</v></c><c r=\"B2\" t=\"s\"><v>0</v></c>\
    <c r=\"C2\" t=\"b\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><f>1</f></c></row>";

#[test]
fn zip_files_with_changed_bytes() {
    let mut book = Workbook::of(&format!("{}{ROWS}", texts(1, &["a", "b", "c"])));
    book.formats = vec!["yyyy-mm-dd"];
    book.texts = "<si><t>x</t></si>".to_owned();
    let read = survive(3_000, 1, &book.bytes(), |bytes| bytes);
    assert!(read > 0 && read < 3_000, "{read}");
}

/// What a checksum would keep from the parser.
#[test]
fn sheets_with_changed_bytes() {
    let sheet = format!(
        "<dimension ref=\"A1:C3\"/><sheetData>{}{ROWS}</sheetData><mergeCells><mergeCell \
         ref=\"A1:B1\"/></mergeCells>",
        texts(1, &["a", "b", "c"])
    );
    let read = survive(5_000, 2, sheet.as_bytes(), |changed| {
        let mut book = Workbook::of("");
        book.formats = vec!["yyyy-mm-dd"];
        book.texts = "<si><t>x</t></si>".to_owned();
        book.sheets = vec![("Data", "", String::from_utf8_lossy(&changed).into_owned())];
        book.bytes()
    });
    assert!(read > 500 && read < 5_000, "{read}");
}

#[test]
fn old_workbooks_with_changed_bytes() {
    let shared =
        compound::record(0xfc, &[&[3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, b'a', 2, 0, 1, b'b', 0, 1, 2]]);
    let rows = [compound::texts(0, 0, 2), compound::cell(0x203, (1, 0), 0, &[0; 8])].concat();
    let stream = compound::Workbook::of(shared, rows).stream();
    let read = survive(2_000, 6, &stream, |changed| compound::compound("Workbook", &changed));
    assert!(read > 200 && read < 2_000, "{read}");
    let whole = compound::compound("Workbook", &stream);
    let read = survive(1_000, 7, &whole, |changed| changed);
    assert!(read > 100 && read < 1_000, "{read}");
}

#[test]
fn ods_with_changed_bytes() {
    let table = "<table:table table:name=\"Data\"><table:table-row><table:table-cell \
        office:value-type=\"string\"><text:p>a</text:p></table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
        office:value-type=\"float\" office:value=\"1.5\"/></table:table-row></table:table>";
    let read =
        survive(4_000, 3, table.as_bytes(), |changed| ods("", &String::from_utf8_lossy(&changed)));
    assert!(read > 400 && read < 4_000, "{read}");
}

#[test]
fn json_with_changed_bytes() {
    let document =
        br#"{"x": {"y": [1]}, "items": [{"id": 1, "b": {"c": "d\u00e9"}}, {"id": 2.5e3}]}"#;
    let lines = b"{\"id\": 1, \"b\": {\"c\": \"d\"}}\n\n{\"id\": 2, \"e\": [true, null]}\n";
    for (seed, bytes) in [(4, &document[..]), (5, lines)] {
        let read = survive(4_000, seed, bytes, |bytes| bytes);
        assert!(read > 400 && read <= 4_000, "{read}");
    }
}
