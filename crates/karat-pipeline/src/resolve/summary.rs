//! What a resolution found, in numbers and in words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use karat_resolve::Reason;
use karat_store::resolution::Moves;
use karat_store::sync::Changes;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::found::{Found, MemoryUse};
use super::read::Records;
use super::seconds;
use crate::project::{Entity, size};

/// What a tier decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TierCount {
    pub name: String,
    /// None where evidence is weighed.
    pub score: Option<u16>,
    /// Pairs that it merged.
    pub merged: u64,
    /// Pairs that it sent to review.
    pub review: u64,
}

/// How much of an entity was looked at, where that was not all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Records that are new, changed or gone.
    pub changed: u64,
    /// Records that the changes could reach.
    pub looked_at: u64,
}

/// A resolution in numbers.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub entity: String,
    pub golden: String,
    /// Nothing had to be done.
    pub unchanged: bool,
    /// What was looked at, where that was not all.
    pub part: Option<Part>,
    pub records: u64,
    pub entities: u64,
    /// Entities of more than one record.
    pub merged: u64,
    pub reviews: u64,
    /// Entities that some pair to review touches.
    pub in_review: u64,
    /// Entities by confidence: the weakest evidence that holds each together, 0 for one record.
    pub confidence: BTreeMap<u16, u64>,
    /// Pairs to review by reason.
    pub reasons: Vec<(String, u64)>,
    pub candidates: u64,
    pub oversize: u64,
    pub shared: u64,
    pub tiers: Vec<TierCount>,
    pub contradictions: u64,
    /// Bytes of memory that the project allows.
    pub allowed: Option<u64>,
    /// What comparing and clustering took of it, where the engine knows.
    pub memory: Option<MemoryUse>,
    /// What was left out of comparisons: field, reason, distinct texts.
    pub dropped: Vec<(String, &'static str, u64)>,
    /// Golden columns with the entities whose records offer several values for them.
    pub conflicts: Vec<(String, u64)>,
    pub moves: Moves,
    pub published: Changes,
    /// The time of comparing and clustering alone.
    pub engine: Duration,
    pub took: Duration,
}

impl Summary {
    /// Nothing was to be done.
    pub fn unchanged(entity: &Entity, took: Duration) -> Summary {
        Summary {
            entity: entity.name.clone(),
            golden: entity.golden.table.to_string(),
            unchanged: true,
            took,
            ..Summary::default()
        }
    }

    /// One line for a person.
    pub fn line(&self) -> String {
        if self.unchanged {
            return "unchanged".to_owned();
        }
        let are = if self.records == 1 { "is" } else { "are" };
        let all = format!(
            "{} {are} {}; {} of them merged from several, {} to review",
            counted(self.records, "record", "records"),
            counted(self.entities, "entity", "entities"),
            self.merged,
            counted(self.reviews, "pair", "pairs"),
        );
        match self.part {
            None => all,
            Some(Part { changed, looked_at }) => {
                let changed = counted(changed, "changed record", "changed records");
                format!("{changed}, {looked_at} looked at; {all}")
            }
        }
    }

    /// Everything, for reports.
    pub fn json(&self) -> Json {
        if self.unchanged {
            return json!({ "entity": self.entity, "unchanged": true });
        }
        let reasons = self.reasons.iter().map(|(why, n)| (why.clone(), json!(n)));
        let dropped = self
            .dropped
            .iter()
            .map(|(field, why, n)| json!({ "field": field, "why": why, "distinct": n }));
        let conflicts = self.conflicts.iter().map(|(column, n)| (column.clone(), json!(n)));
        json!({
            "entity": self.entity,
            "golden": self.golden,
            "unchanged": false,
            "part": self.part,
            "records": self.records,
            "entities": self.entities,
            "merged_entities": self.merged,
            "duplicate_rate": self.duplicate_rate(),
            "statistics": {
                "golden_records": self.entities,
                "needs_review_count": self.in_review,
                "avg_confidence": self.average_confidence(),
                "confidence": self.confidence,
            },
            "review_pairs": self.reviews,
            "review_reasons": Json::Object(reasons.collect()),
            "candidate_pairs": self.candidates,
            "oversize_blocks": self.oversize,
            "shared_values": self.shared,
            "tiers": self.tiers,
            "contradicting_decisions": self.contradictions,
            "memory": self.memory.map(|memory| json!({
                "allowed_bytes": memory.allowed,
                "needed_bytes": memory.needed,
                "spilled_bytes": memory.spilled,
                "parts": memory.parts,
            })),
            "conflicts": Json::Object(conflicts.collect()),
            "not_compared": dropped.collect::<Vec<_>>(),
            "identities": self.moves,
            "published": self.published,
            "engine_seconds": seconds(self.engine),
            "seconds": seconds(self.took),
        })
    }

