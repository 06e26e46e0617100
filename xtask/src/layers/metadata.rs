//! The crates of the workspace and what each of them names as a dependency.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

pub struct Dependency {
    /// The name of the crate, also where the manifest renames it.
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Normal,
    Dev,
    Build,
}

/// Manifests only (`--no-deps`): needs neither the network nor a lock file.
pub fn read(root: &Path) -> Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    parse(&serde_json::from_slice(&output.stdout)?)
}

fn parse(metadata: &Value) -> Result<Vec<Package>> {
    list(metadata, "packages")?
        .iter()
        .map(|package| {
            let dependencies = list(package, "dependencies")?.iter().map(dependency);
            Ok(Package { name: name(package)?, dependencies: dependencies.collect::<Result<_>>()? })
        })
        .collect()
}

fn dependency(value: &Value) -> Result<Dependency> {
    let kind = match value["kind"].as_str() {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    Ok(Dependency { name: name(value)?, kind })
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key].as_array().with_context(|| format!("cargo metadata has no `{key}`"))
}

fn name(value: &Value) -> Result<String> {
    Ok(value["name"].as_str().context("cargo metadata has no `name`")?.to_owned())
}

/// `("a", "b c dev:d build:e")`: crate `a` names `b` and `c`, `d` for tests, `e` for its build.
#[cfg(test)]
pub fn of(packages: &[(&str, &str)]) -> Vec<Package> {
    let dependency = |word: &str| match word.split_once(':') {
        Some(("dev", name)) => Dependency { name: name.to_owned(), kind: Kind::Dev },
        Some((_, name)) => Dependency { name: name.to_owned(), kind: Kind::Build },
        None => Dependency { name: word.to_owned(), kind: Kind::Normal },
    };
    let package = |(name, words): &(&str, &str)| Package {
        name: (*name).to_owned(),
        dependencies: words.split_whitespace().map(dependency).collect(),
    };
    packages.iter().map(package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_are_read() {
        let metadata = serde_json::json!({ "packages": [{ "name": "a", "dependencies": [
            { "name": "b", "kind": null, "rename": "c" }, { "name": "d", "kind": "dev" } ] }] });
        let packages = parse(&metadata).unwrap();
        let seen: Vec<_> =
            packages[0].dependencies.iter().map(|it| (it.name.as_str(), it.kind)).collect();
        assert_eq!(packages[0].name, "a");
        assert_eq!(seen, [("b", Kind::Normal), ("d", Kind::Dev)]);
    }

    #[test]
    fn metadata_without_packages_is_an_error() {
        assert!(parse(&serde_json::json!({})).is_err());
    }
}
