//! Runs: a grid of runs by steps, and one run.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use karat_pipeline::run::Step;
use karat_store::run::{self, Run};

use super::{Before, MANY, ago, older, took};
use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::Signed;

#[derive(Template)]
#[template(path = "runs.html")]
struct All {
    frame: Frame,
    steps: Vec<&'static str>,
    runs: Vec<Run>,
    /// The number before which older ones go on.
    older: Option<i64>,
}

impl All {
    /// What became of a step in a run.
    fn step<'a>(run: &'a Run, name: &str) -> Option<&'a run::Step> {
        run.steps.iter().find(|step| step.name == name)
    }
}

pub async fn all(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(Before { before }): Query<Before>,
) -> Answer {
    let runs = run::list(&app.session().await?, before, MANY).await?;
    let older = older(&runs, |run| run.number);
    let steps = Step::ALL.map(Step::name).to_vec();
    page(&All { frame: signed.frame(&app, "Runs", "Runs"), steps, runs, older })
}

#[derive(Template)]
#[template(path = "run.html")]
struct One {
    frame: Frame,
    run: Run,
}

pub async fn one(State(app): State<Arc<App>>, signed: Signed, Path(number): Path<i64>) -> Answer {
    let runs = run::list(&app.session().await?, number.checked_add(1), 1).await?;
    let run = runs.into_iter().find(|run| run.number == number).ok_or(Failure::NotThere)?;
    page(&One { frame: signed.frame(&app, "Runs", &format!("Run {number}")), run })
}
