//! Whether what comes in now is still what came in before: two distributions compared, with a
//! verdict that neither few nor many counts fool.
//!
//! The measure is the population stability index, Σ (q − p) ln (q / p), with the bands that its
//! users have always read it by: from 0.1 something is shifting, from 0.25 it has moved (Siddiqi,
//! "Credit Risk Scorecards", Wiley 2006). Bands alone cry wolf at small numbers: without any
//! change the index is about χ² with one degree of freedom less than there are classes, times
//! 1/n + 1/m for n and m counts (Yurdakul, "Statistical Properties of Population Stability Index",
//! Western Michigan University 2018). So it also has to exceed what chance reaches once in a
//! thousand times.

/// Counts below which nothing is said.
pub const LEAST: f64 = 200.0;

/// From here something is shifting, and from here it has moved.
const SHIFTING: f64 = 0.1;
const MOVED: f64 = 0.25;

/// What a normal variable exceeds once in a thousand times.
const ONCE_IN_A_THOUSAND: f64 = 3.09;

/// A distribution over classes, as it was counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    /// By class; they add up to 1, or to 0 where nothing was counted.
    pub shares: Vec<f64>,
    /// How many independent counts they rest on.
    pub counts: f64,
}

/// How two distributions differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The population stability index.
    pub index: f64,
    pub verdict: Verdict,
}

/// What is to be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// There are too few counts to say.
    Unknown,
    Steady,
    /// Something is shifting.
    Shifting,
    Moved,
}

impl Shares {
    /// Of counts, of which no more than so many are independent of each other.
    pub fn of(counts: &[u64], independent: u64) -> Shares {
        let all: u64 = counts.iter().sum();
        let share = |n: &u64| if all == 0 { 0.0 } else { *n as f64 / all as f64 };
        let shares = counts.iter().map(share).collect();
        Shares { shares, counts: all.min(independent) as f64 }
    }

    /// A mixture of distributions over the same classes, each with its part of the whole. It is
    /// known as well as its parts are: its variance is Σ part² / counts.
    pub fn mixture(parts: &[(f64, Shares)]) -> Shares {
        let whole: f64 = parts.iter().map(|(part, _)| part).sum();
        let classes = parts.iter().map(|(_, shares)| shares.shares.len()).max().unwrap_or(0);
        let mut mixed = vec![0.0; classes];
        let mut variance = 0.0;
        for (part, shares) in parts {
            let part = part / whole;
            mixed.iter_mut().zip(&shares.shares).for_each(|(to, from)| *to += part * from);
            variance += part * part / shares.counts;
        }
        Shares { shares: mixed, counts: if variance > 0.0 { 1.0 / variance } else { 0.0 } }
    }

    /// The shares of those classes that are marked, half a count given to each, so that none is 0.
    fn smoothed(&self, used: &[bool]) -> Vec<f64> {
        let classes = used.iter().filter(|used| **used).count() as f64;
        let whole = self.counts + classes / 2.0;
        let used = self.shares.iter().zip(used).filter(|(_, used)| **used);
        used.map(|(share, _)| (share * self.counts + 0.5) / whole).collect()
    }
}

/// Compares what was with what is, over the same classes.
pub fn difference(before: &Shares, after: &Shares) -> Difference {
    if before.counts < LEAST || after.counts < LEAST {
        return Difference { index: 0.0, verdict: Verdict::Unknown };
    }
    let is_used = |(p, q): (&f64, &f64)| *p > 0.0 || *q > 0.0;
    let used: Vec<bool> = before.shares.iter().zip(&after.shares).map(is_used).collect();
    let (p, q) = (before.smoothed(&used), after.smoothed(&used));
    let index: f64 = p.iter().zip(&q).map(|(p, q)| (q - p) * (q / p).ln()).sum();
    let by_chance =
        chi_square(p.len().saturating_sub(1)) * (1.0 / before.counts + 1.0 / after.counts);
    let verdict = match index {
        index if index <= by_chance || index < SHIFTING => Verdict::Steady,
        index if index < MOVED => Verdict::Shifting,
        _ => Verdict::Moved,
    };
    Difference { index, verdict }
}

/// What χ² of so many degrees of freedom exceeds once in a thousand times (Wilson and Hilferty,
/// "The Distribution of Chi-square", PNAS 17, 1931).
fn chi_square(freedom: usize) -> f64 {
    if freedom == 0 {
        return 0.0;
    }
    let k = freedom as f64;
    let of_cube = 2.0 / (9.0 * k);
    k * (1.0 - of_cube + ONCE_IN_A_THOUSAND * of_cube.sqrt()).powi(3)
}

