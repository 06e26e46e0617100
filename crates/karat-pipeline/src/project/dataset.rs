//! Dataset files: where rows come from, how they are read and cleaned, and where they go.

use karat_connect::sheet::Sheets;
use karat_connect::source;
use karat_record::Type;
use karat_rules::clean;
use karat_rules::detect::names::column_name;
use karat_store::Table;
use karat_store::load::Mode;

use super::alias::{Alias, Tables};
use super::budget::Budget;
use super::contract::Contract;
use super::delimited;
use super::detection::{self, Detection};
use super::section::{Section, one_of};

/// A declared dataset.
#[derive(Clone)]
pub struct Dataset {
    pub name: String,
    pub origin: Origin,
    pub table: Table,
    /// Columns that tell one row from another; empty only for `Mode::Append`.
    pub key: Vec<String>,
    pub mode: Mode,
    pub commit: Commit,
    /// Texts that mean that there is no value. The empty text always does.
    pub nulls: Vec<String>,
    /// Columns of the file that are not loaded.
    pub ignore: Vec<String>,
    /// Declared columns; for files, columns that are not declared go to the column of their name.
    pub columns: Vec<Column>,
    /// How its files are recognised.
    pub detection: Detection,
    /// How many rows may be rejected.
    pub budget: Budget,
    /// What happens when a file and the table differ.
    pub contract: Contract,
    /// Whether changes of its table that others make are put on record.
    pub audit: bool,
    /// Fingerprint of the declaration.
    pub settings: String,
}

/// When rows of a file become visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commit {
    /// All at once.
    #[default]
    Whole,
    /// As they come, a segment of the file at a time.
    Segments,
}

/// Where the rows come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Files of records, by patterns relative to the project.
    Files { patterns: Vec<String>, form: source::Settings, optional: bool },
    /// The elements of a JSON array in a column of another dataset.
    Each { dataset: String, column: String },
}

/// A column of the target table.
#[derive(Clone)]
pub struct Column {
    pub name: String,
    pub from: From,
    /// Other names of the header.
    pub aliases: Vec<String>,
    /// Patterns of whole words by which a header is recognised.
    pub patterns: Vec<String>,
    /// Needed only where Karat makes the table.
    pub kind: Option<Type>,
    pub required: bool,
    /// Signs at which a text is cut into several.
    pub split: Option<String>,
    pub clean: Vec<&'static clean::Rule>,
    /// What brings its clean values to their canonical form.
    pub alias: Option<Alias>,
}

/// What a column's value is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The column of that header.
    Header(String),
    /// The column of that header, which the file at hand does not have: no value.
    Missing(String),
    /// A field of the array's element, keys separated by points.
    Path(String),
    /// A column of the row that holds the array.
    Parent(String),
    /// The element's place in the array, from 1.
    Position,
    /// SHA-256 over other columns of this dataset, each with its length in front.
    Hash(Vec<String>),
}

impl Column {
    /// The column that a header goes to which nobody declares.
    pub fn implied(header: &str) -> Column {
        Column {
            name: column_name(header),
            from: From::Header(header.to_owned()),
            aliases: Vec::new(),
            patterns: Vec::new(),
            kind: None,
            required: false,
            split: None,
            clean: Vec::new(),
            alias: None,
        }
    }
}

/// Reads `datasets/NAME.toml`.
pub fn read(
    name: &str,
    settings: String,
    section: &Section<'_>,
    aliases: &Tables,
) -> Option<Dataset> {
    let origin = origin(section);
    let derived = matches!(origin, Some(Origin::Each { .. }));
    let table = match section.text("table") {
        Some(text) => table(section, &text),
        None => Some(Table::new("public", name)),
    };
    let key = section.texts("key").unwrap_or_default();
    let standard = match (key.is_empty(), derived) {
        (true, _) => Mode::Append,
        (false, true) => Mode::Snapshot,
        (false, false) => Mode::Merge,
    };
    let mode = mode(section, derived).unwrap_or(standard);
    if key.is_empty() && mode != Mode::Append {
        section.missing("key", "name the columns that tell rows apart: key = [\"id\"]");
    }
    let audit = section.truth("audit").unwrap_or(false);
    if audit && key.is_empty() {
        section.missing("key", "an audit tells rows apart by their key: key = [\"id\"]");
    }
    // A list instead of a table names the columns of a file without header.
    let columns = match delimited::names_columns(section) {
        true => Vec::new(),
        false => {
            section.table("columns").map(|s| columns(&s, derived, aliases)).unwrap_or_default()
        }
    };
    let detection = if derived { Detection::default() } else { detection::read(section) };
    if let Some(origin) = &origin
        && derived
        && columns.is_empty()
    {
        let Origin::Each { column, .. } = origin else { return None };
        section.missing("columns", &format!("say what to take from each element of {column}"));
    }
    Some(Dataset {
        name: name.to_owned(),
        origin: origin?,
        table: table?,
        key,
        mode,
        commit: commit(section, mode, derived),
        nulls: section.texts("null").unwrap_or_default(),
        ignore: section.texts("ignore").unwrap_or_default(),
        settings: aliases.fingerprint(settings, columns.iter().filter_map(|c| c.alias.as_ref())),
        columns,
        detection,
        budget: section.table("rejects").map(|s| Budget::read(&s)).unwrap_or_default(),
        contract: section.table("contract").map(|s| Contract::read(&s)).unwrap_or_default(),
        audit,
    })
}

