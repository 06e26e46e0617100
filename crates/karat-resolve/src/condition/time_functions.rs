//! Functions of dates and times.

use super::ast::{Expr, Type};
use super::calendar;
use super::cast;
use super::functions::{Prepared, integer_at, text_at, wrong};
use super::pattern_functions::{always_null, literal_text};
use super::strptime::Format;
use super::value::{EvaluationError, Outcome, Value};

/// The microseconds at an argument that is a date or a timestamp.
fn moment(args: &[Value], place: usize) -> Result<i64, EvaluationError> {
    match args.get(place) {
        Some(Value::Date(days)) => Ok(calendar::midnight(*days)),
        Some(Value::Timestamp(micros)) => Ok(*micros),
        other => Err(wrong(other, place, "a date or a timestamp")),
    }
}

/// The formats at place 1: a text or a list of texts, tried in order. `None` for NULL.
fn formats(args: &[Expr]) -> Result<Option<Vec<Format>>, String> {
    let texts: Vec<Option<String>> = match args.get(1) {
        Some(Expr::List(items)) => {
            let each = (0..items.len()).map(|place| literal_text(items, place, "format"));
            each.collect::<Result<_, _>>()?
        }
        _ => vec![literal_text(args, 1, "format")?],
    };
    let Some(texts) = texts.into_iter().collect::<Option<Vec<String>>>() else { return Ok(None) };
    let mut formats = Vec::new();
    for text in texts {
        let format = Format::parse(&text)?;
        format.check_readable()?;
        formats.push(format);
    }
    Ok(Some(formats))
}

pub(super) fn try_strptime(args: &[Expr]) -> Result<Prepared, String> {
    let Some(formats) = formats(args)? else { return Ok(always_null()) };
    Ok(Box::new(move |values| {
        let text = text_at(values, 0)?;
        let found = formats.iter().find_map(|format| format.read(text));
        Ok(found.map_or(Value::Null, Value::Timestamp))
    }))
}

pub(super) fn strptime(args: &[Expr]) -> Result<Prepared, String> {
    let lenient = try_strptime(args)?;
    let null = formats(args)?.is_none();
    Ok(Box::new(move |values| match lenient(values)? {
        Value::Null if !null => Err(EvaluationError::new("the text does not fit the format")),
        found => Ok(found),
    }))
}

/// DuckDB takes the date and the format in either order.
pub(super) fn strftime(args: &[Expr]) -> Result<Prepared, String> {
    let place = usize::from(!is_text(&args[0]));
    let Some(format) = literal_text(args, place, "format")? else { return Ok(always_null()) };
    let format = Format::parse(&format)?;
    Ok(Box::new(move |values| Ok(Value::Text(format.write(moment(values, 1 - place)?).into()))))
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(super::ast::Literal::Text(_)))
}

/// A part of a date or a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,
    Weekday,
    YearDay,
}

const PARTS: [(&[&str], Part); 15] = [
    (&["microsecond", "microseconds", "us", "usec", "usecs"], Part::Microsecond),
    (&["millisecond", "milliseconds", "ms", "msec", "msecs"], Part::Millisecond),
    (&["second", "seconds", "sec", "secs", "s"], Part::Second),
    (&["minute", "minutes", "min", "mins", "m"], Part::Minute),
    (&["hour", "hours", "hr", "hrs", "h"], Part::Hour),
    (&["day", "days", "d", "dayofmonth"], Part::Day),
    (&["week", "weeks", "w"], Part::Week),
    (&["month", "months", "mon", "mons"], Part::Month),
    (&["quarter", "quarters"], Part::Quarter),
    (&["year", "years", "yr", "yrs", "y"], Part::Year),
    (&["decade", "decades", "dec", "decs"], Part::Decade),
    (&["century", "centuries", "cent", "c"], Part::Century),
    (&["millennium", "millennia", "mil", "mils"], Part::Millennium),
    (&["dow", "dayofweek", "weekday"], Part::Weekday),
    (&["doy", "dayofyear"], Part::YearDay),
];

