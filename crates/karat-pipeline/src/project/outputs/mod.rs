//! Output files: what is made of the data for people to take away.

mod pivot;

use std::path::Path;

use karat_connect::write::Format;
use karat_record::{Kind as ProblemKind, Place, Problem, Problems};
use karat_store::Table;

use super::dataset::table;
use super::section::{Section, one_of};
use super::{Dataset, Entity};

pub use pivot::{Group, Others, Pivot, Template};

/// The file that says what a run produced; no output may have its name.
pub const MANIFEST: &str = "manifest.json";

/// What stands for the group's value in the name of a file.
pub const GROUP: &str = "{group}";

/// A declared output.
#[derive(Clone, Debug)]
pub struct Output {
    pub name: String,
    pub form: Form,
    /// Fingerprint of the declaration.
    pub settings: String,
}

/// What an output is.
#[derive(Clone, Debug)]
pub enum Form {
    Pivot(Pivot),
    Export(Export),
    Dashboard(Dashboard),
    Lineage(Lineage),
}

impl Form {
    /// Its kind, as in project files.
    pub fn kind(&self) -> &'static str {
        match self {
            Form::Pivot(_) => "pivot",
            Form::Export(_) => "export",
            Form::Dashboard(_) => "dashboard",
            Form::Lineage(_) => "lineage",
        }
    }

    /// The name of its file; of pivots with a place for the group's value.
    pub fn file(&self) -> &str {
        match self {
            Form::Pivot(pivot) => &pivot.file.name,
            Form::Export(export) => &export.file.name,
            Form::Dashboard(dashboard) => &dashboard.file,
            Form::Lineage(lineage) => &lineage.file,
        }
    }
}

/// What an output is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    Dataset(String),
    Table(Table),
    /// The golden table of an entity.
    Entity(String),
}

/// The rows of a table.
#[derive(Clone, Debug)]
pub struct Export {
    pub from: From,
    /// SQL that rows have to fulfil.
    pub condition: Option<String>,
    /// Columns in their order; empty: all.
    pub columns: Vec<String>,
    pub order: Vec<String>,
    pub headers: Headers,
    pub file: File,
}

/// Charts and tables of pivots as one page.
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub title: String,
    /// Names of pivots.
    pub of: Vec<String>,
    /// What the values are, with their unit.
    pub unit: String,
    /// Lines of a chart at most.
    pub lines: usize,
    pub file: String,
}

/// Which rows of which files each cell of pivots is made of.
#[derive(Clone, Debug)]
pub struct Lineage {
    pub of: Vec<String>,
    pub file: String,
}

/// A file of rows: its name, and how it is written.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub format: Format,
}

/// What columns are called in a file, where it is not their name.
pub type Headers = Vec<(String, String)>;

/// Reads `outputs/NAME.toml`.
pub fn read(name: &str, settings: String, section: &Section<'_>) -> Option<Output> {
    let kinds = ["pivot", "export", "dashboard", "lineage"].map(|kind| (kind, kind));
    if !section.has("kind") {
        section.missing("kind", "kind = \"pivot\", \"export\", \"dashboard\" or \"lineage\"");
    }
    let Some(kind) = section.choice("kind", &kinds) else {
        // What else the file may say depends on its kind.
        section.keys();
        return None;
    };
    let form = match kind {
        "pivot" => pivot::read(name, section).map(Form::Pivot)?,
        "export" => export(name, section).map(Form::Export)?,
        "dashboard" => dashboard(name, section).map(Form::Dashboard)?,
        _ => lineage(name, section).map(Form::Lineage)?,
    };
    Some(Output { name: name.to_owned(), form, settings })
}

// Each key is read before any that is wrong ends the reading, so that none counts as unknown.

fn export(name: &str, section: &Section<'_>) -> Option<Export> {
    let (from, file) = (from(section), file(section, &format!("{name}.csv")));
    let condition = section.text("row_condition");
    let columns = section.texts("columns").unwrap_or_default();
    let order = section.texts("order").unwrap_or_default();
    let headers = headers(section);
    Some(Export { from: from?, condition, columns, order, headers, file: file? })
}

fn dashboard(name: &str, section: &Section<'_>) -> Option<Dashboard> {
    let (of, file) = (of(section), file_name(section, &format!("{name}.html"), &["html"]));
    let title = section.text("title").unwrap_or_else(|| name.to_owned());
    let unit = section.text("unit").unwrap_or_else(|| "value".to_owned());
    let lines = section.number("lines", 1..7).unwrap_or(6) as usize;
    Some(Dashboard { title, of: of?, unit, lines, file: file? })
}

fn lineage(name: &str, section: &Section<'_>) -> Option<Lineage> {
    let (of, file) = (of(section), file_name(section, &format!("{name}.csv"), &["csv"]));
    Some(Lineage { of: of?, file: file? })
}

fn of(section: &Section<'_>) -> Option<Vec<String>> {
    if !section.has("of") {
        section.missing("of", "name the pivots: of = [\"...\"]");
    }
    section.texts("of")
}

/// Exactly one of dataset, table and entity.
fn from(section: &Section<'_>) -> Option<From> {
    let given = [
        section.text("dataset").map(From::Dataset),
        section.text("table").and_then(|text| table(section, &text)).map(From::Table),
        section.text("entity").map(From::Entity),
    ];
    let given: Vec<From> = given.into_iter().flatten().collect();
    if let [from] = given.as_slice() {
        return Some(from.clone());
    }
    if ["dataset", "table", "entity"].iter().filter(|key| section.has(key)).count() != 1 {
        section.missing("dataset", "give exactly one of: dataset, table, entity");
    }
    None
}

