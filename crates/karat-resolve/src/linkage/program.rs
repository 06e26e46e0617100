//! A comparison as a list of questions: each answer leads to the next question or to a level.
//! SQL's third truth is gone by then, for a condition is only ever asked whether it is true, or
//! whether it is false, and the unknown is neither.

use super::table::Operand;
use super::test::{Order, Test};
use crate::condition::{Bound, Side};

/// One question about a pair.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Whether the value is missing.
    Missing(Operand),
    /// Whether two values are there and the same: column of the left, column of the right.
    Same(u16, u16),
    /// Whether two values are there and differ.
    Differ(u16, u16),
    /// Whether a value is there and is this truth.
    Is(Operand, bool),
    /// Whether both values are there and the measure of them stands so, or does not.
    Measured { measure: u16, is: Order, bound: f64, wanted: bool },
    /// Whether anything else comes out as this truth; by number.
    Value(u16, bool),
}

/// A question and where its answers lead: below `LEVEL` to another question, from there on to a
/// level.
#[derive(Debug)]
pub(crate) struct Step {
    pub ask: Ask,
    pub yes: u16,
    pub no: u16,
}

/// Steps are numbered below this, levels from here on.
pub(crate) const LEVEL: u16 = 1 << 15;

/// The questions of a comparison.
#[derive(Debug)]
pub(crate) struct Program {
    pub first: u16,
    pub steps: Vec<Step>,
}

impl Program {
    /// The program whose answer is the number of the first test that holds, or how many there
    /// are. What has no kernel is moved to `values`.
    pub fn new(tests: Vec<Test>, values: &mut Vec<Bound>) -> Program {
        let mut program = Program { first: 0, steps: Vec::new() };
        let mut next = LEVEL.wrapping_add(tests.len() as u16);
        for (level, test) in tests.into_iter().enumerate().rev() {
            next = program.ask(test, true, (LEVEL.wrapping_add(level as u16), next), values);
        }
        program.first = next;
        program
    }

    /// Whether every step and value could be numbered; more of them wrap around.
    pub fn is_whole(&self, values: &[Bound]) -> bool {
        self.steps.len() < usize::from(LEVEL) && values.len() < usize::from(u16::MAX)
    }

    /// The first step that asks whether a test is `wanted`, and leads on to `(yes, no)`. Steps
    /// are made from the last to the first.
    fn ask(
        &mut self,
        test: Test,
        wanted: bool,
        (yes, no): (u16, u16),
        values: &mut Vec<Bound>,
    ) -> u16 {
        match test {
            Test::Not(test) => self.ask(*test, !wanted, (yes, no), values),
            Test::All(tests) if wanted => self.every(tests, wanted, (yes, no), values),
            Test::Any(tests) if !wanted => self.every(tests, wanted, (yes, no), values),
            Test::All(tests) | Test::Any(tests) => {
                let parts = tests.into_iter().rev();
                parts.fold(no, |no, test| self.ask(test, wanted, (yes, no), values))
            }
            Test::Always if wanted => yes,
            Test::Always => no,
            Test::Missing(operand) if wanted => self.step(Ask::Missing(operand), (yes, no)),
            Test::Missing(operand) => self.step(Ask::Missing(operand), (no, yes)),
            Test::Equal(a, b) => {
                let (l, r) = if a.side == Side::Left { (a, b) } else { (b, a) };
                let (l, r) = (l.column, r.column);
                let ask = if wanted { Ask::Same(l, r) } else { Ask::Differ(l, r) };
                self.step(ask, (yes, no))
            }
            Test::Holds(operand) => self.step(Ask::Is(operand, wanted), (yes, no)),
            Test::Measured { measure, is, bound } => {
                self.step(Ask::Measured { measure, is, bound, wanted }, (yes, no))
            }
            Test::Value(bound) => {
                values.push(*bound);
                self.step(Ask::Value((values.len() - 1) as u16, wanted), (yes, no))
            }
        }
    }

    /// Every test is `wanted`.
    fn every(
        &mut self,
        tests: Vec<Test>,
        wanted: bool,
        (yes, no): (u16, u16),
        values: &mut Vec<Bound>,
    ) -> u16 {
        tests.into_iter().rev().fold(yes, |yes, test| self.ask(test, wanted, (yes, no), values))
    }

    fn step(&mut self, ask: Ask, (yes, no): (u16, u16)) -> u16 {
        self.steps.push(Step { ask, yes, no });
        (self.steps.len() - 1) as u16
    }
}
