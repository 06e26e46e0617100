//! Every crate takes the lints of the workspace; without that clippy would not see its `unwrap`s.

use crate::tree::{File, Tree};
use crate::violation::Violation;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let manifests = tree.files.iter().filter(|file| is_manifest(&file.path));
    manifests
        .filter(|file| !takes_lints(file))
        .map(|file| Violation::new(file.path.as_str(), "has no `[lints]` with `workspace = true`"))
        .collect()
}

fn is_manifest(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["crates", _, "Cargo.toml"] | ["xtask", "Cargo.toml"])
}

fn takes_lints(file: &File) -> bool {
    let text = file.text.as_deref().unwrap_or_default();
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    lines.find(|line| !line.is_empty()) == Some("workspace = true")
        || text.lines().any(|line| line.trim() == "lints.workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_takes_the_lints_of_the_workspace() {
        let cases = [
            ("crates/a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n", true),
            ("crates/a/Cargo.toml", "lints.workspace = true\n", true),
            ("crates/a/Cargo.toml", "[package]\n", false),
            ("crates/a/Cargo.toml", "[lints]\n\n[dependencies]\nworkspace = true\n", false),
            ("Cargo.toml", "[workspace]\n", true),
        ];
        for (path, text, passes) in cases {
            assert_eq!(check(&Tree::of(&[(path, text)])).is_empty(), passes, "{path}: {text}");
        }
    }
}
