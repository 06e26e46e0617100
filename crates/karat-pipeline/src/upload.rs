//! Files that people hand over: kept once, recognised, and brought where they belong by a job.

use std::fs;
use std::path::{Path, PathBuf};

pub use karat_connect::vault::Incoming;
use karat_record::{Kind, Problem, Problems, Result};
use karat_store::Session;
use karat_store::upload::{self as store, Processed, Upload};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::detect::{self, Detection, Detector, Extent};
use crate::project::Project;
use crate::project::dataset::Origin;
use crate::queue;
use crate::run::{Request, Step};

/// The longest name of a file that is kept, in bytes.
const LONGEST: usize = 120;

/// Signs that turn the direction in which what follows is shown, so that an ending is not its end.
const TURNS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// What names of files mean on Windows, whatever their ending.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Begins to take a file in.
///
/// # Errors
/// A project folder that cannot be written.
pub fn begin(project: &Project) -> Result<Incoming> {
    project.vault().incoming()
}

/// Keeps a file whose last byte has come, and puts it on record.
///
/// # Errors
/// A file without bytes, a folder that cannot be written, and what the database says.
pub async fn keep(
    project: &Project,
    session: &Session,
    incoming: Incoming,
    (name, by): (&str, &str),
) -> Result<Upload> {
    if incoming.bytes() == 0 {
        let problem = Problem::new(Kind::Input, "no file came, or one without bytes");
        return Err(problem.hint("choose a file first"));
    }
    let name = safe(name);
    let (sha256, bytes) = incoming.finish(Some(&project.vault()))?;
    placed(project, &sha256, &name)?;
    let number = store::add(session, (&sha256, &name, bytes), by).await?;
    let upload = store::find(session, number).await?;
    upload.ok_or_else(|| Problem::new(Kind::Internal, "an upload is gone"))
}

/// Which dataset a file is of.
///
/// # Errors
/// A file that cannot be read as the files of any dataset.
pub async fn recognise(
    project: &Project,
    session: &Session,
    upload: &Upload,
) -> Result<Detection, Problems> {
    let detector = Detector::new(project)?;
    let path = placed(project, &upload.sha256, &upload.name)?;
    // Reading the file takes as long as it takes.
    let detect = detector.detect(&path, Extent::Whole, Some(session));
    Ok(block_in_place(|| Handle::current().block_on(detect))?)
}

/// Has a job load a file into a dataset and bring everything that follows up to date. Bytes that a
/// job was handed before are handed to no other, unless that is asked for with `again`.
///
/// # Errors
/// A dataset that is not loaded from files.
pub async fn process(
    project: &Project,
    session: &Session,
    upload: &Upload,
    (dataset, again): (&str, bool),
) -> Result<Processed> {
    let is_of_files = |d: &crate::project::Dataset| matches!(d.origin, Origin::Files { .. });
    if !project.dataset(dataset).is_some_and(is_of_files) {
        let what = format!("there is no dataset {dataset:?} that is loaded from files");
        return Err(Problem::new(Kind::Usage, what).hint("choose another"));
    }
    let request = Request {
        steps: Step::ALL.to_vec(),
        command: "upload".to_owned(),
        entities: Vec::new(),
        effort: Default::default(),
        files: vec![(dataset.to_owned(), placed(project, &upload.sha256, &upload.name)?)],
        report: None,
        checks: Default::default(),
    };
    let order = queue::run::order(project, &request)?;
    store::process(session, upload, (dataset, &order), again).await
}

/// Remembers that somebody chose a dataset for a file, for others with the same header.
///
/// # Errors
/// What the database says.
pub async fn remember(session: &Session, detection: &Detection, dataset: &str) -> Result<()> {
    detect::remember(session, detection, dataset, "upload").await.map(drop)
}

/// Where files lie under the names that they came with, in a project.
const FOLDER: &str = ".karat/uploads";

/// The hash and the name of a file that lies there; `None` where it lies elsewhere.
pub(crate) fn handed(project: &Project, path: &Path) -> Option<(String, String)> {
    let folder = project.root.join(FOLDER).canonicalize().ok()?;
    let text = |part: Option<&std::ffi::OsStr>| Some(part?.to_str()?.to_owned());
    let parent = path.parent()?;
    let is_there = parent.parent()? == folder;
    is_there.then(|| Some((text(parent.file_name())?, text(path.file_name())?)))?
}

/// Where a kept file lies under the name that it came with: loads say where rows stood, and
/// detection looks at names. The bytes are there once.
///
/// # Errors
/// A file that is not kept, a name that leads elsewhere, a folder that cannot be written.
pub(crate) fn placed(project: &Project, sha256: &str, name: &str) -> Result<PathBuf> {
    if safe(name) != name {
        return Err(Problem::new(Kind::Usage, "a file of the job has a name that is none"));
    }
    let folder = project.root.join(FOLDER).join(sha256);
    let path = folder.join(name);
    if path.exists() {
        return Ok(path);
    }
    let kept = project.vault().fetch(sha256)?;
    fs::create_dir_all(&folder).map_err(|e| Problem::io("make", &folder, &e))?;
    match fs::hard_link(&kept, &path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked.or_else(|_| copied(&kept, &path)),
    }
    .map_err(|e| Problem::io("write", &path, &e))?;
    Ok(path)
}

/// For file systems without links.
fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    let new = to.with_extension(format!("new-{}", std::process::id()));
    fs::copy(from, &new)?;
    fs::rename(new, to)
}

/// The name of a file without folders, and without what no name should have on any system.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let told = last.chars().filter(|c| !c.is_control() && !TURNS.contains(c));
    let kept: String = told.map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let cut = kept.char_indices().map(|(at, _)| kept.len() - at).find(|rest| *rest <= LONGEST);
    // The end stays, because it says what the file is.
    let kept = &kept[kept.len() - cut.unwrap_or(0)..];
    let stem = kept.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    match kept {
        "" => "file".to_owned(),
        device if DEVICES.contains(&stem.as_str()) => format!("_{device}"),
        kept => kept.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn a_name_leads_nowhere_else() {
        for (given, kept) in [
            ("list.csv", "list.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fakepath\\list.xlsx", "list.xlsx"),
            ("..", "file"),
            ("a/", "file"),
            (".karat", "karat"),
            ("a\u{0}b\n.csv", "ab.csv"),
            ("Städte 2.csv", "Städte 2.csv"),
            ("nul", "_nul"),
            ("Con.tar.gz", "_Con.tar.gz"),
            ("consul.csv", "consul.csv"),
            ("a:b?.csv", "a_b_.csv"),
            ("a.csv. .", "a.csv"),
            ("a\u{202e}vsc.exe", "avsc.exe"),
        ] {
            assert_eq!(safe(given), kept, "{given:?}");
        }
        let long = safe(&format!("{}.csv", "ä".repeat(200)));
        assert!(long.len() <= 120 && long.ends_with("ä.csv"), "{long}");
    }
}
