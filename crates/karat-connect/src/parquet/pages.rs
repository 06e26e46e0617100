//! The pages of a column, unpacked within the budget. The library's own reader takes the memory
//! that a header asks for, whatever it is, and unpacks without a limit.

use std::io::Read;
use std::sync::Arc;

use flate2::Crc;
use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page as Decoded, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};

use crate::packed::zstd::Frames;
use crate::parquet::budget::Share;
use crate::parquet::bytes::Bytes;
use crate::parquet::column::Leaf;
use crate::parquet::header::{Header, Page};
use crate::parquet::lengths;

/// Bytes of a header that are read at first, and at most: statistics in it may be long texts.
const HEADER: u64 = 1024;
const LONGEST_HEADER: u64 = 16 << 20;

/// Bytes that a value takes while it is held, whatever it is, beside those of the page.
const VALUE: u64 = 40;

/// The pages of a column in a row group, one after another.
pub(super) struct Pages {
    bytes: Arc<Bytes>,
    /// Where the next page begins, and the last one ends.
    at: u64,
    end: u64,
    compression: Compression,
    share: Arc<Share>,
    /// The highest levels of the column.
    definition: i16,
    repetition: i16,
}

impl Pages {
    pub(super) fn open(
        bytes: &Arc<Bytes>,
        chunk: &ColumnChunkMetaData,
        leaf: &Leaf,
        share: &Arc<Share>,
    ) -> Result<Pages> {
        let (at, length) = chunk.byte_range();
        let end = at.checked_add(length).filter(|end| *end <= bytes.len());
        Ok(Pages {
            bytes: Arc::clone(bytes),
            at,
            end: end.ok_or_else(|| wrong("a column ends behind the file"))?,
            compression: chunk.compression(),
            share: Arc::clone(share),
            definition: leaf.description.max_def_level(),
            repetition: leaf.description.max_rep_level(),
        })
    }

    fn header(&mut self) -> Result<Header> {
        let left = self.end - self.at;
        let mut length = HEADER;
        loop {
            let bytes = self.bytes.get_bytes(self.at, left.min(length) as usize)?;
            if let Some((header, length)) = Header::read(&bytes) {
                self.at += length as u64;
                return Ok(header);
            }
            if length >= left.min(LONGEST_HEADER) {
                return Err(wrong("a page has no header"));
            }
            length *= 8;
        }
    }

    fn next_page(&mut self) -> Result<Option<Decoded>> {
        while self.at < self.end {
            let header = self.header()?;
            let packed = header.packed as u64;
            if packed > self.end - self.at {
                return Err(wrong("a page ends behind its column"));
            }
            let from = self.at;
            self.at += packed;
            if !matches!(header.page, Page::Other) {
                self.charge(&header)?;
                let bytes = self.bytes.get_bytes(from, header.packed)?;
                return self.decoded(header, bytes).map(Some);
            }
        }
        Ok(None)
    }

    /// Takes what the page will take, before it does.
    fn charge(&self, header: &Header) -> Result<()> {
        let values = u64::from(header.values) * VALUE;
        let bytes = header.unpacked.max(header.packed) as u64;
        match header.page {
            Page::Dictionary { .. } => self.share.dictionary(bytes + values),
            _ if self.repetition > 0 => {
                self.share.page(bytes)?;
                self.share.lists(values)
            }
            _ if lengths::are_first(header.encoding) => self.share.page(bytes + values),
            _ => self.share.page(bytes),
        }
    }