fn headers(section: &Section<'_>) -> Headers {
    let Some(table) = section.table("headers") else { return Vec::new() };
    table.keys().into_iter().filter_map(|key| Some((key.clone(), table.text(&key)?))).collect()
}

/// The file of rows; its ending says what it is.
fn file(section: &Section<'_>, standard: &str) -> Option<File> {
    let for_excel = section.truth("excel").unwrap_or(false);
    let name = file_name(section, standard, &["csv", "xlsx", "parquet"])?;
    let format = match name.rsplit('.').next() {
        Some("xlsx") => Format::Xlsx,
        Some("parquet") => Format::Parquet,
        _ if for_excel => Format::ExcelCsv,
        _ => Format::Csv,
    };
    if for_excel && format != Format::ExcelCsv {
        let what = "excel says how CSV is written, and this file is none";
        section.wrong("excel", what, "leave it out");
    }
    Some(File { name, format })
}

fn file_name(section: &Section<'_>, standard: &str, endings: &[&str]) -> Option<String> {
    let name = section.text("file").unwrap_or_else(|| standard.to_owned());
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let has_path = name.contains(['/', '\\', '\0']) || name.starts_with('.');
    let what = if has_path {
        format!("{name:?} is a path; outputs are kept by their names")
    } else if name == MANIFEST {
        format!("{MANIFEST} is the list of all outputs")
    } else if !endings.contains(&ending) {
        format!("{name:?} has an ending that says no format")
    } else {
        return Some(name);
    };
    let ending = endings.join(", .");
    section.wrong("file", what, &format!("write a name that ends in .{ending}"));
    None
}

/// What was read of a folder's files, each with its path.
type Files<T> = [(String, T)];

/// What outputs say of datasets, of entities and of one another. `root` is the project's folder.
pub fn cross_check(
    outputs: &Files<Output>,
    (datasets, entities): (&Files<Dataset>, &Files<Entity>),
    root: &Path,
    problems: &mut Problems,
) {
    let datasets: Vec<&str> = datasets.iter().map(|(_, d)| d.name.as_str()).collect();
    let entities: Vec<&str> = entities.iter().map(|(_, e)| e.name.as_str()).collect();
    let pivots: Vec<(&str, &Pivot)> = outputs.iter().filter_map(|(_, o)| o.pivot()).collect();
    let names: Vec<&str> = pivots.iter().map(|(name, _)| *name).collect();
    // Of a file that is there and was not read, what is wrong with it is told already.
    let is_refused = |name: &str| {
        let file = root.join("outputs").join(format!("{name}.toml"));
        file.is_file() && !outputs.iter().any(|(_, output)| output.name == name)
    };
    let mut files: Vec<&str> = Vec::new();
    for (path, output) in outputs {
        let mut wrong = |what: String, hint: String| {
            let problem = Problem::new(ProblemKind::Project, what).at(Place::file(path));
            problems.push(problem.hint(hint));
        };
        if files.contains(&output.form.file()) {
            let what = format!("another output makes {:?} too", output.form.file());
            wrong(what, "give it a name of its own: file = \"...\"".to_owned());
        }
        files.push(output.form.file());
        match output.form.from() {
            Some(From::Dataset(name)) if !datasets.contains(&name.as_str()) => {
                wrong(format!("there is no dataset {name:?}"), one_of(name, &datasets));
            }
            Some(From::Entity(name)) if !entities.contains(&name.as_str()) => {
                wrong(format!("there is no entity {name:?}"), one_of(name, &entities));
            }
            _ => {}
        }
        let of = output.form.of();
        let is_missing = |name: &&String| !names.contains(&name.as_str()) && !is_refused(name);
        for name in of.iter().filter(is_missing) {
            wrong(format!("there is no pivot {name:?}"), one_of(name, &names));
        }
        let rows = |name: &String| pivots.iter().find(|(n, _)| n == name).map(|(_, p)| &p.rows);
        let mut all = of.iter().filter_map(rows);
        if let (Form::Lineage(_), Some(first)) = (&output.form, all.next())
            && all.any(|rows| rows != first)
        {
            let what = "the lineage of pivots with different rows is not one table";
            wrong(what.to_owned(), "write a file for each".to_owned());
        }
    }
}

impl Output {
    /// Its name and itself, if it is a pivot.
    pub fn pivot(&self) -> Option<(&str, &Pivot)> {
        match &self.form {
            Form::Pivot(pivot) => Some((&self.name, pivot)),
            _ => None,
        }
    }
}

impl Form {
    /// What it is made from, where that is a table.
    pub fn from(&self) -> Option<&From> {
        match self {
            Form::Pivot(pivot) => Some(&pivot.from),
            Form::Export(export) => Some(&export.from),
            Form::Dashboard(_) | Form::Lineage(_) => None,
        }
    }

    /// The pivots that it is made from.
    pub fn of(&self) -> &[String] {
        match self {
            Form::Dashboard(dashboard) => &dashboard.of,
            Form::Lineage(lineage) => &lineage.of,
            Form::Pivot(_) | Form::Export(_) => &[],
        }
    }
}
