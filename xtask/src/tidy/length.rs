//! A file has at most 500 lines, tests left out.

use crate::tidy::ratchet::{Exception, Measured, Ratchet};
use crate::tree::Tree;
use crate::violation::Violation;

const LIMIT: usize = 500;

/// By path. May only shrink.
const EXCEPTIONS: &[Exception] = &[];

pub fn check(tree: &Tree) -> Vec<Violation> {
    Ratchet { unit: "lines", limit: LIMIT, exceptions: EXCEPTIONS }.check(&measure(tree))
}

fn measure(tree: &Tree) -> Vec<Measured> {
    let shipped = tree.sources.iter().filter(|source| !source.is_test());
    shipped
        .map(|source| Measured {
            key: source.path.clone(),
            at: source.path.clone(),
            count: source.shipped_lines(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count() {
        let code = "fn a() {}\n".repeat(3);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn b() {}\n".repeat(9));
        let cases = [
            ("crates/a/src/b.rs", code.clone(), vec![3]),
            ("crates/a/src/b.rs", code + &tests, vec![3]),
            ("crates/a/tests/b.rs", tests, vec![]),
        ];
        for (path, text, expected) in cases {
            let counts: Vec<usize> =
                measure(&Tree::of(&[(path, &text)])).iter().map(|it| it.count).collect();
            assert_eq!(counts, expected, "{text}");
        }
    }

    #[test]
    fn a_file_of_501_lines_is_one_too_long() {
        let text = |lines| "//\n".repeat(lines);
        assert_eq!(check(&Tree::of(&[("crates/a/src/b.rs", &text(500))])), []);
        assert_eq!(check(&Tree::of(&[("crates/a/src/b.rs", &text(501))])).len(), 1);
    }
}
