//! Which check a name means, and what people decide about the rows that fail it.

use karat_record::{Kind, Problem, Result};
use karat_rules::check::Check;
use karat_store::Session;
use karat_store::check::{self as store, Decision};

use crate::project::{Project, Suite, one_of};

/// A check by its file and its name.
pub fn find<'a>(project: &'a Project, suite: &str, check: &str) -> Option<(&'a Suite, &'a Check)> {
    let suite = project.checks.iter().find(|declared| declared.name == suite)?;
    Some((suite, suite.checks.iter().find(|declared| declared.name == check)?))
}

/// A check as FILE.CHECK.
///
/// # Errors
/// No such check is declared.
pub fn named<'a>(project: &'a Project, name: &str) -> Result<(&'a Suite, &'a Check)> {
    let mut points = name.match_indices('.');
    let found = points.find_map(|(at, _)| find(project, &name[..at], &name[at + 1..]));
    found.ok_or_else(|| {
        let of = |suite: &Suite| {
            let names = suite.checks.iter().map(|check| format!("{}.{}", suite.name, check.name));
            names.collect::<Vec<_>>()
        };
        let names: Vec<String> = project.checks.iter().flat_map(of).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let what = format!("there is no check {name:?}");
        Problem::new(Kind::Usage, what).hint(one_of(name, &names))
    })
}

/// Puts a decision about failing rows on record: how many rows it is about. A key is JSON, or its
/// value alone where it has one column.
///
/// # Errors
/// No key, a waiver that says nothing, or no row of these keys that fails.
pub async fn decide(
    session: &Session,
    named: (&str, &str),
    (keys, decision): (&[&str], Decision<'_>),
) -> Result<u64> {
    let refused = |what: &str, hint: &str| Err(Problem::new(Kind::Usage, what).hint(hint));
    if keys.is_empty() {
        return refused("no row was chosen", "choose those that the decision is about");
    }
    if matches!(decision, Decision::Waive { reason, .. } if reason.trim().is_empty()) {
        return refused("a waiver needs a reason", "say why the rows do not count");
    }
    let mut decided = 0;
    for key in keys {
        decided += u64::from(store::decide(session, named, key, decision).await?);
    }
    match decided {
        0 => refused(
            "no row of that key fails the check",
            "karat check show lists the rows, with their keys",
        ),
        decided => Ok(decided),
    }
}
