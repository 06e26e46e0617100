//! `cargo xtask tidy`: the house rules of files, executed. One rule per file, listed in `ALL`.

mod allow;
mod functions;
mod header;
mod length;
mod manifest;
mod proofs;
mod ratchet;
mod size;
mod sql_files;
mod sql_strings;
mod text;

use std::path::Path;

use anyhow::Result;

use crate::tree::Tree;
use crate::violation::Violation;

type Rule = fn(&Tree) -> Vec<Violation>;

const ALL: &[Rule] = &[
    parse,
    header::check,
    length::check,
    functions::check,
    allow::check,
    manifest::check,
    sql_strings::check,
    sql_files::check,
    text::check,
    size::check,
    proofs::check,
];

pub fn run(root: &Path) -> Result<Vec<Violation>> {
    Ok(check(&Tree::read(root)?))
}

fn check(tree: &Tree) -> Vec<Violation> {
    ALL.iter().flat_map(|rule| rule(tree)).collect()
}

fn parse(tree: &Tree) -> Vec<Violation> {
    tree.broken.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_tree_has_no_violation() {
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", "//! A.\n\npub fn b() {}\n"),
            ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"),
            ("README.md", "# A\n"),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn a_file_that_does_not_parse_is_named() {
        let violations = check(&Tree::of(&[("crates/a/src/lib.rs", "//! A.\nfn {\n")]));
        assert_eq!(violations.len(), 1);
        assert!(violations[0].what.starts_with("does not parse"));
    }
}
