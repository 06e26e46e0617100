//! Whether a number of a run is out of what earlier runs had: robust, with a promised rate of
//! false alarms, and silent about histories that are too short to say.
//!
//! The tested day is no part of its baseline, and neither are days that were found anomalous. The
//! baseline is a median (of the same weekday, where that explains much, and along a trend, where
//! there is one). What the earlier days differ from the median of the others by is their scale: the
//! median of these absolute differences, times 1.4826 (MAD; Rousseeuw and Croux, "Alternatives to
//! the Median Absolute Deviation", JASA 88, 1993). The difference of the tested day over that scale
//! has, for normal noise, nearly Student's t distribution with 0.4 degrees of freedom per day,
//! which is a fit to simulations; `docs/anomalies.md` has how well it keeps its promise.

mod baseline;
mod metric;
mod season;
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
    /// How likely a number so far off is where nothing has changed.
    pub p: f64,
    centre: f64,
    noise: Noise,
    measured: Measured,
}

/// Tests a number against a baseline. None where the baseline is empty.
///
/// `false_alarms` is the share of runs in which a number that is as ever may be taken for an
/// anomaly, above 0 and below 1: it is one where `p` is below.
pub fn expected(baseline: &[Day], tested: &Tested, false_alarms: f64) -> Option<Expected> {
    let measured = tested.measured;
    let days: Vec<Day> =
        baseline.iter().map(|d| Day { day: d.day, value: measured.straight(d.value) }).collect();
    let model = baseline::model(&days, tested.day, false_alarms)?;
    let freedom = FREEDOM_PER_DAY * days.len() as f64;
    let noise = Noise { scale: model.scale, freedom, chance: tested.chance };
    Some(Expected {
        days: days.len(),
        has_trend: model.has_trend,
        has_season: model.has_season,
        value: measured.back(model.centre),
        p: noise.p((measured.straight(tested.value) - model.centre).abs()),
        centre: model.centre,
        noise,
        measured,
    })
}

impl Expected {
    /// Below and above these a number would be an anomaly.
    pub fn bounds(&self, false_alarms: f64) -> (f64, f64) {
        let reach = self.noise.reach(false_alarms);
        (self.measured.back(self.centre - reach), self.measured.back(self.centre + reach))
    }
}

/// See the module's words.
const FREEDOM_PER_DAY: f64 = 0.4;

/// By what a number differs where nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Noise {
    /// Of the days, and how surely it is known.
    scale: f64,
    freedom: f64,
    /// By chance alone.
    chance: f64,
}

impl Noise {
    /// How likely so large a difference is: an anomaly is beyond what the days differ by, and
    /// beyond what chance alone does.
    fn p(&self, off: f64) -> f64 {
        let of = |scale: f64, tail: &dyn Fn(f64) -> f64| match (off > 0.0, scale > 0.0) {
            (_, true) => tail(off / scale),
            (true, false) => 0.0,
            (false, false) => 1.0,
        };
        let by_days = of(self.scale, &|t| student_tail(t, self.freedom));
        by_days.max(of(self.chance, &normal_tail))
    }

    /// The difference at which `p` falls to a rate.
    fn reach(&self, rate: f64) -> f64 {
        let scale = self.scale.max(self.chance);
        let (mut low, mut high) = (0.0, scale);
        while self.p(high) > rate && high < scale * 1e9 {
            (low, high) = (high, high * 2.0);
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.p(middle) > rate {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}
