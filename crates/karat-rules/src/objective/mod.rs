//! What an objective is: a target for one dimension of quality, how counts are judged against it,
//! and how much of its error budget is spent. What it looks like as SQL is the store's business.

pub mod format;
pub mod placeholders;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The share of rows with a value.
    Completeness,
    /// The share of values that are well formed.
    Accuracy,
    /// The share of values that a reference lists.
    Consistency,
    /// The age of the latest record, or of the last load, in days.
    Timeliness,
    /// The share of duplicates.
    Uniqueness,
}

impl Dimension {
    pub const ALL: [Dimension; 5] = [
        Dimension::Completeness,
        Dimension::Accuracy,
        Dimension::Consistency,
        Dimension::Timeliness,
        Dimension::Uniqueness,
    ];

    /// The word in project files.
    pub fn word(self) -> &'static str {
        match self {
            Dimension::Completeness => "completeness",
            Dimension::Accuracy => "accuracy",
            Dimension::Consistency => "consistency",
            Dimension::Timeliness => "timeliness",
            Dimension::Uniqueness => "uniqueness",
        }
    }

    /// Whether more is worse.
    pub fn is_better_small(self) -> bool {
        matches!(self, Dimension::Timeliness | Dimension::Uniqueness)
    }
}

/// What was measured of one table, dataset or source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// So many rows or values, and so many of them as they should be.
    Share { judged: u64, good: u64 },
    /// Days since the latest; none where there is none.
    Age(Option<f64>),
}

/// What has to be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    pub dimension: Dimension,
    /// A share from 0 to 1 that has to be reached; of timeliness the most days; of uniqueness a
    /// share of duplicates that has to be undercut.
    pub target: f64,
    /// Whether each part has to reach it, and not the whole alone.
    pub each: bool,
    /// The share that may be bad over the window: the error budget.
    pub budget: f64,
}

/// What became of an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Met,
    Violated,
    /// There was nothing to judge.
    Nothing,
}

impl Verdict {
    /// The word on record.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Violated => "violated",
            Verdict::Nothing => "nothing",
        }
    }
}

