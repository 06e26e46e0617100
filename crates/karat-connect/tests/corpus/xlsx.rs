//! XLSX workbooks: written by a usual writer, and put together by hand.

use karat_connect::sheet::{self, Sheets};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook as Writer};

use crate::zipped::{Workbook, texts, zip};
use crate::{Settings, check};

fn chosen(sheets: Sheets) -> Settings {
    let sheet = sheet::Settings { sheets, ..sheet::Settings::default() };
    Settings { sheet, ..Settings::default() }
}

fn header_at(row: u64) -> Settings {
    let sheet = sheet::Settings { header: Some(row), ..sheet::Settings::default() };
    Settings { sheet, ..Settings::default() }
}

#[test]
fn values_of_a_usual_writer() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    for (at, name) in ["number", "text", "flag", "price", "share", "id"].iter().enumerate() {
        sheet.write(0, at as u16, *name).unwrap();
    }
    let money = Format::new().set_num_format("#,##0.00 [$€-407]");
    let share = Format::new().set_num_format("0.00%");
    for (row, number) in [42.0, 0.1, 1e300, -1.5, 0.1 + 0.2, 1e-9].into_iter().enumerate() {
        let row = row as u32 + 1;
        sheet.write(row, 0, number).unwrap();
        sheet.write(row, 1, "a, \"b\"\nc & <d>").unwrap();
        sheet.write(row, 2, row.is_multiple_of(2)).unwrap();
        sheet.write_with_format(row, 3, 1234.5, &money).unwrap();
        sheet.write_with_format(row, 4, 0.125, &share).unwrap();
        sheet.write(row, 5, "00815").unwrap();
    }
    check!(book.save_to_buffer().unwrap());
}

#[test]
fn dates_of_every_style() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    let codes = [
        "yyyy-mm-dd",
        "dd.mm.yy",
        "[$-409]d-mmm-yy;@",
        "mmmm",
        "dd/mm/yyyy hh:mm",
        "h:mm AM/PM",
        "mm:ss.0",
        "[h]:mm:ss",
        "0.00",
        "\"day\" 0",
    ];
    let moment =
        ExcelDateTime::from_ymd(2024, 2, 29).unwrap().and_hms_milli(13, 5, 7, 250).unwrap();
    for (at, code) in codes.iter().enumerate() {
        let (at, format) = (at as u16, Format::new().set_num_format(*code));
        sheet.write(0, at, *code).unwrap();
        sheet.write_datetime_with_format(1, at, &moment, &format).unwrap();
        for (row, number) in [45351.0, 0.5, 1.5, 59.0, 61.0, 2_958_465.0].into_iter().enumerate() {
            sheet.write_with_format(row as u32 + 2, at, number, &format).unwrap();
        }
    }
    check!(book.save_to_buffer().unwrap());
}

#[test]
fn dates_that_never_were() {
    let mut book = Workbook::of(&format!(
        "{}{}",
        texts(1, &["day"]),
        "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>60</v></c></row>\
         <row r=\"3\"><c r=\"A3\" s=\"1\"><v>-1</v></c></row>\
         <row r=\"4\"><c r=\"A4\" s=\"1\"><v>2958466</v></c></row>\
         <row r=\"5\"><c r=\"A5\" s=\"1\"><v>0</v></c></row>\
         <row r=\"6\"><c r=\"A6\" s=\"1\"><v>1</v></c></row>"
    ));
    book.formats = vec!["yyyy-mm-dd"];
    check!(book.bytes());
}

#[test]
fn dates_that_count_from_1904() {
    let mut book = Workbook::of(&format!(
        "{}{}",
        texts(1, &["day", "iso"]),
        "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>0</v></c><c r=\"B2\" t=\"d\"><v>2024-02-29</v></c></row>\
         <row r=\"3\"><c r=\"A3\" s=\"1\"><v>43861.25</v></c></row>"
    ));
    book.properties = "date1904=\"1\"";
    book.formats = vec!["yyyy-mm-dd"];
    check!(book.bytes());
}

#[test]
fn titles_over_several_columns() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 1, 0, "Id", &plain).unwrap();
    sheet.merge_range(0, 1, 0, 2, "Home", &plain).unwrap();
    sheet.merge_range(0, 3, 0, 4, "Work", &plain).unwrap();
    for (at, name) in ["Street", "City", "Street", "City"].iter().enumerate() {
        sheet.write(1, at as u16 + 1, *name).unwrap();
    }
    for (at, value) in ["1", "Elm Road", "Ayr", "High Street", "Wick"].iter().enumerate() {
        sheet.write(2, at as u16, *value).unwrap();
    }
    check!(book.save_to_buffer().unwrap());
}

