//! What a dataset file says of how its files are recognised.

use karat_rules::detect::names;

use super::dataset::{Column, From};
use super::section::Section;

/// How the files of a dataset are recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// Whether files are taken for it without being named so.
    pub is_enabled: bool,
    /// Patterns of whole words for the name of a file, without folder and ending.
    pub patterns: Vec<String>,
}

impl Default for Detection {
    fn default() -> Self {
        Detection { is_enabled: true, patterns: Vec::new() }
    }
}

/// Reads `[detect]`.
pub fn read(section: &Section<'_>) -> Detection {
    let Some(section) = section.table("detect") else { return Detection::default() };
    let detection = Detection {
        is_enabled: section.truth("enabled").unwrap_or(true),
        patterns: section.texts("patterns").unwrap_or_default(),
    };
    section.done();
    detection
}

/// A name of a column that was read: its key, the column, and whether it is an alias.
pub type Named = (String, String, bool);

/// Refuses an alias that says nothing or is a name of another column too, and remembers the names
/// of this one. Headers alone may differ by case: the load tells them apart to the letter.
pub fn refuse_twice(section: &Section<'_>, column: &Column, known: &mut Vec<Named>) {
    let From::Header(header) = &column.from else { return };
    let names = [(header, false)].into_iter().chain(column.aliases.iter().map(|a| (a, true)));
    let mut own = Vec::new();
    for (name, is_alias) in names {
        let key = names::key(name);
        let place = if is_alias { "aliases" } else { "header" };
        let other =
            known.iter().find(|(other, _, was_alias)| *other == key && (is_alias || *was_alias));
        if let Some((_, other, _)) = other {
            let what = format!("{name:?} would be {other} as well as {}", column.name);
            section.wrong(place, what, "leave it to the column that it means");
        }
        if is_alias && key.is_empty() {
            let hint = "write it as the header of a file has it";
            section.wrong(place, format!("{name:?} has no letter or digit"), hint);
        }
        own.push((key, column.name.clone(), is_alias));
    }
    known.extend(own);
}
