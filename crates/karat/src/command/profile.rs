//! `karat profile FILE|TABLE`: what is in it, a line per column.

use std::fs;
use std::path::Path;

use karat_pipeline::profile::{
    self, Column, Frequent, Profile, Top, doubts, percent, report, stem, type_of,
};
use karat_record::{Kind, Problem, Result};
use karat_store::Table;
use serde_json::{Value as Json, json};

use super::{Done, Shell};
use crate::Ending;
use crate::args;
use crate::output::{Output, number, table};

/// Characters of a value that are shown in a line.
const SHOWN: usize = 24;

pub async fn run(shell: &mut Shell, command: &args::Profile) -> Done {
    let found = read(shell, &command.what).await?;
    let mut written = Vec::new();
    if let Some(file) = &command.report {
        write(file, &report::page(&found))?;
        written.push(("report", file.display().to_string()));
    }
    if let Some(folder) = &command.suggest {
        let file = folder.join(format!("{}.toml", stem(&found.name)));
        suggest(&file, &found)?;
        written.push(("dataset", file.display().to_string()));
    }
    show(&shell.output, &found);
    for (what, file) in &written {
        shell.output.line(format!("  {what:<9} {file}"));
    }
    shell.output.document(&document(&found));
    Ok(Ending::Done)
}

/// A file where there is one of that name, else a table of the project's database.
async fn read(shell: &mut Shell, what: &str) -> Result<Profile, karat_record::Problems> {
    let path = Path::new(what);
    if path.exists() {
        return Ok(profile::file(path)?);
    }
    let name = Table::parse(what).filter(|_| !what.contains('/') && !what.ends_with(".csv"));
    let Some(name) = name else {
        let problem = Problem::new(Kind::Input, format!("there is no file {what}"));
        return Err(problem.hint("name it as seen from the folder you are in").into());
    };
    let project = shell.project()?;
    let base = shell.base(&project)?;
    Ok(profile::table(&base.address, &name).await?)
}

/// Writes the suggestion, but over nothing that somebody may have written.
fn suggest(file: &Path, found: &Profile) -> Result<()> {
    if file.exists() {
        let problem = Problem::new(Kind::Usage, format!("{} is there already", file.display()));
        return Err(problem.hint("name another folder, or take the file away"));
    }
    write(file, &profile::suggest(found))
}

fn write(file: &Path, text: &str) -> Result<()> {
    let hint = "name a file in a folder that is there";
    fs::write(file, text).map_err(|e| Problem::io("write", file, &e).hint(hint))
}

fn show(out: &Output, found: &Profile) {
    let rows = format!("{} rows · {} columns", number(found.rows), found.columns.len());
    out.line(format!("{}  {rows}", out.strong(&found.name)));
    out.line("");
    let head = ["column", "type", "no value", "distinct", "from", "to", "most frequent"];
    let head = head.map(str::to_owned).to_vec();
    let lines: Vec<Vec<String>> =
        [head].into_iter().chain(found.columns.iter().map(line)).collect();
    let right = [false, false, true, true, false, false, false];
    for (at, text) in table(&lines, &right).iter().enumerate() {
        out.line(format!("  {}", if at == 0 { out.faint(text) } else { text.clone() }));
    }
    let doubtful: Vec<Vec<String>> = found
        .columns
        .iter()
        .map(|column| (column, doubts(&column.verdict, found.counted)))
        .filter(|(_, doubts)| !doubts.is_empty())
        .map(|(column, doubts)| vec![column.name.clone(), type_of(&column.verdict), doubts])
        .collect();
    block(out, "not all values fit", &doubtful);
    let pairs: Vec<Vec<String>> = found
        .correlations
        .iter()
        .take(5)
        .map(|pair| vec![format!("{} and {}", pair.a, pair.b), format!("{:+.3}", pair.value)])
        .collect();
    block(out, "numbers that go together", &pairs);
    out.line("");
    let keys = found.keys();
    let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
    out.line(format!("  could be a key: {keys}"));
    let at_least = if found.duplicates.is_exact { "" } else { "at least " };
    out.line(format!("  rows that come again: {at_least}{}", number(found.duplicates.rows)));
}