    /// Makes numbers of a part those of the whole: what the summary before said, less what the part
    /// was, and what it is.
    pub fn add_up(&mut self, before: &Json, was: &Json, now: &Json) {
        let total = |of: &dyn Fn(&Json) -> Option<i64>| {
            let [before, was, now] = [before, was, now].map(|json| of(json).unwrap_or_default());
            u64::try_from(before - was + now).unwrap_or_default()
        };
        let number = |name: &str| total(&|json| json[name].as_i64());
        self.records = number("records");
        self.entities = number("entities");
        self.merged = number("merged_entities");
        self.reviews = number("review_pairs");
        self.in_review = total(&|json| json["statistics"]["needs_review_count"].as_i64());
        let names = |of: &dyn Fn(&Json) -> Json| -> BTreeSet<String> {
            let all = [before, now].map(of);
            all.iter().filter_map(Json::as_object).flat_map(|map| map.keys().cloned()).collect()
        };
        let of_confidence = |json: &Json| json["statistics"]["confidence"].clone();
        let confidence = names(&of_confidence).into_iter().filter_map(|name| {
            let n = total(&|json| of_confidence(json)[&name].as_i64());
            Some((name.parse().ok()?, n)).filter(|(_, n)| *n > 0)
        });
        self.confidence = confidence.collect();
        let reasons = names(&|json| json["review_reasons"].clone()).into_iter();
        let reasons = reasons.map(|name| {
            let n = total(&|json| json["review_reasons"][&name].as_i64());
            (name, n)
        });
        self.reasons = reasons.filter(|(_, n)| *n > 0).collect();
        for tier in &mut self.tiers {
            let of = |json: &Json, what: &str| {
                let tiers = json["tiers"].as_array()?;
                tiers.iter().find(|t| t["name"] == *tier.name)?[what].as_i64()
            };
            tier.merged = total(&|json| of(json, "merged"));
            tier.review = total(&|json| of(json, "review"));
        }
    }

    /// The share of records that are one of several of their entity beyond the first.
    fn duplicate_rate(&self) -> f64 {
        if self.records == 0 {
            return 0.0;
        }
        let rate = (self.records - self.entities) as f64 / self.records as f64;
        (rate * 10_000.0).round() / 10_000.0
    }

    fn average_confidence(&self) -> f64 {
        let sum: f64 = self.confidence.iter().map(|(c, n)| f64::from(*c) * *n as f64).sum();
        (sum / self.entities.max(1) as f64 * 100.0).round() / 100.0
    }

    /// What became of the limit of memory, where the project sets one.
    pub fn memory_line(&self) -> Option<String> {
        let allowed = size::shown(self.allowed?);
        let Some(MemoryUse { needed, spilled, parts, .. }) = self.memory else {
            return Some(format!("{allowed} allowed, which does not limit tiers or people"));
        };
        let needed = size::shown(needed);
        let became = match spilled {
            0 => "all candidate pairs fit".to_owned(),
            _ => format!("{} of candidate pairs on disk, in {parts} parts", size::shown(spilled)),
        };
        Some(format!("{allowed} allowed, {needed} estimated without candidate pairs; {became}"))
    }

    /// Pairs that merged, by tier.
    pub fn tier_counts(&self) -> Json {
        let counts = self.tiers.iter().map(|t| (t.name.clone(), json!(t.merged)));
        Json::Object(counts.collect())
    }
}

/// Counts what the engine found.
pub fn of(entity: &Entity, records: &Records, found: &Found) -> Summary {
    let kinds = found.kinds.iter();
    let mut tiers: Vec<TierCount> = kinds
        .map(|k| TierCount { name: k.name.clone(), score: k.score, merged: 0, review: 0 })
        .collect();
    found.merged.iter().for_each(|link| tiers[link.kind as usize].merged += 1);
    let mut reasons: BTreeMap<Reason, u64> = BTreeMap::new();
    for link in &found.reviews {
        tiers[link.kind as usize].review += 1;
        link.reason.iter().for_each(|reason| *reasons.entry(*reason).or_default() += 1);
    }
    let mut sizes = vec![0_u32; found.of.len()];
    found.of.iter().for_each(|root| sizes[*root as usize] += 1);
    Summary {
        entity: entity.name.clone(),
        golden: entity.golden.table.to_string(),
        records: records.frame.len() as u64,
        entities: sizes.iter().filter(|n| **n > 0).count() as u64,
        merged: sizes.iter().filter(|n| **n > 1).count() as u64,
        reviews: found.reviews.len() as u64,
        reasons: reasons.into_iter().map(|(reason, n)| (reason.name().to_owned(), n)).collect(),
        candidates: found.candidates,
        oversize: found.oversize,
        shared: found.shared,
        tiers,
        contradictions: found.contradictions,
        memory: found.memory,
        dropped: records.dropped.clone(),
        ..Summary::default()
    }
}

fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
