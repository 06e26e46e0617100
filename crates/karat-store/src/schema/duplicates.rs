//! Two statements about one object.

use std::collections::HashMap;

use karat_record::{Kind, Problem, Problems};

use super::object::{ObjectKind, ObjectName};
use super::statement::Statement;

/// Drops statements that repeat another one; two different ones about one object are a problem.
pub(super) fn remove(statements: Vec<Statement>, problems: &mut Problems) -> Vec<Statement> {
    let mut kept: Vec<Statement> = Vec::new();
    let mut seen: HashMap<(ObjectName, String), usize> = HashMap::new();
    for statement in statements {
        match seen.get(&key(&statement)).copied() {
            None => {
                seen.insert(key(&statement), kept.len());
                kept.push(statement);
            }
            Some(other) => match both(&kept[other], &statement) {
                Both::First => {}
                Both::Second => kept[other] = statement,
                Both::Problem(problem) => problems.push(problem),
            },
        }
    }
    kept
}

/// What tells statements apart: the object, and for grants and the like what they say.
fn key(statement: &Statement) -> (ObjectName, String) {
    let mut object = statement.object.clone();
    let unnamed = object.name.is_empty();
    if object.kind.relation() {
        object = ObjectName { kind: ObjectKind::Table, on: None, ..object };
    }
    let several = object.kind.several() || unnamed;
    let print = if several { statement.fingerprint.clone() } else { String::new() };
    (object, print)
}

enum Both {
    First,
    Second,
    Problem(Problem),
}

/// Which of two statements about one object stands.
fn both(first: &Statement, second: &Statement) -> Both {
    let kind = first.object.kind;
    let alike = kind.several() || first.fingerprint == second.fingerprint;
    let optional = matches!(kind, ObjectKind::Schema | ObjectKind::Extension)
        && (first.traits.if_not_exists || second.traits.if_not_exists);
    if first.traits.placeholder || second.traits.placeholder {
        return if first.traits.placeholder { Both::Second } else { Both::First };
    }
    if alike && (kind.several() || first.traits.if_not_exists) {
        return Both::First;
    }
    if !optional {
        return Both::Problem(twice(first, second));
    }
    // The one that says more, and among equals the same one in whatever order they come.
    let rank =
        |s: &Statement| (s.traits.if_not_exists, usize::MAX - s.text.len(), s.fingerprint.clone());
    if rank(second) < rank(first) { Both::Second } else { Both::First }
}

fn twice(first: &Statement, second: &Statement) -> Problem {
    let (a, b) = (&first.object, &second.object);
    let what = if a.kind == b.kind {
        format!("{b} is declared twice")
    } else {
        format!("{b} has the name of {a}")
    };
    Problem::new(Kind::Project, what)
        .at(second.place())
        .hint(format!("the other one is at {}:{}; keep one of them", first.path, first.line))
}
