//! The golden table: made where no schema file declares it, and its rows.

use karat_record::{Kind, Place, Problem, Result, Value};
use karat_resolve::survive::{Offer, Rule, choose};
use karat_rules::read;
use karat_store::Session;
use karat_store::copy::{ColumnType, Encoder};
use karat_store::load::Target;
use serde_json::json;

use super::found::Strength;
use super::read::Records;
use crate::project::Entity;
use crate::project::entity::{GoldenColumn, GoldenFrom};

/// Makes an implied golden table, or adds the columns that it lacks; finds that a declared one
/// is there.
pub async fn prepare(session: &Session, entity: &Entity) -> Result<()> {
    let golden = &entity.golden;
    let found = Target::find(session, &golden.table).await?;
    if !golden.implied {
        if found.is_some() {
            return Ok(());
        }
        let what = format!("the golden table {} does not exist", golden.table);
        return Err(Problem::new(Kind::Project, what)
            .at(Place::file(format!("entities/{}.toml", entity.name)))
            .hint("declare it in the schema, or leave [golden] out to have one made"));
    }
    let mut columns = vec![(golden.id.clone(), "uuid not null primary key")];
    columns.extend(golden.columns.iter().map(|c| (c.name.clone(), "text")));
    let extra = [
        (&golden.confidence, "smallint"),
        (&golden.review, "boolean"),
        (&golden.metadata, "jsonb"),
    ];
    for (name, kind) in extra {
        columns.extend(name.clone().map(|name| (name, kind)));
    }
    match found {
        None => karat_store::table::create(session, &golden.table, &columns).await,
        Some(target) => {
            columns.retain(|(name, _)| target.column(name).is_none());
            karat_store::table::add_columns(session, &golden.table, &columns).await
        }
    }
}

/// The columns of the golden table that are written, with their types.
pub struct Shape {
    pub columns: Vec<(String, ColumnType)>,
}

impl Shape {
    /// Finds the golden columns in the table; a column that is declared and not there is refused.
    pub async fn find(session: &Session, entity: &Entity) -> Result<Shape> {
        let golden = &entity.golden;
        let place = || Place::file(format!("entities/{}.toml", entity.name));
        let target = Target::find(session, &golden.table).await?;
        let target = target.ok_or_else(|| Problem::new(Kind::Internal, "no golden table"))?;
        let names = [Some(&golden.id)]
            .into_iter()
            .chain(golden.columns.iter().map(|c| Some(&c.name)))
            .chain([golden.confidence.as_ref(), golden.review.as_ref(), golden.metadata.as_ref()])
            .flatten();
        let mut columns = Vec::new();
        for name in names {
            match target.column(name) {
                Some(column) => columns.push((name.clone(), column.kind.clone())),
                None => {
                    let what = format!("the golden table {} has no column {name:?}", golden.table);
                    return Err(Problem::new(Kind::Project, what).at(place()));
                }
            }
        }
        let unwritten = |c: &&karat_store::load::TargetColumn| {
            c.required && !columns.iter().any(|(name, _)| *name == c.name)
        };
        if let Some(column) = target.columns.iter().find(unwritten) {
            let what = format!(
                "column {:?} of the golden table {} needs a value and gets none",
                column.name, golden.table
            );
            return Err(Problem::new(Kind::Project, what)
                .at(place())
                .hint("say what it is made from in [golden.columns]"));
        }
        Ok(Shape { columns })
    }
}

/// What is true of one entity besides its values.
pub struct Standing {
    pub id: [u8; 16],
    /// The weakest evidence that holds it together.
    pub strength: Strength,
    /// It is one record, and nothing has to hold it together.
    pub alone: bool,
    pub review: bool,
}

impl Standing {
    /// From 0 to 100 where the column holds whole numbers, else from 0 to 1. A record alone has
    /// 0 of the first and nothing of the second.
    fn confidence(&self, kind: &ColumnType) -> Value<'static> {
        match (kind, self.alone) {
            (ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8, true) => Value::Integer(0),
            (ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8, false) => {
                Value::Integer(self.strength.score.into())
            }
            (_, true) => Value::Null,
            (ColumnType::Numeric(_), false) => {
                Value::Numeric(format!("{:.4}", self.strength.share()).into())
            }
            (_, false) => Value::Double(self.strength.share()),
        }
    }
}

