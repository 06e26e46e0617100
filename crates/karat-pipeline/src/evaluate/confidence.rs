//! Whether confidence is what it says: of entities and golden values with 0.9, nine in ten should
//! be right. Values that an expression of the user's chooses are not measured.

use karat_resolve::linkage::evaluate::Calibration;
use karat_rules::clean::Context;
use rustc_hash::FxHashMap;

use super::labels::{Labels, Truths};
use crate::project::Entity;
use crate::project::entity::GoldenFrom;
use crate::resolve::found::{Found, weakest};
use crate::resolve::{Answers, Offers, Overrides, Records, cleaned, folded};

/// What confidence is worth.
pub struct Confidences {
    /// Of entities of several labelled records: all of one label, or not.
    pub entities: Calibration,
    /// Of golden columns whose true values are known: the true value, or not.
    pub fields: Vec<(String, Calibration)>,
    /// For each source how many of its values for these columns were compared with the truth of
    /// their record, and how many are right.
    pub sources: Vec<(String, u64, u64)>,
}

/// Bins of the probability.
const BINS: usize = 10;

/// Measures what the entities found and their golden values would be published with.
pub(super) fn measure(
    entity: &Entity,
    records: &Records,
    (labels, found): (&Labels, &Found),
) -> Confidences {
    // Rules are measured, and not what people say.
    let (answers, overrides) = (Answers::default(), Overrides::default());
    let offers = Offers { entity, records, answers: &answers, overrides: &overrides };
    let truths: Vec<Known<'_>> =
        labels.truths.iter().map(|truths| Known::new(entity, truths)).collect();
    let column = |known: &Known<'_>| entity.golden.columns[known.truths.column].name.clone();
    let mut measured = Confidences {
        entities: Calibration::new(BINS),
        fields: truths.iter().map(|known| (column(known), Calibration::new(BINS))).collect(),
        sources: records.sources.iter().map(|name| (name.clone(), 0, 0)).collect(),
    };
    for members in clusters(found) {
        let best = members.iter().map(|r| found.best[*r as usize].map(|(strength, _)| strength));
        let share = if members.len() == 1 { 1.0 } else { weakest(best).share() };
        let of: Vec<u32> = members.iter().filter_map(|r| labels.of[*r as usize]).collect();
        if of.len() > 1 {
            measured.entities.count(share, of.iter().all(|label| *label == of[0]));
        }
        let Some(label) = commonest(&of) else { continue };
        for (known, (_, field)) in truths.iter().zip(&mut measured.fields) {
            let settled = offers.settle(known.truths.column, &members);
            let Some(values) = known.of_label.get(&label) else { continue };
            if let Some(confidence) = offers.confidence(&settled, share) {
                let is_true = |value: &str| values.contains(&folded(value));
                field.count(confidence, settled.chosen.iter().all(|o| is_true(o.value)));
            }
            for offer in &settled.offers {
                if let Some(truth) = known.of_record.get(&offer.record) {
                    let source = records.frame.sources[offer.record as usize] as usize;
                    measured.sources[source].1 += 1;
                    measured.sources[source].2 += u64::from(*truth == folded(offer.value));
                }
            }
        }
    }
    measured.sources.retain(|(_, compared, _)| *compared > 0);
    measured
}

/// The records of each entity, ascending.
fn clusters(found: &Found) -> Vec<Vec<u32>> {
    let mut of: Vec<(u32, u32)> =
        found.of.iter().enumerate().map(|(record, root)| (*root, record as u32)).collect();
    of.sort_unstable();
    let members = |of: &[(u32, u32)]| of.iter().map(|(_, record)| *record).collect();
    of.chunk_by(|a, b| a.0 == b.0).map(members).collect()
}

/// The label that most records have; of equally common ones the smallest.
fn commonest(labels: &[u32]) -> Option<u32> {
    let count = |label: u32| labels.iter().filter(|other| **other == label).count();
    labels.iter().copied().min_by_key(|label| (std::cmp::Reverse(count(*label)), *label))
}

/// True values as golden values are compared: cleaned as their field is, and folded.
struct Known<'a> {
    truths: &'a Truths,
    of_label: FxHashMap<u32, Vec<String>>,
    of_record: FxHashMap<u32, String>,
}

impl<'a> Known<'a> {
    fn new(entity: &Entity, truths: &'a Truths) -> Known<'a> {
        let field = match &entity.golden.columns[truths.column].from {
            GoldenFrom::Field(name) => entity.fields.iter().find(|field| field.name == *name),
            GoldenFrom::Columns(_) => None,
        };
        let rules = field.map_or(&[][..], |field| &field.clean);
        let shown = |text: &String| {
            let clean = cleaned(text, rules, &Context::default());
            folded(clean.as_deref().unwrap_or(text))
        };
        let of_label = truths.of_label.iter();
        let of_record = truths.of_record.iter();
        Known {
            truths,
            of_label: of_label.map(|(l, texts)| (*l, texts.iter().map(shown).collect())).collect(),
            of_record: of_record.map(|(record, text)| (*record, shown(text))).collect(),
        }
    }
}
