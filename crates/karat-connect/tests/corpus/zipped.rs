//! Workbooks put together part by part, for what no program would write.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

/// A zip file of these parts.
pub fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a zip in memory");
        writer.write_all(text.as_bytes()).expect("a zip in memory");
    }
    writer.finish().expect("a zip in memory").into_inner()
}

const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of sheets, each with its name, its attributes and what is in its element.
pub struct Workbook {
    pub sheets: Vec<(&'static str, &'static str, String)>,
    pub properties: &'static str,
    /// The entries of the shared texts.
    pub texts: String,
    /// Format codes, each a style from 1 on.
    pub formats: Vec<&'static str>,
}

impl Workbook {
    /// A workbook of one sheet that has these rows.
    pub fn of(rows: &str) -> Workbook {
        let sheet = format!("<sheetData>{rows}</sheetData>");
        Workbook {
            sheets: vec![("Data", "", sheet)],
            properties: "",
            texts: String::new(),
            formats: Vec::new(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut parts = self.parts();
        let mut book = String::new();
        let mut links = String::new();
        for (at, (name, attributes, inside)) in self.sheets.iter().enumerate() {
            let number = at + 1;
            book.push_str(&format!(
                "<sheet name=\"{name}\" sheetId=\"{number}\" {attributes} r:id=\"r{number}\"/>"
            ));
            links.push_str(&format!(
                "<Relationship Id=\"r{number}\" Type=\"{LINKS}/worksheet\" \
                 Target=\"worksheets/sheet{number}.xml\"/>"
            ));
            parts.push((
                format!("xl/worksheets/sheet{number}.xml"),
                format!("<?xml version=\"1.0\"?><worksheet>{inside}</worksheet>"),
            ));
        }
        let properties = self.properties;
        parts.push((
            "xl/workbook.xml".to_owned(),
            format!(
                "<workbook xmlns:r=\"{LINKS}\"><workbookPr {properties}/><sheets>{book}</sheets></workbook>"
            ),
        ));
        parts.push((
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{links}</Relationships>"),
        ));
        let parts: Vec<(&str, &str)> =
            parts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        zip(&parts)
    }

    fn parts(&self) -> Vec<(String, String)> {
        let mut styles = String::from("<styleSheet><numFmts>");
        for (at, code) in self.formats.iter().enumerate() {
            let id = at + 164;
            styles.push_str(&format!("<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>"));
        }
        styles.push_str("</numFmts><cellXfs><xf numFmtId=\"0\"/>");
        for at in 0..self.formats.len() {
            styles.push_str(&format!("<xf numFmtId=\"{}\"/>", at + 164));
        }
        styles.push_str("</cellXfs></styleSheet>");
        vec![
            ("xl/styles.xml".to_owned(), styles),
            ("xl/sharedStrings.xml".to_owned(), format!("<sst>{}</sst>", self.texts)),
        ]
    }
}

/// A row of texts that stand in their cells.
pub fn texts(number: usize, cells: &[&str]) -> String {
    let cell = |(at, text): (usize, &&str)| {
        let column = char::from(b'A' + at as u8);
        format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let cells: String = cells.iter().enumerate().map(cell).collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

/// An ODS file with these tables.
pub fn ods(styles: &str, tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:automatic-styles>{styles}\
         </office:automatic-styles><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ])
}
