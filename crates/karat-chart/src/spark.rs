//! A small line without axes, to stand in a row of a table: how something went lately.

use crate::chart::Chart;
use crate::number::drawable;
use crate::svg::{Ink, Svg};
use crate::table::Table;
use crate::text::plural;

const HEIGHT: f64 = 28.0;
/// What the last point and the line's ends need around them.
const MARGIN: f64 = 5.0;

/// A small line through values in their order, and the value that they should reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Spark {
    pub title: String,
    pub points: Vec<SparkPoint>,
    /// Drawn as a dashed line.
    pub target: Option<f64>,
}

/// A value with what it is called and how people write it.
#[derive(Clone, Debug, PartialEq)]
pub struct SparkPoint {
    pub label: String,
    /// One that is not drawable leaves a gap.
    pub value: f64,
    pub shown: String,
}

impl Chart for Spark {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        let values = self.points.iter().filter_map(|point| drawable(point.value));
        let all = values.chain(self.target.and_then(drawable));
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let range = if high > low { high - low } else { 1.0 };
        let up = |value: f64| match high > low {
            true => HEIGHT - MARGIN - (value - low) / range * (HEIGHT - 2.0 * MARGIN),
            false => HEIGHT / 2.0,
        };
        let steps = self.points.len().saturating_sub(1).max(1) as f64;
        let across = |at: usize| MARGIN + at as f64 / steps * (width - 2.0 * MARGIN);
        if let Some(target) = self.target.and_then(drawable) {
            let y = up(target);
            svg.dashed(Ink::Mark, (MARGIN, y), (width - MARGIN, y));
        }
        let place = |(at, point): (usize, &SparkPoint)| {
            drawable(point.value).map(|value| (across(at), up(value)))
        };
        let places: Vec<Option<(f64, f64)>> = self.points.iter().enumerate().map(place).collect();
        for run in places.split(Option::is_none).filter(|run| run.len() > 1) {
            let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
            svg.polyline(0, &run, false);
        }
        if let (Some(point), Some(Some(last))) = (self.points.last(), places.last()) {
            svg.dot(Ink::Series(0), *last, &format!("{}: {}", point.label, point.shown));
        }
        svg.finish(HEIGHT, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&self.title, &["when"], &["value"]);
        for point in &self.points {
            table.row([point.label.clone(), point.shown.clone()]);
        }
        table
    }
}

impl Spark {
    fn summary(&self) -> String {
        let ends = self.points.first().zip(self.points.last());
        match ends {
            None => "Nothing yet.".to_owned(),
            Some((_, last)) if self.points.len() == 1 => format!("1 value: {}.", last.shown),
            Some((first, last)) => {
                let values = plural(self.points.len(), "value");
                format!("{values}, the first {}, the last {}.", first.shown, last.shown)
            }
        }
    }
}
