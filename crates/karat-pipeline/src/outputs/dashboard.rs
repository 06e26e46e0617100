//! Dashboards: pivots as lines and tables on one page that asks nothing of a network.

use std::collections::BTreeSet;
use std::io::Write;

use karat_chart::{Axis, Lines, Page, Part, Section, Series, Table, count, number};
use karat_record::calendar::days_from;
use karat_record::{Kind, Problem, Result};
use karat_store::copy::ColumnType;
use serde_json::json;

use super::grid::{Grid, GridRow};
use super::make::{Made, Maker, Ready};
use super::natural;
use crate::project::outputs::Dashboard;

/// Values after which a page begins no other part; how many it leaves out, it says.
const ENOUGH_VALUES: u64 = 20_000;

/// Values of a page at most: beyond, no browser likes it.
const MOST_VALUES: u64 = 200_000;

/// Writes the page.
pub async fn make(maker: &Maker<'_>, dashboard: &Dashboard, ready: &[Ready<'_>]) -> Result<Made> {
    let mut shown = Shown::default();
    for pivot in ready {
        read(maker, pivot, &mut shown).await?;
    }
    shown.facets.sort_by(|a, b| natural::compare(&a.name, &b.name));
    let page = page(dashboard, &shown, ready);
    let mut draft = maker.storage.draft()?;
    let written = draft.write_all(page.html().as_bytes());
    written.map_err(|e| Problem::io("write", draft.path(), &e))?;
    let files = ready.iter().flat_map(|ready| ready.shapes.iter().map(|shape| &shape.file));
    Ok(Made {
        name: dashboard.file.clone(),
        content: maker.storage.keep(draft)?,
        content_type: "text/html; charset=utf-8",
        rows: None,
        detail: json!({ "of": dashboard.of, "files": files.collect::<Vec<_>>() }),
    })
}

/// What a page shows, and what it leaves out.
#[derive(Default)]
struct Shown {
    facets: Vec<Facet>,
    values: u64,
    omitted: BTreeSet<String>,
}

/// What one section shows: the rows of one group, or of the same other keys.
struct Facet {
    name: String,
    file: String,
    /// What the axis across is, if rows can stand on one.
    across: Option<Across>,
    columns: Vec<Column>,
    rows: u64,
    is_numeric: bool,
}

/// A column of a pivot: its values in the order of the rows.
struct Column {
    name: String,
    /// Place across, as shown and as a number, and the value.
    values: Vec<(String, Option<f64>, f64)>,
    missing: u64,
}

#[derive(Clone)]
struct Across {
    title: String,
    is_days: bool,
}

/// Which key stands on the axis: the first that is a day or time, else the first number.
fn across(ready: &Ready<'_>) -> Option<(usize, Across)> {
    use ColumnType::{Date, Float4, Float8, Int2, Int4, Int8, Numeric, Timestamp};
    let kinds: Vec<Option<&ColumnType>> =
        ready.pivot.rows.iter().map(|name| ready.target.column(name).map(|c| &c.kind)).collect();
    let is_time = |kind: &Option<&ColumnType>| matches!(kind, Some(Date | Timestamp));
    let is_number = |kind: &Option<&ColumnType>| {
        matches!(kind, Some(Int2 | Int4 | Int8 | Float4 | Float8 | Numeric(_)))
    };
    let time = kinds.iter().position(is_time);
    let at = time.or_else(|| kinds.iter().position(is_number))?;
    let title = super::shape::row_names(ready.pivot)[at].clone();
    Some((at, Across { title, is_days: time.is_some() }))
}

async fn read(maker: &Maker<'_>, ready: &Ready<'_>, shown: &mut Shown) -> Result<()> {
    use ColumnType::{Float4, Float8, Int2, Int4, Int8, Numeric};
    let statement = ready.statement();
    let across = across(ready);
    let kind = statement.cells()?;
    let is_numeric = matches!(kind, Int2 | Int4 | Int8 | Float4 | Float8 | Numeric(_));
    let mut grid = Grid::open(maker.session, &statement, &ready.shapes).await?;
    while let Some(row) = grid.next().await? {
        let name = name_of(ready, &row, across.as_ref().map(|(at, _)| *at));
        let file = &ready.shapes[row.shape].file;
        let is_it = |facet: &Facet| facet.name == name && facet.file == *file;
        let at = match shown.facets.iter().rposition(is_it) {
            Some(at) => at,
            None if shown.values >= ENOUGH_VALUES => {
                shown.omitted.insert(name);
                continue;
            }
            None => {
                shown.facets.push(Facet::new(ready, &row, name, &across, is_numeric));
                shown.facets.len() - 1
            }
        };
        shown.facets[at].add(&row, across.as_ref());
        shown.values += row.cells.iter().flatten().count() as u64;
        if shown.values > MOST_VALUES {
            let what = format!("a page shows at most {} values", count(MOST_VALUES));
            let hint = "show less with row_condition or a coarser pivot";
            return Err(Problem::new(Kind::Data, what).hint(hint));
        }
    }
    Ok(())
}

