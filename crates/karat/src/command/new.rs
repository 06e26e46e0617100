//! `karat new`: a commented project, or a complete example.

use std::fs;
use std::path::Path;

use karat_record::{Kind, Problem, Result};
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::args::{Example, New};
use crate::example::{self, agents};
use crate::output::number;

pub fn run(shell: &Shell, new: &New) -> Done {
    refuse_used(&new.dir)?;
    let size = size(new.size.as_deref())?;
    let files = match new.example {
        None => example::PLAIN,
        Some(Example::Agents) => example::AGENTS,
    };
    for (path, text) in files {
        write(&new.dir.join(path), text)?;
    }
    if let Some(Example::Agents) = new.example {
        let written = agents::generate(&new.dir, size, new.seed)
            .map_err(|e| Problem::io("write the example's data in", &new.dir, &e))?;
        shell.output.line(format!(
            "made {} agents and {} people on the pages of {} companies",
            number(written.agents as u64),
            number(written.members as u64),
            number(written.companies as u64)
        ));
    }
    let dir = new.dir.display().to_string();
    shell.output.line(match new.example {
        Some(_) => format!("project in {dir}; next: karat --project {dir} run"),
        None => format!(
            "project in {dir}; next: declare a data file in {dir}/datasets/, as its example \
             shows, then karat --project {dir} run"
        ),
    });
    shell.output.document(&json!({ "project": dir }));
    Ok(Ending::Done)
}

/// A folder that holds anything is somebody's.
fn refuse_used(dir: &Path) -> Result<()> {
    let used = fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if !used {
        return Ok(());
    }
    let what = format!("{} is not empty", dir.display());
    Err(Problem::new(Kind::Usage, what).hint("name a new folder"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|e| Problem::io("write", path, &e).hint("name a folder that you may write in"))
}

fn size(text: Option<&str>) -> Result<agents::Size> {
    let Some(text) = text else { return Ok(agents::Size::default()) };
    let parts = text.split_once('x').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match parts {
        Some((agents, members)) if agents > 0 && members > 0 => {
            Ok(agents::Size { agents, members })
        }
        _ => {
            let what = format!("{text:?} is no size");
            Err(Problem::new(Kind::Usage, what).hint("write it as 5000x6500"))
        }
    }
}
