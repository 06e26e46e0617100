//! Which colour means what, where there is no room to say it beside the thing itself.

use crate::svg::{Anchor, Area, Ink, Svg};
use crate::text::{cut, width};

const LINE: f64 = 20.0;
const SIGN: f64 = 18.0;

/// How the things of a series look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Area,
    Line,
    /// A line with the dashes of its series.
    Dashed,
}

/// Draws the sign of each series, the first being number 0, and its name, on as many lines as they
/// need; says the height of all.
pub fn draw_key(svg: &mut Svg, total: f64, names: &[(Sign, String)]) -> f64 {
    let (mut x, mut y) = (0.0, 10.0);
    for (series, (sign, name)) in names.iter().enumerate() {
        let name = cut(name, total - SIGN - 8.0);
        let room = SIGN + 8.0 + width(&name);
        if x > 0.0 && x + room > total {
            (x, y) = (0.0, y + LINE);
        }
        let square = Area { left: x, top: y - 6.0, width: SIGN - 4.0, height: 12.0 };
        let ends = [(x, y), (x + SIGN, y)];
        match sign {
            Sign::Area => svg.rect(Ink::Series(series), square, ""),
            Sign::Line | Sign::Dashed => svg.polyline(series, &ends, *sign == Sign::Dashed),
        }
        svg.text(Ink::Text, (x + SIGN + 4.0, y), Anchor::Start, &name);
        x += room + 16.0;
    }
    y + 16.0
}
