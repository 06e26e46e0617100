//! Two shares per row, such as the m and u probabilities of comparison levels.

use crate::axis::{self, BELOW};
use crate::chart::Chart;
use crate::key::{Sign, draw_key};
use crate::number::{drawable, number};
use crate::rows::{self, Group, Rows};
use crate::scale::Scale;
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{plural, width};

const BAR: f64 = 13.0;
const BETWEEN: f64 = 2.0;

/// Two horizontal bars per row, from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct PairedBars {
    pub title: String,
    /// What the values are: `probability of the level`.
    pub axis: String,
    /// What the first bars are about: `among matches (m)`.
    pub first: String,
    /// What the second bars are about: `among non-matches (u)`.
    pub second: String,
    pub groups: Vec<Group<PairedBar>>,
}

/// Two probabilities from 0 to 1; what lies outside has no bar.
#[derive(Clone, Debug, PartialEq)]
pub struct PairedBar {
    pub label: String,
    pub first: f64,
    pub second: f64,
}

impl Chart for PairedBars {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        if rows::all(&self.groups).next().is_none() {
            return svg.empty(&self.title);
        }
        let labels = rows::all(&self.groups).map(|pair| pair.label.as_str());
        let rows = Rows::new(width, labels, 2.0 * BAR + BETWEEN);
        let (left, right) = rows.plot;
        let top = self.draw_key(&mut svg, width);
        let height = rows.height(&self.groups) + 4.0;
        let plot = Area { left, top, width: right - left, height };
        let ticks = axis::ticks_across(right - left);
        let room = self.value_room();
        let scale = Scale::exact((0.0, 1.0), (left, right - room), ticks);

        axis::grid_down(&mut svg, &scale, plot);
        for placed in rows.write(&mut svg, top, &self.groups, |pair| &pair.label) {
            let pair = placed.row;
            for (series, value) in [pair.first, pair.second].into_iter().enumerate() {
                let y = placed.top + series as f64 * (BAR + BETWEEN);
                let text = number(value);
                let end = share(value).map_or(left, |value| scale.at(value));
                if share(value).is_some() {
                    let tip = format!("{}, {}: {text}", pair.label, self.name(series));
                    svg.rect(Ink::Series(series), Area::between(left, end, y, BAR), &tip);
                }
                svg.text(Ink::Text, (end + 5.0, y + BAR / 2.0), Anchor::Start, &text);
            }
        }
        axis::below(&mut svg, &scale, plot, &self.axis);
        svg.finish(plot.bottom() + BELOW, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let numbers = [self.first.as_str(), self.second.as_str()];
        let mut table = Table::new(&self.title, &["group", "row"], &numbers);
        for group in &self.groups {
            for pair in &group.rows {
                let values = [number(pair.first), number(pair.second)];
                table.row([group.name.clone(), pair.label.clone()].into_iter().chain(values));
            }
        }
        table
    }
}

impl PairedBars {
    fn name(&self, series: usize) -> &str {
        if series == 0 { &self.first } else { &self.second }
    }

    /// Which colour is which, and the height that this takes.
    fn draw_key(&self, svg: &mut Svg, total: f64) -> f64 {
        draw_key(svg, total, &[(Sign::Area, self.first.clone()), (Sign::Area, self.second.clone())])
    }

    fn value_room(&self) -> f64 {
        let values = rows::all(&self.groups).flat_map(|pair| [pair.first, pair.second]);
        values.map(|value| width(&number(value))).fold(0.0, f64::max) + 8.0
    }

    fn summary(&self) -> String {
        let rows = plural(rows::all(&self.groups).count(), "row");
        format!("{rows}, each with two bars from 0 to 1: {} and {}.", self.first, self.second)
    }
}

fn share(value: f64) -> Option<f64> {
    drawable(value).filter(|value| (0.0..=1.0).contains(value))
}