/// What a row's section is called: its group and its keys that stand on no axis, each once.
fn name_of(ready: &Ready<'_>, row: &GridRow, across: Option<usize>) -> String {
    let mut names: Vec<&str> = ready.shapes[row.shape].group.as_deref().into_iter().collect();
    let keys = row.keys.iter().enumerate().filter(|(at, _)| Some(*at) != across);
    for name in keys.filter_map(|(_, key)| key.as_deref()) {
        if across.is_some() && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { ready.output.name.clone() } else { names.join(" · ") }
}

impl Facet {
    fn new(
        ready: &Ready<'_>,
        row: &GridRow,
        name: String,
        across: &Option<(usize, Across)>,
        is_numeric: bool,
    ) -> Facet {
        let shape = &ready.shapes[row.shape];
        let column = |(name, _): &(String, Option<String>)| Column {
            name: name.clone(),
            values: Vec::new(),
            missing: 0,
        };
        Facet {
            name,
            file: shape.file.clone(),
            across: across.as_ref().map(|(_, across)| across.clone()),
            columns: shape.columns.iter().map(column).collect(),
            rows: 0,
            is_numeric,
        }
    }

    fn add(&mut self, row: &GridRow, across: Option<&(usize, Across)>) {
        self.rows += 1;
        let key = across.and_then(|(at, _)| row.keys[*at].clone()).unwrap_or_default();
        let place = across.and_then(|(_, across)| match across.is_days {
            true => days(&key),
            false => key.parse().ok(),
        });
        for (column, cell) in self.columns.iter_mut().zip(&row.cells) {
            match cell.as_ref().map(|text| text.parse::<f64>()) {
                Some(Ok(value)) => column.values.push((key.clone(), place, value)),
                Some(Err(_)) => {}
                None => column.missing += 1,
            }
        }
    }

    fn section(&self, dashboard: &Dashboard) -> Section {
        let mut parts = Vec::new();
        match &self.across {
            Some(across) if self.is_numeric => {
                let filled: Vec<&Column> =
                    self.columns.iter().filter(|column| !column.values.is_empty()).collect();
                let charts = filled.chunks(dashboard.lines);
                parts.extend(charts.map(|columns| self.chart(dashboard, columns, across).into()));
            }
            Some(_) => parts.push(note("The values are no numbers, so there is nothing to draw.")),
            None => parts.push(note("No column of the rows is a time or a number to draw along.")),
        }
        parts.push(Part::Table(self.table()));
        let empty: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| column.values.is_empty())
            .map(|column| column.name.as_str())
            .collect();
        if !empty.is_empty() && self.is_numeric {
            parts.push(note(&format!("There are no values of {}.", empty.join(", "))));
        }
        let rows = count(self.rows);
        let text = format!(
            "The {rows} rows of {}. A line joins the values that there are; what is missing is not \
             filled in.",
            self.file
        );
        Section { title: self.name.clone(), text, parts }
    }

    fn chart(&self, dashboard: &Dashboard, columns: &[&Column], across: &Across) -> Lines {
        let title = match columns {
            [first, .., last] => format!("{}: {} to {}", self.name, first.name, last.name),
            [one] => format!("{}: {}", self.name, one.name),
            [] => self.name.clone(),
        };
        let series = |column: &&Column| Series {
            name: column.name.clone(),
            points: column.values.iter().filter_map(|(_, x, y)| Some(((*x)?, *y))).collect(),
        };
        Lines {
            title,
            x: Axis { title: across.title.clone(), range: None, is_days: across.is_days },
            y: Axis { title: dashboard.unit.clone(), range: None, is_days: false },
            series: columns.iter().map(series).collect(),
            points: Vec::new(),
            has_diagonal: false,
        }
    }

    /// Each column in numbers.
    fn table(&self) -> Table {
        let title = format!("{} in numbers", self.name);
        let numbers = ["values", "missing", "least", "mean", "largest"];
        let mut table = Table::new(&title, &["column", "first", "last"], &numbers);
        for column in &self.columns {
            let ys = || column.values.iter().map(|(_, _, y)| *y);
            let edge = |value: Option<&(String, Option<f64>, f64)>| {
                value.map(|(key, _, _)| key.clone()).unwrap_or_default()
            };
            let shown = |value: f64| match column.values.is_empty() {
                true => String::new(),
                false => number(value),
            };
            table.row([
                column.name.clone(),
                edge(column.values.first()),
                edge(column.values.last()),
                count(column.values.len() as u64),
                count(column.missing),
                shown(ys().fold(f64::INFINITY, f64::min)),
                shown(ys().sum::<f64>() / column.values.len() as f64),
                shown(ys().fold(f64::NEG_INFINITY, f64::max)),
            ]);
        }
        table
    }
}

