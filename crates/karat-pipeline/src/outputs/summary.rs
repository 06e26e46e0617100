//! What became of an output, for people and as JSON.

use std::time::Duration;

use karat_store::output::New;
use serde_json::{Value as Json, json};

use crate::project::Output;
use crate::project::size::shown;
use crate::resolve::seconds;

/// What became of an output.
#[derive(Clone, Debug)]
pub struct Summary {
    pub output: String,
    pub kind: &'static str,
    /// Whether what it is made from is as it was, so that nothing was made.
    pub unchanged: bool,
    pub files: Vec<New>,
    /// What a person should know: codes without a column, records that are in no file.
    pub notes: Vec<String>,
    pub took: Duration,
}

impl Summary {
    pub(super) fn new(output: &Output) -> Summary {
        Summary {
            output: output.name.clone(),
            kind: output.form.kind(),
            unchanged: false,
            files: Vec::new(),
            notes: Vec::new(),
            took: Duration::ZERO,
        }
    }

    /// The summary for a person.
    pub fn line(&self) -> String {
        let names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        let rows: u64 = self.files.iter().filter_map(|file| file.rows).sum();
        let bytes: u64 = self.files.iter().map(|file| file.bytes).sum();
        let files = match names.as_slice() {
            [] => "no files".to_owned(),
            [_] | [_, _] | [_, _, _] => names.join(", "),
            many => format!("{} files", many.len()),
        };
        match self.unchanged {
            true => format!("{files}: unchanged"),
            false if self.kind == "dashboard" => format!("{files}: {}", shown(bytes)),
            false => format!("{files}: {rows} rows, {}", shown(bytes)),
        }
    }

    pub fn json(&self) -> Json {
        json!({
            "output": self.output,
            "kind": self.kind,
            "unchanged": self.unchanged,
            "files": self.files,
            "notes": self.notes,
            "seconds": seconds(self.took),
        })
    }
}
