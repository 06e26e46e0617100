//! Rejected rows: one of them, mended or dismissed by hand, and all that are open as a file.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use karat_pipeline::outputs::link::Disposition;
use karat_pipeline::queue::{self, Job, State as JobState};
use karat_pipeline::rejects::{self as pipeline, Cells, Mended};
use karat_record::{Kind, Problem};
use karat_store::rejects::{Filter, Rejected};
use serde::Deserialize;

use crate::app::App;
use crate::failure::{Answer, Failure, page, segment};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::rejected::{At, dismissed, found};
use crate::signed::{Operator, Signed};

/// The longest row that a form takes, in bytes: coded, it may be three times as long.
const LONGEST: usize = 16 << 10;

#[derive(Template)]
#[template(path = "reject.html")]
struct One {
    frame: Frame,
    dataset: String,
    /// The row from where it was rejected first to where it is now.
    history: Vec<Rejected>,
    /// Where it is now.
    now: Rejected,
    cells: Option<Cells>,
    /// Why it cannot be mended here.
    refused: Option<Problem>,
    job: Option<Job>,
}

#[derive(Deserialize)]
pub struct Asked {
    /// The job that loads it as it was mended.
    job: Option<i64>,
}

pub async fn one(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(at): Path<At>,
    Query(Asked { job }): Query<Asked>,
) -> Answer {
    let session = app.session().await?;
    let (history, now) = found(&app, &session, &at).await?;
    let cells = pipeline::cells(&session, &now).await?;
    let refused = pipeline::may_be_mended(&app.project, &now).err();
    let refused = refused.or_else(|| too_long(&now)).or_else(|| uncut(cells.as_ref()));
    let job = match job {
        Some(number) => queue::find(&session, number).await.ok(),
        None => None,
    };
    let job = job.filter(|job| is_of(job, &history));
    let frame = signed.frame(&app, "Datasets", &format!("Row {}", now.place()));
    page(&One { frame, dataset: at.0, history, now, cells, refused, job })
}

fn too_long(row: &Rejected) -> Option<Problem> {
    let problem = || Problem::new(Kind::Usage, "the row is too long for a form");
    (row.raw.len() > LONGEST).then(|| problem().hint("mend it in an export"))
}

fn uncut(cells: Option<&Cells>) -> Option<Problem> {
    let problem = || Problem::new(Kind::Usage, "the columns of its file are not on record");
    cells.is_none().then(|| problem().hint("mend the file, and load it again"))
}

/// Whether a job loads a row of this history as it was mended.
fn is_of(job: &Job, history: &[Rejected]) -> bool {
    let file = job.args["file"].as_str().unwrap_or_default();
    let is_named =
        |row: &Rejected| file.starts_with(&format!("load-{}-line-{}-", row.load, row.line));
    job.kind == "replay" && history.iter().any(is_named)
}

impl One {
    /// Whether nobody loads it as it was mended.
    fn is_at_rest(&self) -> bool {
        self.job.as_ref().is_none_or(|job| job.state.is_final())
    }

    fn may_mend(&self) -> bool {
        self.frame.may_act() && self.refused.is_none() && self.is_at_rest()
    }

    /// Each column with its number and its cell.
    fn inputs(&self) -> Vec<(usize, &str, &str)> {
        let Some(cells) = &self.cells else { return Vec::new() };
        let fields = cells.fields.as_deref().unwrap_or_default();
        let cell = |at: usize| fields.get(at).map_or("", String::as_str);
        let headers = cells.headers.iter().enumerate();
        headers.map(|(at, name)| (at, name.as_str(), cell(at))).collect()
    }

    fn is_cut(&self) -> bool {
        self.cells.as_ref().is_some_and(|cells| cells.fields.is_some())
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.now.column.as_deref() == Some(name)
    }
}

/// Whether a cell has more than one line.
fn has_lines(cell: &str) -> bool {
    cell.contains('\n')
}