fn block(out: &Output, title: &str, lines: &[Vec<String>]) {
    if lines.is_empty() {
        return;
    }
    out.line("");
    out.line(format!("  {}", out.faint(title)));
    for line in table(lines, &[]) {
        out.line(format!("  {line}"));
    }
}

/// The line of a column.
fn line(column: &Column) -> Vec<String> {
    let found = &column.profile;
    let distinct = found.distinct.count();
    let about = if distinct.is_exact { "" } else { "~" };
    let (low, high) = ends(column);
    // An estimate of less than a hundredth says nothing.
    let is_telling =
        |top: &Top| top.least > 1 && (top.most == top.least || top.least * 100 >= found.present());
    let top = found.values.top(1).into_iter().next().filter(is_telling);
    let top = top.map_or(String::new(), |top| {
        let share = percent(top.least, found.present());
        let at_least = if top.most > top.least { "≥ " } else { "" };
        format!("{} ({at_least}{share})", short(&top.text))
    });
    vec![
        short(&column.name),
        type_of(&column.verdict),
        percent(found.absent(), found.rows),
        format!("{about}{}", number(distinct.values)),
        low,
        high,
        top,
    ]
}

/// The least and the greatest value: as numbers where they are numbers, else in the order of texts.
fn ends(column: &Column) -> (String, String) {
    let found = &column.profile;
    let is_number = found.numbers.count == found.present() && column.verdict.kept.is_none();
    match (&found.texts, found.numbers.ends) {
        (_, Some((low, high))) if is_number => (low.to_string(), high.to_string()),
        (Some((low, high)), _) => (short(low), short(high)),
        (None, _) => Default::default(),
    }
}

/// A text on one line, its end cut off where it is long.
fn short(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '␤' } else { c };
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => text[..at].chars().map(shown).chain(['…']).collect(),
        None => text.chars().map(shown).collect(),
    }
}

fn document(found: &Profile) -> Json {
    json!({
        "name": found.name,
        "rows": found.rows,
        "rows_again": { "rows": found.duplicates.rows, "exact": found.duplicates.is_exact },
        "keys": found.keys(),
        "columns": found.columns.iter().map(described).collect::<Vec<_>>(),
        "correlations": found.correlations.iter().map(|pair| json!({
            "a": pair.a, "b": pair.b, "value": pair.value, "rows": pair.rows,
        })).collect::<Vec<_>>(),
    })
}

fn described(column: &Column) -> Json {
    let found = &column.profile;
    let distinct = found.distinct.count();
    let numbers = &found.numbers;
    let top = |values: &Frequent| -> Vec<Json> {
        let values = values.top(10).into_iter();
        values.map(|t| json!({ "text": t.text, "least": t.least, "most": t.most })).collect()
    };
    json!({
        "name": column.name,
        "type": column.verdict.stored.name(),
        "looks_like": column.verdict.evidence.as_ref().map(|evidence| json!({
            "kind": evidence.kind.name(), "fits": evidence.fits, "of": evidence.of,
            "misfits": evidence.misfits,
        })),
        "kept_as_text": column.verdict.kept,
        "rows": found.rows,
        "missing": found.missing,
        "empty": found.empty,
        "tokens": found.tokens,
        "distinct": { "values": distinct.values, "exact": distinct.is_exact },
        "lengths": found.lengths,
        "mean_length": found.mean_length(),
        "texts": found.texts,
        "numbers": numbers.ends.map(|(low, high)| json!({
            "count": numbers.count, "min": low, "max": high,
            "mean": numbers.mean(), "stdev": numbers.stdev(),
            "quantiles": {
                "exact": numbers.is_exact(),
                "shares": QUANTILES, "values": numbers.quantiles(&QUANTILES),
            },
        })),
        "values": top(&found.values),
        "shapes": top(&found.shapes),
    })
}

/// The shares of numbers that lie below the quantiles of the document.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
