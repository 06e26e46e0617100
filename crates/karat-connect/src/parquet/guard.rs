//! What a damaged file must not do: reach the library unchecked, or end the process.

use std::panic::{AssertUnwindSafe, catch_unwind};

use karat_record::{Kind, Place, Problem, Result};
use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length};

use crate::parquet::bytes::Bytes;
use crate::parquet::footer;

const PLAIN: [u8; 4] = *b"PAR1";
const ENCRYPTED: [u8; 4] = *b"PARE";

pub(super) fn problem(name: &str, what: impl Into<String>) -> Problem {
    Problem::new(Kind::Input, what).at(Place::file(name))
}

pub(super) fn damaged(name: &str) -> Problem {
    problem(name, "the file is damaged: its parts contradict one another").hint(AGAIN)
}

const AGAIN: &str = "copy or export it again; files with encrypted columns cannot be read either";

/// Runs the library. It panics at some damaged files instead of answering with an error.
pub(super) fn run<R>(name: &str, work: impl FnOnce() -> ParquetResult<R>) -> Result<R> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) => Err(unreadable(name, &error)),
        Err(_) => Err(damaged(name)),
    }
}

fn unreadable(name: &str, error: &ParquetError) -> Problem {
    if let ParquetError::External(source) = error
        && let Some(known) = source.downcast_ref::<Problem>()
    {
        return known.clone().at(Place::file(name));
    }
    let text = error.to_string();
    let prefixes = ["Parquet error: ", "External: ", "EOF: ", "NYI: "];
    let plain = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(&text);
    problem(name, format!("the file is damaged: {plain}")).hint(AGAIN)
}

/// A Parquet file begins and ends with its sign; the last one follows the footer's length.
///
/// # Errors
/// That it is no Parquet file, is cut off or encrypted.
pub(super) fn check_ends(bytes: &Bytes, name: &str) -> Result<()> {
    const SHORTEST: u64 = 12;
    let first = bytes.array::<4>(0);
    if first == Some(ENCRYPTED) {
        let hint = "export it again without encryption";
        return Err(problem(name, "the file is encrypted").hint(hint));
    }
    if first != Some(PLAIN) {
        let hint = "its first four bytes must be PAR1; check the path and the format";
        return Err(problem(name, "this is no Parquet file").hint(hint));
    }
    let complete = bytes.len() >= SHORTEST && bytes.array(bytes.len() - 4) == Some(PLAIN);
    if complete { Ok(()) } else { Err(cut_off(name)) }
}

/// # Errors
/// When what the footer says of itself cannot be; the library would believe it.
pub(super) fn check_footer(bytes: &Bytes, name: &str) -> Result<()> {
    let end = bytes.len() - 8;
    let length = bytes.array(end).map(|bytes| u64::from(u32::from_le_bytes(bytes)));
    let Some(length) = length.filter(|length| *length <= end - 4) else {
        return Err(damaged(name));
    };
    let footer = run(name, || bytes.get_bytes(end - length, length as usize))?;
    if footer::is_sound(&footer) { Ok(()) } else { Err(damaged(name)) }
}

fn cut_off(name: &str) -> Problem {
    let hint = "copy or export it again, and wait until it is written to the end";
    problem(name, "the file is cut off: a Parquet file ends with PAR1").hint(hint)
}

/// The rows of a file, when its row groups together have as many.
pub(super) fn rows(metadata: &ParquetMetaData, name: &str) -> Result<u64> {
    let mut groups = metadata.row_groups().iter().map(|group| u64::try_from(group.num_rows()).ok());
    let sum = groups.try_fold(0_u64, |sum, rows| sum.checked_add(rows?));
    let said = u64::try_from(metadata.file_metadata().num_rows()).ok();
    sum.filter(|sum| Some(*sum) == said).ok_or_else(|| damaged(name))
}

/// # Errors
/// When the values of a column are compressed in a way that is not built in.
pub(super) fn check_compression(chunk: &ColumnChunkMetaData, name: &str) -> Result<()> {
    let other = match chunk.compression() {
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::GZIP(_)
        | Compression::ZSTD(_) => return Ok(()),
        Compression::LZO => "LZO",
        Compression::BROTLI(_) => "Brotli",
        Compression::LZ4 | Compression::LZ4_RAW => "LZ4",
    };
    let what = format!("column {:?} is compressed with {other}", chunk.column_path().string());
    Err(problem(name, what).hint("export it again with zstd, snappy, gzip or no compression"))
}
