//! Horizontal bars from zero to either side, such as the match weights of comparison levels.

use crate::axis::{self, BELOW};
use crate::chart::Chart;
use crate::number::{decimals, drawable, places, signed};
use crate::rows::{self, Group, Rows};
use crate::scale::{Scale, extent};
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{plural, width};

const THICKNESS: f64 = 17.0;

/// Horizontal bars in groups; those below zero have a colour of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pub title: String,
    /// What the values are, with their unit: `match weight (bits)`.
    pub axis: String,
    pub groups: Vec<Group<Bar>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub label: String,
    /// In units of the axis.
    pub value: f64,
}

impl Chart for Bars {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        let Some((low, high)) = self.extent() else { return svg.empty(&self.title) };
        let labels = rows::all(&self.groups).map(|bar| bar.label.as_str());
        let rows = Rows::new(width, labels, THICKNESS);
        let height = rows.height(&self.groups);
        let (left, right) = rows.plot;
        let plot = Area { left, top: 4.0, width: right - left, height: height + 4.0 };
        let (before, after) = self.value_room();
        let ticks = axis::ticks_across(right - left);
        let scale = Scale::exact((low, high), (left + before, right - after), ticks);

        axis::grid_down(&mut svg, &scale, plot);
        let zero = scale.at(0.0);
        svg.line(Ink::Axis, (zero, plot.top), (zero, plot.bottom()));
        for placed in rows.write(&mut svg, plot.top, &self.groups, |bar| &bar.label) {
            let (bar, middle) = (placed.row, placed.top + THICKNESS / 2.0);
            let text = self.text_of(bar.value);
            let mut end = zero;
            if let Some(value) = drawable(bar.value) {
                end = scale.at(value);
                let ink = Ink::Series(usize::from(value < 0.0));
                let tip = format!("{}: {text}", bar.label);
                svg.rect(ink, Area::between(zero, end, placed.top, THICKNESS), &tip);
            }
            match bar.value < 0.0 {
                true => svg.text(Ink::Text, (end - 5.0, middle), Anchor::End, &text),
                false => svg.text(Ink::Text, (end + 5.0, middle), Anchor::Start, &text),
            }
        }
        axis::below(&mut svg, &scale, plot, &self.axis);
        svg.finish(plot.bottom() + BELOW, &self.title, &self.summary(low, high))
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&self.title, &["group", "bar"], &[&self.axis]);
        for group in &self.groups {
            for bar in &group.rows {
                table.row([group.name.clone(), bar.label.clone(), decimals(bar.value, 3)]);
            }
        }
        table
    }
}

impl Bars {
    /// From the least to the largest value, zero included; nothing where no value can be drawn.
    fn extent(&self) -> Option<(f64, f64)> {
        let (low, high) = extent(rows::all(&self.groups).filter_map(|bar| drawable(bar.value)))?;
        Some((low.min(0.0), high.max(0.0)))
    }

    fn text_of(&self, value: f64) -> String {
        let values = || rows::all(&self.groups).map(|bar| bar.value);
        let most = values().filter_map(drawable).map(f64::abs).fold(0.0, f64::max);
        let places = if most >= 1.0 { usize::from(most < 100.0) } else { places(most) };
        match values().any(|value| value < 0.0) {
            true => signed(value, places),
            false => decimals(value, places),
        }
    }

    /// The room that value labels need left and right of the bars.
    fn value_room(&self) -> (f64, f64) {
        let longest = |is_low: bool| {
            let values = rows::all(&self.groups).map(|bar| bar.value);
            let values = values.filter(|value| (*value < 0.0) == is_low);
            values.map(|value| width(&self.text_of(value)) + 8.0).fold(0.0, f64::max)
        };
        // Half a tick label has to fit as well.
        (longest(true), longest(false).max(14.0))
    }

    fn summary(&self, low: f64, high: f64) -> String {
        let bars = plural(rows::all(&self.groups).count(), "bar");
        let (low, high) = (self.text_of(low), self.text_of(high));
        format!("{bars} between {low} and {high}; {}.", self.axis)
    }
}