/// Only rows that replace none can come a few at a time.
fn commit(section: &Section<'_>, mode: Mode, derived: bool) -> Commit {
    let words = [("whole", Commit::Whole), ("segments", Commit::Segments)];
    let commit = section.choice("commit", &words).unwrap_or_default();
    if commit == Commit::Segments && (derived || mode != Mode::Append) {
        let what = "only files with mode = \"append\" can be committed by segments";
        section.wrong("commit", what, "leave out commit, or append the rows: mode = \"append\"");
    }
    commit
}

/// What the dataset is made from by another one is always complete.
fn mode(section: &Section<'_>, derived: bool) -> Option<Mode> {
    let complete = section.truth("complete");
    let history = Mode::History { complete: complete.unwrap_or(derived) };
    let modes = [
        ("append", Mode::Append),
        ("merge", Mode::Merge),
        ("snapshot", Mode::Snapshot),
        ("history", history),
    ];
    let mode = section.choice("mode", &modes);
    if complete.is_some() && mode != Some(history) {
        let hint = "with it, write mode = \"history\"; mode = \"snapshot\" is complete by itself";
        section.wrong("complete", "only a history can be complete or not", hint);
    }
    mode
}

fn origin(section: &Section<'_>) -> Option<Origin> {
    match (section.has("files"), section.has("from")) {
        (true, false) => Some(Origin::Files {
            patterns: section.texts("files")?,
            form: written(section),
            optional: section.truth("optional").unwrap_or(false),
        }),
        (false, true) => {
            let dataset = section.text("from")?;
            let column = section.required_text("each", "name the column with the JSON array")?;
            Some(Origin::Each { dataset, column })
        }
        (true, true) => {
            section.wrong(
                "from",
                "a dataset comes from files or from another dataset",
                "leave out files, or from and each",
            );
            None
        }
        (false, false) => {
            section.missing("files", "name the files: files = \"data/*.csv\"");
            None
        }
    }
}

/// How the files are written.
fn written(section: &Section<'_>) -> source::Settings {
    let sheets = match (section.is_text("sheet"), section.has("sheet")) {
        (true, _) => section.text("sheet").map(|name| match name.as_str() {
            "*" => Sheets::All,
            _ => Sheets::Name(name),
        }),
        (false, true) => section.number("sheet", 1..10_001).map(|n| Sheets::Number(n as usize)),
        (false, false) => None,
    };
    source::Settings {
        text: delimited::read(section),
        sheets: sheets.unwrap_or_default(),
        records: section.text("records"),
    }
}

/// Reads the name of a table.
pub fn table(section: &Section<'_>, text: &str) -> Option<Table> {
    let table = Table::parse(text);
    if table.is_none() {
        section.wrong("table", format!("{text:?} names no table"), "write it as schema.table");
    }
    table
}

fn columns(section: &Section<'_>, derived: bool, aliases: &Tables) -> Vec<Column> {
    let keys = section.keys();
    let mut named = Vec::new();
    keys.iter()
        .filter_map(|name| {
            let column = section.table(name)?;
            let read = column_of(name, &column, derived, aliases);
            column.done();
            if let Some(read) = &read {
                detection::refuse_twice(&column, read, &mut named);
            }
            read
        })
        .collect()
}

fn column_of(name: &str, section: &Section<'_>, derived: bool, aliases: &Tables) -> Option<Column> {
    let from = if derived { element_source(section) } else { file_source(name, section) };
    // Only the columns of a file have a header.
    let is_of_file = matches!(from, Some(From::Header(_)));
    let names = |key| if is_of_file { section.texts(key).unwrap_or_default() } else { Vec::new() };
    let kinds: Vec<(&str, Type)> = Type::ALL.iter().map(|t| (t.name(), *t)).collect();
    Some(Column {
        name: name.to_owned(),
        from: from?,
        aliases: names("aliases"),
        patterns: names("patterns"),
        kind: section.choice("type", &kinds),
        required: section.truth("required").unwrap_or(false),
        split: section.text("split"),
        clean: clean_rules(section, "clean"),
        alias: aliases.of_column(section),
    })
}

fn file_source(name: &str, section: &Section<'_>) -> Option<From> {
    if let Some(columns) = section.texts("hash") {
        return Some(From::Hash(columns));
    }
    Some(From::Header(section.text("header").unwrap_or_else(|| name.to_owned())))
}

fn element_source(section: &Section<'_>) -> Option<From> {
    let given: Vec<From> = [
        section.text("path").map(From::Path),
        section.text("parent").map(From::Parent),
        section.truth("position").and_then(|yes| yes.then_some(From::Position)),
        section.texts("hash").map(From::Hash),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [from] = given.as_slice() {
        return Some(from.clone());
    }
    section.missing("path", "give exactly one of: path, parent, position, hash");
    None
}

/// Reads a list of cleaning rules by name.
pub fn clean_rules(section: &Section<'_>, key: &str) -> Vec<&'static clean::Rule> {
    let names = section.texts(key).unwrap_or_default();
    let known: Vec<&str> = clean::ALL.iter().map(|rule| rule.name).collect();
    let found = names.iter().filter_map(|name| {
        let rule = clean::named(name);
        if rule.is_none() {
            section.wrong(
                key,
                format!("there is no cleaning rule {name:?}"),
                &one_of(name, &known),
            );
        }
        rule
    });
    found.collect()
}
