//! A dataset file that would load what was profiled, with the evidence for each line beside it.

use std::fmt::Write;

use karat_record::Type;
use karat_rules::profile::Kind;

use super::{Column, Profile, doubts, percent, type_of};
use crate::load::column_name;

/// A column whose values are nearly all there is worth a check that they stay so.
const NEARLY_ALL: f64 = 0.98;

/// The text of `datasets/NAME.toml`. Checks are comments: what is true of one file is no rule yet.
pub fn suggest(profile: &Profile) -> String {
    let keys = profile.keys();
    let name = stem(&profile.name);
    let mut out = format!(
        "# Suggested from {}: {} rows, {} columns. Read it before you use it.\n\
         files = {}\ntable = {}\n",
        one_line(&profile.name),
        profile.rows,
        profile.columns.len(),
        quoted(&profile.name),
        quoted(&format!("public.{name}")),
    );
    match keys.first() {
        Some(key) => {
            let others = if keys.len() > 1 { keys[1..].join(", ") } else { "none".to_owned() };
            line(
                &mut out,
                format_args!("# No value comes twice; other columns like it: {others}."),
            );
            line(&mut out, format_args!("key = [{}]", quoted(&column_name(key))));
        }
        None => {
            line(&mut out, format_args!("# No column tells all rows apart.\nmode = \"append\""));
        }
    }
    let tokens = tokens(profile);
    if !tokens.is_empty() {
        line(&mut out, format_args!("null = [{}]", tokens.join(", ")));
    }
    for column in &profile.columns {
        push_column(&mut out, profile, column);
    }
    push_checks(&mut out, profile);
    out
}

/// The name of a dataset: that of the file without folder and ending.
pub fn stem(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    column_name(file.split('.').next().unwrap_or(file))
}

fn push_column(out: &mut String, profile: &Profile, column: &Column) {
    let rule = rule(column);
    let stored = column.verdict.stored;
    let own = column_name(&column.name);
    let is_plain = column.verdict.evidence.is_none() && own == column.name;
    if rule.is_none() && stored == Type::Text && is_plain {
        return;
    }
    let present = column.profile.present();
    let doubts = doubts(&column.verdict, profile.counted);
    let doubts = if doubts.is_empty() { String::new() } else { format!(": {doubts}") };
    line(
        out,
        format_args!(
            "\n# {}{doubts}; {} filled",
            type_of(&column.verdict),
            percent(present, column.profile.rows)
        ),
    );
    line(out, format_args!("[columns.{}]", quoted(&own)));
    if own != column.name {
        line(out, format_args!("header = {}", quoted(&column.name)));
    }
    line(out, format_args!("type = \"{stored}\""));
    if let Some(rule) = rule {
        line(out, format_args!("clean = [\"{rule}\"]"));
    }
}

/// The rule that brings the values of a column into the form that their type has.
fn rule(column: &Column) -> Option<&'static str> {
    let verdict = &column.verdict;
    match verdict.evidence.as_ref()?.kind {
        Kind::DateMonthFirst => Some("date_month_first"),
        Kind::DateDayFirst => Some("date_day_first"),
        Kind::Date => Some("date_year_first"),
        Kind::Email => Some("email_address"),
        Kind::Phone => Some("phone"),
        Kind::Url => Some("url"),
        _ => None,
    }
}

/// Texts of the file that stand for no value, quoted.
fn tokens(profile: &Profile) -> Vec<String> {
    let mut found: Vec<String> =
        profile.columns.iter().flat_map(|column| column.profile.values.tokens()).collect();
    found.sort_unstable();
    found.dedup();
    found.iter().map(|token| quoted(token)).collect()
}

fn push_checks(out: &mut String, profile: &Profile) {
    out.push_str("\n# Checks that hold of this file:\n");
    for column in &profile.columns {
        let name = column_name(&column.name);
        let found = &column.profile;
        let share = found.present() as f64 / found.rows.max(1) as f64;
        if share >= NEARLY_ALL {
            let filled = percent(found.present(), found.rows);
            line(out, format_args!("# {name}: has a value ({filled} of {} rows)", found.rows));
        }
        if found.distinct.is_unique() == Some(true) && found.present() > 1 {
            line(out, format_args!("# {name}: no value comes twice"));
        }
        let values = found.distinct.count();
        if values.is_exact && (2..=8).contains(&values.values) && found.values.error() == 0 {
            let texts: Vec<String> =
                found.values.top(8).iter().map(|top| quoted(&top.text)).collect();
            line(out, format_args!("# {name}: is one of {}", texts.join(", ")));
        }
        if let (Type::Integer | Type::Numeric, Some((low, high))) =
            (column.verdict.stored, found.numbers.ends)
        {
            line(out, format_args!("# {name}: lies between {low} and {high}"));
        }
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a String takes everything");
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
