//! Declared tiers: fields by number instead of by name, and what they make of the records.

use karat_resolve::bridge::bridges;
use karat_resolve::linkage::{BlockDigests, digest};
use karat_resolve::{Constraints, Plan, Tier, Verdict, cluster, tiers};

use super::identities;
use crate::project::Entity;
use crate::project::entity::{Condition, Tier as Declared, Tiers};
use crate::resolve::evidence::{Asked, Looked, Part};
use crate::resolve::found::{EvidenceKind, Found, Link, Reach, Strength};
use crate::resolve::read::Records;

/// Evidence of a lower score is weak, if it alone holds two groups of records together.
const SURE: u16 = 99;

pub(super) fn run(
    entity: &Entity,
    declared: &Tiers,
    records: &Records,
    constraints: &Constraints,
) -> Found {
    let plan = plan(entity, declared);
    let evidence = tiers::evidence(&records.frame, &plan);
    let clusters = cluster::cluster(&records.frame, &evidence.pairs, constraints);
    let merged = evidence.pairs.iter().filter(|pair| {
        let together = clusters.of[pair.a as usize] == clusters.of[pair.b as usize];
        pair.verdict == Verdict::Auto && together
    });
    let merged: Vec<Link> = merged.map(link).collect();
    let bridges = weak_bridges(&merged, &constraints.must);
    let found = Found {
        kinds: plan.tiers.iter().map(kind).collect(),
        best: best(&merged, clusters.of.len()),
        merged,
        reviews: clusters.reviews.iter().map(link).collect(),
        of: clusters.of,
        contradictions: clusters.contradictions.len() as u64,
        candidates: evidence.candidates as u64,
        oversize: evidence.oversize as u64,
        shared: evidence.weak as u64,
        memory: None,
        reach: digests(entity, records).map(|digests| {
            let identities = identities(records);
            let first = parts(records, constraints);
            let parts = first.iter().map(|record| identities[*record as usize]).collect();
            Reach { parts, digests, counted: None }
        }),
        ..Found::default()
    };
    found.ask_of(bridges)
}

/// Weak evidence that alone holds two groups of records in one cluster, unless people decided that
/// they are the same.
fn weak_bridges(merged: &[Link], decided: &[(u32, u32)]) -> Vec<Link> {
    let pairs = merged.iter().map(|link| (link.a, link.b));
    let pairs: Vec<(u32, u32)> = pairs.chain(decided.iter().copied()).collect();
    let found = bridges(&pairs);
    let found = found.into_iter().filter_map(|at| merged.get(at).copied());
    found.filter(|link| link.strength.score < SURE).collect()
}

/// Tiers ask what is common in a scope, so that a change reaches all of its scope; without scopes
/// it can reach every record.
pub(super) fn digests(entity: &Entity, records: &Records) -> Option<BlockDigests> {
    entity.scope.as_ref()?;
    let names: Vec<u64> = records.scopes.iter().map(|name| digest(name).max(1)).collect();
    let of = |scope: &u32| names.get(*scope as usize).copied().unwrap_or_default();
    Some(BlockDigests::of_rules(vec![records.frame.scopes.iter().map(of).collect()]))
}

/// For each record the first of all in its scope, or in scopes that decisions connect with it. A
/// record without a scope is one of its own.
fn parts(records: &Records, constraints: &Constraints) -> Vec<u32> {
    let mut first = vec![u32::MAX; records.scopes.len()];
    let part = |(record, scope): (usize, &u32)| match first.get_mut(*scope as usize) {
        None => record as u32,
        Some(first) => {
            *first = (*first).min(record as u32);
            *first
        }
    };
    let mut parts: Vec<u32> = records.frame.scopes.iter().enumerate().map(part).collect();
    fn top(parts: &[u32], mut record: u32) -> u32 {
        while parts[record as usize] != record {
            record = parts[record as usize];
        }
        record
    }
    for (a, b) in &constraints.must {
        let (a, b) = (top(&parts, *a), top(&parts, *b));
        parts[a.max(b) as usize] = a.min(b);
    }
    (0..parts.len() as u32).map(|record| top(&parts, record)).collect()
}

fn kind(tier: &Tier) -> EvidenceKind {
    EvidenceKind { name: tier.name.clone(), score: Some(tier.score) }
}

