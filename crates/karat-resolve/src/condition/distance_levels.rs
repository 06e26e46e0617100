//! The levels of `comparison_level_library` about times and places.

use std::fmt;

use super::ast::{Arithmetic, Comparison, Expr, Literal, Side, Type};
use super::column::ColumnExpression;
use super::library::{Level, custom_level};

/// The mean radius of the earth in kilometres.
const EARTH: i64 = 6371;

/// The unit of a difference of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

impl fmt::Display for Metric {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Metric::Second => "second",
            Metric::Minute => "minute",
            Metric::Hour => "hour",
            Metric::Day => "day",
            Metric::Month => "month",
            Metric::Year => "year",
        })
    }
}

impl Metric {
    /// So many of the unit in seconds; whole units of whole seconds stay whole numbers.
    fn seconds(self, count: &Literal) -> Literal {
        let whole = match self {
            Metric::Second => 1,
            Metric::Minute => 60,
            Metric::Hour => 3600,
            Metric::Day => 86_400,
            Metric::Month => return (count.as_f64().unwrap_or(0.0) * 2_629_800.0).into(),
            Metric::Year => return (count.as_f64().unwrap_or(0.0) * 31_557_600.0).into(),
        };
        match count {
            Literal::Integer(count) => Literal::Integer(count.saturating_mul(whole)),
            other => (other.as_f64().unwrap_or(0.0) * whole as f64).into(),
        }
    }
}

/// How far apart two times may be, and how they are written.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeDifference {
    pub threshold: Literal,
    pub metric: Metric,
    /// Whether the column holds texts that have to be read first.
    pub input_is_string: bool,
    /// The format of the texts; `None` for the default of dates or times.
    pub format: Option<String>,
}

/// Times at most so far apart; texts are read as `%Y-%m-%dT%H:%M:%SZ` unless told otherwise.
pub fn absolute_time_difference_level(column: &ColumnExpression, by: &TimeDifference) -> Level {
    let parsed = column.try_parse_timestamp(by.format.as_deref());
    time_level(if by.input_is_string { &parsed } else { column }, by)
}

/// Dates at most so far apart; texts are read as `%Y-%m-%d` unless told otherwise.
pub fn absolute_date_difference_level(column: &ColumnExpression, by: &TimeDifference) -> Level {
    let parsed = column.try_parse_date(by.format.as_deref());
    time_level(if by.input_is_string { &parsed } else { column }, by)
}

fn time_level(column: &ColumnExpression, by: &TimeDifference) -> Level {
    let [left, right] = column.both().map(|time| Expr::call("EPOCH", vec![time]));
    let apart = Expr::arithmetic(Arithmetic::Subtract, left, right);
    let seconds = Expr::Literal(by.metric.seconds(&by.threshold));
    let distance = Expr::call("ABS", vec![apart]);
    let condition = Expr::compare(Comparison::LessOrEqual, distance, seconds);
    let (threshold, metric) = (&by.threshold, by.metric);
    let label = format!("Abs difference of '{} <= {threshold} {metric}'", column.label());
    custom_level(condition, &label)
}

/// At most so many kilometres apart on the sphere, by the cosine rule in single precision; with
/// `not_null` a pair with a missing value fails instead of being unknown.
pub fn distance_in_km_level(
    latitude: &ColumnExpression,
    longitude: &ColumnExpression,
    most: impl Into<Literal>,
    not_null: bool,
) -> Level {
    let most = most.into();
    let label = format!("Distance less than {most}km");
    let distance = kilometres(latitude, longitude);
    let near = Expr::compare(Comparison::LessOrEqual, distance, Expr::Literal(most));
    if !not_null {
        return custom_level(near, &label);
    }
    let known = |column: &ColumnExpression, side| Expr::IsNull {
        value: Box::new(column.on(side)),
        negated: true,
    };
    let all_known = Expr::all(vec![
        known(latitude, Side::Right),
        known(latitude, Side::Left),
        known(longitude, Side::Left),
        known(longitude, Side::Right),
    ]);
    custom_level(Expr::all(vec![all_known, near]), &label)
}

fn kilometres(latitude: &ColumnExpression, longitude: &ColumnExpression) -> Expr {
    let one = |function: &str, value| Expr::call(function, vec![value]);
    let of_latitude = |function: &str, side| one(function, one("radians", latitude.on(side)));
    let times = |a, b| Expr::arithmetic(Arithmetic::Multiply, a, b);
    let apart =
        Expr::arithmetic(Arithmetic::Subtract, longitude.on(Side::Right), longitude.on(Side::Left));
    let sines = times(of_latitude("sin", Side::Left), of_latitude("sin", Side::Right));
    let cosines = times(of_latitude("cos", Side::Left), of_latitude("cos", Side::Right));
    let turned = times(cosines, one("cos", one("radians", apart)));
    let cosine = Expr::arithmetic(Arithmetic::Add, sines, turned);
    let angle = one("acos", clipped(cosine));
    let value = Box::new(times(angle, Expr::literal(EARTH)));
    Expr::Cast { value, to: Type::Real, lenient: false }
}

/// The cosine of an angle, which rounding can push beyond 1.
fn clipped(cosine: Expr) -> Expr {
    let beyond = |op, bound: i64| {
        (Expr::compare(op, cosine.clone(), Expr::literal(bound)), Expr::literal(bound))
    };
    Expr::Case {
        subject: None,
        branches: vec![beyond(Comparison::Greater, 1), beyond(Comparison::Less, -1)],
        otherwise: Some(Box::new(cosine.clone())),
    }
}
