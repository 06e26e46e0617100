//! The default model for people: learned from the records unless one is kept.

use karat_record::{Kind, Place, Problem, Result};
use karat_resolve::explanation::Explanation;
use karat_resolve::linkage::model::weight_of;
use karat_resolve::linkage::{Edge, Refusal};
use karat_resolve::people::{Field, Learned, Options, People, Plan, Resolved, RuleReport};
use karat_resolve::{Constraints, Reason};

use super::columns::columns;
use super::{Given, Weighing};
use crate::model::{self, Body, Heading, Model};
use crate::project::Entity;
use crate::project::entity::{People as Declared, Thresholds};
use crate::resolve::found::{EvidenceKind, Found, Link, Strength};

pub(super) fn weighing(
    entity: &Entity,
    declared: &Declared,
    Given { records, kept, .. }: Given<'_>,
    lend: impl FnOnce(&dyn Weighing),
) -> Result<Option<Model>> {
    let plan = plan(entity, declared);
    let people = People::new(&columns(entity, records), &plan)
        .map_err(|refusal| problem(entity, refusal))?;
    let kept = kept.and_then(|model| match &model.body {
        Body::People(learned) => Some(learned),
        Body::Weights(_) => None,
    });
    if let Some(learned) = kept.filter(|learned| people.fits(learned)) {
        lend(&Prepared { people: &people, learned });
        return Ok(None);
    }
    let learned = people.learn();
    lend(&Prepared { people: &people, learned: &learned });
    let Thresholds { auto, review } = declared.thresholds;
    let heading = Heading { seed: declared.seed, auto, review };
    Ok(Some(model::new(entity, &heading, records.frame.len(), Body::People(learned))))
}

/// Records and a model that fits.
struct Prepared<'a> {
    people: &'a People<'a>,
    learned: &'a Learned,
}

impl Weighing for Prepared<'_> {
    fn found(&self, constraints: &Constraints) -> Result<Found> {
        let resolved = self.people.resolve(self.learned, constraints);
        let links = self.people.links(self.learned, &resolved.of);
        Ok(found(&resolved, &links, weight_of(self.people.plan().options.auto) as f32))
    }

    fn score(&self, at_least: f64, take: &mut dyn FnMut(&[Edge])) -> Result<()> {
        self.people.score(self.learned, at_least as f32, take);
        Ok(())
    }

    fn explain(&self, a: u32, b: u32) -> Result<Explanation> {
        Ok(self.people.explain(self.learned, a, b))
    }

    fn self_weights(&self, _records: u32) -> Vec<f64> {
        self.people.self_weights(self.learned).into_iter().map(f64::from).collect()
    }

    fn names_relate(&self, a: u32, b: u32) -> Option<&'static str> {
        self.people.names_relate(a, b)
    }

    fn blocking(&self) -> Vec<RuleReport> {
        self.people.blocking().to_vec()
    }
}

/// What to link and how.
fn plan(entity: &Entity, declared: &Declared) -> Plan {
    let field = |field: &crate::project::entity::Field| {
        let (name, columns) = (field.name.clone(), vec![field.name.clone()]);
        field.role.map(|role| Field { name, role, columns })
    };
    Plan {
        fields: entity.fields.iter().filter_map(field).collect(),
        link: declared.link,
        distinct: entity.distinct(),
        seed: declared.seed,
        options: Options {
            auto: declared.thresholds.auto,
            review: declared.thresholds.review,
            ..Options::default()
        },
    }
}

fn problem(entity: &Entity, refusal: Refusal) -> Problem {
    let place = Place::file(format!("entities/{}.toml", entity.name));
    Problem::new(Kind::Project, refusal.to_string()).at(place)
}

/// All evidence is of one kind; pairs to review are those of two clusters.
fn found(resolved: &Resolved, links: &[(u32, u32, f32)], auto: f32) -> Found {
    let link = |(a, b, weight): &(u32, u32, f32)| Link {
        a: *a,
        b: *b,
        strength: Strength::weighed(*weight),
        kind: 0,
        holding: 1,
        reason: None,
    };
    let review = |(a, b, probability): &(u32, u32, f64)| {
        let weight = weight_of(*probability) as f32;
        let reason = if weight < auto { Reason::Weak } else { Reason::Distinct };
        Link { reason: Some(reason), ..link(&(*a, *b, weight)) }
    };
    let best = |weight: &f32| (!weight.is_nan()).then(|| (Strength::weighed(*weight), 0));
    let bridges = resolved.bridges.iter();
    let bridges = bridges.map(|(a, b, p)| link(&(*a, *b, weight_of(*p) as f32))).collect();
    let found = Found {
        of: resolved.of.clone(),
        kinds: vec![EvidenceKind { name: "weights".to_owned(), score: None }],
        merged: links.iter().map(link).collect(),
        reviews: resolved.review.iter().map(review).collect(),
        best: resolved.weights.iter().map(best).collect(),
        contradictions: resolved.contradictions.len() as u64,
        candidates: resolved.edges,
        oversize: resolved.blocking.iter().map(|rule| rule.dropped).sum(),
        shared: 0,
        memory: None,
        reach: None,
        ..Found::default()
    };
    found.ask_of(bridges)
}
