//! The term frequencies that a model keeps.

use karat_record::Result;
use karat_resolve::linkage::{Known, Shares, digest};
use karat_store::Session;
use karat_store::copy::{CHUNK, Encoder};
use karat_store::resolution::terms as store;
use tokio::sync::mpsc::channel;

use super::Records;
use super::write::{IN_FLIGHT, flush};
use crate::project::Entity;

/// The frequencies that a model keeps, of all texts; none where they are still to be counted, or to
/// be counted anew because there are so many more records now.
pub async fn all(session: &Session, model: i64, records: u64) -> Result<Option<Known>> {
    let Some(pinned) = store::pinned(session, model).await? else { return Ok(None) };
    if pinned.is_outgrown(records) {
        return Ok(None);
    }
    let mut known = Known::default();
    for field in pinned.fields {
        let mut shares = Shares { unseen: field.unseen, ..Shares::default() };
        let take = |digest: i64, share| {
            shares.known.insert(digest.cast_unsigned(), share);
        };
        store::all_shares(session, (model, &field.name), take).await?;
        known.insert(field.name, shares);
    }
    Ok(Some(known))
}

/// The frequencies that a model keeps, of the texts of some records.
pub async fn some(
    session: &Session,
    model: i64,
    (entity, records): (&Entity, &Records),
) -> Result<Option<Known>> {
    let Some(pinned) = store::pinned(session, model).await? else { return Ok(None) };
    let mut known = Known::default();
    for field in pinned.fields {
        let digests = digests(entity, records, &field.name);
        let shares = store::shares(session, (model, &field.name), &digests).await?;
        let shares = shares.into_iter().map(|(digest, share)| (digest.cast_unsigned(), share));
        known.insert(field.name, Shares { known: shares.collect(), unseen: field.unseen });
    }
    Ok(Some(known))
}

/// The digests of the texts of a field.
fn digests(entity: &Entity, records: &Records, name: &str) -> Vec<i64> {
    let at = entity.fields.iter().position(|field| field.name.eq_ignore_ascii_case(name));
    let Some(texts) = at.map(|at| &records.frame.columns[at]) else { return Vec::new() };
    (0..texts.distinct() as u32).map(|id| digest(texts.text(id)).cast_signed()).collect()
}

/// Keeps the frequencies of so many records for a model.
pub async fn pin(session: &Session, model: i64, counted: &Known, records: u64) -> Result<()> {
    let mut names: Vec<&String> = counted.keys().collect();
    names.sort();
    let field =
        |name: &&String| store::Field { name: (*name).clone(), unseen: counted[*name].unseen };
    let pinned = store::Pinned { records, fields: names.iter().map(field).collect() };
    let (send, receive) = channel(IN_FLIGHT);
    let encode = async {
        let mut out = Encoder::with_capacity(CHUNK);
        for name in names {
            let mut shares: Vec<(i64, f64)> = counted[name]
                .known
                .iter()
                .map(|(digest, share)| (digest.cast_signed(), *share))
                .collect();
            shares.sort_unstable_by_key(|(digest, _)| *digest);
            for (digest, share) in shares {
                out.begin(4);
                out.int8(model);
                out.plain_text(name);
                out.int8(digest);
                out.double(share);
                flush(&mut out, &send, CHUNK).await?;
            }
        }
        flush(&mut out, &send, 0).await?;
        drop(send);
        Ok(())
    };
    let (encoded, kept) = tokio::join!(encode, store::pin(session, model, &pinned, receive));
    kept?;
    encoded
}
