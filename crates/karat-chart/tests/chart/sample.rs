//! Charts for tests, and what a drawing holds.

use karat_chart::{
    Axis, Bar, Bars, Bin, Calibration, Chart, Column, Columns, Completeness, Filled, Flow,
    FlowNode, Graph, Group, Histogram, Lines, Link, Mark, NARROW, Observed, PairedBar, PairedBars,
    Point, Series, Spark, SparkPoint, Step, WIDE, Waterfall,
};
use roxmltree::{Document, Node};

/// A text that would break markup, a drawing and a terminal.
pub const WILD: &str = "<b onload='x'>\"&amp;\" \u{1b}[31m\0 ]]> ĂŠ 東京 𝄞 and so on for much longer \
    than fits anywhere, be it in a label, in a legend, in the title of an axis or in a line of a \
    terminal, so that it has to be cut wherever it is drawn and is whole in the table alone";

pub fn bars(values: &[f64]) -> Bars {
    let bar = |(n, value): (usize, &f64)| Bar { label: format!("level {n}"), value: *value };
    let rows = values.iter().enumerate().map(bar).collect();
    let groups = vec![Group { name: "name".to_owned(), rows }];
    Bars { title: "weights".to_owned(), axis: "match weight (bits)".to_owned(), groups }
}

pub fn paired(values: &[(f64, f64)]) -> PairedBars {
    let pair = |(first, second): &(f64, f64)| PairedBar {
        label: "level".to_owned(),
        first: *first,
        second: *second,
    };
    PairedBars {
        title: "m and u".to_owned(),
        axis: "probability".to_owned(),
        first: "matches".to_owned(),
        second: "non-matches".to_owned(),
        groups: vec![Group { name: "name".to_owned(), rows: values.iter().map(pair).collect() }],
    }
}

pub fn waterfall(prior: f64, weights: &[f64]) -> Waterfall {
    let step = |(n, weight): (usize, &f64)| Step {
        label: format!("field {n}"),
        left: "Anna".to_owned(),
        right: "Anne".to_owned(),
        level: "similar".to_owned(),
        weight: *weight,
    };
    Waterfall {
        title: "one pair".to_owned(),
        left: "A-1".to_owned(),
        right: "B-2".to_owned(),
        prior,
        steps: weights.iter().enumerate().map(step).collect(),
        marks: vec![Mark { label: "merge".to_owned(), at: 9.0 }],
    }
}

pub fn histogram(counts: &[(u64, u64)]) -> Histogram {
    let bin = |(n, (first, second)): (usize, &(u64, u64))| {
        let from = n as f64;
        Bin { from, to: from + 1.0, first: *first, second: *second }
    };
    Histogram {
        title: "pairs by weight".to_owned(),
        axis: "match weight (bits)".to_owned(),
        first: "matches".to_owned(),
        second: Some("others".to_owned()),
        bins: counts.iter().enumerate().map(bin).collect(),
        marks: vec![Mark { label: "review".to_owned(), at: 1.5 }],
        is_log: true,
    }
}

pub fn lines(points: &[(f64, f64)]) -> Lines {
    let series = |name: &str| Series { name: name.to_owned(), points: points.to_vec() };
    let axis =
        |title: &str| Axis { title: title.to_owned(), range: Some((0.0, 1.0)), is_days: false };
    Lines {
        title: "ROC".to_owned(),
        x: axis("false match rate"),
        y: axis("true match rate"),
        series: vec![series("first"), series("second"), series("third")],
        points: vec![],
        has_diagonal: true,
    }
}

pub fn columns(counts: &[u64], is_log: bool) -> Columns {
    let column = |(n, count): (usize, &u64)| Column { label: n.to_string(), count: *count };
    Columns {
        title: "clusters by size".to_owned(),
        axis: "records".to_owned(),
        counted: "clusters".to_owned(),
        columns: counts.iter().enumerate().map(column).collect(),
        is_cumulative: false,
        is_log,
    }
}

