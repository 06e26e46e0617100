//! How objectives stand: what the last runs found of those that are declared.

use karat_record::Result;
use karat_rules::objective::Verdict;
use karat_store::Session;
use karat_store::objective::{self as store, Known};

use crate::project::Project;
use crate::project::objectives::{Objective, Objectives};

/// How the objectives of a file stand.
pub struct Standing<'a> {
    pub file: &'a Objectives,
    pub reached: Vec<Reached<'a>>,
    /// The share of the results of the window that are met, the last of each day; none where
    /// nothing was judged.
    pub compliance: Option<f64>,
}

/// How an objective stands.
pub struct Reached<'a> {
    pub objective: &'a Objective,
    /// Within the window, and the last whenever it was; the oldest first.
    pub results: Vec<Known>,
    /// The part of the error budget that the days of the window have spent; none where nothing was
    /// measured in it.
    pub spent: Option<f64>,
}

impl Reached<'_> {
    pub fn last(&self) -> Option<&Known> {
        self.results.last()
    }

    /// The last result of each day of the window.
    fn by_day(&self) -> impl Iterator<Item = &Known> {
        let within: Vec<&Known> = self.results.iter().filter(|known| known.is_within).collect();
        let is_last = |at: usize| within.get(at + 1).is_none_or(|next| next.day != within[at].day);
        let last: Vec<&Known> =
            (0..within.len()).filter(|at| is_last(*at)).map(|at| within[at]).collect();
        last.into_iter()
    }
}

/// An objective by its file and its name.
pub fn find<'a>(
    project: &'a Project,
    file: &str,
    objective: &str,
) -> Option<(&'a Objectives, &'a Objective)> {
    let file = project.objectives.iter().find(|declared| declared.name == file)?;
    Some((file, file.objectives.iter().find(|declared| declared.name == objective)?))
}

/// How all objectives stand.
pub async fn standing<'a>(session: &Session, project: &'a Project) -> Result<Vec<Standing<'a>>> {
    let of = |file: &'a Objectives| {
        file.objectives.iter().map(move |o| (file.name.as_str(), o.name.as_str(), o.window))
    };
    let names: Vec<(&str, &str, u32)> = project.objectives.iter().flat_map(of).collect();
    let known = store::known(session, &names).await?;
    let standing = |file: &'a Objectives| {
        let of = |objective: &'a Objective| {
            let mine = |k: &&Known| k.file == file.name && k.objective == objective.name;
            of_results(objective, known.iter().filter(mine).cloned().collect())
        };
        let reached: Vec<Reached<'a>> = file.objectives.iter().map(of).collect();
        Standing { file, compliance: compliance(&reached), reached }
    };
    Ok(project.objectives.iter().map(standing).collect())
}

/// How one objective stands.
pub async fn reached<'a>(
    session: &Session,
    file: &Objectives,
    objective: &'a Objective,
) -> Result<Reached<'a>> {
    let name = (file.name.as_str(), objective.name.as_str(), objective.window);
    Ok(of_results(objective, store::known(session, &[name]).await?))
}

fn of_results(objective: &Objective, results: Vec<Known>) -> Reached<'_> {
    let mut reached = Reached { objective, results, spent: None };
    let bad: Vec<f64> = reached.by_day().filter_map(|known| known.bad).collect();
    reached.spent = (!bad.is_empty()).then(|| objective.goal.spent(&bad));
    reached
}

fn compliance(reached: &[Reached<'_>]) -> Option<f64> {
    let verdicts = reached.iter().flat_map(|one| one.by_day().map(|known| known.verdict.clone()));
    let judged: Vec<String> =
        verdicts.filter(|verdict| verdict != Verdict::Nothing.word()).collect();
    let met = judged.iter().filter(|verdict| **verdict == Verdict::Met.word()).count();
    (!judged.is_empty()).then(|| met as f64 / judged.len() as f64)
}
