//! Statements in an order in which each finds what it needs.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use karat_record::{Kind, Problem, Result};

use super::circles;
use super::object::{ObjectKind, ObjectName};
use super::resolve::{Edge, edges};
use super::statement::Statement;

/// Indexes of `statements` in the order in which they can run.
///
/// The order depends on what the statements say alone: those that do not need each other go by
/// kind, then name, then fingerprint.
///
/// # Errors
/// Statements that need each other in a circle, with the way round it.
pub fn order(statements: &[Statement]) -> Result<Vec<usize>> {
    let mut sort = Sort::new(statements);
    while sort.done.len() < statements.len() {
        match sort.ready.pop() {
            Some(Reverse((_, i))) => sort.run(i),
            None => return Err(sort.cycle()),
        }
    }
    Ok(sort.done)
}

/// What breaks ties. The fingerprint comes last, so that equal keys are equal statements.
type Key<'a> = (ObjectKind, u8, &'a ObjectName, &'a str);

fn key(statement: &Statement) -> Key<'_> {
    let object = &statement.object;
    let kind = statement.traits.makes.unwrap_or(object.kind);
    (kind, statement.traits.step, object, &statement.fingerprint)
}

struct Sort<'a> {
    statements: &'a [Statement],
    /// What each statement still waits for.
    waits: Vec<Vec<Edge>>,
    /// Who waits for each statement.
    awaited: Vec<Vec<usize>>,
    ready: BinaryHeap<Reverse<(Key<'a>, usize)>>,
    done: Vec<usize>,
}

impl<'a> Sort<'a> {
    fn new(statements: &'a [Statement]) -> Sort<'a> {
        let mut waits = edges(statements);
        circles::open(&mut waits);
        let mut awaited = vec![Vec::new(); statements.len()];
        for (i, edges) in waits.iter().enumerate() {
            edges.iter().for_each(|edge| awaited[edge.to].push(i));
        }
        let free = (0..statements.len()).filter(|i| waits[*i].is_empty());
        let ready = free.map(|i| Reverse((key(&statements[i]), i))).collect();
        Sort { statements, waits, awaited, ready, done: Vec::new() }
    }

    fn run(&mut self, i: usize) {
        self.done.push(i);
        for waiting in std::mem::take(&mut self.awaited[i]) {
            let waits = &mut self.waits[waiting];
            let before = waits.len();
            waits.retain(|edge| edge.to != i);
            if before > 0 && waits.is_empty() {
                self.ready.push(Reverse((key(&self.statements[waiting]), waiting)));
            }
        }
    }

    /// Who still waits, in the order of the keys.
    fn blocked(&self) -> Vec<usize> {
        let mut blocked: Vec<usize> =
            (0..self.statements.len()).filter(|i| !self.waits[*i].is_empty()).collect();
        blocked.sort_by_key(|i| key(&self.statements[*i]));
        blocked
    }

    /// Statements that wait for each other and for nobody else, in the order of their keys.
    fn first_circle(&self) -> Vec<usize> {
        let blocked = self.blocked();
        let Some(mut start) = blocked.first().copied() else { return Vec::new() };
        loop {
            let reached = self.reach(start);
            let circle: Vec<usize> =
                blocked.iter().copied().filter(|i| reached.contains(i)).collect();
            // Whoever does not wait for `start` is nearer to the circle; the way there is finite.
            match circle.iter().find(|i| !self.reach(**i).contains(&start)) {
                Some(nearer) => start = *nearer,
                None => return circle,
            }
        }
    }

    fn reach(&self, from: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(i) = open.pop() {
            let fresh = self.waits[i].iter().filter(|edge| !reached.contains(&edge.to));
            let fresh: Vec<usize> = fresh.map(|edge| edge.to).collect();
            reached.extend(fresh.iter().copied());
            open.extend(fresh);
        }
        reached
    }

    /// Nothing is ready: follows the needs from the first statement that waits for itself until
    /// one comes again.
    fn cycle(&self) -> Problem {
        let mut path: Vec<usize> = self.first_circle().first().copied().into_iter().collect();
        while let Some(next) = path.last().and_then(|last| self.next(*last)) {
            if let Some(begin) = path.iter().position(|i| *i == next) {
                path.drain(..begin);
                break;
            }
            path.push(next);
        }
        let least = |i: &usize| key(&self.statements[*i]);
        let begin = path.iter().enumerate().min_by_key(|(_, i)| least(i)).map_or(0, |(n, _)| n);
        path.rotate_left(begin);
        self.problem(&path)
    }

    fn next(&self, i: usize) -> Option<usize> {
        let needed = self.waits[i].iter().map(|edge| edge.to);
        needed.min_by_key(|to| key(&self.statements[*to]))
    }

    fn problem(&self, path: &[usize]) -> Problem {
        let named = |i: &usize| {
            let statement = &self.statements[*i];
            format!("{} ({}:{})", statement.object, statement.path, statement.line)
        };
        let mut round: Vec<String> = path.iter().map(named).collect();
        round.extend(round.first().cloned());
        let problem = Problem::new(
            Kind::Project,
            format!("statements need each other: {}", round.join(" -> ")),
        );
        let problem = match path.first() {
            Some(first) => problem.at(self.statements[*first].place()),
            None => problem,
        };
        problem.hint(self.way_out(path))
    }

    fn way_out(&self, path: &[usize]) -> &'static str {
        let all = |kind| path.iter().all(|i| self.statements[*i].object.kind == kind);
        let any = |kind| path.iter().any(|i| self.statements[*i].object.kind == kind);
        if all(ObjectKind::Table) {
            "move one of the foreign keys into `alter table .. add constraint`"
        } else if any(ObjectKind::Sequence) && any(ObjectKind::Table) {
            "move `owned by` into `alter sequence .. owned by`"
        } else if any(ObjectKind::Table) && any(ObjectKind::Function) {
            "move the check or default into `alter table`, or write the function in plpgsql"
        } else if any(ObjectKind::Function) {
            "write one of the functions in plpgsql, which looks names up when it runs"
        } else {
            "split one of the statements so that the circle opens"
        }
    }
}
