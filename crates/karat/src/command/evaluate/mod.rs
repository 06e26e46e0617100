//! `karat evaluate`: a resolution against labels, and a report of it.

mod decisions;

use std::fs;
use std::path::Path;

use karat_pipeline::context::Context;
use karat_pipeline::evaluate::{
    self, Against, Bin, Calibration, Columns, Confidences, Confusion, Evaluation, Quality, Scored,
    Weighed, report,
};
use karat_record::{Problem, Result};
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
    let labels = command.labels.as_ref().map(|labels| project.root.join(labels));
    let labels = labels.as_ref().map(|labels| (labels.as_path(), &columns));
    let decisions = command.decisions.then_some(command.precision);
    let found = evaluate::evaluate(&context, entity, Against { labels, decisions }).await?;
    if let Some(file) = &command.report {
        write(file, &report::page(&found, !command.without_values))?;
    }
    show(&shell.output, &found);
    if let Some(file) = &command.report {
        shell.output.line("");
        shell.output.line(format!("  report   {}", file.display()));
    }
    shell.output.document(&document(&found, command.report.as_deref()));
    Ok(Ending::Done)
}

/// Writes the report whole or not at all.
fn write(file: &Path, page: &str) -> Result<()> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = Path::new(&draft);
    fs::write(draft, page).and_then(|()| fs::rename(draft, file)).map_err(|e| {
        drop(fs::remove_file(draft));
        Problem::io("write", file, &e).hint("name a file in a folder that is there")
    })
}

/// A share with four digits.
fn share(share: Option<f64>) -> String {
    share.map_or("·".to_owned(), |share| format!("{share:.4}"))
}

fn show(out: &Output, found: &Evaluation) {
    match &found.quality {
        Some(quality) => against_labels(out, found, quality),
        None => without_labels(out, found),
    }
    if let Some(weighed) = &found.weighed
        && let Some(scored) = &weighed.scored
    {
        thresholds(out, weighed, scored);
    }
    if let Some(confidence) = &found.confidence {
        confidences(out, confidence);
    }
    if let Some(decided) = &found.decisions {
        decisions::show(out, decided);
    }
    examples(out, "merged, but of two labels", &found.wrong);
    examples(out, "of one label, but apart", &found.missed);
}

fn without_labels(out: &Output, found: &Evaluation) {
    let entities: u64 = found.details.sizes.values().sum();
    out.line("");
    out.line(format!(
        "  {} records of {} are {} entities; {} pairs to review",
        number(found.records),
        found.entity,
        number(entities),
        number(found.reviews),
    ));
    if found.decisions.is_none() {
        out.line("  no labels, so nothing says how many of them are right");
    }
}

fn against_labels(out: &Output, found: &Evaluation, quality: &Quality) {
    out.line("");
    out.line(format!(
        "  {} of {} records of {} have a label{}",
        number(quality.labelled),
        number(found.records),
        found.entity,
        match quality.unknown {
            0 => String::new(),
            n => format!("; {} labels are of records that are not here", number(n)),
        }
    ));
    out.line("");
    let head = ["clusters", "precision", "recall", "F1"].map(str::to_owned).to_vec();
    let (pairs, b_cubed) = (&quality.clusters.pairs, &quality.clusters.b_cubed);
    let row = |name: &str, figures: [Option<f64>; 3]| {
        [vec![name.to_owned()], figures.map(share).to_vec()].concat()
    };
    let of_pairs = [Some(pairs.precision()), pairs.recall(), pairs.f1()];
    let of_b_cubed = [b_cubed.precision, b_cubed.recall, b_cubed.f1()].map(Some);
    lines(out, &[head, row("pairs", of_pairs), row("B-cubed", of_b_cubed)]);
    let entities = &quality.clusters.entities;
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
        number(found.reviews),
        number(quality.reviewed_matches),
        share(quality.found_or_reviewed),
    ));
    if let Some(groups) = &quality.groups {
        out.line(format!(
            "  groups   {} of {} pairs of different labels in one group were merged ({:.2} %)",
            number(groups.merged),
            number(groups.pairs),
            groups.share() * 100.0,
        ));
    }
}

