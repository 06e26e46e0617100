//! `karat evaluate`: a resolution against labels.

use karat_pipeline::context::Context;
use karat_pipeline::evaluate::{self, Columns, Confusion, Evaluation, Weighed};
use serde_json::{Value as Json, json};

use super::{Done, Shell, entity};
use crate::Ending;
use crate::args::Evaluate;
use crate::output::{Output, number, table};

pub async fn run(shell: &mut Shell, command: &Evaluate) -> Done {
    let project = shell.project()?;
    let entity = entity(&project, &command.entity)?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let columns = Columns { label: command.label.clone(), group: command.group.clone() };
    let path = project.root.join(&command.labels);
    let found = evaluate::evaluate(&context, entity, &path, &columns).await?;
    show(&shell.output, &found);
    shell.output.document(&document(&found));
    Ok(Ending::Done)
}

/// A share with four digits.
fn share(share: Option<f64>) -> String {
    share.map_or("·".to_owned(), |share| format!("{share:.4}"))
}

fn show(out: &Output, found: &Evaluation) {
    out.line("");
    out.line(format!(
        "  {} of {} records of {} have a label{}",
        number(found.labelled),
        number(found.records),
        found.entity,
        match found.unknown {
            0 => String::new(),
            n => format!("; {} labels are of records that are not here", number(n)),
        }
    ));
    out.line("");
    let pairs = &found.clusters.pairs;
    let b_cubed = &found.clusters.b_cubed;
    let head = ["clusters", "precision", "recall", "F1"].map(str::to_owned).to_vec();
    let rows = [
        head,
        vec![
            "pairs".to_owned(),
            share(Some(pairs.precision())),
            share(pairs.recall()),
            share(pairs.f1()),
        ],
        vec![
            "B-cubed".to_owned(),
            share(Some(b_cubed.precision)),
            share(Some(b_cubed.recall)),
            share(Some(b_cubed.f1())),
        ],
    ];
    lines(out, &rows);
    let entities = &found.clusters.entities;
    out.line("");
    out.line(format!(
        "  entities {} exact, {} split, {} merged with others, {} both",
        number(entities.exact),
        number(entities.split),
        number(entities.merged),
        number(entities.both),
    ));
    out.line(format!(
        "  review   {} pairs, {} of them matches; merged or to review: {} of all matches",
        number(found.review.0),
        number(found.review.1),
        share(found.found_or_reviewed),
    ));
    if let Some(groups) = &found.groups {
        out.line(format!(
            "  groups   {} of {} pairs of different labels in one group were merged ({:.2} %)",
            number(groups.merged),
            number(groups.pairs),
            groups.share() * 100.0,
        ));
    }
    if let Some(weighed) = &found.weighed {
        thresholds(out, weighed);
    }
    examples(out, "merged, but of two labels", &found.wrong);
    examples(out, "of one label, but apart", &found.missed);
}

fn lines(out: &Output, rows: &[Vec<String>]) {
    for (i, line) in table(rows, &[false, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

/// Match probabilities at which decisions on single pairs are shown.
const SHOWN: [f64; 7] = [0.999, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25];

fn thresholds(out: &Output, weighed: &Weighed) {
    out.line("");
    out.line(format!(
        "  blocking finds {} of all matches; of those, {} weigh at least {}",
        share(weighed.recall.of_blocking()),
        share(weighed.recall.of_scoring()),
        weighed.auto,
    ));
    out.line("");
    let head = ["single pairs from", "precision", "recall", "F1"].map(str::to_owned).to_vec();
    let row = |probability: &f64| {
        let decisions = weighed.at(*probability)?;
        let figures = [Some(decisions.precision()), decisions.recall(), decisions.f1()];
        let figures = figures.map(share);
        Some([vec![probability.to_string()], figures.to_vec()].concat())
    };
    let rows: Vec<Vec<String>> = [head].into_iter().chain(SHOWN.iter().filter_map(row)).collect();
    lines(out, &rows);
    if let Some(error) = weighed.calibration.expected_error() {
        out.line(format!("  calibration: probabilities are off by {error:.4} on average"));
    }
}

fn examples(out: &Output, what: &str, pairs: &[(String, String)]) {
    if pairs.is_empty() {
        return;
    }
    out.line("");
    out.line(format!("  {}", out.faint(what)));
    for (a, b) in pairs.iter().take(5) {
        out.line(format!("  {a}  {b}"));
    }
}

fn document(found: &Evaluation) -> Json {
    let pairs = &found.clusters.pairs;
    let b_cubed = &found.clusters.b_cubed;
    let entities = &found.clusters.entities;
    json!({
        "entity": found.entity,
        "records": found.records,
        "labelled": found.labelled,
        "unknown_labels": found.unknown,
        "pairs": confusion(pairs),
        "b_cubed": {
            "precision": b_cubed.precision, "recall": b_cubed.recall, "f1": b_cubed.f1(),
        },
        "entities": {
            "exact": entities.exact, "split": entities.split,
            "merged": entities.merged, "both": entities.both,
        },
        "review": { "pairs": found.review.0, "matches": found.review.1 },
        "merged_or_reviewed": found.found_or_reviewed,
        "groups": found.groups.map(|groups| json!({
            "pairs": groups.pairs, "merged": groups.merged, "share": groups.share(),
        })),
        "weighed": found.weighed.as_ref().map(weighed),
        "wrong": found.wrong,
        "missed": found.missed,
    })
}

fn confusion(decisions: &Confusion) -> Json {
    json!({
        "true_positives": decisions.true_positives,
        "false_positives": decisions.false_positives,
        "false_negatives": decisions.false_negatives,
        "true_negatives": decisions.true_negatives,
        "precision": decisions.precision(),
        "recall": decisions.recall(),
        "f1": decisions.f1(),
    })
}

fn weighed(weighed: &Weighed) -> Json {
    let threshold = |probability: &f64| {
        let decisions = weighed.at(*probability).map(confusion);
        json!({ "probability": probability, "decisions": decisions })
    };
    json!({
        "blocking_recall": weighed.recall.of_blocking(),
        "scoring_recall": weighed.recall.of_scoring(),
        "auto": weighed.auto,
        "review_from": weighed.review,
        "thresholds": SHOWN.iter().map(threshold).collect::<Vec<_>>(),
        "roc_area": weighed.curves.as_ref().map(|curves| curves.roc_area),
        "precision_recall_area": weighed.curves.as_ref().map(|c| c.precision_recall_area),
        "calibration_error": weighed.calibration.expected_error(),
        "brier_score": weighed.calibration.brier_score(),
    })
}
