//! XLS workbooks.

use karat_connect::sheet::Sheets;

use crate::compound::{Workbook, cell, compound, narrow, record, texts, wide};
use crate::{Settings, check};

fn chosen(sheets: Sheets) -> Settings {
    let mut settings = Settings::default();
    settings.sheet.sheets = sheets;
    settings
}

/// Texts that cells share.
fn shared(all: &[&str]) -> Vec<u8> {
    let mut data = [all.len() as u32, all.len() as u32].map(u32::to_le_bytes).concat();
    for text in all {
        data.extend((text.encode_utf16().count() as u16).to_le_bytes());
        data.extend(if text.is_ascii() { narrow(text) } else { wide(text) });
    }
    record(0xfc, &[&data])
}

/// Styles, each of a format.
fn styles(formats: &[u16]) -> Vec<u8> {
    formats.iter().flat_map(|id| record(0xe0, &[&[0; 2], &id.to_le_bytes(), &[0; 16]])).collect()
}

fn double(number: f64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

fn formula(place: (u16, u16), style: u16, kept: [u8; 8]) -> Vec<u8> {
    cell(0x06, place, style, &[&kept[..], &[0; 14]].concat())
}

#[test]
fn every_kind_of_cell() {
    let code = "yyyy\\-mm\\-dd hh:mm";
    let length = (code.len() as u16).to_le_bytes();
    let format = record(0x41e, &[&164_u16.to_le_bytes(), &length, &narrow(code)]);
    let globals = [format, styles(&[0, 14, 164, 46]), shared(&["id", "value", "Zoë 😀", "a\nb"])];
    let small = |number: i32| ((number << 2) as u32 | 2).to_le_bytes();
    let hundredths = ((1234_u32 << 2) | 3).to_le_bytes();
    let half = ((0.5_f64.to_bits() >> 32) as u32).to_le_bytes();
    let numbers = [&[0, 0][..], &small(7), &[0, 0], &small(-8), &[1, 0]].concat();
    let rows = [
        texts(0, 0, 2),
        texts(1, 2, 2),
        cell(0x203, (2, 0), 0, &double(0.1)),
        cell(0x203, (2, 1), 1, &double(45_351.0)),
        cell(0x203, (3, 0), 2, &double(45_351.5)),
        cell(0x203, (3, 1), 3, &double(1.5)),
        cell(0x27e, (4, 0), 0, &hundredths),
        cell(0x27e, (4, 1), 0, &half),
        record(0xbd, &[&[5, 0, 0, 0], &numbers]),
        cell(0x205, (6, 0), 0, &[1, 0]),
        cell(0x205, (6, 1), 0, &[0x2a, 1]),
        formula((7, 0), 0, 2.5_f64.to_le_bytes()),
        formula((7, 1), 0, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        record(0x207, &[&3_u16.to_le_bytes(), &wide("é→x")]),
        formula((8, 0), 0, [1, 0, 0, 0, 0, 0, 0xff, 0xff]),
        formula((8, 1), 0, [3, 0, 0, 0, 0, 0, 0xff, 0xff]),
        cell(0x204, (9, 0), 0, &[&2_u16.to_le_bytes()[..], &narrow("in")].concat()),
        cell(0x201, (9, 1), 0, &[]),
        cell(0x203, (10, 0), 1, &double(-1.0)),
        cell(0xfd, (11, 0), 0, &9_u32.to_le_bytes()),
        formula((12, 0), 0, [2, 0, 0x07, 0, 0, 0, 0xff, 0xff]),
    ];
    check!(Workbook::of(globals.concat(), rows.concat()).bytes());
    let late = [record(0x22, &[&[1, 0]]), globals.concat()].concat();
    check!(Workbook::of(late, [rows[0].clone(), rows[3].clone()].concat()).bytes());
}

#[test]
fn texts_go_on_in_the_next_record() {
    // The second text is torn behind its third character, and goes on in two bytes each.
    let mut data = [3_u32, 3].map(u32::to_le_bytes).concat();
    data.extend([2, 0]);
    data.extend(narrow("id"));
    data.extend([6, 0]);
    data.extend(narrow("abc"));
    let mut next = wide("déf");
    // A rich text with two runs of four bytes, and what tells how it is pronounced.
    next.extend([2, 0, 0x0c, 2, 0, 3, 0, 0, 0]);
    next.extend(b"ri");
    next.extend([9; 5]);
    let rest = [9; 6];
    let globals = [record(0xfc, &[&data]), record(0x3c, &[&next]), record(0x3c, &[&rest])];
    check!(
        Workbook::of(globals.concat(), [texts(0, 0, 1), texts(1, 1, 1), texts(2, 2, 1)].concat())
            .bytes()
    );
    // A count that is too large is not believed; a text that ends early is.
    let globals = record(0xfc, &[&[0xff; 8], &[2, 0], &narrow("id")]);
    check!(Workbook::of(globals, texts(0, 0, 1)).bytes());
    let globals = record(0xfc, &[&[1; 8], &[9, 0], &narrow("id")]);
    check!(Workbook::of(globals, texts(0, 0, 1)).bytes());
}

fn several() -> Workbook {
    let globals = shared(&["id", "name", "Ann", "Bob"]);
    let rows = |first| [texts(0, 0, 2), texts(1, first, 1)].concat();
    let mut book = Workbook::of(globals, rows(2));
    // A chart within a sheet, and one in the place of a sheet.
    let chart = [record(0x809, &[&[0; 16]]), texts(9, 0, 2), record(0x0a, &[])].concat();
    book.sheets.push(("South", 0, 0, [chart, rows(3)].concat()));
    book.sheets.push(("Old", 1, 0, rows(2)));
    book.sheets.push(("Chart", 0, 2, Vec::new()));
    book
}

#[test]
fn several_sheets() {
    check!(several().bytes());
    check!(several().bytes(), chosen(Sheets::All));
    check!(several().bytes(), chosen(Sheets::Name("Old".to_owned())));
}

#[test]
fn a_title_over_two_columns() {
    let merged = record(0xe5, &[&[1, 0], &[0, 0, 0, 0, 0, 0, 1, 0]]);
    let globals = shared(&["group", "a", "b", "1", "2"]);
    let rows = [texts(0, 0, 1), texts(1, 1, 2), texts(2, 3, 2), merged];
    check!(Workbook::of(globals, rows.concat()).bytes());
}

#[test]
fn workbooks_that_are_refused() {
    let globals = shared(&["id", "1"]);
    let book = || Workbook::of(globals.clone(), [texts(0, 0, 1), texts(1, 1, 1)].concat());
    let mut protected = book();
    protected.globals = record(0x2f, &[&[0; 6]]);
    check!(protected.bytes());
    check!(Workbook { version: 0x500, ..book() }.bytes());
    check!(compound("Book", &book().stream()));
    check!(compound("WordDocument", b"text"));
    check!(Workbook::of(globals.clone(), [texts(1, 0, 1), texts(0, 1, 1)].concat()).bytes());
    check!(book().bytes()[..1_000]);
    let mut circle = book().bytes();
    // The second sector of the stream is followed by the first.
    circle[512 + 4 * 3..512 + 4 * 4].copy_from_slice(&2_u32.to_le_bytes());
    check!(circle);
    // A cell far beyond the last column that there is.
    let far = [texts(0, 0, 1), cell(0xfd, (0, 11_264), 0, &[0; 4])].concat();
    check!(Workbook::of(globals, far).bytes());
}
