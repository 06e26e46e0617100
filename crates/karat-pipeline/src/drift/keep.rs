//! Keeps what a resolution counted: a row for each of all records, and one a day for parts.

use std::collections::BTreeMap;

use karat_record::{Kind, Problem, Result};
use karat_store::Session;
use karat_store::drift::{self as store, By};
use serde_json::Value as Json;

use super::Counts;

/// Keeps the counts of a resolution of all records.
pub async fn whole(session: &Session, by: By<'_>, counts: &Counts) -> Result<()> {
    store::keep(session, by, true, &text(counts)?).await
}

/// Adds the counts of a part to those of today; `was` and `now` are the tallies of its clusters.
pub async fn part(
    session: &Session,
    by: By<'_>,
    (counts, was, now): (&Counts, &Json, &Json),
) -> Result<()> {
    let mut change = sizes(now);
    for (size, n) in sizes(was) {
        *change.entry(size).or_default() -= n;
    }
    let mut sum = Counts::default();
    let today = store::today(session, by).await?;
    if let Some((_, kept)) = &today {
        sum = read(kept)?;
    }
    sum.add(counts);
    sum.change_sizes(&change);
    match today {
        Some((number, _)) => store::add(session, by, number, &text(&sum)?).await,
        None => store::keep(session, by, false, &text(&sum)?).await,
    }
}

/// Counts as they were kept.
pub fn read(text: &str) -> Result<Counts> {
    serde_json::from_str(text).map_err(problem)
}

fn text(counts: &Counts) -> Result<String> {
    serde_json::to_string(counts).map_err(problem)
}

fn problem(error: serde_json::Error) -> Problem {
    Problem::new(Kind::Internal, format!("kept counts: {error}"))
}

fn sizes(tally: &Json) -> BTreeMap<u64, i64> {
    let sizes = tally["sizes"].as_object().into_iter().flatten();
    sizes.filter_map(|(size, n)| Some((size.parse().ok()?, n.as_i64()?))).collect()
}
