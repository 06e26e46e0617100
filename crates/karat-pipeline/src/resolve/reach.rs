//! Keeps how far a change can reach: parts, blocking keys, blocks too large to compare, and the term
//! frequencies of the model.

use karat_record::Result;
use karat_store::Session;
use karat_store::copy::{CHUNK, Chunk, Encoder};
use karat_store::resolution::{self as store, part};
use tokio::sync::mpsc::{Sender, channel};

use super::found::Reach;
use super::write::{IN_FLIGHT, Resolved, flush};
use super::{engine, terms};
use crate::resolve::part::largest_block;

/// Keeps it of all records; false where the engine does not know.
pub async fn keep(session: &Session, found: &Resolved<'_>, model: Option<i64>) -> Result<bool> {
    let entity = &found.entity.name;
    let Some(reach) = &found.found.reach else {
        part::forget(session, entity).await?;
        return Ok(false);
    };
    let (send, receive) = channel(IN_FLIGHT);
    let (encoded, filled) =
        tokio::join!(found.encode_reach(reach, send), part::fill(session, entity, receive));
    filled?;
    encoded?;
    let large = reach.digests.large(largest_block(found.entity));
    let large: Vec<(i64, i64)> =
        large.into_iter().map(|(digest, n)| (digest.cast_signed(), n as i64)).collect();
    part::keep_large(session, entity, &large).await?;
    store::analyze(session).await?;
    if let (Some(model), Some(counted)) = (model, &reach.counted) {
        terms::pin(session, model, counted).await?;
    }
    Ok(true)
}

/// Keeps it of the records of a part.
pub async fn renew(session: &Session, found: &Resolved<'_>) -> Result<()> {
    let Some(reach) = &found.found.reach else { return Ok(()) };
    let (send, receive) = channel(IN_FLIGHT);
    let renewed = part::renew(session, &found.entity.name, receive);
    let (encoded, renewed) = tokio::join!(found.encode_reach(reach, send), renewed);
    renewed?;
    encoded
}

impl Resolved<'_> {
    async fn encode_reach(&self, reach: &Reach, send: Sender<Chunk>) -> Result<()> {
        let identities = engine::identities(&self.records);
        let mut out = Encoder::with_capacity(CHUNK);
        let mut keys: Vec<i64> = Vec::new();
        for record in 0..self.records.frame.len() as u32 {
            out.begin(4);
            out.plain_text(self.records.source(record));
            out.plain_text(self.records.key(record));
            out.int8(identities[reach.parts[record as usize] as usize].cast_signed());
            keys.clear();
            keys.extend(reach.digests.of(record).map(u64::cast_signed));
            out.numbers(&keys);
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }
}