#[test]
fn a_title_over_the_whole_table() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 2, "Customers of the north", &Format::new()).unwrap();
    for (at, name) in ["id", "name", "city"].iter().enumerate() {
        sheet.write(2, at as u16, *name).unwrap();
        sheet.write(3, at as u16, "x").unwrap();
    }
    check!(book.save_to_buffer().unwrap());
}

#[test]
fn a_header_that_is_declared() {
    let rows = [texts(1, &["made on Monday"]), texts(3, &["id", "name"]), texts(4, &["1", "x"])];
    check!(Workbook::of(&rows.concat()).bytes(), header_at(3));
}

#[test]
fn a_declared_header_that_is_empty() {
    check!(Workbook::of(&texts(1, &["id"])).bytes(), header_at(1));
    let rows = [texts(1, &["id"]), texts(3, &["x"])];
    check!(Workbook::of(&rows.concat()).bytes(), header_at(2));
}

#[test]
fn formulas_with_and_without_results() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "sum").unwrap();
    sheet.write_formula(1, 0, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_formula(2, 0, Formula::new("=\"a\"&\"b\"").set_result("ab")).unwrap();
    check!(book.save_to_buffer().unwrap());
    let rows = "<row r=\"2\"><c r=\"A2\"><f>1+1</f></c><c r=\"B2\"><v>7</v></c></row>\
                <row r=\"3\"><c r=\"A3\"><f>1+1</f><v>2</v></c></row>\
                <row r=\"4\"><c r=\"A4\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"B4\"><v>1</v></c></row>";
    check!(Workbook::of(&format!("{}{rows}", texts(1, &["sum", "other"]))).bytes());
}

#[test]
fn errors_in_cells() {
    let rows = "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"e\"><v>#N/A</v></c></row>\
                <row r=\"3\"><c r=\"A3\" t=\"e\"><f>A9</f><v>#REF!</v></c></row>\
                <row r=\"4\"><c r=\"A4\" t=\"e\"><v>#SECRET</v></c></row>\
                <row r=\"5\"><c r=\"A5\" t=\"b\"><v>2</v></c></row>\
                <row r=\"6\"><c r=\"A6\" t=\"s\"><v>99</v></c></row>\
                <row r=\"7\"><c r=\"A7\"><v>abc</v></c></row>\
                <row r=\"8\"><c r=\"A8\" t=\"b\"><v>1</v></c></row>";
    check!(Workbook::of(&format!("{}{rows}", texts(1, &["a", "b"]))).bytes());
}

#[test]
fn an_error_in_the_header() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"e\"><v>#NAME?</v></c></row>";
    check!(Workbook::of(rows).bytes());
}

#[test]
fn texts_that_cells_share() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>\
                <row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c></row>\
                <row r=\"3\"><c r=\"A3\" t=\"s\"><v>2</v></c></row>\
                <row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c></row>";
    let mut book = Workbook::of(rows);
    book.texts = "<si><t>name</t></si>\
        <si><r><t xml:space=\"preserve\">Anna </t></r><r><rPr><b/></rPr><t>Lee</t></r></si>\
        <si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>とうきょう</t></rPh></si>\
        <si><t>a_x000D_b &amp; &#x41;&lt;</t></si>"
        .to_owned();
    check!(book.bytes());
}

#[test]
fn long_texts_and_numbers_kept_as_texts() {
    let long = "x".repeat(100_000);
    let rows = [
        texts(1, &["code", "text"]),
        texts(2, &["007", &long]),
        "<row r=\"3\"><c r=\"A3\"><v>12345678901234567890</v></c><c r=\"B3\"><v>1.0E9</v></c></row>"
            .to_owned(),
    ];
    check!(Workbook::of(&rows.concat()).bytes());
}

#[test]
fn a_sheet_that_claims_to_be_full() {
    let mut book = Workbook::of("");
    let rows = [
        texts(1, &["id"]),
        texts(2, &["1"]),
        "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>".to_owned(),
    ];
    let sheet =
        format!("<dimension ref=\"A1:XFD1048576\"/><sheetData>{}</sheetData>", rows.concat());
    book.sheets = vec![("Data", "", sheet)];
    check!(book.bytes());
}

#[test]
fn cells_beyond_the_last_place() {
    let rows = format!("{}<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>", texts(1, &["a"]));
    check!(Workbook::of(&rows).bytes());
    let rows = format!("{}<row r=\"1048577\"></row>", texts(1, &["a"]));
    check!(Workbook::of(&rows).bytes());
}

