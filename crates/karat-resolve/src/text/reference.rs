//! The measures as their textbooks have them, slow and plain, and random texts: what the tests
//! compare with.

use std::collections::{BTreeSet, HashMap};

/// Pairs of random texts, the same for the same seed (splitmix64, Steele and others 2014).
pub(super) struct Words(u64);

impl Words {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A random number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// A text of at most `longest` bytes and another: of its own, or the first one changed in a
    /// few places. The alphabets are small, so that many bytes match, and hold bytes that are no
    /// ASCII and the zero byte.
    pub(super) fn pair(&mut self, longest: usize) -> (Vec<u8>, Vec<u8>) {
        let alphabet: &[u8] =
            [&b"ab"[..], b"abcd", b"abcdefghijklm", b"a\0\x80\xc3\xa9\xff"][self.below(4)];
        let a = self.text(alphabet, longest);
        if self.below(3) == 0 {
            return (a, self.text(alphabet, longest));
        }
        let mut b = a.clone();
        for _ in 0..self.below(6) {
            self.change(&mut b, alphabet);
        }
        b.truncate(longest);
        (a, b)
    }

    fn text(&mut self, alphabet: &[u8], longest: usize) -> Vec<u8> {
        let length = self.below(longest + 1);
        (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    fn change(&mut self, text: &mut Vec<u8>, alphabet: &[u8]) {
        let letter = alphabet[self.below(alphabet.len())];
        let at = self.below(text.len() + 1);
        match self.below(4) {
            0 => text.insert(at, letter),
            1 if at < text.len() => text[at] = letter,
            2 if at < text.len() => drop(text.remove(at)),
            3 if at + 1 < text.len() => text.swap(at, at + 1),
            _ => {}
        }
    }
}

/// Wagner and Fischer 1974.
pub(super) fn levenshtein(a: &[u8], b: &[u8]) -> u32 {
    let mut row: Vec<u32> = (0..=b.len() as u32).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i as u32 + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + u32::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Lowrance and Wagner 1975.
pub(super) fn damerau_levenshtein(a: &[u8], b: &[u8]) -> u32 {
    let far = a.len() + b.len();
    let mut cost = vec![vec![far; b.len() + 2]; a.len() + 2];
    for (i, row) in cost.iter_mut().enumerate().skip(1) {
        row[1] = i - 1;
    }
    for j in 0..=b.len() {
        cost[1][j + 1] = j;
    }
    let mut last_row: HashMap<u8, usize> = HashMap::new();
    for i in 1..=a.len() {
        let mut last_column = 0;
        for j in 1..=b.len() {
            let (k, l) = (last_row.get(&b[j - 1]).copied().unwrap_or(0), last_column);
            let same = a[i - 1] == b[j - 1];
            if same {
                last_column = j;
            }
            let swapped = cost[k][l] + (i - k - 1) + 1 + (j - l - 1);
            let changed = cost[i][j] + usize::from(!same);
            let gap = cost[i + 1][j].min(cost[i][j + 1]) + 1;
            cost[i + 1][j + 1] = swapped.min(changed).min(gap);
        }
        last_row.insert(a[i - 1], i);
    }
    cost[a.len() + 1][b.len() + 1] as u32
}

/// Jaro 1989, in the arithmetic of DuckDB 2.0.
pub(super) fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut from_a = Vec::new();
    for (i, x) in a.iter().enumerate() {
        let window = i.saturating_sub(reach)..(i + reach + 1).min(b.len());
        if let Some(j) = window.into_iter().find(|j| !taken[*j] && b[*j] == *x) {
            taken[j] = true;
            from_a.push(*x);
        }
    }
    if from_a.is_empty() {
        return 0.0;
    }
    let from_b = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(y, _)| y);
    let out_of_order = from_a.iter().zip(from_b).filter(|(x, y)| x != y).count();
    let m = from_a.len() as f64;
    let in_order = (from_a.len() - out_of_order / 2) as f64;
    (m / a.len() as f64 + m / b.len() as f64 + in_order / m) / 3.0
}

/// Winkler 1990, in the arithmetic of DuckDB 2.0.
pub(super) fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    (prefix as f64 * 0.1).mul_add(1.0 - jaro, jaro)
}

/// Jaccard 1901, of the sets of bytes.
pub(super) fn jaccard(a: &[u8], b: &[u8]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.iter().collect(), b.iter().collect());
    Some(a.intersection(&b).count() as f64 / a.union(&b).count() as f64)
}
