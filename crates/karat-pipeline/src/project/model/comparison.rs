//! Comparisons of an entity file: one of the library, or levels one by one; with what is known
//! of their probabilities and term frequencies.

use karat_resolve::condition::{self, Comparison as Relation, Expr, Literal};
use karat_resolve::linkage::model::{Comparison, Frequency, Level, Probability};

use super::arguments::{Arguments, Bounds, names};
use super::level;
use super::library::{self, folded, lookup};

/// Reads `[[comparisons]]`. Each name may come once.
pub(super) fn all(args: &Arguments<'_>, notes: &mut Vec<String>) -> Option<Vec<Comparison>> {
    let section = args.section;
    let tables = section.tables("comparisons");
    if tables.is_empty() && section.has("comparisons") {
        let what = "there is no comparison in comparisons";
        section.wrong("comparisons", what, "give at least one");
    }
    let mut complete = true;
    let mut found: Vec<Comparison> = Vec::new();
    for table in &tables {
        let Some(comparison) = read(&args.within(table), notes) else {
            complete = false;
            continue;
        };
        if found.iter().any(|other| other.name.eq_ignore_ascii_case(&comparison.name)) {
            let what = format!("two comparisons are called {}", comparison.name);
            table.wrong("name", what, "give one of them another name: name = \"...\"");
        }
        found.push(comparison);
    }
    complete.then_some(found)
}

fn read(args: &Arguments<'_>, notes: &mut Vec<String>) -> Option<Comparison> {
    let section = args.section;
    let (name, description) = (section.text("name"), section.text("description"));
    let adjusted = section.truth("term_frequency_adjustments").unwrap_or(false);
    let probabilities = ["m_probabilities", "u_probabilities"]
        .map(|key| (key, args.numbers(key, Bounds::Probability)));
    let made = match section.has("levels") {
        true => listed(args),
        false => from_library(args),
    };
    let Made { name: usual, description: kind, mut levels } = made?;
    section.done();
    if adjusted {
        adjust(args, &mut levels)?;
    }
    for (key, values) in probabilities {
        set(args, key, values, &mut levels)?;
    }
    let name = name.unwrap_or(usual);
    if levels.iter().all(|level| level.condition.is_some()) {
        notes.push(format!(
            "{}: comparison {name} has no level of all other pairs, so that pairs which reach \
             none of its levels are left out",
            section.place("levels")
        ));
    }
    let description = description.unwrap_or(kind);
    let mut comparison = Comparison { name, description: Some(description), levels };
    comparison.fill_defaults();
    Some(comparison)
}

/// A comparison before its probabilities.
struct Made {
    name: String,
    /// What Splink describes it by: its name in the library.
    description: String,
    levels: Vec<Level>,
}

fn from_library(args: &Arguments<'_>) -> Option<Made> {
    let named: Vec<_> = library::ALL.iter().map(|(name, read)| (*name, (*name, *read))).collect();
    let (kind, read) = lookup(args, "compare", &named)?;
    let made = read(args)?;
    let convert = |level: condition::Level| {
        let condition = match level.condition {
            Some(condition) => Some(args.valid("compare", condition)?),
            None => None,
        };
        let (m, u) = (Probability::default(), Probability::default());
        let column = level.term_frequency_column.filter(|column| countable(args, column));
        let frequency = column.map(whole);
        Some(Level { label: level.label, condition, is_null: level.is_null, m, u, frequency })
    };
    let levels: Option<_> = made.levels.into_iter().map(convert).collect();
    Some(Made { name: made.name, description: kind.to_owned(), levels: levels? })
}

fn listed(args: &Arguments<'_>) -> Option<Made> {
    let section = args.section;
    let compare = section.text("compare");
    if let Some(word) = compare.filter(|word| folded(word) != "customcomparison") {
        let what = format!("a comparison has levels or is {word}, not both");
        section.wrong("compare", what, "leave out compare, or else levels");
    }
    let tables = section.tables("levels");
    let levels: Vec<_> = tables.iter().map(|table| read_level(&args.within(table))).collect();
    let levels: Vec<Level> = levels.into_iter().collect::<Option<_>>()?;
    if levels.iter().all(|level| level.is_null) {
        section.wrong("levels", "there is no level that weighs", "for example: ExactMatchLevel");
        return None;
    }
    let others = levels.iter().position(|level| level.condition.is_none());
    if let Some(table) = others.and_then(|place| tables.get(place + 1)) {
        let what = "no pair reaches a level behind that of all other pairs";
        table.wrong("level", what, "put ElseLevel last");
        return None;
    }
    Some(Made { name: after_fields(&levels), description: "CustomComparison".to_owned(), levels })
}

/// The one field of the levels, or `custom_` and all of them.
fn after_fields(levels: &[Level]) -> String {
    let names = names(levels.iter().filter_map(|level| level.condition.as_ref()));
    match names.as_slice() {
        [only] => (*only).to_owned(),
        several => format!("custom_{}", several.join("_")),
    }
}

