//! The rows of one file, of whatever kind, as often as they are read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_connect::csv::{Form, Mark, Repaired};
use karat_connect::source::Source;
use karat_connect::vault::{Vault, hash_file};
use karat_record::{Kind, Problem, Reporter, Result, Stage as Reported};
use karat_store::load::Segment;
use tokio::sync::mpsc::Sender;

use super::arrival::Rows;
use super::part::Part;
use super::pass::{self, Behind, Pass, Range};
use super::writer::Writer;
use crate::context::Context;
use crate::project::dataset::{Dataset, Origin};

/// The rows of a file. The first pass hashes the file and keeps a copy in the vault; a second
/// pass, which only rows need that the table would not take, reads it again.
pub struct FileRows {
    path: PathBuf,
    pub shown: String,
    pub source: Source,
    vault: Option<Vault>,
    hashed: Option<(String, u64)>,
    /// Since the last cut.
    pub repaired: Repaired,
    /// Bytes after which a segment ends; `None`: the file is one.
    pub segment: Option<u64>,
    behind: Option<Behind>,
    reporter: Arc<dyn Reporter>,
    stage: Reported,
}

impl FileRows {
    pub fn open(
        context: &Context<'_>,
        dataset: &Dataset,
        path: &Path,
        shown: &str,
    ) -> Result<FileRows> {
        let Origin::Files { form, .. } = &dataset.origin else {
            return Err(Problem::new(Kind::Internal, "a dataset without files has one"));
        };
        Ok(FileRows {
            path: path.to_owned(),
            shown: shown.to_owned(),
            source: Source::find(path, shown, form)?,
            vault: context.project.keep_files.then(|| context.project.vault()),
            hashed: None,
            repaired: Repaired::default(),
            segment: None,
            behind: None,
            reporter: context.reporter.clone(),
            stage: Reported::new("load", dataset.name.clone()),
        })
    }

    /// How the file is written, if places in its text are places in the file.
    pub fn plain(&self) -> Option<&Form> {
        match &self.source {
            Source::Text(form) => Some(form).filter(|form| form.is_plain()),
            Source::Records(_) => None,
        }
    }

    /// Has the next pass begin behind a segment; where that is. `None` when what stands before it
    /// is not what was loaded.
    pub async fn go_behind(&mut self, last: &Segment) -> Result<Option<Mark>> {
        let (path, vault, last) = (self.path.clone(), self.vault.clone(), last.clone());
        let work = tokio::task::spawn_blocking(move || Behind::open(&path, vault.as_ref(), &last));
        let opened = work.await;
        self.behind =
            opened.map_err(|e| Problem::new(Kind::Internal, format!("reading ended: {e}")))??;
        Ok(self.behind.as_ref().map(Behind::mark))
    }

    /// The rows of a plain file from a mark on.
    pub fn range(&self, from: Option<Mark>) -> Result<Range> {
        let form = self.plain().cloned();
        let form =
            form.ok_or_else(|| Problem::new(Kind::Internal, "a packed file has no range"))?;
        Ok(Range { path: self.path.clone(), form, from, to: u64::MAX })
    }

    /// SHA-256 and size of the file as it came.
    pub fn hash(&self) -> Result<(String, u64)> {
        match &self.hashed {
            Some(hashed) => Ok(hashed.clone()),
            None => hash_file(&self.path),
        }
    }
}

impl Rows for FileRows {
    async fn pour(&mut self, writer: Writer, parts: Sender<Part>) -> Result<Writer> {
        let pass = Pass {
            path: self.path.clone(),
            source: self.source.clone(),
            vault: self.vault.clone().filter(|_| self.hashed.is_none()),
            reporter: self.reporter.clone(),
            stage: self.stage.clone(),
            segment: self.segment,
            behind: self.behind.take(),
        };
        let work = tokio::task::spawn_blocking(move || pass.run(writer, &parts));
        let ended = work.await;
        let poured =
            ended.map_err(|e| Problem::new(Kind::Internal, format!("reading ended: {e}")))??;
        self.hashed = self.hashed.take().or(poured.hashed);
        self.repaired = poured.repaired;
        Ok(poured.writer)
    }

    async fn raws(&mut self, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
        pass::raws(&self.source, &self.path, rows)
    }
}
