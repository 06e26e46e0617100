//! One record: an object whose objects are made columns, numbers kept to the letter.

use std::collections::HashSet;
use std::fmt;

use karat_record::Finding;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Objects that lie deeper stay JSON text.
const LEVELS: usize = 8;

/// The members of an object in their order, those of one name too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Members<'de>, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = map.next_entry()? {
                    all.push(member);
                }
                Ok(Members(all))
            }
        }
        input.deserialize_map(Each)
    }
}

/// What takes each column of a record: its name, and its text unless it is null.
pub(super) type Take<'a> = &'a mut dyn FnMut(&str, Option<&str>) -> Result<(), Finding>;

/// Calls `take` with every column of a record.
///
/// # Errors
/// What is wrong with the record; `take` has then had some of its columns.
pub(super) fn flatten(text: &str, depth: usize, take: Take<'_>) -> Result<(), Finding> {
    if !text.trim_start().starts_with('{') {
        return Err(Finding::new("json.object", "is no object"));
    }
    if deepest(text) > depth {
        let message = format!("lies deeper than {depth} arrays and objects in one another");
        return Err(Finding::new("json.depth", message));
    }
    object(text, "", 1, take)
}

/// The finding that a name stands twice.
pub(super) fn twice(name: &str) -> Finding {
    Finding::new("json.duplicate", format!("has {name:?} twice"))
}

fn object(text: &str, above: &str, level: usize, take: Take<'_>) -> Result<(), Finding> {
    let Members(members) = serde_json::from_str(text).map_err(|error| syntax(&error, 1, 0))?;
    let mut known = HashSet::new();
    for (name, value) in &members {
        let column = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        if !known.insert(name) {
            return Err(twice(&column));
        }
        let value = value.get();
        match value.as_bytes().first() {
            Some(b'{') if level < LEVELS && !is_empty(value) => {
                object(value, &column, level + 1, take)?;
            }
            Some(b'"') => {
                let text: String =
                    serde_json::from_str(value).map_err(|error| syntax(&error, 1, 0))?;
                take(&column, Some(&text))?;
            }
            Some(b'n') => take(&column, None)?,
            _ => take(&column, Some(value))?,
        }
    }
    Ok(())
}

fn is_empty(object: &str) -> bool {
    object.bytes().filter(|b| !b.is_ascii_whitespace()).count() == 2
}

/// What is no JSON: with line and column, when it begins on `line` after `column` characters.
pub(super) fn syntax(error: &serde_json::Error, line: u64, column: usize) -> Finding {
    let before = if error.line() <= 1 { column } else { 0 };
    let line = line + (error.line() as u64).saturating_sub(1);
    let column = error.column() + before;
    let message = format!("is no JSON from line {line}, column {column} on: {}", why(error));
    Finding::new("json.syntax", message)
}

/// The library's words end with its own line and column, and may quote a value.
fn why(error: &serde_json::Error) -> &'static str {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof => "it is cut off",
        Category::Data | Category::Syntax | Category::Io => "something else must stand there",
    }
}

/// How deep arrays and objects lie in one another.
fn deepest(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Result<Vec<(String, Option<String>)>, Finding> {
        let mut found = Vec::new();
        flatten(text, 128, &mut |name, text| {
            found.push((name.to_owned(), text.map(str::to_owned)));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn objects_become_columns_and_numbers_stay_as_they_are() {
        let text = r#"{"a":{"b":1.10,"c":{"d":12345678901234567890123}},"e":[1, {"f":2}],"g":null,
            "h":"\u00e9\n","i":{},"j":true}"#;
        let found = flat(text).unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|(name, text)| format!("{name}={}", text.as_deref().unwrap_or("-")))
            .collect();
        let wanted = [
            "a.b=1.10",
            "a.c.d=12345678901234567890123",
            "e=[1, {\"f\":2}]",
            "g=-",
            "h=é\n",
            "i={}",
            "j=true",
        ];
        assert_eq!(shown, wanted);
    }

    #[test]
    fn a_name_that_stands_twice_is_found_at_every_level() {
        assert_eq!(flat(r#"{"a":1,"a":2}"#).unwrap_err().rule, "json.duplicate");
        assert_eq!(flat(r#"{"a":{"b":1,"b":2}}"#).unwrap_err().message, "has \"a.b\" twice");
    }
}
