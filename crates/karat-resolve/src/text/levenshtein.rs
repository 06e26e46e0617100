//! The Levenshtein distance: bytes put in, taken out or changed.

use super::bytes::strip;
use super::matrix::{self, Rows};

/// Levenshtein distance in bytes, each edit costing 1 (Levenshtein 1966), by the bit-parallel
/// algorithm of Myers 1999 in the form of Hyyrö 2003.
pub fn levenshtein(a: &[u8], b: &[u8]) -> u32 {
    matrix::distance::<Plain>(a, b)
}

/// Whether the Levenshtein distance is at most `limit`.
pub fn levenshtein_within(a: &[u8], b: &[u8], limit: u32) -> bool {
    if a.len().abs_diff(b.len()) > limit as usize {
        return false;
    }
    let (short, long) = strip(a, b);
    if long.len() <= limit as usize {
        return true;
    }
    match limit {
        // Both ends differ now, so that one edit cannot mend a longer rest, and of two edits
        // one is at either end.
        0 | 1 => false,
        2 => edited_at_both_ends(short, long),
        _ => matrix::within::<Plain>(short, long, limit),
    }
}

/// A lower bound of the Levenshtein distance, and of Damerau-Levenshtein, of texts of these
/// lengths that have at most `common` bytes in common, wherever they stand: each further byte
/// of the longer costs an edit.
pub fn levenshtein_at_least(length_a: usize, length_b: usize, common: u32) -> u32 {
    (length_a.max(length_b) as u32).saturating_sub(common)
}

/// Whether two edits suffice for texts of which neither the first nor the last bytes are equal
/// and `long` has three bytes or more.
fn edited_at_both_ends(short: &[u8], long: &[u8]) -> bool {
    let (n, m) = (short.len(), long.len());
    match m - n {
        0 => {
            short[1..n - 1] == long[1..m - 1]
                || short[1..] == long[..m - 1]
                || short[..n - 1] == long[1..]
        }
        1 => short[1..] == long[1..m - 1] || short[..n - 1] == long[1..m - 1],
        2 => short == &long[1..m - 1],
        _ => false,
    }
}

#[derive(Clone, Copy)]
struct Plain {
    /// Rows one above the row before.
    plus: u64,
    /// Rows one below the row before.
    minus: u64,
}

/// Rows one above or below the same row of the column before.
#[derive(Clone, Copy)]
struct Step {
    plus: u64,
    minus: u64,
}

impl Rows for Plain {
    type Carry = Step;
    const FIRST: Self = Self { plus: u64::MAX, minus: 0 };
    const TOP: Step = Step { plus: 1, minus: 0 };

    #[inline]
    fn advance(&mut self, places: u64, above: Step) -> Step {
        let equal = places | above.minus;
        let carried = (equal & self.plus).wrapping_add(self.plus);
        let diagonal = (carried ^ self.plus) | equal | self.minus;
        // The complement of `minus | !(diagonal | plus)`, put so that the way from one column
        // to the next is short: that, not the number of operations, takes the time.
        let not_plus = (carried | self.plus | equal) & !self.minus;
        let minus = diagonal & self.plus;
        let not_plus_below = not_plus << 1 | (above.plus ^ 1);
        self.plus = minus << 1 | above.minus | (!diagonal & not_plus_below);
        self.minus = diagonal & !not_plus_below;
        Step { plus: !not_plus, minus }
    }

    #[inline]
    fn handed_on_by(step: Step, row: u32) -> Step {
        Step { plus: step.plus >> row & 1, minus: step.minus >> row & 1 }
    }

    #[inline]
    fn growth(step: Step, row: u32) -> i32 {
        (step.plus >> row & 1) as i32 - (step.minus >> row & 1) as i32
    }

    #[inline]
    fn sum(self, mask: u64) -> i32 {
        (self.plus & mask).count_ones() as i32 - (self.minus & mask).count_ones() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::reference::{self, Words};

    #[test]
    fn published_examples() {
        for (a, b, expected) in [
            ("kitten", "sitting", 3),
            ("saturday", "sunday", 3),
            ("flaw", "lawn", 2),
            ("", "abc", 3),
            ("", "", 0),
            ("e", "é", 2),
        ] {
            assert_eq!(levenshtein(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn distances_are_those_of_the_matrix() {
        let mut words = Words::new(11);
        for round in 0..101_000 {
            let (a, b) = words.pair(if round < 100_000 { 14 } else { 200 });
            let expected = reference::levenshtein(&a, &b);
            assert_eq!(levenshtein(&a, &b), expected, "{a:?} {b:?}");
            assert_eq!(levenshtein(&b, &a), expected, "{b:?} {a:?}");
            for limit in [0, 1, 2, 3, 5, u32::MAX] {
                let within = levenshtein_within(&a, &b, limit);
                assert_eq!(within, expected <= limit, "{a:?} {b:?} {limit}");
            }
        }
    }

    #[test]
    fn a_limit_at_the_distance_is_kept_and_one_below_is_not() {
        let mut words = Words::new(12);
        for _ in 0..3_000 {
            let (a, b) = words.pair(150);
            let distance = levenshtein(&a, &b);
            assert!(levenshtein_within(&a, &b, distance), "{a:?} {b:?}");
            assert!(distance == 0 || !levenshtein_within(&b, &a, distance - 1), "{a:?} {b:?}");
        }
    }
}
