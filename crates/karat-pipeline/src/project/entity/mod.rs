//! Entity files: which records are compared, by what, how strong each agreement is, and how the
//! golden record comes about.

mod golden;
mod people;
mod tiers;

use std::path::Path;

use karat_connect::vault::hash_text;
use karat_resolve::people::{ROLES, Role};
use karat_rules::clean;
use karat_store::Table;

use super::dataset::{clean_rules, table};
use super::model::{self, Declared};
use super::section::{Section, one_of};
pub use golden::{Golden, GoldenColumn, GoldenFrom};
pub use people::{People, Thresholds};
pub use tiers::{Condition, Tier, Tiers};

/// A declared entity.
#[derive(Clone)]
pub struct Entity {
    pub name: String,
    pub sources: Vec<Source>,
    /// For each source the share of its values that are right, above 0 and below 1.
    pub accuracy: Vec<f64>,
    /// For each source the column that says within what its records are compared.
    pub scope: Option<Vec<String>>,
    pub fields: Vec<Field>,
    pub matching: Matching,
    pub golden: Golden,
    /// A table that gets a row per resolution, for those who watch it.
    pub log: Option<Table>,
    /// Whether changes of its sources' tables that others make are put on record.
    pub audit: bool,
    /// Fingerprint of the declaration.
    pub settings: String,
}

/// How records are recognised.
#[derive(Clone, Debug)]
pub enum Matching {
    /// By declared tiers of evidence.
    Tiers(Tiers),
    /// By the default model for people, learned from the records.
    People(People),
    /// By a Fellegi-Sunter model, declared here or in a file of Splink's.
    Model(Box<Weighed>),
}

/// A Fellegi-Sunter model, and what it decides.
#[derive(Clone, Debug)]
pub struct Weighed {
    pub declared: Declared,
    /// It is from a file, and trained.
    pub is_from_file: bool,
    pub thresholds: Thresholds,
    /// Blocks of more records are left out, and named.
    pub largest_block: u32,
}

impl Entity {
    /// For each source whether it lists everything once.
    pub fn distinct(&self) -> Vec<bool> {
        self.sources.iter().map(|source| source.distinct).collect()
    }
}

impl Matching {
    /// What a model is learned for, thresholds apart.
    pub fn learning(&self) -> String {
        match self {
            Matching::Tiers(_) => "tiers".to_owned(),
            Matching::People(people) => format!("people {:?} {}", people.link, people.seed),
            Matching::Model(weighed) => format!("{:?}", weighed.declared),
        }
    }

    /// Match probabilities from which records merge, and from which people are asked; none of
    /// tiers.
    pub fn thresholds(&self) -> Option<Thresholds> {
        match self {
            Matching::Tiers(_) => None,
            Matching::People(people) => Some(people.thresholds),
            Matching::Model(weighed) => Some(weighed.thresholds),
        }
    }
}

/// A dataset whose records are resolved.
#[derive(Clone, Debug)]
pub struct Source {
    pub dataset: String,
    /// Whether it lists everything once.
    pub distinct: bool,
    pub trust: i32,
    /// The column that says when a record changed.
    pub changed: Option<String>,
}

/// The accuracy of a source that does not declare its own.
const ACCURACY: f64 = 0.9;

/// What records are compared by: cleaned texts of columns.
#[derive(Clone)]
pub struct Field {
    pub name: String,
    /// For each source its columns; more than one for a source that spreads a value over several.
    pub from: Vec<Vec<String>>,
    /// Whether the columns hold parts of one text: they are joined by blanks before cleaning.
    pub join: bool,
    /// What it says about a person.
    pub role: Option<Role>,
    pub clean: Vec<&'static clean::Rule>,
    /// A text that more than this many records of different names share is a group's.
    pub shared_by: Option<(usize, String)>,
}

/// Reads `entities/NAME.toml`.
/// `root` is the project's folder.
pub fn read(name: &str, settings: String, section: &Section<'_>, root: &Path) -> Option<Entity> {
    let (sources, accuracy): (Vec<Source>, Vec<f64>) = sources(section).into_iter().unzip();
    let names: Vec<&str> = sources.iter().map(|s| s.dataset.as_str()).collect();
    let scope = section.has("scope").then(|| columns_of(section, "scope", &names));
    let scope = scope.map(|columns| columns.into_iter().map(|c| c.concat()).collect());
    let fields = fields(section, &names);
    let matching = matching(section, &fields, root);
    let golden = golden::read(name, section, &names, &fields);
    let log = section.text("log").and_then(|text| table(section, &text));
    Some(Entity {
        name: name.to_owned(),
        sources,
        accuracy,
        scope,
        fields,
        golden: golden?,
        log,
        audit: section.truth("audit").unwrap_or(false),
        settings: match matching.as_ref()? {
            Matching::Model(weighed) => hash_text(&format!("{settings}{:?}", weighed.declared)),
            _ => settings,
        },
        matching: matching?,
    })
}

