//! A waterfall for terminals: aligned columns of text and bars of blocks.

use crate::mark;
use crate::number::{percent, signed};
use crate::scale::{Scale, extent};
use crate::text::{is_mark, is_wide, shorten};
use crate::waterfall::Waterfall;

/// Columns of a weight: `-13.3` and what keeps it from its neighbours.
const WEIGHT: usize = 7;

/// The narrowest terminal that is written for; what is narrower is treated as this.
const NARROWEST: usize = 40;

const BOLD: &str = "1";
const DIM: &str = "2";
const FOR: &str = "36";
const AGAINST: &str = "33";

/// What a line of the waterfall says.
struct Line {
    /// Field, left value, right value, level.
    cells: [String; 4],
    weight: f64,
    /// Where the bar starts and ends, in bits.
    bar: Option<(f64, f64)>,
    style: &'static str,
}

/// Widths of the four columns of text and of the bars, in columns of the terminal.
struct Widths {
    cells: [usize; 4],
    bar: usize,
}

impl Waterfall {
    /// The waterfall as lines of text at most `width` columns wide (at least 40), each ended by a
    /// newline, with the colours of ANSI terminals where `colour` is true. Control characters of
    /// values are replaced, so that they cannot reach the terminal.
    pub fn text(&self, width: usize, colour: bool) -> String {
        let lines = self.lines();
        let widths = Widths::fit(&lines, width.max(NARROWEST));
        let ends = lines.iter().filter_map(|line| line.bar).flat_map(|(from, to)| [from, to]);
        let ends = ends.chain(mark::values(&self.marks)).chain([0.0]);
        let ends = extent(ends).unwrap_or((0.0, 0.0));
        // Half cells: each cell of the terminal has a left and a right half.
        let scale = Scale::exact(ends, (0.0, (widths.bar * 2) as f64), 2);
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            let style = if colour { line.style } else { "" };
            let weight = if at == 0 { "weight".to_owned() } else { plain(signed(line.weight, 1)) };
            let bar = if at == 0 { String::new() } else { self.bar(line, &scale, style) };
            let cells = widths.cells(line);
            let row = format!("{cells}{weight:>WEIGHT$}");
            let row =
                if line.style == BOLD || line.style == DIM { paint(&row, style) } else { row };
            text.push_str(format!("{row}  {bar}").trim_end());
            text.push('\n');
        }
        text + &self.sums(width.max(NARROWEST))
    }

    /// The head, the prior, the steps, the total.
    fn lines(&self) -> Vec<Line> {
        let line = |cells: [&str; 4], weight: f64, bar, style| Line {
            cells: cells.map(harmless),
            weight,
            bar,
            style,
        };
        let head = ["field", self.left.as_str(), self.right.as_str(), "level"];
        let mut lines = vec![line(head, 0.0, None, DIM)];
        let rows = self.rows();
        let last = rows.len() - 1;
        for (at, row) in rows.iter().enumerate() {
            let step = at.checked_sub(1).and_then(|at| self.steps.get(at));
            let cells = step.map_or([row.label, "", "", ""], |step| {
                [&step.label, said(&step.left), said(&step.right), &step.level]
            });
            let style = match row.weight {
                _ if at == last => BOLD,
                _ if at == 0 => "",
                0.0 => DIM,
                weight if weight < 0.0 => AGAINST,
                _ => FOR,
            };
            lines.push(line(cells, row.weight, row.bar, style));
        }
        lines
    }

    fn bar(&self, line: &Line, scale: &Scale, style: &str) -> String {
        let half = |value: f64| scale.at(value).round() as usize;
        let cells = scale.ends().1 as usize / 2;
        let (start, end) = match line.bar {
            Some((from, to)) => (half(from.min(to)), half(from.max(to))),
            None => (0, 0),
        };
        // A weight too small for half a cell shows as one, zero as none.
        let end = if line.weight != 0.0 && line.bar.is_some() { end.max(start + 1) } else { end };
        let (start, end) = if end > cells * 2 { (start - 1, end - 1) } else { (start, end) };
        let at_cell = |value: f64| (half(value) / 2).min(cells - 1);
        let marks: Vec<usize> = mark::values(&self.marks).map(at_cell).collect();
        let mut bar = String::new();
        let mut is_painted = false;
        for cell in 0..cells {
            let (left, right) = (cell * 2, cell * 2 + 1);
            let block = match ((start..end).contains(&left), (start..end).contains(&right)) {
                (true, true) => '█',
                (true, false) => '▌',
                (false, true) => '▐',
                (false, false) if marks.contains(&cell) => '┊',
                (false, false) if at_cell(0.0) == cell => '│',
                (false, false) => ' ',
            };
            let is_bar = matches!(block, '█' | '▌' | '▐');
            if !style.is_empty() && is_bar != is_painted {
                bar.push_str(&if is_bar { format!("\x1b[{style}m") } else { "\x1b[0m".to_owned() });
                is_painted = is_bar;
            }
            bar.push(block);
        }
        if is_painted { bar + "\x1b[0m" } else { bar.trim_end().to_owned() }
    }

    /// What the steps come to.
    fn sums(&self, width: usize) -> String {
        let fields = self.total() - self.prior;
        let sum = format!(
            "{} prior {} fields = {} bits",
            plain(signed(self.prior, 1)),
            plain(signed(fields, 1)),
            plain(signed(self.total(), 1))
        );
        let probability = format!("match probability {}", percent(self.probability()));
        let marks: Vec<String> = self
            .marks
            .iter()
            .map(|mark| format!("┊ {} {}", harmless(&mark.label), plain(signed(mark.at, 1))))
            .collect();
        let mut text = String::from("\n");
        for line in [sum, probability].iter().chain(&marks) {
            text.push_str(&shorten(line, width as f64, columns));
            text.push('\n');
        }
        text
    }
}

