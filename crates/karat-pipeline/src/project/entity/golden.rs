//! The golden table in entity files.

use karat_resolve::survive;
use karat_store::{Table, resolution};

use super::{Field, columns_of, known_field};
use crate::project::dataset;
use crate::project::section::{Section, one_of};

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
    /// How likely each value is right.
    pub field_confidence: Option<String>,
    pub columns: Vec<GoldenColumn>,
}

/// A column of the golden table.
#[derive(Clone, Debug)]
pub struct GoldenColumn {
    pub name: String,
    pub from: GoldenFrom,
    pub rule: survive::Rule,
    /// For `First` the place of each source in the declared order.
    pub order: Vec<u32>,
    /// For `Sql` the expression.
    pub sql: Option<String>,
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
        order: Vec::new(),
        sql: None,
    };
    Some(Golden {
        table: Table::new("public", format!("golden_{name}")),
        implied: true,
        id: "id".to_owned(),
        confidence: Some("confidence".to_owned()),
        review: Some("needs_review".to_owned()),
        metadata: Some("origin".to_owned()),
        field_confidence: None,
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
        field_confidence: section.text("field_confidence"),
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
        let order = match rule {
            survive::Rule::First => order(&column, sources, &offering(&from, sources, fields))?,
            _ => Vec::new(),
        };
        let sql = if rule == survive::Rule::Sql { Some(sql(&column)?) } else { None };
        column.done();
        Some(GoldenColumn { name: name.clone(), from, rule, order, sql })
    };
    section.keys().iter().filter_map(read).collect()
}

/// For each source whether it has the column.
fn offering(from: &GoldenFrom, sources: &[&str], fields: &[Field]) -> Vec<bool> {
    match from {
        GoldenFrom::Columns(columns) => columns.iter().map(Option::is_some).collect(),
        GoldenFrom::Field(name) => {
            let field = fields.iter().find(|field| field.name == *name);
            let has =
                |at: usize| field.is_some_and(|f| f.from.get(at).is_some_and(|c| !c.is_empty()));
            (0..sources.len()).map(has).collect()
        }
    }
}

/// The place of each source in the order of a column that takes the first. A source that has the
/// column and is not named would be left out silently, and is refused.
fn order(column: &Section<'_>, sources: &[&str], offering: &[bool]) -> Option<Vec<u32>> {
    if !column.has("order") {
        column.missing(
            "order",
            "name the sources, the first choice first: order = [\"crm\", \"web\"]",
        );
        return None;
    }
    let named = column.texts("order")?;
    if let Some(unknown) = named.iter().find(|name| !sources.contains(&name.as_str())) {
        column.wrong("order", format!("there is no source {unknown:?}"), &one_of(unknown, sources));
        return None;
    }
    if let Some(twice) = named.iter().enumerate().find(|(at, name)| named[..*at].contains(name)) {
        column.wrong("order", format!("source {:?} is named twice", twice.1), "name it once");
        return None;
    }
    let place = |source: &&str| named.iter().position(|name| name == source);
    let places: Vec<Option<usize>> = sources.iter().map(place).collect();
    for ((place, offers), source) in places.iter().zip(offering).zip(sources) {
        if place.is_some() != *offers {
            let (what, hint) = match offers {
                true => ("has the column and is not named", "name it, at the end if it comes last"),
                false => ("is named and does not have the column", "leave it out"),
            };
            column.wrong("order", format!("source {source:?} {what}"), hint);
            return None;
        }
    }
    Some(places.into_iter().map(|place| place.unwrap_or(sources.len()) as u32).collect())
}

/// The expression of a column that chooses by SQL.
fn sql(column: &Section<'_>) -> Option<String> {
    let hint = "an expression over the values that an entity's records offer: sql = \"max(value)\"";
    let sql = column.required_text("sql", hint)?;
    if let Err(why) = resolution::expression(&sql) {
        column.wrong("sql", format!("sql is not one expression: {why}"), hint);
        return None;
    }
    Some(sql)
}
