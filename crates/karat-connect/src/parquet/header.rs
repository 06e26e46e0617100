//! The header of a page: what it is and how many bytes and values it has.
//! Source: Apache Parquet, `parquet.thrift`, `PageHeader`.

use parquet::basic::Encoding;

use crate::parquet::thrift::{Compact, FALSE, STRUCT, TRUE};

/// What a header says.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) page: Page,
    /// Bytes of the page as it stands in the file, and unpacked.
    pub(super) packed: usize,
    pub(super) unpacked: usize,
    /// The CRC-32 of the page as it stands in the file.
    pub(super) crc: Option<u32>,
    /// Values with those that are null.
    pub(super) values: u32,
    pub(super) encoding: Encoding,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Page {
    /// It holds nothing that is read.
    Other,
    Dictionary {
        is_sorted: bool,
    },
    /// And how its levels are encoded.
    First {
        definition: Encoding,
        repetition: Encoding,
    },
    Second {
        nulls: u32,
        rows: u32,
        definition: usize,
        repetition: usize,
        is_packed: bool,
    },
}

/// The numbers of a struct by their fields, truths as 0 and 1.
type Numbers = [Option<i64>; 9];

impl Header {
    /// Reads a header; `None` when it is none or does not end within `bytes`. And its length.
    pub(super) fn read(bytes: &[u8]) -> Option<(Header, usize)> {
        let mut input = Compact::new(bytes);
        let mut own: Numbers = Numbers::default();
        let mut inner: [Numbers; 9] = Default::default();
        input.fields(&mut |input, field, kind| {
            let at = usize::try_from(field).ok().filter(|at| *at < own.len());
            let Some(at) = at else { return Some(false) };
            if kind == STRUCT {
                inner[at] = numbers(input)?;
                return Some(true);
            }
            own[at] = number(input, kind)?;
            Some(own[at].is_some())
        })?;
        let page = match own[1]? {
            0 => inner[5],
            2 => inner[7],
            3 => inner[8],
            _ => Numbers::default(),
        };
        let header = Header {
            page: of(own[1]?, &page)?,
            unpacked: usize::try_from(own[2]?).ok()?,
            packed: usize::try_from(own[3]?).ok()?,
            crc: own[4].map(|crc| crc as u32),
            values: u32::try_from(page[1].unwrap_or_default()).ok()?,
            encoding: encoding(page[if own[1] == Some(3) { 4 } else { 2 }].unwrap_or_default())?,
        };
        Some((header, input.at()))
    }
}

fn of(kind: i64, page: &Numbers) -> Option<Page> {
    Some(match kind {
        0 => Page::First { definition: encoding(page[3]?)?, repetition: encoding(page[4]?)? },
        2 => Page::Dictionary { is_sorted: page[3] == Some(1) },
        3 => Page::Second {
            nulls: u32::try_from(page[2]?).ok()?,
            rows: u32::try_from(page[3]?).ok()?,
            definition: usize::try_from(page[5]?).ok()?,
            repetition: usize::try_from(page[6]?).ok()?,
            is_packed: page[7] != Some(0),
        },
        _ => Page::Other,
    })
}

fn numbers(input: &mut Compact<'_>) -> Option<Numbers> {
    let mut all = Numbers::default();
    input.fields(&mut |input, field, kind| {
        let at = usize::try_from(field).ok().filter(|at| *at < all.len());
        let Some(at) = at else { return Some(false) };
        all[at] = number(input, kind)?;
        Some(all[at].is_some())
    })?;
    Some(all)
}

/// A number, if the value is one; it is then read.
fn number(input: &mut Compact<'_>, kind: u8) -> Option<Option<i64>> {
    Some(match kind {
        TRUE => Some(1),
        FALSE => Some(0),
        4..=6 => Some(input.integer()?),
        _ => None,
    })
}

fn encoding(number: i64) -> Option<Encoding> {
    Some(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        #[expect(deprecated, reason = "old files are written in it")]
        4 => Encoding::BIT_PACKED,
        5 => Encoding::DELTA_BINARY_PACKED,
        6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        7 => Encoding::DELTA_BYTE_ARRAY,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return None,
    })
}