/// The part named at place 0; `None` for NULL.
fn named_part(args: &[Expr]) -> Result<Option<Part>, String> {
    let Some(name) = literal_text(args, 0, "part of the date")? else { return Ok(None) };
    let folded = name.to_ascii_lowercase();
    let found = PARTS.iter().find(|(names, _)| names.contains(&folded.as_str()));
    found.map(|(_, part)| Some(*part)).ok_or(format!("{name} is no part of a date"))
}

/// How many borders of the part lie between two moments.
pub(super) fn date_diff(args: &[Expr]) -> Result<Prepared, String> {
    let Some(part) = named_part(args)? else { return Ok(always_null()) };
    if matches!(part, Part::Weekday | Part::YearDay) {
        return Err("date_diff does not count these parts of a date".to_owned());
    }
    Ok(Box::new(move |values| {
        let (from, to) = (moment(values, 1)?, moment(values, 2)?);
        // DuckDB 2.0 counts whole spans of seven days instead of Mondays.
        let borders = match part {
            Part::Week => (count(Part::Day, to).saturating_sub(count(Part::Day, from))) / 7,
            _ => count(part, to).saturating_sub(count(part, from)),
        };
        Ok(Value::Integer(borders))
    }))
}

/// The number of borders since some fixed moment.
fn count(part: Part, micros: i64) -> i64 {
    let (year, month, _) = calendar::civil(calendar::day_of(micros));
    match part {
        Part::Microsecond => micros,
        Part::Millisecond => micros.div_euclid(1000),
        Part::Second => micros.div_euclid(1_000_000),
        Part::Minute => micros.div_euclid(60_000_000),
        Part::Hour => micros.div_euclid(3_600_000_000),
        Part::Month => year * 12 + month - 1,
        Part::Quarter => year * 4 + (month - 1) / 3,
        Part::Year => year,
        Part::Decade => year / 10,
        Part::Century => year / 100,
        Part::Millennium => year / 1000,
        Part::Day | Part::Week | Part::Weekday | Part::YearDay => calendar::day_of(micros).into(),
    }
}

pub(super) fn date_part(args: &[Expr]) -> Result<Prepared, String> {
    let Some(named) = named_part(args)? else { return Ok(always_null()) };
    if matches!(
        named,
        Part::Week
            | Part::Decade
            | Part::Century
            | Part::Millennium
            | Part::Microsecond
            | Part::Millisecond
    ) {
        return Err("date_part of this part of a date is not supported".to_owned());
    }
    Ok(Box::new(move |values| part(&values[1..], named)))
}

/// One part of a moment.
pub(super) fn part(args: &[Value], part: Part) -> Outcome {
    let micros = moment(args, 0)?;
    let days = calendar::day_of(micros);
    let (year, month, day) = calendar::civil(days);
    let seconds = micros.rem_euclid(calendar::DAY) / 1_000_000;
    Ok(Value::Integer(match part {
        Part::Year => year,
        Part::Quarter => (month - 1) / 3 + 1,
        Part::Month => month,
        Part::Day => day,
        Part::Hour => seconds / 3600,
        Part::Minute => seconds / 60 % 60,
        Part::Second => seconds % 60,
        Part::Weekday => calendar::weekday(days),
        Part::YearDay => i64::from(days - calendar::days_from(year, 1, 1).unwrap_or(days)) + 1,
        _ => count(part, micros),
    }))
}

/// Seconds since 1970 as a DOUBLE.
pub(super) fn epoch(args: &[Value]) -> Outcome {
    match &args[0] {
        Value::Date(days) => Ok(Value::Float(f64::from(*days) * 86_400.0)),
        _ => Ok(Value::Float(moment(args, 0)? as f64 / 1_000_000.0)),
    }
}

pub(super) fn date(args: &[Value]) -> Outcome {
    cast::cast(&args[0], &Type::Date, false)
}

pub(super) fn make_date(args: &[Value]) -> Outcome {
    let days =
        calendar::days_from(integer_at(args, 0)?, integer_at(args, 1)?, integer_at(args, 2)?);
    days.map(Value::Date).ok_or_else(|| EvaluationError::new("there is no such date"))
}
