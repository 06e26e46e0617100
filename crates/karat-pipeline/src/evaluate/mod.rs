//! How good a resolution is, measured against labels: clusters, thresholds, blocking, and the pairs
//! that went wrong. Nothing is written.

pub mod labels;

use std::path::Path;

use karat_record::{Kind, Problem, Quiet, Result};
use karat_resolve::linkage::Edge;
use karat_resolve::linkage::evaluate::{
    Agreement, Calibration, Curves, Recall, Row, Tally, Truth, agreement, curves,
};
use karat_resolve::linkage::model::weight_of;
use rustc_hash::FxHashSet;

use crate::context::Context;
use crate::project::Entity;
use crate::project::entity::Thresholds;
use crate::resolve::engine::{self, Weighing};
use crate::resolve::found::Found;
use crate::resolve::{self, Records};
pub use karat_resolve::linkage::evaluate::Confusion;
pub use labels::Columns;
use labels::Labels;

/// What was measured.
pub struct Evaluation {
    pub entity: String,
    pub records: u64,
    pub labelled: u64,
    /// Labels of records that are not here.
    pub unknown: u64,
    /// Clusters against the labels, over labelled records.
    pub clusters: Agreement,
    /// Pairs to review, and those of them that are one by their labels.
    pub review: (u64, u64),
    /// Matches that are merged or to be reviewed.
    pub found_or_reviewed: Option<f64>,
    pub groups: Option<Groups>,
    pub weighed: Option<Weighed>,
    /// Wrong and missed pairs to look at, by record numbers named as SOURCE:KEY.
    pub wrong: Vec<(String, String)>,
    pub missed: Vec<(String, String)>,
}

/// Pairs of different labels in one group, and how many of them were merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub pairs: u64,
    pub merged: u64,
}

impl Groups {
    /// The share of them that were merged.
    pub fn share(&self) -> f64 {
        self.merged as f64 / self.pairs.max(1) as f64
    }
}

/// Pairs by their match weights, where there are any.
pub struct Weighed {
    pub recall: Recall,
    /// One for each tenth of a bit that some pair has, ascending.
    pub rows: Vec<Row>,
    pub curves: Option<Curves>,
    pub calibration: Calibration,
    pub auto: f64,
    pub review: f64,
}

impl Weighed {
    /// The decisions if all pairs of at least a probability were matches.
    pub fn at(&self, probability: f64) -> Option<&Confusion> {
        let weight = weight_of(probability);
        let row = self.rows.iter().find(|row| row.threshold >= weight - 0.05);
        row.map(|row| &row.decisions)
    }
}

/// How many wrong and missed pairs are named.
const SHOWN: usize = 20;

/// Measures an entity against labels, by the model in force or, where there is none, one learned
/// for it.
pub async fn evaluate(
    context: &Context<'_>,
    entity: &Entity,
    path: &Path,
    columns: &Columns,
) -> Result<Evaluation> {
    let view = resolve::view(context, entity).await?;
    let labels = labels::read(path, columns, &view.records)?;
    if labels.of.iter().all(Option::is_none) {
        let what =
            format!("none of the {} labels is of a record of {}", labels.unknown, entity.name);
        return Err(Problem::new(Kind::Input, what)
            .hint("source is the name of a dataset, key what karat review list shows after it"));
    }
    let entity = entity.clone();
    let measured = tokio::task::spawn_blocking(move || measure(&entity, &view, &labels));
    measured.await.map_err(|e| Problem::new(Kind::Internal, format!("evaluation ended: {e}")))?
}

fn measure(entity: &Entity, view: &resolve::View, labels: &Labels) -> Result<Evaluation> {
    let model = view.model.as_ref();
    let Some(thresholds) = entity.matching.thresholds() else {
        let (found, _) = engine::run(entity, &view.records, &view.constraints, model, &Quiet)?;
        return Ok(evaluation(entity, &view.records, labels, (&found, None)));
    };
    let mut measured = Err(Problem::new(Kind::Internal, "no engine weighed the pairs"));
    engine::weighing(entity, (&view.records, model), &Quiet, |engine| {
        measured = engine
            .found(&view.constraints)
            .and_then(|found| Ok((found, weigh(engine, labels, thresholds)?)));
    })?;
    let (found, weighed) = measured?;
    Ok(evaluation(entity, &view.records, labels, (&found, Some(weighed))))
}

fn weigh(engine: &dyn Weighing, labels: &Labels, thresholds: Thresholds) -> Result<Weighed> {
    let Thresholds { auto, review } = thresholds;
    let truth = Truth::from_labels(&labels.of, None);
    let mut tally = Tally::new(Some(0.1));
    let mut recall = Recall::new(&truth, weight_of(auto));
    let mut calibration = Calibration::new(10);
    engine.score(f64::NEG_INFINITY, &mut |edges: &[Edge]| {
        tally.add(&truth, edges);
        recall.add(&truth, edges);
        calibration.add(&truth, edges);
    })?;
    let rows = tally.rows(&truth);
    let curves = curves(&rows, &truth);
    Ok(Weighed { recall, rows, curves, calibration, auto, review })
}

