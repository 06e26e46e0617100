//! Objective files: what quality is promised, of what, and by whom.

use std::path::Path;

use karat_record::{Kind, Place as At, Problem, Problems};
use karat_rules::check::Severity;
use karat_rules::objective::{Dimension, Goal, format, placeholders};
use karat_store::Table;
use karat_store::objective::{Asks, Question, Reference};

use super::dataset::table;
use super::section::{Section, one_of};
use super::{Dataset, Entity};

/// A file of objectives.
#[derive(Clone, Debug)]
pub struct Objectives {
    pub name: String,
    /// The share of results of the window that has to be met.
    pub compliance: Option<f64>,
    pub objectives: Vec<Objective>,
}

/// A declared objective.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Unique among those of its file.
    pub name: String,
    pub goal: Goal,
    pub of: Of,
    /// Days over which the error budget counts.
    pub window: u32,
    pub owner: Option<String>,
    pub severity: Severity,
    pub description: Option<String>,
}

/// What an objective is about.
#[derive(Clone, Debug)]
pub enum Of {
    /// Columns of tables, each a part.
    Columns(Vec<(Place, Question)>),
    /// The last loads of datasets, each a part.
    Loads(Vec<String>),
    /// The duplicates of an entity: those among what is published, those found in its sources.
    Duplicates { entity: String, published: bool, sources: bool },
}

/// Where columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Table(Table),
    /// The golden table of an entity.
    Golden(String),
}

/// What all objectives of a file take where they do not say otherwise.
struct Common {
    table: Option<Table>,
    owner: Option<String>,
    window: u32,
    placeholders: Vec<String>,
}

/// Reads `objectives/NAME.toml`. `root` is the project's folder.
pub fn read(name: &str, section: &Section<'_>, root: &Path) -> Option<Objectives> {
    let common = Common {
        table: section.text("table").and_then(|text| table(section, &text)),
        owner: section.text("owner"),
        window: window(section).unwrap_or(30),
        placeholders: missing(section).unwrap_or_else(placeholders::standard),
    };
    let compliance = section.share("compliance");
    let read = |section: &Section<'_>| {
        let objective = objective(section, &common, root);
        section.done();
        objective
    };
    let objectives: Vec<Objective> = section.tables("objectives").iter().filter_map(read).collect();
    if !section.has("objectives") {
        section.missing("objectives", "write each as [[objectives]] with a name and a dimension");
    }
    for (at, objective) in objectives.iter().enumerate() {
        if objectives[..at].iter().any(|earlier| earlier.name == objective.name) {
            let what = format!("two objectives are named {}", objective.name);
            section.wrong("objectives", what, "leave one out, or give it another name");
        }
    }
    Some(Objectives { name: name.to_owned(), compliance, objectives })
}

fn window(section: &Section<'_>) -> Option<u32> {
    section.number("window", 1..367).map(|days| days as u32)
}

fn missing(section: &Section<'_>) -> Option<Vec<String>> {
    section.texts("placeholders").map(|declared| placeholders::expanded(&declared))
}

fn objective(section: &Section<'_>, common: &Common, root: &Path) -> Option<Objective> {
    let name = section.required_text("name", "name = \"email_completeness\"");
    let words = Dimension::ALL.map(|dimension| (dimension.word(), dimension));
    if !section.has("dimension") {
        section.missing("dimension", "dimension = \"completeness\"");
    }
    let dimension = section.choice("dimension", &words);
    let owner = section.text("owner").or_else(|| common.owner.clone());
    let severity =
        section.choice("severity", &[("warn", Severity::Warn), ("block", Severity::Block)]);
    let description = section.text("description");
    let window = window(section).unwrap_or(common.window);
    let each = section.truth("each").unwrap_or(false);
    let Some(dimension) = dimension else {
        // What else the objective may say depends on its dimension.
        section.keys();
        return None;
    };
    let goal = goal(section, dimension, each);
    let of = match dimension {
        Dimension::Uniqueness => duplicates(section),
        Dimension::Timeliness if section.has("datasets") => {
            section.texts("datasets").map(Of::Loads)
        }
        _ => columns(section, common, asks(section, dimension, root)),
    };
    Some(Objective {
        name: name?,
        goal: goal?,
        of: of?,
        window,
        owner,
        severity: severity.unwrap_or(Severity::Warn),
        description,
    })
}

fn goal(section: &Section<'_>, dimension: Dimension, each: bool) -> Option<Goal> {
    let hint = match dimension {
        Dimension::Timeliness => "the most days: target = 30",
        Dimension::Uniqueness => "a share of duplicates to be undercut: target = 0.01",
        _ => "a share of rows: target = 0.95",
    };
    if !section.has("target") {
        section.missing("target", hint);
        return None;
    }
    let (target, budget) = match dimension {
        Dimension::Timeliness => {
            let budget = section.share("budget").unwrap_or(0.0);
            (section.positive("target")?, budget)
        }
        Dimension::Uniqueness => {
            let target = section.share("target")?;
            if target == 0.0 {
                section.wrong("target", "no share of duplicates is below 0", hint);
            }
            (target, target)
        }
        _ => {
            let target = section.share("target")?;
            (target, 1.0 - target)
        }
    };
    Some(Goal { dimension, target, each, budget })
}

