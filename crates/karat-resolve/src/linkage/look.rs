//! Two records, looked at: the answers to the questions of a program.

use super::columns::MISSING;
use super::compare::Comparer;
use super::program::{Ask, LEVEL, Program};
use super::table::Operand;
use super::test::Order;
use crate::condition::{Side, Value};

/// Measures of the current pair, each taken at most once.
#[derive(Debug)]
pub(crate) struct Scratch {
    pair: u32,
    /// For each measure the pair it was taken of, and what it was.
    taken: Vec<(u32, f64)>,
}

impl Scratch {
    pub fn new(measures: usize) -> Scratch {
        Scratch { pair: 0, taken: vec![(0, 0.0); measures] }
    }

    /// Forgets the last pair.
    #[inline]
    fn next_pair(&mut self) {
        self.pair = self.pair.wrapping_add(1);
        if self.pair == 0 {
            self.taken.fill((0, 0.0));
            self.pair = 1;
        }
    }
}

pub(crate) struct Look<'a> {
    comparer: &'a Comparer,
    left: &'a [u32],
    right: &'a [u32],
    scratch: &'a mut Scratch,
}

impl<'a> Look<'a> {
    #[inline]
    pub fn at(
        comparer: &'a Comparer,
        (left, right): (&'a [u32], &'a [u32]),
        scratch: &'a mut Scratch,
    ) -> Look<'a> {
        scratch.next_pair();
        Look { comparer, left, right, scratch }
    }

    /// The level that a program comes to.
    #[inline]
    pub fn answer(&mut self, program: &Program) -> u16 {
        let mut at = program.first;
        while at < LEVEL {
            let step = &program.steps[at as usize];
            at = if self.is_so(&step.ask) { step.yes } else { step.no };
        }
        at
    }

    #[inline]
    fn is_so(&mut self, ask: &Ask) -> bool {
        match ask {
            Ask::Missing(operand) => self.id(*operand) == MISSING,
            Ask::Same(l, r) => {
                let id = self.left[*l as usize];
                id == self.right[*r as usize] && id != MISSING
            }
            Ask::Differ(l, r) => {
                let (l, r) = (self.left[*l as usize], self.right[*r as usize]);
                l != r && l != MISSING && r != MISSING
            }
            Ask::Is(operand, wanted) => match self.id(*operand) {
                MISSING => false,
                id => {
                    let column = &self.comparer.table.columns[operand.column as usize];
                    column.truths[id as usize] == *wanted
                }
            },
            Ask::Measured { measure, is, bound, wanted } => {
                self.measured(*measure, *is, *bound) == Some(*wanted)
            }
            Ask::Value(value, wanted) => self.evaluated(*value) == Some(*wanted),
        }
    }

    #[inline]
    fn id(&self, operand: Operand) -> u32 {
        let row = if operand.side == Side::Left { self.left } else { self.right };
        row[operand.column as usize]
    }

    #[inline]
    fn measured(&mut self, measure: u16, is: Order, bound: f64) -> Option<bool> {
        let measuring = &self.comparer.measures[measure as usize];
        let l = self.left[measuring.measure.left as usize];
        let r = self.right[measuring.measure.right as usize];
        if l == MISSING || r == MISSING {
            return None;
        }
        let taken = &mut self.scratch.taken[measure as usize];
        if taken.0 != self.scratch.pair {
            *taken = (self.scratch.pair, measuring.take(&self.comparer.table, l, r));
        }
        let value = taken.1;
        Some(match is {
            Order::Less => value < bound,
            Order::AtMost => value <= bound,
            Order::AtLeast => value >= bound,
            Order::More => value > bound,
            Order::Same => value == bound,
        })
    }

    /// The truth of a condition without a kernel; DuckDB would end the query where it has no
    /// value at all.
    fn evaluated(&self, value: u16) -> Option<bool> {
        let column = |side: Side, name: &str| -> Value {
            let column = name.parse().expect("compiled conditions name columns by position");
            let id = self.id(Operand { side, column });
            self.comparer.table.columns[column as usize].dictionary.value(id)
        };
        let bound = &self.comparer.values[value as usize];
        bound.evaluate(&column).and_then(|value| value.truth()).ok().flatten()
    }
}
