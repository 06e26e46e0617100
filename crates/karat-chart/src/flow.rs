//! What comes from what: boxes in columns, and lines from each to what is made from it.

use std::collections::BTreeMap;

use crate::chart::Chart;
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural};

const BOX: f64 = 30.0;
/// What a line takes that passes a column on its way to a later one.
const PASS: f64 = 6.0;
const GAP: f64 = 12.0;
/// What lies between two columns, for the lines.
const BETWEEN: f64 = 44.0;
const HEADING: f64 = 28.0;
/// Half the frame of a box, which lies outside of it.
const RIM: f64 = 1.0;

/// Boxes in columns from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    pub title: String,
    /// What each column holds.
    pub columns: Vec<String>,
    /// Those of a column stand in the order in which they come.
    pub nodes: Vec<FlowNode>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FlowNode {
    pub label: String,
    /// What it is; each kind has a colour.
    pub kind: String,
    pub column: usize,
    /// What it is made from, as places in the list of all.
    pub from: Vec<usize>,
    /// Where it leads, if anywhere.
    pub to: Option<String>,
}

/// Where everything stands.
struct Layout {
    boxes: Vec<Area>,
    /// At what height the lines of a node pass a later column, by both.
    passes: BTreeMap<(usize, usize), f64>,
    height: f64,
}

/// What takes room in a column.
#[derive(Clone, Copy)]
enum Slot {
    Node(usize),
    /// The lines of a node of an earlier column.
    Pass(usize),
}

impl Slot {
    fn height(self) -> f64 {
        match self {
            Slot::Node(_) => BOX,
            Slot::Pass(_) => PASS,
        }
    }
}

impl Chart for Flow {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        if self.nodes.is_empty() {
            return svg.empty(&self.title);
        }
        let columns = self.columns.len().max(1) as f64;
        let breadth = ((width - 2.0 * RIM - BETWEEN * (columns - 1.0)) / columns).max(BOX);
        let layout = self.layout(breadth);
        for (n, name) in self.columns.iter().enumerate() {
            let x = RIM + n as f64 * (breadth + BETWEEN);
            svg.text(Ink::Muted, (x, 8.0), Anchor::Start, &cut(name, breadth));
        }
        for (to, node) in self.nodes.iter().enumerate() {
            node.from.iter().for_each(|from| self.draw_line(&mut svg, &layout, (*from, to)));
        }
        let mut kinds: Vec<&str> = Vec::new();
        for (node, area) in self.nodes.iter().zip(&layout.boxes) {
            let colour = kinds.iter().position(|kind| *kind == node.kind).unwrap_or_else(|| {
                kinds.push(&node.kind);
                kinds.len() - 1
            });
            node.draw(&mut svg, *area, colour);
        }
        match self.nodes.iter().any(|node| node.to.is_some()) {
            true => svg.finish_group(layout.height, &self.title, &self.summary()),
            false => svg.finish(layout.height, &self.title, &self.summary()),
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&self.title, &["name", "what", "made from"], &[]);
        for node in &self.nodes {
            let from = node.from.iter().filter_map(|at| self.nodes.get(*at));
            let from: Vec<&str> = from.map(|from| from.label.as_str()).collect();
            table.row([node.label.clone(), node.kind.clone(), from.join(", ")]);
        }
        table
    }
}

impl Flow {
    /// Columns from left to right, each in the middle of the height.
    fn layout(&self, breadth: f64) -> Layout {
        let column = |n: usize| {
            let nodes = self.nodes.iter().enumerate().filter(move |(_, node)| node.column == n);
            nodes.map(|(at, _)| Slot::Node(at)).collect::<Vec<Slot>>()
        };
        let columns = (0..self.columns.len()).map(|n| (column(n), self.passing(n)));
        let columns: Vec<(Vec<Slot>, Vec<usize>)> = columns.collect();
        let tall = |(nodes, passing): &(Vec<Slot>, Vec<usize>)| {
            nodes.len() as f64 * (BOX + GAP) + passing.len() as f64 * (PASS + GAP)
        };
        let most = columns.iter().map(tall).fold(0.0, f64::max);
        let nowhere = Area { left: 0.0, top: 0.0, width: 0.0, height: 0.0 };
        let mut layout = Layout {
            boxes: vec![nowhere; self.nodes.len()],
            passes: BTreeMap::new(),
            height: HEADING + most,
        };
        for (n, both) in columns.into_iter().enumerate() {
            let left = RIM + n as f64 * (breadth + BETWEEN);
            let mut top = HEADING + (most - tall(&both)) / 2.0 + GAP / 2.0;
            for slot in self.in_order(&layout, n, both) {
                let height = slot.height();
                match slot {
                    Slot::Node(at) => {
                        layout.boxes[at] = Area { left, top, width: breadth, height };
                    }
                    Slot::Pass(of) => drop(layout.passes.insert((of, n), top + height / 2.0)),
                }
                top += height + GAP;
            }
        }
        layout
    }

