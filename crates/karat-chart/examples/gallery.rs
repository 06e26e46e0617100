//! Writes a page with every kind of chart, over made-up numbers.
//!
//! Usage: gallery PAGE.html

#![expect(clippy::print_stdout, reason = "a program that prints a waterfall for terminals")]

use karat_chart::{
    Align, Axis, Bar, Bars, Bin, Calibration, Column, Columns, Completeness, Filled, Graph, Group,
    Histogram, Lines, Link, Mark, Observed, Page, PairedBar, PairedBars, Part, Point, Section,
    Series, Step, Table, Waterfall,
};

/// Comparison, level, m probability, u probability.
const LEVELS: [(&str, &str, f64, f64); 11] = [
    ("First name", "Exact match", 0.61, 0.0074),
    ("First name", "Jaro-Winkler at least 0.92", 0.17, 0.0041),
    ("First name", "Jaro-Winkler at least 0.80", 0.08, 0.0163),
    ("First name", "Anything else", 0.14, 0.9722),
    ("Date of birth", "Exact match", 0.78, 0.000_11),
    ("Date of birth", "One digit differs", 0.13, 0.0021),
    ("Date of birth", "Anything else", 0.09, 0.99779),
    ("Post code", "Exact match", 0.54, 0.00031),
    ("Post code", "Same district, another street of the same town", 0.19, 0.0089),
    ("Post code", "Anything else", 0.27, 0.99079),
    ("E-mail", "Exact match", 0.71, 0.000_004_2),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: gallery PAGE.html")?;
    std::fs::write(path, page().html())?;
    print!("{}", waterfall().text(100, false));
    Ok(())
}

fn page() -> Page {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Page {
        title: "Customers: how well are people recognised?".to_owned(),
        subtitle: "Every kind of chart, over made-up numbers.".to_owned(),
        facts: vec![
            fact("records", "40,113"),
            fact("labelled pairs", "1,204"),
            fact("precision", "99.2%"),
            fact("recall", "96.8%"),
            fact("F1", "0.980"),
        ],
        sections: vec![model(), pair(), quality(), data(), edges()],
    }
}

fn section(title: &str, text: &str, parts: Vec<Part>) -> Section {
    Section { title: title.to_owned(), text: text.to_owned(), parts }
}

fn model() -> Section {
    let text = "A match weight says how much likelier a level is among matches than among \
                non-matches: one bit doubles the odds.";
    section("The model", text, vec![weights().into(), probabilities().into()])
}

fn grouped<T>(row: fn(&(&str, &str, f64, f64)) -> T) -> Vec<Group<T>> {
    let mut groups: Vec<Group<T>> = Vec::new();
    for level in &LEVELS {
        match groups.last_mut() {
            Some(group) if group.name == level.0 => group.rows.push(row(level)),
            _ => groups.push(Group { name: level.0.to_owned(), rows: vec![row(level)] }),
        }
    }
    groups
}

fn weights() -> Bars {
    Bars {
        title: "Match weights of the comparison levels".to_owned(),
        axis: "match weight (bits)".to_owned(),
        groups: grouped(|(_, label, m, u)| Bar {
            label: (*label).to_owned(),
            value: (m / u).log2(),
        }),
    }
}

fn probabilities() -> PairedBars {
    PairedBars {
        title: "m and u probabilities of the comparison levels".to_owned(),
        axis: "probability of the level".to_owned(),
        first: "among matches (m)".to_owned(),
        second: "among non-matches (u)".to_owned(),
        groups: grouped(|(_, label, m, u)| PairedBar {
            label: (*label).to_owned(),
            first: *m,
            second: *u,
        }),
    }
}

fn thresholds() -> Vec<Mark> {
    let mark = |label: &str, at| Mark { label: label.to_owned(), at };
    vec![mark("review", 3.0), mark("merge", 9.0)]
}

fn waterfall() -> Waterfall {
    let step = |label: &str, left: &str, right: &str, level: &str, weight| Step {
        label: label.to_owned(),
        left: left.to_owned(),
        right: right.to_owned(),
        level: level.to_owned(),
        weight,
    };
    Waterfall {
        title: "Why A-1041 and B-77 are the same person".to_owned(),
        left: "A-1041".to_owned(),
        right: "B-77".to_owned(),
        prior: -13.3,
        steps: vec![
            step("First name", "Katharina", "Katarina", "Jaro-Winkler ≥ 0.92", 5.4),
            step(
                "Last name",
                "Müller-Lüdenscheidt von Hohenstein",
                "Mueller",
                "Anything else",
                -2.1,
            ),
            step("Date of birth", "1981-03-07", "1981-03-07", "Exact match", 12.8),
            step("Phone", "", "+49 30 901820", "Missing", 0.0),
            step("City", "東京都千代田区", "Tokyo", "Anything else", -0.4),
            step("E-mail", "k.mueller@example.org", "k.mueller@example.org", "Exact match", 17.4),
        ],
        marks: thresholds(),
    }
}

