//! Blocking rules: fields that are the same on both sides, or a condition in SQL.

use karat_resolve::condition::{self, Comparison, Expr, Side};
use karat_resolve::linkage::model::BlockingRule;
use toml_edit::{Item, Value};

use super::arguments::Arguments;
use crate::project::section::Section;

/// A rule in a list: SQL, or the fields that are the same.
enum Written {
    Sql(String),
    Same(Vec<String>),
}

/// Reads `[[blocking]]`.
pub(super) fn declared(args: &Arguments<'_>) -> Option<Vec<BlockingRule>> {
    let rules = args.section.tables("blocking");
    if rules.is_empty() && args.section.has("blocking") {
        args.section.wrong("blocking", "there is no rule in blocking", "give at least one");
    }
    let read: Vec<_> = rules.iter().map(|rule| read_rule(&args.within(rule))).collect();
    read.into_iter().collect()
}

fn read_rule(args: &Arguments<'_>) -> Option<BlockingRule> {
    let section = args.section;
    let (columns, sql) = (section.texts("same"), section.text("rule"));
    let condition = match (columns, sql) {
        (Some(columns), None) => same(args, "same", &columns),
        (None, Some(sql)) => args.sql("rule", &sql, condition::parse_rule),
        _ if section.has("same") && section.has("rule") => {
            let what = "a rule is fields that are the same or SQL, not both";
            section.wrong("rule", what, "leave out same, or else rule");
            None
        }
        (None, None) if !section.has("same") && !section.has("rule") => {
            section.missing("same", "for example: same = [\"surname\"]; or give SQL as rule");
            None
        }
        _ => None,
    };
    let explode = section.texts("explode").unwrap_or_default();
    let unknown = explode.iter().filter(|field| !args.knows("explode", field)).count();
    section.done();
    condition.filter(|_| unknown == 0).map(|condition| BlockingRule { condition, explode })
}

/// All of these are the same on both sides.
fn same(args: &Arguments<'_>, key: &str, columns: &[String]) -> Option<Expr> {
    if columns.is_empty() {
        let what = "a rule has to name at least one field that is the same";
        args.section.wrong(key, what, &format!("for example: {key} = [\"surname\", \"dob\"]"));
        return None;
    }
    let equal = |text: &String| {
        let column = args.expression(key, text)?;
        Some(Expr::compare(Comparison::Equal, column.on(Side::Left), column.on(Side::Right)))
    };
    let parts: Vec<_> = columns.iter().map(equal).collect();
    parts.into_iter().collect::<Option<_>>().map(Expr::all)
}

/// Reads a list of rules: each is SQL, or a list of fields that are the same.
pub(super) fn rules(args: &Arguments<'_>, key: &str) -> Vec<BlockingRule> {
    let read = |written: Written| {
        let condition = match written {
            Written::Sql(sql) => args.sql(key, &sql, condition::parse_rule),
            Written::Same(columns) => same(args, key, &columns),
        }?;
        Some(BlockingRule { condition, explode: Vec::new() })
    };
    written(args.section, key).into_iter().filter_map(read).collect()
}

fn written(section: &Section<'_>, key: &str) -> Vec<Written> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let one = |value: &Value| match value {
        Value::Array(columns) => columns.iter().map(text).collect::<Option<_>>().map(Written::Same),
        value => text(value).map(Written::Sql),
    };
    let read = |item: &Item| match item.as_value()? {
        Value::Array(rules) => rules.iter().map(one).collect(),
        value => one(value).map(|rule| vec![rule]),
    };
    let kind = ("a list of rules or of lists of fields", "[\"l.dob = r.dob\", [\"surname\"]]");
    section.typed(key, kind, read).unwrap_or_default()
}
