//! `karat resolve`: entities and golden records, alone; and what there is to see of them.

mod conflicts;
mod history;

pub use conflicts::stale;

use karat_pipeline::context::Context;
use karat_pipeline::resolve::Effort;
use karat_pipeline::run as pipeline;
use karat_record::{Kind, Problem};

use super::{Done, Shell, declared, summary};
use crate::args::Resolve;

pub async fn run(shell: &mut Shell, resolve: &Resolve) -> Done {
    let project = shell.project()?;
    for name in &resolve.entities {
        declared("entity", name, project.entities.iter().map(|e| &e.name))?;
    }
    let base = shell.base(&project)?;
    if resolve.conflicts || resolve.history.is_some() {
        let [name] = resolve.entities.as_slice() else {
            let problem = Problem::new(Kind::Usage, "name one entity to look at");
            return Err(problem.hint("karat resolve ENTITY --conflicts").into());
        };
        let entity = super::entity(&project, name)?;
        let reporter = shell.reporter()?;
        let context = Context { project: &project, address: &base.address, reporter, run: None };
        return match &resolve.history {
            Some(id) => history::run(shell, &context, entity, (id, resolve.as_of)).await,
            None => conflicts::run(shell, &context, entity, resolve).await,
        };
    }
    shell.agreed(&project, &base, resolve.yes)?;
    let reporter = shell.reporter()?;
    let request = pipeline::Request {
        steps: vec![pipeline::Step::Resolve],
        command: "resolve".to_owned(),
        entities: resolve.entities.clone(),
        effort: if resolve.full { Effort::Everything } else { Effort::Changes },
        files: Vec::new(),
        report: None,
        checks: Default::default(),
    };
    let done = pipeline::run(&project, &base, &request, reporter).await?;
    summary::show(shell, &done)
}
