//! One drawing under construction: shapes and text become markup.

use std::fmt::Write;

use crate::number::coordinate;
use crate::text::{SIZE, escape};

/// What a shape or text is drawn for. `chart.css` knows the classes, in light and in dark; the
/// colours here are those of a light page, for a drawing that stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Text,
    /// Text that matters most.
    Strong,
    /// Text beside what it explains.
    Muted,
    Grid,
    Axis,
    /// The part of a bar that is not filled.
    Track,
    /// Thresholds.
    Mark,
    /// The nth series; the colours repeat after the last.
    Series(usize),
}

const SERIES: [&str; 6] = ["#0b62a8", "#b8480a", "#00735a", "#8a3f8f", "#5b6068", "#7d6300"];
const DASHES: [&str; 4] = ["", "7 3", "2 3", "9 3 2 3"];

impl Ink {
    fn name(self) -> String {
        match self {
            Ink::Text => "text".to_owned(),
            Ink::Strong => "strong".to_owned(),
            Ink::Muted => "muted".to_owned(),
            Ink::Grid => "grid".to_owned(),
            Ink::Axis => "axis".to_owned(),
            Ink::Track => "track".to_owned(),
            Ink::Mark => "mark".to_owned(),
            Ink::Series(n) => format!("s{}", n % SERIES.len()),
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Ink::Text | Ink::Strong => "#1d2127",
            Ink::Muted => "#59616b",
            Ink::Grid => "#e4e7eb",
            Ink::Axis => "#868e98",
            Ink::Track => "#e9ecf0",
            Ink::Mark => "#444b54",
            Ink::Series(n) => SERIES[n % SERIES.len()],
        }
    }

    fn fill(self) -> String {
        format!("class=\"k-f-{}\" fill=\"{}\"", self.name(), self.colour())
    }

    fn stroke(self) -> String {
        format!("class=\"k-l-{}\" stroke=\"{}\"", self.name(), self.colour())
    }
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    /// Where text of this width starts.
    pub fn start(self, x: f64, width: f64) -> f64 {
        match self {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        }
    }
}

/// A rectangle, in pixels from the upper left corner.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// From one x to another, in any order.
    pub fn between(a: f64, b: f64, top: f64, height: f64) -> Area {
        Area { left: a.min(b), top, width: (a - b).abs(), height }
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right()
            && other.left < self.right()
            && self.top < other.bottom()
            && other.top < self.bottom()
    }
}

pub struct Svg {
    body: String,
    width: f64,
}

impl Svg {
    pub fn new(width: f64) -> Svg {
        Svg { body: String::new(), width }
    }

    pub fn width(&self) -> f64 {
        self.width
    }

    /// A line of text whose middle is at height `y`.
    pub fn text(&mut self, ink: Ink, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if ink == Ink::Strong { " font-weight=\"600\"" } else { "" };
        let (x, y) = (coordinate(x), coordinate(y + SIZE * 0.35));
        let (fill, text) = (ink.fill(), escape(text));
        self.push(format_args!("<text {fill}{weight} x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>"));
    }

    /// A line of text over other shapes, with a rim in the colour of the page.
    pub fn label(&mut self, ink: Ink, at: (f64, f64), anchor: Anchor, text: &str) {
        self.push(format_args!(
            "<g class=\"k-rim\" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\" \
             stroke-linejoin=\"round\">"
        ));
        self.text(ink, at, anchor, text);
        self.push(format_args!("</g>"));
    }

    /// A filled rectangle; its tip appears under a pointer.
    pub fn rect(&mut self, ink: Ink, area: Area, tip: &str) {
        let (x, y) = (coordinate(area.left), coordinate(area.top));
        let (width, height) = (coordinate(area.width), coordinate(area.height));
        let (fill, tip) = (ink.fill(), titled(tip));
        self.push(format_args!(
            "<rect {fill} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"1.5\">\
             {tip}</rect>"
        ));
    }

    pub fn line(&mut self, ink: Ink, from: (f64, f64), to: (f64, f64)) {
        self.segment(ink, from, to, "");
    }

    pub fn dashed(&mut self, ink: Ink, from: (f64, f64), to: (f64, f64)) {
        self.segment(ink, from, to, " stroke-dasharray=\"4 3\"");
    }

