//! Seeds of the targets of workbooks: each as a file, and as the parts of one.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::zipped::{self, Workbook, texts};
use crate::book::NEXT;
use crate::compound::{self, cell, narrow, record, texts as texts_of, wide};

const ROWS: &str = "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>45351.5</v></c><c r=\"B2\" t=\"s\"><v>0</v></c>\
    <c r=\"C2\" t=\"b\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><f>1</f></c><c r=\"B3\" t=\"e\">\
    <v>#N/A</v></c></row><row><c><v>1e-7</v></c><c t=\"str\"><v>a_x000D_b &amp; &#10;</v></c></row>";

pub fn xlsx() -> Vec<Vec<u8>> {
    let head = texts(1, &["a", "b", "c"]);
    let plain = Workbook::of(&format!("{head}{ROWS}"));
    let mut styled = Workbook::of(&format!("{head}{ROWS}"));
    styled.formats = vec!["yyyy-mm-dd hh:mm", "[h]:mm", "0.00"];
    styled.texts = "<si><t>x</t></si><si><r><t>y</t></r><rPh><t>z</t></rPh></si>".to_owned();
    styled.properties = "date1904=\"1\"";
    let mut several = Workbook::of(&format!("{head}{ROWS}"));
    several.sheets.push(("Hidden", "state=\"hidden\"", format!("<sheetData>{head}</sheetData>")));
    several.sheets.push(("Empty", "", "<sheetData/>".to_owned()));
    let mut merged = Workbook::of("");
    merged.sheets[0].2 = format!(
        "<dimension ref=\"A1:C3\"/><sheetData>{}{}{}</sheetData><mergeCells><mergeCell \
         ref=\"A1:B1\"/></mergeCells>",
        texts(1, &["group"]),
        texts(2, &["a", "b", "c"]),
        texts(3, &["1", "2", "3"]),
    );
    both(&[plain, styled, several, merged].map(|book| book.bytes()))
}

pub fn xls() -> Vec<Vec<u8>> {
    let shared =
        [[4, 0, 0, 0].repeat(2), [&[1, 0][..], &narrow("a"), &[1, 0], &wide("b")].concat()];
    let rich = [2, 0, 12, 1, 0, 1, 0, 0, 0, b'c', b'd', 9, 9, 9, 9, 9, 2, 0, 0, b'e'];
    let globals = [
        record(0x22, &[&[1, 0]]),
        record(0x41e, &[&[164, 0], &[4, 0], &narrow("yyyy")]),
        record(0xe0, &[&[0, 0, 164, 0], &[0; 16]]),
        record(0xfc, &[&shared.concat(), &rich]),
        record(0x3c, &[&wide("f")]),
    ];
    let kept = [0, 0, 0, 0, 0, 0, 0xff, 0xff];
    let rows = [
        texts_of(0, 0, 2),
        cell(0x203, (1, 0), 0, &45_351.5_f64.to_le_bytes()),
        cell(0x27e, (1, 1), 0, &[3, 2, 1, 0]),
        record(0xbd, &[&[2, 0, 0, 0], &[0, 0, 6, 0, 0, 0], &[0, 0, 7, 0, 0, 0], &[1, 0]]),
        cell(0x205, (3, 0), 0, &[0x2a, 1]),
        cell(0x06, (4, 0), 0, &[&kept[..], &[0; 14]].concat()),
        record(0x207, &[&[1, 0], &wide("g")]),
        cell(0x204, (4, 1), 0, &[&[1, 0][..], &narrow("h")].concat()),
        record(0xe5, &[&[1, 0], &[0, 0, 0, 0, 0, 0, 1, 0]]),
    ];
    let mut book = compound::Workbook::of(globals.concat(), rows.concat());
    let one = [&[1], book.stream().as_slice()].concat();
    book.sheets.push(("Two", 0, 0, texts_of(0, 0, 2)));
    vec![one, [&[1], book.stream().as_slice()].concat(), [&[0], book.bytes().as_slice()].concat()]
}

pub fn ods() -> Vec<Vec<u8>> {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p>\
             </table:table-cell>"
        )
    };
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|text| cell(text)).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let table = |inside: &str| format!("<table:table table:name=\"Data\">{inside}</table:table>");
    let head = row(&["a", "b"]);
    let rows = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
        office:value-type=\"float\" office:value=\"1.5\"/><table:table-cell \
        table:number-columns-repeated=\"2\"/></table:table-row>";
    let kinds = "<table:table-row><table:table-cell office:value-type=\"date\" \
        office:date-value=\"2024-02-29T01:02:03.000000000\"/><table:table-cell \
        calcext:value-type=\"error\"><text:p>#N/A</text:p></table:table-cell></table:table-row>";
    let merged = "<table:table-row><table:table-cell table:number-columns-spanned=\"2\"><text:p>t\
        <text:s text:c=\"3\"/><text:tab/>u</text:p><office:annotation><text:p>n</text:p>\
        </office:annotation></table:table-cell><table:covered-table-cell/></table:table-row>";
    let style = "<style:style style:name=\"h\"><style:table-properties table:display=\"false\"/>\
        </style:style>";
    let hidden = format!("<table:table table:style-name=\"h\">{head}</table:table>");
    both(&[
        zipped::ods("", &table(&format!("{head}{rows}"))),
        zipped::ods("", &table(&format!("{head}{kinds}"))),
        zipped::ods("", &table(&format!("{merged}{head}{rows}"))),
        zipped::ods(style, &format!("{hidden}{}{}", table(&head), table(""))),
    ])
}

/// Each file behind a byte that declares nothing, and its parts.
fn both(files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let whole = files.iter().map(|file| [&[0], file.as_slice()].concat());
    whole.chain(files.iter().map(|file| parts(file))).collect()
}

fn parts(file: &[u8]) -> Vec<u8> {
    let mut zip = ZipArchive::new(Cursor::new(file)).expect("a zip file");
    let mut input = vec![1];
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).expect("a part");
        if at > 0 {
            input.push(NEXT);
        }
        input.extend_from_slice(part.name().expect("a name").as_bytes());
        input.push(b'\n');
        part.read_to_end(&mut input).expect("a whole part");
    }
    input
}