fn duplicates(section: &Section<'_>) -> Option<Of> {
    let entity = section.required_text("entity", "the entity: entity = \"customers\"")?;
    let kinds = [("both", (true, true)), ("published", (true, false)), ("sources", (false, true))];
    let of = section.choice("of", &kinds);
    let (published, sources) = of.unwrap_or((true, true));
    Some(Of::Duplicates { entity, published, sources })
}

fn asks(section: &Section<'_>, dimension: Dimension, root: &Path) -> Option<Asks> {
    match dimension {
        Dimension::Completeness => Some(Asks::Filled),
        Dimension::Accuracy => formed(section),
        Dimension::Consistency => reference(section, root).map(Asks::Listed),
        Dimension::Timeliness | Dimension::Uniqueness => Some(Asks::Newest),
    }
}

fn formed(section: &Section<'_>) -> Option<Asks> {
    if section.has("regex") {
        return section.text("regex").map(Asks::Formed);
    }
    if !section.has("format") {
        section
            .missing("format", "write format = \"email\", format = \"phone\" or regex = \"...\"");
    }
    let is_email = section.choice("format", &[("email", true), ("phone", false)])?;
    Some(if is_email { Asks::Email } else { Asks::Formed(format::PHONE.to_owned()) })
}

fn reference(section: &Section<'_>, root: &Path) -> Option<Reference> {
    if section.has("values") {
        return section.texts("values").map(Reference::Values);
    }
    if let Some(file) = section.text("file") {
        return match std::fs::read_to_string(root.join(&file)) {
            Ok(text) => {
                let lines = text.lines().map(str::trim);
                let values = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
                Some(Reference::Values(values.map(str::to_owned).collect()))
            }
            Err(error) => {
                let what = format!("the file {file} cannot be read: {error}");
                section.wrong("file", what, "name a file of the project with one value per line");
                None
            }
        };
    }
    if !section.has("to") {
        let hint =
            "write values = [...], file = \"...\", or to = \"TABLE\" with field = \"COLUMN\"";
        section.missing("values", hint);
        return None;
    }
    let to = section.text("to").and_then(|text| table(section, &text));
    let field = section.required_text("field", "the column with the values: field = \"code\"");
    Some(Reference::Column { table: to?, column: field? })
}

/// The columns, and where they are: of a golden table, of one table, or of several.
fn columns(section: &Section<'_>, common: &Common, asks: Option<Asks>) -> Option<Of> {
    let placeholders = missing(section).unwrap_or_else(|| common.placeholders.clone());
    let mut places: Vec<(Place, Vec<String>)> = Vec::new();
    if section.is_table("columns") {
        let tables = section.table("columns")?;
        for name in tables.keys() {
            let names = tables.texts(&name)?;
            let Some(table) = Table::parse(&name) else {
                tables.wrong(&name, format!("{name:?} names no table"), "write schema.table");
                continue;
            };
            places.push((Place::Table(table), names));
        }
    } else {
        let names = match section.has("columns") {
            true => section.texts("columns")?,
            false => vec![section.required_text("column", "column = \"email\"")?],
        };
        places.push((place(section, common)?, names));
    }
    if places.is_empty() || places.iter().any(|(_, names)| names.is_empty()) {
        section.wrong("columns", "no column is named", "write columns = [\"email\"]");
        return None;
    }
    let asks = asks?;
    let question = |(place, columns): (Place, Vec<String>)| {
        let (asks, placeholders) = (asks.clone(), placeholders.clone());
        // Its name is given where it is asked, with that of its file.
        (place, Question { name: String::new(), columns, asks, placeholders })
    };
    Some(Of::Columns(places.into_iter().map(question).collect()))
}

fn place(section: &Section<'_>, common: &Common) -> Option<Place> {
    if let Some(entity) = section.text("entity") {
        return Some(Place::Golden(entity));
    }
    let own = section.text("table").map(|text| table(section, &text));
    let found = own.unwrap_or_else(|| common.table.clone());
    if found.is_none() && !section.has("table") {
        section.missing("table", "table = \"public.customers\", here or for the whole file");
    }
    found.map(Place::Table)
}

/// Refuses datasets and entities that are not declared.
pub(super) fn cross_check(
    files: &[(String, Objectives)],
    datasets: &[(String, Dataset)],
    entities: &[(String, Entity)],
    problems: &mut Problems,
) {
    let datasets: Vec<&str> = datasets.iter().map(|(_, d)| d.name.as_str()).collect();
    let entities: Vec<&str> = entities.iter().map(|(_, e)| e.name.as_str()).collect();
    for (path, file) in files {
        for objective in &file.objectives {
            let (what, names, declared) = match &objective.of {
                Of::Loads(names) => ("dataset", names.iter().collect(), &datasets),
                Of::Duplicates { entity, .. } => ("entity", vec![entity], &entities),
                Of::Columns(parts) => {
                    ("entity", parts.iter().filter_map(golden).collect(), &entities)
                }
            };
            for name in names.into_iter().filter(|name| !declared.contains(&name.as_str())) {
                let what = format!("objective {}: there is no {what} {name:?}", objective.name);
                let problem = Problem::new(Kind::Project, what).at(At::file(path));
                problems.push(problem.hint(one_of(name, declared)));
            }
        }
    }
}

fn golden((place, _): &(Place, Question)) -> Option<&String> {
    match place {
        Place::Golden(entity) => Some(entity),
        Place::Table(_) => None,
    }
}
