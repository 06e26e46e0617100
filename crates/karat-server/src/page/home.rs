//! The home page: is all well, and what needs me.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use karat_chart::count;
use karat_pipeline::status::{self, Need};

use super::ago;
use crate::app::App;
use crate::failure::{Answer, encoded, page};
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

struct Dataset {
    name: String,
    rows: String,
    open_rejects: u64,
    loaded: String,
}

/// The page that does what a need's command does, where there is one.
fn place(need: &Need) -> Option<String> {
    let words: Vec<&str> = need.next.split(' ').collect();
    match words[..] {
        ["karat", "rejects", "list", "--dataset", name] => {
            Some(format!("/datasets/{}", encoded(name)))
        }
        ["karat", "review", "list", ..] => Some("/review".to_owned()),
        _ => None,
    }
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
    let dataset = |dataset: &karat_store::status::Dataset| Dataset {
        name: dataset.name.clone(),
        rows: count(dataset.rows.max(0).unsigned_abs()),
        open_rejects: dataset.open_rejects,
        loaded: dataset.last.as_ref().map_or("never".to_owned(), |load| ago(&load.finished.age)),
    };
    page(&Home {
        is_well: !needs.iter().any(|need| need.is_finding),
        needs,
        entities: found.entities.iter().map(entity).collect(),
        datasets: found.datasets.iter().map(dataset).collect(),
        frame: signed.frame(&app, "Home", "Home"),
    })
}
