//! `karat outputs`: files that runs produce.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use karat_pipeline::context::Context;
use karat_pipeline::outputs::link::{self, Disposition, Terms};
use karat_pipeline::outputs::{self, Kept, Options, Summary, Verified};
use karat_pipeline::project::Project;
use karat_pipeline::project::size::shown;
use karat_record::{Kind, Problem, Result};
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::args::{Build, Outputs};
use crate::output::{Output, duration, number, table, with_commas};

pub async fn run(shell: &mut Shell, args: &Outputs) -> Done {
    match args {
        Outputs::List { run } => list(shell, *run).await,
        Outputs::Get { names, to } => get(shell, names, to).await,
        Outputs::Build(build) => make(shell, build).await,
        Outputs::Verify { names } => verify(shell, names).await,
        Outputs::Link { name, seconds, inline, base } => {
            let disposition = if *inline { Disposition::Inline } else { Disposition::Attachment };
            let terms = Terms { seconds: *seconds, disposition, audience: String::new() };
            sign(shell, (name, base), &terms).await
        }
        Outputs::Revoke => revoke(shell).await,
        Outputs::Prune { keep, dry_run, yes } => prune(shell, (*keep, *dry_run), *yes).await,
    }
}

async fn list(shell: &mut Shell, run: Option<i64>) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let files = outputs::list(&context, run).await?;
    if files.is_empty() {
        shell.output.line("no outputs yet; declare one in outputs/, and karat run makes it");
    } else {
        files_table(&shell.output, &files);
    }
    shell.output.document(&json!({ "files": files }));
    Ok(Ending::Done)
}

fn files_table(out: &Output, files: &[Kept]) {
    let head = ["file", "kind", "rows", "size", "run", "made", "SHA-256"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for kept in files {
        let file = &kept.file;
        lines.push(vec![
            file.name.clone(),
            file.kind.clone(),
            file.rows.map(number).unwrap_or_default(),
            shown(file.bytes),
            kept.run.to_string(),
            kept.created_at.clone(),
            file.sha256[..12].to_owned(),
        ]);
    }
    for (i, line) in table(&lines, &[false, false, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

async fn get(shell: &mut Shell, names: &[String], to: &Path) -> Done {
    let to_stdout = to == Path::new("-");
    let project = shell.project()?;
    let base = match to_stdout {
        true => karat_pipeline::base::Base::open(&project)?,
        false => shell.base(&project)?,
    };
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let files = outputs::list(&context, None).await?;
    let wanted = wanted(&files, names)?;
    if to_stdout {
        let [one] = wanted.as_slice() else {
            let problem = Problem::new(Kind::Usage, "only one file goes to standard output");
            return Err(problem.hint("name one: karat outputs get NAME --to -").into());
        };
        let mut file = outputs::open(&project, one)?;
        let copied = io::copy(&mut file, &mut io::stdout().lock());
        copied.map_err(|e| Problem::io("write", Path::new("standard output"), &e))?;
        return Ok(Ending::Done);
    }
    let copied = copy(&project, &wanted, to)?;
    copied.iter().for_each(|path| shell.output.line(path));
    shell.output.document(&json!({ "files": copied }));
    Ok(Ending::Done)
}

/// The files that names mean; all where there is no name.
fn wanted<'a>(files: &'a [Kept], names: &[String]) -> Result<Vec<&'a Kept>> {
    if names.is_empty() {
        return Ok(files.iter().collect());
    }
    let mut wanted = Vec::new();
    for name in names {
        wanted.extend(outputs::named(files, name)?);
    }
    Ok(wanted)
}

/// Copies files into a folder, each whole or not at all.
fn copy(project: &Project, files: &[&Kept], folder: &Path) -> Result<Vec<String>> {
    fs::create_dir_all(folder).map_err(|e| Problem::io("make", folder, &e))?;
    let mut copied = Vec::new();
    for kept in files {
        let path = folder.join(&kept.file.name);
        let draft = folder.join(format!(".{}.{}", kept.file.name, std::process::id()));
        let mut file = outputs::open(project, kept)?;
        let written = File::create(&draft)
            .and_then(|mut out| io::copy(&mut file, &mut out))
            .and_then(|_| fs::rename(&draft, &path));
        written.map_err(|e| Problem::io("write", &path, &e))?;
        copied.push(path.display().to_string());
    }
    Ok(copied)
}

async fn make(shell: &mut Shell, build: &Build) -> Done {
    let project = shell.project()?;
    let wanted = outputs::wanted(&project, &build.names)?;
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, build.yes)?;
    let reporter = shell.reporter()?;
    let options = Options { aggregate: build.agg, only: &build.names, anew: build.anew };
    let made = outputs::run(&project, &base, (&wanted, options), reporter.clone()).await?;
    let out = &shell.output;
    made.iter().for_each(|summary| one(out, summary));
    if made.is_empty() {
        out.line("no outputs are declared yet; begin with a file in outputs/");
    }
    let mut copied = Vec::new();
    if let Some(folder) = &build.to {
        let context = Context { project: &project, address: &base.address, reporter, run: None };
        let files = outputs::list(&context, None).await?;
        let of = |kept: &&Kept| {
            let name = &kept.file.output;
            *name == "manifest" || wanted.iter().any(|output| output.name == *name)
        };
        let files: Vec<&Kept> = files.iter().filter(of).collect();
        copied = copy(&project, &files, folder)?;
        out.line(format!("  {} files are in {}", copied.len(), folder.display()));
    }
    out.document(&json!({
        "status": "success",
        "outputs": made.iter().map(Summary::json).collect::<Vec<_>>(),
        "copied": copied,
    }));
    Ok(Ending::Done)
}

fn one(out: &Output, summary: &Summary) {
    let took = duration(summary.took);
    out.line(format!("  {}  {} ({took})", summary.output, with_commas(&summary.line())));
    notes(out, summary);
}

/// What a person should know about an output.
pub fn notes(out: &Output, summary: &Summary) {
    for note in &summary.notes {
        out.line(format!("  note: {}: {note}", summary.output));
    }
}

async fn sign(shell: &mut Shell, (name, base): (&str, &str), terms: &Terms) -> Done {
    let project = shell.project()?;
    let base_of = karat_pipeline::base::Base::open(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base_of.address, reporter, run: None };
    let files = outputs::list(&context, None).await?;
    let [one] = outputs::named(&files, name)?[..] else {
        let problem = Problem::new(Kind::Usage, format!("{name:?} is several files"));
        return Err(problem.hint("name one of them; karat outputs list shows them").into());
    };
    let now = jiff::Timestamp::now().as_second();
    let session = context.connect().await?;
    let link = format!(
        "{}{}",
        base.trim_end_matches('/'),
        link::sign(&session, &one.id, terms, now).await?
    );
    match shell.output.json {
        true => shell.output.document(&json!({ "link": link, "seconds": terms.seconds })),
        false => shell.output.result(&link),
    }
    Ok(Ending::Done)
}

async fn revoke(shell: &mut Shell) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    let keys = link::revoke(&session, jiff::Timestamp::now().as_second()).await?;
    shell.output.line(format!("links of {} keys are good no more", number(keys)));
    shell.output.document(&json!({ "status": "success", "keys": keys }));
    Ok(Ending::Done)
}