/// Things that happen at some rate, and should not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    pub events: f64,
    /// Among so many.
    pub of: f64,
    /// So many events come at once, on average; 1 where they come one by one.
    pub at_once: f64,
}

impl Load {
    /// Events among all.
    pub fn rate(self) -> f64 {
        if self.of > 0.0 { self.events / self.of } else { 0.0 }
    }
}

/// Whether a load has grown: at least doubled, by `least` or more, and by more than chance does
/// once in a thousand times (to a compound Poisson process).
pub fn load(before: Load, after: Load, least: f64) -> Verdict {
    if before.of < LEAST || after.of < LEAST {
        return Verdict::Unknown;
    }
    let (was, is) = (before.rate(), after.rate());
    let variance = |load: Load| load.rate() * load.at_once / load.of;
    let by_chance = ONCE_IN_A_THOUSAND * (variance(before) + variance(after)).sqrt();
    match is >= 2.0 * was && is - was >= least && is - was > by_chance {
        true => Verdict::Moved,
        false => Verdict::Steady,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(before: &[u64], after: &[u64]) -> Verdict {
        difference(&Shares::of(before, u64::MAX), &Shares::of(after, u64::MAX)).verdict
    }

    #[test]
    fn the_quantile_is_that_of_tables() {
        for (freedom, expected) in [(1, 10.83), (5, 20.52), (13, 34.53), (30, 59.70)] {
            let found = chi_square(freedom);
            // The approximation is worst for one degree, where it errs on the safe side.
            assert!((found / expected - 1.0).abs() < 0.035, "{freedom}: {found}");
        }
    }

    #[test]
    fn equal_shares_are_steady_and_others_are_not() {
        let counts = [500, 300, 150, 50];
        assert_eq!(verdict(&counts, &counts.map(|n| n * 100)), Verdict::Steady);
        assert_eq!(verdict(&counts, &[390, 270, 200, 140]), Verdict::Shifting);
        assert_eq!(verdict(&counts, &[200, 200, 300, 300]), Verdict::Moved);
    }

    #[test]
    fn few_counts_say_nothing_and_many_do_not_make_little_much() {
        assert_eq!(verdict(&[90, 10], &[10, 90]), Verdict::Unknown);
        assert_eq!(verdict(&[500_000, 500_000], &[510_000, 490_000]), Verdict::Steady);
        let dependent = Shares::of(&[9_000, 1_000], 150);
        assert_eq!(
            difference(&dependent, &Shares::of(&[100, 900], 1000)).verdict,
            Verdict::Unknown
        );
    }

    #[test]
    fn a_mixture_is_known_as_well_as_its_parts() {
        let (a, b) = (Shares::of(&[100, 0], 100), Shares::of(&[0, 300], 300));
        let mixed = Shares::mixture(&[(1.0, a.clone()), (3.0, b)]);
        assert_eq!(mixed.shares, [0.25, 0.75]);
        assert!((mixed.counts - 400.0).abs() < 1e-9);
        assert_eq!(Shares::mixture(&[(2.0, a.clone())]), a);
    }

    #[test]
    fn a_load_has_to_double_and_to_matter() {
        let of = |events: f64, of: f64| Load { events, of, at_once: 1.0 };
        assert_eq!(load(of(10.0, 1e3), of(50.0, 1e3), 0.01), Verdict::Moved);
        assert_eq!(load(of(10.0, 1e3), of(19.0, 1e3), 0.001), Verdict::Steady, "not doubled");
        assert_eq!(load(of(10.0, 1e5), of(50.0, 1e5), 0.01), Verdict::Steady, "too little");
        assert_eq!(load(of(1.0, 300.0), of(5.0, 300.0), 0.01), Verdict::Steady, "by chance");
        let lump = Load { at_once: 11.0, ..of(11.0, 1e3) };
        assert_eq!(load(of(0.0, 1e3), of(11.0, 1e3), 0.01), Verdict::Moved);
        assert_eq!(load(of(0.0, 1e3), lump, 0.01), Verdict::Steady, "one entity is no trend");
        assert_eq!(load(of(0.0, 10.0), of(10.0, 10.0), 0.01), Verdict::Unknown);
    }
}
