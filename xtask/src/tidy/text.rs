//! Text that people write: no white space at the end of a line, a final newline, and no path
//! that exists on one machine only.

use crate::tree::Tree;
use crate::violation::Violation;

/// Endings of files that people write. Data and recorded output stay as they are.
const WRITTEN: &[&str] =
    &["css", "html", "js", "md", "py", "rs", "sh", "sql", "svg", "toml", "yaml", "yml"];

/// Put together so that this file may be checked as well.
const MACHINE: &str = concat!("/wo", "rk/");

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in &tree.files {
        let Some(text) = file.text.as_deref() else { continue };
        let found = |line: usize, what: &str| {
            Violation::new(format!("{}:{line}", file.path), what.to_owned())
        };
        let written = is_written(&file.path);
        for (line, content) in (1..).zip(text.lines()) {
            if written && content.ends_with([' ', '\t']) {
                violations.push(found(line, "white space at the end of the line"));
            }
            if names_machine(content) {
                violations.push(found(line, "a path that exists on one machine only"));
            }
        }
        if written && !text.is_empty() && !text.ends_with('\n') {
            violations.push(found(text.lines().count(), "no newline at the end of the file"));
        }
    }
    violations
}

/// By its ending; a name without one (`Makefile`, `scripts/setup`) is written too.
fn is_written(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_data = path.contains("/fixtures/") || path.contains("/snapshots/");
    !is_data
        && match name.rsplit_once('.') {
            Some((start, ending)) => start.is_empty() || WRITTEN.contains(&ending),
            None => true,
        }
}

/// Whether the path starts here; as the middle of a longer path or an address it is harmless.
fn names_machine(line: &str) -> bool {
    line.match_indices(MACHINE).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|it| !it.is_alphanumeric() && !matches!(it, '.' | '_' | '-' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_clean() {
        let machine = format!("see {MACHINE}main\n");
        let address = format!("GET /api{MACHINE}7, $HOME{MACHINE}b\n");
        let cases = [
            ("a.md", "# A\n\nB.\n", None),
            ("a.md", "# A \n", Some("a.md:1: white space at the end of the line")),
            ("a.rs", "//! A.\n\t\n", Some("a.rs:2: white space at the end of the line")),
            ("Makefile", "a:\n\tb", Some("Makefile:2: no newline at the end of the file")),
            (".gitignore", "a ", Some(".gitignore:1: white space at the end of the line")),
            ("a.rs", "", None),
            ("a.csv", "b, \nc", None),
            ("tests/snapshots/a.md", "b \n", None),
            ("a.md", &machine, Some("a.md:1: a path that exists on one machine only")),
            ("a.csv", &machine, Some("a.csv:1: a path that exists on one machine only")),
            ("a.md", &address, None),
        ];
        for (path, text, expected) in cases {
            let found = check(&Tree::of(&[(path, text)])).first().map(Violation::to_string);
            assert_eq!(found.as_deref(), expected, "{path}: {text:?}");
        }
    }
}
