//! SQL files of the crates: where they lie, in lower case, and each of them in use.

use crate::tree::{File, Tree};
use crate::violation::Violation;

const STORE: &str = "crates/karat-store/";

/// Written in lower case. Only words that no name in another notation is likely to be.
const KEYWORDS: &[&str] = &[
    "ALTER",
    "AND",
    "AS",
    "BEGIN",
    "BY",
    "CASE",
    "COMMIT",
    "CONFLICT",
    "CREATE",
    "DELETE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "EXISTS",
    "FROM",
    "FUNCTION",
    "GROUP",
    "HAVING",
    "IN",
    "INDEX",
    "INNER",
    "INSERT",
    "INTO",
    "IS",
    "JOIN",
    "LEFT",
    "LIMIT",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "REFERENCES",
    "RETURNING",
    "SCHEMA",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "UNION",
    "UPDATE",
    "USING",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHERE",
    "WITH",
];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    let ours = tree.files.iter().filter(|file| is_shipped(&file.path));
    for file in ours {
        let Some(name) = name_in_store(&file.path) else {
            let what =
                "SQL lies in crates/karat-store, as queries/NOUN/VERB.sql or migrations/NAME.sql";
            violations.push(Violation::new(file.path.as_str(), what));
            continue;
        };
        violations.extend(upper_case(file));
        if !is_named(tree, name) {
            let what = format!("nothing in {STORE}src names {name}; delete it");
            violations.push(Violation::new(file.path.as_str(), what));
        }
    }
    violations
}

fn is_shipped(path: &str) -> bool {
    path.starts_with("crates/") && path.ends_with(".sql") && !path.contains("/tests/")
}

/// The part that code spells: `NOUN/VERB.sql` or `migrations/NAME.sql`.
fn name_in_store(path: &str) -> Option<&str> {
    let inner = path.strip_prefix(STORE)?;
    let parts: Vec<&str> = inner.split('/').collect();
    match parts.as_slice() {
        ["queries", _, _] => inner.strip_prefix("queries/"),
        ["migrations", _] => Some(inner),
        _ => None,
    }
}

/// With its ending (`include_str!`) or without (`query!("job/claim")`); tests do not count.
fn is_named(tree: &Tree, name: &str) -> bool {
    let stem = name.trim_end_matches(".sql");
    let spells = |text: &str| {
        text == stem || text == name || text.strip_suffix(name).is_some_and(|it| it.ends_with('/'))
    };
    let sources = tree.sources.iter().filter(|source| source.path.starts_with(STORE));
    sources.flat_map(|source| source.shipped_texts()).any(|(_, text)| spells(text))
}

/// The first keyword in upper case.
fn upper_case(file: &File) -> Option<Violation> {
    let code = without_comments_and_strings(file.text.as_deref()?);
    (1..).zip(code.lines()).find_map(|(line, content)| {
        let mut words = content.split(|it: char| !it.is_alphanumeric() && it != '_');
        let word = words.find(|word| KEYWORDS.contains(word))?;
        Some(Violation::new(format!("{}:{line}", file.path), format!("`{word}` in upper case")))
    })
}

/// Blanks `-- ...`, `/* ... */`, `'...'` and `"..."`; lines stay where they are.
fn without_comments_and_strings(sql: &str) -> String {
    let mut code = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match () {
            () if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            () if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            () if first == '\'' || first == '"' => {
                rest[1..].find(first).map_or(rest.len(), |at| at + 2)
            }
            () => {
                code.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        code.push(' ');
        code.extend(rest[..length].chars().filter(|it| *it == '\n'));
        rest = &rest[length..];
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: &str = "crates/karat-store/queries/job/claim.sql";
    const USER: &str =
        "fn a() -> &'static str {\n    include_str!(\"../queries/job/claim.sql\")\n}\n";

    fn check(files: &[(&str, &str)]) -> Vec<String> {
        super::check(&Tree::of(files)).iter().map(Violation::to_string).collect()
    }

    #[test]
    fn a_query_lies_under_its_noun_in_the_store() {
        let user = ("crates/karat-store/src/a.rs", "const A: &str = \"migrations/0001_b.sql\";\n");
        let cases = [
            ("crates/karat-store/migrations/0001_b.sql", true),
            ("crates/karat/queries/job/claim.sql", false),
            ("crates/karat-store/claim.sql", false),
            ("crates/karat-store/queries/claim.sql", false),
            ("crates/karat/tests/a/b.sql", true),
            ("examples/agents/schema/a.sql", true),
        ];
        for (path, passes) in cases {
            assert_eq!(check(&[user, (path, "select 1;\n")]).is_empty(), passes, "{path}");
        }
    }

    #[test]
    fn keywords_are_in_lower_case() {
        let cases = [
            ("select a from b;\n", ""),
            ("-- FROM the queue\nselect 'WHERE', \"ORDER\" /* AND\nOR */ from b;\n", ""),
            ("select a\nFROM b;\n", ":2: `FROM` in upper case"),
            ("/* a\n*/ select 'b' WHERE c;\n", ":2: `WHERE` in upper case"),
            ("select from_a, ORDERS from b;\n", ""),
        ];
        for (text, expected) in cases {
            let found = check(&[("crates/karat-store/src/a.rs", USER), (CLAIM, text)]);
            let expected = (!expected.is_empty()).then(|| format!("{CLAIM}{expected}"));
            assert_eq!(found, Vec::from_iter(expected), "{text}");
        }
    }

    #[test]
    fn a_query_that_nothing_names_is_dead() {
        let cases = [
            (USER, true),
            ("const A: &str = query!(\"job/claim\");\n", true),
            ("// job/claim.sql\n", false),
            ("const A: &str = \"blob/other_job/claim.sql\";\n", false),
            ("#[cfg(test)]\nmod tests {\n    const A: &str = \"job/claim.sql\";\n}\n", false),
        ];
        for (text, passes) in cases {
            let found = check(&[("crates/karat-store/src/a.rs", text), (CLAIM, "select 1;\n")]);
            assert_eq!(found.is_empty(), passes, "{text}: {found:?}");
        }
    }
}
