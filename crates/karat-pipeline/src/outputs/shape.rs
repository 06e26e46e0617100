//! The columns of a pivot: the codes that its data has, in their natural order, or those of a
//! template, each filled by the code that the map names and by no other.

use std::collections::HashMap;

use karat_record::{Kind, Problem, Result};
use karat_store::output::Code;

use super::natural;
use crate::project::outputs::{GROUP, Others, Pivot};

/// One file of a pivot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pub group: Option<String>,
    /// The name of its file.
    pub file: String,
    /// Its columns behind those of the rows, each with the code that fills it.
    pub columns: Vec<(String, Option<String>)>,
    /// What a person should know about it.
    pub notes: Vec<String>,
    places: HashMap<String, usize>,
}

impl Shape {
    fn new(
        group: Option<String>,
        file: String,
        columns: Vec<(String, Option<String>)>,
        notes: Vec<String>,
    ) -> Shape {
        let place =
            |(at, column): (usize, &(String, Option<String>))| Some((column.1.clone()?, at));
        let places = columns.iter().enumerate().filter_map(place).collect();
        Shape { group, file, columns, notes, places }
    }

    /// Which column a code fills.
    pub fn place(&self, code: &str) -> Option<usize> {
        self.places.get(code).copied()
    }
}

/// The files of a pivot, and what is in none of them.
pub fn shapes(pivot: &Pivot, codes: &[Code]) -> Result<(Vec<Shape>, Vec<String>)> {
    let mut notes = Vec::new();
    let (known, nameless): (Vec<&Code>, Vec<&Code>) =
        codes.iter().partition(|code| code.code.is_some());
    lost(&mut notes, &nameless, &pivot.columns);
    let Some(group) = &pivot.group else {
        let shape = shape(pivot, None, pivot.file.name.clone(), &known)?;
        return Ok((vec![shape], notes));
    };
    let (known, homeless): (Vec<&Code>, Vec<&Code>) =
        known.into_iter().partition(|code| code.group.is_some());
    lost(&mut notes, &homeless, &group.column);
    let mut names: Vec<&str> = known.iter().filter_map(|code| code.group.as_deref()).collect();
    names.extend(group.only.iter().map(String::as_str));
    names.retain(|name| group.takes(name));
    names.sort_by(|a, b| natural::compare(a, b));
    names.dedup();
    let mut shapes: Vec<Shape> = Vec::new();
    for name in names {
        let codes: Vec<&Code> =
            known.iter().filter(|code| code.group.as_deref() == Some(name)).copied().collect();
        let file = pivot.file.name.replace(GROUP, &safe(name));
        if let Some(other) = shapes.iter().find(|shape| shape.file == file) {
            let other = other.group.as_deref().unwrap_or_default();
            let what = format!("the files of {other:?} and {name:?} would both be {file:?}");
            let hint = "write an output for each, with only = [\"...\"] and a file of its own";
            return Err(Problem::new(Kind::Data, what).hint(hint));
        }
        shapes.push(shape(pivot, Some(name.to_owned()), file, &codes)?);
    }
    Ok((shapes, notes))
}

/// Counts records that are in no file because a column has no value.
fn lost(notes: &mut Vec<String>, codes: &[&Code], column: &str) {
    let records: u64 = codes.iter().map(|code| code.records).sum();
    if records > 0 {
        notes.push(format!("{records} records are left out: they have no {column}"));
    }
}

/// A value as a part of a file's name.
fn safe(value: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    let name: String = value.chars().map(|c| if keep(c) { c } else { '_' }).collect();
    name.trim_start_matches('.').to_owned()
}

fn shape(pivot: &Pivot, group: Option<String>, file: String, codes: &[&Code]) -> Result<Shape> {
    let mut notes = Vec::new();
    if codes.is_empty() {
        notes.push(format!("{file} has no rows: there are no records for it"));
    }
    let mut found: Vec<&str> = codes.iter().filter_map(|code| code.code.as_deref()).collect();
    found.sort_by(|a, b| natural::compare(a, b));
    let columns: Vec<(String, Option<String>)> = match &pivot.template {
        None => found.iter().map(|code| ((*code).to_owned(), Some((*code).to_owned()))).collect(),
        Some(template) => {
            let is_mapped = |code: &&&str| template.map.iter().any(|(from, _)| from == **code);
            let (mapped, strangers): (Vec<&&str>, Vec<&&str>) =
                found.iter().partition(|code| is_mapped(code));
            if !strangers.is_empty() {
                let names: Vec<&str> = strangers.into_iter().copied().collect();
                let names = names.join(", ");
                if template.others == Others::Refuse {
                    let what = format!("no column of the template of {file} takes {names}");
                    let hint = "map each to a column, or write others = \"report\" to leave it out";
                    return Err(Problem::new(Kind::Data, what).hint(hint));
                }
                notes.push(format!("{file}: no column takes {names}"));
            }
            if !template.unfilled().is_empty() {
                notes.push(format!("{file}: no code fills {}", template.unfilled().join(", ")));
            }
            let is_absent = |code: &&str| !mapped.iter().any(|found| **found == *code);
            let absent: Vec<&str> =
                template.map.iter().map(|(code, _)| code.as_str()).filter(is_absent).collect();
            if !absent.is_empty() && !codes.is_empty() {
                notes.push(format!("{file}: there are no records of {}", absent.join(", ")));
            }
            let source = |column: &String| {
                template.map.iter().find(|(_, to)| to == column).map(|(code, _)| code.clone())
            };
            template.columns.iter().map(|column| (column.clone(), source(column))).collect()
        }
    };
    let names = row_names(pivot);
    if let Some((name, _)) = columns.iter().find(|(name, _)| names.contains(name)) {
        let what = format!("{file} would have two columns {name:?}");
        let hint = "give the column of the rows another name in [headers]";
        return Err(Problem::new(Kind::Data, what).hint(hint));
    }
    Ok(Shape::new(group, file, columns, notes))
}

