//! COPY into a table: chunks of encoded rows go in as they come.

use bytes::Bytes;
use futures_util::SinkExt;
use karat_record::Result;
use tokio::sync::mpsc::Receiver;

use crate::problem::{explain, is_refused};
use crate::session::Session;

/// The size at which a chunk is sent: below it calls cost more than bytes, above it memory and
/// latency grow for nothing.
pub const CHUNK: usize = 64 * 1024;

/// Whole rows as `Encoder` makes them.
pub type Chunk = Vec<u8>;

/// Signature, flags and header length of the binary form.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// What became of a COPY.
#[derive(Debug, PartialEq, Eq)]
pub enum Copied {
    Rows(u64),
    /// A constraint of the table refused a row.
    Refused,
}

/// Sends chunks to `statement` (a `copy ... from stdin (format binary)`) until the channel
/// closes.
pub async fn copy_in(
    session: &Session,
    statement: &str,
    mut chunks: Receiver<Chunk>,
) -> Result<Copied> {
    session.check()?;
    let sent = async {
        let sink = session.client.copy_in::<_, Bytes>(statement).await?;
        tokio::pin!(sink);
        sink.send(Bytes::from_static(HEADER)).await?;
        while let Some(chunk) = chunks.recv().await {
            sink.send(Bytes::from(chunk)).await?;
        }
        sink.send(Bytes::copy_from_slice(&END)).await?;
        sink.finish().await
    };
    match sent.await {
        Ok(rows) => Ok(Copied::Rows(rows)),
        Err(error) if is_refused(&error) => Ok(Copied::Refused),
        Err(error) => Err(explain(&error)),
    }
}
