//! A graph: nodes below one another, and what links two of them as an arc beside them.

use crate::chart::Chart;
use crate::key::{Sign, draw_key};
use crate::number::drawable;
use crate::svg::{Anchor, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural, width};

const PITCH: f64 = 32.0;
const TOP: f64 = 20.0;

/// How far an arc bends at most for each node that it passes.
const BEND: f64 = 52.0;

/// The longest label of an arc, in pixels.
const LABEL: f64 = 60.0;

/// The part of the width that names of nodes may take.
const NAMES: f64 = 0.6;

/// Things that are linked, such as the records of an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    pub title: String,
    pub nodes: Vec<String>,
    pub links: Vec<Link>,
    /// What a link is, and what one is that is in doubt.
    pub meaning: [String; 2],
}

/// What links two nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The nodes, by their positions.
    pub between: (usize, usize),
    /// Nodes with a strong link between them stand near each other.
    pub strength: f64,
    /// The strength in a word, beside the arc where there is room.
    pub label: String,
    /// What it rests on.
    pub kind: String,
    pub is_in_doubt: bool,
}

impl Chart for Graph {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, total: f64) -> String {
        let mut svg = Svg::new(total);
        if self.nodes.is_empty() {
            return svg.empty(&self.title);
        }
        let order = self.order();
        let mut line = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, node)| line[*node] = at);
        let longest = self.nodes.iter().map(|name| width(name)).fold(0.0, f64::max);
        let left = (longest + 16.0).min(total * NAMES);
        let y = |node: usize| TOP + line[node] as f64 * PITCH;
        let far = self.drawn().map(|link| line[link.between.0].abs_diff(line[link.between.1]));
        let bend = ((total - left - LABEL - 12.0) / far.max().unwrap_or(1) as f64).min(BEND);
        let labels = self.drawn().map(|link| width(&link.label)).fold(0.0, f64::max);
        let is_labelled = labels.min(LABEL) + 6.0 <= bend;
        for link in self.drawn() {
            let (a, b) = (y(link.between.0), y(link.between.1));
            let (a, b) = (a.min(b), a.max(b));
            let depth = bend * (b - a) / PITCH;
            svg.arc(usize::from(link.is_in_doubt), left, (a, b), (depth, &self.tip(link)));
            if is_labelled {
                let (at, label) = ((left + depth + 5.0, (a + b) / 2.0), cut(&link.label, LABEL));
                svg.label(Ink::Text, at, Anchor::Start, &label);
            }
        }
        for (node, name) in self.nodes.iter().enumerate() {
            let name = cut(name, left - 14.0);
            svg.dot(Ink::Series(4), (left, y(node)), "");
            svg.text(Ink::Text, (left - 12.0, y(node)), Anchor::End, &name);
        }
        let bottom = TOP + self.nodes.len() as f64 * PITCH;
        let key = self.key(total);
        let below = svg.below(bottom, |svg| draw_key(svg, total, &key));
        svg.finish(bottom + below, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&self.title, &["from", "to", "evidence"], &["strength"]);
        for link in &self.links {
            let name = |node: usize| self.nodes.get(node).cloned().unwrap_or_default();
            let ends = [name(link.between.0), name(link.between.1)];
            table.row(ends.into_iter().chain([link.kind.clone(), link.label.clone()]));
        }
        table
    }
}

impl Graph {
    /// The links between two nodes that there are.
    fn drawn(&self) -> impl Iterator<Item = &Link> {
        let is_there = |link: &&Link| {
            let (a, b) = link.between;
            a != b && a.max(b) < self.nodes.len()
        };
        self.links.iter().filter(is_there)
    }

    /// The nodes from the first on: next is always the one with the strongest link to any before
    /// it, so that groups stand together.
    fn order(&self) -> Vec<usize> {
        let mut reached: Vec<Option<f64>> = vec![None; self.nodes.len()];
        let mut waiting: Vec<usize> = (0..self.nodes.len()).collect();
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let mut best = 0;
            for at in 1..waiting.len() {
                if reached[waiting[at]] > reached[waiting[best]] {
                    best = at;
                }
            }
            let node = waiting.remove(best);
            order.push(node);
            for link in self.drawn() {
                let strength = drawable(link.strength).unwrap_or(0.0);
                let other = match link.between {
                    (a, b) if a == node => b,
                    (a, b) if b == node => a,
                    _ => continue,
                };
                let known = &mut reached[other];
                *known = Some(known.map_or(strength, |known| known.max(strength)));
            }
        }
        order
    }

    fn key(&self, total: f64) -> Vec<(Sign, String)> {
        let signs = [Sign::Line, Sign::Dashed].into_iter().zip(&self.meaning);
        let known = if self.links.iter().any(|link| link.is_in_doubt) { 2 } else { 1 };
        signs.take(known).map(|(sign, text)| (sign, cut(text, total - 40.0))).collect()
    }

    fn tip(&self, link: &Link) -> String {
        let (a, b) = (&self.nodes[link.between.0], &self.nodes[link.between.1]);
        format!("{a} and {b}: {}, {}", link.kind, link.label)
    }

    fn summary(&self) -> String {
        let (nodes, links) = (self.nodes.len(), self.links.len());
        let doubt = self.links.iter().filter(|link| link.is_in_doubt).count();
        let doubt = if doubt > 0 { format!(", {doubt} of them in doubt") } else { String::new() };
        format!("{} with {} between them{doubt}.", plural(nodes, "node"), plural(links, "link"))
    }
}
