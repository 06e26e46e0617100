//! From a pair of records to its pattern: the first level of each comparison that holds.

use super::frequency::Table as Frequencies;
use super::pattern::{Layout, Pattern};
use super::table::Table;
use super::test::{Look, Measure, Scratch, Test, Truth};

/// The comparisons of a model, ready for pairs of records.
pub(crate) struct Comparer {
    pub table: Table,
    pub measures: Vec<Measure>,
    /// For each comparison the conditions of its levels, in order.
    pub comparisons: Vec<Vec<Test>>,
    pub layout: Layout,
    /// Of the columns whose rare values weigh more.
    pub frequencies: Vec<Frequencies>,
}

impl Comparer {
    /// What a thread needs to compare.
    pub fn scratch(&self) -> Scratch {
        Scratch::new(self.measures.len())
    }

    /// The pattern of a pair.
    #[inline]
    pub fn pattern(&self, left: u32, right: u32, scratch: &mut Scratch) -> Pattern {
        scratch.next_pair();
        let look = self.look(left, right);
        (0..self.comparisons.len()).map(|i| self.digit(i, &look, scratch)).sum()
    }

    /// The pattern of a pair in some of the comparisons; the others are as if at their first
    /// level.
    pub fn pattern_of(
        &self,
        active: &[bool],
        (left, right): (u32, u32),
        scratch: &mut Scratch,
    ) -> Pattern {
        scratch.next_pair();
        let look = self.look(left, right);
        let active = active.iter().enumerate().filter(|(_, active)| **active);
        active.map(|(i, _)| self.digit(i, &look, scratch)).sum()
    }

    #[inline]
    fn digit(&self, comparison: usize, look: &Look<'_>, scratch: &mut Scratch) -> Pattern {
        let levels = &self.comparisons[comparison];
        let holds = |test| look.truth(test, scratch) == Truth::Yes;
        let level = levels.iter().position(holds).unwrap_or(levels.len());
        self.layout.digit(comparison, level as u32)
    }

    /// Whether one condition holds for a pair.
    pub fn holds(&self, test: &Test, left: u32, right: u32, scratch: &mut Scratch) -> bool {
        scratch.next_pair();
        self.look(left, right).truth(test, scratch) == Truth::Yes
    }

    fn look(&self, left: u32, right: u32) -> Look<'_> {
        Look {
            table: &self.table,
            measures: &self.measures,
            left: self.table.row(left),
            right: self.table.row(right),
        }
    }
}
