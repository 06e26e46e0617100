//! `karat load FILE...`: files that the user names.

use std::path::{Path, PathBuf};

use karat_pipeline::detect::{self, Band, Candidate, Detection, Detector, Extent, Part};
use karat_pipeline::project::dataset::Origin;
use karat_pipeline::project::{Dataset, Project};
use karat_pipeline::run as pipeline;
use karat_record::{Kind, Problem, Problems, Result};
use karat_store::Session;
use serde_json::{Value as Json, json};

use super::{Done, Shell, declared, summary};
use crate::args::Load;

pub async fn run(shell: &mut Shell, load: &Load) -> Done {
    let project = shell.project()?;
    for file in &load.files {
        named(&project, file, load.dataset.as_deref())?;
    }
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, load.yes)?;
    let mut files = Files { project: &project, address: &base.address, session: None };
    let found = files.find(shell, load).await?;
    let reporter = shell.reporter()?;
    let into = |file: &File| (file.dataset.clone(), file.path.clone());
    let request = pipeline::Request {
        steps: vec![pipeline::Step::Load],
        command: "load".to_owned(),
        entities: Vec::new(),
        effort: Default::default(),
        files: found.iter().map(into).collect(),
        report: None,
        checks: Default::default(),
    };
    let done = pipeline::run(&project, &base, &request, reporter).await?;
    if done.failure.is_none() {
        files.remember(&found).await?;
    }
    let detected: Vec<Json> = found.iter().filter_map(File::document).collect();
    summary::show_with(shell, &done, if detected.is_empty() { Json::Null } else { json!(detected) })
}

/// A file and the dataset that it goes into.
struct File {
    path: PathBuf,
    dataset: String,
    by: By,
}

/// What says that it does.
enum By {
    Place,
    /// The command that chose it, with what detection made of it, where that is another dataset.
    Choice(&'static str, Option<Detection>),
    Detection(Detection),
}

impl File {
    fn document(&self) -> Option<Json> {
        let By::Detection(detection) = &self.by else { return None };
        Some(super::detect::document(detection))
    }
}

/// Refuses a dataset and a file that are not there.
fn named(project: &Project, file: &Path, dataset: Option<&str>) -> Result<()> {
    if let Some(name) = dataset {
        declared("dataset", name, project.datasets.iter().map(|d| &d.name))?;
    }
    if file.exists() {
        return Ok(());
    }
    let problem = Problem::new(Kind::Input, format!("there is no file {}", file.display()));
    Err(problem.hint("name it as seen from the folder you are in"))
}

/// Finds out which dataset each file is of.
struct Files<'a> {
    project: &'a Project,
    address: &'a karat_store::Address,
    /// Open once something has to be known of choices.
    session: Option<Session>,
}

impl Files<'_> {
    async fn find(&mut self, shell: &Shell, load: &Load) -> Result<Vec<File>, Problems> {
        let mut found = Vec::new();
        let mut problems = Problems::default();
        for path in &load.files {
            match self.one(shell, path, load.dataset.as_deref()).await {
                Ok((dataset, by)) => found.push(File { path: path.clone(), dataset, by }),
                Err(unknown) => problems.0.extend(unknown.0),
            }
        }
        problems.into_result().map(|()| found)
    }

    async fn one(
        &mut self,
        shell: &Shell,
        path: &Path,
        dataset: Option<&str>,
    ) -> Result<(String, By), Problems> {
        let places = places(self.project, path);
        match (dataset, places.as_slice()) {
            (Some(name), [place]) if *place == name => Ok((name.to_owned(), By::Place)),
            (Some(name), _) => {
                // Whatever stands in the way is told by the load itself.
                let detection = self.detect(path, Extent::Beginning).await.ok();
                let is_other =
                    |d: &Detection| d.automatic().is_none_or(|best| best.dataset != name);
                let detection = detection.filter(is_other);
                Ok((name.to_owned(), By::Choice("load --dataset", detection)))
            }
            (None, [place]) => Ok(((*place).to_owned(), By::Place)),
            (None, _) => {
                let detection = self.detect(path, Extent::Whole).await?;
                decide(shell, detection)
            }
        }
    }

    async fn detect(&mut self, path: &Path, extent: Extent) -> Result<Detection, Problems> {
        if self.session.is_none() {
            self.session = Some(Session::open(self.address).await?);
        }
        let detector = Detector::new(self.project)?;
        Ok(detector.detect(path, extent, self.session.as_ref()).await?)
    }

    /// Remembers what somebody chose against or without detection.
    async fn remember(&self, files: &[File]) -> Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        for file in files {
            if let By::Choice(command, Some(detection)) = &file.by {
                detect::remember(session, detection, &file.dataset, command).await?;
            }
        }
        Ok(())
    }
}

/// The datasets whose patterns the file fits.
fn places<'a>(project: &'a Project, file: &Path) -> Vec<&'a str> {
    let fits = |dataset: &&Dataset| match &dataset.origin {
        Origin::Files { patterns, .. } => {
            patterns.iter().any(|p| karat_pipeline::load::fits(project, p, file))
        }
        Origin::Each { .. } => false,
    };
    project.datasets.iter().filter(fits).map(|dataset| dataset.name.as_str()).collect()
}

/// What detection found is taken, told, asked or refused, by its band.
fn decide(shell: &Shell, detection: Detection) -> Result<(String, By), Problems> {
    let file = detection.file.display();
    let Some(best) = detection.candidates.first().cloned() else {
        return Err(detect::undecided(&detection).into());
    };
    let is = format!("{file} is of {} ({:.2}, {})", best.dataset, best.score, best.band.name());
    match best.band {
        Band::High => shell.output.line(format!("  {is}")),
        Band::Medium => {
            shell.output.line(format!("  note: {is}{}", doubt(&best)));
            shell.output.line(format!("        karat detect {file} shows why"));
        }
        Band::Low => {
            let unsure = detect::undecided(&detection);
            let question =
                format!("{}{}\nload it into {}?", unsure.what, doubt(&best), best.dataset);
            match shell.output.ask(&question) {
                Some(true) => return Ok((best.dataset, By::Choice("load", Some(detection)))),
                Some(false) | None => return Err(unsure.into()),
            }
        }
        Band::VeryLow => return Err(detect::undecided(&detection).into()),
    }
    Ok((best.dataset, By::Detection(detection)))
}

/// What speaks most against it: why the score is limited, else the first that does not fit.
fn doubt(best: &Candidate) -> String {
    let against = || best.evidence.iter().filter(|evidence| !evidence.is_for);
    let limit = against().find(|evidence| evidence.part == Part::Limit);
    let first = limit.or_else(|| against().next());
    first.map_or(String::new(), |evidence| format!("; {}", evidence.text))
}
