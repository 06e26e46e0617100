//! From values to pixels, with ticks at round numbers.

use crate::day;
use crate::number::{decimals, short_count};

/// A round number on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

#[derive(Clone, Debug)]
pub struct Scale {
    from: f64,
    to: f64,
    /// Pixels at which `from` and `to` stand.
    pixels: (f64, f64),
    is_log: bool,
    pub ticks: Vec<Tick>,
}

impl Scale {
    /// From the round number at or below the least value to the one at or above the largest, with
    /// about `wanted` ticks. The values are drawable.
    pub fn linear((low, high): (f64, f64), pixels: (f64, f64), wanted: usize) -> Scale {
        let (low, high) = apart(low, high);
        let (step, places) = step((high - low) / wanted.max(1) as f64);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let ticks = (first..=last).map(|n| {
            let value = n as f64 * step;
            Tick { value, label: decimals(value, places) }
        });
        let (from, to) = (first as f64 * step, last as f64 * step);
        Scale { from, to, pixels, is_log: false, ticks: ticks.collect() }
    }

    /// As `linear`, but from the least to the largest value itself; ticks stand between them.
    pub fn exact(values: (f64, f64), pixels: (f64, f64), wanted: usize) -> Scale {
        let (from, to) = apart(values.0, values.1);
        let mut scale = Scale::linear((from, to), pixels, wanted);
        let margin = (to - from) * 1e-9;
        scale.ticks.retain(|it| it.value >= from - margin && it.value <= to + margin);
        Scale { from, to, ..scale }
    }

    /// From the first to the last of days since 1970-01-01.
    pub fn days(values: (f64, f64), pixels: (f64, f64), wanted: usize) -> Scale {
        let (from, to) = apart(values.0, values.1);
        Scale { from, to, pixels, is_log: false, ticks: day::ticks(from, to, wanted) }
    }

    /// Counts from zero on. The logarithm is that of 1 + n, so that zero has a place.
    pub fn counts(most: u64, pixels: (f64, f64), is_log: bool) -> Scale {
        let most = most.max(1) as f64;
        let wanted = ((pixels.0 - pixels.1).abs() / 45.0).clamp(2.0, 6.0);
        if !is_log {
            let step = whole_step(most / wanted);
            let ticks = (0..=(most / step).ceil() as u64).map(|n| n as f64 * step);
            let ticks: Vec<Tick> =
                ticks.map(|value| Tick { value, label: short_count(value) }).collect();
            let to = ticks.last().map_or(most, |tick| tick.value);
            return Scale { from: 0.0, to, pixels, is_log, ticks };
        }
        let decades = (1.0 + most).log10().ceil();
        let every = (decades / wanted).ceil().max(1.0) as i32;
        let powers = (0..=decades as i32).filter(|power| power % every == 0);
        let values = std::iter::once(0.0).chain(powers.map(|power| 10_f64.powi(power)));
        let ticks = values.filter(|value| *value <= most * 1.2);
        let ticks = ticks.map(|value| Tick { value, label: short_count(value) }).collect();
        Scale { from: 0.0, to: most * 1.2, pixels, is_log, ticks }
    }

    /// The pixel of a value; what lies outside stands at the border.
    pub fn at(&self, value: f64) -> f64 {
        let place = |x: f64| if self.is_log { (1.0 + x.max(0.0)).log10() } else { x };
        let (from, to) = (place(self.from), place(self.to));
        let part = ((place(value) - from) / (to - from)).clamp(0.0, 1.0);
        self.pixels.0 + part * (self.pixels.1 - self.pixels.0)
    }

    pub fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// The pixels at both ends, the lesser first.
    pub fn ends(&self) -> (f64, f64) {
        (self.pixels.0.min(self.pixels.1), self.pixels.0.max(self.pixels.1))
    }
}

/// The least and the largest of drawable values.
pub fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// Two ends that differ enough to divide what lies between.
fn apart(low: f64, high: f64) -> (f64, f64) {
    let least = low.abs().max(high.abs()) * 1e-9;
    if high - low > least && high - low > 1e-12 {
        return (low, high);
    }
    let margin = (low.abs() / 10.0).max(1.0);
    (low - margin, high + margin)
}

/// The round step at or above `rough` (1, 2, 2.5 or 5 times a power of ten), and its decimals.
fn step(rough: f64) -> (f64, usize) {
    let power = rough.log10().floor() as i32;
    let unit = 10_f64.powi(power);
    let choices = [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0), (10.0, -1)];
    let fits = |choice: &&(f64, i32)| choice.0 * unit >= rough * (1.0 - 1e-9);
    let (factor, more) = choices.iter().find(fits).unwrap_or(&choices[4]);
    (factor * unit, (more - power).max(0) as usize)
}

/// A round step for counts, which have nothing between them.
fn whole_step(rough: f64) -> f64 {
    let small = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| *step >= rough);
    small.unwrap_or_else(|| step(rough).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale) -> String {
        scale.ticks.iter().map(|it| it.label.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round_numbers() {
        let cases = [
            ((0.0, 1.0), 5, "0.0 0.2 0.4 0.6 0.8 1.0"),
            ((0.0, 9.3), 4, "0.0 2.5 5.0 7.5 10.0"),
            ((-13.3, 24.1), 4, "−20 −10 0 10 20 30"),
            ((0.0, 0.0003), 3, "0.0000 0.0001 0.0002 0.0003"),
            ((5.0, 5.0), 2, "4 5 6"),
        ];
        for ((low, high), wanted, expected) in cases {
            assert_eq!(labels(&Scale::linear((low, high), (0.0, 100.0), wanted)), expected);
        }
    }

    #[test]
    fn an_exact_scale_ends_where_the_values_do() {
        let scale = Scale::exact((-3.0, 7.0), (0.0, 100.0), 4);
        assert_eq!(labels(&scale), "−2.5 0.0 2.5 5.0");
        assert_eq!((scale.at(-3.0), scale.at(7.0), scale.at(99.0)), (0.0, 100.0, 100.0));
    }

    #[test]
    fn counts_have_whole_ticks_and_zero_a_place() {
        let linear = |most| labels(&Scale::counts(most, (0.0, 200.0), false));
        assert_eq!(linear(0), "0 1");
        assert_eq!(linear(3), "0 1 2 3");
        assert_eq!(linear(9), "0 5 10");
        assert_eq!(linear(1_000_000), "0 250k 500k 750k 1M");
        let log = Scale::counts(1000, (200.0, 0.0), true);
        assert_eq!(labels(&log), "0 1 10 100 1,000");
        assert_eq!(log.at(0.0), 200.0);
        assert!(log.at(1.0) < 190.0 && log.at(1000.0) < log.at(999.0));
        assert!(Scale::counts(u64::MAX, (200.0, 0.0), true).ticks.len() < 10);
    }

    #[test]
    fn far_numbers_still_have_few_ticks() {
        for range in [(-1e15, 1e15), (1e15, 1e15), (1e-300, 2e-300), (1e14, 1e14 + 1.0)] {
            let scale = Scale::linear(range, (0.0, 500.0), 5);
            assert!(scale.ticks.len() < 12, "{range:?}: {}", labels(&scale));
            assert!(scale.at(range.0).is_finite());
        }
    }
}
