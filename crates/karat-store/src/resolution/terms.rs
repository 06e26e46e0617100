//! Term frequencies that a model keeps: those of the first records that it weighed, so that a pair
//! weighs the same whenever it is looked at.

use karat_record::Result;
use tokio::sync::mpsc::Receiver;

use crate::copy::{Chunk, copy_in};
use crate::session::Session;

/// A field whose frequencies are kept, and the share of a text that was not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub unseen: f64,
}

/// The fields whose frequencies a model keeps; none where it keeps none yet.
pub async fn pinned(session: &Session, model: i64) -> Result<Option<Vec<Field>>> {
    let sql = "select pinned_at is not null from karat.model where id = $1";
    let is_pinned: bool = session.row(sql, &[&model]).await?.get(0);
    if !is_pinned {
        return Ok(None);
    }
    let sql = "select field, unseen from karat.term_field where model = $1 order by field";
    let rows = session.rows(sql, &[&model]).await?;
    Ok(Some(rows.iter().map(|row| Field { name: row.get(0), unseen: row.get(1) }).collect()))
}

/// Keeps frequencies for a model: its fields, and rows of model, field, digest and share. Those of
/// earlier models of the entity are asked for no more.
pub async fn pin(
    session: &Session,
    model: i64,
    fields: &[Field],
    rows: Receiver<Chunk>,
) -> Result<()> {
    for forget in [
        include_str!("../../queries/resolution/forget_terms.sql"),
        include_str!("../../queries/resolution/forget_term_fields.sql"),
    ] {
        session.execute(forget, &[&model]).await?;
    }
    for field in fields {
        let keep = "insert into karat.term_field (model, field, unseen) values ($1, $2, $3)";
        session.execute(keep, &[&model, &field.name, &field.unseen]).await?;
    }
    let copy = "copy karat.term (model, field, digest, share) from stdin (format binary)";
    copy_in(session, copy, rows).await?;
    let pinned = "update karat.model set pinned_at = clock_timestamp() where id = $1";
    session.execute(pinned, &[&model]).await.map(drop)
}

/// The kept shares of the texts of a field, by digest: of all, or of these.
pub async fn shares(
    session: &Session,
    (model, field): (i64, &str),
    digests: Option<&[i64]>,
) -> Result<Vec<(i64, f64)>> {
    let rows = match digests {
        None => {
            let sql = "select digest, share from karat.term where model = $1 and field = $2";
            session.rows(sql, &[&model, &field]).await?
        }
        Some(digests) => {
            let sql = "select t.digest, t.share from unnest($3::bigint[]) as d (digest) \
                       join karat.term t \
                       on t.model = $1 and t.field = $2 and t.digest = d.digest";
            session.rows(sql, &[&model, &field, &digests]).await?
        }
    };
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
