//! Jaro and Jaro-Winkler: the share of bytes found near their place, less those out of order.

use super::bytes::common_prefix;
use super::pattern::Lanes;

/// Jaro similarity in 0..=1 (Jaro 1989): with `m` bytes of one text found in the other at most
/// half the longer length less one away, and `t` of them out of order,
/// `(m / |a| + m / |b| + (m - t / 2) / m) / 3`, where `t / 2` is a whole number. 0 if a text is
/// empty, even if both are.
pub fn jaro(a: &[u8], b: &[u8]) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let found = match (short.len(), long.len()) {
        (0, _) => return 0.0,
        (_, 0..=16) => found_in_a_word::<1>(long, short, long.len()),
        (_, 17..=32) => found_in_a_word::<2>(long, short, long.len()),
        (_, 33..=64) => found_in_a_word::<4>(long, short, long.len()),
        (0..=64, _) => found_in_a_word::<4>(short, long, long.len()),
        _ => found_in_lists(short, long),
    };
    similarity(short.len(), long.len(), found)
}

/// Jaro-Winkler similarity in 0..=1 (Winkler 1990): a Jaro similarity above 0.7 is raised by a
/// tenth of what it lacks for each byte of a common front of up to four.
pub fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    raised(jaro, common_prefix(&a[..a.len().min(4)], &b[..b.len().min(4)]))
}

/// An upper bound of [`jaro`] of texts of these lengths that have at most `common` bytes in
/// common, wherever they stand. Never below it by rounding either: the formula is the same,
/// and each of its operations, rounded, still grows with what goes in.
pub fn jaro_at_most(length_a: usize, length_b: usize, common: u32) -> f64 {
    let matches = length_a.min(length_b).min(common as usize);
    similarity(length_a, length_b, Found { matches, out_of_order: 0 })
}

/// An upper bound of [`jaro_winkler`], as [`jaro_at_most`]: above 0.7 the difference from 1 is
/// exact, so that the raised value grows with the Jaro similarity.
pub fn jaro_winkler_at_most(length_a: usize, length_b: usize, common: u32) -> f64 {
    jaro_winkler_with_prefix_at_most(length_a, length_b, common, 4)
}

/// The same for texts whose common front is of `prefix` bytes at most.
pub fn jaro_winkler_with_prefix_at_most(
    length_a: usize,
    length_b: usize,
    common: u32,
    prefix: usize,
) -> f64 {
    let jaro = jaro_at_most(length_a, length_b, common);
    if jaro <= 0.7 {
        return jaro;
    }
    raised(jaro, length_a.min(length_b).min(common as usize).min(prefix.min(4)))
}

/// DuckDB's compiler contracts `jaro + prefix * 0.1 * (1 - jaro)` to one rounding.
fn raised(jaro: f64, prefix: usize) -> f64 {
    (prefix as f64 * 0.1).mul_add(1.0 - jaro, jaro)
}

struct Found {
    matches: usize,
    out_of_order: usize,
}

#[inline]
fn similarity(length_a: usize, length_b: usize, found: Found) -> f64 {
    if found.matches == 0 {
        return 0.0;
    }
    let matches = found.matches as f64;
    let in_order = (found.matches - found.out_of_order / 2) as f64;
    (matches / length_a as f64 + matches / length_b as f64 + in_order / matches) / 3.0
}

/// How far from its place a byte may be found.
fn reach(longest: usize) -> usize {
    (longest / 2).saturating_sub(1)
}

/// For a pattern of at most `16 * N` bytes and at most 64. Each byte of the text takes the
/// first free place near its own; that the texts may change roles without a difference is
/// because bytes of one value never cross.
#[inline]
fn found_in_a_word<const N: usize>(pattern: &[u8], text: &[u8], longest: usize) -> Found {
    let lanes = Lanes::<N>::new(pattern);
    let reach = reach(longest);
    let all = u64::MAX >> (64 - pattern.len());
    let mut free = all;
    let mut near = u64::MAX >> 63usize.saturating_sub(reach);
    // More than the 64 possible: what does not match is stored too, at the end.
    let mut found = [0; 128];
    let mut matches = 0;
    for (at, byte) in text.iter().enumerate() {
        let places = lanes.places(*byte) & near & free;
        free &= !(places & places.wrapping_neg());
        found[matches % 128] = *byte;
        matches += usize::from(places != 0);
        near = near << 1 | u64::from(at < reach);
    }
    let mut taken = all & !free;
    let mut out_of_order = 0;
    for byte in &found[..matches] {
        out_of_order += usize::from(pattern[taken.trailing_zeros() as usize] != *byte);
        taken &= taken - 1;
    }
    Found { matches, out_of_order }
}