fn pair() -> Section {
    let text = "From the prior, each comparison moves the weight to the right or to the left.";
    section("One pair", text, vec![waterfall().into()])
}

fn bell(x: f64, middle: f64, breadth: f64) -> f64 {
    (-((x - middle) / breadth).powi(2) / 2.0).exp()
}

fn histogram(title: &str, second: Option<&str>, is_log: bool) -> Histogram {
    let bin = |n: i32| {
        let (from, to) = (f64::from(n), f64::from(n) + 1.0);
        let others = (90_000.0 * bell(from, -11.0, 4.0)) as u64;
        let matches = (2_100.0 * bell(from, 15.0, 5.0)) as u64;
        match second {
            Some(_) => Bin { from, to, first: matches, second: others },
            None => Bin { from, to, first: matches + others, second: 0 },
        }
    };
    Histogram {
        title: title.to_owned(),
        axis: "match weight (bits)".to_owned(),
        first: if second.is_some() { "matches" } else { "pairs" }.to_owned(),
        second: second.map(str::to_owned),
        bins: (-24..30).map(bin).collect(),
        marks: thresholds(),
        is_log,
    }
}

fn axis(title: &str) -> Axis {
    Axis { title: title.to_owned(), range: Some((0.0, 1.0)), is_days: false }
}

fn series(name: &str, y: impl Fn(f64) -> (f64, f64)) -> Series {
    Series { name: name.to_owned(), points: (0..=100).map(|n| y(f64::from(n) / 100.0)).collect() }
}

fn by_threshold() -> Lines {
    let precision = |x: f64| 1.0 - 0.7 * (-x / 4.0).exp();
    let recall = |x: f64| 1.0 / (1.0 + ((x - 17.0) / 3.0).exp());
    let f1 = |x: f64| 2.0 * precision(x) * recall(x) / (precision(x) + recall(x));
    let weight = |part: f64| part * 25.0;
    Lines {
        title: "Precision, recall and F1 by threshold".to_owned(),
        x: Axis { title: "threshold (bits)".to_owned(), range: None, is_days: false },
        y: axis("share"),
        series: vec![
            series("precision", |part| (weight(part), precision(weight(part)))),
            series("recall", |part| (weight(part), recall(weight(part)))),
            series("F1", |part| (weight(part), f1(weight(part)))),
        ],
        points: vec![Point { label: "merge".to_owned(), x: 9.0, y: f1(9.0) }],
        has_diagonal: false,
    }
}

fn roc() -> Lines {
    Lines {
        title: "ROC: true against false matches".to_owned(),
        x: axis("false match rate"),
        y: axis("true match rate"),
        series: vec![
            series("all fields", |x| (x, x.powf(0.06))),
            series("without e-mail", |x| (x, x.powf(0.15))),
            series("names only", |x| (x, x.powf(0.4))),
        ],
        points: vec![
            Point { label: "merge".to_owned(), x: 0.01, y: 0.76 },
            Point { label: "review".to_owned(), x: 0.05, y: 0.84 },
        ],
        has_diagonal: true,
    }
}

fn calibration() -> Calibration {
    let observed = |n: u32| {
        let predicted = (f64::from(n) + 0.5) / 10.0;
        let observed = predicted.powf(1.25);
        Observed { predicted, observed, count: u64::from(n + 1) * 37 }
    };
    Calibration {
        title: "Predicted against observed".to_owned(),
        observed: (0..10).map(observed).collect(),
    }
}

fn quality() -> Section {
    let all = histogram("Candidate pairs by match weight", None, true);
    let kinds = histogram("Matches and others by match weight", Some("non-matches"), true);
    let note = "Recall is an estimate: pairs that no blocking rule finds are not among the labels.";
    let parts = vec![
        all.into(),
        kinds.into(),
        by_threshold().into(),
        roc().into(),
        calibration().into(),
        Part::Note(note.to_owned()),
    ];
    section("Quality", "", parts)
}

fn columns(title: &str, counted: &str, axis: &str, counts: &[(&str, u64)]) -> Columns {
    let column =
        |(label, count): &(&str, u64)| Column { label: (*label).to_owned(), count: *count };
    Columns {
        title: title.to_owned(),
        axis: axis.to_owned(),
        counted: counted.to_owned(),
        columns: counts.iter().map(column).collect(),
        is_cumulative: false,
        is_log: false,
    }
}

