//! The lengths that stand in front of texts in two encodings: for as many as they say there are,
//! the library takes memory. Source: Apache Parquet, "Encodings", delta encoding.

use parquet::basic::Encoding;

use crate::parquet::thrift::Compact;

/// Does a page of this encoding have lengths in front, for all its values at once?
pub(super) fn are_first(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY)
}

/// Where numbers in delta encoding end, when there are no more than `most`.
pub(super) fn end(bytes: &[u8], most: u32) -> Option<usize> {
    let mut input = Compact::new(bytes);
    let block = usize::try_from(input.unsigned()?).ok()?;
    let parts = usize::try_from(input.unsigned()?).ok().filter(|parts| *parts > 0)?;
    let count = usize::try_from(input.unsigned()?).ok()?;
    input.integer()?;
    if count > most as usize || block > 1 << 30 || parts > bytes.len() {
        return None;
    }
    let each = block / parts;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        input.integer()?;
        let widths = bytes.get(input.at()..)?.get(..parts)?;
        input.pass(parts)?;
        for width in widths {
            // Parts behind the last value have a width and no bytes.
            if left > 0 {
                input.pass((usize::from(*width) * each).div_ceil(8))?;
                left = left.saturating_sub(each.max(1));
            }
        }
    }
    Some(input.at())
}

/// What stands behind the levels in a page of the first version: of repetition, and of definition;
/// each with its highest level, and how it is encoded.
pub(super) fn behind(page: &[u8], levels: [(i16, Encoding); 2], values: u32) -> Option<&[u8]> {
    let mut rest = page;
    for (highest, encoding) in levels.into_iter().filter(|(highest, _)| *highest > 0) {
        let length = if encoding == Encoding::RLE {
            let (length, behind) = rest.split_first_chunk::<4>()?;
            rest = behind;
            u32::from_le_bytes(*length) as usize
        } else {
            let bits = (u16::BITS - highest.unsigned_abs().leading_zeros()) as usize;
            (values as usize * bits).div_ceil(8)
        };
        rest = rest.get(length..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_end_where_their_last_block_does() {
        // 128 to a block of 4 parts; one number, then three: the first part of width 2.
        assert_eq!(end(&[128, 1, 4, 1, 6], 1), Some(5));
        let block = [&[128, 1, 4, 3, 6, 0, 2, 0, 0, 0][..], &[0; 8]].concat();
        assert_eq!(end(&block, 3), Some(18));
        assert_eq!(end(&block[..17], 3), None);
        assert_eq!(end(&block, 2), None);
        assert_eq!(end(&[128, 1, 0, 3, 6], 9), None);
    }

    #[test]
    fn values_stand_behind_the_levels() {
        let page = [2, 0, 0, 0, 9, 9, 1, 0, 0, 0, 8, 7];
        let levels = [(1, Encoding::RLE), (3, Encoding::RLE)];
        assert_eq!(behind(&page, levels, 1), Some(&[7][..]));
        assert_eq!(behind(&page[..10], levels, 1), None);
        assert_eq!(behind(&page, [(0, Encoding::RLE), (0, Encoding::RLE)], 1), Some(&page[..]));
    }
}
