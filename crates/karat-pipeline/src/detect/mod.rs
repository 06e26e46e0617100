//! Which dataset a file is of: the file is sampled as each dataset's files are written, and
//! compared with what is declared and with what people chose before.

mod declared;
mod sample;

use std::path::{Path, PathBuf};

use karat_connect::source::Settings;
use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Problems, Result};
use karat_rules::clean::Context;
use karat_rules::detect::names::key;
use karat_rules::detect::{self, Against, Chosen, Declared, Sample};
use karat_store::detection::{self as store, Choice};
use karat_store::schema::Statement;
use karat_store::{Session, own};

pub use karat_rules::detect::{Band, Candidate, Evidence, Part};
pub use sample::Extent;
use sample::Sampled;

use crate::deploy;
use crate::project::Project;
use crate::project::dataset::{Dataset, Origin};

/// What a file is.
#[derive(Debug)]
pub struct Detection {
    pub file: PathBuf,
    /// The best first; none where no dataset is loaded from files.
    pub candidates: Vec<Candidate>,
    /// Rows and columns of the file, read as the best dataset's files are written.
    pub rows: u64,
    pub columns: u64,
    headers: Vec<Header>,
}

/// A header of a file, as the files of some datasets are written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Header {
    digest: String,
    /// The names as they are compared, in order.
    names: Vec<String>,
    datasets: Vec<String>,
}

impl Detection {
    /// The best dataset, where no person has to choose.
    pub fn automatic(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|best| best.band.is_automatic())
    }

    /// The band of the best.
    pub fn band(&self) -> Band {
        self.candidates.first().map_or(Band::VeryLow, |best| best.band)
    }
}

/// Compares files with the datasets of a project.
pub struct Detector<'a> {
    project: &'a Project,
    statements: Vec<Statement>,
}

/// A file, read in one of the ways in which datasets' files are written.
struct Reading<'a> {
    settings: &'a Settings,
    datasets: Vec<&'a Dataset>,
    sampled: Result<Sampled>,
}

