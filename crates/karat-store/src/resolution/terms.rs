//! Term frequencies that a model keeps: those of the first records that it weighed, so that a pair
//! weighs the same whenever it is looked at.

use karat_record::Result;
use tokio::sync::mpsc::Receiver;

use crate::copy::{Chunk, Rows, copy_in};
use crate::name::quoted;
use crate::session::Session;

/// A field whose frequencies are kept, and the share of a text that was not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub unseen: f64,
}

/// What a model keeps of term frequencies.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinned {
    /// Of how many records they are.
    pub records: u64,
    pub fields: Vec<Field>,
}

impl Pinned {
    /// Whether there are at least twice as many records now, so that they are counted anew.
    pub fn is_outgrown(&self, records: u64) -> bool {
        records > self.records && records >= 2 * self.records
    }
}

/// What a model keeps of term frequencies; none where it keeps nothing yet.
pub async fn pinned(session: &Session, model: i64) -> Result<Option<Pinned>> {
    let sql = "select pinned_records from karat.model where id = $1";
    let records: Option<i64> = session.row(sql, &[&model]).await?.get(0);
    let Some(records) = records else { return Ok(None) };
    let sql = "select field, unseen from karat.term_field where model = $1 order by field";
    let rows = session.rows(sql, &[&model]).await?;
    let fields = rows.iter().map(|row| Field { name: row.get(0), unseen: row.get(1) }).collect();
    Ok(Some(Pinned { records: records as u64, fields }))
}

/// Keeps frequencies for a model: its fields, and rows of model, field, digest and share. Those of
/// earlier models of the entity are asked for no more.
pub async fn pin(
    session: &Session,
    model: i64,
    pinned: &Pinned,
    rows: Receiver<Chunk>,
) -> Result<()> {
    let forget = include_str!("../../queries/resolution/forget_terms.sql");
    session.execute(forget, &[&model]).await?;
    for field in &pinned.fields {
        let keep = "insert into karat.term_field (model, field, unseen) values ($1, $2, $3)";
        session.execute(keep, &[&model, &field.name, &field.unseen]).await?;
    }
    let copy = "copy karat.term (model, field, digest, share) from stdin (format binary)";
    copy_in(session, copy, rows).await?;
    let keep = "update karat.model set pinned_records = $2 where id = $1";
    session.execute(keep, &[&model, &(pinned.records as i64)]).await.map(drop)
}

/// The kept shares of some texts of a field, by digest.
pub async fn shares(
    session: &Session,
    (model, field): (i64, &str),
    digests: &[i64],
) -> Result<Vec<(i64, f64)>> {
    let sql = "select t.digest, t.share from unnest($3::bigint[]) as d (digest) \
               join karat.term t on t.model = $1 and t.field = $2 and t.digest = d.digest";
    let rows = session.rows(sql, &[&model, &field, &digests]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The kept shares of all texts of a field, by digest: read as they come, as they may be millions.
pub async fn all_shares(
    session: &Session,
    (model, field): (i64, &str),
    mut take: impl FnMut(i64, f64),
) -> Result<()> {
    let field = quoted(field);
    let sql = format!(
        "copy (select digest, share from karat.term where model = {model} and field = {field}) \
         to stdout (format binary)"
    );
    let mut rows = Rows::open(session, &sql).await?;
    while let Some(row) = rows.next().await? {
        let [Some(digest), Some(share)] = row.as_slice() else { continue };
        if let (Ok(digest), Ok(share)) = (digest[..].try_into(), share[..].try_into()) {
            take(i64::from_be_bytes(digest), f64::from_be_bytes(share));
        }
    }
    Ok(())
}