/// Encodes golden rows.
pub struct Maker<'a> {
    pub entity: &'a Entity,
    pub records: &'a Records,
    pub shape: &'a Shape,
}

impl Maker<'_> {
    /// Adds the golden row of an entity with these records.
    pub fn row(&self, members: &[u32], standing: &Standing, out: &mut Encoder) -> Result<()> {
        let golden = &self.entity.golden;
        let mut kinds = self.shape.columns.iter().map(|(_, kind)| kind);
        out.begin(self.shape.columns.len());
        out.uuid(&standing.id);
        kinds.next();
        let mut origins = serde_json::Map::new();
        for (at, column) in golden.columns.iter().enumerate() {
            let chosen = self.chosen(at, column, members);
            let kind = kinds.next().unwrap_or(&ColumnType::Text(None));
            self.value(column, kind, &chosen, out)?;
            if golden.metadata.is_some() && !chosen.is_empty() {
                let from: Vec<usize> = chosen.iter().map(|o| position(members, o.record)).collect();
                origins.insert(column.name.clone(), json!(from));
            }
        }
        let refuse = |f: karat_record::Finding| {
            Problem::new(
                Kind::Project,
                format!("a golden column of {}: {}", golden.table, f.message),
            )
        };
        if golden.confidence.is_some() {
            let kind = kinds.next().unwrap_or(&ColumnType::Int2);
            out.value(&standing.confidence(kind), kind).map_err(refuse)?;
        }
        if golden.review.is_some() {
            out.value(&Value::Boolean(standing.review), &ColumnType::Boolean).map_err(refuse)?;
            kinds.next();
        }
        if golden.metadata.is_some() {
            out.jsonb(&self.origin(members, origins));
        }
        Ok(())
    }

    /// The records of an entity and, for each golden value, which of them it is from. A record's
    /// load and row stand in its own table: they change without the golden record changing.
    fn origin(
        &self,
        members: &[u32],
        fields: serde_json::Map<String, serde_json::Value>,
    ) -> String {
        let record =
            |r: &u32| json!({ "source": self.records.source(*r), "key": self.records.key(*r) });
        let records: Vec<_> = members.iter().map(record).collect();
        json!({ "records": records, "fields": fields }).to_string()
    }

    fn chosen(&self, at: usize, column: &GoldenColumn, members: &[u32]) -> Vec<Offer<'_>> {
        let values = match &column.from {
            GoldenFrom::Field(name) => {
                let field = self.entity.fields.iter().position(|f| f.name == *name);
                field.map(|field| &self.records.frame.columns[field])
            }
            GoldenFrom::Columns(_) => self.records.golden[at].as_ref(),
        };
        let Some(values) = values else { return Vec::new() };
        let offers: Vec<Offer<'_>> = members
            .iter()
            .flat_map(|record| {
                values.of(*record).iter().map(|id| Offer {
                    record: *record,
                    value: values.text(*id),
                    trust: self.records.trust[*record as usize],
                    changed: self.records.changed[*record as usize],
                })
            })
            .collect();
        choose(column.rule, &offers)
    }

    fn value(
        &self,
        column: &GoldenColumn,
        kind: &ColumnType,
        chosen: &[Offer<'_>],
        out: &mut Encoder,
    ) -> Result<()> {
        let refuse = |f: karat_record::Finding| {
            let what = format!("golden column {:?}: a value {}", column.name, f.message);
            Problem::new(Kind::Project, what)
                .at(Place::file(format!("entities/{}.toml", self.entity.name)))
        };
        if *kind == ColumnType::TextArray {
            out.list(chosen.iter().map(|o| o.value), chosen.len());
            return Ok(());
        }
        let joined;
        let text = match (column.rule, chosen) {
            (_, []) => return out.value(&Value::Null, kind).map_err(refuse),
            (Rule::Union, many) => {
                joined = many.iter().map(|o| o.value).collect::<Vec<_>>().join("; ");
                joined.as_str()
            }
            (_, [one, ..]) => one.value,
        };
        let value = read::read(kind.kind(), text).map_err(refuse)?;
        out.value(&value, kind).map_err(refuse)
    }
}

fn position(members: &[u32], record: u32) -> usize {
    members.binary_search(&record).unwrap_or(0)
}