fn link(pair: &tiers::Pair) -> Link {
    let reason = match pair.verdict {
        Verdict::Auto => None,
        Verdict::Review(reason) => Some(reason),
    };
    Link {
        a: pair.a,
        b: pair.b,
        strength: Strength::declared(pair.score),
        kind: pair.tier,
        holding: pair.pattern,
        reason,
    }
}

/// For each record the strongest evidence that holds it in its cluster; the first of equals.
fn best(merged: &[Link], records: usize) -> Vec<Option<(Strength, u8)>> {
    let mut best: Vec<Option<(Strength, u8)>> = vec![None; records];
    for link in merged {
        for record in [link.a, link.b] {
            let known = &mut best[record as usize];
            if known.is_none_or(|(strength, _)| link.strength.score > strength.score) {
                *known = Some((link.strength, link.kind));
            }
        }
    }
    best
}

/// What each declared tier says of two records. Whether a text stands for a group, and confirms
/// nothing by itself, cannot be told from two records.
pub(in crate::resolve) fn look(
    entity: &Entity,
    declared: &Tiers,
    records: &Records,
    (a, b): (u32, u32),
) -> Vec<Looked> {
    let plan = plan(entity, declared);
    let frame = &records.frame;
    let holds = |condition: &tiers::Condition| condition.holds(frame, a, b);
    let asked = |tier: &Tier, declared: &Declared| {
        let conditions = |declared: &[Condition], made: &[tiers::Condition], part| {
            let asked = |(declared, made): (&Condition, &tiers::Condition)| Asked {
                part,
                said: said(declared),
                holds: holds(made),
            };
            declared.iter().zip(made).map(asked).collect::<Vec<Asked>>()
        };
        let denied = |(field, column): (&String, &usize)| {
            let texts = &frame.columns[*column];
            let both = !texts.of(a).is_empty() && !texts.of(b).is_empty();
            let said = format!("different {field}");
            Asked { part: Part::DeniedBy, said, holds: both && !texts.meet(a, b) }
        };
        let when = conditions(&declared.when, &tier.when, Part::When);
        let confirm = conditions(&declared.confirm, &tier.confirm, Part::Confirm);
        let denied = declared.denied_by.iter().zip(&tier.denied_by).map(denied);
        Looked {
            holds: when.iter().all(|asked| asked.holds),
            tier: tier.name.clone(),
            score: tier.score,
            asked: when.into_iter().chain(confirm).chain(denied).collect(),
        }
    };
    plan.tiers.iter().zip(&declared.tiers).map(|(tier, declared)| asked(tier, declared)).collect()
}

fn said(condition: &Condition) -> String {
    match condition {
        Condition::Same(field) => format!("same {field}"),
        Condition::Similar(field, least) => format!("{field} alike by {least} or more"),
        Condition::NamesAgree(field) => format!("{field} may be one person's"),
    }
}

/// The declared tiers with fields by number.
fn plan(entity: &Entity, declared: &Tiers) -> Plan {
    let number = |field: &str| {
        let at = entity.fields.iter().position(|f| f.name == field);
        at.expect("fields were checked when the project was read")
    };
    let condition = |condition: &Condition| match condition {
        Condition::Same(field) => tiers::Condition::Same { column: number(field) },
        Condition::Similar(field, least) => {
            tiers::Condition::Similar { column: number(field), jaro_winkler: *least }
        }
        Condition::NamesAgree(field) => tiers::Condition::NamesAgree { column: number(field) },
    };
    let tier = |tier: &Declared| Tier {
        name: tier.name.clone(),
        score: tier.score,
        when: tier.when.iter().map(condition).collect(),
        confirm: tier.confirm.iter().map(condition).collect(),
        denied_by: tier.denied_by.iter().map(|f| number(f)).collect(),
    };
    let sharing = entity.fields.iter().enumerate().filter_map(|(column, field)| {
        let (limit, by) = field.shared_by.as_ref()?;
        Some(tiers::Sharing { column, by: number(by), limit: *limit })
    });
    Plan {
        tiers: declared.tiers.iter().map(tier).collect(),
        sharing: sharing.collect(),
        auto: declared.auto,
        distinct: entity.distinct(),
    }
}
