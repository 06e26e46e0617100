//! `karat resolve`: entities and golden records, alone.

use karat_pipeline::run as pipeline;
use karat_record::{Kind, Problem};

use super::{Done, Shell, summary};
use crate::args::Resolve;

pub async fn run(shell: &mut Shell, resolve: &Resolve) -> Done {
    let project = shell.project()?;
    let known = |name: &String| project.entities.iter().any(|e| e.name == *name);
    if let Some(unknown) = resolve.entities.iter().find(|name| !known(name)) {
        let names: Vec<&str> = project.entities.iter().map(|e| e.name.as_str()).collect();
        let what = format!("there is no entity {unknown:?}");
        let hint = format!("there is: {}", names.join(", "));
        return Err(Problem::new(Kind::Usage, what).hint(hint).into());
    }
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, resolve.yes)?;
    let reporter = shell.reporter()?;
    let request = pipeline::Request {
        steps: vec![pipeline::Step::Resolve],
        command: "resolve".to_owned(),
        entities: resolve.entities.clone(),
        files: Vec::new(),
        report: None,
    };
    let done = pipeline::run(&project, &base, &request, reporter).await?;
    summary::show(shell, &done)
}
