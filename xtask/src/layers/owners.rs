//! Which crate alone may name a crate from outside: the driver, the readers, the frameworks. What
//! two crates may name stands here twice.

use crate::layers::metadata::{Kind, Package};
use crate::violation::Violation;

/// A crate from outside, and the crate of the workspace that alone may name it in shipped code.
const OWNERS: &[(&str, &str)] = &[
    ("tokio-postgres", "karat-store"),
    ("tokio-postgres-rustls", "karat-store"),
    ("rustls", "karat-store"),
    ("rustls", "karat-connect"),
    ("rustls", "karat-server"),
    ("squawk-syntax", "karat-store"),
    ("csv", "karat-connect"),
    ("flate2", "karat-connect"),
    ("ruzstd", "karat-connect"),
    ("snap", "karat-connect"),
    ("zip", "karat-connect"),
    ("chardetng", "karat-connect"),
    ("encoding_rs", "karat-connect"),
    ("parquet", "karat-connect"),
    ("quick-xml", "karat-connect"),
    ("object_store", "karat-connect"),
    ("reqwest", "karat-connect"),
    ("ureq", "karat-connect"),
    ("hyper", "karat-connect"),
    ("axum", "karat-server"),
    ("clap", "karat"),
    ("indicatif", "karat"),
    ("anyhow", "karat"),
];

pub fn check(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages.iter().filter(|package| package.name != "xtask") {
        let shipped = package.dependencies.iter().filter(|it| it.kind != Kind::Dev);
        for dependency in shipped {
            let used = &dependency.name;
            let owners = OWNERS.iter().filter(|(it, _)| it == used).map(|(_, owner)| *owner);
            let owners: Vec<&str> = owners.collect();
            if !owners.is_empty() && !owners.contains(&package.name.as_str()) {
                let what = format!("names {used}, which only {} may know", owners.join(" and "));
                violations.push(Violation::new(package.name.as_str(), what));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::metadata::of;

    #[test]
    fn every_owner_may_name_what_it_owns_and_nobody_else() {
        for (used, owner) in OWNERS {
            assert_eq!(check(&of(&[(owner, used)])), [], "{owner}: {used}");
            let violations = check(&of(&[("karat-rules", used)]));
            assert_eq!(violations.len(), 1, "{used}");
            assert!(violations[0].what.contains(owner), "{}", violations[0]);
        }
    }

    #[test]
    fn tests_and_xtask_may_name_anything() {
        assert_eq!(check(&of(&[("karat-rules", "dev:csv"), ("xtask", "anyhow csv")])), []);
    }
}
