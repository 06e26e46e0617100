//! Bytes read eight at a time: short texts as words, and what two texts share at their ends.

/// The bytes of a text of at most eight bytes, the first lowest, the missing ones zero.
#[inline]
pub(super) fn short_word(text: &[u8]) -> u64 {
    debug_assert!(text.len() <= 8);
    if let Some(word) = text.first_chunk() {
        return u64::from_le_bytes(*word);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (text.len() - 4));
    }
    match *text {
        [a, b, c] => u64::from(a) | u64::from(b) << 8 | u64::from(c) << 16,
        [a, b] => u64::from(a) | u64::from(b) << 8,
        [a] => u64::from(a),
        _ => 0,
    }
}

/// The bytes of a text of at most sixteen bytes as two words, as in [`short_word`].
#[inline]
pub(super) fn two_words(text: &[u8]) -> [u64; 2] {
    debug_assert!(text.len() <= 16);
    let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else {
        return [short_word(text), 0];
    };
    let last = u64::from_le_bytes(*last);
    // In two steps: at eight bytes the whole word goes, and a shift by 64 is not one.
    let upper = if text.len() == 16 { last } else { last >> (8 * (15 - text.len())) >> 8 };
    [u64::from_le_bytes(*first), upper]
}

/// How many bytes the texts have in common at the front.
#[inline]
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let length = a.len().min(b.len());
    let (mut a, mut b) = (&a[..length], &b[..length]);
    while let (Some((x, rest_a)), Some((y, rest_b))) =
        (a.split_first_chunk(), b.split_first_chunk())
    {
        let difference = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if difference != 0 {
            return length - a.len() + difference.trailing_zeros() as usize / 8;
        }
        (a, b) = (rest_a, rest_b);
    }
    let difference = short_word(a) ^ short_word(b);
    length - a.len() + a.len().min(difference.trailing_zeros() as usize / 8)
}

/// How many bytes the texts have in common at the back.
#[inline]
pub(super) fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let length = a.len().min(b.len());
    let (mut a, mut b) = (&a[a.len() - length..], &b[b.len() - length..]);
    while let (Some((rest_a, x)), Some((rest_b, y))) = (a.split_last_chunk(), b.split_last_chunk())
    {
        let difference = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if difference != 0 {
            return length - a.len() + difference.leading_zeros() as usize / 8;
        }
        (a, b) = (rest_a, rest_b);
    }
    let unused = 8 * (8 - a.len()) as u32;
    let difference = (short_word(a) ^ short_word(b)).checked_shl(unused).unwrap_or(0);
    length - a.len() + a.len().min(difference.leading_zeros() as usize / 8)
}

/// What is left of the texts without their common front and back, the shorter first.
#[inline]
pub(super) fn strip<'t>(a: &'t [u8], b: &'t [u8]) -> (&'t [u8], &'t [u8]) {
    let front = common_prefix(a, b);
    let (a, b) = (&a[front..], &b[front..]);
    let back = common_suffix(a, b);
    let (a, b) = (&a[..a.len() - back], &b[..b.len() - back]);
    if a.len() <= b.len() { (a, b) } else { (b, a) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::reference::Words;

    #[test]
    fn words_hold_the_bytes_in_order_and_zeros_after() {
        let text: Vec<u8> = (1..=16).collect();
        for length in 0..=16 {
            let mut expected = [0; 16];
            expected[..length].copy_from_slice(&text[..length]);
            let [low, high] = two_words(&text[..length]);
            assert_eq!(u128::from(low) | u128::from(high) << 64, u128::from_le_bytes(expected));
            if length <= 8 {
                assert_eq!(short_word(&text[..length]), low);
            }
        }
    }

    #[test]
    fn ends_are_those_found_byte_by_byte() {
        let mut words = Words::new(3);
        for _ in 0..100_000 {
            let (a, b) = words.pair(24);
            let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
            let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
            assert_eq!(common_prefix(&a, &b), front, "{a:?} {b:?}");
            assert_eq!(common_suffix(&a, &b), back, "{a:?} {b:?}");
        }
    }
}
