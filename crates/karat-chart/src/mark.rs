//! Marks on an axis, such as thresholds: a dashed line and a label that covers no other.

use crate::number::drawable;
use crate::scale::Scale;
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::text::{cut, width};

const LINE: f64 = 18.0;

/// A value on the horizontal axis that has a name, such as a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub label: String,
    /// In units of the axis.
    pub at: f64,
}

/// The labels of marks, each on the first line where it covers no other.
pub struct Marks<'a> {
    placed: Vec<(&'a Mark, usize)>,
    lines: usize,
}

/// Where marks stand: drawable ones only.
pub fn values(marks: &[Mark]) -> impl Iterator<Item = f64> {
    marks.iter().filter_map(|mark| drawable(mark.at))
}

impl<'a> Marks<'a> {
    pub fn place(marks: &'a [Mark], scale: &Scale) -> Marks<'a> {
        let mut marks: Vec<&Mark> =
            marks.iter().filter(|mark| drawable(mark.at).is_some()).collect();
        marks.sort_by(|a, b| a.at.total_cmp(&b.at).then_with(|| a.label.cmp(&b.label)));
        let mut ends: Vec<f64> = Vec::new();
        let placed = marks.into_iter().map(|mark| {
            let (x, anchor, label) = label(mark, scale);
            let room = width(&label);
            let start = anchor.start(x, room);
            let line = ends.iter().position(|end| *end < start).unwrap_or(ends.len());
            ends.resize(ends.len().max(line + 1), 0.0);
            ends[line] = start + room + 10.0;
            (mark, line)
        });
        let placed = placed.collect();
        Marks { placed, lines: ends.len() }
    }

    /// What the labels take above the plot.
    pub fn height(&self) -> f64 {
        self.lines as f64 * LINE
    }

    /// Draws lines through the plot and the labels right above it.
    pub fn draw(&self, svg: &mut Svg, scale: &Scale, plot: Area) {
        for (mark, line) in &self.placed {
            let (x, anchor, label) = label(mark, scale);
            let y = plot.top - LINE / 2.0 - *line as f64 * LINE;
            let at = scale.at(mark.at);
            let ends = [(at, y + LINE / 2.0), (at, plot.bottom())];
            svg.rim(&ends);
            svg.dashed(Ink::Mark, ends[0], ends[1]);
            svg.text(Ink::Text, (x, y), anchor, &label);
        }
    }
}

/// Where the label stands: in the middle above its line where the drawing has the room.
fn label(mark: &Mark, scale: &Scale) -> (f64, Anchor, String) {
    let (left, right) = scale.ends();
    let (x, label) = (scale.at(mark.at), cut(&mark.label, right - left));
    let half = width(&label) / 2.0;
    match () {
        () if x - half < left => (left, Anchor::Start, label),
        () if x + half > right => (right, Anchor::End, label),
        () => (x, Anchor::Middle, label),
    }
}