impl Widths {
    /// Columns as wide as their longest text, and narrower where that is too much: values first.
    fn fit(lines: &[Line], width: usize) -> Widths {
        let longest =
            |cell: usize| lines.iter().map(|line| measure(&line.cells[cell])).max().unwrap_or(0);
        let mut cells = [0, 1, 2, 3].map(longest);
        let bar = (width / 4).clamp(12, 40);
        // Two spaces behind each column, and before the bars.
        let gaps = 2 * 5;
        let room = width - bar - WEIGHT - gaps;
        if room < 40 {
            // Only the fields fit.
            cells = [cells[0].min(room), 0, 0, 0];
        }
        while cells.iter().sum::<usize>() > room {
            let widest = (0..4).rev().max_by_key(|cell| cells[*cell]).unwrap_or(0);
            cells[widest] -= 1;
        }
        Widths { cells, bar }
    }

    /// The cells of a line, each cut and filled up to its width.
    fn cells(&self, line: &Line) -> String {
        let mut text = String::new();
        for (cell, room) in line.cells.iter().zip(self.cells).filter(|(_, room)| *room > 0) {
            let cell = shorten(cell, room as f64, columns);
            let fill = room.saturating_sub(measure(&cell)) + 2;
            text.push_str(&cell);
            text.push_str(&" ".repeat(fill));
        }
        text
    }
}

fn said(value: &str) -> &str {
    if value.is_empty() { "–" } else { value }
}

fn paint(text: &str, style: &str) -> String {
    if style.is_empty() { text.to_owned() } else { format!("\x1b[{style}m{text}\x1b[0m") }
}

/// A number with the minus of a keyboard, so that it can be searched and copied.
fn plain(number: String) -> String {
    number.replace('−', "-")
}

/// Without control characters, and without those that turn the direction of writing.
fn harmless(text: &str) -> String {
    let replace = |letter: char| match letter {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\t' | '\n' | '\r' => ' ',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    };
    text.chars().map(replace).collect()
}

/// Columns that a letter takes in a terminal.
fn columns(letter: char) -> f64 {
    match letter {
        _ if is_mark(letter) => 0.0,
        _ if is_wide(letter) => 2.0,
        _ => 1.0,
    }
}

fn measure(text: &str) -> usize {
    text.chars().map(columns).sum::<f64>() as usize
}