/// What came of a mended row, in words.
fn became(job: &Job) -> String {
    let told = |name: &str| job.result.as_ref().map(|result| result[name].clone());
    let reasons = told("reasons").and_then(|text| text.as_str().map(str::to_owned));
    let reasons = reasons.unwrap_or_default();
    let count = |name: &str| told(name).and_then(|n| n.as_u64()).unwrap_or_default();
    let load = told("load").and_then(|load| load.as_i64());
    match (job.state, load) {
        (JobState::Completed, Some(load)) if count("rejected") == 0 => {
            format!("It was loaded by load {load}; the next run brings everything up to date.")
        }
        (JobState::Completed, None) if count("settled") > 0 => {
            "It was settled before, and nothing was loaded.".to_owned()
        }
        (JobState::Completed, _) => format!("It does not fit yet: {reasons}."),
        (state, _) if state.is_final() => {
            let error = job.error.as_deref().unwrap_or("it was cancelled");
            format!("Nothing was loaded: {error}.")
        }
        _ => "It is in the queue, to be loaded as it was mended.".to_owned(),
    }
}

/// Where a row is shown.
fn place((dataset, load, line): &At) -> String {
    format!("/datasets/{}/rejects/{load}/{line}", segment(dataset))
}

/// Has a job load a row as somebody mended it.
pub async fn mend(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(at): Path<At>,
    Form(given): Form<Fields>,
) -> Result<Redirect, Failure> {
    let session = app.acting(&person).await?;
    let (_, now) = found(&app, &session, &at).await?;
    let cells = pipeline::cells(&session, &now).await?;
    if let Some(problem) = uncut(cells.as_ref()) {
        return Err(problem.into());
    }
    // Between the page and the form somebody else may have brought another row here.
    let is_now = |(load, line): (i64, i64)| (load, line) == (now.load, now.line);
    let number = |name: &str| given.first(name).and_then(|text| text.parse::<i64>().ok());
    if !number("load").zip(number("line")).is_some_and(is_now) {
        let problem = Problem::new(Kind::Usage, "the row changed since its page was made");
        return Err(problem.hint("look at it again").into());
    }
    let lines = Lines(now.raw.contains("\r\n"));
    let mended = match given.first("raw") {
        Some(raw) => Mended::Raw(lines.as_they_were(raw)),
        None => {
            let count = cells.map_or(0, |cells| cells.headers.len());
            let texts = (0..count).map_while(|at| given.first(&format!("cell-{at}")));
            Mended::Cells(texts.map(|text| lines.as_they_were(text)).collect())
        }
    };
    let overwrite = given.first("overwrite").is_some();
    let job = pipeline::mend(&app.project, &session, &now, (&mended, overwrite)).await?;
    Ok(Redirect::to(&format!("{}?job={job}", place(&at))))
}

/// The line ends of a row: whether they were those that browsers send for all.
#[derive(Clone, Copy)]
struct Lines(bool);

impl Lines {
    fn as_they_were(self, text: &str) -> String {
        if self.0 { text.to_owned() } else { text.replace("\r\n", "\n") }
    }
}

#[derive(Deserialize)]
pub struct Dismissed {
    reason: String,
}

/// A row needs no mending, as somebody says.
pub async fn dismiss(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(at): Path<At>,
    Form(Dismissed { reason }): Form<Dismissed>,
) -> Result<Redirect, Failure> {
    dismissed(&app, &person, (&at, &reason)).await?;
    Ok(Redirect::to(&place(&at)))
}

#[derive(Deserialize)]
pub struct Chosen {
    /// Of this load alone.
    load: Option<i64>,
}

/// The open rejects of a dataset as a CSV file to be mended, as the command exports them.
pub async fn download(
    State(app): State<Arc<App>>,
    _: Signed,
    Path(name): Path<String>,
    Query(Chosen { load }): Query<Chosen>,
) -> Result<Response, Failure> {
    app.project.dataset(&name).ok_or(Failure::NotThere)?;
    let loads: Vec<i64> = load.into_iter().collect();
    let filter = Filter { dataset: Some(&name), loads: &loads, rule: None, all: false };
    let session = app.session().await?;
    let (_, text) = pipeline::text(&app.project, &session, &filter).await?;
    let file = Disposition::Attachment.header(&format!("rejects-of-{name}.csv"));
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, text).into_response())
}