async fn prune(shell: &mut Shell, (keep, dry): (u32, bool), yes: bool) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, yes || dry)?;
    let reporter = shell.reporter()?;
    let pruned = outputs::prune(&project, &base, (keep, dry), reporter).await?;
    let (entries, files) = (number(pruned.entries), number(pruned.files));
    let would = if dry { "would be " } else { "" };
    let size = shown(pruned.bytes);
    shell
        .output
        .line(format!("{entries} entries {would}forgotten, {files} files {would}removed ({size})"));
    shell.output.document(&json!({ "status": "success", "dry_run": dry, "pruned": pruned }));
    Ok(Ending::Done)
}

async fn verify(shell: &mut Shell, names: &[String]) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let files = outputs::list(&context, None).await?;
    let verified = outputs::verify(&context, &wanted(&files, names)?).await?;
    told(&shell.output, &verified);
    let is_sound = verified.wrong.is_empty();
    shell.output.document(&json!({
        "status": if is_sound { "success" } else { "findings" },
        "verified": verified,
    }));
    Ok(if is_sound { Ending::Done } else { Ending::Findings })
}

fn told(out: &Output, verified: &Verified) {
    for what in &verified.wrong {
        out.line(format!("  wrong: {what}"));
    }
    for what in &verified.open {
        out.line(format!("  not verified: {what}"));
    }
    out.line(format!(
        "  {} files compared with their hashes, {} rows and {} cells computed anew from input files: {}",
        number(verified.files),
        number(verified.rows),
        number(verified.cells),
        match verified.wrong.len() {
            0 => "all as they should be".to_owned(),
            n => format!("{} findings", number(n as u64)),
        }
    ));
}
