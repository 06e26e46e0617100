//! Lists of texts, written as a JSON array.

use std::borrow::Cow;

use karat_record::{Finding, Value};

pub(super) fn list(raw: &str) -> Result<Value<'static>, Finding> {
    match super::elements(raw) {
        Some(texts) => Ok(Value::List(texts.into_iter().map(Cow::Owned).collect())),
        None => Err(Finding::new("type.list", "is not a JSON array of texts")),
    }
}

#[cfg(test)]
mod tests {
    use crate::read::shown;
    use karat_record::Type::List;

    #[test]
    fn a_json_array_becomes_a_list() {
        assert_eq!(shown(List, r#"["a","b"]"#), r#"List(["a", "b"])"#);
        assert_eq!(shown(List, "a,b"), "type.list: is not a JSON array of texts");
    }
}
