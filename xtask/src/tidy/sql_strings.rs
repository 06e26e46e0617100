//! No SQL in Rust strings outside of the crates that may speak it.

use crate::tree::Tree;
use crate::violation::Violation;

const MAY_SPEAK_SQL: &[&str] =
    &["crates/karat-store/", "crates/karat-testdb/", "examples/", "xtask/src/bench/"];

/// What can be made, changed or dropped.
const OBJECTS: &[&str] = &[
    "aggregate",
    "collation",
    "database",
    "domain",
    "extension",
    "function",
    "index",
    "materialized",
    "policy",
    "procedure",
    "publication",
    "role",
    "schema",
    "sequence",
    "table",
    "trigger",
    "type",
    "user",
    "view",
];

/// What may stand between `create` and the object.
const ADJECTIVES: &[&str] = &[
    "or",
    "replace",
    "unique",
    "temp",
    "temporary",
    "unlogged",
    "global",
    "local",
    "recursive",
    "constraint",
];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let silent = tree.sources.iter().filter(|source| {
        !source.is_test() && !MAY_SPEAK_SQL.iter().any(|folder| source.path.starts_with(folder))
    });
    let found = silent.flat_map(|source| {
        let texts = source.shipped_texts().filter(|(_, text)| is_sql(text));
        texts.map(|(line, _)| source.at(line))
    });
    found.map(|at| Violation::new(at, "SQL in a string; only karat-store speaks SQL")).collect()
}

/// Whether a text looks like the beginning of an SQL statement, and not like a sentence.
fn is_sql(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().take(64).collect();
    match words.as_slice() {
        ["select", rest @ ..] => is_selection(rest),
        ["insert", "into", _, ..] | ["delete", "from", _, ..] | ["alter", "table", _, ..] => true,
        ["update", rest @ ..] => rest.iter().take(5).any(|word| *word == "set"),
        ["create", rest @ ..] => {
            let object = rest.iter().find(|word| !ADJECTIVES.contains(word));
            object.is_some_and(|word| OBJECTS.contains(word))
        }
        ["drop" | "truncate", object, _, ..] => OBJECTS.contains(object),
        ["with", rest @ ..] => is_common_table(rest),
        ["copy", _, .., "from" | "to", _] | ["copy", _, "from" | "to", ..] => true,
        _ => false,
    }
}

/// `Select a file` on a page is no SQL; a source or an expression makes it a query.
fn is_selection(rest: &[&str]) -> bool {
    let first = rest.first().copied().unwrap_or_default();
    rest.contains(&"from")
        || first.starts_with(|it: char| it.is_ascii_digit() || "*$'\"{(".contains(it))
        || rest.iter().any(|word| word.contains('('))
}

/// `name as (`, `name(columns) as (`, `recursive name as materialized (`.
fn is_common_table(rest: &[&str]) -> bool {
    let mut pairs = rest.windows(2).take(12);
    pairs.any(|pair| pair[0] == "as" && (pair[1].starts_with('(') || pair[1] == "materialized"))
        || rest.first() == Some(&"recursive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_statement_is_recognised() {
        let statements = [
            "select id from karat.job",
            "  SELECT *\n  FROM a",
            "select 1",
            "select now()",
            "select {columns}",
            "insert into a values (1)",
            "update a set b = 1",
            "update only a as b set c = 1",
            "delete from a",
            "create table a (b int)",
            "create or replace function a()",
            "create unique index a on b (c)",
            "create temporary table a ()",
            "create materialized view a as",
            "alter table a add b int",
            "drop schema if exists a",
            "truncate table a",
            "with a as (select 1)",
            "with recursive a(b) as (",
            "copy a from stdin",
        ];
        for statement in statements {
            assert!(is_sql(statement), "{statement}");
        }
    }

    #[test]
    fn a_sentence_is_no_statement() {
        let sentences = [
            "Select a file",
            "selected 12 of 14",
            "update the model",
            "create a project",
            "Created table a",
            "with 3 rejects, as before",
            "delete this decision?",
            "drop a file here",
            "copy the answer to your notes file",
            "insert",
            "",
        ];
        for sentence in sentences {
            assert!(!is_sql(sentence), "{sentence}");
        }
    }

    #[test]
    fn only_the_store_its_test_helper_and_the_examples_speak_sql() {
        let text = "fn a() {\n    b!(\"select c from d\");\n}\n";
        let tests = "#[cfg(test)]\nmod tests {\n    const A: &str = \"select b from c\";\n}\n";
        let cases = [
            ("crates/karat/src/a.rs", text, vec!["crates/karat/src/a.rs:2"]),
            ("crates/karat/src/a.rs", tests, vec![]),
            ("crates/karat/tests/a.rs", text, vec![]),
            ("crates/karat-store/src/a.rs", text, vec![]),
            ("crates/karat-testdb/src/a.rs", text, vec![]),
            ("examples/agents/generate.rs", text, vec![]),
            ("crates/karat/src/a.rs", "/// select b from c\nfn a() {}\n", vec![]),
        ];
        for (path, text, expected) in cases {
            let found = check(&Tree::of(&[(path, text)]));
            let places: Vec<&str> = found.iter().map(|it| it.at.as_str()).collect();
            assert_eq!(places, expected, "{path}: {text}");
        }
    }
}
