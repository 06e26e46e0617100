//! Names for checks that have none: from what they expect of what, so that they stay when other
//! checks come and go.

use serde_json::{Map, Value};

use super::Check;

/// Gives each check without a name one of its own. Checks that would have the same are told apart
/// by a digest of their arguments.
pub fn name_all(checks: &mut [Check]) {
    let plain: Vec<String> = checks.iter().map(plain).collect();
    for (at, check) in checks.iter_mut().enumerate() {
        if !check.name.is_empty() {
            continue;
        }
        let is_alone = plain.iter().filter(|name| **name == plain[at]).count() == 1;
        check.name = match is_alone {
            true => plain[at].clone(),
            false => format!("{}_{:08x}", plain[at], digest(&check.arguments.0)),
        };
    }
}

fn plain(check: &Check) -> String {
    let name = check.expectation.name;
    let verb = ["column_values_to_", "column_pair_values_", "column_value_", "column_", "table_"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    let mut parts: Vec<String> = check.arguments.columns().into_iter().map(word).collect();
    parts.push(verb.to_owned());
    parts.join("_")
}

/// A column's name as part of a word.
fn word(column: &str) -> String {
    let sign = |c: char| if c.is_alphanumeric() { c } else { '_' };
    column.to_lowercase().chars().map(sign).collect()
}

/// FNV-1a over the arguments in the order of their names.
fn digest(arguments: &Map<String, Value>) -> u32 {
    let mut texts: Vec<String> = arguments.iter().map(|(k, v)| format!("{k}={v};")).collect();
    texts.sort();
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    texts.concat().bytes().fold(2_166_136_261, step)
}
