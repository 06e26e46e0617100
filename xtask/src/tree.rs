//! The files of the workspace as git sees them: tracked, or new and not ignored.

use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::source::Source;
use crate::violation::Violation;

pub struct File {
    /// Relative to the workspace, with `/`.
    pub path: String,
    pub bytes: usize,
    /// None for a file that is not text.
    pub text: Option<String>,
}

#[derive(Default)]
pub struct Tree {
    pub files: Vec<File>,
    pub sources: Vec<Source>,
    /// Rust files that do not parse.
    pub broken: Vec<Violation>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for path in list(root)? {
            match std::fs::read(root.join(&path)) {
                Ok(content) => tree.add(path, content),
                // Deleted and not yet staged, or a link to a folder.
                Err(error) if is_no_file(error.kind()) => {}
                Err(error) => return Err(error).with_context(|| path),
            }
        }
        Ok(tree)
    }

    fn add(&mut self, path: String, content: Vec<u8>) {
        let bytes = content.len();
        let text = String::from_utf8(content).ok().filter(|text| !text.contains('\0'));
        if let Some(text) = &text
            && path.ends_with(".rs")
        {
            match Source::parse(&path, text) {
                Ok(source) => self.sources.push(source),
                Err(problem) => self.broken.push(problem),
            }
        }
        self.files.push(File { path, bytes, text });
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.add((*path).to_owned(), text.as_bytes().to_vec());
        }
        tree
    }
}

fn list(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("cannot run git")?;
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut names: Vec<String> =
        names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn is_no_file(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::IsADirectory)
}
