//! `karat new`: a commented project, or a complete example.

use std::fs;
use std::path::Path;

use karat_record::{Kind, Problem, Result};
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::args::{Example, New};
use crate::example::{self, agents, customers, sensors};
use crate::output::number;

pub fn run(shell: &Shell, new: &New) -> Done {
    let later = new.batch > 1;
    if new.example == Some(Example::Customers) && new.batch > 2 {
        let problem = Problem::new(Kind::Usage, "the customers have two batches");
        return Err(problem.hint("write --batch 2").into());
    }
    if new.example == Some(Example::Sensors) && later {
        let problem = Problem::new(Kind::Usage, "the sensors have one batch");
        return Err(problem.hint("leave out --batch").into());
    }
    if !later {
        refuse_used(&new.dir)?;
    }
    let data = Data::read(new)?;
    let files = match new.example {
        None => example::PLAIN,
        Some(Example::Agents) => example::AGENTS,
        Some(Example::Customers) => example::CUSTOMERS,
        Some(Example::Sensors) => example::SENSORS,
    };
    if !later {
        for (path, text) in files {
            write(&new.dir.join(path), text)?;
        }
    }
    if let Some(data) = data {
        let made = data.generate(&new.dir, new.seed);
        let made = made.map_err(|e| Problem::io("write the example's data in", &new.dir, &e))?;
        shell.output.line(made);
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

/// What data an example gets.
enum Data {
    Agents(agents::Size, u8),
    Customers(customers::Wanted),
    /// So many readings at least.
    Sensors(usize),
}

impl Data {
    fn read(new: &New) -> Result<Option<Data>> {
        let size = new.size.as_deref();
        Ok(match new.example {
            None => None,
            Some(Example::Agents) => Some(Data::Agents(agents_size(size)?, new.batch)),
            Some(Example::Sensors) => Some(Data::Sensors(records(size, "2000")?.unwrap_or(0))),
            Some(Example::Customers) => {
                let records = records(size, "50000")?;
                let records = records.unwrap_or(customers::Wanted::default().records);
                let batch = match new.batch {
                    1 => customers::Batch::First,
                    _ => customers::Batch::Second,
                };
                Some(Data::Customers(customers::Wanted { records, batch }))
            }
        })
    }

    /// Writes the data; one line for a person.
    fn generate(self, dir: &Path, seed: u64) -> std::io::Result<String> {
        match self {
            Data::Agents(size, batch) => agents::generate(dir, size, seed, batch).map(|written| {
                format!(
                    "made {} agents and {} people on the pages of {} companies",
                    number(written.agents as u64),
                    number(written.members as u64),
                    number(written.companies as u64)
                )
            }),
            Data::Sensors(wanted) => sensors::generate(dir, wanted, seed).map(|written| {
                format!(
                    "made {} readings of {} stations, and {} rows that are none",
                    number(written.readings as u64),
                    number(written.stations as u64),
                    number(written.broken as u64)
                )
            }),
            Data::Customers(wanted) => customers::generate(dir, wanted, seed).map(|written| {
                format!(
                    "made {} customers, {} bookings and {} leads of {} people in {} households",
                    number(written.customers as u64),
                    number(written.bookings as u64),
                    number(written.leads as u64),
                    number(written.people as u64),
                    number(written.households as u64)
                )
            }),
        }
    }
}

/// A number of records, where one is given.
fn records(size: Option<&str>, example: &str) -> Result<Option<usize>> {
    let Some(text) = size else { return Ok(None) };
    let records = text.parse().ok().filter(|records| *records > 0);
    records.map(Some).ok_or_else(|| no_size(text, example))
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

fn agents_size(text: Option<&str>) -> Result<agents::Size> {
    let Some(text) = text else { return Ok(agents::Size::default()) };
    let parts = text.split_once('x').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match parts {
        Some((agents, members)) if agents > 0 && members > 0 => {
            Ok(agents::Size { agents, members })
        }
        _ => Err(no_size(text, "5000x6500")),
    }
}

fn no_size(text: &str, example: &str) -> Problem {
    Problem::new(Kind::Usage, format!("{text:?} is no size")).hint(format!("write it as {example}"))
}
