//! Random numbers that are the same on every machine: xoshiro256**, seeded by SplitMix64.
//!
//! Both are by Blackman and Vigna (<https://prng.di.unimi.it>), public domain. Not for secrets.

/// A seeded source of random numbers.
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The source of `seed`; `stream` keeps parts of the generator independent, so that one part
    /// drawing a number more does not change all others.
    pub fn new(seed: u64, stream: u64) -> Random {
        let mut at = seed ^ stream.wrapping_mul(0xA24B_AED4_963E_E407);
        Random { state: std::array::from_fn(|_| split_mix(&mut at)) }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let out = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// A number below `n`; 0 if `n` is 0. Multiply-shift: the bias is below n / 2^64.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in `per_mille` of 1000 cases.
    pub fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `items`, which must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// A place below `n`, the first ones much more often: names are not used evenly.
    pub fn skewed(&mut self, n: usize) -> usize {
        let u = (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        ((u * u * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// One of the weighted choices: a place in `weights`.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, &weight) in weights.iter().enumerate() {
            if left < weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// Puts `items` in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// A version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.bits(), self.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | (b >> 50),
            b & 0xffff_ffff_ffff
        )
    }
}

fn split_mix(at: &mut u64) -> u64 {
    *at = at.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*at ^ (*at >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Deals shares to `n` places in random order: each item as often as its count says per
/// `whole` places, `rest` everywhere else.
pub fn deal<T: Copy>(random: &mut Random, n: usize, shares: &Shares<'_, T>) -> Vec<T> {
    let mut dealt = Vec::with_capacity(n);
    for &(item, count) in shares.counts {
        let count = scaled(count, n, shares.whole).min(n - dealt.len());
        dealt.resize(dealt.len() + count, item);
    }
    dealt.resize(n, shares.rest);
    random.shuffle(&mut dealt);
    dealt
}

/// What `deal` deals: counts per `whole` places, and what the rest gets.
pub struct Shares<'a, T> {
    pub whole: usize,
    pub counts: &'a [(T, usize)],
    pub rest: T,
}

/// `count` of `whole`, which is not 0, carried over to `n`, rounded.
pub fn scaled(count: usize, n: usize, whole: usize) -> usize {
    (count * n + whole / 2) / whole
}
