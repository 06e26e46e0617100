//! JSON: checked, and kept as its own text.

use std::borrow::Cow;

use karat_record::{Finding, Value};
use serde::Deserialize;
use serde::de::IgnoredAny;

pub(super) fn json(raw: &str) -> Result<Value<'_>, Finding> {
    let bad = |e: serde_json::Error| {
        Finding::new("type.json", format!("is not JSON (character {})", e.column()))
    };
    serde_json::from_str::<IgnoredAny>(raw).map_err(bad)?;
    // jsonb cannot hold U+0000, written \u0000; only the escape can carry it past the parser.
    if raw.contains("\\u0000") {
        return Err(Finding::new("type.json", "contains a NUL character"));
    }
    Ok(Value::Json(Cow::Borrowed(raw)))
}

/// The texts of a JSON array of texts, numbers and nulls, or of one such scalar. Nulls and
/// blanks are dropped; `None` when it is JSON of another shape or no JSON.
pub fn elements(raw: &str) -> Option<Vec<String>> {
    let deserialised: Shape = serde_json::from_str(raw).ok()?;
    let scalars = match deserialised {
        Shape::Many(scalars) => scalars,
        Shape::One(scalar) => vec![scalar],
    };
    let texts = scalars.into_iter().filter_map(|scalar| match scalar {
        Scalar::Text(text) => Some(text),
        Scalar::Number(number) => Some(number.to_string()),
        Scalar::Null(()) => None,
    });
    Some(texts.filter(|text| !text.trim().is_empty()).collect())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    Many(Vec<Scalar>),
    One(Scalar),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(serde_json::Number),
    Null(()),
}

#[cfg(test)]
mod tests {
    use super::elements;
    use crate::read::shown;
    use karat_record::Type::Json;

    #[test]
    fn json_is_checked_and_kept() {
        assert_eq!(shown(Json, r#"{"a": [1]}"#), r#"Json("{\"a\": [1]}")"#);
        assert_eq!(shown(Json, "{a:1}"), "type.json: is not JSON (character 2)");
        assert_eq!(shown(Json, r#"["\u0000"]"#), "type.json: contains a NUL character");
    }

    #[test]
    fn elements_of_an_array_are_its_texts() {
        assert_eq!(elements(r#"["a", null, " ", 5]"#), Some(vec!["a".into(), "5".into()]));
        assert_eq!(elements("null"), Some(vec![]));
        assert_eq!(elements(r#"{"a":1}"#), None);
        assert_eq!(elements("a"), None);
    }
}
