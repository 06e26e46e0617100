//! The golden table in entity files.

use karat_resolve::survive;
use karat_store::Table;

use super::{Field, columns_of, known_field};
use crate::project::dataset;
use crate::project::section::Section;

/// The table of golden records.
#[derive(Clone, Debug)]
pub struct Golden {
    pub table: Table,
    /// Whether no schema file declares it, so that Karat makes it.
    pub implied: bool,
    pub id: String,
    pub confidence: Option<String>,
    pub review: Option<String>,
    pub metadata: Option<String>,
    pub columns: Vec<GoldenColumn>,
}

/// A column of the golden table.
#[derive(Clone, Debug)]
pub struct GoldenColumn {
    pub name: String,
    pub from: GoldenFrom,
    pub rule: survive::Rule,
}

/// What a golden value is chosen from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoldenFrom {
    /// The cleaned texts of a field.
    Field(String),
    /// For each source a column as it was loaded; `None` where the source has none.
    Columns(Vec<Option<String>>),
}

/// Reads the golden table; one is made where none is declared.
pub(super) fn read(
    name: &str,
    section: &Section<'_>,
    sources: &[&str],
    fields: &[Field],
) -> Option<Golden> {
    match section.table("golden") {
        Some(golden) => read_golden(name, &golden, sources, fields),
        None => implied_golden(name, fields),
    }
}

fn implied_golden(name: &str, fields: &[Field]) -> Option<Golden> {
    let column = |field: &Field| GoldenColumn {
        name: field.name.clone(),
        from: GoldenFrom::Field(field.name.clone()),
        rule: survive::Rule::MostFrequent,
    };
    Some(Golden {
        table: Table::new("public", format!("golden_{name}")),
        implied: true,
        id: "id".to_owned(),
        confidence: Some("confidence".to_owned()),
        review: Some("needs_review".to_owned()),
        metadata: Some("origin".to_owned()),
        columns: fields.iter().map(column).collect(),
    })
}

fn read_golden(
    name: &str,
    section: &Section<'_>,
    sources: &[&str],
    fields: &[Field],
) -> Option<Golden> {
    let implied = implied_golden(name, fields)?;
    let columns = section.table("columns").map(|s| golden_columns(&s, sources, fields));
    let table = section.required_text("table", "the table of golden records")?;
    let golden = Golden {
        table: dataset::table(section, &table)?,
        implied: false,
        id: section.text("id").unwrap_or(implied.id),
        confidence: section.text("confidence"),
        review: section.text("review"),
        metadata: section.text("origin"),
        columns: columns.unwrap_or_default(),
    };
    section.done();
    Some(golden)
}

fn golden_columns(section: &Section<'_>, sources: &[&str], fields: &[Field]) -> Vec<GoldenColumn> {
    let names: Vec<String> = fields.iter().map(|f| f.name.clone()).collect();
    let rules: Vec<(&str, survive::Rule)> =
        survive::Rule::ALL.iter().map(|r| (r.name(), *r)).collect();
    let read = |name: &String| {
        let column = section.table(name)?;
        let rule = column.choice("rule", &rules).unwrap_or(survive::Rule::MostTrusted);
        let field = column.text("field");
        known_field(&column, "field", field.as_ref(), &names);
        let from = match field {
            Some(field) => GoldenFrom::Field(field),
            None if column.has("from") => {
                let columns = columns_of(&column, "from", sources);
                GoldenFrom::Columns(columns.into_iter().map(|c| c.into_iter().next()).collect())
            }
            None => {
                column.missing("from", "give field = \"...\" or from = { SOURCE = \"column\" }");
                return None;
            }
        };
        column.done();
        Some(GoldenColumn { name: name.clone(), from, rule })
    };
    section.keys().iter().filter_map(read).collect()
}
