//! The report page: complete, self-contained, legible.

use crate::sample::{WILD, each_kind, each_kind_saying};
use karat_chart::{Page, Part, STYLE, Section, Table};
use roxmltree::Document;

fn page(title: &str, parts: Vec<Part>) -> Page {
    let said = || title.to_owned();
    Page {
        title: said(),
        subtitle: said(),
        facts: vec![(said(), said())],
        sections: vec![Section { title: said(), text: said(), parts }],
    }
}

/// The page as XML: what HTML leaves open is closed, and what only HTML knows is taken out.
fn as_xml(html: &str) -> String {
    let mut xml = html.replacen("<!DOCTYPE html>\n", "", 1);
    for name in ["<meta ", "<link "] {
        let mut closed = String::new();
        for (n, piece) in xml.split(name).enumerate() {
            match n {
                0 => closed.push_str(piece),
                _ => closed.push_str(&format!("{name}{}", piece.replacen('>', "/>", 1))),
            }
        }
        xml = closed;
    }
    xml
}

#[test]
fn every_chart_is_there_with_its_numbers() {
    let count = each_kind().len();
    let html = page("A report", each_kind().into_iter().map(Part::Chart).collect()).html();
    let xml = as_xml(&html);
    let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{error}"));
    let all = |name: &str| document.descendants().filter(|it| it.tag_name().name() == name).count();
    assert_eq!((all("svg"), all("figure"), all("details")), (count * 2, count, count));
    assert_eq!((all("table"), all("h1"), all("main")), (count, 1, 1));
}

#[test]
fn the_contents_lead_to_every_section() {
    let mut page = page("A report", vec![]);
    page.sections.push(Section { title: "More".to_owned(), text: String::new(), parts: vec![] });
    let html = page.html();
    for number in 1..=2 {
        assert_eq!(html.matches(&format!("href=\"#section-{number}\"")).count(), 1);
        assert_eq!(html.matches(&format!(" id=\"section-{number}\"")).count(), 1);
    }
}

#[test]
fn no_text_becomes_markup() {
    let mut parts: Vec<Part> = each_kind_saying(WILD).into_iter().map(Part::Chart).collect();
    let mut table = Table::new(WILD, &[WILD], &[WILD]);
    table.row([WILD.to_owned()]);
    table.row([WILD.to_owned(), WILD.to_owned(), "beyond the last column".to_owned()]);
    parts.extend([Part::Table(table), Part::Text(WILD.to_owned()), Part::Note(WILD.to_owned())]);
    let html = page(WILD, parts).html();
    Document::parse(&as_xml(&html)).unwrap_or_else(|error| panic!("{error}"));
    assert!(!html.contains("<b ") && !html.contains('\0') && !html.contains('\u{1b}'));
}

#[test]
fn the_page_asks_nothing_of_a_network() {
    let html = page("A report", each_kind().into_iter().map(Part::Chart).collect()).html();
    let links = html.matches("http").count();
    let harmless =
        html.matches("http://www.w3.org/2000/svg").count() + html.matches("http-equiv").count();
    assert_eq!(links, harmless, "only the name of SVG looks like an address");
    for word in ["<script", "@import", "url(", "src=", "srcset"] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn a_page_without_content_is_a_page() {
    let empty = Page {
        title: "Empty".to_owned(),
        subtitle: String::new(),
        facts: vec![],
        sections: vec![],
    };
    let html = empty.html();
    Document::parse(&as_xml(&html)).unwrap_or_else(|error| panic!("{error}"));
    assert!(!html.contains("<nav") && !html.contains("<dl"));
}

/// Relative luminance of `#rrggbb`, as WCAG 2.2 defines it.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_stand_out_from_the_page_in_light_and_in_dark() {
    let (light, dark) = STYLE.split_once("@media").expect("a dark part");
    for half in [light, dark] {
        let colour = |name: &str| -> &str {
            let start = format!("--k-{name}: ");
            let at = half.find(&start).unwrap_or_else(|| panic!("{name}")) + start.len();
            &half[at..at + 7]
        };
        let texts = ["text", "muted", "mark", "s0", "s1", "s2", "s3", "s4", "s5"];
        for name in texts {
            let ratio = contrast(colour(name), colour("page"));
            assert!(ratio >= 4.5, "{name}: {ratio:.2}");
        }
        assert!(contrast(colour("axis"), colour("page")) >= 3.0);
        assert!(contrast(colour("text"), colour("track")) >= 4.5, "notes");
        assert!(contrast(colour("s0"), colour("track")) >= 3.0, "bars on their tracks");
    }
}

#[test]
fn a_drawing_alone_has_the_colours_of_a_light_page() {
    let (light, _) = STYLE.split_once("@media").expect("a dark part");
    let svg: String = each_kind().iter().map(|chart| chart.svg()).collect();
    for part in svg.replace("-strong", "-text").split("class=\"k-").skip(1) {
        let mut words = part.split('"');
        let name = words.next().and_then(|name| name.rsplit('-').next()).unwrap_or_default();
        let colour = words.nth(1).unwrap_or_default();
        if !["chart", "rim"].contains(&name) {
            assert!(light.contains(&format!("--k-{name}: {colour};")), "{name}: {colour}");
        }
    }
}
