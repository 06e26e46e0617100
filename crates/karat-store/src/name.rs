//! Identifiers as a type, so that no string reaches SQL as one by accident.

use std::fmt;

/// A table, view or staging table by its schema and name. Shown quoted where it has to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Table {
    pub schema: String,
    pub name: String,
}

impl Table {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Table {
        Table { schema: schema.into(), name: name.into() }
    }

    /// Reads `name` or `schema.name`, each part plain or in double quotes; without a schema it
    /// is `public`. `None` when it is not of that form.
    pub fn parse(text: &str) -> Option<Table> {
        let (first, rest) = part(text)?;
        if rest.is_empty() {
            return Some(Table::new("public", first));
        }
        let (second, rest) = part(rest.strip_prefix('.')?)?;
        rest.is_empty().then(|| Table::new(first, second))
    }
}

/// The first identifier of `text` and what follows it.
fn part(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find('"')?;
        return (end > 0).then(|| (quoted[..end].to_owned(), &quoted[end + 1..]));
    }
    let end = text.find('.').unwrap_or(text.len());
    let name = &text[..end];
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let begins_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (begins_well && name.chars().all(plain)).then(|| (name.to_lowercase(), &text[end..]))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Ident(&self.schema), Ident(&self.name))
    }
}

/// Any identifier; shown in double quotes unless it is plain.
#[derive(Clone, Copy, Debug)]
pub struct Ident<'a>(pub &'a str);

impl fmt::Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins_well = self.0.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        if begins_well && self.0.chars().all(plain) && !RESERVED.contains(&self.0) {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

/// A text as a literal, where a statement takes no parameter. Sessions read `\` as itself.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A list of identifiers, each after `prefix`, with commas.
pub(crate) fn list<'a>(prefix: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("{prefix}{}", Ident(n))).collect();
    names.join(", ")
}

/// The fully reserved words of PostgreSQL (appendix C of its manual), which cannot name a
/// column without quotes.
const RESERVED: [&str; 77] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "system_user",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_and_shown() {
        for (text, shown) in [
            ("agents", Some("public.agents")),
            ("Bronze.Raw", Some("bronze.raw")),
            ("\"Odd name\".\"order\"", Some("\"Odd name\".\"order\"")),
            ("a.order", Some("a.\"order\"")),
            ("a.b.c", None),
            ("a; drop table b", None),
            ("", None),
            ("1a", None),
        ] {
            assert_eq!(Table::parse(text).map(|t| t.to_string()).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn quotes_inside_identifiers_are_doubled() {
        assert_eq!(Ident("a\"b").to_string(), "\"a\"\"b\"");
    }
}
