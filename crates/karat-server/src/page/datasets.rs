//! Datasets: how they stand, and the rows that were rejected.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use karat_pipeline::project::dataset::Origin;
use karat_store::rejects::{self, Filter, Group, Rejected};
use karat_store::status::{self, Dataset};

use super::{ago, many};
use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::Signed;

/// Rejected rows on a page.
const REJECTS: u32 = 100;

#[derive(Template)]
#[template(path = "datasets.html")]
struct All {
    frame: Frame,
    datasets: Vec<Dataset>,
}

pub async fn all(State(app): State<Arc<App>>, signed: Signed) -> Answer {
    let names: Vec<&str> = app.project.datasets.iter().map(|d| d.name.as_str()).collect();
    let datasets = status::datasets(&app.session().await?, &names).await?;
    page(&All { frame: signed.frame(&app, "Datasets", "Datasets"), datasets })
}

#[derive(Template)]
#[template(path = "dataset.html")]
struct One {
    frame: Frame,
    dataset: Dataset,
    table: String,
    groups: Vec<Group>,
    rejects: Vec<Rejected>,
    open: String,
    /// It is loaded from files, whose rows can be mended.
    is_of_files: bool,
    /// The loads that can be downloaded by themselves.
    downloads: Vec<i64>,
}

pub async fn one(State(app): State<Arc<App>>, signed: Signed, Path(name): Path<String>) -> Answer {
    let declared = app.project.dataset(&name).ok_or(Failure::NotThere)?;
    let session = app.session().await?;
    let dataset = status::datasets(&session, &[name.as_str()]).await?;
    let dataset = dataset.into_iter().next().ok_or(Failure::NotThere)?;
    let mut groups = rejects::summary(&session, false).await?;
    groups.retain(|group| group.dataset == name);
    let filter = Filter { dataset: Some(&name), loads: &[], rule: None, all: false };
    let (open, rejects) = rejects::list(&session, &filter, REJECTS).await?;
    let mut downloads: Vec<i64> =
        rejects::loads(&session, &filter).await?.iter().map(|origin| origin.load).collect();
    downloads.dedup();
    page(&One {
        frame: signed.frame(&app, "Datasets", &name),
        dataset,
        table: declared.table.to_string(),
        groups,
        rejects,
        open: many(&open),
        is_of_files: matches!(declared.origin, Origin::Files { .. }),
        downloads,
    })
}
