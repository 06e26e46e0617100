//! How a match weight comes about: the prior, one step per field, the total.

mod terminal;

use crate::axis::{self, BELOW};
use crate::chart::Chart;
use crate::mark::{self, Mark, Marks};
use crate::number::{decimals, drawable, percent, probability, signed};
use crate::rows::NARROWEST_SIDE_BY_SIDE;
use crate::scale::{Scale, extent};
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural, width};

const BAR: f64 = 20.0;
const LINE: f64 = 18.0;
const PITCH: f64 = 48.0;
const PITCH_STACKED: f64 = 70.0;

/// Room for the labels of bars at both ends of the plot.
const LABEL: f64 = 44.0;

/// What stands between the text of a row and its bars.
const GAP: f64 = 20.0;

/// Probabilities worth a tick, the most telling first, with their match weight in bits.
const PROBABILITIES: [(&str, f64); 11] = [
    ("50%", 0.0),
    ("99%", 6.629_356_62),
    ("1%", -6.629_356_62),
    ("99.99%", 13.287_568_11),
    ("0.01%", -13.287_568_11),
    ("99.9999%", 19.931_567_13),
    ("0.0001%", -19.931_567_13),
    ("90%", 3.169_925),
    ("10%", -3.169_925),
    ("99.9%", 9.964_340_87),
    ("0.1%", -9.964_340_87),
];

/// The match weight of a pair, step by step, in bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Waterfall {
    pub title: String,
    /// What the two records are called above their values.
    pub left: String,
    pub right: String,
    /// The weight before any comparison.
    pub prior: f64,
    pub steps: Vec<Step>,
    /// Match weights that decide, such as the thresholds for merging and for review.
    pub marks: Vec<Mark>,
}

/// What one comparison says.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The field.
    pub label: String,
    /// The values compared; empty where there is none.
    pub left: String,
    pub right: String,
    /// The comparison level that the values reach.
    pub level: String,
    /// In bits: above zero for a match, below zero against it, zero where nothing can be said.
    pub weight: f64,
}

/// One row of the drawing.
struct Row<'a> {
    label: &'a str,
    level: &'a str,
    /// One text, or the two values compared.
    values: (String, Option<String>),
    ink: Ink,
    /// Where the bar starts and ends, in bits; nothing for a weight that cannot be drawn.
    bar: Option<(f64, f64)>,
    weight: f64,
}

impl Chart for Waterfall {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        let rows = self.rows();
        let ends = rows.iter().filter_map(|row| row.bar).flat_map(|(from, to)| [from, to]);
        let ends = ends.chain(mark::values(&self.marks)).chain([0.0]);
        let Some((low, high)) = extent(ends) else { return svg.empty(&self.title) };
        let is_stacked = width < NARROWEST_SIDE_BY_SIDE;
        let left = if is_stacked { 0.0 } else { (width * 0.46).floor() };
        let pixels = (left + LABEL, width - LABEL);
        let ticks = axis::ticks_across(pixels.1 - pixels.0);
        let scale = Scale::exact((low, high), pixels, ticks);
        let marks = Marks::place(&self.marks, &scale);
        let above = draw_probabilities(&mut svg, &scale, (left, width), is_stacked);
        let top = above + marks.height() + 4.0;
        let pitch = if is_stacked { PITCH_STACKED } else { PITCH };
        let plot = Area { left, top, width: width - left, height: pitch * rows.len() as f64 + 4.0 };

        axis::grid_down(&mut svg, &scale, plot);
        let zero = scale.at(0.0);
        svg.line(Ink::Axis, (zero, plot.top), (zero, plot.bottom()));
        marks.draw(&mut svg, &scale, plot);
        for (at, row) in rows.iter().enumerate() {
            let top = top + at as f64 * pitch;
            let room = if is_stacked { width } else { left - GAP };
            row.write(&mut svg, top + 4.0, room);
            let bar = if is_stacked { top + 2.0 * LINE + 7.0 } else { top + (PITCH - BAR) / 2.0 };
            let next = rows[at + 1..].iter().find(|row| row.bar.is_some());
            row.draw(&mut svg, &scale, bar, next.map(|_| bar + pitch));
        }
        axis::below(&mut svg, &scale, plot, "match weight (bits)");
        svg.finish(plot.bottom() + BELOW, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let words = ["field", &self.left, &self.right, "level"];
        let mut table = Table::new(&self.title, &words, &["weight (bits)", "sum (bits)"]);
        let empty = String::new;
        let mut sum = self.prior;
        let prior = [signed(sum, 3), decimals(sum, 3)];
        table.row(["prior".to_owned(), empty(), empty(), empty()].into_iter().chain(prior));
        for step in &self.steps {
            sum += step.weight;
            let words = [&step.label, &step.left, &step.right, &step.level].map(String::clone);
            table.row(words.into_iter().chain([signed(step.weight, 3), decimals(sum, 3)]));
        }
        let total = [percent(self.probability()), decimals(sum, 3)];
        table.row(["total".to_owned(), empty(), empty(), empty()].into_iter().chain(total));
        table
    }
}

impl Waterfall {
    /// The match weight of the pair, in bits: prior and steps together.
    pub fn total(&self) -> f64 {
        self.steps.iter().fold(self.prior, |sum, step| sum + step.weight)
    }

