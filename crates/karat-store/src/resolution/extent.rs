//! How much of an entity is resolved at once, and what of the earlier resolution belongs to it.

use super::part::SCOPE;
use crate::name::quoted;

/// All records of an entity, or the part in the temporary table of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Whole,
    Part,
}

impl Extent {
    /// A query over `was_members`, `was_evidence` and `was_entities`, what the last resolution left
    /// of the entity `$1`, and over `was_decisions` on its records, as SQL.
    pub(super) fn of(self, sql: &str) -> String {
        let [members, evidence, entities, decisions] = match self {
            Extent::Whole => [
                "karat.membership".to_owned(),
                "karat.evidence".to_owned(),
                "karat.entity".to_owned(),
                "karat.decision".to_owned(),
            ],
            Extent::Part => {
                let members = format!(
                    "(select t.* from {SCOPE} s join karat.membership t \
                     on t.entity = $1 and t.source = s.source and t.key = s.key)"
                );
                let evidence = format!(
                    "(select t.* from {SCOPE} s join karat.evidence t \
                     on t.entity = $1 and t.source_a = s.source and t.key_a = s.key)"
                );
                let entities =
                    "(select t.* from karat_ids i join karat.entity t on t.id = i.id)".to_owned();
                let decisions = format!(
                    "(select t.* from {SCOPE} s join karat.decision t \
                     on t.entity = $1 and t.source_a = s.source and t.key_a = s.key)"
                );
                [members, evidence, entities, decisions]
            }
        };
        sql.replace("was_members", &members)
            .replace("was_evidence", &evidence)
            .replace("was_entities", &entities)
            .replace("was_decisions", &decisions)
    }

    /// The condition that a row `t` of memberships belongs to it.
    pub fn of_members(self, entity: &str) -> String {
        self.condition(entity, "s.source = t.source and s.key = t.key")
    }

    /// The condition that a row `t` of evidence does.
    pub fn of_evidence(self, entity: &str) -> String {
        self.condition(entity, "s.source = t.source_a and s.key = t.key_a")
    }

    fn condition(self, entity: &str, same: &str) -> String {
        let of_entity = format!("t.entity = {}", quoted(entity));
        match self {
            Extent::Whole => of_entity,
            Extent::Part => {
                format!("{of_entity} and exists (select 1 from {SCOPE} s where {same})")
            }
        }
    }
}
