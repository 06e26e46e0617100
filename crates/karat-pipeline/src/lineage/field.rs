//! The lineage of a golden field: from which columns of which files its values come, what cleans
//! them on the way, and by what rule one is chosen.

use karat_record::{Kind, Problem, Result};
use karat_rules::clean;
use serde::Serialize;
use utoipa::ToSchema;

use crate::project::dataset::{Column, From, Origin};
use crate::project::entity::{Field, GoldenColumn, GoldenFrom};
use crate::project::{Dataset, Entity, Project, one_of};

/// Where the values of a golden field come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldLineage {
    pub entity: String,
    pub field: String,
    /// The golden table.
    pub table: String,
    /// How a value is chosen where records offer several.
    pub rule: &'static str,
    /// For rules that are expressions.
    pub sql: Option<String>,
    /// The field that is compared, where values are chosen from its cleaned texts.
    pub compared: Option<String>,
    /// What cleans these.
    pub clean: Vec<&'static str>,
    pub sources: Vec<FromSource>,
}

/// What a dataset offers; nothing where it has no column for the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FromSource {
    pub dataset: String,
    /// Its place in the declared order, from 1, where the first that offers a value is chosen.
    pub order: Option<usize>,
    pub trust: i32,
    /// Whether columns are joined to one text.
    pub is_joined: bool,
    pub columns: Vec<FromColumn>,
}

/// A column of a dataset's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FromColumn {
    pub column: String,
    /// What it is made from: `the header E-mail`.
    pub from: String,
    /// What cleans it while it is loaded.
    pub clean: Vec<&'static str>,
    /// The table of aliases that brings it to its canonical form.
    pub alias: Option<String>,
    /// The files, by the patterns that name them.
    pub files: Vec<String>,
}

/// The lineage of a field, given as ENTITY.FIELD.
///
/// # Errors
/// No such entity, or no such field of its golden records.
pub fn field(project: &Project, name: &str) -> Result<FieldLineage> {
    let entities = project.entities.iter();
    let of = |entity: &Entity| name.strip_prefix(&entity.name)?.strip_prefix('.').map(str::len);
    let Some((entity, length)) = entities.clone().find_map(|e| Some((e, of(e)?))) else {
        let known: Vec<&str> = entities.map(|entity| entity.name.as_str()).collect();
        let asked = name.split('.').next().unwrap_or(name);
        let what = match known.contains(&asked) {
            true => format!("{name:?} names no field"),
            false => format!("there is no entity {asked:?}"),
        };
        let hint = match known.contains(&asked) {
            true => "write it as ENTITY.FIELD".to_owned(),
            false => one_of(asked, &known),
        };
        return Err(Problem::new(Kind::Usage, what).hint(hint));
    };
    let asked = &name[name.len() - length..];
    let columns = &entity.golden.columns;
    let found = columns.iter().find(|column| column.name == asked).ok_or_else(|| {
        let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let what = format!("golden records of {} have no field {asked:?}", entity.name);
        Problem::new(Kind::Usage, what).hint(one_of(asked, &known))
    })?;
    Ok(lineage(project, entity, found))
}

fn lineage(project: &Project, entity: &Entity, golden: &GoldenColumn) -> FieldLineage {
    let compared = match &golden.from {
        GoldenFrom::Field(name) => entity.fields.iter().find(|field| field.name == *name),
        GoldenFrom::Columns(_) => None,
    };
    let columns = |at: usize| match (&golden.from, compared) {
        (GoldenFrom::Columns(columns), _) => {
            columns.get(at).cloned().flatten().into_iter().collect()
        }
        (GoldenFrom::Field(_), field) => {
            field.and_then(|field| field.from.get(at)).cloned().unwrap_or_default()
        }
    };
    let source = |(at, source): (usize, &crate::project::entity::Source)| {
        let dataset = project.dataset(&source.dataset);
        let columns: Vec<String> = columns(at);
        let order = golden.order.get(at).filter(|_| !columns.is_empty());
        FromSource {
            dataset: source.dataset.clone(),
            order: order.map(|place| *place as usize + 1),
            trust: source.trust,
            is_joined: compared.is_some_and(|field| field.join) && columns.len() > 1,
            columns: columns.iter().map(|name| column(project, dataset, name)).collect(),
        }
    };
    FieldLineage {
        entity: entity.name.clone(),
        field: golden.name.clone(),
        table: entity.golden.table.to_string(),
        rule: golden.rule.name(),
        sql: golden.sql.clone(),
        compared: compared.map(|field| field.name.clone()),
        clean: compared.map_or_else(Vec::new, |field: &Field| names(&field.clean)),
        sources: entity.sources.iter().enumerate().map(source).collect(),
    }
}

