//! The names of the columns: from the header line, from the declaration, or by number; and what
//! the first rows say about columns without a name.

use std::collections::HashSet;

use karat_record::{Kind, Place, Problem, Result};

use super::dialect::{First, usual_width};

/// Where the names of the columns come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// The first line that is not blank.
    #[default]
    First,
    /// That line, from 1; what stands above it is no part of the table.
    Line(u64),
    /// There is none: these are the names, or `col_1`, `col_2` and so on where the list is empty.
    None(Vec<String>),
}

/// The columns of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The line of the header; `None` where there is none.
    pub line: Option<u64>,
    /// Trimmed names; empty for a column without name and values.
    pub names: Vec<String>,
    /// Empty fields that a row may have behind the last column.
    pub spare: usize,
    pub notes: Vec<String>,
}

/// Makes names out of the first rows; `number` says that equal names get numbers.
///
/// # Errors
/// No header, one that is no text, equal names, a column with values and no name, and a first
/// line that looks like something above the header.
pub fn columns(name: &str, rows: &[First], header: &Header, number: bool) -> Result<Columns> {
    let at = |line| Place::line(name, line);
    if let Header::None(names) = header {
        return Ok(unheaded(names, rows));
    }
    let Some((first, rows)) = rows.split_first().filter(|(first, _)| !is_empty(first)) else {
        let problem = Problem::new(Kind::Input, "the file is empty: it has no header line");
        let line = if let Header::Line(line) = header { *line } else { 1 };
        return Err(problem.at(at(line)).hint("the first line must name the columns"));
    };
    if *header == Header::First {
        refuse_preamble(name, first, rows)?;
    }
    let mut names: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for field in &first.fields {
        let text = std::str::from_utf8(field).map_err(|_| {
            Problem::new(Kind::Input, "the header is not UTF-8 text")
                .at(at(first.line))
                .hint("say in the dataset's file which encoding it is: encoding = \"windows-1252\"")
        })?;
        let mut text = text.trim().to_owned();
        if number && known.contains(&text) {
            let mut free =
                (2..).map(|n| format!("{text}_{n}")).filter(|name| !known.contains(name));
            text = free.next().unwrap_or_default();
        }
        if !text.is_empty() && !known.insert(text.clone()) {
            let what = format!("two columns are named {text:?}");
            let hint = "rename one of them, or write header_duplicates = \"number\"";
            return Err(Problem::new(Kind::Input, what).at(at(first.line)).hint(hint));
        }
        names.push(text);
    }
    named(name, first.line, names, rows)
}

fn is_empty(row: &First) -> bool {
    row.fields.iter().all(|field| field.trim_ascii().is_empty())
}

fn unheaded(names: &[String], rows: &[First]) -> Columns {
    let (width, _) = usual_width(rows);
    let names = match names {
        [] => (1..=width).map(|n| format!("col_{n}")).collect(),
        names => names.to_vec(),
    };
    let spare = usize::from(most_end_empty(names.len(), rows));
    Columns { line: None, names, spare, notes: trailing(spare) }
}

/// Whether most rows have one more field than there are columns, an empty one.
fn most_end_empty(columns: usize, rows: &[First]) -> bool {
    let empty = |row: &&First| row.fields.last().is_some_and(Vec::is_empty);
    let longer = rows.iter().filter(|row| row.fields.len() == columns + 1);
    longer.filter(empty).count() * 2 > rows.len()
}

fn trailing(spare: usize) -> Vec<String> {
    let note = "rows end with a delimiter behind the last column; what follows it is empty and left \
                out";
    if spare > 0 { vec![note.to_owned()] } else { Vec::new() }
}

/// Settles columns whose name is empty: without values they are left out.
fn named(name: &str, line: u64, mut names: Vec<String>, rows: &[First]) -> Result<Columns> {
    for (at, _) in names.iter().enumerate().filter(|(_, name)| name.is_empty()) {
        let has_value =
            |row: &&First| row.fields.get(at).is_some_and(|field| !field.trim_ascii().is_empty());
        if let Some(row) = rows.iter().find(has_value) {
            let what = format!("column {} has no name, but a value on line {}", at + 1, row.line);
            let hint = "name it in the header line";
            return Err(Problem::new(Kind::Input, what).at(Place::line(name, line)).hint(hint));
        }
    }
    let kept = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    let headed = names.len() - kept;
    names.truncate(kept);
    let spare = if headed > 0 { headed } else { usize::from(most_end_empty(kept, rows)) };
    let mut notes = trailing(spare);
    for (at, _) in names.iter().enumerate().filter(|(_, name)| name.is_empty()) {
        notes.push(format!("column {} has neither name nor values, and is left out", at + 1));
    }
    Ok(Columns { line: Some(line), names, spare, notes })
}

