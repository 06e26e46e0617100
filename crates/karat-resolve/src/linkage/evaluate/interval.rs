//! How sure a share is.

/// The two-sided 95 % quantile of the normal distribution.
const QUANTILE: f64 = 1.959_964;

/// The interval that holds the true share in 95 of 100 cases, given so many successes of so many:
/// from 0 to 1 of none (Wilson, "Probable Inference", JASA 22, 1927).
pub fn interval(successes: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (of as f64, successes as f64 / of as f64);
    let square = QUANTILE * QUANTILE;
    let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
    let root = (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let half = QUANTILE * root / (1.0 + square / n);
    // The share itself is in it, whatever rounding does.
    ((middle - half).clamp(0.0, share), (middle + half).clamp(share, 1.0))
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn intervals_are_those_of_the_literature() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
        let cases = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (successes, of, low, high) in cases {
            let found = interval(successes, of);
            assert!((found.0 - low).abs() < 1e-4 && (found.1 - high).abs() < 1e-4, "{found:?}");
        }
        assert_eq!(interval(0, 0), (0.0, 1.0));
        assert!((interval(20, 20).1 - 1.0).abs() < 1e-12);
    }
}
