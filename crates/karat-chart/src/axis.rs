//! Axes: thin lines, ticks at round numbers, a title that says the unit.

use crate::scale::Scale;
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::text::{cut, width};

/// Height that an axis with its title takes below the plot.
pub const BELOW: f64 = 46.0;

/// Ticks that fit on a horizontal axis of so many pixels.
pub fn ticks_across(pixels: f64) -> usize {
    (pixels / 60.0).clamp(3.0, 9.0) as usize
}

/// Vertical grid lines through the plot.
pub fn grid_down(svg: &mut Svg, scale: &Scale, plot: Area) {
    for tick in &scale.ticks {
        let x = scale.at(tick.value);
        svg.line(Ink::Grid, (x, plot.top), (x, plot.bottom()));
    }
}

/// The axis below the plot, with its title below that.
pub fn below(svg: &mut Svg, scale: &Scale, plot: Area, title: &str) {
    let y = plot.bottom();
    svg.line(Ink::Axis, (plot.left, y), (plot.right(), y));
    let mut free = f64::MIN;
    for tick in &scale.ticks {
        let (x, room) = (scale.at(tick.value), width(&tick.label));
        let start = Anchor::Middle.start(x, room);
        if start < free {
            continue;
        }
        free = start + room + 8.0;
        svg.line(Ink::Axis, (x, y), (x, y + 4.0));
        // At the border of the drawing a label moves inside.
        let start = start.clamp(0.0, (svg.width() - room).max(0.0));
        svg.text(Ink::Muted, (start + room / 2.0, y + 14.0), Anchor::Middle, &tick.label);
    }
    let title = cut(title, plot.width);
    svg.text(Ink::Muted, (plot.left + plot.width / 2.0, y + 34.0), Anchor::Middle, &title);
}

/// The width that the tick labels left of a plot need.
pub fn left_room(scale: &Scale) -> f64 {
    scale.ticks.iter().map(|it| width(&it.label)).fold(0.0, f64::max) + 8.0
}

/// Horizontal grid lines, and the tick labels left of the plot.
pub fn beside(svg: &mut Svg, scale: &Scale, plot: Area) {
    for tick in &scale.ticks {
        let y = scale.at(tick.value);
        svg.line(Ink::Grid, (plot.left, y), (plot.right(), y));
        svg.text(Ink::Muted, (plot.left - 8.0, y), Anchor::End, &tick.label);
    }
}