    fn segment(&mut self, ink: Ink, from: (f64, f64), to: (f64, f64), dash: &str) {
        let (x1, y1) = (coordinate(from.0), coordinate(from.1));
        let (x2, y2) = (coordinate(to.0), coordinate(to.1));
        let stroke = ink.stroke();
        self.push(format_args!(
            "<line {stroke}{dash} x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        ));
    }

    /// The nth series as a line through the points; with dashes, each series has its own.
    pub fn polyline(&mut self, series: usize, points: &[(f64, f64)], has_dashes: bool) {
        let dash = match DASHES[series % DASHES.len()] {
            dash if dash.is_empty() || !has_dashes => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        let (stroke, places) = (Ink::Series(series).stroke(), places(points));
        self.push(format_args!(
            "<polyline {stroke}{dash} fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\" \
             points=\"{places}\"/>"
        ));
    }

    /// A rim in the colour of the page, for a line that is then drawn over filled shapes.
    pub fn rim(&mut self, points: &[(f64, f64)]) {
        let places = places(points);
        self.push(format_args!(
            "<polyline class=\"k-rim\" stroke=\"#fff\" fill=\"none\" stroke-width=\"4\" \
             points=\"{places}\"/>"
        ));
    }

    /// The nth series as an arc that bends to the right, from one height down to another; its tip
    /// appears under a pointer. Each series has its own dashes.
    pub fn arc(
        &mut self,
        series: usize,
        x: f64,
        (from, to): (f64, f64),
        (depth, tip): (f64, &str),
    ) {
        let dash = match DASHES[series % DASHES.len()] {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        let stroke = Ink::Series(series).stroke();
        let half = coordinate((to - from) / 2.0);
        let (x, from, to, depth) =
            (coordinate(x), coordinate(from), coordinate(to), coordinate(depth));
        let tip = titled(tip);
        self.push(format_args!(
            "<path {stroke}{dash} fill=\"none\" stroke-width=\"2\" \
             d=\"M{x},{from} A{depth},{half} 0 0 1 {x},{to}\">{tip}</path>"
        ));
    }

    /// Draws something whose heights are from `top` on.
    pub fn below<T>(&mut self, top: f64, draw: impl FnOnce(&mut Svg) -> T) -> T {
        let top = coordinate(top);
        self.push(format_args!("<g transform=\"translate(0,{top})\">"));
        let drawn = draw(self);
        self.push(format_args!("</g>"));
        drawn
    }

    /// A point; its tip appears under a pointer.
    pub fn dot(&mut self, ink: Ink, (x, y): (f64, f64), tip: &str) {
        let (x, y, fill, tip) = (coordinate(x), coordinate(y), ink.fill(), titled(tip));
        self.push(format_args!("<circle {fill} cx=\"{x}\" cy=\"{y}\" r=\"4\">{tip}</circle>"));
    }

    /// A line that bends from one place to another further right.
    pub fn bend(&mut self, ink: Ink, from: (f64, f64), to: (f64, f64)) {
        let stroke = ink.stroke();
        let middle = coordinate((from.0 + to.0) / 2.0);
        let (x0, y0) = (coordinate(from.0), coordinate(from.1));
        let (x1, y1) = (coordinate(to.0), coordinate(to.1));
        self.push(format_args!(
            "<path {stroke} fill=\"none\" stroke-width=\"1.5\" \
             d=\"M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}\"/>"
        ));
    }

    /// A framed box in the colour of the page.
    pub fn frame(&mut self, ink: Ink, area: Area) {
        let (x, y) = (coordinate(area.left), coordinate(area.top));
        let (width, height) = (coordinate(area.width), coordinate(area.height));
        let stroke = ink.stroke();
        self.push(format_args!(
            "<g class=\"k-f-page\" fill=\"#ffffff\"><rect {stroke} stroke-width=\"1.5\" \
             x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/></g>"
        ));
    }

    /// What is drawn until `end_link` leads to an address.
    pub fn begin_link(&mut self, to: &str, tip: &str) {
        let (to, tip) = (escape(to), titled(tip));
        self.push(format_args!("<a class=\"k-link\" href=\"{to}\">{tip}"));
    }

    pub fn end_link(&mut self) {
        self.push(format_args!("</a>"));
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).expect("a String takes everything");
        self.body.push('\n');
    }

    /// The drawing in full: `title` names it and `summary` says in a sentence what is to be seen.
    pub fn finish(self, height: f64, title: &str, summary: &str) -> String {
        self.finish_as("img", height, (title, summary))
    }

    /// As `finish`, of a drawing that holds links and so is more than a picture.
    pub fn finish_group(self, height: f64, title: &str, summary: &str) -> String {
        self.finish_as("group", height, (title, summary))
    }

    fn finish_as(self, role: &str, height: f64, (title, summary): (&str, &str)) -> String {
        let (width, height) = (coordinate(self.width), coordinate(height));
        let (title, summary) = (escape(title), escape(summary));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"k-chart\" role=\"{role}\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"{SIZE}\">\n\
             <title>{title}</title>\n<desc>{summary}</desc>\n{}</svg>\n",
            self.body
        )
    }

    /// The drawing of nothing at all.
    pub fn empty(mut self, title: &str) -> String {
        let middle = (self.width / 2.0, 32.0);
        self.text(Ink::Muted, middle, Anchor::Middle, "There is nothing to draw.");
        self.finish(64.0, title, "There is nothing to draw.")
    }
}

/// Points as an attribute has them, without those that fall on the one before.
fn places(points: &[(f64, f64)]) -> String {
    let place = |(x, y): &(f64, f64)| format!("{},{}", coordinate(*x), coordinate(*y));
    let mut places: Vec<String> = points.iter().map(place).collect();
    places.dedup();
    places.join(" ")
}

fn titled(tip: &str) -> String {
    if tip.is_empty() { String::new() } else { format!("<title>{}</title>", escape(tip)) }
}
