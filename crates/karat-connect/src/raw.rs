//! Rows that are kept as they stood in their file, cut into fields again without it.

use karat_record::Finding;
use serde_json::{Value as Json, json};

use crate::csv::{Cutter, Signs};
use crate::json;

/// The most bytes that are kept of a raw row.
pub const KEPT: usize = 64 * 1024;

/// How the raw rows of one file are written, and what its columns are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawForm {
    headers: Vec<String>,
    written: Written,
    /// The sheets of a workbook, in its order, where a row's line says which it is on.
    sheets: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// As in a delimited file: every row has all its fields.
    Text(Signs),
    /// As a reader of records writes the fields of a row, up to the last that is not empty.
    Fields,
    /// A JSON object.
    Json,
}

const COMMAS: Signs = Signs { delimiter: b',', quote: Some(b'"') };

impl RawForm {
    pub(crate) fn text(headers: Vec<String>, signs: Signs) -> RawForm {
        RawForm { headers, written: Written::Text(signs), sheets: Vec::new() }
    }

    pub(crate) fn json(headers: Vec<String>) -> RawForm {
        RawForm { headers, written: Written::Json, sheets: Vec::new() }
    }

    pub(crate) fn fields(headers: Vec<String>) -> RawForm {
        RawForm { headers, written: Written::Fields, sheets: Vec::new() }
    }

    /// The same of a workbook whose lines say on which of these sheets a row is.
    pub(crate) fn of_sheets(self, sheets: Vec<String>) -> RawForm {
        RawForm { sheets, ..self }
    }

    /// Rows as `line` writes them, of columns with these names.
    pub fn lines(headers: Vec<String>) -> RawForm {
        RawForm { headers, written: Written::Text(COMMAS), sheets: Vec::new() }
    }

    /// The column names; that of a column without name and values is empty.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The fields of a raw row, one for each header.
    ///
    /// # Errors
    /// Why it cannot be cut: its width, a quote, broken JSON, or that not all of it was kept.
    pub fn cut(&self, raw: &str) -> Result<Vec<String>, Finding> {
        // Cutting at a whole character may take up to three bytes more.
        if raw.len() + 3 >= KEPT {
            let what = format!("is longer than the {} KiB that are kept of a row", KEPT / 1024);
            return Err(Finding::new("length", what));
        }
        let fields = match self.written {
            Written::Json => json::cells(raw, &self.headers)?,
            Written::Text(signs) => delimited(raw, signs, self.headers.len(), false)?,
            Written::Fields => delimited(raw, COMMAS, self.headers.len(), true)?,
        };
        let nameless = |at: &usize| self.headers[*at].is_empty() && !fields[*at].trim().is_empty();
        if let Some(at) = (0..fields.len()).find(nameless) {
            let what = format!("has a value in column {}, which has no name", at + 1);
            return Err(Finding::new("header", what));
        }
        Ok(fields)
    }

    /// The form as JSON, for keeping.
    pub fn to_json(&self) -> Json {
        let sign = |byte: u8| char::from(byte).to_string();
        match self.written {
            Written::Text(signs) => json!({
                "written": "text",
                "headers": self.headers,
                "delimiter": sign(signs.delimiter),
                "quote": signs.quote.map(sign),
            }),
            Written::Fields if self.sheets.is_empty() => {
                json!({ "written": "fields", "headers": self.headers })
            }
            Written::Fields => {
                json!({ "written": "fields", "headers": self.headers, "sheets": self.sheets })
            }
            Written::Json => json!({ "written": "json", "headers": self.headers }),
        }
    }

