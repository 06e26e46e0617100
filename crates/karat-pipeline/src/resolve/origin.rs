//! Where golden values come from: the record that each is of, the rule that chose it, and what it
//! beat. Computed by what chose them, whenever somebody asks.

use std::collections::BTreeMap;

use karat_record::Result;
use karat_resolve::survive::{Beaten, Criterion, Offer, Rule, frequencies};
use karat_store::copy::ColumnType;
use karat_store::overrides::Override;
use karat_store::resolution::{self as store, Member};
use serde::Serialize;
use utoipa::ToSchema;

use super::conflicts::wanted;
use super::found::{Strength, weakest};
use super::golden::rounded;
use super::offers::{Offers, Settled};
use super::published::{self, Published};
use super::read::{self, Opened};
use super::trail::trails;
pub use super::trail::{MadeFrom, Trail};
use super::{history, people};
use crate::context::Context;
use crate::project::Entity;
use crate::project::entity::GoldenColumn;

/// A golden record and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Golden {
    pub entity: String,
    pub id: String,
    /// The retired id that was asked for and led here.
    pub asked: Option<String>,
    pub records: u64,
    /// How likely its records are of one entity, from 0 to 1; 1 of one record alone.
    pub confidence: f64,
    /// Whether everything is as the last resolution left it: else the values here are those that
    /// the next one publishes, unless it finds other records.
    pub is_current: bool,
    pub fields: Vec<Field>,
}

/// A golden column.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Field {
    pub field: String,
    /// The rule that chose it, or `override`.
    pub rule: &'static str,
    /// The person's decision that counts instead of the rule.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub said: Option<Override>,
    /// Decisions on the same field that a later one beat, since their entities are one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<Override>,
    /// How likely the value is right; none where there is none.
    pub confidence: Option<f64>,
    /// The values: one, of a union any number, none where no record offers any.
    pub values: Vec<Chosen>,
    /// Offers of other values, the best first.
    pub beaten: Vec<Lost>,
}

/// A golden value, the record it is from, and which others offer the same.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Chosen {
    pub value: String,
    /// None of what a person says.
    pub from: Option<Origin>,
    pub same: Vec<String>,
}

/// An offer that was not chosen.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Lost {
    pub value: String,
    pub from: Origin,
    /// What decided: `trust`, `recency`, `frequency`, `length`, `order`, `sql`, `tie`, or
    /// `override`.
    pub by: &'static str,
    /// The same in words, with the figures.
    pub why: String,
}

/// A record and where it was read.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Origin {
    /// As SOURCE:KEY.
    pub record: String,
    #[serde(flatten)]
    pub trail: Trail,
}

/// Explains the golden record of an id, or one field of it. An id that is retired leads to the one
/// that continues it.
///
/// # Errors
/// An id that is none of this entity's, or that nothing continues.
pub async fn explain(
    context: &Context<'_>,
    entity: &Entity,
    (id, field): (&str, Option<&str>),
) -> Result<Golden> {
    let columns = wanted(entity, field)?;
    let session = published::opened(context).await?;
    let (asked, id) = history::living(&session, entity, id).await?;
    let sources = read::sources(context, &session, entity).await?;
    let members = store::members(&session, &entity.name, &id).await?;
    let of = (people::id(&id)?, members.as_slice());
    let found = published::one(context, (&session, entity, &sources), of).await?;
    let strength = weakest(members.iter().map(held));
    let confidence = if members.len() == 1 { 1.0 } else { strength.share() };
    let mut trails = Trails::new();
    for source in &sources {
        let of_source = members.iter().filter(|m| m.source == source.source.dataset);
        let keys: Vec<String> = of_source.map(|member| member.key.clone()).collect();
        trails.insert(
            source.source.dataset.clone(),
            self::trails(context, &session, (source, &keys)).await?,
        );
    }
    let work = Work { entity, found: &found, trails: &trails, sources: &sources };
    let fields = columns.into_iter().map(|at| work.field(at, confidence)).collect();
    Ok(Golden {
        entity: entity.name.clone(),
        asked: (asked != id).then_some(asked),
        id,
        records: members.len() as u64,
        confidence: rounded(confidence),
        is_current: found.is_current,
        fields,
    })
}

/// Trails by source and key.
type Trails = BTreeMap<String, BTreeMap<String, Trail>>;

fn held(member: &Member) -> Option<Strength> {
    Some(Strength { score: member.score?.cast_unsigned(), weight: member.weight })
}

/// One golden record being explained.
struct Work<'a> {
    entity: &'a Entity,
    found: &'a Published,
    trails: &'a Trails,
    sources: &'a [Opened<'a>],
}

