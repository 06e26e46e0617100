//! A resolution against what people decided: what it would have made of those pairs by itself, and
//! from which match probability on its merges would be right.
//!
//! People are asked about hard pairs, so nothing here is said of all pairs.

use karat_record::{Kind, Problem, Quiet, Result};
use karat_resolve::Constraints;
use karat_resolve::linkage::evaluate::interval;
use karat_resolve::linkage::model::probability_of;
use karat_store::resolution::{self as store, Extent};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use crate::context::Context;
use crate::project::Entity;
use crate::resolve::found::Found;
use crate::resolve::{Records, View, engine};

/// Pairs that people decided, by record numbers: of what was decided at once the first pair only,
/// because the others follow from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// The two records, and whether they are the same.
    pub pairs: Vec<(u32, u32, bool)>,
    /// Decisions about records that are not here.
    pub gone: u64,
}

/// Pairs of one kind, as people decided them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    pub same: u64,
    pub different: u64,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Decisions {
    pub all: Verdicts,
    pub gone: u64,
    /// What the resolution makes of these pairs without the decisions.
    pub merged: Verdicts,
    pub asked: Verdicts,
    pub apart: Verdicts,
    /// The pairs from each match probability on, descending; none of tiers.
    pub from: Vec<(f64, Verdicts)>,
    /// The pairs by the strongest tier that holds; none of weights.
    pub tiers: Vec<(String, Verdicts)>,
    /// The share of right merges that thresholds were sought for.
    pub wanted: f64,
    /// The least probability from which on at least so many are the same, as sure as 95 % is.
    pub auto: Option<f64>,
    /// The greatest probability below which no more than the rest are, as sure.
    pub review: Option<f64>,
}

/// Match probabilities at which pairs are counted, and that are suggested.
const PROBABILITIES: [f64; 13] =
    [0.999, 0.995, 0.99, 0.975, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.25];

impl Verdicts {
    fn add(&mut self, same: bool) {
        *(if same { &mut self.same } else { &mut self.different }) += 1;
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.same + self.different
    }

    /// The share that is the same, and the interval of 95 % that it lies in.
    pub fn share(&self) -> (f64, (f64, f64)) {
        let share = self.same as f64 / self.count().max(1) as f64;
        (share, interval(self.same, self.count()))
    }
}

/// Reads the decisions in force.
pub(super) async fn read(
    context: &Context<'_>,
    entity: &Entity,
    records: &Records,
) -> Result<Decided> {
    let session = context.connect().await?;
    let all = store::decisions(&session, &entity.name, Extent::Whole).await?;
    let number = |r: u32| ((records.source(r), records.key(r)), r);
    let numbers: FxHashMap<(&str, &str), u32> =
        (0..records.frame.len() as u32).map(number).collect();
    let find =
        |record: &(String, String)| numbers.get(&(record.0.as_str(), record.1.as_str())).copied();
    let mut decided = Decided::default();
    let mut acts = FxHashSet::default();
    for decision in &all {
        match (find(&decision.a), find(&decision.b)) {
            (Some(a), Some(b)) if acts.insert(decision.act) => {
                decided.pairs.push((a.min(b), a.max(b), decision.same));
            }
            (Some(_), Some(_)) => {}
            _ => decided.gone += 1,
        }
    }
    Ok(decided)
}

/// Measures the model in force, or one learned for it, or tiers, on decided pairs.
///
/// # Errors
/// Nobody decided anything about these records.
pub(super) fn measure(
    (entity, view): (&Entity, &View),
    decided: &Decided,
    wanted: f64,
) -> Result<Decisions> {
    if decided.pairs.is_empty() {
        let what = format!("nobody decided anything about records of {} yet", entity.name);
        let hint = "karat review list shows what is to be decided";
        return Err(Problem::new(Kind::Usage, what).hint(hint));
    }
    let alone = Constraints { distinct: entity.distinct(), ..Constraints::default() };
    let mut measured = Decisions { gone: decided.gone, wanted, ..Decisions::default() };
    decided.pairs.iter().for_each(|(_, _, same)| measured.all.add(*same));
    if entity.matching.thresholds().is_none() {
        let (found, _) = engine::run(entity, view.given(), &alone, &Quiet)?;
        measured.outcomes(&found, decided);
        measured.tiers = tiers(&found, decided);
        return Ok(measured);
    }
    let mut done = Err(Problem::new(Kind::Internal, "the engine weighed nothing"));
    engine::weighing(entity, view.given(), &Quiet, |engine| {
        done = engine.found(&alone).and_then(|found| {
            measured.outcomes(&found, decided);
            let weight = |(a, b, same): &(u32, u32, bool)| {
                Ok((probability_of(engine.explain(*a, *b)?.total), *same))
            };
            let weighed: Result<Vec<(f64, bool)>> = decided.pairs.iter().map(weight).collect();
            measured.thresholds(&weighed?);
            Ok(())
        });
    })?;
    done.map(|()| measured)
}

