//! What needs somebody, the most urgent first.

use serde::Serialize;

use super::{EntityStatus, State, Status};
use crate::drift::{Advice, Moved};

/// Something that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    pub what: String,
    /// The command that shows it or does it.
    pub next: String,
    /// Something is wrong; else something is to be done.
    pub is_finding: bool,
    /// What it is about, where there is one place that shows it.
    #[serde(skip)]
    pub about: Option<About>,
}

/// A place that shows what a need is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The rejected rows of a dataset.
    Dataset(String),
    /// The pairs of an entity that wait for a decision.
    Review(String),
    /// The jobs that were given up.
    GivenUp,
    /// A check, by its file and its name.
    Check(String, String),
    /// An objective, by its file and its name.
    Objective(String, String),
    /// Checks and objectives together.
    Quality,
    /// The model of an entity, and its drift.
    Model(String),
}

impl Need {
    fn about(self, about: About) -> Need {
        Need { about: Some(about), ..self }
    }
}

/// What needs somebody, the most urgent first: what stops publishing, what was promised and is
/// missed, models that no longer fit, then what waits.
pub fn needs(status: &Status) -> Vec<Need> {
    if !status.is_begun {
        return vec![to_do("nothing was loaded here yet", "karat run")];
    }
    let mut needs = Vec::new();
    checks(status, true, &mut needs);
    objectives(status, true, &mut needs);
    let given_up = match status.given_up {
        0 => None,
        1 => Some("1 job was given up".to_owned()),
        many => Some(format!("{many} jobs were given up")),
    };
    let listed = "karat jobs list --state discarded".to_owned();
    needs.extend(given_up.map(|what| finding(what, listed).about(About::GivenUp)));
    status.entities.iter().for_each(|entity| drifted(status, entity, &mut needs));
    checks(status, false, &mut needs);
    objectives(status, false, &mut needs);
    for dataset in &status.datasets {
        match (&dataset.last, dataset.open_rejects) {
            (None, _) => {
                needs.push(to_do(&format!("{} was never loaded", dataset.name), "karat run"))
            }
            (_, 0) => {}
            (_, open) => {
                let what = format!("{}: {open} rejected rows are open", dataset.name);
                let next = format!("karat rejects list --dataset {}", dataset.name);
                needs.push(to_do(&what, &next).about(About::Dataset(dataset.name.clone())));
            }
        }
    }
    status.entities.iter().for_each(|entity| waiting(entity, &mut needs));
    needs
}

fn to_do(what: &str, next: &str) -> Need {
    Need { what: what.to_owned(), next: next.to_owned(), is_finding: false, about: None }
}

fn finding(what: String, next: String) -> Need {
    Need { what, next, is_finding: true, about: None }
}

/// Findings of one kind are told one by one up to so many.
const FEW: usize = 3;

fn checks(status: &Status, blocks: bool, needs: &mut Vec<Need>) {
    let failing = status.checks.iter().filter(|check| check.blocks == blocks);
    let told = failing.map(|check| {
        let name = format!("{}.{}", check.suite, check.check);
        let fails = match check.unexpected {
            Some(rows) => format!("fails for {rows} rows of {}", check.relation),
            None => "cannot be judged".to_owned(),
        };
        let blocks = if blocks { " and blocks" } else { "" };
        let about = About::Check(check.suite.clone(), check.check.clone());
        finding(format!("{name} {fails}{blocks}"), format!("karat check show {name}")).about(about)
    });
    tell(told.collect(), ("checks fail", "karat check"), needs);
}

fn objectives(status: &Status, blocks: bool, needs: &mut Vec<Need>) {
    let missed = status.objectives.iter().filter(|missed| missed.blocks == blocks);
    let told = missed.map(|missed| {
        let name = format!("{}.{}", missed.file, missed.objective);
        let about = About::Objective(missed.file.clone(), missed.objective.clone());
        finding(format!("{name} is missed"), format!("karat objectives {name}")).about(about)
    });
    tell(told.collect(), ("objectives are missed", "karat objectives"), needs);
}

/// Tells findings one by one, or how many where they are more.
fn tell(mut told: Vec<Need>, (what, next): (&str, &str), needs: &mut Vec<Need>) {
    if told.len() > FEW {
        let many = finding(format!("{} {what}", told.len()), next.to_owned());
        told = vec![many.about(About::Quality)];
    }
    needs.append(&mut told);
}

fn drifted(status: &Status, entity: &EntityStatus, needs: &mut Vec<Need>) {
    let moved = || entity.drift.iter().flat_map(|drift| &drift.moved).filter(|m| !m.is_shift);
    let mut advised: Vec<Advice> = moved().map(|m| m.advice).collect();
    advised.sort_unstable();
    advised.dedup();
    for advice in advised {
        let said: Vec<&Moved> = moved().filter(|m| m.advice == advice).collect();
        let Some(first) = said.first() else { continue };
        let more = match said.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let Moved { what, from, to, .. } = first;
        let what = format!("{}: {what}: {from}, now {to}{more}", entity.name);
        let table = first.source.as_ref().and_then(|source| status.tables.get(source));
        let need = finding(what, next(advice, (&entity.name, table)));
        needs.push(match advice {
            Advice::Review => need.about(About::Review(entity.name.clone())),
            _ => need.about(About::Model(entity.name.clone())),
        });
    }
}

fn next(advice: Advice, (entity, table): (&str, Option<&String>)) -> String {
    match advice {
        Advice::Train => format!("karat train {entity}"),
        Advice::Source => format!("karat profile {}", table.map_or("TABLE", String::as_str)),
        Advice::Entities => format!("karat evaluate {entity} --report FILE"),
        Advice::Review => format!("karat review list --entity {entity}"),
        Advice::Blocking => format!("karat train {entity} --auto"),
    }
}

fn waiting(entity: &EntityStatus, needs: &mut Vec<Need>) {
    let name = &entity.name;
    let resolve = format!("karat resolve {name}");
    let Some(State { changes, reviews, is_outdated, .. }) = entity.state else {
        needs.push(to_do(&format!("{name} was never resolved"), &resolve));
        return;
    };
    if is_outdated {
        needs.push(to_do(&format!("{name}: its file or model changed since"), &resolve));
    }
    if changes > 0 {
        needs.push(to_do(&format!("{name}: {changes} changes wait to be resolved"), &resolve));
    }
    if reviews > 0 {
        let next = format!("karat review list --entity {name}");
        let what = format!("{name}: {reviews} pairs wait for a decision");
        needs.push(to_do(&what, &next).about(About::Review(name.clone())));
    }
}
