//! What was before: people's decisions as constraints, earlier memberships as identities.

use karat_connect::vault::{hash_bytes, hex};
use karat_record::{Kind, Problem, Result, Type, Value};
use karat_resolve::Constraints;
use karat_rules::read::read;
use karat_store::resolution::{Before, Decision};
use rustc_hash::{FxHashMap, FxHashSet};

use super::read::Records;
use crate::project::Entity;

/// An entity's id.
pub type Id = [u8; 16];

/// An id as UUIDs are written.
pub fn shown(id: &Id) -> String {
    let hex = hex(id);
    let cuts = [0..8, 8..12, 12..16, 16..20, 20..32];
    cuts.map(|cut| &hex[cut]).join("-")
}

/// Reads an id.
///
/// # Errors
/// A text that is no UUID.
pub fn id(text: &str) -> Result<Id> {
    match read(Type::Uuid, text.trim()) {
        Ok(Value::Uuid(id)) => Ok(id),
        _ => Err(Problem::new(
            Kind::Usage,
            "this is no id: an id is a UUID, such as \
                 0b7f3c1e-58a4-8d2c-9e61-7f1a2b3c4d5e",
        )
        .hint("take it from the golden table")),
    }
}

/// Decisions as constraints on record numbers. A decision on a record that is gone waits for it
/// to come back.
pub fn constraints(records: &Records, decisions: &[Decision], distinct: &[bool]) -> Constraints {
    let mut constraints = Constraints { distinct: distinct.to_vec(), ..Constraints::default() };
    if decisions.is_empty() {
        return constraints;
    }
    let numbers: FxHashMap<(&str, &str), u32> =
        (0..records.frame.len() as u32).map(|r| ((records.source(r), records.key(r)), r)).collect();
    let number =
        |record: &(String, String)| numbers.get(&(record.0.as_str(), record.1.as_str())).copied();
    for decision in decisions {
        let (Some(a), Some(b)) = (number(&decision.a), number(&decision.b)) else { continue };
        let pair = (a.min(b), a.max(b));
        if decision.same { &mut constraints.must } else { &mut constraints.cannot }.push(pair);
    }
    constraints
}

/// Earlier entities: their ids in order, and for each record the number of its own. Ids that are in
/// use elsewhere may follow.
pub struct Earlier {
    pub ids: Vec<Id>,
    pub of: Vec<Option<u32>>,
}

/// Matches earlier memberships with the records of today.
pub fn earlier(records: &Records, before: &[Before]) -> Earlier {
    let mut ids: Vec<Id> = before.iter().map(|b| b.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let known: FxHashMap<(&str, &str), u32> = before
        .iter()
        .filter_map(|b| {
            let number = ids.binary_search(&b.id).ok()?;
            Some(((b.source.as_str(), b.key.as_str()), number as u32))
        })
        .collect();
    let of = (0..records.frame.len() as u32)
        .map(|r| known.get(&(records.source(r), records.key(r))).copied())
        .collect();
    Earlier { ids, of }
}

/// The ids that clusters without an earlier one might be given.
pub fn candidates(
    entity: &Entity,
    records: &Records,
    of: &[u32],
    carried: &FxHashMap<u32, u32>,
) -> Vec<Id> {
    let is_new = |(record, cluster): &(usize, &u32)| {
        *record == **cluster as usize && !carried.contains_key(*cluster)
    };
    let new = of.iter().enumerate().filter(is_new);
    new.flat_map(|(_, c)| (0..ATTEMPTS).map(|n| made(&entity.name, records, *c, n))).collect()
}

/// An id that is in use already is met again at most so often.
const ATTEMPTS: u32 = 4;

/// The id of each cluster, by its smallest record: the one carried over, or a new one made from
/// that record, so that the same data in an empty database gives the same ids.
pub fn ids(
    entity: &Entity,
    records: &Records,
    of: &[u32],
    (carried, earlier): (&FxHashMap<u32, u32>, &Earlier),
) -> FxHashMap<u32, Id> {
    let mut taken: FxHashSet<Id> = earlier.ids.iter().copied().collect();
    let mut ids = FxHashMap::default();
    let mut clusters: Vec<u32> = of.to_vec();
    clusters.sort_unstable();
    clusters.dedup();
    for cluster in clusters {
        let id = match carried.get(&cluster) {
            Some(number) => earlier.ids[*number as usize],
            None => {
                let mut attempt = 0;
                loop {
                    let id = made(&entity.name, records, cluster, attempt);
                    if taken.insert(id) {
                        break id;
                    }
                    attempt += 1;
                }
            }
        };
        ids.insert(cluster, id);
    }
    ids
}

/// A UUID of version 8 (made by the application, RFC 9562) out of entity, source and key.
fn made(entity: &str, records: &Records, record: u32, attempt: u32) -> Id {
    let parts = [entity, records.source(record), records.key(record)];
    let mut bytes = attempt.to_be_bytes().to_vec();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    let hash = hash_bytes(&bytes);
    let mut id: Id = hash[..16].try_into().expect("a hash has 32 bytes");
    id[6] = id[6] & 0x0f | 0x80;
    id[8] = id[8] & 0x3f | 0x80;
    id
}
