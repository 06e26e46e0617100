//! COPY out of a query, row by row, without holding the result.

use std::pin::Pin;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::StreamExt;
use karat_record::{Kind, Problem, Result};
use tokio_postgres::CopyOutStream;

use crate::problem::explain;
use crate::session::Session;

/// The rows of a `copy (...) to stdout (format binary)`.
pub struct Rows {
    stream: Pin<Box<CopyOutStream>>,
    buffer: BytesMut,
    begun: bool,
    ended: bool,
}

const HEADER: usize = 19;

impl Rows {
    pub(crate) async fn open(session: &Session, statement: &str) -> Result<Rows> {
        session.check()?;
        let stream = session.client.copy_out(statement).await.map_err(|e| explain(&e))?;
        Ok(Rows { stream: Box::pin(stream), buffer: BytesMut::new(), begun: false, ended: false })
    }

    /// The next row's values in their binary form; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<Option<Bytes>>>> {
        loop {
            if self.ended {
                return Ok(None);
            }
            if let Some(row) = self.parse()? {
                return Ok(row);
            }
            match self.stream.next().await {
                Some(chunk) => self.buffer.extend_from_slice(&chunk.map_err(|e| explain(&e))?),
                None => return Err(broken()),
            }
        }
    }

    /// A whole row out of the buffer: `None` when more bytes are needed, `Some(None)` at the end.
    fn parse(&mut self) -> Result<Option<Option<Vec<Option<Bytes>>>>> {
        if !self.begun {
            if self.buffer.len() < HEADER {
                return Ok(None);
            }
            self.buffer.advance(HEADER);
            self.begun = true;
        }
        let Some(length) = row_length(&self.buffer)? else { return Ok(None) };
        let mut row = self.buffer.split_to(length).freeze();
        let columns = row.get_i16();
        if columns < 0 {
            self.ended = true;
            return Ok(Some(None));
        }
        let values = (0..columns).map(|_| {
            let length = row.get_i32();
            (length >= 0).then(|| row.split_to(length as usize))
        });
        Ok(Some(Some(values.collect())))
    }
}

/// The bytes of the row at the front; `None` when it is not all there yet.
fn row_length(buffer: &[u8]) -> Result<Option<usize>> {
    let word = |at: usize, n: usize| buffer.get(at..at + n);
    let Some(count) = word(0, 2) else { return Ok(None) };
    let columns = i16::from_be_bytes(count.try_into().map_err(|_| broken())?);
    let mut at = 2;
    for _ in 0..columns.max(0) {
        let Some(length) = word(at, 4) else { return Ok(None) };
        let length = i32::from_be_bytes(length.try_into().map_err(|_| broken())?);
        at += 4 + length.max(0) as usize;
    }
    Ok((buffer.len() >= at).then_some(at))
}

fn broken() -> Problem {
    Problem::new(Kind::Lost, "the server stopped in the middle of its answer")
        .hint("run the same command again")
}