fn evaluation(
    entity: &Entity,
    records: &Records,
    labels: &Labels,
    (found, weighed): (&Found, Option<Weighed>),
) -> Evaluation {
    let labelled: Vec<(u32, u32, u32)> = (0..records.frame.len())
        .filter_map(|r| Some((r as u32, found.of[r], labels.of[r]?)))
        .collect();
    let clusters: Vec<u32> = labelled.iter().map(|(_, cluster, _)| *cluster).collect();
    let truth: Vec<u32> = labelled.iter().map(|(_, _, label)| *label).collect();
    let agreed = agreement(&clusters, &truth);
    let name = |record: u32| format!("{}:{}", records.source(record), records.key(record));
    let named = |pairs: Vec<(u32, u32)>| {
        pairs.into_iter().take(SHOWN).map(|(a, b)| (name(a), name(b))).collect()
    };
    let review = reviewed(found, labels);
    let all_found = agreed.pairs.true_positives + review.found;
    let positives = agreed.pairs.positives();
    Evaluation {
        entity: entity.name.clone(),
        records: records.frame.len() as u64,
        labelled: labelled.len() as u64,
        unknown: labels.unknown,
        clusters: agreed,
        review: (review.pairs, review.matching),
        found_or_reviewed: (positives > 0).then(|| all_found as f64 / positives as f64),
        groups: labels.groups.as_ref().map(|groups| grouped(found, labels, groups)),
        weighed,
        wrong: named(differing(&labelled, |(_, cluster, _)| *cluster, |(_, _, label)| *label)),
        missed: named(differing(&labelled, |(_, _, label)| *label, |(_, cluster, _)| *cluster)),
    }
}

/// Pairs of clusters to review, by their smallest records.
#[derive(Default)]
struct Reviewed {
    pairs: u64,
    matching: u64,
    /// Matches between records of two clusters that are to be reviewed.
    found: u64,
}

fn reviewed(found: &Found, labels: &Labels) -> Reviewed {
    let mut reviewed = Reviewed::default();
    let mut members: rustc_hash::FxHashMap<u32, Vec<u32>> = rustc_hash::FxHashMap::default();
    let cluster = |record: u32| found.of[record as usize];
    let asked: FxHashSet<(u32, u32)> = found
        .reviews
        .iter()
        .map(|link| (cluster(link.a).min(cluster(link.b)), cluster(link.a).max(cluster(link.b))))
        .collect();
    let touched: FxHashSet<u32> = asked.iter().flat_map(|(a, b)| [*a, *b]).collect();
    for (record, root) in found.of.iter().enumerate().filter(|(_, root)| touched.contains(root)) {
        members.entry(*root).or_default().push(record as u32);
    }
    for link in &found.reviews {
        let (a, b) = (labels.of[link.a as usize], labels.of[link.b as usize]);
        reviewed.pairs += 1;
        reviewed.matching += u64::from(a.is_some() && a == b);
    }
    for (a, b) in &asked {
        let label = |record: &u32| labels.of[*record as usize];
        let pairs = members[a].iter().flat_map(|p| members[b].iter().map(move |q| (p, q)));
        let matching = pairs.filter(|(p, q)| label(p).is_some() && label(p) == label(q));
        reviewed.found += matching.count() as u64;
    }
    reviewed
}

/// Pairs of one `same` and of two `other`, the first of each run of records, in order.
fn differing(
    labelled: &[(u32, u32, u32)],
    same: impl Fn(&(u32, u32, u32)) -> u32,
    other: impl Fn(&(u32, u32, u32)) -> u32,
) -> Vec<(u32, u32)> {
    let mut sorted: Vec<&(u32, u32, u32)> = labelled.iter().collect();
    sorted.sort_unstable_by_key(|entry| (same(entry), other(entry), entry.0));
    let neighbours = sorted
        .windows(2)
        .filter(|pair| same(pair[0]) == same(pair[1]) && other(pair[0]) != other(pair[1]));
    let mut pairs: Vec<(u32, u32)> = neighbours.map(|pair| (pair[0].0, pair[1].0)).collect();
    pairs.sort_unstable();
    pairs
}

/// Pairs of different labels in one group.
fn grouped(found: &Found, labels: &Labels, groups: &[Option<u32>]) -> Groups {
    let records = groups.iter().enumerate();
    let mut sorted: Vec<(u32, u32, u32)> =
        records.filter_map(|(r, group)| Some(((*group)?, labels.of[r]?, found.of[r]))).collect();
    sorted.sort_unstable();
    let mut all = Groups::default();
    for group in sorted.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, label, cluster)) in group.iter().enumerate() {
            let others = group[at + 1..].iter().filter(|(_, other, _)| other != label);
            for (_, _, other) in others {
                all.pairs += 1;
                all.merged += u64::from(other == cluster);
            }
        }
    }
    all
}
