//! A model that lies in a file of the project as Splink saves it.

use std::path::Path;

use karat_record::Problem;
use karat_resolve::condition::{self, Expr};
use karat_resolve::linkage::{Model, splink};

use super::arguments::{Arguments, names};
use crate::project::section::one_of;

/// Reads the file that the key `model` names, with what Splink's words were taken to mean. Its
/// conditions may speak of the entity's fields alone.
pub(super) fn read(args: &Arguments<'_>, root: &Path) -> Option<(Model, Vec<String>)> {
    let section = args.section;
    let path = section.text("model")?;
    let wrong = |what: String, hint: &str| section.wrong("model", what, hint);
    let text = match std::fs::read_to_string(root.join(&path)) {
        Ok(text) => text,
        Err(error) => {
            let hint = "give its path from the project's folder, such as models/people.json";
            wrong(Problem::io("read", Path::new(&path), &error).what, hint);
            return None;
        }
    };
    let read = match splink::read(&text) {
        Ok(read) => read,
        Err(refusal) => {
            wrong(format!("{path}: {refusal}"), "mend it there, or save it anew with Splink");
            return None;
        }
    };
    let found = faults(args, &read.model);
    found.iter().for_each(|(what, hint)| wrong(format!("{path}: {what}"), hint));
    let notes = read.warnings.iter().map(|warning| format!("{path}: {warning}")).collect();
    found.is_empty().then_some((read.model, notes))
}

/// What the model asks for and the entity or the engine does not have, each with a hint.
fn faults(args: &Arguments<'_>, model: &Model) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (i, rule) in model.rules.iter().enumerate() {
        let place = format!("blocking rule {}", i + 1);
        found.extend(of_condition(&place, &rule.condition, args));
        found.extend(rule.explode.iter().filter_map(|name| unknown(&place, name, args)));
    }
    for comparison in &model.comparisons {
        for (i, level) in comparison.levels.iter().enumerate() {
            let place = format!("comparison {}, level {}", comparison.name, i + 1);
            if let Some(condition) = &level.condition {
                found.extend(of_condition(&place, condition, args));
            }
            let adjusted = level.frequency.as_ref().map(|frequency| frequency.column.as_str());
            found.extend(adjusted.and_then(|name| unknown(&place, name, args)));
        }
    }
    found
}

fn of_condition(place: &str, condition: &Expr, args: &Arguments<'_>) -> Vec<(String, String)> {
    let refused = condition::check(condition).err();
    let refused = refused.map(|refusal| (format!("{place}: {refusal}"), String::new()));
    names([condition])
        .into_iter()
        .filter_map(|name| unknown(place, name, args))
        .chain(refused)
        .collect()
}

fn unknown(place: &str, field: &str, args: &Arguments<'_>) -> Option<(String, String)> {
    let what = format!("{place}: there is no field {field:?}");
    (!args.has_field(field)).then(|| (what, one_of(field, args.fields)))
}
