//! From a golden record back to where its records were read.

use karat_record::Result;
use serde::Serialize;
use utoipa::ToSchema;

use super::read::is_among;
use crate::load::{LOAD, ROW, Target};
use crate::name::Ident;
use crate::session::Session;

/// A record of an entity, and the strongest evidence that holds it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub source: String,
    pub key: String,
    /// From 0 to 100; none where no evidence holds it.
    pub score: Option<i16>,
    /// The match weight in bits, where evidence is weighed.
    pub weight: Option<f32>,
}

/// The records of one entity, by source and key.
pub async fn members(session: &Session, entity: &str, id: &str) -> Result<Vec<Member>> {
    let sql = include_str!("../../queries/resolution/members.sql");
    let rows = session.rows(sql, &[&entity, &id]).await?;
    let member = |row: &tokio_postgres::Row| Member {
        source: row.get(0),
        key: row.get(1),
        score: row.get(2),
        weight: row.get(3),
    };
    Ok(rows.iter().map(member).collect())
}

/// Which load brought a record, as which row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    pub key: String,
    pub load: i64,
    pub row: i64,
    /// The texts of the columns asked for besides, joined as keys are.
    pub also: String,
}

/// Which loads brought these records of a source; those that people put there themselves, or that
/// are gone, are left out.
pub async fn loaded(
    session: &Session,
    target: &Target,
    (key, keys): (&[String], &[String]),
    also: &[String],
) -> Result<Vec<Loaded>> {
    if !target.is_traced() {
        return Ok(Vec::new());
    }
    let text = |columns: &[String]| {
        let columns: Vec<String> = columns.iter().map(|c| format!("{}::text", Ident(c))).collect();
        // A null adds nothing, and stands for no column at all.
        columns.iter().fold("':', null".to_owned(), |all, column| format!("{all}, {column}"))
    };
    let sql = format!(
        "select concat_ws({key}), {LOAD}, {ROW}, concat_ws({also}) from {table} t \
         where {among} and {LOAD} is not null and {ROW} is not null{current}",
        among = is_among(target, key, "$1::text[]"),
        key = text(key),
        also = text(also),
        table = target.table,
        current = target.and_current("t"),
    );
    let rows = session.rows(&sql, &[&keys]).await?;
    let loaded = |row: &tokio_postgres::Row| Loaded {
        key: row.get(0),
        load: row.get(1),
        row: row.get(2),
        also: row.get(3),
    };
    Ok(rows.iter().map(loaded).collect())
}

/// Where a row was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    pub load: i64,
    pub dataset: String,
    /// The file, or the dataset that it was made from.
    pub origin: String,
    /// The line of the file, or the number of the element.
    pub row: i64,
    /// SHA-256 of the file, under which it is kept.
    pub sha256: String,
    /// Of a row that was rejected and mended: where it stood first.
    pub first: Option<First>,
}

/// Where a row stood before it was mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct First {
    pub load: i64,
    pub origin: String,
    pub row: i64,
}

/// The places of rows, each given by load and row; those of loads that are no longer on record
/// are none.
pub async fn places(session: &Session, rows: &[(i64, i64)]) -> Result<Vec<Option<Place>>> {
    let sql = include_str!("../../queries/resolution/places.sql");
    let (loads, lines): (Vec<i64>, Vec<i64>) = rows.iter().copied().unzip();
    let mut places: Vec<Option<Place>> = vec![None; rows.len()];
    for row in session.rows(sql, &[&loads, &lines]).await? {
        let at: i64 = row.get("at");
        let first = row.get::<_, Option<String>>("first_origin").map(|origin| First {
            load: row.get("first_load"),
            origin,
            row: row.get("first_line"),
        });
        let place = Place {
            load: row.get("id"),
            dataset: row.get("dataset"),
            origin: row.get("origin"),
            row: lines[at as usize - 1],
            sha256: row.get("sha256"),
            first,
        };
        places[at as usize - 1] = Some(place);
    }
    Ok(places)
}