/// For any lengths, in linear time: the places of each byte value form a list, from whose
/// front places are taken, or dropped once they are too far back.
#[cold]
fn found_in_lists(pattern: &[u8], text: &[u8]) -> Found {
    let reach = reach(pattern.len().max(text.len()));
    let end = pattern.len();
    let mut first = [end; 256];
    let mut next = vec![end; pattern.len()];
    for (at, byte) in pattern.iter().enumerate().rev() {
        next[at] = std::mem::replace(&mut first[usize::from(*byte)], at);
    }
    let mut taken = vec![false; pattern.len()];
    let mut found = Vec::with_capacity(pattern.len());
    for (at, byte) in text.iter().enumerate() {
        let first = &mut first[usize::from(*byte)];
        while *first < end.min(at.saturating_sub(reach)) {
            *first = next[*first];
        }
        if *first < end && *first <= at + reach {
            taken[*first] = true;
            found.push(*byte);
            *first = next[*first];
        }
    }
    let in_pattern = pattern.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(x, _)| x);
    let out_of_order = in_pattern.zip(&found).filter(|(x, y)| x != y).count();
    Found { matches: found.len(), out_of_order }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Signature;
    use crate::text::reference::{self, Words};

    #[test]
    fn published_examples() {
        for (a, b, plain, raised) in [
            ("martha", "marhta", 0.9444, 0.9611),
            ("dixon", "dicksonx", 0.7667, 0.8133),
            ("dwayne", "duane", 0.8222, 0.84),
            ("jones", "johnson", 0.7905, 0.8324),
            ("abc", "xyz", 0.0, 0.0),
            ("", "", 0.0, 0.0),
            ("a", "a", 1.0, 1.0),
            ("a", "b", 0.0, 0.0),
        ] {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            assert!((jaro(a, b) - plain).abs() < 0.0001, "{a:?} {b:?}");
            assert!((jaro_winkler(a, b) - raised).abs() < 0.0001, "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_threshold_that_two_roundings_would_miss() {
        let similarity = jaro_winkler("adebceecéed".as_bytes(), "aebeceéed".as_bytes());
        assert_eq!(similarity.to_bits(), 0.92f64.to_bits());
    }

    #[test]
    fn similarities_are_those_of_the_textbook_to_the_bit() {
        let mut words = Words::new(31);
        for round in 0..102_000 {
            let (a, b) = words.pair(if round < 100_000 { 16 } else { 200 });
            let (plain, raised) = (reference::jaro(&a, &b), reference::jaro_winkler(&a, &b));
            assert_eq!(jaro(&a, &b).to_bits(), plain.to_bits(), "{a:?} {b:?}");
            assert_eq!(jaro(&b, &a).to_bits(), plain.to_bits(), "{b:?} {a:?}");
            assert_eq!(jaro_winkler(&a, &b).to_bits(), raised.to_bits(), "{a:?} {b:?}");
            assert_eq!(jaro_winkler(&b, &a).to_bits(), raised.to_bits(), "{b:?} {a:?}");
        }
    }

    #[test]
    fn bounds_are_never_below() {
        let mut words = Words::new(32);
        for round in 0..102_000 {
            let (a, b) = words.pair(if round < 100_000 { 16 } else { 200 });
            let common = Signature::new(&a).common_at_most(Signature::new(&b));
            assert!(jaro(&a, &b) <= jaro_at_most(a.len(), b.len(), common), "{a:?} {b:?}");
            let bound = jaro_winkler_at_most(a.len(), b.len(), common);
            assert!(jaro_winkler(&a, &b) <= bound, "{a:?} {b:?}");
        }
    }

    #[test]
    fn bounds_grow_with_the_bytes_in_common() {
        for (a, b) in (0..40).flat_map(|a| (0..40).map(move |b| (a, b))) {
            for common in 0..40 {
                let bounds = [common, common + 1].map(|c| jaro_winkler_at_most(a, b, c));
                assert!(bounds[0] <= bounds[1] && bounds[1] <= 1.0, "{a} {b} {common}");
            }
        }
    }
}
