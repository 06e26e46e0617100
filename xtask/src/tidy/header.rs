//! The first line of a Rust file says what the file is for.

use crate::tree::Tree;
use crate::violation::Violation;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let ours = tree.sources.iter().filter(|source| is_ours(&source.path));
    ours.filter(|source| !source.text.starts_with("//!"))
        .map(|source| Violation::new(source.at(1), "the first line is no `//!` with its purpose"))
        .collect()
}

fn is_ours(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["crates", _, "src" | "tests", ..] | ["xtask", "src", ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_starts_with_its_purpose() {
        let cases = [
            ("crates/a/src/b.rs", "//! B.\n", true),
            ("crates/a/src/b.rs", "\n//! B.\n", false),
            ("crates/a/src/b/c.rs", "use d::e;\n", false),
            ("crates/a/tests/b.rs", "fn b() {}\n", false),
            ("xtask/src/b.rs", "// B.\n", false),
            ("crates/a/build.rs", "fn main() {}\n", true),
        ];
        for (path, text, passes) in cases {
            assert_eq!(check(&Tree::of(&[(path, text)])).is_empty(), passes, "{path}: {text}");
        }
    }
}
