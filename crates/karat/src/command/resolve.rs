//! `karat resolve`: entities and golden records, alone.

use karat_pipeline::resolve::Effort;
use karat_pipeline::run as pipeline;

use super::{Done, Shell, declared, summary};
use crate::args::Resolve;

pub async fn run(shell: &mut Shell, resolve: &Resolve) -> Done {
    let project = shell.project()?;
    for name in &resolve.entities {
        declared("entity", name, project.entities.iter().map(|e| &e.name))?;
    }
    let base = shell.base(&project)?;
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
