//! The Damerau-Levenshtein distance: as Levenshtein, and two bytes that changed places.

use super::bytes::{common_prefix, strip};
use super::matrix::{self, Rows};

/// Damerau-Levenshtein distance in bytes, each edit costing 1, without the restriction that a
/// part is edited once only (Lowrance and Wagner 1975): `ca` and `abc` are 2 apart.
pub fn damerau_levenshtein(a: &[u8], b: &[u8]) -> u32 {
    matrix::distance::<Swapping>(a, b)
}

/// Whether the Damerau-Levenshtein distance is at most `limit`.
pub fn damerau_levenshtein_within(a: &[u8], b: &[u8], limit: u32) -> bool {
    if a.len().abs_diff(b.len()) > limit as usize {
        return false;
    }
    let (short, long) = strip(a, b);
    if long.len() <= limit as usize {
        return true;
    }
    match limit {
        0 => false,
        // Both ends differ now, so that one edit cannot mend a longer rest, and of two edits
        // one is at either end, or both are in a swap around one byte.
        1 => matches!((short, long), ([p, q], [r, s]) if p == s && q == r),
        2 => swapped_around_a_byte(short, long) || edited_at_both_ends(short, long),
        _ => matrix::within::<Swapping>(short, long, limit),
    }
}

fn swapped_around_a_byte(short: &[u8], long: &[u8]) -> bool {
    matches!((short, long), ([p, q], [r, _, s]) if p == s && q == r)
}

/// Whether two edits, one at either end, suffice for texts of which neither the first nor the
/// last bytes are equal and `long` has three bytes or more.
fn edited_at_both_ends(short: &[u8], long: &[u8]) -> bool {
    front_edited(short, long).into_iter().flatten().any(|(short, long)| {
        let front = common_prefix(short, long);
        match (&short[front..], &long[front..]) {
            ([] | [_], [] | [_]) => true,
            ([p, q], [r, s]) => p == s && q == r,
            _ => false,
        }
    })
}

type Rests<'t> = Option<(&'t [u8], &'t [u8])>;

/// What each edit at the front leaves of the texts.
fn front_edited<'t>(short: &'t [u8], long: &'t [u8]) -> [Rests<'t>; 4] {
    let (s, l) = (short.get(1..), long.get(1..));
    let swapped = matches!((short, long), ([p, q, ..], [r, t, ..]) if p == t && q == r);
    [
        s.zip(l),
        s.map(|s| (s, long)),
        l.map(|l| (short, l)),
        if swapped { short.get(2..).zip(long.get(2..)) } else { None },
    ]
}

/// The algorithm is that of Hyyrö 2003 for Levenshtein, extended here to swaps with a gap.
///
/// A swap pays only if in one of the texts its two bytes are neighbours (with gaps in both, it
/// costs as much as changing all): bytes `xy` against `y…x`. It then costs the gap and 1, and
/// it matters where that equals the distance one row and one column before its end, as does an
/// equal byte. Distances grow by at most 1 from a cell to the next, also on a diagonal, where
/// they never fall; so that equality holds from the start of a swap on for as long as each byte
/// of the gap adds 1. A gap in the pattern lies within one column and is found by the carry of
/// an addition; for a gap in the text one bit per row remembers the swap.
#[derive(Clone, Copy)]
struct Swapping {
    /// Rows one above the row before.
    plus: u64,
    /// Rows one below the row before.
    minus: u64,
    /// Rows one above the row before of the column before.
    off_diagonal: u64,
    /// Rows of the byte of this column.
    places: u64,
    /// Rows where a swap began in an earlier column and each column since added 1.
    begun: u64,
}

#[derive(Clone, Copy)]
struct Carry {
    /// Rows one above the same row of the column before.
    plus: u64,
    /// Rows one below the same row of the column before.
    minus: u64,
    places: u64,
    off_diagonal: u64,
    /// Rows where a swap begins whose bytes are neighbours in the text.
    starts: u64,
    /// Rows over which the gap of such a swap goes on.
    gap: u64,
}

impl Rows for Swapping {
    type Carry = Carry;
    const FIRST: Self = Self { plus: u64::MAX, minus: 0, off_diagonal: 0, places: 0, begun: 0 };
    const TOP: Carry = Carry { plus: 1, minus: 0, places: 0, off_diagonal: 0, starts: 0, gap: 0 };

