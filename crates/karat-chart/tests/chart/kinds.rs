//! What is drawn: well-formed, complete, honest about what cannot be drawn.

use crate::sample::{
    WILD, bars, calibration, check, columns, completeness, drawings, each_kind, each_kind_saying,
    flow, graph, histogram, lines, paired, shapes, spark, texts, waterfall,
};
use karat_chart::{Bin, Chart, Columns, Histogram, NARROW, Point, Series, WIDE};

const BAD: [f64; 4] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];

/// A chart of each kind over the same numbers.
fn each_over(values: &[f64]) -> Vec<Box<dyn Chart>> {
    let pairs: Vec<(f64, f64)> = values.iter().map(|value| (*value, *value)).collect();
    let shares: Vec<Vec<f64>> = values.iter().map(|value| vec![*value, *value]).collect();
    let bin = |value: &f64| Bin { from: *value, to: value + 1.0, first: 3, second: 4 };
    let bins = values.iter().map(bin).collect();
    let range = |mut lines: karat_chart::Lines| {
        (lines.x.range, lines.y.range) = (None, None);
        lines
    };
    vec![
        Box::new(bars(values)),
        Box::new(paired(&pairs)),
        Box::new(waterfall(values.first().copied().unwrap_or(0.0), values)),
        Box::new(Histogram { bins, ..histogram(&[]) }),
        Box::new(lines(&pairs)),
        Box::new(range(lines(&pairs))),
        Box::new(completeness(&shares, 2)),
        Box::new(calibration(&pairs)),
        Box::new(graph(values)),
    ]
}

#[test]
fn every_drawing_is_well_formed_and_the_same_each_time() {
    for (chart, again) in each_kind().iter().zip(each_kind()) {
        for (svg, again) in drawings(chart.as_ref()).iter().zip(drawings(again.as_ref())) {
            check(svg);
            assert_eq!(*svg, again);
        }
        assert_eq!(chart.svg(), chart.draw(WIDE));
        assert_eq!(chart.table().title, chart.title());
    }
}

#[test]
fn texts_are_escaped_and_cut_to_their_place() {
    for chart in each_kind_saying(WILD) {
        for svg in drawings(chart.as_ref()) {
            check(&svg);
            assert!(!svg.contains("<b ") && !svg.contains('\u{1b}'), "{svg}");
            let longest = texts(&svg).iter().map(|text| text.chars().count()).max();
            assert!(longest.is_some_and(|length| length < WILD.chars().count()), "{svg}");
        }
        let html = chart.table().html();
        roxmltree::Document::parse(&html).unwrap();
    }
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let mut charts = each_over(&[]);
    charts.remove(2);
    charts.extend([Box::new(columns(&[], true)) as Box<dyn Chart>, Box::new(flow(&[]))]);
    for chart in charts {
        for svg in drawings(chart.as_ref()) {
            check(&svg);
            assert_eq!(texts(&svg), ["There is nothing to draw."], "{chart:?}");
        }
        assert!(chart.table().html().contains("No rows."), "{chart:?}");
    }
}

#[test]
fn numbers_that_are_none_have_no_mark() {
    for chart in each_over(&BAD) {
        for svg in drawings(chart.as_ref()) {
            check(&svg);
            assert!(shapes(&svg, "circle", "k-f-s0").is_empty());
        }
    }
    let svg = bars(&[f64::NAN, 4.0, f64::INFINITY]).svg();
    assert_eq!(shapes(&svg, "rect", "k-f-s0").len(), 1);
    assert!(texts(&svg).contains(&"∞".to_owned()) && texts(&svg).contains(&"–".to_owned()));
}

#[test]
fn the_extremes_of_what_can_be_drawn_are_drawn() {
    for values in [vec![1e15, -1e15], vec![1e-300], vec![0.0], vec![-5.0, -5.0], vec![0.3]] {
        for chart in each_over(&values) {
            drawings(chart.as_ref()).iter().for_each(|svg| check(svg));
        }
    }
    for counts in [vec![u64::MAX, u64::MAX, 1], vec![0, 0], vec![1]] {
        for is_log in [false, true] {
            let chart = columns(&counts, is_log);
            drawings(&chart).iter().for_each(|svg| check(svg));
            drawings(&Columns { is_cumulative: true, ..chart }).iter().for_each(|svg| check(svg));
        }
    }
}

#[test]
fn bars_grow_from_zero_to_either_side() {
    let svg = bars(&[4.0, -2.0]).svg();
    let ([right], [left]) =
        (&shapes(&svg, "rect", "k-f-s0")[..], &shapes(&svg, "rect", "k-f-s1")[..])
    else {
        panic!("one bar of each colour in {svg}");
    };
    assert!((left[0] + left[2] - right[0]).abs() < 0.02, "both touch zero");
    assert!((right[2] / left[2] - 2.0).abs() < 0.01, "twice as long");
    assert!(texts(&svg).contains(&"+4.0".to_owned()) && texts(&svg).contains(&"−2.0".to_owned()));
}

