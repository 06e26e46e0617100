//! Numbers that look drawn and never repeat.

/// The place of `n` in a shuffled `0..modulus`: distinct for distinct `n` below `modulus`, if
/// that is no multiple of the prime 387,413,303; both must be below 2^30.
pub fn scramble(n: u64, modulus: u64, seed: u64) -> u64 {
    const FACTOR: u64 = 387_413_303;
    let shift = (seed ^ (seed >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 34;
    ((n % modulus) * FACTOR + shift) % modulus
}

/// The largest prime of nine digits.
const NINE_DIGITS: u64 = 999_999_937;

/// A number of nine digits for record `slot` (below 128) of a household; distinct for the first
/// 7.8 million households.
pub fn number(seed: u64, household: u64, slot: u64) -> u64 {
    scramble(household * 128 + slot, NINE_DIGITS, seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_twice() {
        for modulus in [10_000, 1_990_000, NINE_DIGITS] {
            let mut seen: Vec<u64> = (0..10_000).map(|n| scramble(n, modulus, 7)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 10_000);
        }
    }
}
