//! Writes CSV and JSON; both are small enough here to be written by hand.

use std::fs;
use std::io;
use std::path::Path;

/// A CSV file in the making (RFC 4180).
pub struct Table {
    text: String,
    line_end: &'static str,
}

impl Table {
    /// A file as spreadsheet programs write it: byte order mark and CRLF.
    pub fn spreadsheet(header: &[&str]) -> Table {
        Table::begin("\u{feff}", "\r\n", header)
    }

    /// A file as programs write it: neither.
    pub fn plain(header: &[&str]) -> Table {
        Table::begin("", "\n", header)
    }

    fn begin(mark: &str, line_end: &'static str, header: &[&str]) -> Table {
        let mut table = Table { text: mark.to_owned(), line_end };
        table.row(header);
        table
    }

    /// Adds one record.
    pub fn row(&mut self, fields: &[&str]) {
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            self.field(field);
        }
        self.text.push_str(self.line_end);
    }

    fn field(&mut self, field: &str) {
        if field.contains([',', '"', '\n', '\r']) {
            self.text.push('"');
            self.text.push_str(&field.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(field);
        }
    }

    /// Writes the file.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        fs::write(path, &self.text)
    }
}

/// A JSON string.
pub fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A JSON array of strings.
pub fn json_strings<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<String> = items.iter().map(|item| json_string(item.as_ref())).collect();
    format!("[{}]", items.join(","))
}

/// A JSON object; values are JSON already.
pub fn json_object(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}:{value}", json_string(key))).collect();
    format!("{{{}}}", pairs.join(","))
}
