//! One rejected row, mended by hand: its cells, and the job that loads it as it was mended.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use karat_connect::raw::RawForm;
use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Result};
use karat_store::Session;
use karat_store::rejects::{self, Rejected};

use super::export::{names, not_ours, row};
use crate::load::replay::derived;
use crate::project::Project;
use crate::project::dataset::Origin;
use crate::queue;

/// Where mended rows lie, in a project.
const FOLDER: &str = ".karat/mended";

/// A rejected row as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The names of its columns.
    pub headers: Vec<String>,
    /// The text of each; none where the row cannot be cut into them.
    pub fields: Option<Vec<String>>,
}

/// What somebody made of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mended {
    /// A text for each of its columns.
    Cells(Vec<String>),
    /// The row as its file would write it.
    Raw(String),
}

/// The cells of a rejected row, as its file's columns are; none where that is not on record.
///
/// # Errors
/// What the database says.
pub async fn cells(session: &Session, reject: &Rejected) -> Result<Option<Cells>> {
    let Rejected { load, first_load, column, raw, .. } = reject;
    let loads: Vec<i64> = [Some(*load), *first_load].into_iter().flatten().collect();
    let forms = rejects::forms(session, &loads).await?;
    let form = |load: &i64| RawForm::from_json(forms.get(load)?);
    let own = form(load);
    let written = match (first_load, column) {
        // A row that could not be cut is kept as it was first.
        (Some(first), None) => form(first),
        _ => own.clone(),
    };
    let mut headers: Vec<String> = Vec::new();
    for name in [&own, &written].into_iter().flatten().flat_map(RawForm::headers) {
        if !name.is_empty() && !headers.contains(name) {
            headers.push(name.clone());
        }
    }
    if headers.is_empty() {
        return Ok(None);
    }
    let cut = written.and_then(|form| Some((form.cut(raw).ok()?, form)));
    let fields = cut.map(|(fields, form)| {
        let field = |name: &String| {
            let at = form.headers().iter().position(|header| header == name);
            at.and_then(|at| fields.get(at)).cloned().unwrap_or_default()
        };
        headers.iter().map(field).collect()
    });
    Ok(Some(Cells { headers, fields }))
}

/// Has a job load a rejected row as it was mended: what a replay of an export does that holds this
/// row alone. The number of the job.
///
/// # Errors
/// A row that is settled, one whose columns are not on record, a dataset that is not loaded from
/// files, and a folder that cannot be written.
pub async fn mend(
    project: &Project,
    session: &Session,
    reject: &Rejected,
    (mended, overwrite): (&Mended, bool),
) -> Result<i64> {
    may_be_mended(project, reject)?;
    let cells = cells(session, reject).await?.ok_or_else(|| {
        let problem = Problem::new(Kind::Usage, "the columns of the row's file are not on record");
        problem.hint("mend the file, and load it again")
    })?;
    not_ours(&cells.headers)?;
    let blank = vec![String::new(); cells.headers.len()];
    let (fields, raw) = match mended {
        Mended::Cells(fields) if fields.len() == cells.headers.len() => (fields, ""),
        Mended::Raw(raw) if cells.fields.is_none() => (&blank, raw.as_str()),
        _ => {
            let problem = Problem::new(Kind::Usage, "the row has other columns");
            return Err(problem.hint("look at it again"));
        }
    };
    let row = row(reject, fields.iter().map(String::as_str), raw);
    let text = format!("{}\n{row}\n", names(&cells.headers));
    let name = format!("load-{}-line-{}-{}.csv", reject.load, reject.line, &hash_text(&text)[..8]);
    let file = path(project, &name);
    keep(&file, &text)?;
    let sha256 = project.bucket.as_ref().map(|_| hash_text(&text));
    if sha256.is_some() {
        project.vault().keep(&file)?;
    }
    let order = queue::replay::order(&name, sha256, overwrite)?;
    Ok(queue::enqueue(session, &order).await?.job())
}

/// Whether a row is still to be mended, and can be.
///
/// # Errors
/// Why not.
pub fn may_be_mended(project: &Project, reject: &Rejected) -> Result<()> {
    let declared = project.dataset(&reject.dataset).ok_or_else(|| {
        let what = format!("dataset {} is no longer declared", reject.dataset);
        Problem::new(Kind::Usage, what)
    })?;
    if matches!(declared.origin, Origin::Each { .. }) {
        return Err(derived(declared));
    }
    match reject.state.as_str() {
        "open" | "superseded" => Ok(()),
        state => Err(Problem::new(Kind::Usage, format!("the row is {state}, and not open"))),
    }
}

/// Where a mended row of this name lies, brought here where it was mended on another machine.
///
/// # Errors
/// That it is nowhere.
pub(crate) fn fetched(project: &Project, name: &str, sha256: Option<&str>) -> Result<PathBuf> {
    let path = path(project, name);
    if let Some(sha256) = sha256.filter(|sha256| sha256.len() == 64 && !path.exists()) {
        let kept = project.vault().fetch(sha256)?;
        let text = fs::read_to_string(&kept).map_err(|e| Problem::io("read", &kept, &e))?;
        keep(&path, &text)?;
    }
    Ok(path)
}

/// Where a mended row of this name lies.
fn path(project: &Project, name: &str) -> PathBuf {
    project.root.join(FOLDER).join(name)
}

fn keep(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| Problem::io("make", folder, &e))?;
    // Its name says what is in it: one that is there and whole is the same.
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(|e| Problem::io("write", path, &e))
}