    /// The nodes whose lines pass a column.
    fn passing(&self, column: usize) -> Vec<usize> {
        let leads_beyond = |at: &usize| {
            let mut later = self.nodes.iter().filter(|node| node.column > column);
            self.nodes[*at].column < column && later.any(|node| node.from.contains(at))
        };
        (0..self.nodes.len()).filter(leads_beyond).collect()
    }

    /// The nodes of a column in their order, and between them the lines that pass, as near to where
    /// they come from as that leaves.
    fn in_order(
        &self,
        layout: &Layout,
        column: usize,
        (mut slots, mut passing): (Vec<Slot>, Vec<usize>),
    ) -> Vec<Slot> {
        let height = |from: usize| layout.at(from, column);
        let middle = |slot: &Slot| match slot {
            Slot::Pass(from) => height(*from),
            Slot::Node(at) => {
                let from = &self.nodes[*at].from;
                let sum: f64 = from.iter().map(|from| height(*from)).sum();
                sum / from.len().max(1) as f64
            }
        };
        passing.sort_by(|a, b| height(*a).total_cmp(&height(*b)));
        for from in passing {
            let after = slots.iter().position(|slot| middle(slot) > height(from));
            slots.insert(after.unwrap_or(slots.len()), Slot::Pass(from));
        }
        slots
    }

    /// A line from one node to another, past the columns between them.
    fn draw_line(&self, svg: &mut Svg, layout: &Layout, (from, to): (usize, usize)) {
        let (Some(first), Some(last)) = (layout.boxes.get(from), layout.boxes.get(to)) else {
            return;
        };
        let middle = |area: &Area| area.top + area.height / 2.0;
        let mut at = (first.right(), middle(first));
        for column in self.nodes[from].column + 1..self.nodes[to].column {
            let Some(y) = layout.passes.get(&(from, column)) else { continue };
            let left = RIM + column as f64 * (first.width + BETWEEN);
            svg.bend(Ink::Axis, at, (left, *y));
            at = (left + first.width, *y);
            svg.bend(Ink::Axis, (left, *y), at);
        }
        svg.bend(Ink::Axis, at, (last.left, middle(last)));
    }

    fn summary(&self) -> String {
        let lines: usize = self.nodes.iter().map(|node| node.from.len()).sum();
        let (things, lines) = (plural(self.nodes.len(), "thing"), plural(lines, "line"));
        format!("{things} in {}, {lines} between them.", plural(self.columns.len(), "column"))
    }
}

impl Layout {
    /// The height at which the lines of a node reach a column.
    fn at(&self, node: usize, column: usize) -> f64 {
        let passed = self.passes.range((node, 0)..(node, column)).next_back().map(|(_, y)| *y);
        let own = || self.boxes.get(node).map_or(0.0, |area| area.top + area.height / 2.0);
        passed.unwrap_or_else(own)
    }
}

impl FlowNode {
    fn draw(&self, svg: &mut Svg, area: Area, colour: usize) {
        let tip = format!("{} {}", self.kind, self.label);
        if let Some(to) = &self.to {
            svg.begin_link(to, &tip);
        }
        svg.frame(Ink::Series(colour), area);
        let ink = if self.to.is_some() { Ink::Series(0) } else { Ink::Text };
        let label = cut(&self.label, area.width - 20.0);
        let middle = area.top + area.height / 2.0;
        svg.text(ink, (area.left + 10.0, middle), Anchor::Start, &label);
        if self.to.is_some() {
            svg.end_link();
        }
    }
}
