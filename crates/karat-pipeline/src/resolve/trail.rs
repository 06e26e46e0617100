//! From records back to where they were read: load, file and row.

use std::collections::BTreeMap;

use karat_record::Result;
use karat_store::Session;
use karat_store::load::Target;
use karat_store::resolution::{self as store, Loaded, Place};
use serde::Serialize;
use utoipa::ToSchema;

use super::read::Opened;
use crate::context::Context;
use crate::project::dataset::{Dataset, From, Origin};

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trail {
    /// None of a record that no load on record brought.
    pub place: Option<Place>,
    /// Of a record that was made from one of another dataset: that one.
    pub made_from: Option<MadeFrom>,
}

/// A record that others are made from, and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MadeFrom {
    /// As SOURCE:KEY.
    pub record: String,
    pub place: Option<Place>,
}

/// The trails of records of a source, by their keys.
pub async fn trails(
    context: &Context<'_>,
    session: &Session,
    (source, keys): (&Opened<'_>, &[String]),
) -> Result<BTreeMap<String, Trail>> {
    let dataset = context.project.dataset(&source.source.dataset);
    let parent = dataset.and_then(|dataset| parent(context, dataset));
    let also = parent.as_ref().map_or(Vec::new(), |(_, also)| also.clone());
    let rows = store::loaded(session, &source.target, (source.key, keys), &also).await?;
    let mut places = of(session, &rows).await?;
    let mut trails: BTreeMap<String, Trail> = BTreeMap::new();
    for (row, place) in rows.iter().zip(&mut places) {
        let trail = Trail { place: place.take(), made_from: None };
        trails.insert(row.key.clone(), trail);
    }
    let Some((parent, _)) = parent else { return Ok(trails) };
    let Some(target) = Target::find(session, &parent.table).await? else { return Ok(trails) };
    let wanted: Vec<String> = rows.iter().map(|row| row.also.clone()).collect();
    let of_parent = store::loaded(session, &target, (&parent.key, &wanted), &[]).await?;
    let places = of(session, &of_parent).await?;
    let places: BTreeMap<&str, Option<Place>> =
        of_parent.iter().map(|row| row.key.as_str()).zip(places).collect();
    for row in &rows {
        if let Some(trail) = trails.get_mut(&row.key) {
            let place = places.get(row.also.as_str()).cloned().flatten();
            let record = format!("{}:{}", parent.name, row.also);
            trail.made_from = Some(MadeFrom { record, place });
        }
    }
    Ok(trails)
}

async fn of(session: &Session, rows: &[Loaded]) -> Result<Vec<Option<Place>>> {
    let rows: Vec<(i64, i64)> = rows.iter().map(|row| (row.load, row.row)).collect();
    store::places(session, &rows).await
}

/// The dataset that another one is made from, and the columns that hold its records' keys, where
/// there are such.
fn parent<'a>(context: &'a Context<'_>, dataset: &Dataset) -> Option<(&'a Dataset, Vec<String>)> {
    let Origin::Each { dataset: name, .. } = &dataset.origin else { return None };
    let parent = context.project.dataset(name)?;
    let column = |key: &String| {
        let from = |from: &From| matches!(from, From::Parent(column) if column == key);
        dataset.columns.iter().find(|column| from(&column.from)).map(|column| column.name.clone())
    };
    let columns: Option<Vec<String>> = parent.key.iter().map(column).collect();
    columns.filter(|columns| !columns.is_empty()).map(|columns| (parent, columns))
}
