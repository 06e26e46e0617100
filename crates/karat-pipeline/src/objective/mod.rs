//! Objectives: what quality is promised, what was reached, and what is left of the error budget.

pub mod shown;
mod standing;
mod summary;

use std::sync::Arc;
use std::time::Instant;

use karat_record::{Kind, Problem, Reporter, Result, Stage};
use karat_rules::objective::Measure;
use karat_store::check::{Clock, Relation};
use karat_store::objective::{self as store, Fixed, Question};
use karat_store::{Session, Table};
use serde_json::json;

use crate::base::Base;
use crate::check::Options;
use crate::context::Context;
use crate::on_record::OnRecord;
use crate::project::Project;
use crate::project::objectives::{Objective, Objectives, Of, Place};

pub use karat_rules::objective::{Dimension, Verdict};
pub use standing::{Reached, Standing, find, reached, standing};
pub use summary::{Found, Part, Summary};

/// Values that an objective does not take and that are shown.
const MOST_SHOWN: u32 = 10;

/// Which objectives of a file: all, or those named.
#[derive(Clone)]
pub struct Wanted<'a> {
    pub file: &'a Objectives,
    pub objectives: Vec<&'a Objective>,
}

impl<'a> Wanted<'a> {
    /// All of a file.
    pub fn all(file: &'a Objectives) -> Wanted<'a> {
        Wanted { file, objectives: file.objectives.iter().collect() }
    }

    fn each<'b>(wanted: &'b [Wanted<'a>]) -> impl Iterator<Item = (&'b str, &'a Objective)> {
        wanted.iter().flat_map(|w| w.objectives.iter().map(|o| (w.file.name.as_str(), *o)))
    }
}

/// A table with what is asked of it, and whose each question is: places in a list of objectives.
struct Asked {
    relation: Relation,
    questions: Vec<Question>,
    of: Vec<usize>,
}

/// Measures objectives, each table in one pass, and keeps what was found, in one transaction. The
/// write lock must be held, and the context must have a run.
///
/// # Errors
/// A table that is not there, or a lost connection. A column that is not there is a result.
pub async fn measure(
    context: &Context<'_>,
    wanted: &[Wanted<'_>],
    (options, with_values): (&Options, bool),
) -> Result<Vec<Summary>> {
    let stage = Stage::new("objectives", "");
    let since = Instant::now();
    context.reporter.started(&stage, None);
    let (clock, today) = options.clock();
    let session = context.connect().await?;
    karat_store::check::begin(&session).await?;
    let mut parts: Vec<Vec<Vec<Part>>> = Vec::new();
    let all: Vec<(&str, &Objective)> = Wanted::each(wanted).collect();
    for (_, objective) in &all {
        parts.push(fixed(&session, objective, &clock).await?);
    }
    for asked in asked(&session, context.project, &all).await? {
        let questions: Vec<&Question> = asked.questions.iter().collect();
        let answers = store::answer(&session, &asked.relation, &questions, &clock).await?;
        for ((question, of), answer) in questions.iter().zip(&asked.of).zip(answers) {
            let mut part =
                Part { name: asked.relation.table.to_string(), answer, unfit: Vec::new() };
            if with_values && part.has_unfit() {
                let unfit = store::unfit_values(&session, &asked.relation, question, MOST_SHOWN);
                part.unfit = unfit.await?;
            }
            match parts[*of].first_mut() {
                Some(group) => group.push(part),
                None => parts[*of].push(vec![part]),
            }
        }
    }
    let run = context.run.unwrap_or_default();
    let mut found = Vec::new();
    for ((file, objective), mut groups) in all.iter().zip(parts) {
        groups.iter_mut().for_each(|group| group.sort_by(|a, b| a.name.cmp(&b.name)));
        let window = (&clock, objective.window);
        let earlier = store::earlier(&session, (file, &objective.name), run, window).await?;
        found.push(Found::new((*objective).clone(), groups, (earlier, today)));
    }
    let mut summaries = Vec::new();
    for one in wanted {
        let rest = found.split_off(one.objectives.len());
        let summary = Summary::new(one.file, std::mem::replace(&mut found, rest));
        store::keep(&session, run, &clock, &summary.rows()).await?;
        summaries.push(summary);
    }
    session.commit().await?;
    let took = since.elapsed();
    let lines: Vec<String> = summaries.iter().map(Summary::line).collect();
    summaries.iter_mut().for_each(|summary| summary.took = took);
    context.reporter.ended(&stage, &lines.join("; "));
    Ok(summaries)
}

/// What is known of loads and entities, in groups of parts.
async fn fixed(session: &Session, objective: &Objective, clock: &Clock) -> Result<Vec<Vec<Part>>> {
    let mut groups = Vec::new();
    for group in statements_of(&objective.of) {
        let mut parts = Vec::new();
        for (fixed, of) in group {
            let found = fixed.find(session, of, clock).await?;
            let part = |(name, measure): (String, Measure)| Part {
                name,
                answer: Ok(measure),
                unfit: Vec::new(),
            };
            parts.extend(found.into_iter().map(part));
        }
        groups.push(parts);
    }
    Ok(groups)
}

/// The statements about loads and entities, in groups of parts.
fn statements_of(of: &Of) -> Vec<Vec<(Fixed, &str)>> {
    match of {
        Of::Columns(_) => Vec::new(),
        Of::Loads(datasets) => vec![datasets.iter().map(|d| (Fixed::Loads, d.as_str())).collect()],
        Of::Duplicates { entity, published, sources } => {
            let both = [(*published, Fixed::Published), (*sources, Fixed::Sources)];
            let wanted = both.into_iter().filter(|(is_wanted, _)| *is_wanted);
            wanted.map(|(_, fixed)| vec![(fixed, entity.as_str())]).collect()
        }
    }
}

/// The questions of all objectives by their tables.
async fn asked(
    session: &Session,
    project: &Project,
    objectives: &[(&str, &Objective)],
) -> Result<Vec<Asked>> {
    let mut all: Vec<Asked> = Vec::new();
    for (at, (file, objective)) in objectives.iter().enumerate() {
        let Of::Columns(parts) = &objective.of else { continue };
        for (place, question) in parts {
            let table = table_of(project, place)?;
            let name = format!("{file}.{}", objective.name);
            let question = Question { name, ..question.clone() };
            match all.iter_mut().find(|asked| asked.relation.table == *table) {
                Some(asked) => {
                    asked.questions.push(question);
                    asked.of.push(at);
                }
                None => all.push(Asked {
                    relation: store::relation(session, table).await?,
                    questions: vec![question],
                    of: vec![at],
                }),
            }
        }
    }
    Ok(all)
}

fn table_of<'a>(project: &'a Project, place: &'a Place) -> Result<&'a Table> {
    match place {
        Place::Table(table) => Ok(table),
        Place::Golden(name) => {
            let entity = project.entities.iter().find(|entity| entity.name == *name);
            let missing = || Problem::new(Kind::Internal, "a declared entity is not there");
            entity.map(|entity| &entity.golden.table).ok_or_else(missing)
        }
    }
}

/// What stops a run after these objectives were measured.
pub fn blocked(measured: &[Summary]) -> Option<Problem> {
    let names: Vec<String> = measured.iter().flat_map(Summary::blocks).collect();
    let first = names.first()?;
    let what = match names.len() {
        1 => format!("an objective that blocks is violated: {first}"),
        n => format!("{n} objectives that block are violated: {}", names.join(", ")),
    };
    Some(Problem::new(Kind::Data, what).hint("karat objectives shows what was reached"))
}

/// Measures objectives by themselves, as a run of its own on record.
///
/// # Errors
/// As [`measure`].
pub async fn run(
    project: &Project,
    base: &Base,
    (wanted, options): (&[Wanted<'_>], &Options),
    reporter: Arc<dyn Reporter>,
) -> Result<Vec<Summary>> {
    let context = Context { project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    let run = OnRecord::begin(context, session, "objectives").await?;
    let measured = measure(&run.context, wanted, (options, !options.without_values)).await;
    let summaries = measured.as_deref().unwrap_or_default();
    let detail = json!({ "objectives": summaries.iter().map(Summary::json).collect::<Vec<_>>() });
    run.end(measured.as_ref().err(), &detail).await?;
    measured
}

/// The statements that measure objectives: plain SQL that recomputes each figure.
pub async fn statements(
    context: &Context<'_>,
    wanted: &[Wanted<'_>],
    options: &Options,
) -> Result<Vec<String>> {
    let session = context.connect().await?;
    let (clock, _) = options.clock();
    let all: Vec<(&str, &Objective)> = Wanted::each(wanted).collect();
    let mut statements = Vec::new();
    for asked in asked(&session, context.project, &all).await? {
        let questions: Vec<&Question> = asked.questions.iter().collect();
        statements.push(store::statement(&asked.relation, &questions, &clock));
    }
    for (file, objective) in &all {
        for (fixed, of) in statements_of(&objective.of).into_iter().flatten() {
            let sql = fixed.shown(of, &clock);
            statements.push(format!("-- {file}.{}\n{sql}", objective.name));
        }
    }
    Ok(statements)
}