fn lines(out: &Output, rows: &[Vec<String>]) {
    for (i, line) in table(rows, &[false, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

/// Match probabilities at which decisions on single pairs are shown.
const SHOWN: [f64; 7] = [0.999, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25];

fn thresholds(out: &Output, weighed: &Weighed, scored: &Scored) {
    out.line("");
    out.line(format!(
        "  blocking finds {} of all matches; of those, {} weigh at least {}",
        share(scored.recall.of_blocking()),
        share(scored.recall.of_scoring()),
        weighed.auto,
    ));
    out.line("");
    let head = ["single pairs from", "precision", "recall", "F1"].map(str::to_owned).to_vec();
    let row = |probability: &f64| {
        let decisions = scored.at(*probability)?;
        let figures = [Some(decisions.precision()), decisions.recall(), decisions.f1()];
        let figures = figures.map(share);
        Some([vec![probability.to_string()], figures.to_vec()].concat())
    };
    let rows: Vec<Vec<String>> = [head].into_iter().chain(SHOWN.iter().filter_map(row)).collect();
    lines(out, &rows);
    if let Some(error) = scored.calibration.expected_error() {
        out.line(format!("  calibration: probabilities are off by {error:.4} on average"));
    }
}

fn confidences(out: &Output, found: &Confidences) {
    let row = |name: &str, measured: &Calibration| {
        let (all, right) = measured.counts();
        let right = (all > 0).then(|| right as f64 / all as f64);
        let figures = [number(all), share(right), share(measured.expected_error())];
        [vec![name.to_owned()], figures.to_vec()].concat()
    };
    let head = ["confidence in", "measured", "right", "off by"].map(str::to_owned).to_vec();
    let fields = found.fields.iter().map(|(name, measured)| row(name, measured));
    let rows = [head, row("entities", &found.entities)].into_iter().chain(fields);
    out.line("");
    lines(out, &rows.collect::<Vec<_>>());
    for (source, compared, right) in &found.sources {
        let accuracy = *right as f64 / *compared as f64;
        let all = number(*compared);
        out.line(format!("  accuracy of {source}: {accuracy:.4} of {all} values are right"));
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

fn document(found: &Evaluation, report: Option<&Path>) -> Json {
    let quality = found.quality.as_ref();
    json!({
        "entity": found.entity,
        "records": found.records,
        "labelled": quality.map(|quality| quality.labelled),
        "unknown_labels": quality.map(|quality| quality.unknown),
        "pairs": quality.map(|quality| confusion(&quality.clusters.pairs)),
        "b_cubed": quality.map(|quality| {
            let b_cubed = &quality.clusters.b_cubed;
            json!({
                "precision": b_cubed.precision, "recall": b_cubed.recall, "f1": b_cubed.f1(),
            })
        }),
        "entities": quality.map(|quality| {
            let entities = &quality.clusters.entities;
            json!({
                "exact": entities.exact, "split": entities.split,
                "merged": entities.merged, "both": entities.both,
            })
        }),
        "review": {
            "pairs": found.reviews,
            "matches": quality.map(|quality| quality.reviewed_matches),
        },
        "merged_or_reviewed": quality.and_then(|quality| quality.found_or_reviewed),
        "groups": quality.and_then(|quality| quality.groups).map(|groups| json!({
            "pairs": groups.pairs, "merged": groups.merged, "share": groups.share(),
        })),
        "weighed": found.weighed.as_ref().and_then(|it| Some(weighed(it, it.scored.as_ref()?))),
        "confidence": found.confidence.as_ref().map(confidence),
        "decisions": found.decisions.as_ref().map(decisions::document),
        "wrong": found.wrong,
        "missed": found.missed,
        "report": report.map(|file| file.display().to_string()),
    })
}

fn confidence(found: &Confidences) -> Json {
    let measured = |measured: &Calibration| {
        let (all, right) = measured.counts();
        let bin = |bin: &Bin| {
            json!({
                "from": bin.from, "count": bin.pairs,
                "predicted": bin.predicted, "observed": bin.observed,
            })
        };
        json!({
            "measured": all,
            "right": right,
            "calibration_error": measured.expected_error(),
            "bins": measured.bins().iter().map(bin).collect::<Vec<_>>(),
        })
    };
    let fields = found.fields.iter().map(|(name, field)| (name.clone(), measured(field)));
    let sources = found.sources.iter().map(|(name, compared, right)| {
        (name.clone(), json!({ "values": compared, "right": right }))
    });
    json!({
        "entities": measured(&found.entities),
        "fields": Json::Object(fields.collect()),
        "sources": Json::Object(sources.collect()),
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

fn weighed(weighed: &Weighed, scored: &Scored) -> Json {
    let threshold = |probability: &f64| {
        let decisions = scored.at(*probability).map(confusion);
        json!({ "probability": probability, "decisions": decisions })
    };
    json!({
        "blocking_recall": scored.recall.of_blocking(),
        "scoring_recall": scored.recall.of_scoring(),
        "auto": weighed.auto,
        "review_from": weighed.review,
        "thresholds": SHOWN.iter().map(threshold).collect::<Vec<_>>(),
        "roc_area": scored.curves.as_ref().map(|curves| curves.roc_area),
        "precision_recall_area": scored.curves.as_ref().map(|c| c.precision_recall_area),
        "calibration_error": scored.calibration.expected_error(),
        "brier_score": scored.calibration.brier_score(),
    })
}
