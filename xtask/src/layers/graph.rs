//! Which crate of the workspace may use which: only those of lower layers.

use crate::layers::metadata::{Dependency, Kind, Package};
use crate::violation::Violation;

/// A crate may use the crates of lower numbers; crates of one number never see one another.
const LAYERS: &[(&str, u8)] = &[
    ("karat", 6),
    ("karat-server", 5),
    ("karat-pipeline", 4),
    ("karat-store", 3),
    ("karat-connect", 3),
    ("karat-rules", 2),
    ("karat-resolve", 2),
    ("karat-record", 1),
    ("karat-chart", 1),
];

/// Outside the layers: helps the tests of every other crate, and itself stands on the store only.
const TESTDB: &str = "karat-testdb";
const TESTDB_USES: &str = "karat-store";

/// Outside the layers: may use everything, and nothing may use it.
const XTASK: &str = "xtask";

pub fn check(packages: &[Package]) -> Vec<Violation> {
    let is_ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut violations = Vec::new();
    for package in packages.iter().filter(|package| package.name != XTASK) {
        let name = package.name.as_str();
        if name != TESTDB && layer(name).is_none() {
            let what = "stands in no layer; give it one in xtask/src/layers/graph.rs";
            violations.push(Violation::new(name, what));
        }
        let ours = package.dependencies.iter().filter(|it| is_ours(&it.name) && it.name != name);
        violations.extend(
            ours.filter_map(|dependency| objection(name, dependency))
                .map(|what| Violation::new(name, what)),
        );
    }
    violations
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, layer)| *layer)
}

/// Why `name` may not have this dependency on another crate of the workspace.
fn objection(name: &str, dependency: &Dependency) -> Option<String> {
    let used = dependency.name.as_str();
    if used == XTASK {
        return Some("uses xtask, which is a tool and not a library".to_owned());
    }
    if used == TESTDB {
        let shipped = dependency.kind != Kind::Dev;
        return shipped.then(|| format!("uses {TESTDB} in shipped code; it is for tests only"));
    }
    if name == TESTDB {
        let other = used != TESTDB_USES;
        return other.then(|| format!("uses {used}; it may use {TESTDB_USES} only"));
    }
    let (own, other) = (layer(name)?, layer(used)?);
    if own == other {
        Some(format!("uses {used}; crates of one layer ({own}) never see one another"))
    } else if own < other && dependency.kind != Kind::Dev {
        Some(format!("uses {used}; layer {own} may not use layer {other}, which stands above it"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::metadata::of;

    /// All crates, of which `name` has the dependencies `words`.
    fn workspace(name: &str, words: &str) -> Vec<Package> {
        let outside = [TESTDB, XTASK, name];
        let mut names: Vec<&str> = LAYERS.iter().map(|it| it.0).chain(outside).collect();
        names.sort_unstable();
        names.dedup();
        let words = |it: &str| if it == name { words } else { "" }.to_owned();
        names.iter().flat_map(|it| of(&[(it, &words(it))])).collect()
    }

    #[test]
    fn a_crate_may_use_lower_layers_and_anything_from_outside() {
        let cases = [
            ("karat", "karat-server karat-store karat-record clap"),
            ("karat-pipeline", "karat-store karat-connect karat-rules karat-resolve"),
            ("karat-rules", "karat-record build:cc dev:karat-testdb dev:karat-store"),
            ("karat-testdb", "karat-store tokio"),
            ("xtask", "karat karat-record karat-testdb"),
            ("karat-store", "dev:karat-testdb dev:karat-store"),
        ];
        for (name, words) in cases {
            assert_eq!(check(&workspace(name, words)), [], "{name}: {words}");
        }
    }

    #[test]
    fn everything_else_is_one_violation_that_names_both() {
        let cases = [
            ("karat-rules", "karat-resolve", "crates of one layer (2)"),
            ("karat-store", "karat-connect", "crates of one layer (3)"),
            ("karat-store", "dev:karat-connect", "crates of one layer (3)"),
            ("karat-chart", "karat-record", "crates of one layer (1)"),
            ("karat-record", "karat-rules", "layer 1 may not use layer 2"),
            ("karat-server", "karat", "layer 5 may not use layer 6"),
            ("karat-rules", "build:karat-store", "layer 2 may not use layer 3"),
            ("karat-pipeline", "karat-testdb", "for tests only"),
            ("karat-testdb", "karat-record", "karat-store only"),
            ("karat", "xtask", "not a library"),
            ("karat-novel", "karat-record", "stands in no layer"),
        ];
        for (name, words, expected) in cases {
            let violations = check(&workspace(name, words));
            assert_eq!(violations.len(), 1, "{name}: {words}");
            assert_eq!(violations[0].at, name);
            assert!(violations[0].what.contains(expected), "{}", violations[0]);
        }
    }
}