impl<'a> Detector<'a> {
    /// Reads what the project declares.
    ///
    /// # Errors
    /// Problems of the schema files.
    pub fn new(project: &'a Project) -> Result<Detector<'a>, Problems> {
        Ok(Detector { project, statements: deploy::declared(project)?.statements })
    }

    /// What a file is. Without a session, whatever people chose before is not known.
    ///
    /// # Errors
    /// A file that cannot be read as the files of any dataset; a database that breaks off.
    pub async fn detect(
        &self,
        file: &Path,
        extent: Extent,
        session: Option<&Session>,
    ) -> Result<Detection> {
        if !file.is_file() {
            let problem = Problem::new(Kind::Input, format!("there is no file {}", file.display()));
            return Err(problem.hint("name it as seen from the folder you are in"));
        }
        let readings = self.read(file, extent)?;
        let headers: Vec<Header> = readings.iter().filter_map(Reading::header).collect();
        let choices = match session {
            Some(session) => known(session, &headers).await?,
            None => Vec::new(),
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let candidates = self.compared(&name, &readings, &headers, &choices);
        let best = candidates.first().map(|best| best.dataset.as_str());
        let is_best =
            |reading: &&Reading<'_>| reading.datasets.iter().any(|d| Some(d.name.as_str()) == best);
        let sampled = readings.iter().find(is_best).and_then(|r| r.sampled.as_ref().ok());
        Ok(Detection {
            file: file.to_owned(),
            candidates,
            rows: sampled.map_or(0, |s| s.rows),
            columns: sampled.map_or(0, |s| s.sample.headers.len() as u64),
            headers,
        })
    }

    /// Reads a file once for each way in which datasets' files are written.
    fn read(&self, file: &Path, extent: Extent) -> Result<Vec<Reading<'_>>> {
        let mut readings: Vec<Reading<'_>> = Vec::new();
        for dataset in declared::candidates(self.project) {
            let Origin::Files { form, .. } = &dataset.origin else { continue };
            match readings.iter_mut().find(|reading| reading.settings == form) {
                Some(reading) => reading.datasets.push(dataset),
                None => {
                    let sampled = sample::sample(file, form, extent);
                    readings.push(Reading { settings: form, datasets: vec![dataset], sampled });
                }
            }
        }
        // What is wrong in every way is wrong with the file.
        match readings.iter().all(|reading| reading.sampled.is_err()) {
            true => match readings.into_iter().find_map(|reading| reading.sampled.err()) {
                Some(problem) => Err(problem),
                None => Ok(Vec::new()),
            },
            false => Ok(readings),
        }
    }

    fn compared(
        &self,
        file: &str,
        readings: &[Reading<'_>],
        headers: &[Header],
        choices: &[Choice],
    ) -> Vec<Candidate> {
        let context = Context { region: self.project.region.clone() };
        let parts: Vec<(Declared, Result<&Sample, &str>, Chosen)> = readings
            .iter()
            .flat_map(|reading| reading.datasets.iter().map(move |dataset| (reading, *dataset)))
            .map(|(reading, dataset)| {
                let sample = reading.sampled.as_ref().map(|sampled| &sampled.sample);
                let sample = sample.map_err(|problem| problem.what.as_str());
                let declared = declared::declared(dataset, &self.statements);
                (declared, sample, chosen(&dataset.name, headers, choices))
            })
            .collect();
        let against: Vec<Against<'_>> = parts
            .iter()
            .map(|(declared, sample, chosen)| Against {
                declared,
                sample: *sample,
                chosen: *chosen,
            })
            .collect();
        detect::detect(file, &against, &context)
    }
}

impl Reading<'_> {
    /// The header that the file has, read so.
    fn header(&self) -> Option<Header> {
        let sample = &self.sampled.as_ref().ok().filter(|s| s.sample.has_header)?.sample;
        let names: Vec<String> = sample.headers.iter().map(|header| key(header)).collect();
        Some(Header {
            digest: hash_text(&names.join("\n")),
            names,
            datasets: self.datasets.iter().map(|dataset| dataset.name.clone()).collect(),
        })
    }
}

/// What people chose for any of the headers; nothing where Karat has not been.
async fn known(session: &Session, headers: &[Header]) -> Result<Vec<Choice>> {
    if !own::is_ready(session).await? {
        return Ok(Vec::new());
    }
    let digests: Vec<String> = headers.iter().map(|header| header.digest.clone()).collect();
    store::choices(session, &digests).await
}

fn chosen(dataset: &str, headers: &[Header], choices: &[Choice]) -> Chosen {
    let is_of = |header: &&Header| header.datasets.iter().any(|name| name == dataset);
    let Some(header) = headers.iter().find(is_of) else { return Chosen::Never };
    let of_header = || choices.iter().filter(|choice| choice.header == header.digest);
    match (of_header().any(|choice| choice.dataset == dataset), of_header().count()) {
        (false, _) => Chosen::Never,
        (true, 1) => Chosen::Always,
        (true, _) => Chosen::Sometimes,
    }
}

/// Remembers that somebody chose a dataset for a file, under the header that the file has as the
/// dataset's files are written; whether it has one. Karat's own schema must be ready.
pub async fn remember(
    session: &Session,
    detection: &Detection,
    dataset: &str,
    command: &str,
) -> Result<bool> {
    let is_of = |header: &&Header| header.datasets.iter().any(|name| name == dataset);
    let Some(header) = detection.headers.iter().find(is_of) else { return Ok(false) };
    store::choose(session, (&header.digest, &header.names), dataset, command).await?;
    Ok(true)
}

/// Forgets what was chosen for the header of a file; how many datasets that were.
pub async fn forget(session: &Session, detection: &Detection) -> Result<u64> {
    if !own::is_ready(session).await? {
        return Ok(0);
    }
    let digests: Vec<String> = detection.headers.iter().map(|h| h.digest.clone()).collect();
    store::forget(session, &digests).await
}

/// The problem that nobody said which dataset a file is of, with what it could be.
pub fn undecided(detection: &Detection) -> Problem {
    const SHOWN: usize = 3;
    let file = detection.file.display();
    let likely = detection.candidates.iter().filter(|c| c.band >= Band::Low).take(SHOWN);
    let likely: Vec<String> = likely.map(|c| format!("{} ({:.2})", c.dataset, c.score)).collect();
    let what = match (likely.is_empty(), detection.candidates.first()) {
        (false, _) => format!("{file} may be of {}", likely.join(", ")),
        (true, Some(best)) => {
            let nearest = format!("{} is nearest, with {:.2}", best.dataset, best.score);
            format!("{file} is like no declared dataset: {nearest}")
        }
        (true, None) => format!("no dataset is declared for {file}"),
    };
    let hint = format!("say which: --dataset NAME; karat detect {file} shows what speaks for each");
    Problem::new(Kind::Usage, what).hint(hint)
}
