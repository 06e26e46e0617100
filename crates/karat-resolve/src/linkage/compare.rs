//! From a pair of records to its pattern: the first level of each comparison that holds.

use super::frequency::Table as Frequencies;
use super::look::{Look, Scratch};
use super::measuring::Measuring;
use super::pattern::{Layout, Pattern};
use super::program::{LEVEL, Program};
use super::table::Table;
use crate::condition::Bound;

/// The comparisons of a model, ready for pairs of records.
pub(crate) struct Comparer {
    pub table: Table,
    pub measures: Vec<Measuring>,
    /// What has no kernel.
    pub values: Vec<Bound>,
    pub comparisons: Vec<Program>,
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
    pub fn pattern(&self, left: u32, right: u32, scratch: &mut Scratch) -> Pattern {
        let mut pattern = 0;
        self.levels(left, right, scratch, |comparison, level| {
            pattern += self.layout.digit(comparison, level);
        });
        pattern
    }

    /// Says for each comparison in order which level a pair reaches.
    #[inline]
    pub fn levels(
        &self,
        left: u32,
        right: u32,
        scratch: &mut Scratch,
        mut reached: impl FnMut(usize, u32),
    ) {
        let mut look = self.look(left, right, scratch);
        for (comparison, program) in self.comparisons.iter().enumerate() {
            reached(comparison, level(look.answer(program)));
        }
    }

    /// The same for some of the comparisons.
    #[inline]
    pub fn levels_of(
        &self,
        active: &[bool],
        (left, right): (u32, u32),
        scratch: &mut Scratch,
        mut reached: impl FnMut(usize, u32),
    ) {
        let mut look = self.look(left, right, scratch);
        for (comparison, program) in self.comparisons.iter().enumerate() {
            if active[comparison] {
                reached(comparison, level(look.answer(program)));
            }
        }
    }

    /// The level that a pair reaches in one comparison.
    pub fn level(&self, comparison: usize, pair: (u32, u32), scratch: &mut Scratch) -> u32 {
        level(self.look(pair.0, pair.1, scratch).answer(&self.comparisons[comparison]))
    }

    /// The pattern of a pair in some of the comparisons; the others are as if at their first
    /// level.
    pub fn pattern_of(&self, active: &[bool], pair: (u32, u32), scratch: &mut Scratch) -> Pattern {
        let mut pattern = 0;
        self.levels_of(active, pair, scratch, |comparison, level| {
            pattern += self.layout.digit(comparison, level);
        });
        pattern
    }

    /// Whether a condition holds for a pair: the only test of its program.
    pub fn holds(&self, program: &Program, left: u32, right: u32, scratch: &mut Scratch) -> bool {
        level(self.look(left, right, scratch).answer(program)) == 0
    }

    #[inline]
    fn look<'a>(&'a self, left: u32, right: u32, scratch: &'a mut Scratch) -> Look<'a> {
        Look::at(self, (self.table.row(left), self.table.row(right)), scratch)
    }
}

fn level(answer: u16) -> u32 {
    u32::from(answer - LEVEL)
}