/// What the columns of the rows are called.
pub fn row_names(pivot: &Pivot) -> Vec<String> {
    let named = |column: &String| {
        let given = pivot.headers.iter().find(|(name, _)| name == column);
        given.map_or_else(|| column.clone(), |(_, header)| header.clone())
    };
    pivot.rows.iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use karat_connect::write::Format;
    use karat_store::output::Aggregate;

    use super::*;
    use crate::project::outputs::{File, From, Group, Template};

    fn codes(codes: &[(&str, &str)]) -> Vec<Code> {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let code = |(group, code): &(&str, &str)| Code {
            group: text(group),
            code: text(code),
            records: 2,
            filled: 1,
        };
        codes.iter().map(code).collect()
    }

    fn pivot(file: &str, template: Option<Template>) -> Pivot {
        let group = file.contains(GROUP);
        Pivot {
            from: From::Dataset("readings".to_owned()),
            condition: None,
            group: group.then(|| Group {
                column: "station".to_owned(),
                only: Vec::new(),
                except: vec!["X".to_owned()],
            }),
            rows: vec!["day".to_owned()],
            columns: "code".to_owned(),
            value: "result".to_owned(),
            aggregate: Aggregate::Mean,
            headers: Vec::new(),
            template,
            file: File { name: file.to_owned(), format: Format::Csv },
        }
    }

    fn template(others: Others) -> Template {
        let columns = ["Data 1", "Data 11", "Data 12"].map(str::to_owned).to_vec();
        let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        let map = [("Data 1", "Data 1"), ("Data 11", "Data 12")].map(pair).to_vec();
        Template { columns, map, blank: vec!["Data 11".to_owned()], others }
    }

    fn names(shape: &Shape) -> Vec<&str> {
        shape.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn columns_come_in_their_natural_order_and_each_group_has_a_file() {
        let codes = codes(&[
            ("", "Data 1"),
            ("A/B", "Data 10"),
            ("A/B", "Data 2"),
            ("CT", ""),
            ("CT", "Data 1"),
            ("X", "Data 1"),
        ]);
        let (shapes, notes) = shapes(&pivot("{group}.csv", None), &codes).unwrap();
        assert_eq!(shapes.len(), 2);
        assert_eq!(
            (shapes[0].file.as_str(), names(&shapes[0])),
            ("A_B.csv", vec!["Data 2", "Data 10"])
        );
        assert_eq!((shapes[1].file.as_str(), names(&shapes[1])), ("CT.csv", vec!["Data 1"]));
        let said = [
            "2 records are left out: they have no code",
            "2 records are left out: they have no station",
        ];
        assert_eq!(notes, said);
    }

    #[test]
    fn files_that_would_have_one_name_are_refused() {
        let codes = codes(&[("A/B", "1"), ("A:B", "1")]);
        let refused = shapes(&pivot("{group}.csv", None), &codes).unwrap_err();
        assert!(refused.what.contains("\"A/B\" and \"A:B\""), "{}", refused.what);
    }

    #[test]
    fn a_template_is_filled_by_its_map_alone() {
        let codes = codes(&[("", "Data 1"), ("", "Data 11")]);
        let (shapes, _) = shapes(&pivot("a.csv", Some(template(Others::Refuse))), &codes).unwrap();
        assert_eq!(names(&shapes[0]), ["Data 1", "Data 11", "Data 12"]);
        assert_eq!((shapes[0].place("Data 1"), shapes[0].place("Data 11")), (Some(0), Some(2)));
        assert_eq!(shapes[0].place("Data 12"), None, "never by its name");
    }

    #[test]
    fn codes_without_a_column_are_refused_or_reported_by_name() {
        let codes = codes(&[("", "Data 11"), ("", "Data 12")]);
        let refused = shapes(&pivot("a.csv", Some(template(Others::Refuse))), &codes).unwrap_err();
        assert_eq!(refused.what, "no column of the template of a.csv takes Data 12");
        let (shapes, _) = shapes(&pivot("a.csv", Some(template(Others::Report))), &codes).unwrap();
        let said = ["a.csv: no column takes Data 12", "a.csv: there are no records of Data 1"];
        assert_eq!(shapes[0].notes, said);
    }
}
