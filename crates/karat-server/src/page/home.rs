//! The home page: is all well, and what needs me.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use karat_chart::count;
use karat_pipeline::status::{self, About, Need};
use karat_store::status::Dataset;

use super::{ago, many};
use crate::app::App;
use crate::failure::{Answer, page, segment};
use crate::frame::Frame;
use crate::signed::Signed;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    needs: Vec<Need>,
    is_well: bool,
    entities: Vec<Entity>,
    datasets: Vec<Dataset>,
}

struct Entity {
    name: String,
    golden: String,
    records: String,
    reviews: u64,
    resolved: String,
}

/// The page that shows what a need is about, where there is one.
fn place(need: &Need) -> Option<String> {
    Some(match need.about.as_ref()? {
        About::Dataset(name) => format!("/datasets/{}", segment(name)),
        About::Review(_) => "/review".to_owned(),
        About::GivenUp => "/jobs?state=discarded".to_owned(),
        About::Check(suite, check) => {
            format!("/quality/checks/{}/{}", segment(suite), segment(check))
        }
        About::Objective(file, name) => {
            format!("/quality/objectives/{}/{}", segment(file), segment(name))
        }
        About::Quality => "/quality".to_owned(),
        About::Model(entity) => format!("/models/{}", segment(entity)),
    })
}

pub async fn home(State(app): State<Arc<App>>, signed: Signed) -> Answer {
    let address = signed.address(&app);
    let found = status::status(&app.context(&address)).await?;
    let needs = found.needs();
    let entity = |entity: &status::EntityStatus| {
        let state = entity.state.as_ref();
        let number = |of: fn(&status::State) -> u64| {
            state.map_or("–".to_owned(), |state| count(of(state)))
        };
        Entity {
            name: entity.name.clone(),
            golden: number(|state| state.entities),
            records: number(|state| state.records),
            reviews: state.map_or(0, |state| state.reviews),
            resolved: state.map_or("never".to_owned(), |state| ago(&state.resolved.age)),
        }
    };
    page(&Home {
        is_well: !needs.iter().any(|need| need.is_finding),
        needs,
        entities: found.entities.iter().map(entity).collect(),
        datasets: found.datasets,
        frame: signed.frame(&app, "Home", "Home"),
    })
}