pub fn completeness(shares: &[Vec<f64>], sources: usize) -> Completeness {
    let filled = |shares: &Vec<f64>| Filled { column: "phone".to_owned(), shares: shares.clone() };
    Completeness {
        title: "filled".to_owned(),
        sources: (0..sources).map(|n| format!("source {n}")).collect(),
        columns: shares.iter().map(filled).collect(),
    }
}

pub fn calibration(points: &[(f64, f64)]) -> Calibration {
    let observed = |(predicted, observed): &(f64, f64)| Observed {
        predicted: *predicted,
        observed: *observed,
        count: 7,
    };
    Calibration { title: "calibration".to_owned(), observed: points.iter().map(observed).collect() }
}

/// Things in columns, each with its column and what it is made from.
pub fn flow(things: &[(&str, usize, &[usize])]) -> Flow {
    let node = |(label, column, from): &(&str, usize, &[usize])| FlowNode {
        label: (*label).to_owned(),
        kind: "thing".to_owned(),
        column: *column,
        from: from.to_vec(),
        to: None,
    };
    let last = things.iter().map(|thing| thing.1).max().unwrap_or(0);
    Flow {
        title: "what comes from what".to_owned(),
        columns: (0..=last).map(|n| format!("column {n}")).collect(),
        nodes: things.iter().map(node).collect(),
    }
}

pub fn spark(values: &[f64]) -> Spark {
    let point = |(n, value): (usize, &f64)| SparkPoint {
        label: format!("run {n}"),
        value: *value,
        shown: format!("{value:.1}"),
    };
    let points = values.iter().enumerate().map(point).collect();
    Spark { title: "lately".to_owned(), points, target: Some(0.9) }
}

/// Nodes with links between the first and the others.
pub fn graph(strengths: &[f64]) -> Graph {
    let link = |(n, strength): (usize, &f64)| Link {
        between: (0, n + 1),
        strength: *strength,
        label: "95".to_owned(),
        kind: "same e-mail".to_owned(),
        is_in_doubt: n == 1,
    };
    let nodes = if strengths.is_empty() { 0 } else { strengths.len() + 1 };
    Graph {
        title: "what holds them together".to_owned(),
        nodes: (0..nodes).map(|n| format!("list:{n}")).collect(),
        links: strengths.iter().enumerate().map(link).collect(),
        meaning: ["kept".to_owned(), "asked".to_owned()],
    }
}

fn graph_saying(text: &str) -> Graph {
    let said = || text.to_owned();
    let (label, kind) = (said(), said());
    let link = Link { between: (0, 1), strength: 1.0, label, kind, is_in_doubt: true };
    Graph {
        title: said(),
        nodes: vec![said(), said()],
        links: vec![link],
        meaning: [said(), said()],
    }
}

/// One chart of each kind with usual numbers.
pub fn each_kind() -> Vec<Box<dyn Chart>> {
    let points = [(0.0, 0.0), (0.1, 0.7), (0.5, 0.9), (1.0, 1.0)];
    vec![
        Box::new(bars(&[5.3, -2.1, 0.0])),
        Box::new(paired(&[(0.9, 0.01), (0.1, 0.99)])),
        Box::new(waterfall(-13.0, &[12.0, -3.0, 0.0, 17.0])),
        Box::new(histogram(&[(0, 900), (10, 80), (200, 1), (50, 0)])),
        Box::new(lines(&points)),
        Box::new(columns(&[21_400, 310, 0, 4], true)),
        Box::new(Columns { is_cumulative: true, ..columns(&[1, 2, 3], false) }),
        Box::new(completeness(&[vec![1.0], vec![0.25]], 1)),
        Box::new(completeness(&[vec![1.0, 0.5, 0.0], vec![0.25, 0.9, 0.1]], 3)),
        Box::new(calibration(&points)),
        Box::new(flow(&[("a.csv", 0, &[]), ("b.csv", 0, &[]), ("people", 1, &[0, 1])])),
        Box::new(spark(&[0.5, 0.95, f64::NAN, 0.9])),
        Box::new(graph(&[95.0, 60.0, 99.0])),
    ]
}

