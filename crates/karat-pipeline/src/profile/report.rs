//! The profile as one HTML page of charts and tables, to be looked at and kept.

use karat_chart::{
    Bin, Completeness, Filled, Histogram, Page, Part, Section, Table, count, number,
};

use super::{Column, Profile, doubts, percent, type_of};

const BINS: usize = 30;
const TOP: usize = 12;

/// The report as one self-contained HTML document. It shows values of real rows.
pub fn page(profile: &Profile) -> String {
    let mut sections = vec![overview(profile)];
    if !profile.correlations.is_empty() {
        sections.push(correlations(profile));
    }
    sections.extend(profile.columns.iter().map(|column| section(profile, column)));
    let keys = profile.keys();
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let page = Page {
        title: format!("What is in {}?", profile.name),
        subtitle: "Values of real rows stand in this file: keep it as you keep the rows."
            .to_owned(),
        facts: vec![
            fact("rows", count(profile.rows)),
            fact("columns", count(profile.columns.len() as u64)),
            fact("rows that come again", count(profile.duplicates.rows)),
            fact("could be a key", if keys.is_empty() { "none".into() } else { keys.join(", ") }),
        ],
        sections,
    };
    page.html()
}

fn overview(profile: &Profile) -> Section {
    let mut table =
        Table::new("Columns", &["column", "type", "evidence"], &["no value", "different values"]);
    for column in &profile.columns {
        let found = &column.profile;
        table.row([
            column.name.clone(),
            type_of(&column.verdict),
            doubts(&column.verdict, profile.counted),
            percent(found.absent(), found.rows),
            distinct(column),
        ]);
    }
    let filled = |column: &Column| {
        let found = &column.profile;
        let share = found.present() as f64 / found.rows.max(1) as f64;
        Filled { column: column.name.clone(), shares: vec![share] }
    };
    let chart = Completeness {
        title: "Rows with a value".to_owned(),
        sources: vec![profile.name.clone()],
        columns: profile.columns.iter().map(filled).collect(),
    };
    let text = "A column is called what at least 95 % of its values are. Numbers with leading \
                zeros, of more than 15 digits or with the name of an identifier stay texts.";
    Section {
        title: "All columns".to_owned(),
        text: text.to_owned(),
        parts: vec![Part::Table(table), Part::from(chart)],
    }
}

fn distinct(column: &Column) -> String {
    let found = column.profile.distinct.count();
    if found.is_exact { count(found.values) } else { format!("about {}", count(found.values)) }
}

fn correlations(profile: &Profile) -> Section {
    let mut table = Table::new("Pearson's correlation", &["column", "and"], &["value", "rows"]);
    for pair in &profile.correlations {
        let value = format!("{:+.3}", pair.value);
        table.row([pair.a.clone(), pair.b.clone(), value, count(pair.rows)]);
    }
    Section {
        title: "Numbers that go together".to_owned(),
        text: String::new(),
        parts: vec![Part::Table(table)],
    }
}

fn section(profile: &Profile, column: &Column) -> Section {
    let mut parts: Vec<Part> = vec![Part::Table(facts(column))];
    let found = &column.profile;
    if column.verdict.kept.is_none() && found.numbers.count * 2 > found.present() {
        let bin = |bin: karat_rules::profile::Bin| Bin {
            from: bin.from,
            to: bin.to,
            first: bin.count,
            second: 0,
        };
        parts.push(Part::from(Histogram {
            title: format!("Numbers of {}", column.name),
            axis: column.name.clone(),
            first: "rows".to_owned(),
            second: None,
            bins: found.numbers.histogram(BINS).into_iter().map(bin).collect(),
            marks: Vec::new(),
            is_log: false,
        }));
    }
    parts.push(Part::Table(most("Most frequent values", &found.values)));
    parts.push(Part::Table(most("Most frequent shapes", &found.shapes)));
    let doubts = doubts(&column.verdict, profile.counted);
    let text = if doubts.is_empty() { String::new() } else { format!(": {doubts}") };
    Section {
        title: column.name.clone(),
        text: format!("{}{text}.", type_of(&column.verdict)),
        parts,
    }
}

fn facts(column: &Column) -> Table {
    let found = &column.profile;
    let mut table = Table::new("Figures", &["figure"], &["value"]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    row("rows", count(found.rows));
    row("missing or empty", count(found.missing + found.empty));
    row("tokens for no value", count(found.tokens));
    row("different values", distinct(column));
    if let (Some((low, high)), Some(mean)) = (found.lengths, found.mean_length()) {
        row("characters", format!("{low} to {high}, {mean:.1} on average"));
    }
    if let Some((low, high)) = found.numbers.ends.filter(|_| column.verdict.kept.is_none()) {
        row("numbers", format!("{} to {}", number(low), number(high)));
        row("mean", found.numbers.mean().map_or(String::new(), number));
        row("standard deviation", found.numbers.stdev().map_or(String::new(), number));
        let names = ["5 % lie below", "median", "95 % lie below"];
        for (name, value) in names.iter().zip(found.numbers.quantiles(&[0.05, 0.5, 0.95])) {
            let about = if found.numbers.is_exact() { "" } else { "about " };
            row(name, format!("{about}{}", number(value)));
        }
    }
    table
}

fn most(title: &str, values: &karat_rules::profile::Frequent) -> Table {
    let mut table = Table::new(title, &["value"], &["rows"]);
    for top in values.top(TOP) {
        let most =
            if top.most > top.least { format!(" to {}", count(top.most)) } else { String::new() };
        table.row([top.text, format!("{}{most}", count(top.least))]);
    }
    table
}
