//! Entity files: which records are compared, by what, how strong each agreement is, and how the
//! golden record comes about.

use karat_resolve::survive;
use karat_rules::clean;
use karat_store::Table;

use super::dataset::{clean_rules, table};
use super::section::{Section, one_of};

/// A declared entity.
#[derive(Clone)]
pub struct Entity {
    pub name: String,
    pub sources: Vec<Source>,
    /// For each source the column that says within what its records are compared.
    pub scope: Option<Vec<String>>,
    pub fields: Vec<Field>,
    pub tiers: Vec<Tier>,
    /// Evidence of at least this score merges by itself.
    pub auto: u16,
    pub golden: Golden,
    /// A table that gets a row per resolution, for those who watch it.
    pub log: Option<Table>,
    /// Fingerprint of the declaration.
    pub settings: String,
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

/// What records are compared by: cleaned texts of columns.
#[derive(Clone)]
pub struct Field {
    pub name: String,
    /// For each source its columns; more than one for a source that spreads a value over several.
    pub from: Vec<Vec<String>>,
    pub clean: Vec<&'static clean::Rule>,
    /// A text that more than this many records of different names share is a group's.
    pub shared_by: Option<(usize, String)>,
}

/// One kind of evidence, with fields by name.
#[derive(Clone, Debug)]
pub struct Tier {
    pub name: String,
    pub score: u16,
    pub when: Vec<Condition>,
    pub confirm: Vec<Condition>,
    pub denied_by: Vec<String>,
}

/// An agreement in a field.
#[derive(Clone, Debug)]
pub enum Condition {
    Same(String),
    Similar(String, f64),
    NamesAgree(String),
}

impl Condition {
    /// The field that it speaks of.
    pub fn field(&self) -> &str {
        match self {
            Condition::Same(field)
            | Condition::Similar(field, _)
            | Condition::NamesAgree(field) => field,
        }
    }
}

/// The table of golden records.
#[derive(Clone, Debug)]
pub struct Golden {
    pub table: Table,
    /// Whether no schema file declares it, so that Karat makes it.
    pub implied: bool,
    pub id: String,
    pub confidence: Option<String>,
    pub review: Option<String>,
    pub metadata: Option<String>,
    pub columns: Vec<GoldenColumn>,
}

/// A column of the golden table.
#[derive(Clone, Debug)]
pub struct GoldenColumn {
    pub name: String,
    pub from: GoldenFrom,
    pub rule: survive::Rule,
}

/// What a golden value is chosen from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoldenFrom {
    /// The cleaned texts of a field.
    Field(String),
    /// For each source a column as it was loaded; `None` where the source has none.
    Columns(Vec<Option<String>>),
}

/// Reads `entities/NAME.toml`.
pub fn read(name: &str, settings: String, section: &Section<'_>) -> Option<Entity> {
    let sources = sources(section);
    let names: Vec<&str> = sources.iter().map(|s| s.dataset.as_str()).collect();
    let scope = section.has("scope").then(|| columns_of(section, "scope", &names));
    let scope = scope.map(|columns| columns.into_iter().map(|c| c.concat()).collect());
    let fields = fields(section, &names);
    let tiers = tiers(section, &fields);
    let golden = match section.table("golden") {
        Some(golden) => read_golden(name, &golden, &names, &fields),
        None => implied_golden(name, &fields),
    };
    let log = section.text("log").and_then(|text| table(section, &text));
    let auto = section.number("auto", 0..101).unwrap_or(71) as u16;
    Some(Entity {
        name: name.to_owned(),
        sources,
        scope,
        fields,
        tiers,
        auto,
        golden: golden?,
        log,
        settings,
    })
}

fn sources(section: &Section<'_>) -> Vec<Source> {
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
        source.done();
        Some(found)
    };
    section.tables("sources").into_iter().filter_map(read).collect()
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

fn known_field(section: &Section<'_>, key: &str, field: Option<&String>, names: &[String]) {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(field) = field.filter(|f| !names.contains(&f.as_str())) {
        section.wrong(key, format!("there is no field {field:?}"), &one_of(field, &names));
    }
}