/// One chart of each kind, each text of which is `text`.
pub fn each_kind_saying(text: &str) -> Vec<Box<dyn Chart>> {
    let said = || text.to_owned();
    let group = |name: String| vec![Group { name, rows: vec![Bar { label: said(), value: -1.0 }] }];
    let pair = PairedBar { label: said(), first: 0.5, second: 0.5 };
    let mark = || vec![Mark { label: said(), at: 2.0 }];
    let axis = || Axis { title: said(), range: None, is_days: false };
    let series = Series { name: said(), points: vec![(0.0, 1.0), (2.0, 3.0)] };
    let (point, column) =
        (Point { label: said(), x: 1.0, y: 2.0 }, Column { label: said(), count: 5 });
    let step =
        Step { label: said(), left: said(), right: "b".to_owned(), level: said(), weight: 3.0 };
    vec![
        Box::new(Bars { title: said(), axis: said(), groups: group(said()) }),
        Box::new(PairedBars {
            title: said(),
            axis: said(),
            first: said(),
            second: said(),
            groups: vec![Group { name: said(), rows: vec![pair] }],
        }),
        Box::new(Waterfall {
            title: said(),
            left: said(),
            right: said(),
            prior: -3.0,
            steps: vec![step],
            marks: mark(),
        }),
        Box::new(Histogram {
            title: said(),
            axis: said(),
            first: said(),
            second: Some(said()),
            marks: mark(),
            ..histogram(&[(1, 2)])
        }),
        Box::new(Lines {
            title: said(),
            x: axis(),
            y: axis(),
            series: vec![series.clone(), series],
            points: vec![point.clone(), point],
            has_diagonal: true,
        }),
        Box::new(Columns {
            title: said(),
            axis: said(),
            counted: said(),
            columns: vec![column.clone(), column],
            is_cumulative: true,
            is_log: false,
        }),
        Box::new(Completeness {
            title: said(),
            sources: vec![said(), said()],
            columns: vec![Filled { column: said(), shares: vec![0.5, 0.5] }],
        }),
        Box::new(Calibration { title: said(), ..calibration(&[(0.5, 0.5)]) }),
        Box::new(Flow { title: said(), columns: vec![said()], ..flow(&[(text, 0, &[])]) }),
        Box::new(graph_saying(text)),
    ]
}

/// Both drawings of a chart.
pub fn drawings(chart: &dyn Chart) -> [String; 2] {
    [chart.draw(WIDE), chart.draw(NARROW)]
}

/// Checks what holds of every drawing: well-formed, named, and no number that is none.
pub fn check(svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error} in {svg}"));
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.attribute("role")), ("svg", Some("img")));
    let first: Vec<&str> =
        root.children().filter(Node::is_element).map(|it| it.tag_name().name()).take(2).collect();
    assert_eq!(first, ["title", "desc"]);
    for node in root.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{value} in {svg}");
            assert!(!attribute.name().starts_with("on"), "{svg}");
        }
        if let (Some(width), Some(height)) = (node.attribute("width"), node.attribute("height")) {
            assert!(!width.starts_with('-') && !height.starts_with('-'), "{svg}");
        }
    }
}

/// Shapes of this name that a reader sees, with a class.
pub fn shapes(svg: &str, name: &str, class: &str) -> Vec<[f64; 4]> {
    let document = Document::parse(svg).expect("checked before");
    let number = |node: &Node, name: &str| -> f64 {
        node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
    };
    document
        .descendants()
        .filter(|node| node.tag_name().name() == name && node.attribute("class") == Some(class))
        .map(|node| ["x", "y", "width", "height"].map(|name| number(&node, name)))
        .collect()
}

/// All texts that are drawn, without the titles.
pub fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("checked before");
    let texts = document.descendants().filter(|node| node.tag_name().name() == "text");
    texts.filter_map(|node| node.text().map(str::to_owned)).collect()
}