fn read_level(args: &Arguments<'_>) -> Option<Level> {
    let section = args.section;
    let read = level::read(args);
    let [m, u] = [("m_probability", "fix_m_probability"), ("u_probability", "fix_u_probability")]
        .map(|(value, fixed)| Probability {
            value: args.probability(value),
            fixed: section.truth(fixed).unwrap_or(false),
        });
    let named = section.text("tf_adjustment_column");
    let weight = section.share("tf_adjustment_weight");
    let minimum_u = section.share("tf_minimum_u_value").unwrap_or(0.0);
    let own_u = section.truth("disable_tf_exact_match_detection").unwrap_or(false);
    let read = read?;
    let mut column = named.or_else(|| read.term_frequency_column.clone());
    if column.is_none() && adjusts(args, &read) {
        column = read.condition.as_ref().and_then(same_field).map(str::to_owned);
    }
    section.done();
    if weight == Some(0.0) {
        let what = "tf_adjustment_weight cannot be 0";
        section.wrong("tf_adjustment_weight", what, "leave out the term frequencies instead");
    }
    if read.is_null && (m.value.is_some() || u.value.is_some()) {
        let key = if m.value.is_some() { "m_probability" } else { "u_probability" };
        section.wrong(key, "a level of missing values has no probabilities", "leave them out");
    }
    let weight = weight.unwrap_or(1.0);
    let column = column.filter(|column| countable(args, column));
    let frequency = column.map(|column| Frequency { column, weight, minimum_u, own_u });
    let (condition, is_null) = (read.condition, read.is_null);
    Some(Level { label: read.label, condition, is_null, m, u, frequency })
}

/// Whether a level asks for the term frequencies of its own field, which has to be one as it
/// stands.
fn adjusts(args: &Arguments<'_>, level: &condition::Level) -> bool {
    let key = "term_frequency_adjustments";
    let asked = args.section.truth(key).unwrap_or(false);
    if asked && level.condition.as_ref().and_then(same_field).is_none() {
        let what = "term frequencies are counted of one field that is the same on both sides";
        args.section.wrong(key, what, "name a field: tf_adjustment_column = \"...\"");
    }
    asked
}

/// The field that the condition says is the same on both sides, if that is all it says.
fn same_field(condition: &Expr) -> Option<&str> {
    let Expr::Compare { op: Relation::Equal, left, right } = condition else { return None };
    match (&**left, &**right) {
        (Expr::Column { side: a, name }, Expr::Column { side: b, name: other })
            if a != b && name == other =>
        {
            Some(name.as_str())
        }
        _ => None,
    }
}

fn whole(column: String) -> Frequency {
    Frequency { column, weight: 1.0, minimum_u: 0.0, own_u: false }
}

/// Term frequencies for each level that says that one field is the same.
fn adjust(args: &Arguments<'_>, levels: &mut [Level]) -> Option<()> {
    for level in levels.iter_mut().filter(|level| level.frequency.is_none()) {
        let field = level.condition.as_ref().and_then(same_field);
        level.frequency = field.map(str::to_owned).map(whole);
    }
    if levels.iter().any(|level| level.frequency.is_some()) {
        return Some(());
    }
    let what = "no level says that one field, as it stands, is the same on both sides";
    let hint = "let cleaning rules transform the field, or leave out term_frequency_adjustments";
    args.section.wrong("term_frequency_adjustments", what, hint);
    None
}

/// Whether there is such a field, whose values have frequencies; if not, that is said.
fn countable(args: &Arguments<'_>, column: &str) -> bool {
    let keys = ["tf_adjustment_column", "field", "col_name", "compare"];
    let key = keys.into_iter().find(|key| args.section.has(key)).unwrap_or("levels");
    let known = args.has_field(column);
    if !known {
        let what = format!("term frequencies are counted of fields, and {column:?} is none");
        args.section.wrong(key, what, "make a field of it, with cleaning rules");
    }
    known
}

/// Gives the levels that weigh, from the best down, the values of a list.
fn set(
    args: &Arguments<'_>,
    key: &str,
    values: Option<Vec<Literal>>,
    levels: &mut [Level],
) -> Option<()> {
    let Some(values) = values else { return Some(()) };
    let count = levels.iter().filter(|level| !level.is_null).count();
    if values.len() != count {
        let what = format!("{key} has {} numbers for {count} levels", values.len());
        let hint = "give each level its own, without those of missing values";
        args.section.wrong(key, what, hint);
        return None;
    }
    for (level, value) in levels.iter_mut().filter(|level| !level.is_null).zip(values) {
        let probability = if key == "m_probabilities" { &mut level.m } else { &mut level.u };
        probability.value = value.as_f64();
    }
    Some(())
}