impl<'a> Work<'a> {
    fn field(&self, at: usize, confidence: f64) -> Field {
        let column = &self.entity.golden.columns[at];
        let Published { records, answers, overrides, .. } = self.found;
        let offers = Offers { entity: self.entity, records, answers, overrides };
        let members = self.found.clusters.iter().flat_map(|(_, members)| members.iter().copied());
        let settled = offers.settle(at, &members.collect::<Vec<u32>>());
        let confidence = offers.confidence(&settled, confidence).map(rounded);
        if let Some((said, overruled)) = settled.said.split_first() {
            return self.overridden(column, &settled, (said, overruled, confidence));
        }
        let chosen = |offer: &Offer<'_>| Chosen {
            value: offer.value.to_owned(),
            from: Some(self.origin(offer.record)),
            same: self.same(&settled, offer.value, Some(offer.record)),
        };
        let lost = |beaten: &Beaten<'_>| {
            let (by, why) = self.why(column.rule, &settled, beaten);
            let value = beaten.offer.value.to_owned();
            Lost { value, from: self.origin(beaten.offer.record), by, why }
        };
        Field {
            field: column.name.clone(),
            rule: column.rule.name(),
            said: None,
            overruled: Vec::new(),
            confidence,
            values: settled.chosen.iter().map(chosen).collect(),
            beaten: settled.beaten().iter().map(lost).collect(),
        }
    }

    /// A field that a person says.
    fn overridden(
        &self,
        column: &GoldenColumn,
        settled: &Settled<'_>,
        (said, overruled, confidence): (&Override, &[Override], Option<f64>),
    ) -> Field {
        let chosen = |value: &String| Chosen {
            value: value.clone(),
            from: None,
            same: self.same(settled, value, None),
        };
        let lost = |offer: &Offer<'_>| Lost {
            value: offer.value.to_owned(),
            from: self.origin(offer.record),
            by: "override",
            why: format!("decision {} says otherwise", said.number),
        };
        let is_said = |offer: &&Offer<'_>| said.values.iter().any(|value| value == offer.value);
        Field {
            field: column.name.clone(),
            rule: "override",
            said: Some(said.clone()),
            overruled: overruled.to_vec(),
            confidence,
            values: said.values.iter().map(chosen).collect(),
            beaten: settled.offers.iter().filter(|offer| !is_said(offer)).map(lost).collect(),
        }
    }

    fn name(&self, record: u32) -> String {
        let records = &self.found.records;
        format!("{}:{}", records.source(record), records.key(record))
    }

    fn origin(&self, record: u32) -> Origin {
        let records = &self.found.records;
        let of_source = self.trails.get(records.source(record));
        let trail = of_source.and_then(|trails| trails.get(records.key(record))).cloned();
        let nowhere = Trail { place: None, made_from: None };
        Origin { record: self.name(record), trail: trail.unwrap_or(nowhere) }
    }

    /// The records that offer the same value, without the one that it is from.
    fn same(&self, settled: &Settled<'_>, value: &str, from: Option<u32>) -> Vec<String> {
        let others = settled.offers.iter().filter(|offer| offer.value == value);
        let others = others.filter(|offer| Some(offer.record) != from);
        others.map(|offer| self.name(offer.record)).collect()
    }

    /// Why an offer lost, in a word and in words.
    fn why(&self, rule: Rule, settled: &Settled<'_>, lost: &Beaten<'_>) -> (&'static str, String) {
        let Some(chosen) = settled.chosen.first() else { return ("tie", String::new()) };
        let (offer, source) = (&lost.offer, |o: &Offer<'_>| self.found.records.source(o.record));
        match lost.by {
            Criterion::Rank if rule == Rule::Sql => {
                ("sql", "the expression chooses another value".to_owned())
            }
            Criterion::Rank => {
                ("order", format!("{} comes after {}", source(offer), source(chosen)))
            }
            Criterion::Trust => {
                ("trust", format!("trust {} against {}", offer.trust, chosen.trust))
            }
            Criterion::Recency => ("recency", self.when(offer, chosen)),
            Criterion::Frequency => {
                let counts = frequencies(&settled.offers);
                let of = |offer: &Offer<'_>| counts.get(offer.value).copied().unwrap_or_default();
                ("frequency", format!("{} against {} records", of(offer), of(chosen)))
            }
            Criterion::Length => {
                ("length", format!("{} against {} characters", offer.length(), chosen.length()))
            }
            Criterion::Record => {
                ("tie", format!("equal, and {} comes first", self.name(chosen.record)))
            }
        }
    }

    fn when(&self, offer: &Offer<'_>, chosen: &Offer<'_>) -> String {
        let chosen = self.changed(chosen).unwrap_or_default();
        match self.changed(offer) {
            Some(changed) => format!("changed {changed}, against {chosen}"),
            None => format!("not known when changed, against {chosen}"),
        }
    }

    /// When a record changed, as its source says it.
    fn changed(&self, offer: &Offer<'_>) -> Option<String> {
        let changed = offer.changed?;
        let number = self.found.records.frame.sources[offer.record as usize] as usize;
        let source = &self.sources[number];
        let column = source.source.changed.as_ref().and_then(|name| source.target.column(name));
        let time = || jiff::Timestamp::from_microsecond(changed).ok();
        match column.map(|column| &column.kind) {
            Some(ColumnType::Date) => time().map(|at| at.to_string()[..10].to_owned()),
            Some(ColumnType::Timestamp) => time().map(|at| at.to_string()),
            _ => Some(changed.to_string()),
        }
    }
}
