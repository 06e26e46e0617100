//! Alias files: `aliases/NAME.csv` with the columns alias and canonical, or `aliases/NAME.toml`
//! with a list of aliases under each canonical value.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use karat_connect::source::{self, Source as File, Texts};
use karat_connect::vault::hash_text;
use karat_record::{Kind, Place, Problem, Problems, Result};
use karat_rules::alias::{AliasTable, Entry, Fault, folded};

use super::section::{Section, Source, one_of, read_source};

/// How the values of a column are brought to their canonical form.
#[derive(Clone, Debug)]
pub struct Alias {
    /// The name of the file.
    pub name: String,
    pub table: Arc<AliasTable>,
    pub unmapped: Unmapped,
}

/// What becomes of a value that the table does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmapped {
    Keep,
    Null,
    Reject,
}

impl Alias {
    /// The canonical value that is most like a text by edit distance, where one is near enough to
    /// be meant: at most a third of the letters differ.
    pub fn nearest(&self, text: &str) -> Option<&str> {
        let text = folded(text);
        let near = self
            .table
            .names()
            .map(|(name, canonical)| (strsim::damerau_levenshtein(&text, name), name, canonical));
        let (distance, name, canonical) = near.min()?;
        let longest = text.chars().count().max(name.chars().count());
        (distance * 3 <= longest).then_some(canonical)
    }
}

/// The alias files of a project.
#[derive(Clone, Debug, Default)]
pub struct Tables(BTreeMap<String, Table>);

#[derive(Clone, Debug)]
struct Table {
    /// Empty where its file is wrong, which is said elsewhere.
    table: Arc<AliasTable>,
    fingerprint: String,
}

impl Tables {
    /// Reads the alias files of the project in `root`; what is wrong with them goes to `keep`.
    pub fn read(root: &Path, keep: &mut impl FnMut(Problems)) -> Tables {
        let mut names: Vec<String> = std::fs::read_dir(root.join("aliases"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        let mut tables = BTreeMap::new();
        for file in names {
            let Some((name, ending)) = file.rsplit_once('.') else { continue };
            let path = format!("aliases/{file}");
            let read = match ending {
                "csv" => read_csv(root, &path),
                "toml" => read_toml(root, &path),
                _ => continue,
            };
            let read = read.unwrap_or_else(|problems| {
                keep(problems);
                Table { table: Arc::default(), fingerprint: String::new() }
            });
            if tables.insert(name.to_owned(), read).is_some() {
                let what = format!("there is an aliases/{name}.csv too");
                let problem = Problem::new(Kind::Project, what).at(Place::file(&path));
                keep(problem.hint("keep one of the two").into());
            }
        }
        Tables(tables)
    }

    /// What a column says of aliases: `alias` and `unmapped`.
    pub(super) fn of_column(&self, section: &Section<'_>) -> Option<Alias> {
        let name = section.text("alias");
        let choices =
            [("keep", Unmapped::Keep), ("null", Unmapped::Null), ("reject", Unmapped::Reject)];
        let unmapped = section.choice("unmapped", &choices);
        let Some(name) = name else {
            if section.has("unmapped") && !section.has("alias") {
                let hint = "name the file in aliases/: alias = \"branches\"";
                section.wrong("unmapped", "there is no alias table for the column", hint);
            }
            return None;
        };
        for key in ["hash", "position"] {
            if section.has(key) {
                section.wrong("alias", format!("a {key} has no aliases"), "leave alias out");
            }
        }
        let Some(found) = self.0.get(&name) else {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            let hint = match known.is_empty() {
                true => format!("write aliases/{name}.csv with the columns alias and canonical"),
                false => one_of(&name, &known),
            };
            section.wrong("alias", format!("there is no alias table {name:?}"), &hint);
            return None;
        };
        let unmapped = unmapped.unwrap_or(Unmapped::Keep);
        Some(Alias { name, table: found.table.clone(), unmapped })
    }

    /// The fingerprint of a declaration whose columns use these alias files.
    pub(super) fn fingerprint<'a>(
        &self,
        settings: String,
        used: impl Iterator<Item = &'a Alias>,
    ) -> String {
        used.filter_map(|alias| self.0.get(&alias.name)).fold(settings, |settings, table| {
            hash_text(&format!("{settings} {}", table.fingerprint))
        })
    }
}

/// The columns that `karat rejects unmapped` writes for a person to read.
const NOTES: [&str; 2] = ["rows", "nearest"];

fn read_csv(root: &Path, path: &str) -> Result<Table, Problems> {
    let file = File::find(&root.join(path), path, &source::Settings::default())?;
    let headers = file.headers();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.ok_or_else(|| {
            let what = format!("there is no column {name:?}");
            let problem = Problem::new(Kind::Project, what).at(Place::line(path, 1));
            problem.hint("its header is: alias,canonical")
        })
    };
    let (alias, canonical) = (column("alias")?, column("canonical")?);
    let strange = |header: &&String| {
        !["alias", "canonical", ""].contains(&header.as_str()) && !NOTES.contains(&header.as_str())
    };
    if let Some(header) = headers.iter().find(strange) {
        let problem = Problem::new(Kind::Project, format!("unknown column {header:?}"));
        let hint = "leave it out: an alias file has the columns alias and canonical";
        return Err(problem.at(Place::line(path, 1)).hint(hint).into());
    }
    let mut entries = Vec::new();
    file.each(&root.join(path), &mut |Texts { line, fields, finding }| {
        if let Some(finding) = finding {
            let problem = Problem::new(Kind::Project, format!("the row {}", finding.message));
            return Err(problem.at(Place::line(path, line)).hint("mend the row"));
        }
        let text = |at: usize| fields.get(at).cloned().flatten().unwrap_or_default();
        entries.push(Entry { line, alias: text(alias), canonical: text(canonical) });
        Ok(())
    })?;
    table(path, &entries)
}

fn read_toml(root: &Path, path: &str) -> Result<Table, Problems> {
    let text = std::fs::read_to_string(root.join(path)).map_err(|error| {
        let problem = Problem::io("read", Path::new(path), &error);
        problem.hint("let this user read it, and save it as UTF-8")
    })?;
    let source = Source { path: path.to_owned(), text };
    let entries = read_source(&source, |section| {
        let of = |canonical: String| {
            let line = section.place(&canonical).line.unwrap_or(1);
            let aliases = section.texts(&canonical).unwrap_or_default();
            // A value without aliases is one that is known.
            let itself = aliases.is_empty().then(|| canonical.clone());
            let all = aliases.into_iter().chain(itself).collect::<Vec<_>>().into_iter();
            all.map(move |alias| Entry { line, alias, canonical: canonical.clone() })
        };
        Some(section.keys().into_iter().flat_map(of).collect::<Vec<_>>())
    })?;
    table(path, &entries)
}

fn table(path: &str, entries: &[Entry]) -> Result<Table, Problems> {
    let problem = |fault: Fault| {
        let problem = Problem::new(Kind::Project, fault.what).at(Place::line(path, fault.line));
        problem.hint("an alias stands once, for one value; mend or remove the line")
    };
    let found = AliasTable::new(entries);
    let table = found.map_err(|f| Problems(f.into_iter().map(problem).collect()))?;
    let texts = entries.iter().map(|e| format!("{:?} {:?}\n", e.alias, e.canonical));
    let fingerprint = hash_text(&texts.collect::<String>());
    Ok(Table { table: Arc::new(table), fingerprint })
}
