//! `#[expect(lint, reason = "...")]` instead of `#[allow(lint)]`: it ends when its cause does.

use crate::tree::Tree;
use crate::violation::Violation;

const FORMS: &[&[&str]] = &[&["#", "[", "allow", "("], &["#", "!", "[", "allow", "("]];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let found = tree.sources.iter().flat_map(|source| {
        FORMS.iter().flat_map(|form| source.lines_with(form)).map(|line| source.at(line))
    });
    found.map(|at| Violation::new(at, "`allow`; use `#[expect(lint, reason = \"...\")]`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_is_found_in_code_only() {
        let cases = [
            ("#[allow(unused)]\nfn a() {}\n", 1),
            ("#![allow(unused)]\n", 1),
            ("fn a() {\n    #[allow(unused)]\n    let b = 1;\n}\n", 1),
            ("#[expect(unused, reason = \"b\")]\nfn a() {}\n", 0),
            ("// #[allow(unused)]\nconst A: &str = \"#[allow(unused)]\";\n", 0),
        ];
        for (text, count) in cases {
            assert_eq!(check(&Tree::of(&[("crates/a/src/b.rs", text)])).len(), count, "{text}");
        }
    }
}
