//! Where in a text a byte occurs, as bits: bit i stands for byte i. The bit-parallel measures
//! ask this once per byte of the other text.

use super::bytes::two_words;

/// A text of at most `16 * N` bytes, ready to be asked for a byte. Bits past its end may be set
/// when the zero byte is asked for.
pub(super) struct Lanes<const N: usize>([Lane; N]);

impl<const N: usize> Lanes<N> {
    #[inline]
    pub(super) fn new(text: &[u8]) -> Self {
        debug_assert!(text.len() <= 16 * N);
        Self(std::array::from_fn(|lane| {
            let rest = text.get(16 * lane..).unwrap_or_default();
            Lane::new(two_words(&rest[..rest.len().min(16)]))
        }))
    }

    #[inline]
    pub(super) fn places(&self, byte: u8) -> u64 {
        let mut places = 0;
        for (number, lane) in self.0.iter().enumerate() {
            places |= u64::from(lane.places(byte)) << (16 * number);
        }
        places
    }
}

#[cfg(target_arch = "x86_64")]
use sse2::Lane;
#[cfg(not(target_arch = "x86_64"))]
use words::Lane;

/// One comparison and one gathering of bits for sixteen bytes.
#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_set_epi64x, _mm_set1_epi8,
    };

    #[derive(Clone, Copy)]
    pub(super) struct Lane(__m128i);

    impl Lane {
        #[inline]
        pub(super) fn new([low, high]: [u64; 2]) -> Self {
            // SAFETY: SSE2 belongs to every x86-64 processor; nothing is read through a pointer.
            Self(unsafe { _mm_set_epi64x(high.cast_signed(), low.cast_signed()) })
        }

        #[inline]
        pub(super) fn places(self, byte: u8) -> u16 {
            // SAFETY: as in `new`.
            let places = unsafe {
                _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte.cast_signed())))
            };
            places as u16
        }
    }
}

/// The same in plain arithmetic (Warren, Hacker's Delight, section 6-1: find a zero byte).
#[cfg(any(test, not(target_arch = "x86_64")))]
mod words {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW_SEVEN: u64 = 0x7f7f_7f7f_7f7f_7f7f;

    #[derive(Clone, Copy)]
    pub(super) struct Lane([u64; 2]);

    impl Lane {
        #[inline]
        pub(super) fn new(words: [u64; 2]) -> Self {
            Self(words)
        }

        #[inline]
        pub(super) fn places(self, byte: u8) -> u16 {
            let [low, high] = self.0;
            equal(low, byte) | equal(high, byte) << 8
        }
    }

    #[inline]
    fn equal(word: u64, byte: u8) -> u16 {
        let difference = word ^ (ONES * u64::from(byte));
        let zero_bytes = !(((difference & LOW_SEVEN) + LOW_SEVEN) | difference | LOW_SEVEN);
        // The product gathers the eight flags, now lowest in their bytes, in the highest byte.
        ((zero_bytes >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u16
    }
}

/// A text of any length, ready to be asked for a byte: 64 bytes of it per word.
pub(super) struct Table {
    words: usize,
    places: Vec<u64>,
}

impl Table {
    pub(super) fn new(text: &[u8]) -> Self {
        let words = text.len().div_ceil(64);
        let mut places = vec![0; 256 * words];
        for (at, byte) in text.iter().enumerate() {
            places[usize::from(*byte) * words + at / 64] |= 1 << (at % 64);
        }
        Self { words, places }
    }

    /// How many words an answer has.
    pub(super) fn words(&self) -> usize {
        self.words
    }

    pub(super) fn places(&self, byte: u8) -> &[u64] {
        let from = usize::from(byte) * self.words;
        &self.places[from..from + self.words]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::reference::Words;

    #[test]
    fn all_ways_find_the_same_places() {
        let mut words = Words::new(5);
        for _ in 0..4_000 {
            let (text, _) = words.pair(64);
            for byte in [0, b'a', b'b', 0x80, 0xff, text.first().copied().unwrap_or(7)] {
                let expected: u64 =
                    (0..text.len()).filter(|i| text[*i] == byte).map(|i| 1u64 << i).sum();
                let mask = if text.len() == 64 { u64::MAX } else { (1 << text.len()) - 1 };
                assert_eq!(Lanes::<4>::new(&text).places(byte) & mask, expected);
                let table = Table::new(&text);
                assert_eq!(table.places(byte).first().copied().unwrap_or(0), expected);
                if text.len() <= 16 {
                    let plain = words::Lane::new(two_words(&text)).places(byte);
                    assert_eq!(u64::from(plain) & mask, expected);
                    assert_eq!(Lanes::<1>::new(&text).places(byte), u64::from(plain));
                }
            }
        }
    }
}
