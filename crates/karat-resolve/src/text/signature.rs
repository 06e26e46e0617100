//! Which bytes a text is made of, in one word: enough to see that two texts have too little in
//! common, without reading them.

/// A summary of the bytes of a text. Letters have buckets of one to three bits, filled from the
/// lowest; what a full bucket cannot hold is counted apart. Case is ignored, digits and bytes
/// outside ASCII share the letters' buckets: rare company, and a shared bucket only makes the
/// bound less tight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signature(u64);

const OVERFLOW_FROM: u32 = 58;
const OVERFLOW_FULL: u64 = 63;

/// How many bits each letter's bucket has, `a` to `z`, and after them all other bytes'.
/// Frequent letters of European names have three.
const SIZES: [u32; 27] =
    [3, 2, 2, 2, 3, 1, 2, 2, 3, 1, 2, 3, 2, 3, 3, 2, 1, 3, 3, 3, 2, 2, 1, 1, 2, 1, 3];

/// The letters whose buckets the digits share, `0` to `9`: those of three bits, and one of two.
const DIGITS: &[u8; 10] = b"aeinodrlst";

const BUCKETS: [u64; 256] = buckets();

const fn buckets() -> [u64; 256] {
    let mut fields = [0; 27];
    let mut from = 0;
    let mut number = 0;
    while number < SIZES.len() {
        fields[number] = ((1 << SIZES[number]) - 1) << from;
        from += SIZES[number];
        number += 1;
    }
    assert!(from == OVERFLOW_FROM, "the buckets fill the bits below the overflow");
    let mut buckets = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        buckets[byte] = fields[bucket_of(byte as u8)];
        byte += 1;
    }
    buckets
}

const fn bucket_of(byte: u8) -> usize {
    let letter = match byte {
        b'a'..=b'z' => byte,
        b'A'..=b'Z' => byte.to_ascii_lowercase(),
        b'0'..=b'9' => DIGITS[(byte - b'0') as usize],
        // The second byte of a two-byte letter, which tells letters apart; the first does not.
        0x80..=0xbf => b'a' + (byte & 31) % 26,
        _ => return 26,
    };
    (letter - b'a') as usize
}

impl Signature {
    /// The summary of a text of any length, empty ones included.
    pub fn new(text: &[u8]) -> Self {
        let mut held: u64 = 0;
        let mut overflow = 0;
        for byte in text {
            let bucket = BUCKETS[usize::from(*byte)];
            // The lowest free bit of the bucket, or none.
            let free = bucket & !held;
            overflow += u64::from(free == 0);
            held |= free & free.wrapping_neg();
        }
        Self(held | overflow.min(OVERFLOW_FULL) << OVERFLOW_FROM)
    }

    /// An upper bound of the number of bytes the two texts have in common, counting each as
    /// often as both have it; `u32::MAX` where both are too long to tell.
    pub fn common_at_most(self, other: Self) -> u32 {
        let overflow = (self.0 >> OVERFLOW_FROM).min(other.0 >> OVERFLOW_FROM);
        if overflow == OVERFLOW_FULL {
            return u32::MAX;
        }
        let held = (self.0 & other.0) << (64 - OVERFLOW_FROM);
        held.count_ones() + overflow as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::reference::Words;
    use crate::text::{damerau_levenshtein, levenshtein, levenshtein_at_least};

    fn in_common(a: &[u8], b: &[u8]) -> u32 {
        let mut rest = b.to_vec();
        let mut common = 0;
        for byte in a {
            if let Some(at) = rest.iter().position(|other| other == byte) {
                rest.swap_remove(at);
                common += 1;
            }
        }
        common
    }

    #[test]
    fn the_bound_is_never_below_what_is_in_common() {
        let mut words = Words::new(51);
        for round in 0..41_000 {
            let (a, b) = words.pair(if round < 40_000 { 24 } else { 300 });
            let (x, y) = (Signature::new(&a), Signature::new(&b));
            let bound = x.common_at_most(y);
            assert!(in_common(&a, &b) <= bound, "{a:?} {b:?}");
            assert_eq!(bound, y.common_at_most(x), "{a:?} {b:?}");
        }
    }

    #[test]
    fn distances_are_never_below_their_bound() {
        let mut words = Words::new(52);
        for round in 0..41_000 {
            let (a, b) = words.pair(if round < 40_000 { 24 } else { 300 });
            let common = Signature::new(&a).common_at_most(Signature::new(&b));
            let bound = levenshtein_at_least(a.len(), b.len(), common);
            assert!(bound <= levenshtein(&a, &b), "{a:?} {b:?}");
            assert!(bound <= damerau_levenshtein(&a, &b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn names_of_other_letters_are_told_apart() {
        let common = |a: &str, b: &str| {
            Signature::new(a.as_bytes()).common_at_most(Signature::new(b.as_bytes()))
        };
        assert_eq!(common("smith", "jakob"), 0);
        assert_eq!(common("anna", "hannah"), 4);
        assert_eq!(common("Smith", "SMITH"), 5);
        assert_eq!(common("1987-06-05", "1987-06-05"), 10);
    }
}
