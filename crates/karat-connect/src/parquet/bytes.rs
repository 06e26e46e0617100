//! The bytes of a file, read at positions, so that threads do not move one another's place in it.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use karat_record::{Problem, Result};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

pub(super) struct Bytes {
    file: Arc<File>,
    length: u64,
}

impl Bytes {
    pub(super) fn new(file: File, path: &Path) -> Result<Bytes> {
        let metadata = file.metadata().map_err(|e| Problem::io("read", path, &e))?;
        Ok(Bytes { file: Arc::new(file), length: metadata.len() })
    }

    /// `N` bytes from a position on; `None` past the end.
    pub(super) fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact_at(&mut bytes, at).ok().map(|()| bytes)
    }
}

impl Length for Bytes {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Bytes {
    type T = BufReader<Rest>;

    fn get_read(&self, start: u64) -> ParquetResult<BufReader<Rest>> {
        // The library reads no more than a page header this way.
        Ok(BufReader::with_capacity(512, Rest { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<bytes::Bytes> {
        // Before memory is taken for a length that a damaged file made up.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("the file ends before its data does".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// The file from a position on.
pub(super) struct Rest {
    file: Arc<File>,
    at: u64,
}

impl Read for Rest {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
