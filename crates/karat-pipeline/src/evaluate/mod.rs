//! How good a resolution is: what it is made of and, measured against labels, its clusters,
//! thresholds, blocking, and the pairs that went wrong. Nothing is written.

mod confidence;
pub mod decisions;
mod details;
mod judge;
pub mod labels;
mod quality;
pub mod report;
mod weighed;

use std::path::Path;

use karat_record::{Kind, Problem, Quiet, Result};

use crate::context::Context;
use crate::project::Entity;
use crate::resolve::engine;
use crate::resolve::found::Found;
use crate::resolve::{self, View};
pub use confidence::Confidences;
pub use decisions::{Decisions, Verdicts};
pub use details::{Details, Field, Tier};
use judge::Judge;
pub use judge::{Agreement, Errors, Example, FieldCounts};
pub use karat_resolve::linkage::evaluate::{Bin, Calibration, Confusion};
pub use labels::Columns;
use labels::Labels;
pub use quality::{Groups, Quality};
pub use weighed::{Scored, Weighed, Weights};

/// What was measured.
pub struct Evaluation {
    pub entity: String,
    pub records: u64,
    /// Pairs to review.
    pub reviews: u64,
    /// Clusters against labels, where there are labels.
    pub quality: Option<Quality>,
    /// Wrong and missed pairs to look at, as SOURCE:KEY.
    pub wrong: Vec<(String, String)>,
    pub missed: Vec<(String, String)>,
    /// Candidate pairs by their match weights, where there are any.
    pub weighed: Option<Weighed>,
    /// What confidence is worth, where there are labels.
    pub confidence: Option<Confidences>,
    /// The pairs that people decided, where they were asked for.
    pub decisions: Option<Decisions>,
    pub details: Details,
}

/// What is measured against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Against<'a> {
    /// A file of labels, and which of its columns say what.
    pub labels: Option<(&'a Path, &'a Columns)>,
    /// What people decided; the share of merges that shall be right.
    pub decisions: Option<f64>,
}

/// How many wrong and missed pairs are named.
const SHOWN: usize = 20;

/// Measures an entity, against labels and decisions where they are asked for, by the model in force or, where there
/// is none, one learned for it.
///
/// # Errors
/// No database, a file of labels that cannot be read, labels of other records only, no decisions.
pub async fn evaluate(
    context: &Context<'_>,
    entity: &Entity,
    against: Against<'_>,
) -> Result<Evaluation> {
    let Against { labels, decisions: wanted } = against;
    let view = resolve::view(context, entity).await?;
    let labels = labels.map(|(path, columns)| labels::read(path, columns, (entity, &view.records)));
    let labels = labels.transpose()?;
    if let Some(labels) = labels.as_ref().filter(|labels| labels.of.iter().all(Option::is_none)) {
        let what =
            format!("none of the {} labels is of a record of {}", labels.unknown, entity.name);
        return Err(Problem::new(Kind::Input, what)
            .hint("source is the name of a dataset, key what karat review list shows after it"));
    }
    let decided = match wanted {
        Some(wanted) => Some((decisions::read(context, entity, &view.records).await?, wanted)),
        None => None,
    };
    let entity = entity.clone();
    let measured = tokio::task::spawn_blocking(move || {
        let mut measured = Work::new(&entity, &view, labels.as_ref()).measure()?;
        if let Some((decided, wanted)) = decided {
            measured.decisions = Some(decisions::measure((&entity, &view), &decided, wanted)?);
        }
        Ok(measured)
    });
    measured.await.map_err(|e| Problem::new(Kind::Internal, format!("evaluation ended: {e}")))?
}

/// What is measured.
struct Work<'a> {
    entity: &'a Entity,
    view: &'a View,
    labels: Option<&'a Labels>,
}

impl<'a> Work<'a> {
    fn new(entity: &'a Entity, view: &'a View, labels: Option<&'a Labels>) -> Work<'a> {
        Work { entity, view, labels }
    }

    fn measure(&self) -> Result<Evaluation> {
        let (entity, view) = (self.entity, self.view);
        let (records, kept) = (&view.records, view.model.as_ref());
        let Some(thresholds) = entity.matching.thresholds() else {
            let (found, _) = engine::run(entity, view.given(), &view.constraints, &Quiet)?;
            return Ok(self.evaluation(&found, None, Judge { entity, records, engine: None }));
        };
        let mut measured = Err(Problem::new(Kind::Internal, "the engine weighed nothing"));
        let learned = engine::weighing(entity, view.given(), &Quiet, |engine| {
            let judge = Judge { entity, records, engine: Some(engine) };
            measured = engine.found(&view.constraints).and_then(|found| {
                let weighed = weighed::weigh(engine, self.labels, thresholds)?;
                Ok(self.evaluation(&found, Some(weighed), judge))
            });
        })?;
        let mut measured = measured?;
        measured.details.is_model_kept = learned.is_none();
        measured.details.model = learned.or_else(|| kept.cloned());
        Ok(measured)
    }

    fn evaluation(&self, found: &Found, weighed: Option<Weighed>, judge: Judge<'_>) -> Evaluation {
        let records = &self.view.records;
        let quality = self.labels.map(|labels| quality::quality(records, labels, found));
        let name = |record: &u32| format!("{}:{}", records.source(*record), records.key(*record));
        let named = |pairs: Option<&Vec<(u32, u32)>>| {
            let pairs = pairs.into_iter().flatten().take(SHOWN);
            pairs.map(|(a, b)| (name(a), name(b))).collect()
        };
        let pairs = quality.as_ref();
        Evaluation {
            entity: self.entity.name.clone(),
            records: records.frame.len() as u64,
            reviews: found.reviews.len() as u64,
            wrong: named(pairs.map(|quality| &quality.wrong)),
            missed: named(pairs.map(|quality| &quality.missed)),
            details: details::of(found, &judge, quality.as_ref(), weighed.as_ref()),
            confidence: self
                .labels
                .map(|labels| confidence::measure(self.entity, records, (labels, found))),
            quality,
            weighed,
            decisions: None,
        }
    }
}