fn several() -> Workbook {
    let sheet = |rows: &[String]| format!("<sheetData>{}</sheetData>", rows.concat());
    let one = sheet(&[texts(1, &["id", "name"]), texts(2, &["1", "Ann"])]);
    let two = sheet(&[texts(2, &["id", "name"]), texts(5, &["2", "Bob"])]);
    let old = sheet(&[texts(1, &["old"]), texts(2, &["x"])]);
    let mut book = Workbook::of("");
    book.sheets = vec![
        ("North", "", one),
        ("South", "", two),
        ("Old", "state=\"hidden\"", old),
        ("Empty", "", sheet(&[])),
    ];
    book
}

#[test]
fn several_sheets() {
    check!(several().bytes());
    check!(several().bytes(), chosen(Sheets::All));
    check!(several().bytes(), chosen(Sheets::Name("South".to_owned())));
    check!(several().bytes(), chosen(Sheets::Number(3)));
    check!(several().bytes(), chosen(Sheets::Number(9)));
    check!(several().bytes(), chosen(Sheets::Name("Empty".to_owned())));
}

#[test]
fn sheets_with_different_headers() {
    let mut book = several();
    book.sheets[1].2 = format!("<sheetData>{}</sheetData>", texts(1, &["id", "city"]));
    check!(book.bytes(), chosen(Sheets::All));
    book.sheets[1].2 = format!("<sheetData>{}</sheetData>", texts(4, &["id", "id"]));
    check!(book.bytes(), chosen(Sheets::All));
}

#[test]
fn headers_that_are_missing_or_equal() {
    let row = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"C1\"><v>3</v></c></row>";
    check!(Workbook::of(&format!("{row}{}", texts(2, &["a", "b", "c", "d"]))).bytes());
    check!(Workbook::of(&texts(1, &["name", " name "])).bytes());
    check!(Workbook::of("").bytes());
}

#[test]
fn rows_and_cells_without_an_address() {
    let rows = "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"inlineStr\"><is><t>b</t></is></c></row>\
                <row><c/><c><v>2</v></c></row><row/><row r=\"9\"><c><v>3</v></c></row>";
    check!(Workbook::of(rows).bytes());
    let rows = format!("{}{}", texts(5, &["a"]), texts(4, &["b"]));
    check!(Workbook::of(&rows).bytes());
}

#[test]
fn a_bomb_of_entities() {
    let sheet = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><worksheet/>";
    let links = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/>\
                 </Relationships>";
    let book = "<workbook><sheets><sheet name=\"S\" r:id=\"r1\"/></sheets></workbook>";
    let parts =
        [("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", links), ("xl/s.xml", sheet)];
    check!(zip(&parts));
    let rows = texts(1, &["&b;"]);
    check!(Workbook::of(&rows).bytes());
}

#[test]
fn a_bomb_of_zeros() {
    let zeros = "0".repeat(64 << 20);
    check!(Workbook::of(&texts(1, &[&zeros])).bytes());
    // Within what the directory may say, but one value without end.
    let zeros = "0".repeat(6 << 20);
    check!(Workbook::of(&texts(1, &[&zeros])).bytes());
}

#[test]
fn many_texts_at_the_cost_of_one() {
    let cell =
        |at: usize| format!("<c r=\"{}2\" t=\"s\"><v>0</v></c>", ["A", "B", "C", "D", "E"][at]);
    let cells: String = (0..5).map(cell).collect();
    let rows = format!("{}<row r=\"2\">{cells}</row>", texts(1, &["a", "b", "c", "d", "e"]));
    let mut book = Workbook::of(&rows);
    let words: String = (0..700_000).map(|number| format!("{number} ")).collect();
    book.texts = format!("<si><t>{}</t></si>", &words[..4_000_000]);
    check!(book.bytes());
}

#[test]
fn a_workbook_that_is_cut_off() {
    let bytes = Workbook::of(&texts(1, &["a"])).bytes();
    check!(bytes[..bytes.len() / 2]);
}

#[test]
fn a_sheet_that_is_cut_off() {
    let mut book = Workbook::of("");
    let head = texts(1, &["a"]);
    book.sheets = vec![("Data", "", format!("<sheetData>{head}<row r=\"2\"><c r=\"A2\"><v>1"))];
    check!(book.bytes());
}

#[test]
fn a_directory_that_lies() {
    let long = "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
    let mut bytes = Workbook::of(&format!("{}{long}", texts(1, &["a"]))).bytes();
    // The checksum of the sheet, which is the third part, in the directory.
    let entry =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).nth(2).unwrap();
    bytes[entry + 16] ^= 0xff;
    check!(bytes);
}

#[test]
fn a_zip_that_is_no_workbook() {
    check!(zip(&[("xl/readme.txt", "hello")]));
}
