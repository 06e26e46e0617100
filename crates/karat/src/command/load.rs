//! `karat load FILE...`: files that the user names.

use std::path::{Path, PathBuf};

use karat_pipeline::project::dataset::Origin;
use karat_pipeline::project::{Dataset, Project};
use karat_pipeline::run as pipeline;
use karat_record::{Kind, Problem, Result};

use super::{Done, Shell, declared, summary};
use crate::args::Load;

pub async fn run(shell: &mut Shell, load: &Load) -> Done {
    let project = shell.project()?;
    let files: Result<Vec<(String, PathBuf)>> = load
        .files
        .iter()
        .map(|file| Ok((dataset_of(&project, file, load.dataset.as_deref())?, file.clone())))
        .collect();
    let files = files?;
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, load.yes)?;
    let reporter = shell.reporter()?;
    let request = pipeline::Request {
        steps: vec![pipeline::Step::Load],
        command: "load".to_owned(),
        entities: Vec::new(),
        files,
        report: None,
        checks: Default::default(),
    };
    let done = pipeline::run(&project, &base, &request, reporter).await?;
    summary::show(shell, &done)
}

/// The dataset that is named, or the one whose patterns the file fits.
fn dataset_of(project: &Project, file: &Path, named: Option<&str>) -> Result<String> {
    if let Some(name) = named {
        declared("dataset", name, project.datasets.iter().map(|d| &d.name))?;
    }
    if !file.exists() {
        let problem = Problem::new(Kind::Input, format!("there is no file {}", file.display()));
        return Err(problem.hint("name it as seen from the folder you are in"));
    }
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let fits = |dataset: &&Dataset| match &dataset.origin {
        Origin::Files { patterns, .. } => {
            patterns.iter().any(|p| karat_pipeline::load::fits(project, p, file))
        }
        Origin::Each { .. } => false,
    };
    let found: Vec<&Dataset> = project.datasets.iter().filter(fits).collect();
    match found.as_slice() {
        [dataset] => Ok(dataset.name.clone()),
        _ => {
            let what = format!("no dataset is declared for {}", file.display());
            let what = if found.is_empty() {
                what
            } else {
                format!("several datasets fit {}", file.display())
            };
            Err(Problem::new(Kind::Usage, what).hint("name one with --dataset NAME"))
        }
    }
}
