//! Counts by category, such as clusters by size or pairs by blocking rule.

use crate::axis::{beside, left_room};
use crate::chart::Chart;
use crate::key::{Sign, draw_key};
use crate::number::count;
use crate::scale::Scale;
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural, width};

const HEIGHT: f64 = 240.0;
const LINE: f64 = 18.0;

/// More categories than this are not listed below the chart.
const MOST_LISTED: usize = 24;

/// Vertical columns, optionally with the running total of all columns up to each.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    pub title: String,
    /// What the categories are: `records in the cluster`.
    pub axis: String,
    /// What is counted: `clusters`.
    pub counted: String,
    pub columns: Vec<Column>,
    pub is_cumulative: bool,
    /// Whether heights are logarithms, for counts far apart.
    pub is_log: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub label: String,
    pub count: u64,
}

/// How the categories are named below the columns.
enum Naming {
    /// Each nth label stands below its column.
    Below(usize),
    /// Numbers below the columns, and a list of what they mean.
    Listed,
}

impl Chart for Columns {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        if self.columns.is_empty() {
            return svg.empty(&self.title);
        }
        let top = match self.is_cumulative {
            true => draw_key(&mut svg, width, &self.key()),
            false => {
                svg.text(Ink::Muted, (0.0, 8.0), Anchor::Start, &cut(&self.counted(), width));
                24.0
            }
        } + LINE;
        let scale = Scale::counts(self.most(), (top + HEIGHT, top), self.is_log);
        let left = left_room(&scale);
        let plot = Area { left, top, width: width - left, height: HEIGHT };
        beside(&mut svg, &scale, plot);
        self.draw_columns(&mut svg, &scale, plot);
        svg.line(Ink::Axis, (left, plot.bottom()), (width, plot.bottom()));
        let bottom = self.draw_names(&mut svg, plot);
        svg.finish(bottom, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let numbers = [self.counted.as_str(), "running total"];
        let numbers = if self.is_cumulative { &numbers[..] } else { &numbers[..1] };
        let mut table = Table::new(&self.title, &[&self.axis], numbers);
        for (column, total) in self.columns.iter().zip(self.totals()) {
            let total = self.is_cumulative.then(|| count(total));
            table.row([column.label.clone(), count(column.count)].into_iter().chain(total));
        }
        table
    }
}

impl Columns {
    fn counted(&self) -> String {
        format!("{}{}", self.counted, if self.is_log { ", on a log scale" } else { "" })
    }

    fn key(&self) -> Vec<(Sign, String)> {
        vec![(Sign::Area, self.counted()), (Sign::Line, "running total".to_owned())]
    }

    fn totals(&self) -> Vec<u64> {
        let add = |total: &mut u64, column: &Column| {
            *total = total.saturating_add(column.count);
            Some(*total)
        };
        self.columns.iter().scan(0, add).collect()
    }

    fn most(&self) -> u64 {
        let most = self.columns.iter().map(|column| column.count).max().unwrap_or(0);
        if self.is_cumulative { self.totals().last().copied().unwrap_or(0) } else { most }
    }

    fn draw_columns(&self, svg: &mut Svg, scale: &Scale, plot: Area) {
        let slot = plot.width / self.columns.len() as f64;
        let thickness = (slot * 0.72).min(64.0);
        let has_room = self.columns.iter().all(|it| width(&count(it.count)) + 6.0 <= slot);
        for (at, (column, total)) in self.columns.iter().zip(self.totals()).enumerate() {
            let middle = plot.left + (at as f64 + 0.5) * slot;
            let (left, top) = (middle - thickness / 2.0, scale.at(column.count as f64));
            let area = Area { left, top, width: thickness, height: plot.bottom() - top };
            let text = count(column.count);
            svg.rect(Ink::Series(0), area, &format!("{}: {text}", column.label));
            let mut above = top;
            if self.is_cumulative {
                let y = scale.at(total as f64);
                let height = 3.0;
                let line = Area { left: middle - slot / 2.0, top: y - 1.5, width: slot, height };
                svg.rect(Ink::Series(1), line, &format!("running total: {}", count(total)));
                // Where the total lies right above the column, the count stands above both.
                if at + 1 == self.columns.len() {
                    let place = (plot.right(), y - 10.0);
                    svg.text(Ink::Series(1), place, Anchor::End, &count(total));
                }
                above = if (y - top).abs() < LINE { y.min(top) - 2.0 } else { top };
            }
            if has_room {
                svg.text(Ink::Text, (middle, above - 9.0), Anchor::Middle, &text);
            }
        }
    }

    fn naming(&self, slot: f64) -> Naming {
        let longest = self.columns.iter().map(|it| width(&it.label)).fold(0.0, f64::max);
        match () {
            () if longest + 8.0 <= slot => Naming::Below(1),
            () if self.columns.len() <= MOST_LISTED && longest > 40.0 => Naming::Listed,
            () => Naming::Below(((longest.min(60.0) + 8.0) / slot).ceil() as usize),
        }
    }

    /// Names the categories and the axis; says where all of it ends.
    fn draw_names(&self, svg: &mut Svg, plot: Area) -> f64 {
        let slot = plot.width / self.columns.len() as f64;
        let middle = |at: usize| plot.left + (at as f64 + 0.5) * slot;
        let y = plot.bottom() + 14.0;
        let naming = self.naming(slot);
        for (at, column) in self.columns.iter().enumerate() {
            let label = match naming {
                Naming::Below(every) if at % every == 0 => cut(&column.label, slot * every as f64),
                Naming::Below(_) => continue,
                Naming::Listed => (at + 1).to_string(),
            };
            svg.text(Ink::Muted, (middle(at), y), Anchor::Middle, &label);
        }
        let title = cut(&self.axis, plot.width);
        let centre = plot.left + plot.width / 2.0;
        svg.text(Ink::Muted, (centre, y + 20.0), Anchor::Middle, &title);
        let mut bottom = y + 32.0;
        if let Naming::Listed = naming {
            for (at, column) in self.columns.iter().enumerate() {
                bottom += LINE;
                let number = (at + 1).to_string();
                svg.text(Ink::Muted, (22.0, bottom - 8.0), Anchor::End, &number);
                let label = cut(&column.label, plot.right() - 32.0);
                svg.text(Ink::Text, (32.0, bottom - 8.0), Anchor::Start, &label);
            }
        }
        bottom
    }

    fn summary(&self) -> String {
        let columns = plural(self.columns.len(), "column");
        let total = count(self.totals().last().copied().unwrap_or(0));
        format!("{columns}, {total} {} in all.", self.counted)
    }
}
