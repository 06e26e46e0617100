//! A declared pivot: rows, columns and values of a table, and the template that its columns fill.

use karat_store::output::Aggregate;

use super::{File, From, GROUP, Headers, file, from, headers};
use crate::project::section::{Section, one_of};

/// A table of values by rows and columns.
#[derive(Clone, Debug)]
pub struct Pivot {
    pub from: From,
    /// SQL that rows have to fulfil.
    pub condition: Option<String>,
    pub group: Option<Group>,
    /// The columns that make a row.
    pub rows: Vec<String>,
    /// The column whose values are the columns.
    pub columns: String,
    pub value: String,
    pub aggregate: Aggregate,
    /// What the columns of `rows` are called.
    pub headers: Headers,
    pub template: Option<Template>,
    pub file: File,
}

/// One file for each value of a column.
#[derive(Clone, Debug)]
pub struct Group {
    pub column: String,
    /// The values that get one; empty: all but `except`.
    pub only: Vec<String>,
    pub except: Vec<String>,
}

impl Group {
    /// Whether a value gets a file.
    pub fn takes(&self, value: &str) -> bool {
        let is_one = |values: &[String]| values.iter().any(|one| one == value);
        (self.only.is_empty() || is_one(&self.only)) && !is_one(&self.except)
    }
}

/// Columns that a file has whatever the data: each is filled by the code that the map names, and by
/// no other, whatever their names.
#[derive(Clone, Debug)]
pub struct Template {
    pub columns: Vec<String>,
    /// Code and column.
    pub map: Vec<(String, String)>,
    /// Columns that stay empty, as is known.
    pub blank: Vec<String>,
    /// What becomes of codes without a column and of columns without a code.
    pub others: Others,
}

/// What becomes of what a template and the data do not share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// Nothing is made, and each is named.
    #[default]
    Refuse,
    /// They are left out, and named in the manifest and the run's notes.
    Report,
}

/// Reads a pivot.
pub fn read(name: &str, section: &Section<'_>) -> Option<Pivot> {
    let from = from(section);
    for key in ["rows", "columns", "value"].into_iter().filter(|key| !section.has(key)) {
        section.missing(key, "say which columns make rows, columns and values");
    }
    let condition = section.text("row_condition");
    let group = section.text("group").map(|column| Group {
        column,
        only: section.texts("only").unwrap_or_default(),
        except: section.texts("except").unwrap_or_default(),
    });
    let rows = section.texts("rows");
    let columns = section.text("columns");
    let value = section.text("value");
    let aggregate = section.choice("aggregate", &Aggregate::ALL);
    if !section.has("aggregate") {
        section.missing("aggregate", "say what becomes of several values: aggregate = \"mean\"");
    }
    let headers = headers(section);
    let template = section.table("template").and_then(|section| {
        let template = template(&section);
        section.done();
        template
    });
    let standard = match group {
        Some(_) => format!("{name}_{GROUP}.csv"),
        None => format!("{name}.csv"),
    };
    let file = file(section, &standard)?;
    if file.name.contains(GROUP) != group.is_some() {
        let what = match group {
            Some(_) => format!("files of several groups cannot all be {:?}", file.name),
            None => format!("there is no group to stand in {:?}", file.name),
        };
        section.wrong("file", what, &format!("write {GROUP} in the name if there is a group"));
    }
    let rows = rows?;
    for (column, _) in headers.iter().filter(|(column, _)| !rows.contains(column)) {
        let names: Vec<&str> = rows.iter().map(String::as_str).collect();
        section.wrong("headers", format!("{column:?} makes no rows"), &one_of(column, &names));
    }
    Some(Pivot {
        from: from?,
        condition,
        group,
        rows,
        columns: columns?,
        value: value?,
        aggregate: aggregate?,
        headers,
        template,
        file,
    })
}

fn template(section: &Section<'_>) -> Option<Template> {
    let words = [("refuse", Others::Refuse), ("report", Others::Report)];
    let others = section.choice("others", &words).unwrap_or_default();
    if !section.has("columns") {
        section.missing("columns", "name the columns of the template, in their order");
    }
    let columns = section.texts("columns");
    let blank = section.texts("blank").unwrap_or_default();
    if !section.has("map") {
        section.missing("map", "say which code fills which column: [template.map]");
    }
    let table = section.table("map");
    let pairs = |table: Section<'_>| {
        let keys = table.keys();
        keys.into_iter().filter_map(|key| Some((key.clone(), table.text(&key)?))).collect()
    };
    let map: Vec<(String, String)> = table.map(pairs).unwrap_or_default();
    let template = Template { columns: columns?, map, blank, others };
    template.validate(section);
    Some(template)
}

impl Template {
    /// The columns that no code fills and that are not known to be empty.
    pub fn unfilled(&self) -> Vec<&str> {
        let is_known = |column: &&String| {
            self.blank.contains(column) || self.map.iter().any(|(_, to)| to == *column)
        };
        self.columns.iter().filter(|column| !is_known(column)).map(String::as_str).collect()
    }

    fn validate(&self, section: &Section<'_>) {
        let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                let what = format!("the template has the column {name:?} twice");
                section.wrong("columns", what, "leave one out");
            }
        }
        for (at, (code, column)) in self.map.iter().enumerate() {
            if !names.contains(&column.as_str()) {
                let what = format!("{code:?} fills {column:?}, which the template lacks");
                section.wrong("map", what, &one_of(column, &names));
            }
            if self.map[..at].iter().any(|(_, earlier)| earlier == column) {
                let what = format!("two codes fill the column {column:?}");
                section.wrong("map", what, "a column has one source");
            }
            if self.blank.contains(column) {
                let what = format!("{column:?} is blank and is filled by {code:?}");
                section.wrong("blank", what, "leave it out of blank or of the map");
            }
        }
        for column in self.blank.iter().filter(|column| !names.contains(&column.as_str())) {
            let what = format!("{column:?} is blank, and the template lacks it");
            section.wrong("blank", what, &one_of(column, &names));
        }
        let unfilled = self.unfilled();
        if self.others == Others::Refuse && !unfilled.is_empty() && section.has("map") {
            let what = format!("no code fills {}", unfilled.join(", "));
            let hint = "map a code to each, name those that stay empty in blank, or write others = \
                        \"report\"";
            section.wrong("columns", what, hint);
        }
    }
}
