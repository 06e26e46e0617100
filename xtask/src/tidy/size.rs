//! No file over 1 MiB: large data is generated or fetched, not kept beside the source.

use crate::tree::Tree;
use crate::violation::Violation;

const LIMIT: usize = 1024 * 1024;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let large = tree.files.iter().filter(|file| file.bytes > LIMIT);
    large
        .map(|file| {
            let what = format!("{} bytes; the limit is {LIMIT}", file.bytes);
            Violation::new(file.path.as_str(), what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_over_the_limit_is_too_much() {
        for (bytes, violations) in [(LIMIT, 0), (LIMIT + 1, 1)] {
            let tree = Tree::of(&[("data/a.csv", &"a".repeat(bytes))]);
            assert_eq!(check(&tree).len(), violations, "{bytes}");
        }
    }
}
