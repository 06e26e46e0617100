//! How checks stand: what the last runs found of those that are declared.

use karat_record::Result;
use karat_rules::check::Check;
use karat_store::Session;
use karat_store::check::{self as store, Known, Score};

use crate::project::{Project, Suite};

/// How the checks of a table stand.
pub struct Standing<'a> {
    pub suite: &'a Suite,
    /// Each with its last result, where there is one.
    pub checks: Vec<(&'a Check, Option<Known>)>,
    /// The last scores, the oldest first.
    pub scores: Vec<Score>,
}

/// Scores of a table that are worth a look.
const SCORES: u32 = 30;

/// How all checks stand.
pub async fn standing<'a>(session: &Session, project: &'a Project) -> Result<Vec<Standing<'a>>> {
    let of = |suite: &'a Suite| {
        suite.checks.iter().map(move |check| (suite.name.as_str(), check.name.as_str()))
    };
    let names: Vec<(&str, &str)> = project.checks.iter().flat_map(of).collect();
    let suites: Vec<&str> = project.checks.iter().map(|suite| suite.name.as_str()).collect();
    let known = store::known(session, &names, 1).await?;
    let scores = store::scores(session, &suites, SCORES).await?;
    let last = |suite: &Suite, check: &Check| {
        known.iter().find(|known| known.suite == suite.name && known.check == check.name).cloned()
    };
    let standing = |suite: &'a Suite| Standing {
        suite,
        checks: suite.checks.iter().map(|check| (check, last(suite, check))).collect(),
        scores: scores.iter().filter(|score| score.suite == suite.name).cloned().collect(),
    };
    Ok(project.checks.iter().map(standing).collect())
}
