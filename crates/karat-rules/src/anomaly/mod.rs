//! Whether a number of a run is out of what earlier runs had: robust, with a promised rate of
//! false alarms, and silent about histories that are too short to say.
//!
//! The tested day is no part of its baseline, and neither are days that were found anomalous. The
//! baseline is a median (of the same weekday, where that explains much, and along a trend, where
//! there is one). What the earlier days differ from the median of the others by is their scale: the
//! median of these absolute differences, times 1.4826 (MAD; Rousseeuw and Croux, "Alternatives to
//! the Median Absolute Deviation", JASA 88, 1993). The difference of the tested day over that scale
//! has, for normal noise, nearly Student's t distribution with 0.43 degrees of freedom per day,
//! which is a fit to simulations; `docs/anomalies.md` has how well it keeps its promise.

mod baseline;
mod metric;
mod student;
mod trend;

pub use baseline::{Day, Known, baseline};
pub use metric::{Judged, Settings, judge};
pub use student::{normal_tail, student_tail};

/// What kind of number it is: how it is made to vary alike everywhere, and by how much chance
/// alone moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A number of rows: 2 √(n + 3/8), whose deviation by chance is 1 (Anscombe, Biometrika 35, 1948).
    Count,
    /// A share of rows: 2 asin √p, whose deviation by chance is 1/√rows (same source).
    Share,
    /// Any other number, as it stands.
    Plain,
}

impl Measured {
    fn straight(self, value: f64) -> f64 {
        match self {
            Measured::Count => 2.0 * (value.max(0.0) + 0.375).sqrt(),
            Measured::Share => 2.0 * value.clamp(0.0, 1.0).sqrt().asin(),
            Measured::Plain => value,
        }
    }

    fn back(self, straight: f64) -> f64 {
        match self {
            Measured::Count => ((straight.max(0.0) / 2.0).powi(2) - 0.375).max(0.0),
            Measured::Share => (straight.clamp(0.0, std::f64::consts::PI) / 2.0).sin().powi(2),
            Measured::Plain => straight,
        }
    }
}

/// The number that is tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// Days since 1970-01-01.
    pub day: i64,
    pub value: f64,
    pub measured: Measured,
    /// The deviation that chance alone gives it, in straight units: 1 of a count, 1/√rows of a
    /// share, what the caller knows of any other. It is the floor of the scale.
    pub chance: f64,
}

/// What is expected of the tested number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Days of the baseline.
    pub days: usize,
    /// Whether the days have a trend, and a season of the week.
    pub has_trend: bool,
    pub has_season: bool,
    pub value: f64,
    /// Below and above these it would be an anomaly.
    pub low: f64,
    pub high: f64,
    /// How likely a number so far off is where nothing has changed.
    pub p: f64,
}

/// Tests a number against a baseline. None where the baseline is empty.
///
/// `false_alarms` is the share of runs in which a number that is as ever may be taken for an
/// anomaly, above 0 and below 1.
pub fn expected(baseline: &[Day], tested: &Tested, false_alarms: f64) -> Option<Expected> {
    let days: Vec<Day> = baseline
        .iter()
        .map(|d| Day { day: d.day, value: tested.measured.straight(d.value) })
        .collect();
    let model = baseline::model(&days, tested.day)?;
    let freedom = FREEDOM_PER_DAY * days.len() as f64;
    let off = (tested.measured.straight(tested.value) - model.centre).abs();
    // An anomaly is beyond what the days differ by, and beyond what chance alone does.
    let p_of = |off: f64| {
        let of = |scale: f64, tail: &dyn Fn(f64) -> f64| match (off > 0.0, scale > 0.0) {
            (_, true) => tail(off / scale),
            (true, false) => 0.0,
            (false, false) => 1.0,
        };
        let by_days = of(model.scale, &|t| student_tail(t, freedom));
        by_days.max(of(tested.chance, &normal_tail))
    };
    let reach = reach(&p_of, false_alarms, model.scale.max(tested.chance));
    Some(Expected {
        days: days.len(),
        has_trend: model.has_trend,
        has_season: model.has_season,
        value: tested.measured.back(model.centre),
        low: tested.measured.back(model.centre - reach),
        high: tested.measured.back(model.centre + reach),
        p: p_of(off),
    })
}

/// See the module's words.
const FREEDOM_PER_DAY: f64 = 0.43;

/// The difference at which `p` falls to the promised rate.
fn reach(p_of: &impl Fn(f64) -> f64, rate: f64, scale: f64) -> f64 {
    if scale <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, scale);
    while p_of(high) > rate && high < scale * 1e9 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if p_of(middle) > rate {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}
