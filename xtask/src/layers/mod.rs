//! `cargo xtask layers`: a crate is a prohibition; this is where the prohibitions are executed.

mod graph;
mod metadata;
mod owners;
mod pure;

use std::path::Path;

use anyhow::Result;

use crate::tree::Tree;
use crate::violation::Violation;

pub fn run(root: &Path) -> Result<Vec<Violation>> {
    let packages = metadata::read(root)?;
    let mut violations = graph::check(&packages);
    violations.extend(owners::check(&packages));
    violations.extend(pure::check(&packages, &Tree::read(root)?));
    Ok(violations)
}
