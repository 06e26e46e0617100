//! Jaccard: the share of byte values that both texts use.

/// Jaccard similarity in 0..=1 of the sets of bytes of the texts (Jaccard 1901); none where a
/// text is empty, which DuckDB refuses.
pub fn jaccard(a: &[u8], b: &[u8]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (a, b) = (byte_values(a), byte_values(b));
    let mut both = 0;
    let mut any = 0;
    for (x, y) in a.into_iter().zip(b) {
        both += (x & y).count_ones();
        any += (x | y).count_ones();
    }
    Some(f64::from(both) / f64::from(any))
}

fn byte_values(text: &[u8]) -> [u64; 4] {
    let mut values = [0; 4];
    for byte in text {
        values[usize::from(byte / 64)] |= 1 << (byte % 64);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::reference::{self, Words};

    #[test]
    fn published_examples() {
        assert_eq!(jaccard(b"duck", b"luck"), Some(0.6));
        assert_eq!(jaccard(b"aab", b"b"), Some(0.5));
        assert_eq!(jaccard(b"", b"a"), None);
        assert_eq!(jaccard(b"", b""), None);
    }

    #[test]
    fn shares_are_those_of_the_sets() {
        let mut words = Words::new(41);
        for round in 0..101_000 {
            let (a, b) = words.pair(if round < 100_000 { 14 } else { 200 });
            let expected = reference::jaccard(&a, &b).map(f64::to_bits);
            assert_eq!(jaccard(&a, &b).map(f64::to_bits), expected, "{a:?} {b:?}");
            assert_eq!(jaccard(&b, &a).map(f64::to_bits), expected, "{b:?} {a:?}");
        }
    }
}
