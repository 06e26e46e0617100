//! What a resolution is made of: sources, sizes of clusters, how much is filled, the model, and
//! pairs to look at.

use std::collections::BTreeMap;

use karat_resolve::linkage::evaluate::unlinkable;
use karat_resolve::linkage::model::weight_of;
use karat_resolve::people::RuleReport;

use super::judge::{Errors, Example, Judge};
use super::quality::Quality;
use super::weighed::Weighed;
use crate::model::Model;
use crate::resolve::Records;
use crate::resolve::found::Found;

/// What a resolution is made of.
pub struct Details {
    /// The sources with their numbers of records.
    pub sources: Vec<(String, u64)>,
    /// How many entities there are of each number of records.
    pub sizes: BTreeMap<u64, u64>,
    pub fields: Vec<Field>,
    pub tiers: Vec<Tier>,
    /// Pairs that were compared by tiers, or took part in clustering by weights.
    pub candidates: u64,
    /// Blocks that were too large to compare.
    pub oversize: u64,
    /// Decisions that contradict others.
    pub contradictions: u64,
    /// What each blocking rule did, where that is counted.
    pub blocking: Vec<RuleReport>,
    /// The model that weighs pairs, and whether it is the one in force rather than one that was
    /// learned for this evaluation and is lost with it.
    pub model: Option<Model>,
    pub is_model_kept: bool,
    /// Match probabilities, and the share of records that do not reach them against themselves.
    pub unlinkable: Vec<(f64, f64)>,
    pub wrong: Errors,
    pub missed: Errors,
    /// Pairs nearest to the probability from which records merge.
    pub nearest: Vec<Example>,
}

/// How much of a field is filled.
pub struct Field {
    pub name: String,
    /// For each source the share of its records that have a value to compare; not a number for a
    /// source without records.
    pub filled: Vec<f64>,
}

/// Pairs by the tier of their strongest evidence.
pub struct Tier {
    pub name: String,
    pub merged: u64,
    pub review: u64,
}

/// Match probabilities that records are asked to reach against themselves.
const ASKED: [f64; 6] = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

/// Looks at what was found; the model is not known yet.
pub(super) fn of(
    found: &Found,
    judge: &Judge<'_>,
    quality: Option<&Quality>,
    weighed: Option<&Weighed>,
) -> Details {
    let records = judge.records;
    let sources = count_sources(records);
    let errors = |pairs: Option<&Vec<(u32, u32)>>| {
        pairs.map_or_else(Errors::default, |pairs| judge.errors(pairs))
    };
    Details {
        sizes: sizes(&found.of),
        fields: fields(judge, &sources),
        sources,
        tiers: tiers(found),
        candidates: found.candidates,
        oversize: found.oversize,
        contradictions: found.contradictions,
        blocking: judge.engine.map_or_else(Vec::new, |engine| engine.blocking()),
        model: None,
        is_model_kept: false,
        unlinkable: weighed.map_or_else(Vec::new, |weighed| {
            let asked = asked(weighed);
            let weights: Vec<f64> =
                asked.iter().map(|probability| weight_of(*probability)).collect();
            let engine = judge.engine.expect("there is an engine where pairs are weighed");
            let shares = unlinkable(&engine.self_weights(records.frame.len() as u32), &weights);
            asked.into_iter().zip(shares).collect()
        }),
        wrong: errors(quality.map(|quality| &quality.wrong)),
        missed: errors(quality.map(|quality| &quality.missed)),
        nearest: weighed.map_or_else(Vec::new, |weighed| judge.examples(&weighed.nearest)),
    }
}

fn asked(weighed: &Weighed) -> Vec<f64> {
    let mut asked: Vec<f64> = ASKED.into_iter().chain([weighed.auto, weighed.review]).collect();
    asked.sort_by(f64::total_cmp);
    asked.dedup();
    asked
}

fn count_sources(records: &Records) -> Vec<(String, u64)> {
    let mut sources: Vec<(String, u64)> =
        records.sources.iter().map(|name| (name.clone(), 0)).collect();
    records.frame.sources.iter().for_each(|source| sources[usize::from(*source)].1 += 1);
    sources
}

fn sizes(of: &[u32]) -> BTreeMap<u64, u64> {
    let mut records = vec![0_u64; of.len()];
    of.iter().for_each(|root| records[*root as usize] += 1);
    let mut sizes = BTreeMap::new();
    records.iter().filter(|n| **n > 0).for_each(|n| *sizes.entry(*n).or_default() += 1);
    sizes
}

fn fields(judge: &Judge<'_>, sources: &[(String, u64)]) -> Vec<Field> {
    let frame = &judge.records.frame;
    let fields = judge.entity.fields.iter().zip(&frame.columns);
    let field = |(field, texts): (&crate::project::entity::Field, &karat_resolve::Column)| {
        let mut filled = vec![0_u64; sources.len()];
        for (record, source) in frame.sources.iter().enumerate() {
            filled[usize::from(*source)] += u64::from(!texts.of(record as u32).is_empty());
        }
        let shares = filled.iter().zip(sources).map(|(n, (_, all))| *n as f64 / *all as f64);
        Field { name: field.name.clone(), filled: shares.collect() }
    };
    fields.map(field).collect()
}

/// Tiers have a score that was declared.
fn tiers(found: &Found) -> Vec<Tier> {
    let tier = |name: &str| Tier { name: name.to_owned(), merged: 0, review: 0 };
    let mut tiers: Vec<Tier> = found.kinds.iter().map(|kind| tier(&kind.name)).collect();
    found.merged.iter().for_each(|link| tiers[usize::from(link.kind)].merged += 1);
    found.reviews.iter().for_each(|link| tiers[usize::from(link.kind)].review += 1);
    let declared = tiers.into_iter().zip(&found.kinds).filter(|(_, kind)| kind.score.is_some());
    declared.map(|(tier, _)| tier).collect()
}
