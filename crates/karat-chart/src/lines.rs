//! Lines through points, such as precision against recall.

use crate::axis::{self, BELOW, beside, left_room};
use crate::chart::Chart;
use crate::day;
use crate::key::{Sign, draw_key};
use crate::number::{drawable, number};
use crate::rows::NARROWEST_SIDE_BY_SIDE;
use crate::scale::{Scale, extent};
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural, width};

const HEIGHT: f64 = 300.0;
const LINE: f64 = 17.0;

/// Several series over two axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    /// Single points with a name, such as a threshold in use.
    pub points: Vec<Point>,
    /// Whether to draw where x equals y.
    pub has_diagonal: bool,
}

/// An axis with what it shows, and its ends where they are not those of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// With the unit, if there is one.
    pub title: String,
    /// The least and the largest value to show; what lies outside is drawn at the border.
    pub range: Option<(f64, f64)>,
    /// Whether its values are days since 1970-01-01; for the axis across.
    pub is_days: bool,
}

/// A line through its points in their order; one that is not drawable leaves a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A dot over the lines, with a name where the label is not empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub label: String,
    pub x: f64,
    pub y: f64,
}

/// Both scales and what lies between.
struct Frame {
    across: Scale,
    up: Scale,
    plot: Area,
}

impl Frame {
    fn at(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.across.at(drawable(x)?), self.up.at(drawable(y)?)))
    }
}

impl Chart for Lines {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        let x = self.x.ends(self.places().map(|place| place.0));
        let y = self.y.ends(self.places().map(|place| place.1));
        let (Some(x), Some(y)) = (x, y) else { return svg.empty(&self.title) };
        let is_direct = width >= NARROWEST_SIDE_BY_SIDE && self.series.len() > 1;
        let top = self.draw_head(&mut svg, width, is_direct);
        let across = |left: f64, right: f64| self.x.scale(x, (left, right));
        let up = self.y.scale(y, (top + HEIGHT, top));
        let left = left_room(&up);
        let right = width - if is_direct { self.name_room() + 10.0 } else { 14.0 };
        let plot = Area { left, top, width: right - left, height: HEIGHT };
        let frame = Frame { across: across(left, right), up, plot };

        axis::grid_down(&mut svg, &frame.across, plot);
        beside(&mut svg, &frame.up, plot);
        self.draw_diagonal(&mut svg, &frame);
        for (n, series) in self.series.iter().enumerate() {
            series.draw(&mut svg, n, &frame);
        }
        if is_direct {
            self.draw_names(&mut svg, &frame);
        }
        self.draw_points(&mut svg, &frame);
        axis::below(&mut svg, &frame.across, plot, &self.x.title);
        svg.finish(plot.bottom() + BELOW, &self.title, &self.summary(x, y))
    }

    fn table(&self) -> Table {
        let (x, y) = (self.x.title.as_str(), self.y.title.as_str());
        let mut table = Table::new(&self.title, &["series"], &[x, y]);
        for series in &self.series {
            for (x, y) in &series.points {
                table.row([series.name.clone(), self.x.shown(*x), self.y.shown(*y)]);
            }
        }
        for point in &self.points {
            table.row([point.label.clone(), self.x.shown(point.x), self.y.shown(point.y)]);
        }
        table
    }
}

impl Axis {
    /// What the axis has to show; nothing where there is neither a range nor a value.
    fn ends(&self, values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        let found = extent(values)?;
        match self.range {
            Some((low, high)) => Some((drawable(low)?, drawable(high)?)),
            None => Some(found),
        }
    }

    fn scale(&self, ends: (f64, f64), pixels: (f64, f64)) -> Scale {
        let wanted = match pixels.0 < pixels.1 {
            true => axis::ticks_across(pixels.1 - pixels.0),
            false => 5,
        };
        match self.range {
            _ if self.is_days => Scale::days(ends, pixels, wanted),
            Some(_) => Scale::exact(ends, pixels, wanted),
            None => Scale::linear(ends, pixels, wanted),
        }
    }

    /// A value of the axis for people.
    fn shown(&self, value: f64) -> String {
        if self.is_days { day::shown(value) } else { number(value) }
    }
}

impl Series {
    fn draw(&self, svg: &mut Svg, n: usize, frame: &Frame) {
        let places: Vec<Option<(f64, f64)>> =
            self.points.iter().map(|point| frame.at(*point)).collect();
        for run in places.split(Option::is_none) {
            let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
            match run[..] {
                [] => {}
                [one] => svg.dot(Ink::Series(n), one, &self.name),
                _ => svg.polyline(n, &run, true),
            }
        }
    }
}

