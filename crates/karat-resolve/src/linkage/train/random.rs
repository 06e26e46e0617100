//! Random numbers that depend on a seed and a position alone, so that any thread may draw any.

/// The `position`-th number of the sequence of a seed, uniform over 64 bits (SplitMix64, Steele
/// and others 2014).
#[inline]
pub(crate) fn draw(seed: u64, position: u64) -> u64 {
    let mut z = seed.wrapping_add(position.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number below `limit` from 64 random bits, without division (Lemire 2019).
#[inline]
pub(crate) fn below(limit: u32, bits: u32) -> u32 {
    ((u64::from(bits) * u64::from(limit)) >> 32) as u32
}

/// Any of `n` records but this one, each as likely as any.
#[inline]
pub(crate) fn other_than(record: u32, n: u32, seed: u64, position: u64) -> u32 {
    let other = below(n - 1, draw(seed, position) as u32);
    other + u32::from(other >= record)
}
