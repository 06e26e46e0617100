//! `docs/security.md` promises nothing that no test proves: the last cell of each row of its tables
//! names tests, and each of them is there.

use std::collections::HashSet;

use syn::visit::{self, Visit};

use crate::tree::Tree;
use crate::violation::Violation;

const DOCUMENT: &str = "docs/security.md";

pub fn check(tree: &Tree) -> Vec<Violation> {
    let Some(document) = tree.files.iter().find(|file| file.path == DOCUMENT) else {
        return Vec::new();
    };
    let tests = tests(tree);
    let text = document.text.as_deref().unwrap_or_default();
    let rows = (1..).zip(text.lines()).filter(|(_, line)| is_row(line));
    rows.flat_map(|(line, row)| {
        let at = format!("{DOCUMENT}:{line}");
        let named = named(row);
        let unproved = named.is_empty().then(|| "names no test that proves it".to_owned());
        let missing = named.into_iter().filter(|name| !tests.contains(*name));
        let missing = missing.map(|name| format!("there is no test {name}"));
        let what: Vec<String> = unproved.into_iter().chain(missing).collect();
        what.into_iter().map(move |what| Violation::new(at.as_str(), what))
    })
    .collect()
}

/// Whether the line is a row of a table, and neither its head nor the rule below that.
fn is_row(line: &str) -> bool {
    line.starts_with("| ") && !line.ends_with("| proved by |")
}

/// What stands between backticks in the last cell.
fn named(row: &str) -> Vec<&str> {
    let last = row.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap_or_default();
    last.split('`').skip(1).step_by(2).collect()
}

fn tests(tree: &Tree) -> HashSet<String> {
    let mut tests = Tests::default();
    tree.sources.iter().for_each(|source| tests.visit_file(&source.syntax));
    tests.0
}

#[derive(Default)]
struct Tests(HashSet<String>);

impl<'ast> Visit<'ast> for Tests {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_test = |attribute: &syn::Attribute| {
            attribute.path().segments.last().is_some_and(|last| last.ident == "test")
        };
        if item.attrs.iter().any(is_test) {
            self.0.insert(item.sig.ident.to_string());
        }
        visit::visit_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str =
        "fn b() {}\nmod c {\n    #[test]\n    fn d() {}\n}\n#[tokio::test]\nasync fn e() {}\n";

    fn violations(row: &str) -> Vec<String> {
        let text = format!("# A\n\n| what | how | proved by |\n|---|---|---|\n{row}\n");
        let tree = Tree::of(&[("crates/a/src/a.rs", CODE), (DOCUMENT, &text)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_row_names_tests_that_are_there() {
        assert_eq!(violations("| a | `x` is so | `d`, `e` |"), [""; 0]);
        assert_eq!(violations("| a | b | `d`, `f` |"), ["docs/security.md:5: there is no test f"]);
        assert_eq!(violations("| a | b | `b` |"), ["docs/security.md:5: there is no test b"]);
        let none = ["docs/security.md:5: names no test that proves it"];
        assert_eq!(violations("| a | `d` | by nothing |"), none);
    }
}
