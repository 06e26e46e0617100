//! How much of each column is filled, in all or per source.

use crate::chart::Chart;
use crate::number::{drawable, percent};
use crate::rows::{Group, Rows};
use crate::svg::{Anchor, Area, Ink, Svg};
use crate::table::Table;
use crate::text::{cut, plural, width};

const BAR: f64 = 13.0;
const GAP: f64 = 18.0;
const HEADER: f64 = 26.0;

/// The narrowest bar worth drawing.
const NARROWEST: f64 = 40.0;

/// Per column the share of records that have a value, per source where there are several.
#[derive(Clone, Debug, PartialEq)]
pub struct Completeness {
    pub title: String,
    /// Names of the sources; one where they are not told apart.
    pub sources: Vec<String>,
    pub columns: Vec<Filled>,
}

/// A column of records, and how much of it is filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    pub column: String,
    /// Per source a share from 0 to 1; what is missing or lies outside has no bar.
    pub shares: Vec<f64>,
}

impl Chart for Completeness {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        let mut svg = Svg::new(width);
        if self.columns.is_empty() || self.sources.is_empty() {
            return svg.empty(&self.title);
        }
        let labels = self.columns.iter().map(|filled| filled.column.as_str());
        let rows = Rows::new(width, labels, BAR);
        let cell = (rows.plot.1 - rows.plot.0 + GAP) / self.sources.len() as f64;
        let height = match cell - GAP - text_room() >= NARROWEST {
            true => self.draw_beside(&mut svg, &rows, cell),
            false => self.draw_below(&mut svg, width),
        };
        svg.finish(height + 4.0, &self.title, &self.summary())
    }

    fn table(&self) -> Table {
        let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        let mut table = Table::new(&self.title, &["column"], &sources);
        for filled in &self.columns {
            let shares = (0..self.sources.len()).map(|source| said(filled.share(source)));
            table.row(std::iter::once(filled.column.clone()).chain(shares));
        }
        table
    }
}

impl Completeness {
    /// Each column a row, each source a bar in it; says the height.
    fn draw_beside(&self, svg: &mut Svg, rows: &Rows, cell: f64) -> f64 {
        let left = |source: usize| rows.plot.0 + source as f64 * cell;
        let mut top = 0.0;
        if self.sources.len() > 1 {
            for (source, name) in self.sources.iter().enumerate() {
                let name = cut(name, cell - GAP);
                svg.text(Ink::Strong, (left(source), HEADER / 2.0), Anchor::Start, &name);
            }
            top = HEADER;
        }
        let groups = [Group { name: String::new(), rows: self.columns.iter().collect() }];
        for placed in rows.write(svg, top, &groups, |filled: &&Filled| &filled.column) {
            for source in 0..self.sources.len() {
                let bar = (left(source), placed.top, cell - GAP);
                draw_bar(svg, bar, placed.row.share(source), &placed.row.column);
            }
        }
        top + rows.height(&groups)
    }

    /// Each column a group, each source a row of it; says the height.
    fn draw_below(&self, svg: &mut Svg, total: f64) -> f64 {
        let row =
            |filled: &Filled, source: usize| (self.sources[source].clone(), filled.share(source));
        let group = |filled: &Filled| Group {
            name: filled.column.clone(),
            rows: (0..self.sources.len()).map(|source| row(filled, source)).collect(),
        };
        let groups: Vec<Group<(String, Option<f64>)>> = self.columns.iter().map(group).collect();
        let rows = Rows::new(total, self.sources.iter().map(String::as_str), BAR);
        for placed in rows.write(svg, 0.0, &groups, |row| &row.0) {
            let (name, share) = placed.row;
            draw_bar(svg, (rows.plot.0, placed.top, rows.plot.1 - rows.plot.0), *share, name);
        }
        rows.height(&groups)
    }

    fn summary(&self) -> String {
        let columns = plural(self.columns.len(), "column");
        let shares = self
            .columns
            .iter()
            .flat_map(|filled| (0..self.sources.len()).filter_map(|source| filled.share(source)));
        match crate::scale::extent(shares) {
            Some((low, high)) => {
                format!("{columns}, filled from {} to {}.", percent(low), percent(high))
            }
            None => format!("{columns}; nothing is known of how much is filled."),
        }
    }
}

impl Filled {
    fn share(&self, source: usize) -> Option<f64> {
        let share = self.shares.get(source).copied().and_then(drawable)?;
        (0.0..=1.0).contains(&share).then_some(share)
    }
}

/// A bar at left and top, on a track, with its percentage behind it, all within a width.
fn draw_bar(svg: &mut Svg, (left, top, room): (f64, f64, f64), share: Option<f64>, name: &str) {
    let whole = room - text_room();
    let text = said(share);
    let tip = format!("{name}: {text}");
    if let Some(share) = share {
        svg.rect(Ink::Track, Area { left, top, width: whole, height: BAR }, &tip);
        svg.rect(Ink::Series(0), Area { left, top, width: whole * share, height: BAR }, &tip);
    }
    svg.text(Ink::Text, (left + room, top + BAR / 2.0), Anchor::End, &text);
}

fn said(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), percent)
}

/// Room for the percentages of all but the rarest gaps.
fn text_room() -> f64 {
    width("99.99%") + 8.0
}