    fn decoded(&self, header: Header, bytes: bytes::Bytes) -> Result<Decoded> {
        let mut crc = Crc::new();
        crc.update(&bytes);
        if header.crc.is_some_and(|wanted| wanted != crc.sum()) {
            return Err(wrong("the checksum of a page differs"));
        }
        let (levels, is_packed) = match header.page {
            Page::Second { definition, repetition, is_packed, .. } => {
                (definition.saturating_add(repetition), is_packed)
            }
            _ => (0, true),
        };
        if levels > header.unpacked || levels > bytes.len() {
            return Err(wrong("a page is shorter than its levels"));
        }
        let buf = if is_packed && self.compression != Compression::UNCOMPRESSED {
            unpack(self.compression, &bytes, levels, header.unpacked)?.into()
        } else {
            bytes
        };
        let (num_values, encoding) = (header.values, header.encoding);
        Ok(match header.page {
            Page::Dictionary { is_sorted } => {
                Decoded::DictionaryPage { buf, num_values, encoding, is_sorted }
            }
            Page::Second { nulls, rows, definition, repetition, .. } => {
                check_lengths(&header, buf.get(levels..))?;
                Decoded::DataPageV2 {
                    buf,
                    num_values,
                    encoding,
                    num_nulls: nulls,
                    num_rows: rows,
                    def_levels_byte_len: u32::try_from(definition)?,
                    rep_levels_byte_len: u32::try_from(repetition)?,
                    is_compressed: is_packed,
                    statistics: None,
                }
            }
            Page::First { definition, repetition } => {
                let levels = [(self.repetition, repetition), (self.definition, definition)];
                check_lengths(&header, lengths::behind(&buf, levels, num_values))?;
                Decoded::DataPage {
                    buf,
                    num_values,
                    encoding,
                    def_level_encoding: definition,
                    rep_level_encoding: repetition,
                    statistics: None,
                }
            }
            Page::Other => return Err(wrong("a page is of no known kind")),
        })
    }
}

/// `values`: what stands behind the levels.
fn check_lengths(header: &Header, values: Option<&[u8]>) -> Result<()> {
    let is_sound = match (header.encoding, values) {
        (_, None) => false,
        (Encoding::DELTA_LENGTH_BYTE_ARRAY, Some(values)) => {
            lengths::end(values, header.values).is_some()
        }
        (Encoding::DELTA_BYTE_ARRAY, Some(values)) => lengths::end(values, header.values)
            .and_then(|end| lengths::end(values.get(end..)?, header.values))
            .is_some(),
        _ => true,
    };
    if is_sound { Ok(()) } else { Err(wrong("a page has other values than its header says")) }
}

/// The first `plain` bytes as they are, and the rest unpacked; altogether `size` bytes.
fn unpack(how: Compression, bytes: &[u8], plain: usize, size: usize) -> Result<Vec<u8>> {
    let (plain, packed) = bytes.split_at(plain);
    let mut all = plain.to_vec();
    // A page whose values are all null may have nothing to unpack.
    if all.len() == size {
        return Ok(all);
    }
    let rest = size - all.len();
    let one_more = rest as u64 + 1;
    let damaged = |_| wrong("a page cannot be unpacked");
    match how {
        Compression::SNAPPY => {
            if snap::raw::decompress_len(packed).ok() != Some(rest) {
                return Err(wrong("a page has another size than its header says"));
            }
            all.resize(size, 0);
            let into = &mut all[plain.len()..];
            snap::raw::Decoder::new().decompress(packed, into).map_err(|_| damaged(()))?;
        }
        Compression::GZIP(_) => {
            let read = MultiGzDecoder::new(packed).take(one_more).read_to_end(&mut all);
            read.map_err(|_| damaged(()))?;
        }
        Compression::ZSTD(_) => {
            let read = Frames::new(packed).take(one_more).read_to_end(&mut all);
            read.map_err(|_| damaged(()))?;
        }
        _ => return Err(wrong("a page is packed in a way that is not read")),
    }
    if all.len() == size {
        Ok(all)
    } else {
        Err(wrong("a page has another size than its header says"))
    }
}

fn wrong(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Decoded>> {
        self.next_page()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let more = PageMetadata { num_rows: None, num_levels: None, is_dict: false };
        Ok((self.at < self.end).then_some(more))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.next_page().map(drop)
    }
}

impl Iterator for Pages {
    type Item = Result<Decoded>;

    fn next(&mut self) -> Option<Result<Decoded>> {
        self.next_page().transpose()
    }
}
