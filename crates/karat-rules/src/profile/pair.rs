//! How two columns of numbers go together.

/// Sums of the rows in which both columns have a number; Pearson's correlation, in one pass
/// (Welford's recurrence for the co-moment).
#[derive(Clone, Debug, Default)]
pub struct Pair {
    pub count: u64,
    means: (f64, f64),
    squares: (f64, f64),
    product: f64,
}

impl Pair {
    /// Adds a row.
    pub fn add(&mut self, x: f64, y: f64) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        self.count += 1;
        let n = self.count as f64;
        let off = (x - self.means.0, y - self.means.1);
        self.means.0 += off.0 / n;
        self.means.1 += off.1 / n;
        self.squares.0 += off.0 * (x - self.means.0);
        self.squares.1 += off.1 * (y - self.means.1);
        self.product += off.0 * (y - self.means.1);
    }

    /// From -1 to 1; `None` where one column does not vary or there are fewer than three rows.
    pub fn correlation(&self) -> Option<f64> {
        let spread = (self.squares.0 * self.squares.1).sqrt();
        (self.count > 2 && spread > 0.0).then(|| (self.product / spread).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Pair;

    #[test]
    fn a_line_correlates_fully_and_a_constant_not_at_all() {
        let mut pair = Pair::default();
        (0..10).for_each(|n| pair.add(f64::from(n), 5.0 - 2.0 * f64::from(n)));
        assert!((pair.correlation().unwrap_or(0.0) + 1.0).abs() < 1e-12);
        let mut flat = Pair::default();
        (0..10).for_each(|n| flat.add(f64::from(n), 1.0));
        assert_eq!(flat.correlation(), None);
    }
}
