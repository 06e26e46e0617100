//! `karat detect FILE...`: which dataset a file is of, and what speaks for it.

use karat_pipeline::base::Base;
use karat_pipeline::detect::{self, Band, Candidate, Detection, Detector, Evidence, Extent};
use karat_pipeline::project::{Database, Project};
use karat_record::Problem;
use karat_store::Session;
use serde_json::{Value as Json, json};

use super::{Done, Shell};
use crate::Ending;
use crate::args::Detect;
use crate::output::{Output, number, table};

/// Datasets that are listed besides those that are worth a look, and lines of one kind that are
/// shown of the best.
const LISTED: usize = 3;
const SHOWN: usize = 3;

pub async fn run(shell: &mut Shell, command: &Detect) -> Done {
    let project = shell.project()?;
    if command.forget {
        return forget(shell, &project, command).await;
    }
    let memory = Memory::open(&project).await;
    if let Some(why) = &memory.unknown {
        let what = why.what.lines().next().unwrap_or_default();
        shell.output.line(format!("note: what was chosen before is not known: {what}"));
    }
    let detector = Detector::new(&project)?;
    let mut documents = Vec::new();
    let mut is_open = false;
    for (at, file) in command.files.iter().enumerate() {
        let found = detector.detect(file, Extent::Whole, memory.session.as_ref()).await?;
        if at > 0 {
            shell.output.line("");
        }
        show(&shell.output, &found, command.all);
        is_open |= found.automatic().is_none();
        documents.push(document(&found));
    }
    shell.output.document(&json!({ "files": documents }));
    Ok(if is_open { Ending::Findings } else { Ending::Done })
}

/// What people chose before, where a database is there that knows.
struct Memory {
    session: Option<Session>,
    unknown: Option<Problem>,
    /// Keeps a local server running.
    _base: Option<Base>,
}

impl Memory {
    /// A local database is not made for this.
    async fn open(project: &Project) -> Memory {
        let is_made =
            !matches!(project.database, Database::Local) || project.root.join(".karat/pg").exists();
        if !is_made {
            return Memory { session: None, unknown: None, _base: None };
        }
        let (base, opened) = match Base::open(project) {
            Ok(base) => {
                let session = Session::open(&base.address).await;
                (Some(base), session)
            }
            Err(problem) => (None, Err(problem)),
        };
        match opened {
            Ok(session) => Memory { session: Some(session), unknown: None, _base: base },
            Err(problem) => Memory { session: None, unknown: Some(problem), _base: base },
        }
    }
}

async fn forget(shell: &mut Shell, project: &Project, command: &Detect) -> Done {
    let base = shell.base(project)?;
    let session = Session::open(&base.address).await?;
    let detector = Detector::new(project)?;
    let mut forgotten = Vec::new();
    for file in &command.files {
        let found = detector.detect(file, Extent::Beginning, None).await?;
        let count = detect::forget(&session, &found).await?;
        let name = file.display();
        shell.output.line(match count {
            0 => format!("nothing was chosen for the header of {name}"),
            1 => format!("forgotten: the dataset that was chosen for the header of {name}"),
            _ => {
                format!("forgotten: the {count} datasets that were chosen for the header of {name}")
            }
        });
        forgotten.push(json!({ "file": file, "forgotten": count }));
    }
    shell.output.document(&json!({ "files": forgotten }));
    Ok(Ending::Done)
}

fn show(out: &Output, found: &Detection, all: bool) {
    let rows = format!("{} rows · {} columns", number(found.rows), found.columns);
    out.line(format!("{}  {}", out.strong(&found.file.display().to_string()), out.faint(&rows)));
    if found.candidates.is_empty() {
        out.line("  no dataset of this project is loaded from files");
        return;
    }
    out.line("");
    let head = ["dataset", "score", "band", "what karat load does"].map(str::to_owned).to_vec();
    let worth = found.candidates.iter().filter(|c| c.band >= Band::Low).count();
    let listed = if all { found.candidates.len() } else { worth.max(LISTED) };
    let mut lines = vec![head];
    lines.extend(found.candidates.iter().take(listed).enumerate().map(|(at, one)| line(at, one)));
    for (at, text) in table(&lines, &[false, true]).iter().enumerate() {
        out.line(format!("  {}", if at == 0 { out.faint(text) } else { text.clone() }));
    }
    let left = found.candidates.len().saturating_sub(listed);
    if left > 0 {
        out.line(out.faint(&format!("  and {left} less like it; --all shows them")));
    }
    let explained = if all { found.candidates.len() } else { 1 };
    for candidate in &found.candidates[..explained] {
        explain(out, candidate, all);
    }
}

fn line(at: usize, candidate: &Candidate) -> Vec<String> {
    let does = match candidate.band {
        _ if at > 0 => "",
        Band::High => "loads it",
        Band::Medium => "loads it, and says so",
        Band::Low => "asks",
        Band::VeryLow => "refuses until --dataset says which",
    };
    let score = format!("{:.2}", candidate.score);
    vec![candidate.dataset.clone(), score, candidate.band.name().to_owned(), does.to_owned()]
}

/// The evidence, what speaks against it marked; of many lines alike the first few.
fn explain(out: &Output, candidate: &Candidate, all: bool) {
    out.line("");
    out.line(format!("  {}", out.strong(&candidate.dataset)));
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (at, one) in candidate.evidence.iter().enumerate() {
        let is_like = |other: &&Evidence| (other.part, other.is_for) == (one.part, one.is_for);
        let before = candidate.evidence[..at].iter().filter(is_like).count();
        let of = candidate.evidence.iter().filter(is_like).count();
        if all || before < SHOWN || before == SHOWN && of == SHOWN + 1 {
            rows.push(row(one, one.text.clone()));
        } else if before == SHOWN {
            rows.push(row(one, format!("and {} more like this", of - SHOWN)));
        }
    }
    table(&rows, &[]).iter().for_each(|line| out.line(format!("  {line}")));
}

fn row(evidence: &Evidence, text: String) -> Vec<String> {
    let sign = if evidence.is_for { "+" } else { "-" };
    vec![sign.to_owned(), evidence.part.name().to_owned(), text]
}

/// What is known of a file, for programs.
pub fn document(found: &Detection) -> Json {
    let candidate = |one: &Candidate| {
        let line = |e: &Evidence| json!({ "part": e.part.name(), "for": e.is_for, "text": e.text });
        json!({
            "dataset": one.dataset,
            "score": one.score,
            "band": one.band.name(),
            "evidence": one.evidence.iter().map(line).collect::<Vec<_>>(),
        })
    };
    json!({
        "file": found.file,
        "dataset": found.automatic().map(|best| &best.dataset),
        "band": found.band().name(),
        "rows": found.rows,
        "columns": found.columns,
        "candidates": found.candidates.iter().map(candidate).collect::<Vec<_>>(),
    })
}
