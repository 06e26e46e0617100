//! Booleans: the words that PostgreSQL reads, in any case.

use karat_record::{Finding, Value};

pub(super) fn boolean(raw: &str) -> Result<Value<'static>, Finding> {
    let is = |words: &[&str]| words.iter().any(|w| raw.eq_ignore_ascii_case(w));
    if is(&["t", "true", "yes", "y", "on", "1"]) {
        Ok(Value::Boolean(true))
    } else if is(&["f", "false", "no", "n", "off", "0"]) {
        Ok(Value::Boolean(false))
    } else {
        Err(Finding::new("type.boolean", "is neither true nor false"))
    }
}

#[cfg(test)]
mod tests {
    use crate::read::shown;
    use karat_record::Type::Boolean;

    #[test]
    fn the_words_of_postgres_are_read() {
        assert_eq!(shown(Boolean, "T"), "Boolean(true)");
        assert_eq!(shown(Boolean, "no"), "Boolean(false)");
        assert_eq!(shown(Boolean, "maybe"), "type.boolean: is neither true nor false");
        assert_eq!(shown(Boolean, ""), "type.boolean: is neither true nor false");
    }
}