fn tiers(section: &Section<'_>, fields: &[Field]) -> Vec<Tier> {
    if !section.has("tiers") {
        section.missing("tiers", "say what is evidence: [[tiers]] with name, score and when");
    }
    let tables = section.tables("tiers");
    if tables.len() > 32 {
        section.wrong(
            "tiers",
            "an entity has at most 32 tiers",
            "leave out the weakest, or make another entity",
        );
    }
    let read = |tier: &Section<'_>| {
        let found = Tier {
            name: tier.required_text("name", "a few words, such as \"same e-mail\"")?,
            score: score(tier)?,
            when: conditions(tier, "when", fields),
            confirm: conditions(tier, "confirm", fields),
            denied_by: tier.texts("denied_by").unwrap_or_default(),
        };
        let names: Vec<String> = fields.iter().map(|f| f.name.clone()).collect();
        found.denied_by.iter().for_each(|f| known_field(tier, "denied_by", Some(f), &names));
        if found.when.is_empty() && !tier.has("when") {
            tier.missing("when", "for example: when = [{ same = \"email\" }]");
        }
        tier.done();
        Some(found)
    };
    tables.iter().filter_map(read).collect()
}

fn score(tier: &Section<'_>) -> Option<u16> {
    if !tier.has("score") {
        tier.missing("score", "how strong the evidence is, from 1 to 100");
    }
    tier.number("score", 1..101).map(|n| n as u16)
}

fn conditions(tier: &Section<'_>, key: &str, fields: &[Field]) -> Vec<Condition> {
    let names: Vec<String> = fields.iter().map(|f| f.name.clone()).collect();
    let read = |condition: Section<'_>| {
        let same = condition.text("same").map(Condition::Same);
        let least = condition.share("at_least");
        let similar = condition.text("similar");
        let similar = similar.map(|field| Condition::Similar(field, least.unwrap_or(0.9)));
        let agree = condition.text("names_agree").map(Condition::NamesAgree);
        let found: Vec<Condition> = [same, similar, agree].into_iter().flatten().collect();
        condition.done();
        let [one] = found.as_slice() else {
            let hint = "give exactly one of: same, similar, names_agree, with a field's name";
            condition.missing("same", hint);
            return None;
        };
        known_field(tier, key, Some(&one.field().to_owned()), &names);
        Some(one.clone())
    };
    tier.tables(key).into_iter().filter_map(read).collect()
}

fn implied_golden(name: &str, fields: &[Field]) -> Option<Golden> {
    let column = |field: &Field| GoldenColumn {
        name: field.name.clone(),
        from: GoldenFrom::Field(field.name.clone()),
        rule: survive::Rule::MostFrequent,
    };
    Some(Golden {
        table: Table::new("public", format!("golden_{name}")),
        implied: true,
        id: "id".to_owned(),
        confidence: Some("confidence".to_owned()),
        review: Some("needs_review".to_owned()),
        metadata: Some("origin".to_owned()),
        columns: fields.iter().map(column).collect(),
    })
}

fn read_golden(
    name: &str,
    section: &Section<'_>,
    sources: &[&str],
    fields: &[Field],
) -> Option<Golden> {
    let implied = implied_golden(name, fields)?;
    let columns = section.table("columns").map(|s| golden_columns(&s, sources, fields));
    let table = section.required_text("table", "the table of golden records")?;
    let golden = Golden {
        table: self::table(section, &table)?,
        implied: false,
        id: section.text("id").unwrap_or(implied.id),
        confidence: section.text("confidence"),
        review: section.text("review"),
        metadata: section.text("origin"),
        columns: columns.unwrap_or_default(),
    };
    section.done();
    Some(golden)
}

fn golden_columns(section: &Section<'_>, sources: &[&str], fields: &[Field]) -> Vec<GoldenColumn> {
    let names: Vec<String> = fields.iter().map(|f| f.name.clone()).collect();
    let rules: Vec<(&str, survive::Rule)> =
        survive::Rule::ALL.iter().map(|r| (r.name(), *r)).collect();
    let read = |name: &String| {
        let column = section.table(name)?;
        let rule = column.choice("rule", &rules).unwrap_or(survive::Rule::MostTrusted);
        let field = column.text("field");
        known_field(&column, "field", field.as_ref(), &names);
        let from = match field {
            Some(field) => GoldenFrom::Field(field),
            None if column.has("from") => {
                let columns = columns_of(&column, "from", sources);
                GoldenFrom::Columns(columns.into_iter().map(|c| c.into_iter().next()).collect())
            }
            None => {
                column.missing("from", "give field = \"...\" or from = { SOURCE = \"column\" }");
                return None;
            }
        };
        column.done();
        Some(GoldenColumn { name: name.clone(), from, rule })
    };
    section.keys().iter().filter_map(read).collect()
}