#[test]
fn one_bar_and_bars_below_zero_only_keep_their_labels_inside() {
    for values in [&[3.0][..], &[-3.0, -0.2]] {
        for (svg, width) in drawings(&bars(values)).iter().zip([WIDE, NARROW]) {
            for class in ["k-f-s0", "k-f-s1"] {
                for [x, _, length, _] in shapes(svg, "rect", class) {
                    assert!(x >= 0.0 && x + length <= width - 8.0, "{svg}");
                }
            }
        }
    }
}

#[test]
fn a_count_of_zero_has_a_place_on_a_log_scale_and_one_is_more() {
    let heights: Vec<f64> = shapes(&columns(&[0, 1, 10, 1000], true).svg(), "rect", "k-f-s0")
        .iter()
        .map(|shape| shape[3])
        .collect();
    assert_eq!(heights[0], 0.0);
    assert!(heights[1] > 5.0 && heights.is_sorted_by(|a, b| a < b), "{heights:?}");
}

#[test]
fn a_waterfall_adds_up() {
    let chart = waterfall(-13.0, &[12.0, -3.0, 0.0, 17.0]);
    assert_eq!(chart.total(), 13.0);
    assert!((chart.probability() - 8192.0 / 8193.0).abs() < 1e-12);
    let svg = chart.svg();
    let (ups, downs) = (shapes(&svg, "rect", "k-f-s0"), shapes(&svg, "rect", "k-f-s1"));
    assert_eq!((ups.len(), downs.len()), (2, 1), "a weight of zero has no bar");
    assert!(
        (ups[0][0] + ups[0][2] - downs[0][0] - downs[0][2]).abs() < 0.02,
        "down from where up ended"
    );
    let last = chart.table().rows.pop();
    assert_eq!(last.and_then(|row| row.last().cloned()), Some("13.000".to_owned()));
    assert!(texts(&svg).contains(&"merge".to_owned()));
}

#[test]
fn an_infinite_weight_is_said_and_not_drawn() {
    let chart = waterfall(-13.0, &[f64::INFINITY, 2.0]);
    drawings(&chart).iter().for_each(|svg| check(svg));
    let texts = texts(&chart.svg());
    assert_eq!(texts.iter().filter(|text| *text == "+∞").count(), 2, "the step and the total");
    assert!(texts.contains(&"match probability 100%".to_owned()));
}

#[test]
fn a_gap_in_the_data_is_a_gap_in_the_line() {
    let points = [(0.0, 0.0), (0.2, 0.4), (f64::NAN, 0.5), (0.6, 0.8), (1.0, 1.0)];
    let mut chart = lines(&points);
    chart.series = vec![Series { name: "one".to_owned(), points: points.to_vec() }];
    assert_eq!(shapes(&chart.svg(), "polyline", "k-l-s0").len(), 2);
    assert_eq!(chart.table().rows.len(), 5, "the table has all of it");
}

#[test]
fn labels_of_lines_and_points_do_not_cover_one_another() {
    let mut chart = lines(&[(0.0, 0.0), (1.0, 1.0)]);
    let point = |n: usize| Point { label: format!("point {n}"), x: 0.5, y: 0.5 };
    chart.points = (0..4).map(point).collect();
    let svg = chart.svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let mut places: Vec<(String, String)> = document
        .descendants()
        .filter(|node| node.tag_name().name() == "text")
        .filter(|node| {
            node.text().is_some_and(|it| {
                ["first", "second", "third"].contains(&it) || it.starts_with("point")
            })
        })
        .map(|node| {
            ["x", "y"].map(|name| node.attribute(name).unwrap_or_default().to_owned()).into()
        })
        .collect();
    assert_eq!(places.len(), 7);
    places.sort();
    places.dedup();
    assert_eq!(places.len(), 7, "{places:?}");
}

#[test]
fn names_too_long_for_their_columns_are_listed_below() {
    let mut chart = columns(&[5, 6], false);
    chart.columns[0].label =
        "l.last_name = r.last_name and l.date_of_birth = r.date_of_birth".to_owned();
    let said = texts(&chart.svg());
    assert!(said.contains(&chart.columns[0].label), "{said:?}");
}

