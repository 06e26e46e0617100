//! How checks and objectives went, drawn.

use karat_chart::{Axis, Chart, Column, Columns, Lines, Part, Series, Spark, SparkPoint};
use karat_pipeline::check;
use karat_pipeline::objective::{Dimension, Reached, shown};
use karat_store::check::{Known, Score};

/// Width in pixels of a drawing in a row of a table.
const SMALL: f64 = 96.0;

/// A small line of values, where there are at least two.
fn small(spark: &Spark) -> Option<String> {
    (spark.points.len() > 1).then(|| spark.draw(SMALL))
}

/// The scores of a table.
pub fn of_scores(scores: &[Score], threshold: Option<f64>) -> Option<String> {
    let point = |score: &Score| SparkPoint {
        label: format!("run {}", score.run),
        value: score.score,
        shown: check::shown(score.score),
    };
    let points = scores.iter().map(point).collect();
    small(&Spark { title: "Score, run by run".to_owned(), points, target: threshold })
}

/// What an objective reached.
pub fn of_objective(reached: &Reached<'_>) -> Option<String> {
    let goal = reached.objective.goal;
    let point = |known: &karat_store::objective::Known| SparkPoint {
        label: format!("run {}", known.run),
        value: known.actual.unwrap_or(f64::NAN),
        shown: shown::figure(goal.dimension, known.actual),
    };
    let points = reached.results.iter().map(point).collect();
    let title = format!("{}, run by run", reached.objective.name);
    small(&Spark { title, points, target: Some(goal.target) })
}

/// Rows that are not as expected, run by run; none of a check that counts no rows.
pub fn of_check(results: &[Known]) -> Option<String> {
    let column = |known: &Known| {
        let count = known.rows?.unexpected;
        Some(Column { label: known.run.to_string(), count })
    };
    let columns: Vec<Column> = results.iter().rev().filter_map(column).collect();
    let chart = Columns {
        title: "Unexpected rows by run".to_owned(),
        axis: "run".to_owned(),
        counted: "unexpected rows".to_owned(),
        columns,
        is_cumulative: false,
        is_log: false,
    };
    (chart.columns.len() > 1).then(|| Part::from(chart).html())
}

/// What an objective reached by day, beside its target; none of fewer than two days.
pub fn chart(reached: &Reached<'_>) -> Option<String> {
    let goal = reached.objective.goal;
    let (unit, factor) = match goal.dimension {
        Dimension::Timeliness => ("days", 1.0),
        _ => ("share (%)", 100.0),
    };
    let of = |known: &karat_store::objective::Known| {
        (f64::from(known.day), known.actual.map_or(f64::NAN, |actual| actual * factor))
    };
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (day, value) in reached.results.iter().map(of) {
        match points.last_mut() {
            Some(last) if last.0 == day => last.1 = value,
            _ => points.push((day, value)),
        }
    }
    let (first, last) = (points.first()?.0, points.last()?.0);
    let target = vec![(first, goal.target * factor), (last, goal.target * factor)];
    let axis = |title: &str, is_days| Axis { title: title.to_owned(), range: None, is_days };
    let chart = Lines {
        title: "The last figure of each day".to_owned(),
        x: axis("day", true),
        y: axis(unit, false),
        series: vec![
            Series { name: "reached".to_owned(), points },
            Series { name: "target".to_owned(), points: target },
        ],
        points: Vec::new(),
        has_diagonal: false,
    };
    (first < last).then(|| Part::from(chart).html())
}