/// Tiers or a model where they are declared, else the model for people if fields have roles.
fn matching(section: &Section<'_>, fields: &[Field], root: &Path) -> Option<Matching> {
    let is_model = ["model", "comparisons", "blocking"].into_iter().find(|key| section.has(key));
    if let (Some(key), true) = (is_model, section.has("tiers")) {
        let what =
            format!("there are tiers and {key}: an entity is recognised by one or the other");
        section.wrong(key, what, "leave one of them out, or make another entity");
        return None;
    }
    if is_model.is_some() {
        return weighed(section, fields, root).map(|weighed| Matching::Model(Box::new(weighed)));
    }
    let roles = fields.iter().any(|field| field.role.is_some());
    Some(match roles && !section.has("tiers") {
        true => Matching::People(people::read(section)),
        false => Matching::Tiers(tiers::read(section, fields)),
    })
}

fn weighed(section: &Section<'_>, fields: &[Field], root: &Path) -> Option<Weighed> {
    people::refuse_scope(section);
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let largest_block = section.number("largest_block", 2..1_000_000_000).unwrap_or(5_000) as u32;
    let thresholds = people::thresholds(section);
    let is_from_file = section.has("model");
    let declared = model::read(section, &names, root)?;
    Some(Weighed { declared, is_from_file, thresholds, largest_block })
}

/// The sources, each with its accuracy.
fn sources(section: &Section<'_>) -> Vec<(Source, f64)> {
    if !section.has("sources") {
        section.missing("sources", "name the datasets: [[sources]] with dataset = \"people\"");
    }
    let read = |source: Section<'_>| {
        let found = Source {
            dataset: source.required_text("dataset", "the name of a file in datasets/")?,
            distinct: source.truth("distinct").unwrap_or(false),
            trust: source.number("trust", -1000..1001).unwrap_or(0) as i32,
            changed: source.text("changed"),
        };
        let accuracy = accuracy(&source);
        source.done();
        Some((found, accuracy))
    };
    section.tables("sources").into_iter().filter_map(read).collect()
}

fn accuracy(source: &Section<'_>) -> f64 {
    let accuracy = source.share("accuracy").unwrap_or(ACCURACY);
    if accuracy <= 0.0 || accuracy >= 1.0 {
        let hint = "karat evaluate measures it where true values are known; 0.9 if nothing is said";
        source.wrong("accuracy", format!("accuracy cannot be {accuracy}"), hint);
    }
    accuracy
}

/// Columns by source: one text for all sources, or a table with one entry per source.
fn columns_of(section: &Section<'_>, key: &str, sources: &[&str]) -> Vec<Vec<String>> {
    if !section.is_table(key) {
        let columns = section.texts(key).unwrap_or_default();
        return sources.iter().map(|_| columns.clone()).collect();
    }
    let Some(by_source) = section.table(key) else { return Vec::new() };
    let columns = sources.iter().map(|s| by_source.texts(s).unwrap_or_default()).collect();
    by_source.done();
    columns
}

fn fields(section: &Section<'_>, sources: &[&str]) -> Vec<Field> {
    let Some(table) = section.table("fields") else {
        section.missing("fields", "say what is compared: [fields.name] with from = \"name\"");
        return Vec::new();
    };
    let names = table.keys();
    let read = |name: &String| {
        let field = table.table(name)?;
        if !field.has("from") {
            field.missing("from", "name the column, or a table with the column of each source");
        }
        let shared_by = field.number("shared_by_more_than", 1..1_000_000).map(|n| n as usize);
        let of = field.text("told_apart_by");
        let found = Field {
            name: name.clone(),
            from: columns_of(&field, "from", sources),
            join: field.truth("join").unwrap_or(false),
            role: role(&field),
            clean: clean_rules(&field, "clean"),
            shared_by: shared_by.zip(of),
        };
        if field.has("shared_by_more_than") != field.has("told_apart_by") {
            field.missing("told_apart_by", "shared_by_more_than needs told_apart_by = \"name\"");
        }
        known_field(&field, "told_apart_by", found.shared_by.as_ref().map(|s| &s.1), &names);
        field.done();
        Some(found)
    };
    names.iter().filter_map(read).collect()
}

fn role(field: &Section<'_>) -> Option<Role> {
    let roles: Vec<(&str, Role)> = ROLES.iter().map(|(role, name)| (*name, *role)).collect();
    field.choice("role", &roles)
}

fn known_field(section: &Section<'_>, key: &str, field: Option<&String>, names: &[String]) {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(field) = field.filter(|f| !names.contains(&f.as_str())) {
        section.wrong(key, format!("there is no field {field:?}"), &one_of(field, &names));
    }
}