fn completeness(title: &str, sources: &[&str]) -> Completeness {
    let names =
        ["first_name", "last_name", "date_of_birth", "phone", "e_mail", "street_and_number"];
    let share = |column: usize, source: usize| match (column, source) {
        (0, _) => 1.0,
        (5, 2) => 0.0,
        (column, source) => 1.0 - 0.13 * column as f64 / (1.0 + source as f64) - 0.0003,
    };
    let filled = |(column, name): (usize, &&str)| Filled {
        column: (*name).to_owned(),
        shares: (0..sources.len()).map(|source| share(column, source)).collect(),
    };
    Completeness {
        title: title.to_owned(),
        sources: sources.iter().map(|name| (*name).to_owned()).collect(),
        columns: names.iter().enumerate().map(filled).collect(),
    }
}

fn data() -> Section {
    let sizes =
        [("1", 21_400), ("2", 6_210), ("3", 1_455), ("4", 310), ("5", 62), ("6", 0), ("7", 4)];
    let rules = [
        ("l.email = r.email", 18_220),
        ("l.last_name = r.last_name and l.date_of_birth = r.date_of_birth", 9_410),
        (
            "l.post_code = r.post_code and substr(l.first_name, 1, 1) = substr(r.first_name, 1, 1)",
            31_077,
        ),
        ("l.phone = r.phone", 2_016),
    ];
    let sizes = columns("Clusters by size", "clusters", "records in the cluster", &sizes);
    let rules = columns("Pairs by blocking rule", "new pairs", "blocking rule", &rules);
    let parts = vec![
        Columns { is_log: true, ..sizes }.into(),
        Columns { is_cumulative: true, ..rules }.into(),
        completeness("How much is filled", &["all"]).into(),
        completeness("How much is filled, by source", &["crm", "newsletter", "shop"]).into(),
        Part::Table(Table {
            title: "Pairs to look at".to_owned(),
            columns: vec![
                ("pair".to_owned(), Align::Left),
                ("why".to_owned(), Align::Left),
                ("weight (bits)".to_owned(), Align::Right),
            ],
            rows: vec![
                vec![
                    "A-17, B-203".to_owned(),
                    "same phone, other name".to_owned(),
                    "4.1".to_owned(),
                ],
                vec!["A-18, B-44".to_owned(), "twins?".to_owned(), "8.9".to_owned()],
            ],
        }),
    ];
    section("The data", "", parts)
}

/// What is rare, and must not look broken.
fn edges() -> Section {
    let bar = |label: &str, value| Bar { label: label.to_owned(), value };
    let bars = |title: &str, rows| Bars {
        title: title.to_owned(),
        axis: "match weight (bits)".to_owned(),
        groups: vec![Group { name: String::new(), rows }],
    };
    let link = |a, b, strength: f64, is_in_doubt| Link {
        between: (a, b),
        strength,
        label: format!("{strength}"),
        kind: "same e-mail".to_owned(),
        is_in_doubt,
    };
    let long = "a level whose name is much longer than any column of any chart could ever be wide";
    let many: Vec<(String, u64)> = (1..=60).map(|n| (n.to_string(), 4_000 / n)).collect();
    let many: Vec<(&str, u64)> = many.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    let parts = vec![
        bars("Nothing", vec![]).into(),
        bars("One bar", vec![bar("one", 3.0)]).into(),
        bars("Below zero only", vec![bar("a", -3.0), bar(long, -0.2)]).into(),
        bars(
            "Infinite and missing",
            vec![bar("a", f64::INFINITY), bar("b", f64::NAN), bar("c", 4.0)],
        )
        .into(),
        columns("Many columns", "clusters", "records in the cluster", &many).into(),
        histogram("Matches and others, not on a log scale", Some("non-matches"), false).into(),
        Waterfall { steps: vec![], marks: vec![], ..waterfall() }.into(),
        Graph {
            title: "Two groups and a bridge".to_owned(),
            nodes: ["A-1", "A-2", "B-1", "B-2", long].map(str::to_owned).to_vec(),
            links: vec![
                link(0, 2, 95.0, false),
                link(0, 4, 99.0, false),
                link(2, 3, 60.0, true),
                link(3, 1, 90.0, false),
            ],
            meaning: ["kept".to_owned(), "a person is asked".to_owned()],
        }
        .into(),
    ];
    section("Edges", "", parts)
}
