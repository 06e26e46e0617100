//! Other tools' checks: their files are read, and written as files in `checks/`.

use std::path::{Path, PathBuf};

use karat_record::{Kind, Place, Problem, Result};
use karat_rules::check::{Declared, Imported, dbt, gx};
use serde_json::Value as Json;

use super::yaml;
use crate::project::Project;

/// What to import.
pub struct Request<'a> {
    pub file: &'a Path,
    /// The table, where the file does not say it.
    pub table: Option<&'a str>,
    /// The schema of tables that do not name theirs.
    pub schema: &'a str,
}

/// A file that was written, or would be empty and was not.
pub struct Written {
    /// Relative to the project; none where nothing could be imported.
    pub path: Option<PathBuf>,
    pub imported: Imported,
}

/// Imports a suite of Great Expectations (JSON) or a properties file of dbt (YAML).
///
/// # Errors
/// A file that is neither; a suite without `table`; a file in `checks/` that is there already.
pub fn import(project: &Project, request: &Request<'_>) -> Result<Vec<Written>> {
    let found = read(request)?;
    let mut written = Vec::new();
    for imported in &found {
        let path = Path::new("checks").join(format!("{}.toml", file_name(&imported.name)));
        if !imported.checks.is_empty() && project.root.join(&path).exists() {
            let what = format!("{} is there already", path.display());
            return Err(Problem::new(Kind::Input, what).hint("move it away, and import again"));
        }
    }
    for imported in found {
        if imported.checks.is_empty() {
            written.push(Written { path: None, imported });
            continue;
        }
        let path = Path::new("checks").join(format!("{}.toml", file_name(&imported.name)));
        let whole = project.root.join(&path);
        let folder = whole.parent().unwrap_or(&project.root);
        std::fs::create_dir_all(folder).map_err(|e| Problem::io("make", folder, &e))?;
        std::fs::write(&whole, text(&imported)).map_err(|e| Problem::io("write", &whole, &e))?;
        written.push(Written { path: Some(path), imported });
    }
    Ok(written)
}

fn read(request: &Request<'_>) -> Result<Vec<Imported>> {
    let shown = request.file.display().to_string();
    let text =
        std::fs::read_to_string(request.file).map_err(|e| Problem::io("read", request.file, &e))?;
    let refused = |what: &str| {
        let hint = "a suite of Great Expectations in JSON, or a properties file of dbt in YAML";
        Problem::new(Kind::Input, what.to_owned()).at(Place::file(&shown)).hint(hint)
    };
    let json = match serde_json::from_str::<Json>(&text) {
        Ok(json) => json,
        Err(_) => yaml::read(&shown, &text)?,
    };
    if let Some(mut suite) = gx::suite(&json) {
        let Some(table) = request.table else {
            let what = "a suite does not say which table it is about";
            return Err(Problem::new(Kind::Usage, what).hint("add --table NAME"));
        };
        suite.table = Some(table.to_owned());
        return Ok(vec![suite]);
    }
    let found = dbt::properties(&json, request.schema);
    found.filter(|f| !f.is_empty()).ok_or_else(|| refused("there are no checks in this file"))
}

fn file_name(name: &str) -> String {
    let sign = |c: char| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    name.chars().map(sign).collect()
}

/// The file as TOML.
fn text(imported: &Imported) -> String {
    let mut out = String::new();
    for (name, why) in &imported.refused {
        out += &format!("# not imported: {}: {}\n", one_line(name), one_line(why));
    }
    let table = imported.table.as_deref().unwrap_or_default();
    out += &format!("table = {}\n", toml(&Json::from(table)));
    imported.checks.iter().for_each(|check| out += &part(check));
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One check, with what it expects first.
fn part(check: &Declared) -> String {
    let first = check.iter().filter(|(key, _)| *key == "expect");
    let rest = check.iter().filter(|(key, _)| *key != "expect");
    let line = |(key, value): (&String, &Json)| format!("{} = {}\n", toml_key(key), toml(value));
    format!("\n[[checks]]\n{}", first.chain(rest).map(line).collect::<String>())
}

fn toml_key(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !key.is_empty() && key.chars().all(plain) {
        true => key.to_owned(),
        false => Json::from(key).to_string(),
    }
}

/// A value as TOML on one line. A text is written as in JSON, which TOML reads alike, but for one
/// sign that JSON leaves bare. A null in a list is left out; in a pair, such as an open range, it
/// is an empty text.
fn toml(value: &Json) -> String {
    let list = |values: Vec<String>| format!("[{}]", values.join(", "));
    match value {
        Json::Null => "\"\"".to_owned(),
        Json::Array(values) => {
            let of = |value: &Json| match value {
                Json::Array(pair) => list(pair.iter().map(toml).collect()),
                other => toml(other),
            };
            list(values.iter().filter(|value| !value.is_null()).map(of).collect())
        }
        Json::Object(pairs) => {
            let pair =
                |(key, value): (&String, &Json)| format!("{} = {}", toml_key(key), toml(value));
            format!("{{ {} }}", pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string().replace('\u{7f}', "\\u007f"),
    }
}