fn names(rules: &[&'static clean::Rule]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.name).collect()
}

/// A column of a dataset, with what it is made from; one that is not declared is of the header of
/// its name.
fn column(project: &Project, dataset: Option<&Dataset>, name: &str) -> FromColumn {
    let declared = dataset.and_then(|d| d.columns.iter().find(|column| column.name == name));
    let element = dataset.and_then(|dataset| match &dataset.origin {
        Origin::Each { dataset, column } => Some(format!("{dataset}.{column}")),
        Origin::Files { .. } => None,
    });
    let parent = || {
        let element = element.as_deref().unwrap_or_default();
        element.rsplit_once('.').map_or("", |(dataset, _)| dataset).to_owned()
    };
    let from = match declared.map(|column| &column.from) {
        None => format!("the header that becomes {name}"),
        Some(From::Header(header) | From::Missing(header)) => format!("the header {header}"),
        Some(From::Path(path)) => {
            format!("{path} of each element of {}", element.as_deref().unwrap_or_default())
        }
        Some(From::Parent(column)) => format!("{}.{column}", parent()),
        Some(From::Position) => {
            format!("the place of each element in {}", element.as_deref().unwrap_or_default())
        }
        Some(From::Hash(columns)) => format!("a hash of {}", columns.join(", ")),
    };
    FromColumn {
        column: name.to_owned(),
        from,
        clean: declared.map_or_else(Vec::new, |column: &Column| names(&column.clean)),
        alias: declared.and_then(|c| c.alias.as_ref()).map(|alias| alias.name.clone()),
        files: dataset.map_or_else(Vec::new, |dataset| files(project, dataset)),
    }
}

/// The files of a dataset, or of the one that it is made from.
fn files(project: &Project, dataset: &Dataset) -> Vec<String> {
    let mut at = dataset;
    // A dataset that is made from itself has no files.
    for _ in 0..=project.datasets.len() {
        match &at.origin {
            Origin::Files { patterns, .. } => return patterns.clone(),
            Origin::Each { dataset, .. } => match project.dataset(dataset) {
                Some(parent) => at = parent,
                None => break,
            },
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::tests::project;

    const PEOPLE: &str = "files = \"people*.csv\"\nkey = [\"id\"]\n[columns]\n\
         id = { type = \"integer\" }\n\
         mail = { header = \"E-mail\", clean = [\"email\"] }\n";
    const TEAM: &str = "from = \"people\"\neach = \"team\"\nkey = [\"id\"]\n[columns]\n\
         id = { path = \"id\", type = \"integer\" }\nemail = { path = \"contact.email\" }\n\
         boss = { parent = \"mail\" }\n";
    const ENTITY: &str = "sources = [{ dataset = \"people\", trust = 2 }, { dataset = \"team\" }]\n\
         fields.email = { from = { people = \"mail\", team = \"email\" }, clean = [\"email\"] }\n\
         tiers = [{ name = \"same\", score = 90, when = [{ same = \"email\" }] }]\n\
         [golden]\ntable = \"public.golden\"\n[golden.columns]\n\
         email = { field = \"email\", rule = \"most_frequent\" }\n\
         boss = { from = { team = \"boss\" }, rule = \"most_trusted\" }\n\
         note = { from = { people = \"note\", team = \"email\" }, rule = \"first\", \
         order = [\"team\", \"people\"] }\n";

    fn found(name: &str) -> Result<FieldLineage> {
        let files = [
            ("datasets/people.toml", PEOPLE),
            ("datasets/team.toml", TEAM),
            ("entities/staff.toml", ENTITY),
        ];
        field(&project(&files), name)
    }

    /// Each column with what it is made from and what cleans it.
    fn told(lineage: &FieldLineage) -> Vec<String> {
        let of = |source: &FromSource| {
            let dataset = source.dataset.clone();
            let told = move |c: &FromColumn| {
                format!("{dataset}.{} < {} {:?} {}", c.column, c.from, c.clean, c.files.join(" "))
            };
            source.columns.iter().map(told).collect::<Vec<_>>()
        };
        lineage.sources.iter().flat_map(of).collect()
    }

    #[test]
    fn a_field_leads_back_to_headers_and_elements_with_what_cleans_them() {
        let email = found("staff.email").unwrap();
        assert_eq!((email.rule, email.compared.as_deref()), ("most_frequent", Some("email")));
        assert_eq!(email.clean, ["email"]);
        assert_eq!(
            told(&email),
            [
                "people.mail < the header E-mail [\"email\"] people*.csv",
                "team.email < contact.email of each element of people.team [] people*.csv",
            ]
        );
    }

    #[test]
    fn values_that_are_not_compared_come_from_columns_as_they_were_loaded() {
        let boss = found("staff.boss").unwrap();
        assert_eq!((boss.compared.as_deref(), boss.clean.len()), (None, 0));
        assert_eq!(told(&boss), ["team.boss < people.mail [] people*.csv"]);
        assert!(boss.sources[0].columns.is_empty(), "people offers nothing");
        let note = found("staff.note").unwrap();
        let orders: Vec<Option<usize>> = note.sources.iter().map(|source| source.order).collect();
        assert_eq!(orders, [Some(2), Some(1)]);
        assert_eq!(told(&note)[0], "people.note < the header that becomes note [] people*.csv");
    }

    #[test]
    fn what_is_not_declared_is_refused_with_what_is() {
        let refused = |name: &str| {
            let problem = found(name).unwrap_err();
            (problem.what.clone(), problem.hint.clone().unwrap_or_default())
        };
        assert_eq!(refused("staff.emial").1, "did you mean email?");
        assert_eq!(refused("stuff.email").0, "there is no entity \"stuff\"");
        assert_eq!(refused("staff").1, "write it as ENTITY.FIELD");
    }
}
