//! The pure crates: no IO, no clock, no environment, no printing.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::layers::metadata::Package;
use crate::source::Source;
use crate::tree::Tree;
use crate::violation::Violation;

const PURE: &[&str] = &["karat-record", "karat-chart", "karat-rules", "karat-resolve"];

const FORBIDDEN_CRATES: &[&str] = &["tokio"];

/// A sequence of words, and what it would bring in.
const FORBIDDEN_NAMES: &[(&[&str], &str)] = &[
    (&["std", "::", "fs"], "IO"),
    (&["std", "::", "net"], "IO"),
    (&["std", "::", "env"], "the environment"),
    (&["std", "::", "time", "::", "SystemTime"], "a clock"),
    (&["std", "::", "time", "::", "Instant"], "a clock"),
    (&["SystemTime", "::", "now"], "a clock"),
    (&["Instant", "::", "now"], "a clock"),
    (&["println", "!"], "printing"),
    (&["print", "!"], "printing"),
    (&["eprintln", "!"], "printing"),
    (&["eprint", "!"], "printing"),
];

pub fn check(packages: &[Package], tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages.iter().filter(|package| PURE.contains(&package.name.as_str())) {
        let names = package.dependencies.iter().map(|dependency| dependency.name.as_str());
        violations.extend(names.filter(|name| FORBIDDEN_CRATES.contains(name)).map(|name| {
            Violation::new(package.name.as_str(), format!("depends on {name}, but is a pure crate"))
        }));
    }
    violations.extend(tree.broken.iter().filter(|it| is_pure(&it.at)).cloned());
    violations.extend(tree.sources.iter().filter(|it| is_pure(&it.path)).flat_map(names));
    violations
}

fn is_pure(path: &str) -> bool {
    PURE.iter().any(|name| {
        let inner = path.strip_prefix("crates/").and_then(|rest| rest.strip_prefix(name));
        inner.is_some_and(|rest| rest.starts_with("/src/"))
    })
}

/// The forbidden names of one file, at most one per line.
fn names(source: &Source) -> Vec<Violation> {
    let mut imports = Imports::default();
    imports.visit_file(&source.syntax);
    let mut seen = BTreeMap::new();
    for (words, why) in FORBIDDEN_NAMES {
        let name = words.concat();
        let imported = imports.paths.iter().filter(|(_, path)| starts_with(path, words));
        let lines = source.lines_with(words).chain(imported.map(|(line, _)| *line));
        for line in lines.filter(|line| !source.is_test_line(*line)) {
            seen.entry(line)
                .or_insert_with(|| format!("names {name}: a pure crate does without {why}"));
        }
    }
    seen.into_iter().map(|(line, what)| Violation::new(source.at(line), what)).collect()
}

fn starts_with(path: &[String], words: &[&str]) -> bool {
    let words: Vec<&&str> = words.iter().filter(|word| **word != "::").collect();
    path.len() >= words.len() && words.iter().zip(path).all(|(word, part)| *word == part)
}

/// Every imported path in full, because `use std::{fs, io}` does not spell `std::fs`.
#[derive(Default)]
struct Imports {
    paths: Vec<(usize, Vec<String>)>,
}

impl Imports {
    fn walk(&mut self, tree: &syn::UseTree, parents: &[String]) {
        let with = |name: &syn::Ident| [parents, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.walk(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => {
                self.paths.push((tree.span().start().line, with(&name.ident)))
            }
            syn::UseTree::Rename(name) => {
                self.paths.push((tree.span().start().line, with(&name.ident)));
            }
            syn::UseTree::Glob(_) => {}
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.walk(item, parents));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.walk(&item.tree, &[]);
        visit::visit_item_use(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::metadata::of;

    fn violations(path: &str, text: &str) -> Vec<String> {
        check(&[], &Tree::of(&[(path, text)])).iter().map(Violation::to_string).collect()
    }

    #[test]
    fn each_forbidden_name_is_found_with_its_line() {
        let cases = [
            ("//! a\nuse std::fs::File;\n", 2, "std::fs"),
            ("use std::{\n    fmt,\n    fs,\n};\n", 3, "std::fs"),
            ("use std::time::{Duration, Instant};\n", 1, "std::time::Instant"),
            ("use std::time;\nfn a() {\n    time::SystemTime::now();\n}\n", 3, "SystemTime::now"),
            ("use std::env as e;\n", 1, "std::env"),
            ("fn a() {\n    std::net::lookup();\n}\n", 2, "std::net"),
            ("fn a() {\n    let b = vec![std::env::args()];\n}\n", 2, "std::env"),
            ("fn a() {\n    println!(\"b\");\n}\n", 2, "println!"),
            ("fn a() {\n    std::time::Instant::now();\n}\n", 2, "std::time::Instant"),
        ];
        for (text, line, name) in cases {
            let found = violations("crates/karat-rules/src/a.rs", text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let expected = format!("crates/karat-rules/src/a.rs:{line}: names {name}: ");
            assert!(found[0].starts_with(&expected), "{found:?}");
        }
    }

    #[test]
    fn comments_strings_tests_and_other_crates_may_name_them() {
        let cases = [
            (
                "crates/karat-rules/src/a.rs",
                "//! std::fs\n// println!\nconst A: &str = \"std::fs\";\n",
            ),
            ("crates/karat-rules/src/a.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n"),
            ("crates/karat-rules/src/a.rs", "use std::time::Duration;\nuse std::{fmt, iter};\n"),
            ("crates/karat-rules/tests/a.rs", "use std::fs;\n"),
            ("crates/karat-connect/src/a.rs", "use std::fs;\n"),
            ("crates/karat-rules-extra/src/a.rs", "use std::fs;\n"),
        ];
        for (path, text) in cases {
            assert_eq!(violations(path, text), [""; 0], "{path}: {text}");
        }
    }

    #[test]
    fn a_pure_crate_does_not_depend_on_a_runtime() {
        let packages = of(&[("karat-resolve", "rayon tokio"), ("karat-store", "tokio")]);
        let violations = check(&packages, &Tree::default());
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].at, "karat-resolve");
    }
}