#[test]
fn what_is_made_stands_right_of_what_it_is_made_from_and_leads_to_its_page() {
    let mut chart = flow(&[("a.csv", 0, &[]), ("b.csv", 0, &[]), ("people", 1, &[0, 1])]);
    let svg = chart.svg();
    assert_eq!(svg.matches("<path").count(), 2, "a line for each");
    let [a, b, people] = shapes(&svg, "rect", "k-l-s0")[..] else { panic!("boxes in {svg}") };
    assert!(a[0] == b[0] && a[1] + a[3] < b[1], "one below the other");
    assert!(a[0] + a[2] < people[0], "the next column");
    assert!((people[1] - (a[1] + b[1]) / 2.0).abs() < 0.02, "in the middle of both");
    assert_eq!(chart.table().rows[2], ["people", "thing", "a.csv, b.csv"]);
    chart.nodes[2].to = Some("/datasets/people?a=1&b=\"2\"".to_owned());
    let svg = chart.svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.root_element().attribute("role"), Some("group"), "links are reached");
    let links: Vec<_> = document.descendants().filter_map(|node| node.attribute("href")).collect();
    assert_eq!(links, ["/datasets/people?a=1&b=\"2\""]);
}

#[test]
fn a_line_passes_between_the_boxes_of_columns_on_its_way() {
    let things: [(&str, usize, &[usize]); 5] =
        [("a", 0, &[]), ("b", 0, &[]), ("c", 1, &[0]), ("d", 1, &[1]), ("e", 2, &[0, 1, 2])];
    let svg = flow(&things).svg();
    let boxes = shapes(&svg, "rect", "k-l-s0");
    let (c, d) = (boxes[2], boxes[3]);
    let straight = |path: &str| {
        let numbers = path.trim_start_matches('M').replace('C', " ");
        let numbers: Vec<f64> = numbers.split(' ').filter_map(|text| text.parse().ok()).collect();
        (numbers[1] == numbers[7] && numbers[0] == c[0]).then_some(numbers[1])
    };
    let document = roxmltree::Document::parse(&svg).unwrap();
    let paths = document.descendants().filter_map(|node| node.attribute("d"));
    let passing: Vec<f64> = paths.filter_map(straight).collect();
    assert_eq!(passing.len(), 2, "of a and of b: {svg}");
    for y in passing {
        let is_apart = |of: &[f64; 4]| y < of[1] || y > of[1] + of[3];
        assert!(is_apart(&c) && is_apart(&d), "{y} crosses no box: {svg}");
    }
}

#[test]
fn a_small_line_has_its_gaps_its_target_and_its_last_value() {
    let svg = spark(&[0.5, 0.6, f64::NAN, 0.8, 0.7]).draw(120.0);
    check(&svg);
    assert_eq!(shapes(&svg, "polyline", "k-l-s0").len(), 2, "a gap");
    assert_eq!(shapes(&svg, "line", "k-l-mark").len(), 1, "the target");
    assert!(svg.contains("<desc>5 values, the first 0.5, the last 0.7.</desc>"), "{svg}");
    for values in [&[][..], &[0.9], &[0.9, 0.9], &[f64::INFINITY, 1e300]] {
        check(&spark(values).draw(120.0));
    }
}

#[test]
fn nodes_with_strong_links_between_them_stand_together() {
    let link = |a, b, strength, is_in_doubt| karat_chart::Link {
        between: (a, b),
        strength,
        label: format!("{strength}"),
        kind: "tier".to_owned(),
        is_in_doubt,
    };
    let mut linked = graph(&[1.0, 1.0, 1.0]);
    // Two groups, 0 with 2 and 1 with 3, and a weak link between them.
    linked.links = vec![link(0, 2, 95.0, false), link(2, 3, 60.0, true), link(3, 1, 90.0, false)];
    let svg = linked.svg();
    check(&svg);
    let told = texts(&svg);
    let place = |name: &str| told.iter().position(|text| text == name).expect("it is drawn");
    let height = |name: &str| {
        let start = svg.find(&format!(">{name}</text>")).expect("it is drawn");
        let y = svg[..start].rsplit("y=\"").next().and_then(|rest| rest.split('"').next());
        y.and_then(|y| y.parse::<f64>().ok()).expect("it has a height")
    };
    let mut nodes = ["list:0", "list:1", "list:2", "list:3"];
    nodes.sort_by(|a, b| height(a).total_cmp(&height(b)));
    assert_eq!(nodes, ["list:0", "list:2", "list:3", "list:1"]);
    assert_eq!(svg.matches("<path").count(), 3);
    assert_eq!(svg.matches("<path class=\"k-l-s1\"").count(), 1, "the one in doubt");
    assert!(place("60") < place("kept") && told.contains(&"asked".to_owned()), "{told:?}");
    assert_eq!(linked.table().rows[1], ["list:2", "list:3", "tier", "60"]);
    linked.links.retain(|link| !link.is_in_doubt);
    assert!(!texts(&linked.svg()).contains(&"asked".to_owned()));
}
