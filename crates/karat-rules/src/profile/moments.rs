//! Mean, spread, quantiles and histogram of numbers.

use std::collections::BinaryHeap;

use super::hash::mix;

/// Numbers that quantiles are taken from. With more numbers than these, a quantile's rank is off
/// by less than 0.8 percentage points in 95 of 100 cases (1.96 · √(¼ / 16384)).
const SAMPLE: usize = 1 << 14;

/// Which rows are drawn.
const SEED: u64 = 0x6b61_7261_7400_0001;

/// Numbers in one pass. Mean and spread by Welford (1962), merged by Chan, Golub and LeVeque
/// (1979).
#[derive(Clone, Debug, Default)]
pub struct Moments {
    pub count: u64,
    /// The least and the greatest.
    pub ends: Option<(f64, f64)>,
    mean: f64,
    squares: f64,
    /// The rows with the smallest hashes, and their numbers as bits: the same whatever the order.
    sample: BinaryHeap<(u64, u64)>,
}

/// The numbers from `from` up to `to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub count: u64,
}

impl Moments {
    /// Adds the number of a row; infinite ones are left out.
    pub fn add(&mut self, row: u64, number: f64) {
        if !number.is_finite() {
            return;
        }
        self.count += 1;
        let off = number - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (number - self.mean);
        let (low, high) = self.ends.unwrap_or((number, number));
        self.ends = Some((low.min(number), high.max(number)));
        self.draw((mix(row ^ SEED), number.to_bits()));
    }

    /// The mean; `None` without numbers.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The standard deviation of a sample; `None` of fewer than two numbers.
    pub fn stdev(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.squares / (self.count - 1) as f64).sqrt())
    }

    /// Whether quantiles and histogram are of all numbers, not of a sample.
    pub fn is_exact(&self) -> bool {
        self.count <= SAMPLE as u64
    }

    /// The numbers below which these shares (0 to 1) lie; empty without numbers.
    pub fn quantiles(&self, shares: &[f64]) -> Vec<f64> {
        let numbers = self.sorted();
        if numbers.is_empty() {
            return Vec::new();
        }
        let at = |share: &f64| (share * (numbers.len() - 1) as f64).round() as usize;
        shares.iter().map(|share| numbers[at(share).min(numbers.len() - 1)]).collect()
    }

    /// `bins` bins of one width from the least number to the greatest; counts are those of a
    /// sample, scaled, where there are more numbers than it holds.
    pub fn histogram(&self, bins: usize) -> Vec<Bin> {
        let Some((low, high)) = self.ends.filter(|(low, high)| low < high) else {
            return Vec::new();
        };
        let width = (high - low) / bins as f64;
        let mut counts = vec![0_u64; bins];
        let numbers = self.sorted();
        for number in &numbers {
            counts[(((number - low) / width) as usize).min(bins - 1)] += 1;
        }
        let scale = self.count as f64 / numbers.len().max(1) as f64;
        let bin = |(at, count): (usize, &u64)| Bin {
            from: low + width * at as f64,
            to: if at + 1 == bins { high } else { low + width * (at + 1) as f64 },
            count: (*count as f64 * scale).round() as u64,
        };
        counts.iter().enumerate().map(bin).collect()
    }

    /// Adds the numbers of other rows.
    pub fn merge(&mut self, other: &Moments) {
        if other.count == 0 {
            return;
        }
        let (mine, theirs) = (self.count as f64, other.count as f64);
        let off = other.mean - self.mean;
        self.mean += off * theirs / (mine + theirs);
        self.squares += other.squares + off * off * mine * theirs / (mine + theirs);
        self.count += other.count;
        self.ends = match (self.ends, other.ends) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (mine, theirs) => mine.or(theirs),
        };
        other.sample.iter().for_each(|drawn| self.draw(*drawn));
    }

    fn draw(&mut self, row: (u64, u64)) {
        if self.sample.len() < SAMPLE {
            self.sample.push(row);
        } else if let Some(mut last) = self.sample.peek_mut()
            && row < *last
        {
            *last = row;
        }
    }

    fn sorted(&self) -> Vec<f64> {
        let mut numbers: Vec<f64> =
            self.sample.iter().map(|(_, bits)| f64::from_bits(*bits)).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: std::ops::Range<u64>) -> Moments {
        let mut moments = Moments::default();
        range.for_each(|n| moments.add(n, n as f64));
        moments
    }

    #[test]
    fn few_numbers_give_exact_figures() {
        let moments = of(0..101);
        assert_eq!(moments.quantiles(&[0.0, 0.25, 0.5, 1.0]), [0.0, 25.0, 50.0, 100.0]);
        assert_eq!(moments.mean(), Some(50.0));
        assert!((moments.stdev().unwrap_or(0.0) - 29.3002).abs() < 1e-4);
        assert_eq!(moments.histogram(10)[0].count, 10);
        assert!(moments.is_exact());
    }

    #[test]
    fn quantiles_of_many_are_within_the_stated_error() {
        let median = of(0..300_000).quantiles(&[0.5])[0];
        assert!((median / 300_000.0 - 0.5).abs() < 0.012, "{median}");
    }

    #[test]
    fn parts_merged_draw_the_sample_of_the_whole() {
        let mut parts = of(50_000..90_000);
        parts.merge(&of(0..50_000));
        let whole = of(0..90_000);
        assert_eq!(parts.quantiles(&[0.1, 0.9]), whole.quantiles(&[0.1, 0.9]));
        assert!((parts.mean - whole.mean).abs() < 1e-6);
        assert!((parts.squares / whole.squares - 1.0).abs() < 1e-9);
    }
}
