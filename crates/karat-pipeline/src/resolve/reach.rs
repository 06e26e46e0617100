//! Keeps how far a change can reach: parts, blocking keys, blocks too large to compare, and the term
//! frequencies of the model.

use karat_record::Result;
use karat_store::Session;
use karat_store::copy::{CHUNK, Chunk, Encoder};
use karat_store::resolution as store;
use karat_store::resolution::part::{self, Kept};
use tokio::sync::mpsc::{Sender, channel};

use super::found::Reach;
use super::terms;
use super::write::{IN_FLIGHT, Resolved, flush};
use crate::resolve::part::largest_block;

/// Keeps it of all records; false where the engine does not know.
pub async fn keep(session: &Session, found: &Resolved<'_>, model: Option<i64>) -> Result<bool> {
    let entity = &found.entity.name;
    let Some(reach) = &found.found.reach else {
        part::forget(session, entity).await?;
        return Ok(false);
    };
    found.kept(reach, |rows| part::fill(session, entity, rows)).await?;
    let large = reach.digests.large(largest_block(found.entity));
    let large: Vec<(i64, i64)> =
        large.into_iter().map(|(digest, n)| (digest.cast_signed(), n as i64)).collect();
    part::keep_large(session, entity, &large).await?;
    store::analyze(session).await?;
    if let (Some(model), Some(counted)) = (model, &reach.counted) {
        terms::pin(session, model, counted, found.records.frame.len() as u64).await?;
    }
    Ok(true)
}

/// Keeps it of the records of a part.
pub async fn renew(session: &Session, found: &Resolved<'_>) -> Result<()> {
    let Some(reach) = &found.found.reach else { return Ok(()) };
    let entity = &found.entity.name;
    found.kept(reach, |rows| part::renew(session, entity, rows)).await
}

impl Resolved<'_> {
    /// Encodes what is kept beside the copies that take it.
    async fn kept<F: Future<Output = Result<()>>>(
        &self,
        reach: &Reach,
        take: impl FnOnce(Kept) -> F,
    ) -> Result<()> {
        let (of_records, records) = channel(IN_FLIGHT);
        let (of_blocks, blocks) = channel(IN_FLIGHT);
        let encode = async {
            self.encode_records(reach, of_records).await?;
            self.encode_blocks(reach, of_blocks).await
        };
        let (encoded, taken) = tokio::join!(encode, take(Kept { records, blocks }));
        taken?;
        encoded
    }

    async fn encode_records(&self, reach: &Reach, send: Sender<Chunk>) -> Result<()> {
        let mut out = Encoder::with_capacity(CHUNK);
        let mut keys: Vec<i64> = Vec::new();
        for record in 0..self.records.frame.len() as u32 {
            out.begin(4);
            out.plain_text(self.records.source(record));
            out.plain_text(self.records.key(record));
            out.int8(reach.parts[record as usize].cast_signed());
            keys.clear();
            keys.extend(reach.digests.of(record).map(u64::cast_signed));
            out.numbers(&keys);
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }

    async fn encode_blocks(&self, reach: &Reach, send: Sender<Chunk>) -> Result<()> {
        let mut out = Encoder::with_capacity(CHUNK);
        for record in 0..self.records.frame.len() as u32 {
            for digest in reach.digests.of(record) {
                out.begin(2);
                out.int8(digest.cast_signed());
                out.int8(reach.parts[record as usize].cast_signed());
            }
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }
}