    #[inline]
    fn advance(&mut self, places: u64, above: Carry) -> Carry {
        let starts = places & self.off_diagonal;
        let seeds = starts << 1 | above.starts | above.gap;
        let gap = ((seeds & self.plus).wrapping_add(self.plus) ^ self.plus) | seeds;
        let swapped = gap & self.places | self.begun & (places << 1 | above.places);
        let equal = places | swapped | above.minus;
        let carried = (equal & self.plus).wrapping_add(self.plus);
        let diagonal = (carried ^ self.plus) | equal | self.minus;
        let not_plus = (carried | self.plus | equal) & !self.minus;
        let minus = diagonal & self.plus;
        let not_plus_below = not_plus << 1 | (above.plus ^ 1);
        let handed_on = Carry {
            plus: !not_plus,
            minus,
            places,
            off_diagonal: !diagonal,
            starts,
            gap: gap & self.plus,
        };
        self.begun = places & (!diagonal << 1 | above.off_diagonal) | self.begun & !not_plus_below;
        self.plus = minus << 1 | above.minus | (!diagonal & not_plus_below);
        self.minus = diagonal & !not_plus_below;
        self.off_diagonal = !diagonal;
        self.places = places;
        handed_on
    }

    #[inline]
    fn handed_on_by(carry: Carry, row: u32) -> Carry {
        Carry {
            plus: carry.plus >> row & 1,
            minus: carry.minus >> row & 1,
            places: carry.places >> row & 1,
            off_diagonal: carry.off_diagonal >> row & 1,
            starts: carry.starts >> row & 1,
            gap: carry.gap >> row & 1,
        }
    }

    #[inline]
    fn growth(carry: Carry, row: u32) -> i32 {
        (carry.plus >> row & 1) as i32 - (carry.minus >> row & 1) as i32
    }

    #[inline]
    fn sum(self, mask: u64) -> i32 {
        (self.plus & mask).count_ones() as i32 - (self.minus & mask).count_ones() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::levenshtein;
    use crate::text::reference::{self, Words};

    #[test]
    fn published_examples() {
        for (a, b, expected) in [
            ("ca", "abc", 2),
            ("a cat", "an abct", 3),
            ("smith", "simth", 1),
            ("", "abc", 3),
            ("", "", 0),
            ("ab", "ba", 1),
        ] {
            assert_eq!(damerau_levenshtein(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn distances_are_those_of_the_matrix() {
        let mut words = Words::new(21);
        for round in 0..101_000 {
            let (a, b) = words.pair(if round < 100_000 { 14 } else { 200 });
            let expected = reference::damerau_levenshtein(&a, &b);
            assert_eq!(damerau_levenshtein(&a, &b), expected, "{a:?} {b:?}");
            assert_eq!(damerau_levenshtein(&b, &a), expected, "{b:?} {a:?}");
            for limit in [0, 1, 2, 3, 5, u32::MAX] {
                let within = damerau_levenshtein_within(&a, &b, limit);
                assert_eq!(within, expected <= limit, "{a:?} {b:?} {limit}");
            }
        }
    }

    #[test]
    fn a_swap_saves_at_most_one_of_two_edits() {
        let mut words = Words::new(22);
        for _ in 0..3_000 {
            let (a, b) = words.pair(150);
            let (swaps, plain) = (damerau_levenshtein(&a, &b), levenshtein(&a, &b));
            assert!(swaps <= plain && plain <= 2 * swaps, "{a:?} {b:?}");
            assert!(damerau_levenshtein_within(&a, &b, swaps), "{a:?} {b:?}");
            assert!(swaps == 0 || !damerau_levenshtein_within(&b, &a, swaps - 1), "{a:?} {b:?}");
        }
    }

    #[test]
    fn all_short_texts_over_three_letters() {
        let all: Vec<Vec<u8>> = (0..5)
            .flat_map(|length| (0..3usize.pow(length)).map(move |number| (length, number)))
            .map(|(length, number)| {
                (0..length).map(|i| b'a' + (number / 3usize.pow(i) % 3) as u8).collect()
            })
            .collect();
        for a in &all {
            for b in &all {
                let expected = reference::damerau_levenshtein(a, b);
                assert_eq!(damerau_levenshtein(a, b), expected, "{a:?} {b:?}");
            }
        }
    }
}