    /// The probability that both records are the same, from 0 to 1.
    pub fn probability(&self) -> f64 {
        probability(self.total())
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let before = format!("probability {} before comparing", percent(probability(self.prior)));
        let mut sum = drawable(self.prior).unwrap_or(0.0);
        let mut rows = vec![Row {
            label: "Prior",
            level: "",
            values: (before, None),
            ink: Ink::Series(4),
            bar: drawable(self.prior).map(|prior| (0.0, prior)),
            weight: self.prior,
        }];
        for step in &self.steps {
            let bar = drawable(step.weight).map(|weight| (sum, sum + weight));
            sum = bar.map_or(sum, |bar| bar.1);
            rows.push(Row {
                label: &step.label,
                level: &step.level,
                values: step.values(),
                ink: Ink::Series(usize::from(step.weight < 0.0)),
                bar,
                weight: step.weight,
            });
        }
        rows.push(Row {
            label: "Total",
            level: "",
            values: (format!("match probability {}", percent(self.probability())), None),
            ink: Ink::Series(4),
            bar: drawable(self.total()).map(|total| (0.0, total)),
            weight: self.total(),
        });
        rows
    }

    fn summary(&self) -> String {
        let steps = plural(self.steps.len(), "comparison");
        let (prior, total) = (decimals(self.prior, 1), decimals(self.total(), 1));
        let probability = percent(self.probability());
        format!(
            "From a prior of {prior} bits over {steps} to {total} bits, \
             which is a match probability of {probability}."
        )
    }
}

impl Step {
    /// The values, or the one that both have, with what stands for a missing one.
    fn values(&self) -> (String, Option<String>) {
        let said = |value: &String| if value.is_empty() { "–".to_owned() } else { value.clone() };
        (said(&self.left), (self.left != self.right).then(|| said(&self.right)))
    }
}

impl Row<'_> {
    /// The field and its level on one line, the values on the next.
    fn write(&self, svg: &mut Svg, top: f64, room: f64) {
        let (first, second) = (top + LINE / 2.0 + 2.0, top + LINE * 1.5 + 2.0);
        let label = cut(self.label, if self.level.is_empty() { room } else { room * 0.55 });
        svg.label(Ink::Strong, (0.0, first), Anchor::Start, &label);
        let level = cut(self.level, room - width(&label) * 1.1 - 12.0);
        if !self.level.is_empty() {
            svg.label(Ink::Muted, (room, first), Anchor::End, &level);
        }
        svg.label(Ink::Text, (0.0, second), Anchor::Start, &self.values(room));
    }

    /// Both values, the longer one cut where they do not fit.
    fn values(&self, room: f64) -> String {
        let (left, right) = &self.values;
        let Some(right) = right else { return cut(left, room) };
        let room = room - width(" ↔ ");
        let left = cut(left, (room / 2.0).max(room - width(right)));
        let right = cut(right, room - width(&left));
        format!("{left} ↔ {right}")
    }

    /// The bar with its weight, and a thread down to the next.
    fn draw(&self, svg: &mut Svg, scale: &Scale, top: f64, next: Option<f64>) {
        let (from, to) = self.bar.unwrap_or((0.0, 0.0));
        let (start, end) = (scale.at(from), scale.at(to));
        let text = signed(self.weight, 1);
        if self.bar.is_some() {
            if let Some(next) = next {
                svg.line(Ink::Axis, (end, top + BAR), (end, next));
            }
            let tip = format!("{}: {text} bits", self.label);
            let area = Area::between(start, end, top, BAR);
            match self.weight == 0.0 {
                true => svg.line(Ink::Mark, (end, top), (end, top + BAR)),
                false => svg.rect(self.ink, area, &tip),
            }
        }
        let middle = top + BAR / 2.0;
        match self.weight < 0.0 {
            true => svg.label(Ink::Text, (start.min(end) - 5.0, middle), Anchor::End, &text),
            false => svg.label(Ink::Text, (start.max(end) + 5.0, middle), Anchor::Start, &text),
        }
    }
}

/// The axis of probabilities above the plot; says where it ends.
fn draw_probabilities(
    svg: &mut Svg,
    scale: &Scale,
    (left, right): (f64, f64),
    is_stacked: bool,
) -> f64 {
    let y = if is_stacked { 42.0 } else { 24.0 };
    match is_stacked {
        true => svg.text(Ink::Muted, (0.0, 8.0), Anchor::Start, "match probability"),
        false => svg.text(Ink::Muted, (left - GAP, y - 14.0), Anchor::End, "match probability"),
    }
    svg.line(Ink::Axis, (left, y), (right, y));
    let (low, high) = scale.range();
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for (label, weight) in PROBABILITIES {
        let (x, half) = (scale.at(weight), width(label) / 2.0 + 5.0);
        let is_free = taken.iter().all(|other| x + half < other.0 || x - half > other.1);
        if weight < low
            || weight > high
            || !is_free
            || x - half < left - 5.0
            || x + half > right + 5.0
        {
            continue;
        }
        taken.push((x - half, x + half));
        svg.line(Ink::Axis, (x, y - 4.0), (x, y));
        svg.text(Ink::Muted, (x, y - 14.0), Anchor::Middle, label);
    }
    y + 2.0
}