impl Goal {
    /// The figure of parts together: good over judged; of timeliness the age of the latest of all;
    /// of uniqueness the shares of duplicates among groups of parts, added up. None where there is
    /// nothing to judge.
    pub fn actual<'a>(&self, groups: impl IntoIterator<Item = &'a [Measure]>) -> Option<f64> {
        let mut figures = groups.into_iter().filter_map(|group| self.of_group(group)).peekable();
        figures.peek()?;
        Some(match self.dimension {
            Dimension::Timeliness => figures.fold(f64::INFINITY, f64::min),
            _ => figures.sum(),
        })
    }

    fn of_group(&self, group: &[Measure]) -> Option<f64> {
        let (mut all, mut good, mut age) = (0, 0, None::<f64>);
        for measure in group {
            match *measure {
                Measure::Share { judged, good: well } => (all, good) = (all + judged, good + well),
                Measure::Age(days) => age = [age, days].into_iter().flatten().reduce(f64::min),
            }
        }
        match self.dimension {
            Dimension::Timeliness => age,
            _ if all == 0 => None,
            Dimension::Uniqueness => Some((all - good) as f64 / all as f64),
            _ => Some(good as f64 / all as f64),
        }
    }

    /// Whether a figure reaches the target.
    pub fn is_reached(&self, actual: f64) -> bool {
        match self.dimension {
            Dimension::Timeliness => actual <= self.target,
            Dimension::Uniqueness => actual < self.target,
            _ => actual >= self.target,
        }
    }

    /// The verdict over groups of parts. A table without any record is never timely.
    pub fn verdict<'a>(&self, groups: impl IntoIterator<Item = &'a [Measure]> + Clone) -> Verdict {
        let Some(whole) = self.actual(groups.clone()) else {
            return match self.dimension {
                Dimension::Timeliness => Verdict::Violated,
                _ => Verdict::Nothing,
            };
        };
        let mut parts = groups.into_iter().flatten().map(std::slice::from_ref);
        let fails = |part: &[Measure]| match self.actual([part]) {
            Some(actual) => !self.is_reached(actual),
            None => self.dimension == Dimension::Timeliness,
        };
        match self.is_reached(whole) && !(self.each && parts.any(fails)) {
            true => Verdict::Met,
            false => Verdict::Violated,
        }
    }

    /// What a figure takes of the budget: the share that is bad; of timeliness all or nothing.
    pub fn bad(&self, actual: Option<f64>, verdict: Verdict) -> f64 {
        match (self.dimension, actual) {
            (Dimension::Timeliness, _) => f64::from(u8::from(verdict == Verdict::Violated)),
            (Dimension::Uniqueness, Some(actual)) => actual,
            (_, Some(actual)) => 1.0 - actual,
            (_, None) => 0.0,
        }
    }

    /// The part of the budget that days have spent: the mean of what was bad over what may be.
    /// Infinite where nothing may be bad and something was; 0 of no days.
    pub fn spent(&self, bad: &[f64]) -> f64 {
        let mean = bad.iter().sum::<f64>() / bad.len().max(1) as f64;
        if mean == 0.0 { 0.0 } else { mean / self.budget }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(dimension: Dimension, target: f64, budget: f64) -> Goal {
        Goal { dimension, target, each: false, budget }
    }

    fn share(judged: u64, good: u64) -> Measure {
        Measure::Share { judged, good }
    }

    #[test]
    fn shares_are_of_all_parts_together_and_reached_exactly() {
        let ninety = goal(Dimension::Completeness, 0.9, 0.1);
        let parts = [share(10, 10), share(10, 8), share(0, 0)];
        assert_eq!(ninety.actual([&parts[..]]), Some(0.9));
        assert_eq!(ninety.verdict([&parts[..]]), Verdict::Met);
        let each = Goal { each: true, ..ninety };
        assert_eq!(each.verdict([&parts[..]]), Verdict::Violated, "a part is below");
        assert_eq!(ninety.verdict([&[share(10, 8)][..]]), Verdict::Violated);
        assert_eq!(ninety.verdict([&[share(0, 0)][..]]), Verdict::Nothing);
        assert_eq!(
            goal(Dimension::Accuracy, 1.0, 0.0).verdict([&[share(3, 2)][..]]),
            Verdict::Violated
        );
    }

    #[test]
    fn ages_are_those_of_the_latest_and_no_record_is_late() {
        let month = goal(Dimension::Timeliness, 30.0, 0.0);
        let parts = [Measure::Age(Some(31.0)), Measure::Age(Some(30.0)), Measure::Age(None)];
        assert_eq!(month.actual([&parts[..]]), Some(30.0));
        assert_eq!(month.verdict([&parts[..]]), Verdict::Met);
        assert_eq!(Goal { each: true, ..month }.verdict([&parts[..2]]), Verdict::Violated);
        assert_eq!(Goal { each: true, ..month }.verdict([&parts[1..]]), Verdict::Violated);
        assert_eq!(month.verdict([&parts[2..]]), Verdict::Violated);
    }

    #[test]
    fn duplicates_of_two_kinds_add_up_and_have_to_be_fewer() {
        let one = goal(Dimension::Uniqueness, 0.01, 0.01);
        let (published, sources) = ([share(1000, 995)], [share(500, 499), share(500, 496)]);
        let all = [&published[..], &sources[..]];
        assert_eq!(one.actual(all), Some(0.01));
        assert_eq!(one.verdict(all), Verdict::Violated);
        assert_eq!(one.verdict([&published[..]]), Verdict::Met);
    }

    #[test]
    fn the_budget_is_spent_by_the_mean_of_the_days() {
        let goal = goal(Dimension::Completeness, 0.95, 0.05);
        let bad = |actual: f64| goal.bad(Some(actual), Verdict::Met);
        assert!((goal.spent(&[bad(0.95), bad(1.0)]) - 0.5).abs() < 1e-12);
        assert!((goal.spent(&[bad(0.8)]) - 4.0).abs() < 1e-12);
        let none = Goal { target: 1.0, budget: 0.0, ..goal };
        assert_eq!((none.spent(&[0.0, 0.0]), none.spent(&[])), (0.0, 0.0));
        assert_eq!(none.spent(&[0.0, 0.1]), f64::INFINITY);
        let late = Goal { dimension: Dimension::Timeliness, budget: 0.1, ..goal };
        assert_eq!(late.bad(Some(31.0), Verdict::Violated), 1.0);
    }
}
