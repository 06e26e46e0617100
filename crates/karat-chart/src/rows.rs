//! Charts whose rows lie below one another: labels at the left, or above their bars on a phone.

use crate::svg::{Anchor, Ink, Svg};
use crate::text::{cut, width};

/// Below this width labels stand above what they name.
pub const NARROWEST_SIDE_BY_SIDE: f64 = 480.0;

const HEADING: f64 = 32.0;
const LABEL: f64 = 20.0;
const GAP: f64 = 9.0;

/// Rows under a common heading, such as the levels of a comparison; no heading where the name is
/// empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<T> {
    pub name: String,
    pub rows: Vec<T>,
}

/// How the rows of a chart lie.
pub struct Rows {
    stacked: bool,
    /// Pixels between which the bars lie.
    pub plot: (f64, f64),
    thickness: f64,
}

/// A row with the top of its bar, in pixels.
pub struct Placed<'a, T> {
    pub row: &'a T,
    pub top: f64,
}

impl Rows {
    /// For bars `thickness` pixels high beside the longest of the labels.
    pub fn new<'a>(total: f64, labels: impl Iterator<Item = &'a str>, thickness: f64) -> Rows {
        let stacked = total < NARROWEST_SIDE_BY_SIDE;
        let longest = labels.map(width).fold(0.0, f64::max);
        let left = if stacked { 0.0 } else { (longest + 16.0).min(total * 0.42) };
        Rows { stacked, plot: (left, total), thickness }
    }

    /// Height of all rows and headings.
    pub fn height<T>(&self, groups: &[Group<T>]) -> f64 {
        let heading = |group: &Group<T>| if group.name.is_empty() { 0.0 } else { HEADING };
        groups.iter().map(|group| heading(group) + group.rows.len() as f64 * self.pitch()).sum()
    }

    fn pitch(&self) -> f64 {
        self.thickness + GAP + if self.stacked { LABEL } else { 0.0 }
    }

    /// Writes headings and labels from `top` on, and says where each bar belongs.
    pub fn write<'a, T>(
        &self,
        svg: &mut Svg,
        mut top: f64,
        groups: &'a [Group<T>],
        label: fn(&T) -> &str,
    ) -> Vec<Placed<'a, T>> {
        let mut placed = Vec::new();
        for group in groups {
            if !group.name.is_empty() {
                let name = cut(&group.name, self.plot.1);
                svg.label(Ink::Strong, (0.0, top + HEADING * 0.6), Anchor::Start, &name);
                top += HEADING;
            }
            for row in &group.rows {
                let bar = top + GAP / 2.0 + if self.stacked { LABEL } else { 0.0 };
                let (room, middle) = match self.stacked {
                    true => (self.plot.1, top + GAP / 2.0 + LABEL / 2.0),
                    false => (self.plot.0 - 12.0, bar + self.thickness / 2.0),
                };
                svg.label(Ink::Text, (0.0, middle), Anchor::Start, &cut(label(row), room));
                placed.push(Placed { row, top: bar });
                top += self.pitch();
            }
        }
        placed
    }
}

/// All rows of all groups.
pub fn all<T>(groups: &[Group<T>]) -> impl Iterator<Item = &T> {
    groups.iter().flat_map(|group| &group.rows)
}
