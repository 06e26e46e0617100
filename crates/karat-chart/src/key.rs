//! Which colour means what, where there is no room to say it beside the thing itself.

use crate::svg::{Anchor, Area, Ink, Svg};
use crate::text::{cut, width};

const KEY: f64 = 28.0;

/// Coloured squares with their names, on as many lines as they need; says the height of all.
pub fn draw_key(svg: &mut Svg, total: f64, names: &[(Ink, String)]) -> f64 {
    let (mut x, mut y) = (0.0, KEY / 2.0 - 2.0);
    for (ink, name) in names {
        let name = cut(name, total - 18.0);
        let room = width(&name) + 38.0;
        if x > 0.0 && x + room - 20.0 > total {
            (x, y) = (0.0, y + 20.0);
        }
        svg.rect(*ink, Area { left: x, top: y - 6.0, width: 12.0, height: 12.0 }, "");
        svg.text(Ink::Text, (x + 18.0, y), Anchor::Start, &name);
        x += room;
    }
    y + KEY / 2.0
}