fn note(text: &str) -> Part {
    Part::Note(text.to_owned())
}

fn page(dashboard: &Dashboard, shown: &Shown, ready: &[Ready<'_>]) -> Page {
    let facets = &shown.facets;
    let total = |of: fn(&Facet) -> u64| count(facets.iter().map(of).sum());
    let values = |facet: &Facet| facet.columns.iter().map(|c| c.values.len() as u64).sum();
    let missing = |facet: &Facet| facet.columns.iter().map(|c| c.missing).sum();
    let mut sections: Vec<Section> = facets.iter().map(|facet| facet.section(dashboard)).collect();
    let to_know = to_know(shown, ready);
    if !to_know.is_empty() {
        let parts = to_know.iter().map(|text| note(text)).collect();
        let (title, text) = ("What to know".to_owned(), String::new());
        sections.insert(0, Section { title, text, parts });
    }
    let files: Vec<&str> =
        ready.iter().flat_map(|r| r.shapes.iter().map(|shape| shape.file.as_str())).collect();
    let files = match files.as_slice() {
        few if few.len() <= 8 => few.join(", "),
        many => format!("{} and {} other files", many[..7].join(", "), many.len() - 7),
    };
    Page {
        title: dashboard.title.clone(),
        subtitle: format!("Made from {files}, and from nothing else."),
        facts: vec![
            ("parts".to_owned(), count(facets.len() as u64)),
            ("rows".to_owned(), total(|facet| facet.rows)),
            ("values".to_owned(), total(values)),
            ("missing".to_owned(), total(missing)),
        ],
        sections,
    }
}

/// What a reader should not overlook.
fn to_know(shown: &Shown, ready: &[Ready<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    if shown.facets.is_empty() {
        notes.push("There is no data: the pivots of this page have no rows.".to_owned());
    }
    if !shown.omitted.is_empty() {
        let (shown, omitted) = (shown.facets.len() as u64, shown.omitted.len() as u64);
        notes.push(format!(
            "This page shows {} of {} parts; the others are in their files.",
            count(shown),
            count(shown + omitted)
        ));
    }
    for ready in ready {
        notes.extend(ready.notes.iter().cloned());
        notes.extend(ready.shapes.iter().flat_map(|shape| shape.notes.iter().cloned()));
    }
    notes
}

/// Days since 1970-01-01 of a day, or of a time in UTC, as PostgreSQL writes them.
fn days(text: &str) -> Option<f64> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let date: jiff::civil::Date = date.parse().ok()?;
    let time: jiff::civil::Time = time.trim_end_matches("+00").parse().ok()?;
    let day = days_from(date.year().into(), date.month().into(), date.day().into());
    let seconds = f64::from(time.hour()) * 3600.0
        + f64::from(time.minute()) * 60.0
        + f64::from(time.second());
    Some(day as f64 + seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn a_time_is_a_part_of_its_day() {
        let cases = [
            ("1970-01-01", Some(0.0)),
            ("2021-03-31", Some(18_717.0)),
            ("2021-03-31 18:00:00+00", Some(18_717.75)),
            ("infinity", None),
        ];
        for (text, expected) in cases {
            assert_eq!(days(text), expected, "{text}");
        }
    }
}
