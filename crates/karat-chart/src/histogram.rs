//! How many values lie in each bin, in all or for two kinds, with thresholds.

use crate::axis::{self, BELOW, beside, left_room};
use crate::chart::Chart;
use crate::key::{Sign, draw_key};
use crate::mark::{self, Mark, Marks};
use crate::number::{count, drawable, number};
use crate::scale::{Scale, extent};
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural};

const HEIGHT: f64 = 240.0;

/// Counts over bins: the first kind as columns, the second, if there is one, as an outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    pub title: String,
    /// What the bins are about, with the unit: `match weight (bits)`.
    pub axis: String,
    /// What is counted: `pairs`, or `matches` where there is a second kind.
    pub first: String,
    /// What else is counted, such as `non-matches`.
    pub second: Option<String>,
    /// In ascending order, without overlap.
    pub bins: Vec<Bin>,
    pub marks: Vec<Mark>,
    /// Whether heights are logarithms, for counts far apart.
    pub is_log: bool,
}

/// The values from `from` up to `to`, in units of the axis; a bin whose ends are not drawable or
/// not in order is not drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub first: u64,
    /// Counts only where the second kind has a name.
    pub second: u64,
}

impl Chart for Histogram {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        let ends = self.drawn().flat_map(|bin| [bin.from, bin.to]);
        let Some((low, high)) = extent(ends) else { return svg.empty(&self.title) };
        let (low, high) =
            mark::values(&self.marks).fold((low, high), |(l, h), at| (l.min(at), h.max(at)));
        let most = self.drawn().map(|bin| bin.first.max(self.second_of(bin))).max().unwrap_or(0);
        // Labels decide the left border, and the height of the marks decides the top.
        let left = left_room(&Scale::counts(most, (HEIGHT, 0.0), self.is_log));
        let wanted = axis::ticks_across(width - left);
        let across = Scale::exact((low, high), (left, width - 14.0), wanted);
        let marks = Marks::place(&self.marks, &across);
        let top = self.draw_head(&mut svg, width) + marks.height();
        let up = Scale::counts(most, (top + HEIGHT, top), self.is_log);
        let plot = Area { left, top, width: width - left, height: HEIGHT };

        beside(&mut svg, &up, plot);
        self.draw_columns(&mut svg, &across, &up);
        marks.draw(&mut svg, &across, plot);
        self.draw_outline(&mut svg, &across, &up);
        axis::below(&mut svg, &across, plot, &self.axis);
        svg.finish(plot.bottom() + BELOW, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let mut numbers = vec!["from", "to", self.first.as_str()];
        numbers.extend(self.second.as_deref());
        let mut table = Table::new(&self.title, &[], &numbers);
        for bin in &self.bins {
            let second = self.second.is_some().then(|| count(bin.second));
            let first = [number(bin.from), number(bin.to), count(bin.first)];
            table.row(first.into_iter().chain(second));
        }
        table
    }
}

impl Histogram {
    fn drawn(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().filter(|bin| {
            drawable(bin.from).is_some() && drawable(bin.to).is_some() && bin.from < bin.to
        })
    }

    fn second_of(&self, bin: &Bin) -> u64 {
        if self.second.is_some() { bin.second } else { 0 }
    }

    /// Says what is counted; returns where the next thing may be drawn.
    fn draw_head(&self, svg: &mut Svg, width: f64) -> f64 {
        let log = if self.is_log { ", on a log scale" } else { "" };
        let first = format!("{}{log}", self.first);
        match &self.second {
            Some(second) => {
                let names = [(Sign::Area, first), (Sign::Line, second.clone())];
                draw_key(svg, width, &names)
            }
            None => {
                svg.text(Ink::Muted, (0.0, 8.0), Anchor::Start, &cut(&first, width));
                24.0
            }
        }
    }

    fn draw_columns(&self, svg: &mut Svg, across: &Scale, up: &Scale) {
        let bottom = up.at(0.0);
        for bin in self.drawn().filter(|bin| bin.first > 0) {
            let (left, right) = (across.at(bin.from), across.at(bin.to));
            let gap = if right - left > 4.0 { 0.5 } else { 0.0 };
            let top = up.at(bin.first as f64);
            let area = Area::between(left + gap, right - gap, top, bottom - top);
            let (from, to) = (number(bin.from), number(bin.to));
            let tip = format!("{from} to {to}: {} {}", count(bin.first), self.first);
            svg.rect(Ink::Series(0), area, &tip);
        }
    }

    /// The second kind as stairs, broken where bins are empty or do not touch.
    fn draw_outline(&self, svg: &mut Svg, across: &Scale, up: &Scale) {
        if self.second.is_none() {
            return;
        }
        let bottom = up.at(0.0);
        let mut stairs: Vec<(f64, f64)> = Vec::new();
        let mut end = f64::NAN;
        for bin in self.drawn().filter(|bin| bin.second > 0) {
            let (left, right, top) =
                (across.at(bin.from), across.at(bin.to), up.at(bin.second as f64));
            if bin.from != end {
                close(svg, &mut stairs, bottom);
                stairs.push((left, bottom));
            }
            stairs.extend([(left, top), (right, top)]);
            end = bin.to;
        }
        close(svg, &mut stairs, bottom);
    }

    fn summary(&self) -> String {
        let add = |total: u64, n: u64| total.saturating_add(n);
        let first = count(self.bins.iter().map(|bin| bin.first).fold(0, add));
        let mut text = format!("{}, {first} {}", plural(self.bins.len(), "bin"), self.first);
        if let Some(name) = &self.second {
            let second = count(self.bins.iter().map(|bin| bin.second).fold(0, add));
            text.push_str(&format!(" and {second} {name}"));
        }
        for mark in &self.marks {
            text.push_str(&format!("; {} at {}", mark.label, number(mark.at)));
        }
        text + "."
    }
}

/// Draws stairs down to the bottom and begins anew.
fn close(svg: &mut Svg, stairs: &mut Vec<(f64, f64)>, bottom: f64) {
    if let Some((x, _)) = stairs.last().copied() {
        stairs.push((x, bottom));
        svg.rim(stairs);
        svg.polyline(1, stairs, false);
        stairs.clear();
    }
}