    /// The form that `to_json` wrote; `None` when it is none.
    pub fn from_json(json: &Json) -> Option<RawForm> {
        let texts = |list: &Vec<Json>| -> Option<Vec<String>> {
            list.iter().map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let headers = texts(json.get("headers")?.as_array()?)?;
        let sheets = json.get("sheets").and_then(Json::as_array).map_or(Some(vec![]), texts)?;
        let sign = |name: &str| {
            let sign = json.get(name)?.as_str()?.chars().next()?;
            u8::try_from(sign).ok()
        };
        let written = match json.get("written")?.as_str()? {
            "text" => Written::Text(Signs { delimiter: sign("delimiter")?, quote: sign("quote") }),
            "fields" => Written::Fields,
            "json" => Written::Json,
            _ => return None,
        };
        Some(RawForm { headers, written, sheets })
    }
}

fn delimited(raw: &str, signs: Signs, width: usize, short: bool) -> Result<Vec<String>, Finding> {
    let mut cutter = Cutter::new(signs);
    let length = cutter.row(raw.as_bytes(), true);
    if cutter.torn.is_some() || length != Some(raw.len()) {
        return Err(Finding::new("quote", "opens a quote that does not close"));
    }
    let text = |at: usize| {
        let field = cutter.field(raw.as_bytes(), at).unwrap_or_default();
        String::from_utf8_lossy(field).into_owned()
    };
    let found = cutter.width();
    if found < width && !short || (width..found).any(|at| !text(at).is_empty()) {
        let what = format!("has {found} fields where the header has {width}");
        return Err(Finding::new("width", what));
    }
    Ok((0..width).map(text).collect())
}

/// A line of delimited text without its line end: commas, and quotes where they are needed.
pub fn line<'t>(fields: impl IntoIterator<Item = &'t str>) -> String {
    let mut line = String::new();
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        push_field(&mut line, field);
    }
    line
}

pub(crate) fn push_field(line: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn semicolons() -> RawForm {
        RawForm::text(names(&["a", "b"]), Signs { delimiter: b';', quote: Some(b'\'') })
    }

    #[test]
    fn a_raw_row_is_cut_by_the_signs_of_its_file() {
        assert_eq!(semicolons().cut("1,2;'x;''y\nz'").unwrap(), ["1,2", "x;'y\nz"]);
        assert_eq!(semicolons().cut("1;2;").unwrap(), ["1", "2"]);
        for (raw, rule) in [("1", "width"), ("1;2;3", "width"), ("1;'2", "quote")] {
            assert_eq!(semicolons().cut(raw).unwrap_err().rule, rule, "{raw}");
        }
        let long = format!("1;{}", "x".repeat(KEPT - 4));
        assert_eq!(semicolons().cut(&long).unwrap_err().rule, "length");
    }

    #[test]
    fn a_record_is_cut_by_the_names_of_its_columns() {
        let form = RawForm::json(names(&["id", "dates.born", "tags"]));
        let cut = form.cut(r#"{"tags": [1, 2], "dates": {"born": "1990"}, "id": null}"#);
        assert_eq!(cut.unwrap(), ["", "1990", "[1, 2]"]);
        assert_eq!(form.cut("{\"id\": ").unwrap_err().rule, "json.syntax");
    }

    #[test]
    fn a_line_is_cut_into_what_it_was_written_from() {
        let form = RawForm::lines(names(&["a", "b", "c"]));
        for fields in [["", "", ""], ["a,b", "say \"x\"", "1\r\n2"], [" x", "\"", "'"]] {
            assert_eq!(form.cut(&line(fields)).unwrap(), fields);
        }
        assert_eq!(form.cut("1").unwrap_err().rule, "width");
        assert_eq!(RawForm::fields(names(&["a", "", "c"])).cut("1").unwrap(), ["1", "", ""]);
        let stray = RawForm::fields(names(&["a", "", "c"])).cut("1,2,3");
        assert_eq!(stray.unwrap_err().rule, "header");
    }

    #[test]
    fn a_form_is_read_back_as_it_was_kept() {
        let unquoted = Signs { delimiter: b'\t', quote: None };
        let forms = [
            semicolons(),
            RawForm::text(names(&["a"]), unquoted),
            RawForm::fields(names(&["a"])),
            RawForm::fields(names(&["a"])).of_sheets(names(&["2023", "2024"])),
            RawForm::json(Vec::new()),
        ];
        for form in forms {
            assert_eq!(RawForm::from_json(&form.to_json()), Some(form));
        }
        assert_eq!(RawForm::from_json(&json!({ "headers": [] })), None);
    }
}
