//! A table of texts, as HTML.

use std::fmt::Write;

use crate::text::escape;

/// Whether a column holds words or numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    /// Numbers: at the right, their digits below one another.
    Right,
}

/// A table; its first column names the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub title: String,
    pub columns: Vec<(String, Align)>,
    /// One text per column.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows: first columns of words, then columns of numbers.
    pub fn new(title: &str, words: &[&str], numbers: &[&str]) -> Table {
        let words = words.iter().map(|name| ((*name).to_owned(), Align::Left));
        let numbers = numbers.iter().map(|name| ((*name).to_owned(), Align::Right));
        let columns = words.chain(numbers).collect();
        Table { title: title.to_owned(), columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The `<table>` element, in a box that scrolls sideways where the screen is too narrow.
    pub fn html(&self) -> String {
        let title = escape(&self.title);
        let mut html = format!(
            "<div class=\"k-scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{title}\">\n\
             <table class=\"k-table\">\n<caption>{title}</caption>\n<thead><tr>"
        );
        for (name, align) in &self.columns {
            let (class, name) = (class(*align), escape(name));
            push(&mut html, format_args!("<th scope=\"col\"{class}>{name}</th>"));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            html.push_str("<tr>");
            for (at, (_, align)) in self.columns.iter().enumerate() {
                let (class, cell) = (class(*align), row.get(at).map_or("", String::as_str));
                let cell = escape(cell);
                match at {
                    0 => push(
                        &mut html,
                        format_args!("<th scope=\"row\"{class} dir=\"auto\">{cell}</th>"),
                    ),
                    _ => push(&mut html, format_args!("<td{class} dir=\"auto\">{cell}</td>")),
                }
            }
            html.push_str("</tr>\n");
        }
        if self.rows.is_empty() {
            let columns = self.columns.len().max(1);
            push(&mut html, format_args!("<tr><td colspan=\"{columns}\">No rows.</td></tr>\n"));
        }
        html.push_str("</tbody>\n</table>\n</div>\n");
        html
    }
}

fn class(align: Align) -> &'static str {
    match align {
        Align::Left => "",
        Align::Right => " class=\"k-number\"",
    }
}

fn push(html: &mut String, markup: std::fmt::Arguments<'_>) {
    html.write_fmt(markup).expect("a String takes everything");
}
