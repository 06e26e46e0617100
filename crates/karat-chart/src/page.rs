//! A report as one HTML file that asks nothing of a network and needs no script.

use std::fmt::Write;

use crate::chart::{Chart, NARROW, STYLE, WIDE};
use crate::table::Table;
use crate::text::escape;

const PAGE_STYLE: &str = include_str!("page.css");

/// A report.
#[derive(Debug)]
pub struct Page {
    pub title: String,
    /// One sentence below the title; none where empty.
    pub subtitle: String,
    /// Names and values at the top: `pairs`, `1,204`.
    pub facts: Vec<(String, String)>,
    pub sections: Vec<Section>,
}

#[derive(Debug)]
pub struct Section {
    pub title: String,
    /// Paragraphs, apart by an empty line.
    pub text: String,
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub enum Part {
    Chart(Box<dyn Chart>),
    Table(Table),
    /// Paragraphs, apart by an empty line.
    Text(String),
    /// What the reader should not overlook.
    Note(String),
}

impl<T: Chart + 'static> From<T> for Part {
    fn from(chart: T) -> Part {
        Part::Chart(Box::new(chart))
    }
}

impl Page {
    /// The whole document.
    pub fn html(&self) -> String {
        let title = escape(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n\
             <style>\n{STYLE}{PAGE_STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#content\">To the content</a>\n\
             <header>\n<h1>{title}</h1>\n"
        );
        if !self.subtitle.is_empty() {
            push(&mut html, format_args!("<p>{}</p>\n", escape(&self.subtitle)));
        }
        self.push_facts(&mut html);
        html.push_str("</header>\n");
        self.push_contents(&mut html);
        html.push_str("<main id=\"content\">\n");
        for (at, section) in self.sections.iter().enumerate() {
            section.push(&mut html, at + 1);
        }
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }

    fn push_facts(&self, html: &mut String) {
        if self.facts.is_empty() {
            return;
        }
        html.push_str("<dl class=\"facts\">\n");
        for (name, value) in &self.facts {
            let (name, value) = (escape(name), escape(value));
            push(html, format_args!("<div><dt>{name}</dt><dd>{value}</dd></div>\n"));
        }
        html.push_str("</dl>\n");
    }

    fn push_contents(&self, html: &mut String) {
        if self.sections.is_empty() {
            return;
        }
        html.push_str("<nav aria-label=\"Contents\">\n<ol>\n");
        for (at, section) in self.sections.iter().enumerate() {
            let (number, title) = (at + 1, escape(&section.title));
            push(html, format_args!("<li><a href=\"#section-{number}\">{title}</a></li>\n"));
        }
        html.push_str("</ol>\n</nav>\n");
    }
}

impl Section {
    fn push(&self, html: &mut String, number: usize) {
        let title = escape(&self.title);
        push(html, format_args!("<section id=\"section-{number}\">\n<h2>{title}</h2>\n"));
        push_paragraphs(html, &self.text);
        self.parts.iter().for_each(|part| part.push(html));
        html.push_str("</section>\n");
    }
}

impl Part {
    /// The part as markup, for a page that is not a `Page`.
    pub fn html(&self) -> String {
        let mut html = String::new();
        self.push(&mut html);
        html
    }

    fn push(&self, html: &mut String) {
        match self {
            Part::Chart(chart) => push_chart(html, chart.as_ref()),
            Part::Table(table) => html.push_str(&table.html()),
            Part::Text(text) => push_paragraphs(html, text),
            Part::Note(text) => {
                html.push_str("<div class=\"note\" role=\"note\">\n");
                push_paragraphs(html, text);
                html.push_str("</div>\n");
            }
        }
    }
}

/// The drawing twice, for wide and for narrow screens, of which one is shown, and its numbers.
fn push_chart(html: &mut String, chart: &dyn Chart) {
    let title = escape(chart.title());
    let (wide, narrow) = (chart.draw(WIDE), chart.draw(NARROW));
    let table = chart.table().html();
    push(
        html,
        format_args!(
            "<figure>\n<figcaption>{title}</figcaption>\n\
             <div class=\"wide\">\n{wide}</div>\n<div class=\"narrow\">\n{narrow}</div>\n\
             <details><summary>The numbers<span class=\"hidden\">: {title}</span></summary>\n\
             {table}</details>\n</figure>\n"
        ),
    );
}

fn push_paragraphs(html: &mut String, text: &str) {
    for paragraph in text.split("\n\n").map(str::trim).filter(|it| !it.is_empty()) {
        push(html, format_args!("<p>{}</p>\n", escape(paragraph)));
    }
}

fn push(html: &mut String, markup: std::fmt::Arguments<'_>) {
    html.write_fmt(markup).expect("a String takes everything");
}
