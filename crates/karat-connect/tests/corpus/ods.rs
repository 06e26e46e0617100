//! ODS workbooks, put together by hand.

use karat_connect::sheet::{self, Sheets};

use crate::zipped::ods;
use crate::{Settings, check};

fn table(name: &str, rows: &str) -> String {
    format!("<table:table table:name=\"{name}\">{rows}</table:table>")
}

fn texts(texts: &[&str]) -> String {
    let cell = |text: &&str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let cells: String = texts.iter().map(cell).collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

#[test]
fn values_of_every_type() {
    let cell = |kind: &str, value: &str| {
        format!(
            "<table:table-cell office:value-type=\"{kind}\" {value}><text:p>shown</text:p></table:table-cell>"
        )
    };
    let row = [
        cell("float", "office:value=\"12345678901234567890\""),
        cell("percentage", "office:value=\"0.125\""),
        cell("currency", "office:value=\"1234.5\""),
        cell("date", "office:date-value=\"2024-02-29\""),
        cell("date", "office:date-value=\"2024-02-29T13:05:07.250000000\""),
        cell("time", "office:time-value=\"PT36H05M00S\""),
        cell("boolean", "office:boolean-value=\"true\""),
        cell("string", ""),
    ];
    let header = texts(&["float", "share", "price", "date", "moment", "time", "flag", "text"]);
    let rows = format!("{header}<table:table-row>{}</table:table-row>", row.concat());
    check!(ods("", &table("Data", &rows)));
}

#[test]
fn texts_with_blanks_lines_and_comments() {
    let row = "<table:table-row><table:table-cell office:value-type=\"string\">\
        <office:annotation><text:p>a comment</text:p></office:annotation>\
        <text:p>a<text:s text:c=\"3\"/>b<text:tab/>c</text:p><text:p><text:span>second</text:span></text:p>\
        </table:table-cell><table:table-cell office:value-type=\"string\"><text:p>0815</text:p>\
        </table:table-cell></table:table-row>";
    check!(ods("", &table("Data", &format!("{}{row}", texts(&["text", "code"])))));
}

#[test]
fn rows_and_cells_that_stand_for_many() {
    let rows = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
        office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"2\"/>\
        <table:table-cell table:number-columns-repeated=\"16382\"/></table:table-row>\
        <table:table-row table:number-rows-repeated=\"10\"><table:table-cell/></table:table-row>";
    let last = "<table:table-row table:number-rows-repeated=\"1048560\">\
        <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let rows = format!("{}{rows}{}{last}", texts(&["a", "b"]), texts(&["x", "y"]));
    check!(ods("", &table("Data", &rows)));
}

#[test]
fn a_cell_that_stands_for_a_billion() {
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\" \
        table:number-columns-repeated=\"1000000000\"/>";
    let rows = format!("{}<table:table-row>{cell}</table:table-row>", texts(&["a"]));
    check!(ods("", &table("Data", &rows)));
    let row =
        texts(&["x"]).replace("table-row>", "table-row table:number-rows-repeated=\"9999999\">");
    let row = row
        .replace("</table:table-row table:number-rows-repeated=\"9999999\">", "</table:table-row>");
    check!(ods("", &table("Data", &format!("{}{row}", texts(&["a"])))));
}

#[test]
fn errors_and_formulas() {
    let rows = "<table:table-row><table:table-cell table:formula=\"of:=1/0\" \
        office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\">\
        <text:p>#DIV/0!</text:p></table:table-cell></table:table-row>\
        <table:table-row><table:table-cell table:formula=\"of:=1+1\"/></table:table-row>\
        <table:table-row><table:table-cell table:formula=\"of:=1+1\" office:value-type=\"float\" \
        office:value=\"2\"/></table:table-row>";
    check!(ods("", &table("Data", &format!("{}{rows}", texts(&["sum"])))));
}

#[test]
fn titles_and_sheets() {
    let group = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>Id</text:p>\
        </table:table-cell><table:table-cell table:number-columns-spanned=\"2\" \
        office:value-type=\"string\"><text:p>Home</text:p></table:table-cell>\
        <table:covered-table-cell/></table:table-row>";
    let below = "<table:table-row><table:table-cell/><table:table-cell office:value-type=\"string\">\
        <text:p>Street</text:p></table:table-cell><table:table-cell office:value-type=\"string\">\
        <text:p>City</text:p></table:table-cell></table:table-row>";
    let first = table("Data", &format!("{group}{below}{}", texts(&["1", "Elm Road", "Ayr"])));
    let style = "<style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/>\
        </style:style>";
    let second = "<table:table table:name=\"Old\" table:style-name=\"ta2\"></table:table>";
    check!(ods(style, &format!("{first}{second}")));
    let name = Sheets::Name("Old".to_owned());
    let sheet = sheet::Settings { sheets: name, ..sheet::Settings::default() };
    check!(ods(style, &format!("{first}{second}")), Settings { sheet, ..Settings::default() });
}
