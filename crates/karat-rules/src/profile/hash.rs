//! Hashes of texts, the same on every run.

use std::hash::{BuildHasherDefault, Hasher};

/// A hash of a text whose bits are all equally good. Among a million different texts two share
/// one with a chance of less than 1 in 10,000,000.
pub fn hash(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.write_usize(text.len());
    mix(hasher.finish())
}

/// The finaliser of MurmurHash3 (Austin Appleby): a permutation in which each bit of the input
/// turns about half the bits of the output.
pub(super) fn mix(mut bits: u64) -> u64 {
    bits ^= bits >> 33;
    bits = bits.wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits ^= bits >> 33;
    bits = bits.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

/// For maps whose keys are hashes already.
pub(super) type AsItIs = BuildHasherDefault<Same>;

/// Takes a number for its own hash.
#[derive(Default)]
pub(super) struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}
