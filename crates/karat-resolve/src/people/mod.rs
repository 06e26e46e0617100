//! The default model for people: who is who in records with names, dates and addresses, without
//! labels and without a model file.
//!
//! After Fellegi and Sunter (1969), with one comparison for all names, frequencies of values and
//! of words, a correction for fields that agree together, and clusters that weigh the evidence of
//! all their records. Data flows `Records` → `Table` (numbers, row by row) → `Blocks` → weighed
//! pairs → clusters; estimating the model goes the same way a few times. All sums have a fixed
//! order, so that the same records give the same bits on any number of threads.

mod attributes;
mod blocks;
mod dependence;
mod explain;
mod household;
mod learn;
mod learned;
mod levels;
mod mailboxes;
mod names;
mod nicknames;
mod normal;
mod plan;
mod random_pairs;
mod reported;
mod resolve;
mod scan;
mod sets;
mod table;
mod values;
mod weigh;

pub use blocks::RuleReport;
pub use household::{Household, RELATION_NAMES};
pub use learned::{Learned, LearnedField};
pub use plan::{Field, Options, Plan, ROLES, Role};
pub use resolve::Resolved;

use crate::cluster::Constraints;
use crate::linkage::{Records, Refusal};
use blocks::Blocks;
use table::Table;

/// Records made ready for a plan; learning and resolving share the work.
pub struct People<'a> {
    plan: &'a Plan,
    table: Table,
    blocks: Blocks,
}

impl<'a> People<'a> {
    /// Reads the columns of a plan and makes the blocks.
    pub fn new(records: &Records, plan: &'a Plan) -> Result<People<'a>, Refusal> {
        let table = Table::new(records, plan)?;
        let blocks = Blocks::new(&table, plan.options.largest_block as usize);
        Ok(People { plan, table, blocks })
    }

    /// What the records were made ready for.
    pub fn plan(&self) -> &Plan {
        self.plan
    }

    /// Whether a model was learned for the fields of the plan. `resolve` and `explain` ask for it.
    pub fn fits(&self, learned: &Learned) -> bool {
        let compared = self.table.compared.iter().map(|compared| &compared.name);
        let known = learned.fields.iter().map(|field| &field.name);
        compared.eq(known) && learned.name.m.is_empty() == self.table.names.is_none()
    }
}

/// Learns the model from the records themselves.
pub fn learn(records: &Records, plan: &Plan) -> Result<Learned, Refusal> {
    Ok(People::new(records, plan)?.learn())
}

/// Clusters records under a learned model.
pub fn resolve(
    records: &Records,
    plan: &Plan,
    learned: &Learned,
    constraints: &Constraints,
) -> Result<Resolved, Refusal> {
    let people = People::new(records, plan)?;
    if !people.fits(learned) {
        return Err(Refusal::new("the learned model is one of other fields"));
    }
    Ok(people.resolve(learned, constraints))
}