impl Lines {
    /// All that can be drawn.
    fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        let series = self.series.iter().flat_map(|series| series.points.iter().copied());
        let points = self.points.iter().map(|point| (point.x, point.y));
        series.chain(points).filter_map(|(x, y)| Some((drawable(x)?, drawable(y)?)))
    }

    /// Title of the vertical axis, and the names of the lines where they are not beside them.
    fn draw_head(&self, svg: &mut Svg, width: f64, is_direct: bool) -> f64 {
        let mut top = 26.0;
        if !is_direct && self.series.len() > 1 {
            let name = |series: &Series| (Sign::Dashed, series.name.clone());
            let names: Vec<(Sign, String)> = self.series.iter().map(name).collect();
            top += draw_key(svg, width, &names);
        }
        svg.text(Ink::Muted, (0.0, top - 16.0), Anchor::Start, &cut(&self.y.title, width));
        top
    }

    fn name_room(&self) -> f64 {
        self.series.iter().map(|it| width(&it.name)).fold(0.0, f64::max).min(150.0)
    }

    fn draw_diagonal(&self, svg: &mut Svg, frame: &Frame) {
        let ((x0, x1), (y0, y1)) = (frame.across.range(), frame.up.range());
        let (low, high) = (x0.max(y0), x1.min(y1));
        if self.has_diagonal && low < high {
            let at = |value| (frame.across.at(value), frame.up.at(value));
            svg.dashed(Ink::Axis, at(low), at(high));
        }
    }

    /// Each name beside the last point of its line, or as near as the others let it.
    fn draw_names(&self, svg: &mut Svg, frame: &Frame) {
        let last = |series: &Series| {
            series.points.iter().rev().find_map(|point| frame.at(*point)).map(|place| place.1)
        };
        let mut names: Vec<(f64, usize)> = self
            .series
            .iter()
            .enumerate()
            .filter_map(|(n, series)| Some((last(series)?, n)))
            .collect();
        names.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut free = frame.plot.top;
        for at in 0..names.len() {
            // What is still to come needs its room above the lower border.
            let below = (names.len() - 1 - at) as f64 * LINE;
            let y = names[at].0.max(free).min((frame.plot.bottom() - below).max(free));
            free = y + LINE;
            let name = cut(&self.series[names[at].1].name, self.name_room());
            let place = (frame.plot.right() + 8.0, y);
            svg.text(Ink::Series(names[at].1), place, Anchor::Start, &name);
        }
    }

    /// Points with their labels, each on the side where it covers no other.
    fn draw_points(&self, svg: &mut Svg, frame: &Frame) {
        let mut taken: Vec<Area> = Vec::new();
        for point in &self.points {
            let Some((x, y)) = frame.at((point.x, point.y)) else { continue };
            let label = cut(&point.label, frame.plot.width / 2.0);
            let (across, up) = (self.x.shown(point.x), self.y.shown(point.y));
            let tip = format!("{}: {across}, {up}", point.label);
            svg.dot(Ink::Text, (x, y), &tip);
            if label.is_empty() {
                continue;
            }
            let area = beside_point((x, y), width(&label), frame.plot, &taken);
            svg.label(Ink::Text, (area.left, area.top + LINE / 2.0), Anchor::Start, &label);
            taken.push(area);
        }
    }

    fn summary(&self, x: (f64, f64), y: (f64, f64)) -> String {
        let names: Vec<&str> = self.series.iter().map(|series| series.name.as_str()).collect();
        let lines = plural(self.series.len(), "line");
        let (x0, x1) = (self.x.shown(x.0), self.x.shown(x.1));
        let (y0, y1) = (self.y.shown(y.0), self.y.shown(y.1));
        format!(
            "{lines} ({}): {} from {y0} to {y1} against {} from {x0} to {x1}.",
            names.join(", "),
            self.y.title,
            self.x.title
        )
    }
}

/// Where a label of this width stands: the first corner of the point that is free and inside.
fn beside_point((x, y): (f64, f64), width: f64, plot: Area, taken: &[Area]) -> Area {
    let (right, left, above, below) = (x + 8.0, x - 8.0 - width, y - LINE - 4.0, y + 4.0);
    let corners = [(right, below), (left, below), (right, above), (left, above)];
    let mut areas = corners.map(|(left, top)| Area { left, top, width, height: LINE }).into_iter();
    let fits = |area: &Area| {
        area.left >= plot.left
            && area.right() <= plot.right()
            && area.top >= plot.top
            && area.bottom() <= plot.bottom()
            && !taken.iter().any(|other| area.overlaps(other))
    };
    let inside = left.max(plot.left).min(plot.right() - width);
    areas.find(fits).unwrap_or(Area { left: inside, top: above, width, height: LINE })
}