/// Refuses a first line that is narrower than most rows, where a later one looks like the header.
fn refuse_preamble(name: &str, first: &First, rows: &[First]) -> Result<()> {
    let (width, _) = usual_width(rows);
    let narrow = first.fields.len();
    let Some(at) = rows.iter().position(|row| row.fields.len() == width) else { return Ok(()) };
    let below = &rows[at + 1..];
    let even = below.iter().filter(|row| row.fields.len() == width).count();
    if narrow >= width || !looks_like_header(&rows[at]) || even == 0 || even * 5 < below.len() * 4 {
        return Ok(());
    }
    let fields = if narrow == 1 { "field" } else { "fields" };
    let what = format!("the first line has {narrow} {fields}, where most rows have {width}");
    let line = rows[at].line;
    let hint = format!("line {line} looks like the header: write header = {line}");
    Err(Problem::new(Kind::Input, what).at(Place::line(name, first.line)).hint(hint))
}

/// Names are all there, all different, and no numbers.
fn looks_like_header(row: &First) -> bool {
    let mut known = HashSet::new();
    row.fields.iter().map(|field| field.trim_ascii()).all(|name| {
        let number = std::str::from_utf8(name).is_ok_and(|name| name.parse::<f64>().is_ok());
        !name.is_empty() && !number && known.insert(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, header: &Header, number: bool) -> Result<Columns> {
        let rows: Vec<First> = (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.is_empty())
            .map(|(line, text)| {
                let fields = text.split(',').map(|field| field.as_bytes().to_vec()).collect();
                First { line, fields }
            })
            .collect();
        columns("t", &rows, header, number)
    }

    #[test]
    fn blanks_around_header_names_go_and_two_equal_names_are_refused() {
        let first = Header::First;
        assert_eq!(of("a, b\n", &first, false).unwrap().names, ["a", "b"]);
        assert!(of("a, a\n", &first, false).unwrap_err().what.contains("two columns"));
        assert_eq!(of("a,a,a_2,a\n", &first, true).unwrap().names, ["a", "a_2", "a_2_2", "a_3"]);
        assert!(of("", &first, false).unwrap_err().what.contains("empty"));
    }

    #[test]
    fn columns_without_a_name_must_be_empty() {
        let first = Header::First;
        let found = of("a,,b\n1,,2\n", &first, false).unwrap();
        assert_eq!((found.names.len(), found.notes.len()), (3, 1));
        let refused = of("a,,b\n1,x,2\n", &first, false).unwrap_err();
        assert!(refused.what.contains("column 2") && refused.what.contains("line 2"), "{refused}");
    }

    #[test]
    fn a_delimiter_at_the_end_of_rows_is_no_column() {
        for text in ["a,b,\n1,2,\n3,4,\n", "a,b\n1,2,\n3,4,\n"] {
            let found = of(text, &Header::First, false).unwrap();
            assert_eq!((found.names, found.spare), (vec!["a".to_owned(), "b".to_owned()], 1));
        }
        assert_eq!(of("a,b\n1,2,3\n", &Header::First, false).unwrap().spare, 0);
    }

    #[test]
    fn what_stands_above_the_header_is_refused_with_its_line() {
        let refused = of("Report\n\nid,name\n1,x\n2,y\n", &Header::First, false).unwrap_err();
        assert_eq!(refused.hint.unwrap(), "line 3 looks like the header: write header = 3");
        assert!(of("a\n1,2\n3,4\n", &Header::First, false).is_ok());
    }

    #[test]
    fn without_a_header_columns_are_named_or_numbered() {
        let names = |header| of("1,2\n3,4\n", &Header::None(header), false).unwrap().names;
        assert_eq!(names(Vec::new()), ["col_1", "col_2"]);
        assert_eq!(names(vec!["a".to_owned(), "b".to_owned()]), ["a", "b"]);
    }
}
