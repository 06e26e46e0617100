//! Single pairs against labels: precision and recall by threshold, curves, calibration.

use karat_chart::{
    Axis, Calibration, Lines, Observed, Part, Point, Section, Series, Table, count, decimals,
    number, signed,
};
use karat_resolve::linkage::evaluate::{Confusion, Row};
use karat_resolve::linkage::model::weight_of;

use crate::evaluate::{Evaluation, Scored, Weighed};

/// Where pairs are weighed and there are labels.
pub fn section(evaluation: &Evaluation) -> Option<Section> {
    let weighed = evaluation.weighed.as_ref()?;
    let scored = weighed.scored.as_ref()?;
    let text = "What would happen if each pair were decided by its own weight alone. Entities, \
                which weigh all their records together, usually do better than this; the figures \
                show where a threshold costs precision and where recall.";
    let mut section = super::section("Thresholds", text);
    section.parts.push(by_threshold(weighed, scored).into());
    section.parts.push(Part::Table(thresholds(weighed, scored)));
    section.parts.extend(curves(weighed, scored));
    let error = scored.calibration.expected_error();
    let brier = scored.calibration.brier_score();
    section.parts.push(Part::Text(format!(
        "A probability is good if it is what happens: of pairs with 90% nine in ten should be \
         matches, and the dots lie on the diagonal. Above it the model is too careful, below too \
         sure. Over all candidate pairs probabilities are off by {} on average (expected \
         calibration error), most of which are plainly no matches; the mean square of the error is {} (Brier score).",
        error.map_or("–".to_owned(), number),
        brier.map_or("–".to_owned(), number),
    )));
    section.parts.push(calibration(scored).into());
    Some(section)
}

fn axis(title: &str) -> Axis {
    Axis { title: title.to_owned(), range: Some((0.0, 1.0)), is_days: false }
}

fn series(name: &str, points: Vec<(f64, f64)>) -> Series {
    Series { name: name.to_owned(), points }
}

/// Weights below this many bits are no thresholds that anybody would choose.
const LOWEST: f64 = -15.0;

/// The rows that a chart shows: those of whole bits, and the last.
fn shown(rows: &[Row]) -> Vec<&Row> {
    let mut shown: Vec<&Row> = Vec::new();
    for row in rows.iter().filter(|row| row.threshold >= LOWEST) {
        let is_new = shown.last().is_none_or(|last| last.threshold.floor() < row.threshold.floor());
        if is_new {
            shown.push(row);
        }
    }
    shown.extend(rows.last().filter(|last| shown.last() != Some(last)));
    shown
}

fn by_threshold(weighed: &Weighed, scored: &Scored) -> Lines {
    let rows = shown(&scored.rows);
    let of = |figure: fn(&Confusion) -> Option<f64>| {
        let point = |row: &&Row| Some((row.threshold, figure(&row.decisions)?));
        rows.iter().filter_map(point).collect()
    };
    let point = |label: &str, probability: f64| {
        let y = scored.at(probability)?.f1()?;
        Some(Point { label: label.to_owned(), x: weight_of(probability), y })
    };
    Lines {
        title: "Precision, recall and F1 by threshold".to_owned(),
        x: Axis { title: "threshold (bits)".to_owned(), range: None, is_days: false },
        y: axis("share"),
        series: vec![
            series("precision", of(|decisions| Some(decisions.precision()))),
            series("recall", of(Confusion::recall)),
            series("F1", of(Confusion::f1)),
        ],
        points: point("merge", weighed.auto).into_iter().collect(),
        has_diagonal: false,
    }
}

/// Match probabilities at which decisions are shown.
const SHOWN: [f64; 9] = [0.9999, 0.999, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25, 0.1];

fn thresholds(weighed: &Weighed, scored: &Scored) -> Table {
    let numbers = ["weight (bits)", "precision", "recall", "F1", "right", "wrong", "missed"];
    let mut table = Table::new("Decisions by threshold", &["from probability"], &numbers);
    let mut shown: Vec<f64> = SHOWN.into_iter().chain([weighed.auto, weighed.review]).collect();
    shown.sort_by(|a, b| b.total_cmp(a));
    shown.dedup();
    for probability in shown {
        let Some(decisions) = scored.at(probability) else { continue };
        let name = match probability {
            _ if probability == weighed.auto => format!("{probability} (merge)"),
            _ if probability == weighed.review => format!("{probability} (review)"),
            _ => probability.to_string(),
        };
        let four = |share: Option<f64>| share.map_or("–".to_owned(), |it| decimals(it, 4));
        table.row([
            name,
            signed(weight_of(probability), 1),
            four(Some(decisions.precision())),
            four(decisions.recall()),
            four(decisions.f1()),
            count(decisions.true_positives),
            count(decisions.false_positives),
            count(decisions.false_negatives),
        ]);
    }
    table
}

/// Points that lie further apart than this are told apart by eye.
const APART: f64 = 0.004;

/// A curve without the points that nobody can tell from the last.
fn thinned(points: &[karat_resolve::linkage::evaluate::Point]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let is_far = kept.last().is_none_or(|(x, y)| {
            (point.x - x).abs().max((point.y - y).abs()) >= APART || at + 1 == points.len()
        });
        if is_far {
            kept.push((point.x, point.y));
        }
    }
    kept
}

fn curves(weighed: &Weighed, scored: &Scored) -> Vec<Part> {
    let Some(curves) = &scored.curves else { return Vec::new() };
    let point = |label: &str, probability: f64| {
        let decisions = scored.at(probability)?;
        Some(Point { label: label.to_owned(), x: decisions.recall()?, y: decisions.precision() })
    };
    let points = [point("review", weighed.review), point("merge", weighed.auto)];
    let text = format!(
        "Both curves go through all thresholds. In the upper right of the first there is neither \
         a wrong nor a missed match; its area is {}. The second (ROC) belongs into the upper left; \
         its area is {}, but as nearly all pairs are no matches, and easy, it flatters.",
        decimals(curves.precision_recall_area, 4),
        decimals(curves.roc_area, 4),
    );
    let precision = Lines {
        title: "Precision by recall".to_owned(),
        x: axis("recall"),
        y: axis("precision"),
        series: vec![series("single pairs", thinned(&curves.precision_recall))],
        points: points.into_iter().flatten().collect(),
        has_diagonal: false,
    };
    let roc = Lines {
        title: "ROC: true by false matches".to_owned(),
        x: axis("false positive rate"),
        y: axis("true positive rate"),
        series: vec![series("single pairs", thinned(&curves.roc))],
        points: Vec::new(),
        has_diagonal: true,
    };
    vec![Part::Text(text), precision.into(), roc.into()]
}

fn calibration(scored: &Scored) -> Calibration {
    let observed = |bin: karat_resolve::linkage::evaluate::Bin| Observed {
        predicted: bin.predicted,
        observed: bin.observed,
        count: bin.pairs,
    };
    Calibration {
        title: "Predicted against observed".to_owned(),
        observed: scored.calibration.bins().into_iter().map(observed).collect(),
    }
}
