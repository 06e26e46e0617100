//! What reports say of records besides pairs: what they weigh against themselves, how two names
//! relate, what blocking did.

use rayon::prelude::*;

use super::People;
use super::blocks::RuleReport;
use super::household::RELATION_NAMES;
use super::learned::Learned;
use super::weigh::Weigher;

impl People<'_> {
    /// For each record its match weight, in bits, against itself by a model that fits: what says
    /// too little to reach a threshold here can be linked to nothing.
    pub fn self_weights(&self, learned: &Learned) -> Vec<f32> {
        let weigher = Weigher::new(&self.table, learned);
        self.table.numbers.par_iter().map(|at| weigher.weight(*at, *at)).collect()
    }

    /// How the names of two records relate, in the words of `RELATION_NAMES`; none where one has
    /// no name.
    pub fn names_relate(&self, a: u32, b: u32) -> Option<&'static str> {
        let [a, b] = [a, b].map(|record| self.table.numbers[record as usize]);
        let ((names, left), (_, right)) = (self.table.named(a)?, self.table.named(b)?);
        Some(RELATION_NAMES[self.table.relation(a, b, &names.align(left, right))])
    }

    /// What each blocking rule did with these records.
    pub fn blocking(&self) -> &[RuleReport] {
        &self.blocks.reports
    }
}
