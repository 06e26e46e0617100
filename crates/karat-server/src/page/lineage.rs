//! Lineage: from which files, over which datasets and entities, outputs come, and from which columns
//! a golden field.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use karat_chart::{Chart, Flow, FlowNode};
use karat_pipeline::lineage::{self, FieldLineage, FromColumn, Kind, Lineage, Node};
use serde::Deserialize;

use crate::app::App;
use crate::failure::{Answer, found, page, segment};
use crate::frame::Frame;
use crate::signed::Signed;

/// Width in pixels of a column of the drawing, with what lies before the next.
const COLUMN: f64 = 260.0;

#[derive(Template)]
#[template(path = "lineage.html")]
struct All {
    frame: Frame,
    lineage: Lineage,
    drawing: String,
    /// Golden fields to choose from, as ENTITY.FIELD.
    fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "lineage_field.html")]
struct One {
    frame: Frame,
    found: FieldLineage,
    fields: Vec<String>,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    field: String,
}

pub async fn lineage(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(Asked { field }): Query<Asked>,
) -> Answer {
    let of = |entity: &karat_pipeline::project::Entity| {
        let name = entity.name.clone();
        let columns = entity.golden.columns.iter();
        columns.map(move |column| format!("{name}.{}", column.name)).collect::<Vec<_>>()
    };
    let fields: Vec<String> = app.project.entities.iter().flat_map(of).collect();
    if field.is_empty() {
        let lineage = lineage::lineage(&app.project);
        let drawing = drawing(&lineage);
        let frame = signed.frame(&app, "Lineage", "Lineage");
        return page(&All { frame, lineage, drawing, fields });
    }
    let found = found(lineage::field(&app.project, &field))?;
    page(&One { frame: signed.frame(&app, "Lineage", &field), found, fields })
}

/// The page that shows something, where there is one.
fn place(node: &Node) -> Option<String> {
    match node.kind {
        Kind::Dataset => Some(format!("/datasets/{}", segment(&node.name))),
        Kind::Entity => Some(format!("/entities/{}", segment(&node.name))),
        Kind::Output => Some("/outputs".to_owned()),
        Kind::File | Kind::Table => None,
    }
}

fn drawing(lineage: &Lineage) -> String {
    let layers = lineage.nodes.iter().map(|node| node.layer + 1).max().unwrap_or_default();
    let column = |layer: usize| {
        let of = lineage.nodes.iter().filter(|node| node.layer == layer);
        let mut kinds: Vec<Kind> = of.map(|node| node.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let names: Vec<&str> = kinds.into_iter().map(heading).collect();
        match is_of_outputs(lineage, layer) {
            true => "Outputs of outputs".to_owned(),
            false => names.join(" and "),
        }
    };
    let node = |node: &Node| FlowNode {
        label: node.name.clone(),
        kind: node.kind.name().to_owned(),
        column: node.layer,
        from: node.from.clone(),
        to: place(node),
    };
    let flow = Flow {
        title: "What comes from what".to_owned(),
        columns: (0..layers).map(column).collect(),
        nodes: lineage.nodes.iter().map(node).collect(),
    };
    flow.draw(COLUMN * layers.max(1) as f64)
}

/// Whether what is in a layer is made from outputs.
fn is_of_outputs(lineage: &Lineage, layer: usize) -> bool {
    let mut of = lineage.nodes.iter().filter(|node| node.layer == layer);
    of.any(|node| lineage.made_from(node).any(|from| from.kind == Kind::Output))
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "Files",
        Kind::Dataset => "Datasets",
        Kind::Table => "tables",
        Kind::Entity => "Entities",
        Kind::Output => "Outputs",
    }
}

/// What cleans a column while it is loaded.
fn cleaned(column: &FromColumn) -> String {
    let rules = column.clean.iter().map(|rule| (*rule).to_owned());
    let alias = column.alias.iter().map(|name| format!("aliases {name}"));
    rules.chain(alias).collect::<Vec<_>>().join(", ")
}
