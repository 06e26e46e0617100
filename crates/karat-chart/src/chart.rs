//! What every chart can do.

use std::fmt::Debug;

use crate::table::Table;

/// Width in pixels of a drawing for screens and paper.
pub const WIDE: f64 = 720.0;

/// Width in pixels of a drawing for phones.
pub const NARROW: f64 = 360.0;

/// The colours of charts and tables, light and dark, for pages that are not a `Page`.
pub const STYLE: &str = include_str!("chart.css");

/// A drawing of numbers, with the numbers.
pub trait Chart: Debug {
    /// What the chart shows, in a few words.
    fn title(&self) -> &str;

    /// One `<svg>` element, `width` pixels wide and as high as it needs to be. Classes take the
    /// colours of `STYLE`; without it, attributes give those of a light page.
    fn draw(&self, width: f64) -> String;

    /// The numbers behind the drawing, all of them.
    fn table(&self) -> Table;

    /// The drawing at its usual width, `WIDE`.
    fn svg(&self) -> String {
        self.draw(WIDE)
    }
}