impl Decisions {
    fn outcomes(&mut self, found: &Found, decided: &Decided) {
        let cluster = |record: u32| found.of[record as usize];
        let between = |a: u32, b: u32| {
            let (a, b) = (cluster(a), cluster(b));
            (a.min(b), a.max(b))
        };
        let asked: FxHashSet<(u32, u32)> =
            found.reviews.iter().map(|link| between(link.a, link.b)).collect();
        for (a, b, same) in &decided.pairs {
            let outcome = match between(*a, *b) {
                (a, b) if a == b => &mut self.merged,
                pair if asked.contains(&pair) => &mut self.asked,
                _ => &mut self.apart,
            };
            outcome.add(*same);
        }
    }

    /// Counts pairs from probabilities on, and finds the thresholds that these speak for.
    fn thresholds(&mut self, pairs: &[(f64, bool)]) {
        let count = |is_in: &dyn Fn(f64) -> bool| {
            let mut verdicts = Verdicts::default();
            pairs.iter().filter(|(p, _)| is_in(*p)).for_each(|(_, same)| verdicts.add(*same));
            verdicts
        };
        self.from = PROBABILITIES.map(|from| (from, count(&|p| p >= from))).to_vec();
        let bound = 1.0 - self.wanted;
        let down = PROBABILITIES.map(|from| (from, count(&|p| p >= from)));
        self.auto = furthest(&down, |band| band >= self.wanted, |(low, _)| low >= self.wanted);
        let mut up = PROBABILITIES.map(|to| (to, count(&|p| p < to)));
        up.reverse();
        self.review = furthest(&up, |band| band <= bound, |(_, high)| high <= bound);
    }
}

/// The last threshold up to which each band is as wanted by its share, and all pairs so far for
/// sure. Thresholds that no decision lies between are not told apart: the first of them counts.
fn furthest(
    steps: &[(f64, Verdicts)],
    is_wanted: impl Fn(f64) -> bool,
    is_sure: impl Fn((f64, f64)) -> bool,
) -> Option<f64> {
    let (mut before, mut furthest) = (Verdicts::default(), None);
    for (threshold, so_far) in steps {
        let band = Verdicts {
            same: so_far.same - before.same,
            different: so_far.different - before.different,
        };
        if band.count() == 0 {
            continue;
        }
        if !is_wanted(band.share().0) {
            break;
        }
        if is_sure(so_far.share().1) {
            furthest = Some(*threshold);
        }
        before = *so_far;
    }
    furthest
}

/// Decided pairs by the strongest tier that holds between them without the decisions.
fn tiers(found: &Found, decided: &Decided) -> Vec<(String, Verdicts)> {
    let links = found.merged.iter().chain(&found.reviews);
    let kinds: FxHashMap<(u32, u32), u8> =
        links.map(|link| ((link.a.min(link.b), link.a.max(link.b)), link.kind)).collect();
    let mut tiers: Vec<(String, Verdicts)> =
        found.kinds.iter().map(|kind| (kind.name.clone(), Verdicts::default())).collect();
    let mut none = Verdicts::default();
    for (a, b, same) in &decided.pairs {
        match kinds.get(&(*a, *b)) {
            Some(kind) => tiers[usize::from(*kind)].1.add(*same),
            None => none.add(*same),
        }
    }
    tiers.push(("no tier".to_owned(), none));
    tiers.retain(|(_, verdicts)| verdicts.count() > 0);
    tiers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds(pairs: &[(f64, bool)], wanted: f64) -> Decisions {
        let mut found = Decisions { wanted, ..Decisions::default() };
        found.thresholds(pairs);
        found
    }

    #[test]
    fn thresholds_are_suggested_from_enough_decisions_only() {
        let same = |n: usize| vec![(0.96, true); n];
        assert_eq!(thresholds(&same(10), 0.95).auto, None, "10 of 10 may be 72 %");
        assert_eq!(thresholds(&same(80), 0.95).auto, Some(0.95), "80 of 80 are 95 % at least");
        let mut mixed = same(500);
        mixed.extend(vec![(0.85, false); 10]);
        assert_eq!(thresholds(&mixed, 0.95).auto, Some(0.95), "what is wrong is not diluted");
        mixed[500..].fill((0.85, true));
        assert_eq!(thresholds(&mixed, 0.95).auto, Some(0.85));
    }

    #[test]
    fn review_begins_where_hardly_any_pair_below_matches() {
        let mut pairs = vec![(0.55, false); 100];
        pairs.extend([(0.72, true); 30]);
        assert_eq!(thresholds(&pairs, 0.95).review, Some(0.6));
        assert_eq!(thresholds(&pairs[60..], 0.95).review, None, "too few to promise that");
    }
}
